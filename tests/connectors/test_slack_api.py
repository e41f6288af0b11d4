"""The Slack API connector: channels, messages and block kits, and what Slack says to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

ALLOWED = {"allowedChannels": [{"id": "C1", "name": "ops"}, {"id": "C2", "name": "dev"}]}


@pytest.fixture
def slack(create) -> Any:
    return lambda config=None: create(".slack_api", config or {}, secrets={"token": "xoxb-token"})[
        "id"
    ]


def post(**params: Any) -> Any:
    return {"subAction": "postMessage", "subActionParams": {"text": "hi", **params}}


def test_a_message_is_posted_and_slacks_answer_comes_back_under_the_types_id(world, slack, execute):
    world.clock.freeze("2026-01-02T03:04:05Z")
    answer = execute(slack(), post(channelIds=["C1"])).json
    assert (answer["status"], answer["connector_id"]) == ("ok", ".slack_api")
    data = answer["data"]
    assert (data["ok"], data["channel"], data["ts"]) == (True, "C1", "1767323045.000001")
    assert data["message"]["text"] == "hi"
    [delivery] = world.outbox.list(connector_type_id=".slack_api")
    request = delivery["request"]
    assert request["url"] == "https://slack.com/api/chat.postMessage"
    assert request["body"] == {"channel": "C1", "text": "hi"}
    assert request["headers"]["Authorization"] == "[redacted]"
    assert request["headers"]["Content-type"] == "application/json; charset=UTF-8"


def test_blocks_are_posted_as_they_are(world, slack, execute):
    text = '{"blocks": [{"type": "divider"}], "text": "left out"}'
    params = {"channels": ["general"], "text": text}
    answer = execute(slack(), {"subAction": "postBlockkit", "subActionParams": params}).json
    assert answer["data"]["message"]["blocks"] == [{"type": "divider"}]
    [delivery] = world.outbox.list()
    assert delivery["request"]["body"] == {"channel": "general", "blocks": [{"type": "divider"}]}


def test_a_channel_is_looked_up(world, slack, execute):
    params = {"subAction": "validChannelId", "subActionParams": {"channelId": "C2"}}
    data = execute(slack(ALLOWED), params).json["data"]
    assert data["channel"] == {
        "id": "C2",
        "name": "dev",
        "is_channel": True,
        "is_archived": False,
        "is_private": False,
    }
    [delivery] = world.outbox.list()
    assert delivery["request"]["url"] == "https://slack.com/api/conversations.info?channel=C2"


CHANNELS = {
    "C07ABCDEF12": {"name": "ops"},
    "C07ABCDEF13": {"name": "old", "is_archived": True},
    "G07ABCDEF14": {"name": "secret", "is_private": True, "is_member": False},
}


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ({"channelIds": ["C07ABCDEF12"]}, None),
        ({"channels": ["#ops"]}, None),
        ({"channels": ["ops"]}, None),
        ({"channelIds": ["C07ABCDEF99"]}, "channel_not_found"),
        ({"channels": ["#none"]}, "channel_not_found"),
        ({"channelIds": ["C07ABCDEF13"]}, "is_archived"),
        ({"channels": ["secret"]}, "not_in_channel"),
    ],
)
def test_a_seeded_workspace_has_its_channels_alone(world, seed, slack, execute, channel, error):
    world.seed(seed(parties={"slack_api": CHANNELS}))
    answer = execute(slack(), post(**channel)).json
    assert answer.get("service_message") == error
    if error is None:
        assert answer["data"]["channel"] == "C07ABCDEF12"


@pytest.mark.parametrize(
    ("id_", "told"),
    [
        ("C07ABCDEF13", {"name": "old", "is_archived": True, "is_private": False}),
        ("G07ABCDEF14", {"name": "secret", "is_archived": False, "is_private": True}),
        ("old", "channel_not_found"),
        ("C07ABCDEF99", "channel_not_found"),
    ],
)
def test_a_seeded_channel_is_looked_up_by_its_id_alone(world, seed, slack, execute, id_, told):
    world.seed(seed(parties={"slack_api": CHANNELS}))
    params = {"subAction": "validChannelId", "subActionParams": {"channelId": id_}}
    answer = execute(slack(), params).json
    if isinstance(told, str):
        assert (answer["message"], answer["service_message"]) == (
            "error posting slack message",
            told,
        )
    else:
        assert told.items() <= answer["data"]["channel"].items()


@pytest.mark.parametrize("id_", ["general", "c07abcdef12", "X07ABCDEF12", "C07 ABC", "#ops"])
def test_what_can_be_no_id_of_a_channel_is_not_found(slack, execute, id_):
    params = {"subAction": "validChannelId", "subActionParams": {"channelId": id_}}
    assert execute(slack(), params).json["service_message"] == "channel_not_found"


@pytest.mark.parametrize(
    ("text", "error"), [('{"blocks": 5}', "invalid_blocks_format"), ('{"blocks": []}', "no_text")]
)
def test_blocks_that_are_none_are_refused_by_slack(slack, execute, text, error):
    params = {"channelIds": ["C1"], "text": text}
    answer = execute(slack(), {"subAction": "postBlockkit", "subActionParams": params}).json
    assert answer["service_message"] == error


def test_each_message_has_a_time_of_its_own(world, slack, execute):
    world.clock.freeze("2026-01-02T03:04:05Z")
    id_ = slack()
    times = [execute(id_, post(channelIds=["C1"])).json["data"]["ts"] for _ in range(2)]
    assert times == ["1767323045.000001", "1767323045.000002"]


@pytest.mark.parametrize(
    ("params", "text"),
    [
        (post(), 'The channel is empty"'),
        (post(channels=[""]), 'The channel is empty"'),
        (
            post(channelIds=["C9"]),
            'One of channel ids "C9" is not included in the allowed channels list "C1,C2"',
        ),
        ({"subAction": "validChannelId", "subActionParams": {}}, "The channel id is empty"),
    ],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_channel_that_cannot_be_is_refused_before_anything_is_sent(
    world, slack, execute, params, text
):
    answer = execute(slack(ALLOWED), params).json
    assert (answer["message"], answer["service_message"]) == ("error posting slack message", text)
    assert answer["connector_id"] == ".slack_api"
    assert world.outbox.list() == []


LATER = "error posting a slack message, retry later"
FAILURES: list[tuple[Any, str, str | None, Any]] = [
    ({"status": 503}, LATER, None, True),
    ({"status": 429}, LATER, None, True),
    (
        {"status": 429, "retry_after": 80},
        "error posting a slack message, retry at 2026-01-02T03:05:25.000Z",
        "Request failed with status code 429",
        "2026-01-02T03:05:25.000Z",
    ),
    ({"status": 404}, "unexpected http response from slack: 404 Not Found", None, None),
    (
        {"status": 200, "body": {"ok": False, "error": "channel_not_found"}},
        "error posting slack message",
        "channel_not_found",
        None,
    ),
    ({"status": 204}, "unexpected null response from slack", None, None),
    (
        {"wire": "refused"},
        "error posting slack message",
        "connect ECONNREFUSED slack.com:443",
        None,
    ),
]


@pytest.mark.parametrize(
    ("what", "message", "service_message", "retry"), FAILURES, ids=[str(row[0]) for row in FAILURES]
)
def test_a_failure_is_told_as_kibana_tells_it(
    world, slack, execute, what, message, service_message, retry
):
    world.clock.freeze("2026-01-02T03:04:05Z")
    world.faults.add({"match": {"backend": "slack_api"}, "what": what})
    assert execute(slack(), post(channelIds=["C1"])).json == {
        "status": "error",
        "message": message,
        "errorSource": "user",
        "connector_id": ".slack_api",
        **({} if service_message is None else {"service_message": service_message}),
        **({} if retry is None else {"retry": retry}),
    }


def test_what_is_no_block_kit_is_refused_under_the_connectors_own_id(slack, execute):
    id_ = slack()
    params = {"subAction": "postBlockkit", "subActionParams": {"text": "[1,"}}
    answer = execute(id_, params).json
    assert "block kit body is not valid JSON - Unexpected end of JSON input" in answer["message"]
    assert answer["connector_id"] == id_


@pytest.mark.kibana_version("8.19.0")
def test_slacks_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".slack_api", {}, secrets={"token": "t"})
    assert refused.json["message"] == (
        "error validating action type secrets: error configuring slack action: target url "
        '"https://slack.com/api/" is not added to the Kibana config xpack.actions.allowedHosts'
    )


@pytest.mark.kibana_version("9.3.0", "9.5.0")
def test_later_a_message_is_posted_to_a_name_before_an_id(kibana_version, world, slack, execute):
    id_ = slack({"allowedChannels": [{"name": "#ops"}, {"id": "C2", "name": "dev"}]})
    for params, channel in (
        ({"channelNames": ["#ops"], "channelIds": ["C2"], "channels": ["x"]}, "#ops"),
        ({"channelIds": ["C2"], "channels": ["x"]}, "C2"),
        ({"channels": ["x"]}, "x"),
    ):
        assert execute(id_, post(**params)).json["status"] == "ok"
        assert world.outbox.list()[-1]["request"]["body"]["channel"] == channel
    answers = [execute(id_, post(**params)).json for params in ({"channelNames": ["#c"]}, {})]
    assert [answer["service_message"] for answer in answers] == [
        "One or more provided channels are not included in the allowed channels list",
        "One of channels, channelIds, or channelNames is required and cannot be empty",
    ]
    unnamed = execute(id_, post(channelNames=["ops"])).json["message"]
    assert "Channel name must start with #" in unnamed


@pytest.mark.kibana_version("9.5.0")
def test_what_only_the_schema_knows_is_not_supported(kibana_version, slack, execute):
    params = {"subAction": "getUsersList", "subActionParams": {"limit": 5}}
    assert execute(slack(), params).json["service_message"] == (
        "[Action][ExternalService] -> [Slack API] Unsupported subAction type getUsersList."
    )
