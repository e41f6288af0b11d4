"""What the licence includes: connector types, and with an expired one nothing at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.app import create_app
from mockkibana.connectors.base import ConnectorType
from mockkibana.settings import LICENSES, BadSetting, PreconfiguredConnector, Settings
from mockkibana.validation import Schema
from mockkibana.world import World

XSRF = {"kbn-xsrf": "true"}
LEVELS = ("basic", "gold", "platinum", "enterprise")
JIRA = {
    "name": "Jira",
    "connector_type_id": ".jira",
    "config": {"apiUrl": "https://jira.example.com", "projectKey": "OPS"},
    "secrets": {"email": "elastic@example.com", "apiToken": "changeme"},
}
EXPIRED = "2026-01-01T00:00:00Z"


def _type(level: str) -> type[ConnectorType]:
    class OfLevel(ConnectorType):
        """Needs a level."""

        id = f".{level}-type"
        minimum_license_required = level
        params = Schema()

        def execute(self, run, params):
            return None

    return OfLevel


TYPES = [_type(level) for level in LEVELS]


def client_of(**settings: Any) -> FlaskClient:
    return create_app(World(Settings(**settings), connector_types=TYPES)).test_client()


def forbidden(message: str) -> dict[str, Any]:
    return {"statusCode": 403, "error": "Forbidden", "message": message}


def unsupported(type_id: str, license_: str) -> dict[str, Any]:
    return forbidden(
        f"Action type {type_id} is disabled because your {license_} license does not support it. "
        "Please upgrade your license."
    )


def included(license_: str, level: str) -> bool:
    return license_ == "trial" or LEVELS.index(level) <= LEVELS.index(license_)


@pytest.mark.parametrize("license_", LICENSES)
def test_the_list_tells_which_types_the_licence_includes(license_: str) -> None:
    client = client_of(license=license_)
    headers = {"x-elastic-internal-origin": "kibana"}
    for path in ("/api/actions/connector_types", "/internal/actions/connector_types"):
        for row in client.get(path, headers=headers).json:
            expected = included(license_, row["minimum_license_required"])
            assert row["enabled_in_license"] is row["enabled"] is expected
            assert row["enabled_in_config"] is True
    older = client_of(license=license_, kibana_version="8.19.0")
    for row in older.get("/api/actions/list_action_types").json:
        expected = included(license_, row["minimumLicenseRequired"])
        assert row["enabledInLicense"] is row["enabled"] is expected


@pytest.mark.parametrize("license_", LICENSES)
@pytest.mark.parametrize("level", LEVELS)
def test_a_type_can_be_created_and_run_with_a_licence_that_includes_it(
    license_: str, level: str
) -> None:
    settings = Settings(license="trial", kibana_version="8.19.0")  # it has the legacy routes, too
    world = World(settings, connector_types=TYPES)
    client = create_app(world).test_client()
    type_id = f".{level}-type"
    body = {"name": "one", "connector_type_id": type_id}
    made = client.post("/api/actions/connector", json=body, headers=XSRF).json
    world.settings = replace(settings, license=license_)
    path = f"/api/actions/connector/{made['id']}"
    legacy = {"name": "one", "actionTypeId": type_id}
    answers = [
        client.post("/api/actions/connector", json=body, headers=XSRF),
        client.put(path, json={"name": "two"}, headers=XSRF),
        client.post(f"{path}/_execute", json={"params": {}}, headers=XSRF),
        client.post("/api/actions/action", json=legacy, headers=XSRF),
        client.post(
            f"/api/actions/action/{made['id']}/_execute", json={"params": {}}, headers=XSRF
        ),
    ]
    for answer in answers:
        if included(license_, level):
            assert answer.status_code == 200
        else:
            assert (answer.status_code, answer.json) == (403, unsupported(type_id, license_))
    # To look at it and to throw it away no licence is needed.
    assert client.get(path).status_code == 200
    assert client.delete(path, headers=XSRF).status_code == 204


def test_a_config_that_does_not_fit_is_refused_before_the_licence_is_looked_at() -> None:
    client = client_of(license="basic")
    answer = client.post("/api/actions/connector", json={**JIRA, "config": {}}, headers=XSRF)
    assert answer.status_code == 400
    answer = client.post("/api/actions/connector", json=JIRA, headers=XSRF)
    assert (answer.status_code, answer.json) == (403, unsupported(".jira", "basic"))


def test_a_type_that_is_not_enabled_is_refused_before_the_licence_is_looked_at() -> None:
    client = client_of(license="basic", enabled_action_types=(".index",))
    answer = client.post("/api/actions/connector", json=JIRA, headers=XSRF)
    assert answer.json == forbidden(
        'action type ".jira" is not enabled in the Kibana config xpack.actions.enabledActionTypes'
    )


def test_the_licence_holds_for_preconfigured_connectors_too() -> None:
    preconfigured = PreconfiguredConnector(id="mine", name="Mine", connector_type_id=".gold-type")
    for license_, status in (("basic", 403), ("gold", 200)):
        client = client_of(
            license=license_, preconfigured=(preconfigured,), enabled_action_types=(".index",)
        )
        path = "/api/actions/connector/mine/_execute"
        assert client.post(path, json={"params": {}}, headers=XSRF).status_code == status


@pytest.mark.parametrize("license_", [name for name in LICENSES if name != "basic"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/actions/connectors", None),
        ("GET", "/api/actions/connector_types", None),
        ("GET", "/api/actions/connector/nothing", None),
        ("POST", "/api/actions/connector", JIRA),
        ("POST", "/api/actions/connector/nothing/_execute", {"params": {}}),
        ("PUT", "/api/actions/connector/nothing", {"name": "a"}),
        ("DELETE", "/api/actions/connector/nothing", None),
        ("GET", "/api/actions", None),
        ("POST", "/api/actions/action/nothing/_execute", {"params": {}}),
        ("GET", "/internal/actions/connectors", None),
    ],
)
def test_with_an_expired_licence_nothing_about_connectors_works(
    license_: str, method: str, path: str, body: Any
) -> None:
    client = client_of(
        license=license_,
        license_expires=EXPIRED,
        kibana_version="8.19.0",  # it has the legacy routes, too
    )
    given = {} if body is None else {"json": body}
    answer = client.open(path, method=method, headers=XSRF, **given)
    text = f"You cannot use actions because your {license_} license has expired."
    assert (answer.status_code, answer.json) == (403, forbidden(text))
    assert answer.headers["elastic-api-version" if path.startswith("/api") else "kbn-name"]


def test_a_body_that_does_not_fit_is_refused_before_an_expired_licence() -> None:
    client = client_of(license_expires=EXPIRED)
    assert client.post("/api/actions/connector", json={}, headers=XSRF).status_code == 400


def test_an_expired_licence_hinders_neither_spaces_nor_the_status() -> None:
    client = client_of(license_expires=EXPIRED)
    assert client.get("/api/spaces/space").status_code == 200
    assert client.get("/api/status").status_code == 200


def test_a_licence_expires_by_the_worlds_clock() -> None:
    world = World(Settings(license="gold", license_expires="2026-06-01"))
    world.clock.freeze("2026-05-31T23:59:59Z")
    client = create_app(world).test_client()
    signature = client.get("/api/status").headers["kbn-license-sig"]
    assert client.get("/api/actions/connectors").status_code == 200
    world.clock.advance("1s")
    assert client.get("/api/actions/connectors").status_code == 403
    assert client.get("/api/status").headers["kbn-license-sig"] == signature
    world.settings = Settings(license="platinum")
    assert client.get("/api/actions/connectors").status_code == 200
    assert client.get("/api/status").headers["kbn-license-sig"] != signature


def test_of_a_type_an_expired_licence_is_told_where_no_route_refuses_first() -> None:
    # A rule that runs a connector asks no route; Kibana words it so for each type.
    from mockkibana.kibana.caller import Caller
    from mockkibana.kibana.errors import KibanaError

    world = World(Settings(), connector_types=TYPES)
    made = world.connectors.create(
        Caller(), name="one", connector_type_id=".basic-type", config={}, secrets={}
    )
    world.settings = Settings(license_expires=EXPIRED)
    with pytest.raises(KibanaError) as caught:
        world.executor.execute(Caller(), made["id"], {})
    assert (caught.value.status, caught.value.message) == (
        403,
        "Action type .basic-type is disabled because your trial license has expired.",
    )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (
            {"license": "Gold"},
            "license is 'Gold'; expected one of basic, gold, platinum, enterprise, trial",
        ),
        (
            {"license": "basic", "license_expires": "2026-01-01"},
            "license_expires is set, but a basic license never expires",
        ),
        (
            {"license_expires": "soon"},
            (
                "license_expires: expected a time in ISO 8601 such as 2026-01-02T03:04:05Z but got "
                "[soon]"
            ),
        ),
        ({"elastic_password": "short"}, "elastic_password has 5 characters; expected at least 6"),
    ],
)
def test_a_setting_that_cannot_be_says_why(given: dict[str, Any], text: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings(**given)
    assert str(caught.value) == text
