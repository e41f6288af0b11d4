"""The legacy routes: the same connectors, under older paths and names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockkibana.world import World

pytestmark = pytest.mark.kibana_version("8.19.0")

ACTION = "/api/actions/action"
CONNECTOR = "/api/actions/connector"
UUID = "c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad"
LOG = {"name": "a connector", "actionTypeId": ".server-log"}
WARNING = '299 Kibana-8.19.0 "This endpoint is deprecated"'
STRING = "expected value of type [string] but got"


@pytest.fixture
def action(client, xsrf):
    """Create a connector by the legacy route and return it."""

    def action(space: str = "", **body: object):
        answer = client.post(f"{space}{ACTION}", json={**LOG, **body}, headers=xsrf)
        assert answer.status_code == 200, answer.text
        return answer.json

    return action


def test_create_answers_200_with_legacy_names_in_order(client, xsrf):
    body = {"name": "n", "actionTypeId": ".index", "config": {"index": "i"}}
    answer = client.post(ACTION, json=body, headers=xsrf)
    assert answer.status_code == 200
    connector_id = answer.json["id"]
    assert list(answer.json.items()) == [
        ("id", connector_id),
        ("actionTypeId", ".index"),
        ("name", "n"),
        ("config", {"index": "i", "refresh": False, "executionTimeField": None}),
        ("isMissingSecrets", False),
        ("isPreconfigured", False),
        ("isSystemAction", False),
        ("isDeprecated", False),
    ]
    assert client.get(f"{ACTION}/{connector_id}").json == answer.json


def test_both_apis_read_and_write_the_same_connectors(client, action, create, xsrf):
    old, new = action(name="old")["id"], create(name="new")["id"]
    assert client.get(f"{CONNECTOR}/{old}").json["name"] == "old"
    assert client.get(f"{ACTION}/{new}").json["name"] == "new"
    assert client.delete(f"{ACTION}/{new}", headers=xsrf).status_code == 204
    assert client.get(f"{CONNECTOR}/{new}").status_code == 404


@pytest.mark.parametrize("space", ["/s/default", "/s/other"])
def test_the_routes_exist_in_every_space(client, action, space):
    connector_id = action(space)["id"]
    assert client.get(f"{space}{ACTION}/{connector_id}").status_code == 200
    found = client.get(f"/s/third{ACTION}/{connector_id}")
    assert (found.status_code, found.json["message"]) == (
        404,
        f"Saved object [action/{connector_id}] not found",
    )


@pytest.mark.parametrize("name", ["", " ", "\t\n"])
def test_blank_strings_are_accepted(client, action, xsrf, name):
    made = action(name=name, actionTypeId=".index", config={"index": " "})
    assert (made["name"], made["config"]["index"]) == (name, " ")
    body = {"name": name, "config": {"index": ""}}
    updated = client.put(f"{ACTION}/{made['id']}", json=body, headers=xsrf)
    assert (updated.status_code, updated.json["config"]["index"]) == (200, "")


def test_update_replaces_the_connector(client, action, xsrf):
    made = action(actionTypeId=".index", config={"index": "i", "refresh": True})
    body = {"name": "new", "config": {"index": "j"}}
    updated = client.put(f"{ACTION}/{made['id']}", json=body, headers=xsrf)
    config = {"index": "j", "refresh": False, "executionTimeField": None}
    assert (updated.status_code, updated.json) == (200, made | {"name": "new", "config": config})


def test_the_list_has_legacy_names_and_counts(client, action, seed, world):
    world.seed(seed(preconfigured=[{"id": "p", "connector_type_id": ".server-log", "name": "b"}]))
    made = action(name="a")
    assert client.get("/api/actions").json == [
        made | {"referencedByCount": 0},
        {
            "id": "p",
            "actionTypeId": ".server-log",
            "name": "b",
            "isPreconfigured": True,
            "isSystemAction": False,
            "isDeprecated": False,
            "referencedByCount": 0,
        },
    ]


def test_the_types_have_legacy_names_in_order(client):
    types = client.get("/api/actions/list_action_types").json
    assert [kind["id"] for kind in types] == [
        kind["id"] for kind in client.get("/api/actions/connector_types").json
    ]
    [index] = [kind for kind in types if kind["id"] == ".index"]
    assert list(index.items()) == [
        ("id", ".index"),
        ("name", "Index"),
        ("enabled", True),
        ("enabledInConfig", True),
        ("enabledInLicense", True),
        ("minimumLicenseRequired", "basic"),
        ("supportedFeatureIds", ["alerting", "uptime", "siem"]),
        ("isSystemActionType", False),
    ]


def test_a_query_means_nothing_to_a_legacy_route(client):
    types = client.get("/api/actions/list_action_types")
    assert client.get("/api/actions/list_action_types?feature_id=siem&x=1").json == types.json


def test_a_run_answers_with_legacy_names_in_order(client, action, xsrf):
    connector_id = action()["id"]
    path = f"{ACTION}/{connector_id}/_execute"
    answer = client.post(path, json={"params": {"message": "m"}}, headers=xsrf)
    assert list(answer.json.items()) == [("status", "ok"), ("actionId", connector_id)]
    answer = client.post(path, json={"params": {}}, headers=xsrf)
    assert answer.status_code == 200
    assert list(answer.json.items()) == [
        ("status", "error"),
        ("actionId", connector_id),
        ("message", f"error validating action params: [message]: {STRING} [undefined]"),
        ("retry", False),
        ("errorSource", "user"),
    ]


def test_a_thrown_error_has_its_service_message_under_the_legacy_name(client, action, xsrf):
    index = action(actionTypeId=".index", config={"index": "UPPER"})["id"]
    body = {"params": {"documents": [{}]}}
    modern = client.post(f"{CONNECTOR}/{index}/_execute", json=body, headers=xsrf).json
    legacy = client.post(f"{ACTION}/{index}/_execute", json=body, headers=xsrf).json
    names = {"connector_id": "actionId", "service_message": "serviceMessage"}
    assert legacy == {names.get(key, key): value for key, value in modern.items()}


def test_a_leniency_is_told_in_the_header_here_too(client, action, xsrf):
    index = action(actionTypeId=".index", config={"index": "i"})["id"]
    body = {"params": {"documents": [{}]}}
    answer = client.post(f"{ACTION}/{index}/_execute", json=body, headers=xsrf)
    assert answer.headers["x-mock-warning"] == "bulk-item-key"


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("POST", "", {"actionTypeId": ".index"}, f"[request body.name]: {STRING} [undefined]"),
        ("POST", "", {"name": "n"}, f"[request body.actionTypeId]: {STRING} [undefined]"),
        (
            "POST",
            "",
            {"name": "n", "connector_type_id": ".index"},
            f"[request body.actionTypeId]: {STRING} [undefined]",
        ),
        (
            "POST",
            "",
            {**LOG, "id": UUID},
            "[request body.id]: definition for this key is missing",
        ),
        (
            "POST",
            "",
            {**LOG, "config": []},
            "[request body.config]: expected value of type [object] but got [Array]",
        ),
        ("POST", "", {**LOG, "actionTypeId": ".no"}, 'Action type ".no" is not registered.'),
        (
            "POST",
            "",
            {**LOG, "actionTypeId": ".index"},
            f"error validating action type config: [index]: {STRING} [undefined]",
        ),
        ("PUT", "/x", {"config": {}}, f"[request body.name]: {STRING} [undefined]"),
        (
            "PUT",
            "/x",
            {**LOG},
            "[request body.actionTypeId]: definition for this key is missing",
        ),
        (
            "POST",
            "/x/_execute",
            {},
            "[request body.params]: expected value of type [object] but got [undefined]",
        ),
    ],
)
def test_errors_are_those_of_todays_routes(client, xsrf, envelope, method, path, body, message):
    answer = client.open(ACTION + path, method=method, json=body, headers=xsrf)
    assert (answer.status_code, answer.json) == (400, envelope(400, message))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/x", None),
        ("DELETE", "/x", None),
        ("PUT", "/x", {"name": "n"}),
        ("POST", "/x/_execute", {"params": {}}),
    ],
)
def test_an_unknown_connector_is_404(client, xsrf, envelope, method, path, body):
    answer = client.open(ACTION + path, method=method, json=body, headers=xsrf)
    expected = envelope(404, "Saved object [action/x] not found")
    assert (answer.status_code, answer.json) == (404, expected)


def test_a_disabled_type_is_refused_here_too(client, world, xsrf, envelope):
    world.settings = replace(world.settings, enabled_action_types=(".index",))
    answer = client.post(ACTION, json=LOG, headers=xsrf)
    message = (
        'action type ".server-log" is not enabled in the Kibana config '
        "xpack.actions.enabledActionTypes"
    )
    assert (answer.status_code, answer.json) == (403, envelope(403, message))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{ACTION}/{UUID}"),
        ("POST", f"{ACTION}/"),
        ("GET", ACTION),
        ("PUT", ACTION),
        ("POST", "/api/actions"),
        ("DELETE", "/api/actions"),
        ("POST", "/api/actions/list_action_types"),
        ("PATCH", f"{ACTION}/x"),
        ("GET", f"{ACTION}/x/_execute"),
        ("OPTIONS", ACTION),
        ("GET", f"{ACTION}/x/y"),
        ("GET", "/api/actions/actions"),
    ],
)
def test_there_are_no_other_routes_and_no_ids_of_the_callers_choice(
    client, xsrf, envelope, method, path
):
    answer = client.open(path, method=method, json=LOG, headers=xsrf)
    assert (answer.status_code, answer.json) == (404, envelope(404, "Not Found"))
    assert "warning" not in answer.headers


@pytest.mark.parametrize("escaped", ["a%2Fb%20c", "a%0Ab", "%C3%A9"])
def test_an_id_in_a_path_is_decoded(client, escaped):
    message = client.get(f"{ACTION}/{escaped}").json["message"]
    assert message == client.get(f"{CONNECTOR}/{escaped}").json["message"]


# Deprecation

CALLS = [
    ("GET", "/api/actions", {}, 200),
    ("GET", "/api/actions/list_action_types", {}, 200),
    ("GET", f"{ACTION}/x", {}, 404),
    ("HEAD", f"{ACTION}/x", {}, 404),
    ("DELETE", f"{ACTION}/x", {}, 404),
    ("POST", ACTION, {"json": LOG}, 200),
    ("POST", ACTION, {"json": {}}, 400),
    ("POST", ACTION, {"json": LOG, "headers": {}}, 400),
    ("POST", ACTION, {"data": "{"}, 400),
    ("POST", ACTION, {"data": "<x/>", "content_type": "application/xml"}, 415),
]


@pytest.mark.parametrize(("method", "path", "options", "status"), CALLS)
def test_every_answer_says_that_the_route_is_deprecated(
    client, xsrf, method, path, options, status
):
    answer = client.open(path, method=method, **{"headers": xsrf, **options})
    assert (answer.status_code, answer.headers["warning"]) == (status, WARNING)


def test_todays_routes_are_not_deprecated(client, create):
    assert "warning" not in client.get(f"{CONNECTOR}/{create()['id']}").headers


@pytest.mark.parametrize(
    ("version", "warning"),
    [
        ("8.17.9", None),
        ("8.18.0", '299 Kibana-8.18.0 "This endpoint is deprecated"'),
        ("8.19.5", '299 Kibana-8.19.5 "This endpoint is deprecated"'),
    ],
)
def test_the_warning_names_the_version_and_is_not_in_the_oldest(client, world, version, warning):
    world.settings = replace(world.settings, kibana_version=version)
    assert client.get("/api/actions").headers.get("warning") == warning


def test_the_api_version_is_in_answers_of_the_router_only(client, xsrf):
    assert client.get("/api/actions").headers["elastic-api-version"] == "2023-10-31"
    answer = client.post(ACTION, data="{", headers=xsrf)
    assert "elastic-api-version" not in answer.headers


def test_a_refusal_changes_nothing(client, world: World, xsrf):
    before = world.store.digest()
    for method, path, options, status in CALLS:
        if status != 200:
            client.open(path, method=method, **{"headers": xsrf, **options})
    assert world.store.digest() == before
