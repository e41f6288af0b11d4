"""What Kibana refuses of roles, and of questions about them."""

from __future__ import annotations

import pytest

from mockkibana.app import create_app
from mockkibana.settings import Settings
from mockkibana.world import World

ROLE = "/api/security/role"
ROLES = "/api/security/roles"


@pytest.fixture
def put(client, xsrf):
    """Put a role, and return the answer."""

    def put(name, query="", **body):
        return client.put(f"{ROLE}/{name}{query}", json=body, headers=xsrf)

    return put


SPACES = "[request body.kibana.0.spaces]: types that failed validation:"
NOT_ALL = "expected value to equal [*]"
BAD_SPACE = "must be lower case, a-z, 0-9, '_', and '-' are allowed"
BAD_WORD = "only a-z, A-Z, 0-9, '_', and '-' are allowed"
NEITHER = (
    "[request body.kibana.0]: either [base] or [feature] is expected, but none of them specified"
)
BOTH = (
    "[request body.kibana.0]: definition of [feature] isn't allowed when non-empty [base] is "
    "defined."
)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"description": "x" * 2049, "kibana": 1},
            (
                "[request body.description]: value has length [2049] but it must have a maximum "
                "length of [2048]."
            ),
        ),
        (
            {"metadata": 1},
            "[request body.metadata]: expected value of type [object] but got [number]",
        ),
        (
            {"elasticsearch": None},
            (
                "[request body.elasticsearch]: expected a plain object value, but found [null] "
                "instead."
            ),
        ),
        (
            {"elasticsearch": {"run_as": 1, "cluster": [1]}},
            (
                "[request body.elasticsearch.cluster.0]: expected value of type [string] but got "
                "[number]"
            ),
        ),
        (
            {"elasticsearch": {"indices": [{"names": [], "privileges": []}]}},
            (
                "[request body.elasticsearch.indices.0.names]: array size is [0], but cannot be "
                "smaller than [1]"
            ),
        ),
        (
            {"elasticsearch": {"indices": [{"names": ["a"]}]}},
            (
                "[request body.elasticsearch.indices.0.privileges]: expected value of type [array] "
                "but got [undefined]"
            ),
        ),
        (
            {
                "elasticsearch": {
                    "indices": [
                        {"names": ["a"], "privileges": ["read"], "field_security": {"x": []}}
                    ]
                }
            },
            (
                '[request body.elasticsearch.indices.0.field_security.key("x")]: types that failed '
                "validation:\n- [request body.0]: expected value to equal [grant]\n"
                "- [request body.1]: expected value to equal [except]"
            ),
        ),
        (
            {"elasticsearch": {"remote_cluster": [{"privileges": ["monitor_enrich"]}]}},
            (
                "[request body.elasticsearch.remote_cluster.0.clusters]: expected value of type "
                "[array] but got [undefined]"
            ),
        ),
        (
            {"elasticsearch": {"remote_indices": [{}]}},
            (
                "[request body.elasticsearch.remote_indices.0.clusters]: expected value of type "
                "[array] but got [undefined]"
            ),
        ),
        (
            {"elasticsearch": {"nope": 1}},
            "[request body.elasticsearch.nope]: definition for this key is missing",
        ),
        (
            {"kibana": {}},
            "[request body.kibana]: expected value of type [array] but got [Object]",
        ),
        (
            {"kibana": [{"spaces": ["foo-*"]}]},
            (
                f"{SPACES}\n- [request body.kibana.0.spaces.0.0]: {NOT_ALL}\n"
                f"- [request body.kibana.0.spaces.1.0]: {BAD_SPACE}"
            ),
        ),
        (
            {"kibana": [{"spaces": ["*", "foo"]}]},
            (
                f"{SPACES}\n- [request body.kibana.0.spaces.0.1]: {NOT_ALL}\n"
                f"- [request body.kibana.0.spaces.1.0]: {BAD_SPACE}"
            ),
        ),
        (
            {"kibana": [{"base": ["foo"]}]},
            (
                '[request body.kibana.0.base.0]: unknown global privilege "foo", must be one of '
                "[all,read]"
            ),
        ),
        (
            {"kibana": [{"base": ["foo"], "spaces": ["a"]}]},
            (
                '[request body.kibana.0.base.0]: unknown space privilege "foo", must be one of '
                "[all,read]"
            ),
        ),
        (
            {"kibana": [{"feature": {"!foo": ["all"]}}]},
            f'[request body.kibana.0.feature.key("!foo")]: {BAD_WORD}',
        ),
        (
            {"kibana": [{"feature": {"foo": ["!foo"]}}]},
            f"[request body.kibana.0.feature.foo.0]: {BAD_WORD}",
        ),
        ({"kibana": [{}]}, NEITHER),
        ({"kibana": [{"base": [], "feature": {"a": [], "b": []}}]}, NEITHER),
        ({"kibana": [{"base": ["all"], "feature": {"a": []}}]}, BOTH),
        (
            {"kibana": [{"_reserved": ["x"]}]},
            "[request body.kibana.0._reserved]: definition for this key is missing",
        ),
        (
            {
                "kibana": [
                    {"base": ["all"], "spaces": ["a", "b", "c"]},
                    {"base": ["read"], "spaces": ["c", "d", "a"]},
                ]
            },
            (
                "[request body.kibana]: more than one privilege is applied to the following "
                "spaces: [a,c]"
            ),
        ),
        (
            {"kibana": [{"base": ["all"]}, {"base": ["read"], "spaces": ["*"]}]},
            (
                "[request body.kibana]: more than one privilege is applied to the following "
                "spaces: [*]"
            ),
        ),
        ({"nope": 1}, "[request body.nope]: definition for this key is missing"),
        (
            {
                "kibana": [
                    {
                        "feature": {
                            "nope": ["all"],
                            "fleetv2": ["all"],
                            "siemV3": ["blocklist_read"],
                            "actions": ["nope"],
                        },
                        "spaces": ["a", "b"],
                    }
                ]
            },
            (
                'Role cannot be updated due to validation errors: ["Feature privilege [fleetv2.all]'
                ' requires all spaces to be selected but received [a,b]","Sub-feature privilege '
                '[Security - Blocklist] requires all spaces to be selected but received [a,b]"]'
            ),
        ),
    ],
    ids=[
        "description too long",
        "metadata no record",
        "elasticsearch null",
        "cluster before run_as",
        "indices without names",
        "indices without privileges",
        "field_security with another key",
        "remote_cluster without clusters",
        "remote_indices without clusters",
        "elasticsearch with another key",
        "kibana no array",
        "space with a wildcard",
        "all spaces and one",
        "global base unknown",
        "space base unknown",
        "feature id",
        "feature privilege",
        "neither base nor feature",
        "both empty",
        "both",
        "reserved",
        "spaces twice",
        "all spaces twice",
        "another key",
        "features",
    ],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_body_is_refused(put, world, envelope, body, message):
    response = put("x", **body)
    assert (response.status_code, response.json) == (400, envelope(400, message))
    assert world.security.roles.get("x") is None


