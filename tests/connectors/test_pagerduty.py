"""The PagerDuty connector: events that open, acknowledge and resolve incidents, and failures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://events.pagerduty.com/v2/enqueue"
SECRETS = {"routingKey": "routing-key-of-ops"}


@pytest.fixture
def pager(create) -> Any:
    return lambda **config: create(".pagerduty", config, secrets=SECRETS)["id"]


def incidents(world: Any) -> Any:
    return world.outbox.parties()["pagerduty"]


def sent(world: Any) -> Any:
    return [delivery["request"] for delivery in world.outbox.list(connector_type_id=".pagerduty")]


def test_without_params_an_incident_with_the_defaults_is_triggered(world, pager, execute):
    id_ = pager()
    answer = execute(id_, {}).json
    assert (answer["status"], answer["connector_id"]) == ("ok", id_)
    data = answer["data"]
    assert (data["status"], data["message"], len(data["dedup_key"])) == (
        "success",
        "Event processed",
        32,
    )
    [request] = sent(world)
    assert (request["method"], request["url"]) == ("POST", URL)
    assert request["body"] == {
        "event_action": "trigger",
        "payload": {
            "summary": "No summary provided.",
            "source": f"Kibana Action {id_}",
            "severity": "info",
        },
    }
    assert "X-Routing-Key" in request["headers"]
    assert SECRETS["routingKey"] not in str(world.outbox.list())
    assert incidents(world)[data["dedup_key"]]["status"] == "triggered"


def test_every_param_has_its_place_in_the_event(world, pager, execute):
    params = {
        "eventAction": "trigger",
        "dedupKey": "disk",
        "summary": "disk full",
        "source": "sda",
        "severity": "critical",
        "timestamp": " 2020-01-01T10:00:00+02:00 ",
        "component": "c",
        "group": "g",
        "class": "k",
        "links": [{"href": "h", "text": "t"}],
        "customDetails": {"a": 1},
    }
    assert execute(pager(), params).json["data"]["dedup_key"] == "disk"
    [request] = sent(world)
    assert request["body"] == {
        "event_action": "trigger",
        "dedup_key": "disk",
        "payload": {
            "summary": "disk full",
            "source": "sda",
            "severity": "critical",
            "timestamp": "2020-01-01T08:00:00.000Z",
            "component": "c",
            "group": "g",
            "class": "k",
            "custom_details": {"a": 1},
        },
        "links": [{"href": "h", "text": "t"}],
    }


def test_an_incident_is_acknowledged_and_resolved(world, pager, execute):
    id_ = pager()
    states = []
    for action in ("trigger", "acknowledge", "trigger", "resolve", "acknowledge", "trigger"):
        execute(id_, {"eventAction": action, "dedupKey": "disk", "summary": "full"})
        states.append(incidents(world)["disk"]["status"])
    assert states == [
        "triggered",
        "acknowledged",
        "acknowledged",
        "resolved",
        "resolved",
        "triggered",
    ]
    assert sent(world)[1]["body"] == {"event_action": "acknowledge", "dedup_key": "disk"}
    assert incidents(world)["disk"]["payload"]["summary"] == "full"


def test_what_is_not_there_is_resolved_all_the_same(world, pager, execute):
    params = {"eventAction": "resolve", "dedupKey": "who?"}
    assert execute(pager(), params).json["data"]["dedup_key"] == "who?"
    assert world.outbox.parties().get("pagerduty", {}) == {}


def test_another_url_takes_the_place_of_pagerdutys(world, pager, execute):
    execute(pager(apiUrl="https://proxy.example.com/x"), {})
    assert sent(world)[0]["url"] == "https://proxy.example.com/x"


LATER = "error posting pagerduty event: http status {}, retry later"
FAILURES: list[tuple[Any, str, str | None, Any]] = [
    ({"status": 429, "retry_after": 80}, LATER.format(429), None, True),
    ({"status": 502}, LATER.format(502), None, True),
    ({"status": 418}, "error posting pagerduty event: unexpected status 418", None, None),
    ({"status": 200}, "error posting pagerduty event: unexpected status 200", None, None),
    ({"status": 400}, "error posting pagerduty event: unexpected status 400", None, None),
    (
        {"wire": "refused"},
        "error posting pagerduty event",
        "connect ECONNREFUSED events.pagerduty.com:443",
        None,
    ),
]


@pytest.mark.parametrize(
    ("what", "message", "service_message", "retry"), FAILURES, ids=[str(row[0]) for row in FAILURES]
)
def test_a_failure_is_told_as_kibana_tells_it(
    world, pager, execute, what, message, service_message, retry
):
    world.faults.add({"match": {"backend": "pagerduty"}, "what": what})
    id_ = pager()
    assert execute(id_, {}).json == {
        "status": "error",
        "message": message,
        "errorSource": "user",
        "connector_id": id_,
        **({} if service_message is None else {"service_message": service_message}),
        **({} if retry is None else {"retry": retry}),
    }


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"timestamp": "soon"}, 'error parsing timestamp "soon"'),
        ({"timestamp": "1" * 1000}, f'error parsing timestamp "{"1" * 1000}"'),
        ({"eventAction": "resolve"}, 'DedupKey is required when eventAction is "resolve"'),
        ({"eventAction": "acknowledge"}, 'DedupKey is required when eventAction is "acknowledge"'),
    ],
    ids=["timestamp", "long", "resolve", "acknowledge"],
)
@pytest.mark.kibana_version("8.19.0")
def test_params_that_do_not_go_together_are_refused(world, pager, execute, params, text):
    answer = execute(pager(), params).json
    assert answer["message"] == f"error validating action params: {text}"
    assert world.outbox.list() == []


@pytest.mark.parametrize(
    ("config", "url"), [({}, URL), ({"apiUrl": "https://b.example.com"}, "https://b.example.com")]
)
@pytest.mark.kibana_version("8.19.0")
def test_the_host_has_to_be_allowed_also_that_of_pagerduty(world, post, config, url):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".pagerduty", config, secrets=SECRETS)
    assert refused.json["message"] == (
        "error validating action type config: error configuring pagerduty action: target url "
        f'"{url}" is not added to the Kibana config xpack.actions.allowedHosts'
    )
