"""The Amazon Bedrock connector: what it sends, what of the answers comes back, how they fail."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

URL = "https://bedrock-runtime.eu-west-1.amazonaws.com"
CONFIG = {"apiUrl": URL, "defaultModel": "anthropic.claude:0"}
SECRETS = {"accessKey": "AKIA-KEY", "secret": "the-secret"}
HELLO = {"messages": [{"role": "user", "content": "Hello world"}]}
USAGE = {"input_tokens": 2, "output_tokens": 4}


@pytest.fixture
def bedrock(create: Any) -> Any:
    return lambda: create(".bedrock", CONFIG, secrets=SECRETS)["id"]


def named(sub_action: str, **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


def test_a_body_is_sent_signed_and_what_claude_2_would_say_comes_back(world, bedrock, execute):
    world.clock.freeze("2026-01-02T03:04:05Z")
    assert execute(bedrock(), named("run", body=json.dumps(HELLO))).json["data"] == {
        "completion": "You said: Hello world",
        "stop_reason": "end_turn",
        "usage": USAGE,
    }
    [delivery] = world.outbox.list(connector_type_id=".bedrock")
    request = delivery["request"]
    assert request["url"] == f"{URL}/model/anthropic.claude%3A0/invoke"
    assert request["body"] == HELLO
    assert request["headers"]["X-Amz-Date"] == "20260102T030405Z"
    assert request["headers"]["Authorization"] == "[redacted]"
    assert "the-secret" not in json.dumps(delivery)


@pytest.mark.parametrize(
    ("model", "path"),
    [("a/b", "a%2Fb"), ("arn%3Aaws", "arn%3Aaws"), ("arn:aws", "arn%3Aaws")],
)
def test_a_model_of_the_run_is_encoded_once(world, bedrock, execute, model, path):
    execute(bedrock(), named("test", body="{}", model=model))
    [delivery] = world.outbox.list()
    assert delivery["request"]["url"] == f"{URL}/model/{path}/invoke"


def test_a_raw_answer_is_the_models_own(bedrock, execute):
    data = execute(bedrock(), named("run", body=json.dumps(HELLO), raw=True)).json["data"]
    assert data.pop("id").startswith("msg_bdrk_")
    assert data == {
        "type": "message",
        "role": "assistant",
        "model": "anthropic.claude:0",
        "content": [{"type": "text", "text": "You said: Hello world"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": USAGE,
    }


def test_a_prompt_of_claude_2_still_gets_its_answer(bedrock, execute):
    data = execute(bedrock(), named("run", body='{"prompt": "hi"}')).json["data"]
    assert data == {
        "completion": "You said: hi",
        "stop_reason": "stop_sequence",
        "stop": "\n\nHuman:",
    }


def test_users_and_assistants_take_turns(world, bedrock, execute):
    messages = [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "a"},
        {"role": "user", "content": "b"},
        {"role": "ai", "content": "c"},
        {"role": "user", "rawContent": [{"type": "text", "text": "d"}]},
    ]
    params = named("invokeAI", messages=messages, system="you are", stopSequences=["x"])
    data = execute(bedrock(), params).json["data"]
    assert data == {"message": "You said: d", "usage": {"input_tokens": 8, "output_tokens": 3}}
    [delivery] = world.outbox.list()
    assert delivery["request"]["body"] == {
        "anthropic_version": "bedrock-2023-05-31",
        "system": "you are\nbe brief",
        "messages": [
            {"role": "user", "content": "a\nb"},
            {"role": "assistant", "content": "c"},
            {"role": "user", "content": [{"type": "text", "text": "d"}]},
        ],
        "max_tokens": 8191,
        "stop_sequences": ["x"],
        "temperature": 0,
    }


def test_a_raw_chat_is_sent_as_it_is_and_may_call_tools(world, bedrock, execute, client):
    reply = {"text": "Let me see", "tool_calls": [{"name": "look", "arguments": {"at": 1}}]}
    client.post("/_mock/api/outbox/ai", json=reply)
    params = named("invokeAIRaw", **HELLO, anthropicVersion="v", maxTokens=5)
    data = execute(bedrock(), params).json["data"]
    text, call = data["content"]
    assert text == {"type": "text", "text": "Let me see"}
    assert (call["type"], call["name"], call["input"]) == ("tool_use", "look", {"at": 1})
    assert data["stop_reason"] == "tool_use"
    [delivery] = world.outbox.list()
    assert delivery["request"]["body"] == {**HELLO, "max_tokens": 5, "anthropic_version": "v"}


def test_a_stream_is_the_lines_of_its_events(world, bedrock, execute):
    text = execute(bedrock(), named("invokeStream", **HELLO)).json["data"]
    events = [json.loads(line) for line in text.splitlines()]
    assert [event["type"] for event in events] == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert events[2]["delta"] == {"type": "text_delta", "text": "You said: Hello world"}
    [delivery] = world.outbox.list()
    assert delivery["request"]["url"].endswith("/invoke-with-response-stream")
    assert delivery["request"]["headers"]["Accept"] == "application/vnd.amazon.eventstream"


TURNS = {"messages": [{"role": "user", "content": [{"text": "Hello world"}]}]}


def test_a_conversation_goes_by_the_converse_api(world, bedrock, execute, client):
    reply = {"text": "Let me see", "tool_calls": [{"name": "look", "arguments": {"at": 1}}]}
    client.post("/_mock/api/outbox/ai", json=reply)
    given = {"system": [{"text": "be brief"}], "maxTokens": 5, "tools": [{"toolSpec": {}}]}
    data = execute(bedrock(), named("converse", **TURNS, **given)).json["data"]
    text, call = data["output"]["message"]["content"]
    assert text == {"text": "Let me see"}
    assert (call["toolUse"]["name"], call["toolUse"]["input"]) == ("look", {"at": 1})
    assert data["stopReason"] == "tool_use"
    assert data["usage"] == {"inputTokens": 4, "outputTokens": 5, "totalTokens": 9}
    [delivery] = world.outbox.list()
    assert delivery["request"]["url"] == f"{URL}/model/anthropic.claude%3A0/converse"
    assert delivery["request"]["body"] == {
        **TURNS,
        "inferenceConfig": {"maxTokens": 5},
        "toolConfig": {"tools": [{"toolSpec": {}}]},
        "system": [{"text": "be brief"}],
        "modelId": "anthropic.claude:0",
    }


def test_a_streamed_conversation_is_the_lines_of_its_events(bedrock, execute, client):
    client.post("/_mock/api/outbox/ai", json={"text": "Hi", "tool_calls": [{"name": "look"}]})
    data = execute(bedrock(), named("converseStream", **TURNS)).json["data"]
    events = [json.loads(line) for line in data["stream"].splitlines()]
    assert [next(iter(event)) for event in events] == [
        "messageStart",
        "contentBlockDelta",
        "contentBlockStop",
        "contentBlockStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
    ]
    assert events[1]["contentBlockDelta"] == {"delta": {"text": "Hi"}, "contentBlockIndex": 0}
    assert events[4]["contentBlockDelta"]["delta"] == {"toolUse": {"input": "{}"}}


def test_the_converse_api_is_newer_than_the_others(world, bedrock, execute):
    id_ = bedrock()
    for version, has_it in (("8.18.9", False), ("8.19.0", True), ("9.0.9", False), ("9.1.0", True)):
        world.settings = replace(world.settings, kibana_version=version)
        answer = execute(id_, named("converse", **TURNS)).json
        text = f'Sub action "converse" is not registered. Connector id: {id_}. Connector name: '
        text += "Amazon Bedrock. Connector type: .bedrock"
        assert answer.get("service_message") == (None if has_it else text)


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ({}, "Cannot read properties of undefined (reading 'modelId')"),
        ({"input": None}, "Cannot read properties of null (reading 'modelId')"),
        (None, "Cannot read properties of null (reading 'input')"),
        ({"input": {"modelId": "m"}}, "command.resolveMiddleware is not a function"),
    ],
)
def test_no_request_holds_a_command_of_amazons_library(bedrock, execute, command, text):
    answer = execute(bedrock(), named("bedrockClientSend", command=command)).json
    assert answer["service_message"] == text


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"body": "{oops"}, "Expected property name or '}' in JSON at position 1"),
        ({"body": "{}", "model": "%"}, "URI malformed"),
        ({"body": "{}", "model": "%ff"}, "URI malformed"),
    ],
)
def test_what_cannot_be_sent_is_thrown_as_javascript_does(world, bedrock, execute, params, text):
    answer = execute(bedrock(), named("run", **params)).json
    assert answer["service_message"] == text
    assert world.outbox.list() == []


UNKNOWN = "The requested operation is not recognized by the service."
FAILURES: list[tuple[Any, str]] = [
    ({"status": 500}, "Status code: 500. Message: API Error: Internal Server Error - Internal"),
    ({"status": 401, "body": {"message": "no"}}, "401. Message: Unauthorized API Error: no"),
    ({"status": 401, "body": "no"}, "Status code: 401. Message: Unauthorized API Error"),
    (
        {"status": 400, "body": {"message": UNKNOWN}},
        (
            f"Status code: 400. Message: API Error: {UNKNOWN}\n\nThe Kibana Connector in use may "
            "need to be reconfigured with an updated Amazon Bedrock endpoint, like "
            "`bedrock-runtime`."
        ),
    ),
    (
        {"wire": "refused"},
        (
            "Status code: undefined. Message: Unexpected API Error: ECONNREFUSED - connect "
            "ECONNREFUSED bedrock-runtime.eu-west-1.amazonaws.com:443"
        ),
    ),
    (
        {"status": 200, "body": {"content": [], "usage": {"output_tokens": 1}}},
        (
            "Response validation failed (Error: [usage.input_tokens]: expected value of type "
            "[number] but got [undefined])"
        ),
    ),
    (
        {"fault": "bedrock-rate-limited"},
        (
            "Status code: 429. Message: API Error: Too Many Requests - "
            "Too many requests, please wait before trying again."
        ),
    ),
    (
        {"fault": "bedrock-context-length"},
        (
            "Status code: 400. Message: API Error: Bad Request - "
            "Input is too long for requested model."
        ),
    ),
    (
        {"fault": "bedrock-content-filter"},
        (
            "Status code: 400. Message: API Error: Bad Request - "
            "Output blocked by content filtering policy"
        ),
    ),
    (
        {"fault": "bedrock-bad-key"},
        (
            "Status code: 403. Message: API Error: Forbidden - "
            "The security token included in the request is invalid."
        ),
    ),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0])[:50] for row in FAILURES])
@pytest.mark.kibana_version("8.19.0")
def test_a_failure_is_thrown_with_amazons_words(world, bedrock, execute, what, text):
    rule = what if "fault" in what else {"match": {"backend": "bedrock"}, "what": what}
    world.faults.add(rule)
    answer = execute(bedrock(), named("run", body=json.dumps(HELLO))).json
    assert text in answer["service_message"]
    assert (answer["message"], answer["retry"], answer["errorSource"]) == (
        "an error occurred while running the action",
        True,
        "framework",
    )


@pytest.mark.kibana_version("8.19.0")
def test_the_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".bedrock", CONFIG, secrets=SECRETS)
    assert refused.json["message"] == (
        "error validating action type config: Error configuring Amazon Bedrock action: Error: "
        f'error validating url: target url "{URL}" is not added to the Kibana config '
        "xpack.actions.allowedHosts"
    )
