"""The Torq connector: the JSON that it sends, and what it takes for a failure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://hooks.torq.io/v1/webhooks/1"
TOKEN = "secret-of-torq"
BODY = '{"msg": "disk full"}'
CONFIG = "error validating action type config: error configuring send to Torq action: "


@pytest.fixture
def torq(create) -> str:
    return create(".torq", {"webhookIntegrationUrl": URL}, secrets={"token": TOKEN})["id"]


def test_the_json_is_sent_and_its_text_comes_back(world, torq, execute):
    assert execute(torq, {"body": BODY}).json == {
        "status": "ok",
        "data": BODY,
        "connector_id": torq,
    }
    [delivery] = world.outbox.list(connector_type_id=".torq")
    request = delivery["request"]
    assert (request["method"], request["url"]) == ("POST", URL)
    assert request["body"] == {"msg": "disk full"}
    assert request["headers"]["X-Torq-Token"] == "[redacted]"
    assert request["headers"]["Content-Type"] == "application/json"
    assert TOKEN not in str(delivery)


@pytest.mark.parametrize(
    ("text", "body"), [("", None), ("null", None), ('"a"', '"a"'), ("[1.0]", [1])]
)
def test_any_json_is_sent(world, torq, execute, text, body):
    assert execute(torq, {"body": text}).json["data"] == text
    [delivery] = world.outbox.list()
    assert delivery["request"]["body"] == body


def test_what_is_no_json_is_refused_before_anything_is_sent(world, torq, execute):
    assert execute(torq, {"body": "[1,"}).json == {
        "status": "error",
        "message": "error triggering Torq workflow, invalid body",
        "service_message": "Unexpected end of JSON input",
        "errorSource": "user",
        "connector_id": torq,
    }
    assert world.outbox.list() == []


FAILURES: list[tuple[Any, str, str, Any]] = [
    ({"status": 500}, "retry later", "[500] Internal Server Error", True),
    (
        {"status": 503, "body": {"message": "busy"}},
        "retry later",
        "[503] Service Unavailable: busy",
        True,
    ),
    ({"status": 429}, "retry later", "[429] Too Many Requests", True),
    (
        {"status": 429, "retry_after": 80},
        "retry at 2026-01-02T03:05:25.000Z",
        "[429] Too Many Requests",
        "2026-01-02T03:05:25.000Z",
    ),
    ({"status": 405}, "method is not supported", "[405] Method Not Allowed", None),
    ({"status": 401}, "unauthorised", "[401] Unauthorized", None),
    ({"status": 404}, "make sure the webhook URL is valid", "[404] Not Found", None),
    (
        {"status": 400, "body": {"message": ["bad"]}},
        "invalid response",
        '[400] Bad Request: ["bad"]',
        None,
    ),
    (
        {"wire": "refused"},
        "request failed",
        "[ECONNREFUSED] connect ECONNREFUSED hooks.torq.io:443",
        None,
    ),
]


@pytest.mark.parametrize(
    ("what", "message", "service_message", "retry"), FAILURES, ids=[str(row[0]) for row in FAILURES]
)
def test_a_failure_is_told_as_kibana_tells_it(
    world, torq, execute, what, message, service_message, retry
):
    world.clock.freeze("2026-01-02T03:04:05Z")
    world.faults.add({"match": {"backend": "torq"}, "what": what})
    assert execute(torq, {"body": BODY}).json == {
        "status": "error",
        "message": f"error triggering Torq workflow, {message}",
        "service_message": service_message,
        "errorSource": "user",
        "connector_id": torq,
        **({} if retry is None else {"retry": retry}),
    }
    assert f"error on {torq} Torq event: {service_message}" in [
        line.message for line in world.log.lines
    ]


@pytest.mark.parametrize(
    ("url", "hosts", "text"),
    [
        (
            URL,
            ("example.com",),
            f'target url "{URL}" is not added to the Kibana config xpack.actions.allowedHosts',
        ),
        (
            "https://torq.example.com",
            ("*",),
            "url must begin with https://hooks.torq.io or https://hooks.eu.torq.io",
        ),
        ("torq", ("*",), "unable to parse url: TypeError: Invalid URL"),
    ],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_url_has_to_be_allowed_and_torqs(world, post, url, hosts, text):
    world.settings = replace(world.settings, allowed_hosts=hosts)
    refused = post(".torq", {"webhookIntegrationUrl": url}, secrets={"token": TOKEN})
    assert (refused.status_code, refused.json["message"]) == (400, CONFIG + text)


def test_the_host_of_the_eu_is_torqs_too(create):
    create(".torq", {"webhookIntegrationUrl": "https://hooks.eu.torq.io/a"}, secrets={"token": "t"})
