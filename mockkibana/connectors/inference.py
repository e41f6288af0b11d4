"""The `.inference` connector: AI providers by way of Elasticsearch's inference endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from mockkibana.connectors.ai import TELEMETRY
from mockkibana.connectors.base import Run, Saving, Thrown
from mockkibana.connectors.elasticsearch_errors import client_message
from mockkibana.connectors.inference_party import (
    InferenceEndpoints,
    already_there,
    not_found,
    other_task,
)
from mockkibana.connectors.sub_action_framework import Service, SubActionConnector
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Malformed, Record, dumps, loads
from mockkibana.json_errors import json_error
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.settings import Settings
from mockkibana.validation import (
    Any,
    ArrayOf,
    ByRelease,
    Field,
    Maybe,
    Nullable,
    Number,
    Object,
    OneOf,
    RecordOf,
    Schema,
    String,
)

_PROVIDERS = frozenset(
    (
        "alibabacloud-ai-search",
        "amazonbedrock",
        "amazon_sagemaker",
        "anthropic",
        "azureaistudio",
        "azureopenai",
        "cohere",
        "deepseek",
        "elastic",
        "elasticsearch",
        "googleaistudio",
        "googlevertexai",
        "hugging_face",
        "jinaai",
        "mistral",
        "openai",
        "voyageai",
        "watsonxai",
    )
)
# Kibana looks for a type of tasks among its sub-actions, in capitals.
_TASKS = frozenset(
    (
        "completion",
        "rerank",
        "text_embedding",
        "sparse_embedding",
        "completion_stream",
        "unified_completion",
        "unified_completion_stream",
        "unified_completion_async_iterator",
    )
)


def _object() -> Object:
    return Object({}, unknowns="allow", load_default={})


class Config(Schema):
    """The endpoint, and what it is made with."""

    provider = String()
    taskType = String()  # noqa: N815 - Kibana's own names, here and below
    inferenceId = String()  # noqa: N815
    providerConfig = _object()  # noqa: N815
    taskTypeConfig = ByRelease({"8.17": _object(), "9.3": Maybe(_object())})  # noqa: N815
    contextWindowLength = Maybe(Number(coerced=True))  # noqa: N815
    # Guess: these came with zod.
    headers = Maybe(RecordOf(String()), since="9.3")
    temperature = Maybe(Number(coerced=True), since="9.3")


class Secrets(Schema):
    """The provider's keys."""

    providerSecrets = _object()  # noqa: N815


class Completion(Schema):
    """A prompt."""

    input = String()


class Rerank(Schema):
    """Texts, and what they are to be about."""

    input = ArrayOf(String(), load_default=[])
    query = String()


class TextEmbedding(Schema):
    """A text, and what it is for: `search`, `ingest` and the like."""

    input = String()
    inputType = String()  # noqa: N815


_TOOL_CALL = {
    "id": String(),
    "function": Object({"arguments": Maybe(String()), "name": Maybe(String())}),
    "type": String(),
}
_MESSAGE = {
    "role": String(),
    "content": Maybe(Nullable(String())),
    "name": Maybe(String()),
    "tool_calls": Maybe(ArrayOf(Object(_TOOL_CALL))),
    "tool_call_id": Maybe(String()),
}
_TOOL = {
    "name": String(),
    "description": Maybe(String()),
    "parameters": Maybe(RecordOf(Any())),
}
_CHOICE = Object({"type": String(), "function": Object({"name": String()})})
_BODY: dict[str, Field] = {
    "messages": ArrayOf(Object(_MESSAGE), load_default=[]),
    "model": Maybe(String()),
    "max_tokens": Maybe(Number(coerced=True)),
    "metadata": Maybe(RecordOf(String())),
    "n": Maybe(Number(coerced=True)),
    "stop": Maybe(Nullable(OneOf([String(), ArrayOf(String())]))),
    "temperature": Maybe(Number(coerced=True)),
    "tool_choice": Maybe(OneOf([String(), _CHOICE])),
    "tools": Maybe(ArrayOf(Object({"type": String(), "function": Object(_TOOL)}))),
    "top_p": Maybe(Number(coerced=True)),
    "user": Maybe(String()),
}
_CHAT = Object({"body": Object(_BODY), "signal": Maybe(Any()), "telemetryMetadata": TELEMETRY})


