"""The D3 Security connector: events that are sent, and what fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://d3.example.com/webhook/1"
SECRETS = {"token": "token-of-d3"}


@pytest.fixture
def d3(create) -> str:
    return create(".d3security", {"url": URL}, secrets=SECRETS)["id"]


def event(sub_action: str = "run", **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


@pytest.mark.parametrize("sub_action", ["run", "test"])
@pytest.mark.parametrize(
    ("params", "source"),
    [
        (
            {"body": '{"a": 1}', "severity": "high", "eventType": "alert"},
            {"rawData": {"a": 1}, "event.type": "alert", "kibana.alert.severity": "high"},
        ),
        ({"body": "a: 1"}, {"rawData": "a: 1", "event.type": "", "kibana.alert.severity": ""}),
        ({}, {"rawData": "", "event.type": "", "kibana.alert.severity": ""}),
    ],
    ids=["JSON", "text", "nothing"],
)
def test_an_event_is_sent_and_its_id_comes_back(world, d3, execute, sub_action, params, source):
    answer = execute(d3, event(sub_action, **params)).json
    assert answer == {"status": "ok", "data": {"refid": "12345"}, "connector_id": d3}
    [delivery] = world.outbox.list(connector_type_id=".d3security")
    request = delivery["request"]
    assert (request["method"], request["url"]) == ("POST", URL)
    assert request["body"] == {"hits": {"hits": {"_source": source}}}
    assert "d3key" in request["headers"]
    assert SECRETS["token"] not in str(delivery)
    kept = world.outbox.parties()["d3security"]["12345"]
    assert {key: kept[key] for key in source} == source


def test_every_event_has_an_id_of_its_own(world, d3, execute):
    refids = [execute(d3, event(body="{}")).json["data"]["refid"] for _ in range(2)]
    assert refids == list(world.outbox.parties()["d3security"]) == ["12345", "12346"]


FAILURES: list[tuple[Any, str]] = [
    (
        {"status": 500},
        "Status code: 500. Message: API Error: 500 - Internal Server Error",
    ),
    ({"status": 401}, "Status code: 401. Message: Unauthorized API Error"),
    ({"wire": "refused"}, "Status code: undefined. Message: Unknown API Error"),
    (
        {"status": 200, "body": {}},
        (
            "Response validation failed (Error: [refid]: expected value of type [string] but got "
            "[undefined])"
        ),
    ),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0]) for row in FAILURES])
@pytest.mark.kibana_version("8.19.0")
def test_a_failure_is_thrown(world, d3, execute, what, text):
    world.faults.add({"match": {"backend": "d3security"}, "what": what})
    assert execute(d3, event(body="{}")).json == {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": text,
        "retry": True,
        "errorSource": "framework",
        "connector_id": d3,
    }


@pytest.mark.kibana_version("8.19.0")
def test_the_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".d3security", {"url": URL}, secrets=SECRETS)
    assert refused.json["message"] == (
        f'error validating action type config: error validating url: target url "{URL}" is not '
        "added to the Kibana config xpack.actions.allowedHosts"
    )
