"""The TheHive connector: cases that are pushed, and alerts that are created."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://thehive.example.com"
SECRETS = {"apiKey": "api-key-of-ops"}
CASE = {"title": "disk full", "description": "sda"}
ALERT = {**CASE, "type": "alert", "source": "kibana", "sourceRef": "r1"}


@pytest.fixture
def hive(world, create) -> str:
    world.clock.freeze("2026-01-02T03:04:05Z")
    config = {"url": f"{URL}/", "organisation": "ops"}
    return create(".thehive", config, secrets=SECRETS)["id"]


def pushing(incident: Any, comments: Any = None) -> Any:
    params = {"incident": {**CASE, **incident}, "comments": comments}
    return {"subAction": "pushToService", "subActionParams": params}


def alerting(**params: Any) -> Any:
    return {"subAction": "createAlert", "subActionParams": {**ALERT, **params}}


def requests(world: Any) -> Any:
    return [delivery["request"] for delivery in world.outbox.list(connector_type_id=".thehive")]


def test_the_organisation_may_be_left_out(world, create, execute):
    made = create(".thehive", {"url": URL}, secrets=SECRETS)
    assert made["config"] == {"url": URL, "organisation": None}
    execute(made["id"], pushing({}))
    assert "X-Organisation" not in requests(world)[0]["headers"]


def test_a_case_is_created_with_its_comments(world, hive, execute):
    incident = {"severity": 3, "tlp": None, "tags": ["a"]}
    answer = execute(hive, pushing(incident, [{"comment": "one", "commentId": "a"}])).json
    at = "2026-01-02T03:04:05.000Z"
    assert answer["data"] == {
        "id": "~67518480",
        "title": "disk full",
        "url": f"{URL}/cases/~67518480/details",
        "pushedDate": at,
        "comments": [{"commentId": "a", "pushedDate": at}],
    }
    create, comment = requests(world)
    assert (create["method"], create["url"]) == ("POST", f"{URL}/api/v1/case")
    assert create["body"] == {**CASE, **incident}
    headers = create["headers"]
    assert (headers["Authorization"], headers["X-Organisation"]) == ("[redacted]", "ops")
    assert comment["url"] == f"{URL}/api/v1/case/~67518480/comment"
    assert comment["body"] == {"message": "one"}
    assert SECRETS["apiKey"] not in str(world.outbox.list())
    kept = world.outbox.parties()["thehive"]["~67518480"]
    assert (kept["severityLabel"], kept["tlpLabel"], kept["number"]) == ("HIGH", "AMBER", 1)
    assert [comment["message"] for comment in kept["comments"]] == ["one"]


def test_a_case_is_updated(world, hive, execute):
    execute(hive, pushing({}))
    world.clock.advance(60)
    answer = execute(hive, pushing({"externalId": "~67518480", "title": "new", "severity": 1}))
    assert answer.json["data"] == {
        "id": "~67518480",
        "title": "new",
        "url": f"{URL}/cases/~67518480/details",
        "pushedDate": "2026-01-02T03:05:05.000Z",
    }
    *_, update = requests(world)
    assert (update["method"], update["url"]) == ("PATCH", f"{URL}/api/v1/case/~67518480")
    kept = world.outbox.parties()["thehive"]["~67518480"]
    assert (kept["title"], kept["severityLabel"]) == ("new", "LOW")


@pytest.mark.kibana_version("8.19.0")
def test_an_alert_is_created_once(world, hive, execute):
    assert execute(hive, alerting(tlp=4)).json == {
        "status": "ok",
        "data": {},
        "connector_id": hive,
    }
    [request] = requests(world)
    assert (request["method"], request["url"]) == ("POST", f"{URL}/api/v1/alert")
    assert request["body"] == {**ALERT, "tlp": 4}
    [alert] = world.outbox.parties()["thehive"].values()
    assert (alert["_type"], alert["tlpLabel"]) == ("Alert", "RED")
    assert execute(hive, alerting()).json["service_message"] == (
        "Status code: 400. Message: API Error: CreateError - Alert already exists"
    )
    assert execute(hive, alerting(sourceRef="r2")).json["status"] == "ok"


FAILURES: list[tuple[Any, str]] = [
    (
        {"status": 401},
        ("Status code: 401. Message: API Error: AuthenticationError - Authentication failure"),
    ),
    ({"status": 502, "body": "no"}, "Status code: 502. Message: API Error: undefined - undefined"),
    (
        {"status": 400, "body": {"type": 1, "message": "no"}},
        "Status code: 400. Message: API Error: 1 - no",
    ),
    ({"wire": "refused"}, "Status code: undefined. Message: Unknown API Error"),
    (
        {"status": 200, "body": {"_id": 1}},
        (
            "Response validation failed (Error: [_id]: expected value of type [string] but got "
            "[number])"
        ),
    ),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0]) for row in FAILURES])
@pytest.mark.parametrize("params", [pushing({}), alerting()], ids=["case", "alert"])
@pytest.mark.kibana_version("8.19.0")
def test_a_failure_is_thrown(world, hive, execute, what, text, params):
    world.faults.add({"match": {"backend": "thehive"}, "what": what})
    assert execute(hive, params).json == {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": text,
        "retry": True,
        "errorSource": "framework",
        "connector_id": hive,
    }


@pytest.mark.kibana_version("9.5.0")
def test_later_an_alert_has_a_body_with_more_of_its_fields(kibana_version, world, hive, execute):
    body = '{"summary": "sda", "title": "other"}'
    assert execute(hive, alerting(body=body, severity="3")).json["status"] == "ok"
    [request] = requests(world)
    assert request["body"] == {**ALERT, "severity": 3, "tlp": None, "tags": None, "summary": "sda"}
    text = "Error parsing Body: SyntaxError: "
    assert execute(hive, alerting(body="{")).json["service_message"].startswith(text)


def test_a_case_that_is_not_there_cannot_be_updated(hive, execute):
    assert execute(hive, pushing({"externalId": "~7"})).json["service_message"] == (
        "Status code: 404. Message: API Error: NotFoundError - Case ~7 not found"
    )


@pytest.mark.kibana_version("8.19.0")
def test_the_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".thehive", {"url": URL}, secrets=SECRETS)
    assert refused.json["message"] == (
        f'error validating action type config: error validating url: target url "{URL}" is not '
        "added to the Kibana config xpack.actions.allowedHosts"
    )
