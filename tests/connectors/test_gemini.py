"""The Google Gemini connector: what it sends, what of the answers comes back, how they fail."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

URL = "https://us-central1-aiplatform.googleapis.com"
CONFIG = {
    "apiUrl": URL,
    "defaultModel": "gemini-x",
    "gcpRegion": "us-central1",
    "gcpProjectID": "p",
}
ACCOUNT = {
    "type": "service_account",
    "client_email": "ops@p.iam.gserviceaccount.com",
    "private_key_id": "k1",
    "private_key": "the-private-key",
}
CREDENTIALS = json.dumps(ACCOUNT)
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


@pytest.fixture
def asked(world: Any) -> Any:
    """Return the deliveries that are requests to a model."""
    return lambda: [each for each in world.outbox.list() if "/models/" in each["request"]["url"]]


def named(sub_action: str, **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


@pytest.mark.parametrize("body", [CONTENTS, json.dumps(CONTENTS)], ids=["object", "text"])
def test_a_body_is_sent_and_the_text_comes_back(asked, gemini, execute, body):
    assert execute(gemini(), named("run", body=body, model="m")).json["data"] == {
        "completion": "You said: Hello world",
        "usageMetadata": USAGE,
    }
    [delivery] = asked()
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


def test_a_chat_becomes_contents_in_turns(asked, gemini, execute):
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
    [delivery] = asked()
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


def test_a_raw_chat_may_call_tools(asked, gemini, execute, client):
    reply = {"tool_calls": [{"name": "look", "arguments": {"at": 1}}]}
    client.post("/_mock/api/outbox/ai", json=reply)
    data = execute(gemini(), named("invokeAIRaw", **HELLO, tools=[{"a": 1}])).json["data"]
    [part] = data["candidates"][0]["content"]["parts"]
    assert part == {"functionCall": {"name": "look", "args": {"at": 1}}}
    [delivery] = asked()
    assert delivery["request"]["body"]["tools"] == [{"a": 1}]


def test_calls_of_tools_leave_no_message(gemini, execute, client):
    client.post("/_mock/api/outbox/ai", json={"tool_calls": [{"name": "look"}]})
    data = execute(gemini(), named("invokeAI", **HELLO)).json["data"]
    assert data == {
        "usageMetadata": {"promptTokenCount": 2, "candidatesTokenCount": 2, "totalTokenCount": 4}
    }


def test_a_stream_is_its_text(asked, gemini, execute):
    text = execute(gemini(), named("invokeStream", **HELLO)).json["data"]
    event = json.loads(text.removeprefix("data: "))
    assert event["candidates"][0]["content"]["parts"] == [{"text": "You said: Hello world"}]
    [delivery] = asked()
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


NO_TOKEN = (
    "Unable to retrieve access token. Ensure the service account has the right permissions and the "
    "Vertex AI endpoint is enabled in the GCP project. Error: "
)
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
        f"{NO_TOKEN}invalid_grant: Invalid JWT Signature.",
    ),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0])[:50] for row in FAILURES])
@pytest.mark.kibana_version("8.19.0")
def test_a_failure_is_thrown_with_googles_words(world, gemini, execute, what, text):
    match = {"backend": "gemini", "path": "*/models/*"}
    world.faults.add(what if "fault" in what else {"match": match, "what": what})
    answer = execute(gemini(), named("run", body=CONTENTS)).json
    assert text in answer["service_message"]
    assert (answer["message"], answer["retry"], answer["errorSource"]) == (
        "an error occurred while running the action",
        True,
        "framework",
    )


def test_a_token_is_asked_for_and_kept_until_it_is_old(world, gemini, execute):
    world.clock.freeze("2026-01-02T03:04:05Z")
    id_ = gemini()
    run = named("run", body=CONTENTS)
    assert execute(id_, run).json["status"] == "ok"
    token = world.outbox.list()[0]
    assert token["request"]["url"] == "https://oauth2.googleapis.com/token"
    assert token["request"]["body"] == (
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=[redacted]"
    )
    assert token["response"]["body"]["access_token"] == "[redacted]"

    def grants() -> int:
        return sum("/token" in each["request"]["url"] for each in world.outbox.list())

    world.clock.advance(3499)
    execute(id_, run)
    assert grants() == 1
    world.clock.advance(1)
    assert execute(id_, run).json["status"] == "ok"
    assert grants() == 2


def test_a_token_that_google_has_not_granted_is_refused(world, gemini, execute):
    id_ = gemini()
    execute(id_, named("run", body=CONTENTS))
    with world.store.transaction() as transaction:
        transaction.drop("outbox.of/gemini/tokens")
    assert execute(id_, named("run", body=CONTENTS)).json["service_message"] == (
        "Status code: 401. Message: API Error: UNAUTHENTICATED: Request had invalid authentication "
        "credentials. Expected OAuth 2 access token, login cookie or other valid authentication "
        "credential."
    )


NO_ACCOUNT = "The incoming JSON object does not contain a {} field"
NO_TOKENS: list[tuple[Any, Any, str]] = [
    ("{}", None, NO_TOKEN + NO_ACCOUNT.format("client_email")),
    ("[]", None, NO_TOKEN + NO_ACCOUNT.format("client_email")),
    ('{"client_email": "a"}', None, NO_TOKEN + NO_ACCOUNT.format("private_key")),
    (CREDENTIALS, {"status": 400, "body": {"error": "invalid_scope"}}, f"{NO_TOKEN}invalid_scope"),
    (
        CREDENTIALS,
        {"status": 503, "body": "?"},
        f"{NO_TOKEN}Request failed with status code 503",
    ),
    (
        CREDENTIALS,
        {"wire": "refused"},
        f"{NO_TOKEN}connect ECONNREFUSED oauth2.googleapis.com:443",
    ),
    (
        CREDENTIALS,
        {"status": 200, "body": {}},
        (
            "Error occurred while retrieving the access token. Ensure that the credentials are "
            "vaild."
        ),
    ),
]


@pytest.mark.parametrize(("credentials", "what", "text"), NO_TOKENS, ids=range(len(NO_TOKENS)))
def test_without_a_token_no_model_is_asked(world, asked, gemini, execute, credentials, what, text):
    if what is not None:
        world.faults.add({"match": {"backend": "gemini", "path": "/token"}, "what": what})
    failed = execute(gemini(credentials), named("run", body=CONTENTS)).json
    assert failed["service_message"] == text
    assert asked() == []


@pytest.mark.kibana_version("8.19.0")
def test_the_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".gemini", CONFIG, secrets={"credentialsJson": CREDENTIALS})
    assert refused.json["message"] == (
        "error validating action type config: Error configuring Google Gemini action: Error: "
        f'error validating url: target url "{URL}" is not added to the Kibana config '
        "xpack.actions.allowedHosts"
    )


@pytest.mark.kibana_version("9.5.0")
def test_later_there_need_be_no_body_and_no_messages(kibana_version, world, gemini, execute):
    answer = execute(gemini(), named("invokeAI")).json
    assert answer["service_message"] == "messages is not iterable"
    execute(gemini(), named("run"))
    *_, delivery = world.outbox.list(connector_type_id=".gemini")
    assert delivery["request"]["body"] == {}