def _completion(service: Service, params: Json) -> Json:
    return _infer(service.run, "completion", {"input": params["input"]})


def _rerank(service: Service, params: Json) -> Json:
    body = {"query": params["query"], "input": params.get("input", [])}
    rows = _infer(service.run, "rerank", body)
    return [_scored(row) for row in rows if isinstance(row, dict)]


def _scored(row: Record) -> Record:
    rest = {key: value for key, value in row.items() if key != "relevance_score"}
    return {"score": row.get("relevance_score"), **rest}


def _text_embedding(service: Service, params: Json) -> Json:
    settings = {"input_type": params["inputType"]}
    body = {"input": params["input"], "task_settings": settings}
    return _infer(service.run, "text_embedding", body)


def _sparse_embedding(service: Service, params: Json) -> Json:
    return _infer(service.run, "sparse_embedding", {"input": params["input"]})


def _infer(run: Run, task: str, body: Record) -> Json:
    """Have a task done and return its results. Raises `Thrown`, with Elasticsearch's own words."""
    id_ = quote(run.config["inferenceId"], safe="-_.!~*'()", errors="replace")
    answer = _send(run, f"/_inference/{task}/{id_}", body)
    if answer.status >= 300:
        text = client_message(answer.body)
        run.log.write("error", f"error perform inference endpoint API: ResponseError: {text}")
        raise Thrown(text)
    run.log.write(
        "info",
        f'Perform Inference endpoint for task type "{run.config["taskType"]}" and inference id '
        f"{run.config['inferenceId']}",
    )
    return answer.body.get(task, []) if isinstance(answer.body, dict) else []


def _stream(service: Service, params: Json) -> str:
    """Have a chat completed and return the text of the stream.

    Guess: over HTTP, Kibana makes JSON of Node's stream object, which nobody can use.
    """
    run, plugin = service.run, params.get("telemetryMetadata", {}).get("pluginId")
    body = {"messages": [], **params.get("body", {})}
    body.pop("n", None)  # which the endpoint does not take
    path = f"/_inference/chat_completion/{run.config['inferenceId']}/_stream"
    headers = {"X-Elastic-Product-Use-Case": plugin} if plugin else {}
    answer = _send(run, path, body, headers)
    text = answer.body if isinstance(answer.body, str) else dumps(answer.body)
    if answer.status >= 400:
        # Guess: the words of 8.19; later releases put the endpoint and the status before them.
        raise Thrown(text)
    return text


def _iterator(service: Service, params: Json) -> Json:
    _stream(service, params)
    # What is left of two streams of OpenAI's library when they become JSON.
    return {"consumerStream": {"controller": {}}, "tokenCountStream": {"controller": {}}}


def _chat(service: Service, params: Json) -> Json:
    """Return a stream as one message (`chunksIntoMessage`)."""
    chunks = list(_chunks(_stream(service, params)))
    if not chunks:
        raise Thrown("no elements in sequence")
    text, calls, usage = "", list[Record](), {}
    for chunk in chunks:
        if chunk.get("usage"):
            usage = {"usage": chunk["usage"]}
            continue
        if delta := _choice(chunk).get("delta"):
            text += delta.get("content") or ""
            calls += [
                {key: call[key] for key in ("function", "id", "type") if key in call}
                for call in delta.get("tool_calls", ())
            ]
    message: Record = {"content": text or None, "refusal": None, "role": "assistant"}
    if calls:
        message["tool_calls"] = calls
    last = {key: chunks[-1][key] for key in ("id", "model") if key in chunks[-1]}
    return {"choices": [{"message": message}], "object": "chat.completion", **usage, **last}


def _chunks(text: str) -> Iterator[Record]:
    for line in text.split("\n"):
        event = line.removeprefix("data: ").strip()
        if not line.startswith("data: ") or event == "[DONE]":
            continue
        try:
            chunk = loads(event, javascript=True, allow_proto=True)
        except Malformed:
            raise Thrown(json_error(event) or "") from None
        if not isinstance(chunk, dict):
            continue
        if error := chunk.get("error"):
            error = error if isinstance(error, dict) else {}
            raise Thrown(str(error.get("message") or error.get("reason") or "Unknown error"))
        if _choice(chunk).get("finish_reason") == "length":
            raise Thrown("createTokenLimitReachedError()")  # Kibana's own slip
        if chunk.get("object") == "chat.completion.chunk":
            yield chunk


