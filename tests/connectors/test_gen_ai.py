"""The OpenAI connector: what it sends, the completions that come back, and how they fail."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from mockkibana import MockKibana

URL = "https://api.openai.com/v1/chat/completions"
OPENAI = {"apiProvider": "OpenAI", "apiUrl": URL, "organizationId": "org", "projectId": "proj"}
HELLO = {"messages": [{"role": "user", "content": "Hello world"}]}


@pytest.fixture
def openai(create: Any) -> Any:
    return lambda config=OPENAI: create(".gen-ai", config, secrets={"apiKey": "sk-1"})["id"]


def named(sub_action: str, **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


def test_a_request_is_passed_on_and_the_completion_comes_back(world, openai, execute):
    world.clock.freeze("2026-01-02T03:04:05Z")
    data = execute(openai(), named("run", body=json.dumps(HELLO))).json["data"]
    assert data.pop("id").startswith("chatcmpl-")
    assert data == {
        "object": "chat.completion",
        "created": 1767323045,
        "model": "gpt-4.1",
        "usage": {"prompt_tokens": 2, "completion_tokens": 4, "total_tokens": 6},
        "choices": [
            {
                "message": {"role": "assistant", "content": "You said: Hello world"},
                "finish_reason": "stop",
                "index": 0,
            }
        ],
    }
    [delivery] = world.outbox.list(connector_type_id=".gen-ai")
    request = delivery["request"]
    assert (request["method"], request["url"]) == ("POST", URL)
    assert request["body"] == {**HELLO, "stream": False, "model": "gpt-4.1"}
    assert request["headers"]["OpenAI-Organization"] == "org"
    assert request["headers"]["OpenAI-Project"] == "proj"
    assert request["headers"]["Authorization"] == "[redacted]"
    assert "sk-1" not in json.dumps(delivery)


AZURE = "https://my.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024"
BODIES: list[tuple[Any, Any, bool]] = [
    ({"apiProvider": "OpenAI", "apiUrl": "https://a.example.com"}, {"model": "gpt-4.1"}, False),
    ({"apiProvider": "Azure OpenAI", "apiUrl": AZURE}, {"stream": False}, False),
    (
        {"apiProvider": "Azure OpenAI", "apiUrl": AZURE},
        {"stream": True, "stream_options": {"include_usage": True}},
        True,
    ),
    ({"apiProvider": "Azure OpenAI", "apiUrl": "https://a.example.com"}, {}, False),
    (
        {"apiProvider": "Other", "apiUrl": "https://a.example.com", "defaultModel": "m"},
        {"stream": False},
        False,
    ),
    (
        {"apiProvider": "Other", "apiUrl": "https://a.example.com", "defaultModel": "m"},
        {"stream": True, "model": "m"},
        True,
    ),
]


@pytest.mark.parametrize(
    ("config", "more", "stream"),
    BODIES,
    ids=[f"{row[0]['apiProvider']}-{row[2]}" for row in BODIES],
)
def test_each_provider_is_told_whether_to_stream(world, openai, execute, config, more, stream):
    params = named("stream", body=json.dumps(HELLO), stream=stream)
    assert execute(openai(config), params).json["status"] == "ok"
    [delivery] = world.outbox.list()
    assert delivery["request"]["body"] == {**HELLO, **more}
    name = "api-key" if config["apiProvider"].startswith("Azure") else "Authorization"
    assert delivery["request"]["headers"][name] == "[redacted]"


@pytest.mark.kibana_version("8.19.0")
def test_invoke_ai_returns_the_text_alone(world, openai, execute):
    params = named("invokeAI", **HELLO, temperature=0, telemetryMetadata={"pluginId": "p"})
    assert execute(openai(), params).json["data"] == {
        "message": "You said: Hello world",
        "usage": {"prompt_tokens": 2, "completion_tokens": 4, "total_tokens": 6},
    }
    [delivery] = world.outbox.list()
    assert delivery["request"]["body"] == {
        **HELLO,
        "temperature": 0,
        "stream": False,
        "model": "gpt-4.1",
    }


def test_a_stream_is_its_text(openai, execute):
    text = execute(openai(), named("invokeStream", **HELLO)).json["data"]
    *events, done = [line.removeprefix("data: ") for line in text.strip().split("\n\n")]
    assert done == "[DONE]"
    said, end, tokens = map(json.loads, events)
    assert said["choices"][0]["delta"]["content"] == "You said: Hello world"
    assert end["choices"][0]["finish_reason"] == "stop"
    assert tokens["usage"]["total_tokens"] == 6


def test_the_library_reads_its_own_stream(openai, execute):
    data = execute(openai(), named("invokeAsyncIterator", **HELLO)).json["data"]
    assert data == {
        "consumerStream": {"controller": {}},
        "tokenCountStream": {"controller": {}},
    }


def test_the_dashboard_is_there(world, openai, execute):
    data = execute(openai(), named("getDashboard", dashboardId="d")).json["data"]
    assert data == {"available": True}
    assert world.outbox.list() == []


# What a test scripts


def test_replies_are_used_once_in_order_and_those_for_a_prompt_first(openai, execute, client):
    def script(**reply: Any) -> None:
        assert client.post("/_mock/api/outbox/ai", json=reply).status_code == 201

    script(text="one", usage={"prompt_tokens": 7})
    script(text="two")
    script(text="about cats", prompt="*cats*")
    script(text="for Bedrock", connector_type=".bedrock")
    id_ = openai()

    def ask(text: str) -> Any:
        return execute(id_, named("invokeAI", messages=[{"role": "user", "content": text}])).json[
            "data"
        ]

    assert ask("tell me\nof cats and dogs")["message"] == "about cats"
    one = ask("cats")
    assert one["message"] == "one"
    assert one["usage"] == {"prompt_tokens": 7, "completion_tokens": 1, "total_tokens": 8}
    assert ask("dogs")["message"] == "two"
    assert ask("dogs")["message"] == "You said: dogs"


def test_a_model_calls_tools(openai, execute):
    with MockKibana() as kibana:
        made = kibana.connectors.create(".gen-ai", config=OPENAI, secrets={"apiKey": "sk"})
        kibana.outbox.ai.reply(
            tool_calls=[{"name": "look", "arguments": {"at": 1}}], usage={"completion_tokens": 3}
        )
        data = kibana.connectors.run(made["id"], named("run", body=json.dumps(HELLO)))["data"]
        [choice] = data["choices"]
        assert choice["finish_reason"] == "tool_calls"
        assert choice["message"]["content"] is None
        [call] = choice["message"]["tool_calls"]
        assert (call["type"], call["function"]["name"]) == ("function", "look")
        assert json.loads(call["function"]["arguments"]) == {"at": 1}
        assert data["usage"] == {"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 5}
        kibana.outbox.ai.reply(tool_calls=[{"name": "look"}], prompt="Hello*")
        data = kibana.connectors.run(made["id"], named("invokeAI", **HELLO))["data"]
        assert data["message"] == (
            "An error occurred sending your message. \n\nAPI Error: The response from OpenAI was "
            "in an unrecognized format."
        )


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ({"text": 5}, "[reply.text]: expected value of type [string] but got [number]."),
        (
            {"words": "a"},
            (
                "[reply.words]: definition for this key is missing; expected one of: text, "
                "tool_calls, usage, prompt, connector_type."
            ),
        ),
        (
            {"tool_calls": [{}]},
            "[reply.tool_calls.0.name]: expected value of type [string] but got [undefined].",
        ),
    ],
)
def test_what_is_no_reply_is_refused(client, world, reply, text):
    answer = client.post("/_mock/api/outbox/ai", json=reply)
    assert answer.status_code == 400
    assert text in answer.text
    assert world.outbox.parties() == {}


# Failures

DOWN = "Status code: undefined. Message: Unexpected API Error: ECONNREFUSED - connect ECONNREFUSED"
FAILURES: list[tuple[Any, str]] = [
    (
        {
            "what": {
                "status": 422,
                "body": {"error": {"message": "The model `bad model` does not exist"}},
            }
        },
        (
            "Status code: 422. Message: API Error: Unprocessable Entity - "
            "The model `bad model` does not exist"
        ),
    ),
    (
        {"what": {"status": 401}},
        (
            "Status code: 401. Message: Unauthorized API Error - Incorrect API key provided. You "
            "can find your API key at https://platform.openai.com/account/api-keys."
        ),
    ),
    (
        {"what": {"status": 500}},
        "Status code: 500. Message: API Error: Internal Server Error - Internal Server Error",
    ),
    (
        {"what": {"status": 400, "body": {"error": "no such model"}}},
        "Status code: 400. Message: API Error: Bad Request - no such model",
    ),
    ({"what": {"status": 404, "body": "?"}}, "Status code: 404. Message: API Error: Not Found"),
    ({"what": {"wire": "refused"}}, f"{DOWN} api.openai.com:443"),
    (
        {"what": {"timeout": True}},
        (
            "Status code: undefined. Message: Unexpected API Error: ECONNABORTED - timeout of "
            "120000ms exceeded"
        ),
    ),
    (
        {"what": {"status": 200, "body": {"choices": []}}},
        (
            "Response validation failed (Error: [usage.prompt_tokens]: expected value of type "
            "[number] but got [undefined])"
        ),
    ),
    (
        {"fault": "gen-ai-rate-limited"},
        (
            "Status code: 429. Message: API Error: Too Many Requests - Rate limit reached for "
            "requests. Please try again in 20s. Visit "
            "https://platform.openai.com/account/rate-limits to learn more."
        ),
    ),
    (
        {"fault": "gen-ai-context-length"},
        (
            "Status code: 400. Message: API Error: Bad Request - This model's maximum context "
            "length is 128000 tokens. However, your messages resulted in 130000 tokens. Please "
            "reduce the length of the messages."
        ),
    ),
    (
        {"fault": "gen-ai-content-filter"},
        (
            "Status code: 400. Message: API Error: Bad Request - The response was filtered due to "
            "the prompt triggering Azure OpenAI's content management policy. Please modify your "
            "prompt and retry."
        ),
    ),
    (
        {"fault": "gen-ai-bad-key"},
        (
            "Status code: 401. Message: Unauthorized API Error - Incorrect API key provided. You "
            "can find your API key at https://platform.openai.com/account/api-keys."
        ),
    ),
    ({"fault": "gen-ai-down"}, f"{DOWN} api.openai.com:443"),
]


@pytest.mark.parametrize(("rule", "text"), FAILURES, ids=[str(row[0])[:60] for row in FAILURES])
@pytest.mark.kibana_version("8.19.0")
def test_a_failure_is_thrown_with_the_providers_words(world, openai, execute, rule, text):
    world.faults.add({"match": {"backend": "gen-ai"}, **rule} if "what" in rule else rule)
    id_ = openai()
    assert execute(id_, named("run", body=json.dumps(HELLO))).json == {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": text,
        "retry": True,
        "errorSource": "framework",
        "connector_id": id_,
    }


@pytest.mark.parametrize(
    ("run", "milliseconds"),
    [
        (named("run", body="{}", timeout=150_000), 150_000),
        (named("run", body="{}", timeout=1), 60_000),
        (named("invokeAI", **HELLO), 120_000),
        (named("stream", body="{}"), 60_000),
        (named("invokeStream", **HELLO, timeout=90_000), 90_000),
    ],
)
def test_kibana_waits_as_long_as_the_run_says_and_no_shorter_than_ever(
    world, openai, execute, run, milliseconds
):
    world.faults.add({"match": {"backend": "gen-ai"}, "what": {"timeout": True}})
    text = execute(openai(), run).json["service_message"]
    assert text.endswith(f"timeout of {milliseconds}ms exceeded")


def test_what_is_no_json_is_sent_as_it_is_and_refused_by_the_provider(world, openai, execute):
    answer = execute(openai(), named("run", body="{oops")).json
    assert answer["service_message"] == (
        "Status code: 400. Message: API Error: Bad Request - "
        "We could not parse the JSON body of your request."
    )


PEM = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"
SECRETS: list[tuple[Any, str]] = [
    ({}, "[apiKey]: expected value of type [string] but got [undefined]"),
    ({"certificateData": PEM}, "Private key data must be provided for PKI"),
    (
        {"certificateData": "YQ==", "privateKeyData": PEM},
        (
            "Invalid Certificate data file format: The file must be a PEM-encoded certificate "
            'beginning with "-----BEGIN CERTIFICATE-----".'
        ),
    ),
    (
        {"certificateData": PEM, "privateKeyData": PEM},
        (
            "Invalid Private key data file format: The file must be a PEM-encoded certificate "
            'beginning with "-----BEGIN PRIVATE KEY-----".'
        ),
    ),
]


@pytest.mark.parametrize(("secrets", "text"), SECRETS, ids=[row[1][:40] for row in SECRETS])
@pytest.mark.kibana_version("8.19.0")
def test_secrets_without_a_key_or_with_half_a_certificate_are_refused(post, secrets, text):
    refused = post(".gen-ai", OPENAI, secrets=secrets)
    assert refused.json["message"] == f"error validating action type secrets: {text}"


@pytest.mark.kibana_version("8.19.0")
def test_the_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".gen-ai", OPENAI, secrets={"apiKey": "k"})
    assert refused.json["message"] == (
        "error validating action type config: Error configuring OpenAI action: Error: error "
        f'validating url: target url "{URL}" is not added to the Kibana config '
        "xpack.actions.allowedHosts"
    )
