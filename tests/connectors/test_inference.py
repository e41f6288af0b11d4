"""The AI connector: what it asks of Elasticsearch's inference endpoints, and how that fails."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from mockkibana.app import create_app
from mockkibana.seeds import parse_seed
from mockkibana.settings import PreconfiguredConnector
from mockkibana.world import World

CONFIG = {"provider": "openai", "taskType": "completion", "inferenceId": "my/id"}
SECRETS = {"providerSecrets": {"api_key": "sk-secret"}}
CHAT = {"body": {"messages": [{"role": "user", "content": "Hello world"}]}}


@pytest.fixture
def inference(create: Any) -> Any:
    return cache(lambda: create(".inference", CONFIG, secrets=SECRETS)["id"])


def named(sub_action: str, **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


def test_a_prompt_is_completed(world, inference, execute):
    data = execute(inference(), named("completion", input="Hello world")).json["data"]
    assert data == [{"result": "You said: Hello world"}]
    [delivery] = world.outbox.list(connector_type_id=".inference")
    request = delivery["request"]
    assert (request["method"], request["url"]) == ("POST", "/_inference/completion/my%2Fid")
    assert request["body"] == {"input": "Hello world"}
    assert request["headers"]["User-Agent"] == f"Kibana/{world.settings.kibana_version}"
    assert world.log.lines[-1].message == (
        'Perform Inference endpoint for task type "completion" and inference id my/id'
    )


@pytest.mark.kibana_version("8.19.0")
def test_a_chat_is_completed_from_its_stream(world, inference, execute):
    params = named("unified_completion", **CHAT, telemetryMetadata={"pluginId": "assistant"})
    params["subActionParams"]["body"]["n"] = 2
    data = execute(inference(), params).json["data"]
    assert data.pop("id").startswith("chatcmpl-")
    assert data == {
        "choices": [
            {
                "message": {
                    "content": "You said: Hello world",
                    "refusal": None,
                    "role": "assistant",
                }
            }
        ],
        "object": "chat.completion",
        "usage": {"prompt_tokens": 2, "completion_tokens": 4, "total_tokens": 6},
        "model": "my",
    }
    [delivery] = world.outbox.list()
    request = delivery["request"]
    assert request["url"] == "/_inference/chat_completion/my/id/_stream"
    assert request["body"] == {"messages": [{"role": "user", "content": "Hello world"}]}
    assert request["headers"]["X-Elastic-Product-Use-Case"] == "assistant"


def test_a_chat_may_call_tools(inference, execute, client):
    reply = {"tool_calls": [{"name": "look", "arguments": {"at": 1}}]}
    client.post("/_mock/api/outbox/ai", json=reply)
    data = execute(inference(), named("unified_completion", **CHAT)).json["data"]
    message = data["choices"][0]["message"]
    assert message["content"] is None
    [call] = message["tool_calls"]
    assert (call["type"], call["function"]["name"]) == ("function", "look")
    assert json.loads(call["function"]["arguments"]) == {"at": 1}


def test_a_stream_is_its_text(inference, execute):
    text = execute(inference(), named("unified_completion_stream", **CHAT)).json["data"]
    *events, done = [line.removeprefix("data: ") for line in text.strip().split("\n\n")]
    assert (len(events), done) == (3, "[DONE]")
    data = execute(inference(), named("unified_completion_async_iterator", **CHAT)).json["data"]
    assert data == {
        "consumerStream": {"controller": {}},
        "tokenCountStream": {"controller": {}},
    }


@pytest.mark.kibana_version("8.19.0")
def test_a_chat_without_a_body_has_no_messages(world, inference, execute):
    assert execute(inference(), named("unified_completion")).json["status"] == "ok"
    assert world.outbox.list()[0]["request"]["body"] == {"messages": []}


def test_texts_are_ranked_by_the_words_that_they_share_with_the_query(inference, execute):
    params = named("rerank", input=["a dog", "the cat", "my cat naps"], query="cat naps")
    assert execute(inference(), params).json["data"] == [
        {"score": 1, "index": 2, "text": "my cat naps"},
        {"score": 0.5, "index": 1, "text": "the cat"},
        {"score": 0, "index": 0, "text": "a dog"},
    ]


def test_embeddings_are_the_same_for_the_same_text(world, inference, execute):
    id_ = inference()

    def embed(text: str) -> Any:
        params = named("text_embedding", input=text, inputType="search")
        return execute(id_, params).json["data"]

    [one] = embed("a")
    assert len(one["embedding"]) == 384
    assert all(-1 <= number <= 1 for number in one["embedding"])
    assert embed("a") == [one]
    assert embed("b") != [one]
    assert world.outbox.list()[0]["request"]["body"]["task_settings"] == {"input_type": "search"}
    data = execute(id_, named("sparse_embedding", input="a b a")).json["data"]
    assert data == [{"is_truncated": False, "embedding": {"a": 2, "b": 1}}]


def reason(status: int, what: str, told: str) -> Any:
    text = f"Received {what} status code for request. Error message: [{told}]"
    cause = {"type": "status_exception", "reason": text}
    body = {"error": {"root_cause": [cause], **cause}, "status": status}
    return f"status_exception\n\tRoot causes:\n\t\tstatus_exception: {text}", body


FAULTS = [
    ("rate-limited", reason(429, "a rate limit", "Rate limit reached for requests")),
    ("bad-key", reason(401, "an authentication error", "Incorrect API key provided")),
    (
        "context-length",
        reason(400, "an unsuccessful", "This model's maximum context length is 128000 tokens."),
    ),
    (
        "content-filter",
        reason(
            400,
            "an unsuccessful",
            "The response was filtered due to the prompt triggering the content management policy.",
        ),
    ),
]


@pytest.mark.parametrize(("name", "told"), FAULTS, ids=[name for name, _ in FAULTS])
def test_a_failure_is_thrown_with_elasticsearchs_words(world, inference, execute, name, told):
    world.faults.add({"fault": f"inference-{name}"})
    id_ = inference()
    text, body = told
    assert execute(id_, named("completion", input="a")).json == {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": text,
        "retry": True,
        "errorSource": "framework",
        "connector_id": id_,
    }
    logged = f"error perform inference endpoint API: ResponseError: {text}"
    assert logged in [line.message for line in world.log.lines]
    answer = execute(id_, named("unified_completion", **CHAT)).json
    assert json.loads(answer["service_message"]) == body


STREAMS = [
    ("data: {oops\n\n", "Expected property name or '}' in JSON at position 1"),
    ('data: {"error": {"message": "no quota"}}\n\n', "no quota"),
    ('data: {"error": {"reason": "no quota"}}\n\n', "no quota"),
    ('data: {"choices": [{"finish_reason": "length"}]}\n\n', "createTokenLimitReachedError()"),
    ("data: [DONE]\n\n", "no elements in sequence"),
]


@pytest.mark.parametrize(("stream", "text"), STREAMS, ids=[row[1] for row in STREAMS])
def test_a_stream_may_fail_in_its_midst(world, inference, execute, stream, text):
    world.faults.add({"match": {"backend": "inference"}, "what": {"status": 200, "body": stream}})
    answer = execute(inference(), named("unified_completion", **CHAT)).json
    assert answer["service_message"] == text


def test_an_elasticsearch_that_is_away_is_named(world, inference, execute):
    world.faults.add({"fault": "inference-down"})
    answer = execute(inference(), named("completion", input="a")).json
    assert answer["service_message"] == "connect ECONNREFUSED 127.0.0.1:9200"


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({**CONFIG, "provider": "nobody"}, "API Provider is not supported: nobody"),
        ({**CONFIG, "taskType": "dance"}, "Task type is not supported: dance"),
    ],
    ids=["provider", "task"],
)
@pytest.mark.kibana_version("8.19.0")
def test_an_unknown_provider_or_task_is_refused(post, config, text):
    refused = post(".inference", config, secrets=SECRETS)
    assert refused.json["message"] == (
        "error validating action type config: Error configuring Inference API action: Error: "
        f"{text} by Inference Endpoint."
    )


# The endpoints


def errors(world: Any) -> list[str]:
    return [line.message for line in world.log.lines if line.level in ("warn", "error")]


def words(type_: str, text: str) -> str:
    return f"{type_}\n\tRoot causes:\n\t\t{type_}: {text}"


GONE = words("resource_not_found_exception", "Inference endpoint not found [my/id]")
INTERNAL = {
    "statusCode": 500,
    "error": "Internal Server Error",
    "message": "An internal server error occurred. Check Kibana server logs for details.",
}
FOR = 'for task type "completion" and inference id my/id'


def test_an_endpoint_that_is_there_is_not_made_again(world, inference, post, client):
    inference()
    assert post(".inference", CONFIG, secrets=SECRETS).json == INTERNAL
    hint = client.get("/_mock/api/journal").json[-1]["hint"]
    assert hint == (
        "Kibana's log says: Error: Inference with id my/id and task type completion already exists."
    )
    text = "Inference with id my/id and task type completion already exists."
    assert errors(world) == [
        f"Failed to create inference endpoint {FOR}. Error: {text}",
        f"Error: {text}",
    ]
    rerank = {**CONFIG, "taskType": "rerank"}
    assert post(".inference", rerank, secrets=SECRETS).json == INTERNAL
    taken = "Inference endpoint [my/id] already exists"
    assert errors(world)[-1] == f"Error: {words('resource_already_exists_exception', taken)}"
    assert len(client.get("/api/actions/connectors").json) == 1
    assert world.bugs == []


def test_an_endpoint_goes_with_its_connector(world, inference, execute, client, create):
    url, headers = f"/api/actions/connector/{inference()}", {"kbn-xsrf": "true"}
    other = create(".inference", {**CONFIG, "inferenceId": "b"}, secrets=SECRETS)["id"]
    shared = {"name": "b", "config": CONFIG, "secrets": SECRETS}
    updated = client.put(f"/api/actions/connector/{other}", json=shared, headers=headers)
    assert updated.status_code == 200
    assert execute(other, named("completion", input="a")).json["status"] == "ok"
    assert client.delete(url, headers=headers).status_code == 204
    told = execute(other, named("completion", input="a")).json
    assert (told["service_message"], told["retry"]) == (GONE, True)
    chat = execute(other, named("unified_completion", **CHAT)).json
    assert json.loads(chat["service_message"])["status"] == 404
    url = f"/api/actions/connector/{other}"
    assert client.delete(url, headers=headers).status_code == 204
    assert errors(world)[-2:] == [
        f"Failed to delete inference endpoint {FOR}. Error: {GONE}",
        f'The post delete hook failed for for connector "{other}": {GONE}',
    ]
    # What the update left is still there, as Kibana leaves it.
    assert post_status(client, "b") == 500
    assert post_status(client, "my/id") == 200


def post_status(client: Any, inference_id: str) -> int:
    body = {
        "name": "n",
        "connector_type_id": ".inference",
        "config": {**CONFIG, "inferenceId": inference_id},
        "secrets": SECRETS,
    }
    headers = {"kbn-xsrf": "true"}
    return int(client.post("/api/actions/connector", json=body, headers=headers).status_code)


def test_a_conflict_of_ids_makes_no_endpoint(world, client, inference):
    body = {
        "name": "n",
        "connector_type_id": ".inference",
        "config": {**CONFIG, "inferenceId": "b"},
        "secrets": SECRETS,
    }
    url, headers = f"/api/actions/connector/{inference()}", {"kbn-xsrf": "true"}
    assert client.post(url, json=body, headers=headers).status_code == 409
    assert post_status(client, "b") == 200


OF_SEED = {
    "id": "s",
    "connector_type_id": ".inference",
    "config": CONFIG,
    "secrets": SECRETS,
}


def test_connectors_that_nobody_created_have_their_endpoint(world, execute):
    connectors = [OF_SEED, {**OF_SEED, "id": "t", "config": {**CONFIG, "taskType": "rerank"}}]
    preconfigured = {**OF_SEED, "id": "p", "config": {**CONFIG, "inferenceId": "mine"}}
    seed = parse_seed({"version": 1, "connectors": connectors, "preconfigured": [preconfigured]})
    configured = PreconfiguredConnector(
        id="y",
        name="y",
        connector_type_id=".inference",
        config={**CONFIG, "inferenceId": "yml"},
        secrets=SECRETS,
    )
    world.settings = replace(world.settings, preconfigured=(configured,))
    for load in (world.seed, world.seed):
        load(seed)
        for id_ in ("s", "t", "p", "y"):
            assert execute(id_, named("completion", input="a")).json["status"] == "ok", id_


def test_endpoints_are_kept_and_forgotten_with_the_connectors(world, inference, client, execute):
    params, headers = named("completion", input="a"), {"kbn-xsrf": "true"}
    id_ = inference()
    client.put("/_mock/api/snapshots/one")
    dumped = parse_seed(world.dump())
    world.reset(parts=["outbox", "elasticsearch"])
    assert execute(id_, params).json["status"] == "ok"
    for again in (
        lambda: client.post("/_mock/api/snapshots/one/_restore"),
        lambda: world.seed(dumped),
    ):
        world.reset(parts=["connectors"])
        assert post_status(client, "my/id") == 200
        world.reset()
        again()
        assert execute(id_, params).json["status"] == "ok"
        url = f"/api/actions/connector/{id_}"
        assert client.delete(url, headers=headers).status_code == 204
        assert post_status(client, "my/id") == 200
        world.reset()


def test_a_file_keeps_the_endpoints(tmp_path):
    file = tmp_path / "db"
    for _ in range(2):
        with closing(
            World(db=file, seeds=[parse_seed({"version": 1, "connectors": [OF_SEED]})])
        ) as world:
            client = create_app(world).test_client()
            assert post_status(client, "my/id") == 500
