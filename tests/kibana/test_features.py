"""The features of Kibana."""

from __future__ import annotations

from base64 import b64encode

import pytest

from mockkibana.app import create_app
from mockkibana.kibana.features import listed, registered
from mockkibana.settings import Settings
from mockkibana.settings.release import release_of
from mockkibana.world import World

FEATURES = "/api/features"
MANAGEMENT = {
    "id": "management",
    "label": "Management",
    "order": 5000,
    "euiIconType": "managementApp",
}
PAGES = {"insightsAndAlerting": ["triggersActions", "triggersActionsConnectors"]}
ALL_17 = {
    "app": [],
    "api": ["actions:execute-advanced-connectors", "actions:execute-basic-connectors"],
    "catalogue": [],
    "management": PAGES,
    "savedObject": {
        "all": ["action", "action_task_params", "connector_token", "telemetry"],
        "read": ["config", "config-global", "url", "tag"],
    },
    "ui": ["show", "execute", "save", "delete"],
}
READ_17 = {
    "app": [],
    "api": ["actions:execute-basic-connectors"],
    "catalogue": [],
    "management": PAGES,
    "savedObject": {
        "all": ["action_task_params", "connector_token"],
        "read": ["action", "config", "config-global", "telemetry", "url", "tag"],
    },
    "ui": ["show", "execute"],
}
ACTIONS_17 = {
    "id": "actions",
    "name": "Actions and Connectors",
    "category": MANAGEMENT,
    "scope": ["spaces", "security"],
    "app": [],
    "order": 3000,
    "management": PAGES,
    "privileges": {"all": ALL_17, "read": READ_17},
}
ENDPOINT_SECURITY = {
    "name": "Endpoint Security",
    "description": "Includes: Sentinel One, CrowdStrike, Microsoft Defender for Endpoint",
    "privilegeGroups": [
        {
            "groupType": "independent",
            "privileges": [
                {
                    "api": ["actions:execute-endpoint-security-connectors"],
                    "id": "endpoint_security_execute",
                    "name": "Execute",
                    "includeIn": "all",
                    "savedObject": {"all": [], "read": []},
                    "ui": ["endpointSecurityExecute"],
                }
            ],
        }
    ],
}


def with_cloud(privilege):
    objects = privilege["savedObject"]
    return {
        **privilege,
        "api": [],
        "savedObject": {**objects, "read": [*objects["read"], "cloud"]},
    }


ACTIONS_18 = {
    **ACTIONS_17,
    "privileges": {"all": with_cloud(ALL_17), "read": with_cloud(READ_17)},
    "subFeatures": [ENDPOINT_SECURITY],
}


# What the routes of OAuth need.
TOKENS = ["connector_token", "oauth_state", "user_connector_token"]


def with_oauth(privilege, changed):
    return {
        **privilege,
        "api": ["actions:execute-oauth"],
        "savedObject": {**privilege["savedObject"], "all": changed},
    }


(ENDPOINT_GROUP,) = ENDPOINT_SECURITY["privilegeGroups"]
(ENDPOINT_PRIVILEGE,) = ENDPOINT_GROUP["privileges"]
ACTIONS_94 = {
    **ACTIONS_18,
    "privileges": {
        "all": with_oauth(
            with_cloud(ALL_17), ["action", "action_task_params", *TOKENS, "telemetry"]
        ),
        "read": with_oauth(with_cloud(READ_17), ["action_task_params", *TOKENS]),
    },
    "subFeatures": [
        {
            **ENDPOINT_SECURITY,
            "privilegeGroups": [
                {
                    **ENDPOINT_GROUP,
                    "privileges": [
                        {
                            **ENDPOINT_PRIVILEGE,
                            "api": [
                                *ENDPOINT_PRIVILEGE["api"],
                                "actions:execute-endpoint-security-sub-actions",
                            ],
                        }
                    ],
                }
            ],
        }
    ],
}


def ids_of(version):
    return [feature["id"] for feature in listed(release_of(version), None)]


def asked(settings, query=""):
    world = World(settings)
    response = create_app(world).test_client().get(FEATURES + query)
    world.close()
    return response


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("8.17.3", ACTIONS_17),
        ("8.18.0", ACTIONS_18),
        ("8.19.5", ACTIONS_18),
        ("9.3.7", ACTIONS_18),
        ("9.4.0", ACTIONS_94),
        ("9.5.4", ACTIONS_94),
    ],
)
def test_the_feature_of_connectors_is_that_of_the_version(version, expected):
    response = asked(Settings(kibana_version=version))
    assert response.status_code == 200
    assert response.headers["elastic-api-version"] == "2023-10-31"
    found = [feature for feature in response.json if feature["id"] == "actions"]
    assert found == [expected]
    assert list(found[0]) == list(expected)


def test_features_are_in_their_order_and_those_without_one_last(client):
    orders = [feature.get("order") for feature in client.get(FEATURES).json]
    known = [order for order in orders if order is not None]
    assert known == sorted(known)
    assert None in orders
    assert orders[len(known) :] == [None] * (len(orders) - len(known))


