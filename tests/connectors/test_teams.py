"""The Teams connector: posts to an incoming webhook, with the quirks of Kibana's own."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.settings import Settings

URL = "https://teams.example.com/webhookb2/secret"
THROTTLED = "Webhook message delivery failed: ErrorCode:ApplicationThrottled"


@pytest.fixture
def teams(create) -> str:
    return create(".teams", {}, secrets={"webhookUrl": URL})["id"]


def test_a_message_is_posted_and_the_request_comes_back(world, teams, execute):
    assert execute(teams, {"message": "disk full"}).json == {
        "status": "ok",
        "data": {"text": "disk full"},
        "connector_id": teams,
    }
    [delivery] = world.outbox.list(connector_type_id=".teams")
    assert delivery["request"]["body"] == {"text": "disk full"}


LATER = "error posting a Microsoft Teams message, retry later"
FAILURES: list[tuple[Any, str, str | None, Any]] = [
    ({"status": 503}, LATER, None, True),
    ({"status": 200, "body": THROTTLED}, LATER, None, True),
    (
        {"status": 200, "body": THROTTLED, "headers": {"retry-after": 80}},
        "error posting a Microsoft Teams message, retry at 2026-01-02T03:05:25.000Z",
        "disk full",
        "2026-01-02T03:05:25.000Z",
    ),
    (
        {"status": 429, "retry_after": 80},
        "error posting to Microsoft Teams, invalid response",
        "[429] Too Many Requests",
        None,
    ),
    (
        {"status": 404},
        "error posting to Microsoft Teams, invalid response",
        "[404] Not Found",
        None,
    ),
    ({"wire": "refused"}, "error posting to Microsoft Teams, unexpected error", None, None),
]


@pytest.mark.parametrize(
    ("what", "message", "service_message", "retry"), FAILURES, ids=[str(row[0]) for row in FAILURES]
)
def test_a_failure_is_told_as_kibana_tells_it(
    world, teams, execute, what, message, service_message, retry
):
    world.clock.freeze("2026-01-02T03:04:05Z")
    world.faults.add({"match": {"backend": "teams"}, "what": what})
    assert execute(teams, {"message": "disk full"}).json == {
        "status": "error",
        "message": message,
        "errorSource": "user",
        "connector_id": teams,
        **({} if service_message is None else {"service_message": service_message}),
        **({} if retry is None else {"retry": retry}),
    }


def test_the_host_has_to_be_allowed(world, post):
    world.settings = Settings(allowed_hosts=("other.example.com",))
    refused = post(".teams", {}, secrets={"webhookUrl": URL})
    assert refused.json["message"] == (
        "error validating connector type secrets: error configuring teams action: target url "
        f'"{URL}" is not added to the Kibana config xpack.actions.allowedHosts'
    )