def test_a_feature_says_what_it_does_not_support(envelope, xsrf):
    world = World(Settings(kibana_version="8.17.0"))
    body = {"kibana": [{"feature": {"savedQueryManagement": ["read"]}}]}
    response = create_app(world).test_client().put(f"{ROLE}/x", json=body, headers=xsrf)
    text = (
        "Role cannot be updated due to validation errors: "
        '["Feature [savedQueryManagement] does not support privilege [read]."]'
    )
    assert (response.status_code, response.json) == (400, envelope(400, text))
    world.close()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/x?nope=1", "[request query.nope]: definition for this key is missing"),
        (
            "/x?replaceDeprecatedPrivileges=1",
            (
                "[request query.replaceDeprecatedPrivileges]: expected value of type [boolean] but "
                "got [string]"
            ),
        ),
        ("?createOnly=true", "[request query.createOnly]: definition for this key is missing"),
    ],
    ids=["another key", "no boolean", "list with another key"],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_query_is_refused(client, envelope, path, message):
    response = client.get(ROLE + path)
    assert (response.status_code, response.json) == (400, envelope(400, message))


def test_the_query_of_a_role_is_accepted(put, client):
    put("x")
    assert client.get(f"{ROLE}/x?replaceDeprecatedPrivileges=true").status_code == 200
    assert client.get(f"{ROLE}?replaceDeprecatedPrivileges=false").status_code == 200


def test_a_name_can_be_too_long(put, client, envelope):
    text = (
        "[request params.name]: value has length [1025] but it must have a maximum length of "
        "[1024]."
    )
    response = put("x" * 1025)
    assert (response.status_code, response.json) == (400, envelope(400, text))
    assert client.get(f"{ROLE}/{'x' * 1025}").status_code == 404


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "[request body.roles]: expected value of type [object] but got [undefined]"),
        (
            {"roles": {"a": "nope"}},
            "[request body.roles.a]: could not parse object value from json input",
        ),
        ({"roles": {"a": {"kibana": [{}]}}}, NEITHER.replace("body.", "body.roles.a.")),
    ],
    ids=["nothing", "no object", "a bad role"],
)
def test_a_body_of_several_roles_is_refused(client, xsrf, envelope, body, message):
    response = client.post(ROLES, json=body, headers=xsrf)
    assert (response.status_code, response.json) == (400, envelope(400, message))


@pytest.mark.parametrize(
    ("search", "message"),
    [
        (
            {"sort": {"field": "name", "direction": "up"}},
            (
                "[request body.sort.direction]: types that failed validation:\n"
                "- [request body.sort.direction.0]: expected value to equal [asc]\n"
                "- [request body.sort.direction.1]: expected value to equal [desc]"
            ),
        ),
        (
            {"filters": {"spaceId": "a"}},
            "[request body.filters.spaceId]: definition for this key is missing",
        ),
        (
            {"sort": {"field": "nope", "direction": "asc"}},
            (
                "[illegal_argument_exception\n\tRoot causes:\n\t\tillegal_argument_exception: "
                "Field [nope] is not allowed for querying or aggregation]: Field [nope] is not "
                "allowed for querying or aggregation"
            ),
        ),
        (
            {"size": -1},
            (
                "[action_request_validation_exception\n\tRoot causes:\n\t\t"
                "action_request_validation_exception: Validation Failed: 1: [size] parameter "
                "cannot be negative but was [-1];]: Validation Failed: 1: [size] parameter cannot "
                "be negative but was [-1];"
            ),
        ),
    ],
    ids=["direction", "another filter", "sort field", "negative size"],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_search_is_refused(client, xsrf, envelope, search, message):
    response = client.post(f"{ROLE}/_query", json=search, headers=xsrf)
    assert (response.status_code, response.json) == (400, envelope(400, message))
