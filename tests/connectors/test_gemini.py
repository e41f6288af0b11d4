"""The Google Gemini connector: what it sends, what of the answers comes back, how they fail."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockkibana.settings import Settings

URL = "https://us-central1-aiplatform.googleapis.com"
CONFIG = {
    "apiUrl": URL,
    "defaultModel": "gemini-x",
    "gcpRegion": "us-central1",
    "gcpProjectID": "p",
}
CREDENTIALS = '{"type": "service_account", "private_key": "the-private-key"}'
CONTENTS = {"contents": [{"role": "user", "parts": [{"text": "Hello world"}]}]}
HELLO = {"messages": [{"role": "user", "content": "Hello world"}]}
USAGE = {"promptTokenCount": 2, "candidatesTokenCount": 4, "totalTokenCount": 6}
SAFETY = [{"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "threshold": "BLOCK_ONLY_HIGH"}]
BASE = f"{URL}/v1/projects/p/locations/us-central1/publishers/google/models"


@pytest.fixture
def gemini(create: Any) -> Any:
    return lambda credentials=CREDENTIALS: create(
        ".gemini", CONFIG, secrets={"credentialsJson": credentials}
    )["id"]


def named(sub_action: str, **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


@pytest.mark.parametrize("body", [CONTENTS, json.dumps(CONTENTS)], ids=["object", "text"])
def test_a_body_is_sent_and_the_text_comes_back(world, gemini, execute, body):
    assert execute(gemini(), named("run", body=body, model="m")).json["data"] == {
        "completion": "You said: Hello world",
        "usageMetadata": USAGE,
    }
    [delivery] = world.outbox.list(connector_type_id=".gemini")
    assert delivery["request"]["url"] == f"{BASE}/m:generateContent"
    assert delivery["request"]["body"] == CONTENTS
    assert delivery["request"]["headers"]["Authorization"] == "[redacted]"
    assert "the-private-key" not in json.dumps(delivery)


def test_a_raw_answer_is_the_models_own(gemini, execute):
    assert execute(gemini(), named("test", body=CONTENTS, raw=True)).json["data"] == {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": "You said: Hello world"}]},
                "finishReason": "STOP",
            }
        ],
        "usageMetadata": USAGE,
        "modelVersion": "gemini-x",
    }


def test_a_chat_becomes_contents_in_turns(world, gemini, execute):
    messages = [
        {"role": "user", "content": "a"},
        {"role": "user", "content": "b"},
        {"role": "assistant", "content": "c"},
        {"role": "user", "parts": [{"text": "d"}]},
    ]
    params = named(
        "invokeAI",
        messages=messages,
        systemInstruction="be brief",
        maxOutputTokens=5,
        toolConfig={"mode": "ANY", "allowedFunctionNames": ["f"]},
    )
    assert execute(gemini(), params).json["data"] == {
        "message": "You said: d",
        "usageMetadata": {"promptTokenCount": 6, "candidatesTokenCount": 3, "totalTokenCount": 9},
    }
    [delivery] = world.outbox.list()
    assert delivery["request"]["url"] == f"{BASE}/gemini-x:generateContent"
    assert delivery["request"]["body"] == {
        "contents": [
            {"role": "user", "parts": [{"text": "a b"}]},
            {"role": "model", "parts": [{"text": "c"}]},
            {"role": "user", "parts": [{"text": "d"}]},
        ],
        "generation_config": {"temperature": 0, "maxOutputTokens": 5},
        "system_instruction": {"parts": [{"text": "be brief"}]},
        "tool_config": {
            "function_calling_config": {"mode": "ANY", "allowed_function_names": ["f"]}
        },
        "safety_settings": SAFETY,
    }


def test_a_raw_chat_may_call_tools(world, gemini, execute, client):
    reply = {"tool_calls": [{"name": "look", "arguments": {"at": 1}}]}
    client.post("/_mock/api/outbox/ai", json=reply)
    data = execute(gemini(), named("invokeAIRaw", **HELLO, tools=[{"a": 1}])).json["data"]
    [part] = data["candidates"][0]["content"]["parts"]
    assert part == {"functionCall": {"name": "look", "args": {"at": 1}}}
    [delivery] = world.outbox.list()
    assert delivery["request"]["body"]["tools"] == [{"a": 1}]


def test_calls_of_tools_leave_no_message(gemini, execute, client):
    client.post("/_mock/api/outbox/ai", json={"tool_calls": [{"name": "look"}]})
    data = execute(gemini(), named("invokeAI", **HELLO)).json["data"]
    assert data == {
        "usageMetadata": {"promptTokenCount": 2, "candidatesTokenCount": 2, "totalTokenCount": 4}
    }


def test_a_stream_is_its_text(world, gemini, execute):
    text = execute(gemini(), named("invokeStream", **HELLO)).json["data"]
    event = json.loads(text.removeprefix("data: "))
    assert event["candidates"][0]["content"]["parts"] == [{"text": "You said: Hello world"}]
    [delivery] = world.outbox.list()
    assert delivery["request"]["url"] == f"{BASE}/gemini-x:streamGenerateContent?alt=sse"


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        ({}, "messages is not iterable"),
        (5, "messages is not iterable"),
        ([None], "Cannot read properties of null (reading 'role')"),
        (
            [{"role": "user", "parts": "x"}, {"role": "user", "content": "y"}],
            "Cannot read properties of undefined (reading 'text')",
        ),
    ],
)
def test_what_is_no_chat_is_thrown_as_javascript_does(world, gemini, execute, messages, text):
    answer = execute(gemini(), named("invokeAI", messages=messages)).json
    assert answer["service_message"] == text
    assert world.outbox.list() == []


def test_credentials_have_to_be_json(world, gemini, execute):
    answer = execute(gemini("{oops"), named("run", body="{}")).json
    assert answer["service_message"] == (
        "Failed to parse credentials JSON file: Invalid JSON format"
    )
    assert world.outbox.list() == []


FAILURES: list[tuple[Any, str]] = [
    (
        {"status": 400},
        "Status code: 400. Message: API Error: INVALID_ARGUMENT: Bad Request",
    ),
    ({"status": 401, "body": {"message": "no"}}, "401. Message: Unauthorized API Error: no"),
    (
        {"status": 404, "body": "?"},
        "Status code: 404. Message: API Error: Not Found",
    ),
    (
        {"wire": "refused"},
        (
            "Status code: undefined. Message: Unexpected API Error: ECONNREFUSED - connect "
            "ECONNREFUSED us-central1-aiplatform.googleapis.com:443"
        ),
    ),
    (
        {"status": 200, "body": {"candidates": []}},
        (
            "Response validation failed (Error: [usageMetadata.promptTokenCount]: expected value "
            "of type [number] but got [undefined])"
        ),
    ),
    (
        {"status": 200, "body": {"candidates": [], "usageMetadata": USAGE}},
        "Cannot read properties of undefined (reading 'content')",
    ),
    (
        {"fault": "gemini-rate-limited"},
        (
            "Status code: 429. Message: API Error: RESOURCE_EXHAUSTED: "
            "Resource exhausted. Please try again later."
        ),
    ),
    (
        {"fault": "gemini-context-length"},
        (
            "Status code: 400. Message: API Error: INVALID_ARGUMENT: The input token count "
            "(1200000) exceeds the maximum number of tokens allowed (1048576)."
        ),
    ),
    (
        {"fault": "gemini-content-filter"},
        (
            "Response validation failed (Error: [candidates]: expected value of type [any] but "
            "got [undefined])"
        ),
    ),
    (
        {"fault": "gemini-bad-key"},
        (
            "Status code: 401. Message: API Error: UNAUTHENTICATED: Request had invalid "
            "authentication credentials. Expected OAuth 2 access token, login cookie or other "
            "valid authentication credential."
        ),
    ),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0])[:50] for row in FAILURES])
def test_a_failure_is_thrown_with_googles_words(world, gemini, execute, what, text):
    rule = what if "fault" in what else {"match": {"backend": "gemini"}, "what": what}
    world.faults.add(rule)
    answer = execute(gemini(), named("run", body=CONTENTS)).json
    assert text in answer["service_message"]
    assert (answer["message"], answer["retry"], answer["errorSource"]) == (
        "an error occurred while running the action",
        True,
        "framework",
    )


def test_the_host_has_to_be_allowed(world, post):
    world.settings = Settings(allowed_hosts=("example.com",))
    refused = post(".gemini", CONFIG, secrets={"credentialsJson": CREDENTIALS})
    assert refused.json["message"] == (
        "error validating action type config: Error configuring Google Gemini action: Error: "
        f'error validating url: target url "{URL}" is not added to the Kibana config '
        "xpack.actions.allowedHosts"
    )
