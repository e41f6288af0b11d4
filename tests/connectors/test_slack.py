"""The Slack connector: posts to an incoming webhook, and tells failures in the SDK's words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://hooks.slack.example.com/services/T000/B000/secret"
SECRETS = "error validating action type secrets: error configuring slack action: "


@pytest.fixture
def slack(create) -> str:
    return create(".slack", {}, secrets={"webhookUrl": URL})["id"]


def test_a_message_is_posted(world, slack, execute):
    assert execute(slack, {"message": "disk full"}).json == {
        "status": "ok",
        "data": {"text": "ok"},
        "connector_id": slack,
    }
    [delivery] = world.outbox.list(connector_type_id=".slack")
    assert delivery["request"]["method"] == "POST"
    assert delivery["request"]["body"] == {"text": "disk full"}
    assert delivery["response"]["body"] == "ok"


def test_the_url_is_a_secret(world, slack, execute):
    execute(slack, {"message": "disk full"})
    assert "T000" not in str(world.outbox.list())


PROTOCOL = "An HTTP protocol error occurred: statusCode = "
FAILURES: list[tuple[Any, str, str | None, Any]] = [
    ({"status": 500}, "error posting a slack message, retry later", f"{PROTOCOL}500", True),
    ({"status": 429}, "error posting a slack message, retry later", f"{PROTOCOL}429", True),
    (
        {"status": 429, "retry_after": 80},
        "error posting a slack message, retry at 2026-01-02T03:05:25.000Z",
        f"{PROTOCOL}429",
        "2026-01-02T03:05:25.000Z",
    ),
    ({"status": 404}, "unexpected http response from slack: 404 Not Found", None, None),
    (
        {"status": 200, "body": "no_service"},
        "error posting slack message",
        "no_service",
        None,
    ),
    (
        {"wire": "refused"},
        "error posting slack message",
        "A request error occurred: connect ECONNREFUSED hooks.slack.example.com:443",
        None,
    ),
]


@pytest.mark.parametrize(
    ("what", "message", "service_message", "retry"), FAILURES, ids=[str(row[0]) for row in FAILURES]
)
@pytest.mark.kibana_version("8.19.0")
def test_a_failure_is_told_as_kibana_tells_it(
    world, slack, execute, what, message, service_message, retry
):
    world.clock.freeze("2026-01-02T03:04:05Z")
    world.faults.add({"match": {"backend": "slack"}, "what": what})
    assert execute(slack, {"message": "disk full"}).json == {
        "status": "error",
        "message": message,
        "errorSource": "user",
        "connector_id": slack,
        **({} if service_message is None else {"service_message": service_message}),
        **({} if retry is None else {"retry": retry}),
    }


def test_a_time_that_javascript_has_not_is_thrown(world, slack, execute):
    world.faults.add(
        {"match": {"backend": "slack"}, "what": {"status": 429, "retry_after": 10**15}}
    )
    answer = execute(slack, {"message": "disk full"}).json
    assert (answer["service_message"], answer["retry"]) == ("Invalid time value", True)


@pytest.mark.parametrize(
    ("status", "body"), [(400, "invalid_payload"), (404, "no_service"), (500, None)]
)
def test_slack_refuses_in_its_own_words(world, slack, execute, status, body):
    world.faults.add({"match": {"backend": "slack"}, "what": {"status": status}})
    execute(slack, {"message": "disk full"})
    [delivery] = world.outbox.list()
    assert delivery["response"]["body"] == body


@pytest.mark.kibana_version("8.19.0")
def test_a_host_that_is_not_allowed_is_refused(world, post):
    world.settings = replace(world.settings, allowed_hosts=("other.example.com",))
    refused = post(".slack", {}, secrets={"webhookUrl": URL})
    assert refused.json["message"] == (
        f'{SECRETS}target url "{URL}" is not added to the Kibana config xpack.actions.allowedHosts'
    )


@pytest.mark.kibana_version("8.19.0")
def test_a_run_does_not_tell_the_url_whose_host_is_no_longer_allowed(world, slack, execute):
    world.settings = replace(world.settings, allowed_hosts=("other.example.com",))
    assert execute(slack, {"message": "hi"}).json["message"] == (
        f'{SECRETS}target url "[redacted]" is not added to the Kibana config '
        "xpack.actions.allowedHosts"
    )
    assert all(URL not in line.message for line in world.log.lines)


@pytest.mark.kibana_version("8.19.0", "9.1.0")
@pytest.mark.parametrize("status", [401, 403, 404, 409])
def test_later_what_is_the_users_fault_is_thrown(world, slack, execute, kibana_version, status):
    world.faults.add({"match": {"backend": "slack"}, "what": {"status": status}})
    answer = execute(slack, {"message": "hi"}).json
    if kibana_version == "8.19.0" or status == 404:
        assert answer["message"].startswith("unexpected http response from slack: ")
    else:
        assert answer == {
            "status": "error",
            "message": "an error occurred while running the action",
            "service_message": f"Request failed with status code {status}",
            "retry": True,
            "errorSource": "user",
            "connector_id": slack,
        }