def _choice(chunk: Record) -> Record:
    choices = chunk.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}


def _send(run: Run, path: str, body: Record, headers: Record | None = None) -> Answer:
    media_type = (
        f"application/vnd.elasticsearch+json; compatible-with={run.release.rest_api_version}"
    )
    own = {
        "Accept": media_type,
        "Content-Type": media_type,
        "User-Agent": f"Kibana/{run.settings.kibana_version}",
        "X-Elastic-Product-Origin": "kibana",
    }
    try:
        return run.send(Outbound("POST", path, {**own, **(headers or {})}, body, user=run.user))
    except Unreachable as error:
        raise Thrown(str(error)) from None


class Inference(SubActionConnector):
    """Does one sub-action a run. Saving one makes the endpoint behind it, deleting removes that."""

    id = ".inference"
    config = Config()
    secrets = Secrets()
    party = InferenceEndpoints()
    sub_actions = {  # noqa: RUF012
        "unified_completion": (_CHAT, _chat),
        "unified_completion_stream": (_CHAT, _stream),
        "unified_completion_async_iterator": (_CHAT, _iterator),
        "rerank": (Rerank(), _rerank),
        "sparse_embedding": (Completion(), _sparse_embedding),
        "text_embedding": (TextEmbedding(), _text_embedding),
        "completion": (Completion(), _completion),
    }
    example = {  # noqa: RUF012
        "subAction": "unified_completion",
        "subActionParams": {"body": {"messages": [{"role": "user", "content": "Hello world"}]}},
    }

    def validate_config(self, config: Json, settings: Settings) -> str | None:  # noqa: ARG002
        """Refuse a provider and a type of tasks that Kibana does not know."""
        provider, task = config["provider"], config["taskType"]
        if provider not in _PROVIDERS:
            what, name = "API Provider", provider
        elif task != "chat_completion" and task.lower() not in _TASKS:
            what, name = "Task type", task
        else:
            return None
        said = f": {name}" if name else ""
        return (
            f"Error configuring Inference API action: Error: {what} is not supported{said} by "
            "Inference Endpoint."
        )

    def pre_save_hook(self, saving: Saving) -> None:
        """Make the endpoint; an update leaves the one that the connector had before.

        Raises `Thrown` when there is one of this id already, but for an update.
        """
        config, endpoints = saving.config, saving.resources
        id_, task = config["inferenceId"], config["taskType"]
        there = endpoints.get(id_)
        is_same = there is not None and there["task_type"] == task
        text = None
        if is_same and not saving.is_update:
            text = f"Inference with id {id_} and task type {task} already exists."
        elif there is not None and not is_same:
            text = client_message(already_there(id_))
        which = f'for task type "{task}" and inference id {id_}'
        if text is not None:
            verb = "update" if saving.is_update else "create"
            saving.log.write("warn", f"Failed to {verb} inference endpoint {which}. Error: {text}")
            raise Thrown(text)
        endpoints.put(id_, {"inference_id": id_, "task_type": task, "service": config["provider"]})
        verb = "updated" if saving.is_update else "created"
        # Kibana's own spelling.
        saving.log.write("debug", f"Inference endpoint {which} was successfuly {verb}")

    def post_delete_hook(self, saving: Saving) -> None:
        """Remove the endpoint, also when other connectors use it. Raises `Thrown` without one."""
        config, endpoints = saving.config, saving.resources
        id_, task = config["inferenceId"], config["taskType"]
        which = f'for task type "{task}" and inference id {id_}'
        there = endpoints.get(id_)
        if there is None or there["task_type"] != task:
            text = client_message(not_found(id_) if there is None else other_task(task, there))
            saving.log.write("warn", f"Failed to delete inference endpoint {which}. Error: {text}")
            raise Thrown(text)
        endpoints.remove(id_)
        saving.log.write("debug", f"Inference endpoint {which} was successfuly deleted")