@pytest.mark.parametrize("minor", ["8.17", "8.18", "8.19", "9.0", "9.3", "9.4", "9.5"])
def test_every_feature_is_whole(minor):
    for feature in listed(release_of(f"{minor}.0"), None):
        keys = {"id", "name", "category", "app", "scope", "privileges"}
        assert keys <= feature.keys(), feature
        assert keys.isdisjoint({"since", "until", "deprecated_since", "deprecated"})
        assert {"id", "label", "order"} <= feature["category"].keys()
        for privilege in (feature["privileges"] or {}).values():
            assert {"savedObject", "ui"} <= privilege.keys()
            assert "config" in privilege["savedObject"]["read"]


@pytest.mark.parametrize("minor", ["8.17", "8.18", "8.19", "9.0", "9.3", "9.4", "9.5"])
def test_no_feature_comes_twice(minor):
    ids = [feature["id"] for feature in registered(release_of(f"{minor}.0"))]
    assert len(ids) == len(set(ids))


def test_deprecated_features_are_left_out_but_still_there_for_roles():
    before, after = set(ids_of("8.17.0")), set(ids_of("8.18.0"))
    assert {"discover", "dashboard", "visualize", "generalCases", "siem"} <= before
    assert {"discover_v2", "dashboard_v2", "visualize_v2", "generalCasesV3", "siemV2"} <= after
    assert after.isdisjoint({"discover", "dashboard", "visualize", "generalCases", "siem"})
    assert before.isdisjoint({"discover_v2", "generalCasesV3", "siemV2"})
    assert {"discover", "generalCasesV2"} <= {row["id"] for row in registered(release_of("8.18.0"))}


def test_a_category_had_another_label():
    labels = [
        next(
            row
            for row in listed(release_of(f"8.{minor}.0"), None)
            if row["id"] == "enterpriseSearch"
        )["category"]["label"]
        for minor in (17, 18)
    ]
    assert labels == ["Search", "Elasticsearch"]


@pytest.mark.parametrize(
    ("level", "graph", "assistant"),
    [
        ("basic", False, False),
        ("gold", False, False),
        ("platinum", True, False),
        ("enterprise", True, True),
        ("trial", True, True),
    ],
)
def test_a_licence_leaves_out_what_needs_a_higher_one(level, graph, assistant):
    ids = [feature["id"] for feature in asked(Settings(license=level)).json]
    assert ("graph" in ids, "securitySolutionAssistant" in ids) == (graph, assistant)
    assert "actions" in ids


def test_an_expired_licence_has_the_level_that_it_had():
    settings = Settings(license="platinum", license_expires="2001-01-01T00:00:00Z")
    ids = [feature["id"] for feature in asked(settings).json]
    assert ("graph" in ids, "securitySolutionAssistant" in ids) == (True, False)


def test_the_licence_can_be_ignored():
    response = asked(Settings(license="basic"), "?ignoreValidLicenses=true")
    assert "graph" in [feature["id"] for feature in response.json]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?x=1", "[request query.x]: definition for this key is missing"),
        (
            "?ignoreValidLicenses=1",
            (
                "[request query.ignoreValidLicenses]: expected value of type [boolean] but got "
                "[string]"
            ),
        ),
    ],
    ids=["another key", "no boolean"],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_query_is_refused(client, envelope, query, message):
    response = client.get(FEATURES + query)
    assert (response.status_code, response.json) == (400, envelope(400, message))


class TestWithSecurity:
    """Who may see the features."""

    @pytest.fixture
    def settings(self):
        return Settings(security=True)

    @pytest.fixture
    def ask(self, world, client):
        """Ask as a user with one entry of applications in its role."""

        def ask(path, *privileges, on="*"):
            entry = {
                "application": "kibana-.kibana",
                "privileges": [*privileges],
                "resources": [on],
            }
            world.security.roles.put("r", {"applications": [entry] if privileges else []})
            world.security.users.put("bob", {"roles": ["r"]}, password="bob-123")
            token = b64encode(b"bob:bob-123").decode()
            return client.get(path, headers={"authorization": f"Basic {token}"})

        return ask

    @pytest.mark.parametrize("path", [FEATURES, f"/s/any{FEATURES}"])
    def test_who_may_do_everything_everywhere_sees_them(self, ask, path):
        assert ask(path, "all").status_code == 200

    @pytest.mark.parametrize(
        ("privileges", "on"),
        [
            (["read"], "*"),
            (["space_all"], "space:default"),
            (["feature_actions.all", "feature_dashboard.all"], "*"),
            ([], "*"),
        ],
        ids=["global read", "all of a space", "features", "nothing"],
    )
    def test_nobody_else_does(self, ask, envelope, privileges, on):
        response = ask(FEATURES, *privileges, on=on)
        text = (
            "API [GET /api/features] is unauthorized for user, this action is granted by the "
            "Kibana privileges [read_features]"
        )
        assert (response.status_code, response.json) == (403, envelope(403, text))

    def test_that_comes_before_the_query(self, ask, envelope):
        response = ask(f"/s/default{FEATURES}?x=1", "read")
        text = (
            "API [GET /api/features?x=1] is unauthorized for user, this action is granted by the "
            "Kibana privileges [read_features]"
        )
        assert (response.status_code, response.json) == (403, envelope(403, text))
