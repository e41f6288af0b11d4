"""The `.bedrock` connector: Claude's messages by way of Amazon Bedrock."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from mockkibana.connectors.ai import (
    DASHBOARD,
    TELEMETRY,
    AiConnector,
    Completion,
    Models,
    dashboard,
)
from mockkibana.connectors.aws_signature import Key, Scope, signed
from mockkibana.connectors.base import Thrown
from mockkibana.connectors.openai import parsed
from mockkibana.connectors.sub_action_framework import Service
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Record, dumps
from mockkibana.json_errors import json_error
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box
from mockkibana.validation import (
    Any,
    ArrayOf,
    Boolean,
    Field,
    Literal,
    Maybe,
    Number,
    Object,
    OneOf,
    Schema,
    String,
)

# Guess: that of 8.19, and the limit; neither was read in a tagged source.
_DEFAULT_MODEL = "us.anthropic.claude-3-7-sonnet-20250219-v1:0"
_TOKEN_LIMIT = 8191
_UNKNOWN_OPERATION = "The requested operation is not recognized by the service."
_OLD_ENDPOINT = (
    "The Kibana Connector in use may need to be reconfigured with an updated Amazon Bedrock "
    "endpoint, like `bedrock-runtime`."
)
_HEADERS = {"content-type": "application/json"}
_STREAM_HEADERS = {
    "Accept": "application/vnd.amazon.eventstream",
    "x-amzn-bedrock-accept": "*/*",
}
_THROTTLED = {"message": "Too many requests, please wait before trying again."}


class Bedrock(Models):
    """Amazon Bedrock, in which every model is one of Anthropic's, whatever its URL."""

    name = "bedrock"
    # Guess: the words are Amazon's as people quote them.
    failures = {  # noqa: RUF012
        "rate-limited": {"status": 429, "body": _THROTTLED},
        "context-length": {
            "status": 400,
            "body": {"message": "Input is too long for requested model."},
        },
        "content-filter": {
            "status": 400,
            "body": {"message": "Output blocked by content filtering policy"},
        },
        "bad-key": {
            "status": 403,
            "body": {"message": "The security token included in the request is invalid."},
        },
    }

    @property
    def errors(self) -> ErrorAnswers:
        """Amazon's words, where there are some."""
        return ErrorAnswers(_HEADERS, {}, {"429": _THROTTLED, "other": {"message": "{reason}"}})

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Answer messages, or the prompt that Claude 2 took; a stream as lines of its events.

        Guess: the real stream is binary (`application/vnd.amazon.eventstream`).
        """
        path, body = message.path.split("?")[0], parsed(message.body)
        if not path.endswith(("/invoke", "/invoke-with-response-stream")):
            return Answer(400, {"message": _UNKNOWN_OPERATION}, _HEADERS)
        if not isinstance(body, dict):
            text = "Malformed input request, please reformat your input and try again."
            return Answer(400, {"message": text}, _HEADERS)
        if isinstance(prompt := body.get("prompt"), str):
            said = self.complete([{"role": "user", "content": prompt}], box)
            old = {"completion": said.text, "stop_reason": "stop_sequence", "stop": "\n\nHuman:"}
            return Answer(200, old, _HEADERS)
        completion = self.complete(body.get("messages"), box, body.get("system"))
        answer = _message(completion, unquote(path.split("/")[-2]), box)
        if path.endswith("stream"):
            text = "".join(f"{dumps(event)}\n" for event in _events(answer))
            return Answer(200, text, {"content-type": "application/vnd.amazon.eventstream"})
        return Answer(200, answer, _HEADERS)


def _message(completion: Completion, model: str, box: Box) -> Record:
    text = [{"type": "text", "text": completion.text}] if completion.text else []
    calls = [
        {
            "type": "tool_use",
            "id": f"toolu_bdrk_{box.ids.short('tool-call')}",
            "name": call["name"],
            "input": call["arguments"],
        }
        for call in completion.tool_calls
    ]
    return {
        "id": f"msg_bdrk_{box.ids.short('message')}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [*text, *calls],
        "stop_reason": "tool_use" if calls else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": completion.prompt_tokens,
            "output_tokens": completion.completion_tokens,
        },
    }


def _events(message: Record) -> list[Record]:
    """Return the events of a stream, each part of the content as one whole."""
    usage = message["usage"]
    start = {**message, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 0}}
    events: list[Record] = [{"type": "message_start", "message": start}]
    for index, block in enumerate(message["content"]):
        if block["type"] == "text":
            empty, delta = {**block, "text": ""}, {"type": "text_delta", "text": block["text"]}
        else:
            json = dumps(block["input"])
            empty = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json}
        events += [
            {"type": "content_block_start", "index": index, "content_block": empty},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        ]
    end = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    tokens = {"output_tokens": usage["output_tokens"]}
    return [
        *events,
        {"type": "message_delta", "delta": end, "usage": tokens},
        {"type": "message_stop"},
    ]


class Config(Schema):
    """Where Bedrock is, and the model where a run names none."""

    apiUrl = String()  # noqa: N815 - Kibana's own names, here and below
    defaultModel = String(load_default=_DEFAULT_MODEL)  # noqa: N815
    region = Maybe(String(), since="9.4")
    contextWindowLength = Maybe(Number(coerced=True), since="9.1")  # noqa: N815
    temperature = Maybe(Number(coerced=True), since="9.1")


class Secrets(Schema):
    """The keys of an account of AWS."""

    accessKey = String()  # noqa: N815
    secret = String()


class RunBody(Schema):
    """A request as a text of JSON."""

    body = String()
    model = Maybe(String())
    signal = Maybe(Any())
    timeout = Maybe(Number(coerced=True))
    raw = Maybe(Boolean())
    telemetryMetadata = TELEMETRY  # noqa: N815


def _has_one_content(message: Json) -> str | None:
    given = [key for key in ("content", "rawContent") if key in message]
    if not given:
        return "Must specify either content or rawContent"
    return "content and rawContent can not be used at the same time" if given[1:] else None


def _conversation(message: Field) -> Object:
    choices = [Literal(name) for name in ("auto", "any", "tool")]
    tool = {
        "name": String(),
        "description": String(),
        "input_schema": Object({}, unknowns="allow"),
    }
    return Object(
        {
            "messages": ArrayOf(message),
            "model": Maybe(String()),
            "temperature": Maybe(Number(coerced=True)),
            "stopSequences": Maybe(ArrayOf(String())),
            "system": Maybe(String()),
            "maxTokens": Maybe(Number(coerced=True)),
            "signal": Maybe(Any()),
            "timeout": Maybe(Number(coerced=True)),
            "anthropicVersion": Maybe(String()),
            "tools": Maybe(ArrayOf(Object(tool))),
            "toolChoice": Maybe(Object({"type": OneOf(choices), "name": Maybe(String())})),
            "telemetryMetadata": TELEMETRY,
        }
    )


_CHAT = _conversation(
    Object(
        {"role": String(), "content": Maybe(String()), "rawContent": Maybe(ArrayOf(Any()))},
        validate=_has_one_content,
    )
)
_RAW_CHAT = _conversation(Object({"role": String(), "content": Any()}))
_COMMAND = Object({"command": Any(), "signal": Maybe(Any()), "telemetryMetadata": TELEMETRY})

_TOKENS = Object({"input_tokens": Number(coerced=True), "output_tokens": Number(coerced=True)})
_ANSWER = Object(
    {
        "stop_reason": Maybe(String()),
        "usage": _TOKENS,
        "content": ArrayOf(Object({"type": String(), "text": Maybe(String())}, unknowns="allow")),
    },
    unknowns="allow",
)
_OLD_ANSWER = Object(
    {"completion": String(), "stop_reason": Maybe(String()), "usage": Maybe(_TOKENS)},
    unknowns="ignore",
)
_RAW_ANSWER = Object({}, unknowns="allow")


def _run(service: Service, params: Json) -> Json:
    """Send a body; of the answer remains what Claude 2 said, unless it is wanted `raw`."""
    text = params["body"]
    if params.get("raw"):
        return _ask(service, params, text, _RAW_ANSWER)
    if (error := json_error(text)) is not None:
        raise Thrown(error)
    body = parsed(text)
    if isinstance(body, dict) and body.get("prompt") is not None:
        return _ask(service, params, text, _OLD_ANSWER)
    answer = _ask(service, params, text, _ANSWER)
    kept = {key: answer[key] for key in ("stop_reason", "usage") if key in answer}
    return {"completion": _text(answer["content"]), **kept}


def _text(content: list[Record]) -> str:
    if len(content) == 1:
        return str(content[0].get("text") or "") if content[0]["type"] == "text" else ""
    return "".join(f"\n{part['text']}" for part in content if part.get("text"))


def _invoke(service: Service, params: Json) -> Json:
    answer = _run(service, {**params, "body": dumps(_formatted(params)), "raw": False})
    return {"message": answer["completion"].strip(), "usage": answer["usage"]}


def _invoke_stream(service: Service, params: Json) -> Json:
    given = {key: value for key, value in params.items() if key != "maxTokens"}
    text = dumps(_formatted(given))
    return _ask(service, params, text, Any(), "invoke-with-response-stream")


def _invoke_raw(service: Service, params: Json) -> Json:
    body = {"messages": params["messages"], **_options(params)}
    if "anthropicVersion" in params:
        body["anthropic_version"] = params["anthropicVersion"]
    return _ask(service, params, dumps(body), _RAW_ANSWER)


def _client_send(service: Service, params: Json) -> Json:  # noqa: ARG001
    """Refuse what is no command of Amazon's library: over HTTP nothing is."""
    value, wanted = params, "command"
    for key in ("input", "modelId"):
        value, had = value.get(wanted) if isinstance(value, dict) else None, value
        if value is None:
            what = "null" if isinstance(had, dict) and wanted in had else "undefined"
            raise Thrown(f"Cannot read properties of {what} (reading '{key}')")
        wanted = key
    raise Thrown("command.resolveMiddleware is not a function")


def _options(params: Json) -> Record:
    names = {
        "stopSequences": "stop_sequences",
        "system": "system",
        "temperature": "temperature",
        "maxTokens": "max_tokens",
        "tools": "tools",
        "toolChoice": "tool_choice",
    }
    given = {"maxTokens": _TOKEN_LIMIT, **params}
    return {name: given[key] for key, name in names.items() if key in given}


def _formatted(params: Json) -> Record:
    """Return a request in which users and assistants take turns (`formatBedrockBody`)."""
    system, messages = params.get("system", ""), list[Record]()
    for message in params["messages"]:
        role, content = message["role"], message.get("content")
        if role == "system":
            system = f"{system}\n{content}" if system else str(content)
            continue
        spoken = "assistant" if role in ("assistant", "ai") else "user"
        last = messages[-1] if messages else None
        if "rawContent" in message:
            messages.append({"role": spoken, "content": message["rawContent"]})
        elif last and last["role"] == role and isinstance(last["content"], str):
            last["content"] += f"\n{content}"
        else:
            messages.append({"role": spoken, "content": content})
    options = {"temperature": 0, **_options(params), "messages": messages}
    options.pop("system", None)
    told = {"system": system} if system else {}
    return {"anthropic_version": "bedrock-2023-05-31", **told, **options}


def _ask(
    service: Service, params: Json, text: str, response: Field, operation: str = "invoke"
) -> Json:
    model = _encoded(params.get("model", service.config["defaultModel"]))
    path = f"/model/{model}/{operation}"
    value = parsed(text)
    data = value if isinstance(value, dict) and value else text
    base = service.config["apiUrl"]
    kind = {"Accept": "*/*"} if operation == "invoke" else _STREAM_HEADERS
    found = re.match(r"https://.*?\.([a-z\-0-9]+)\.amazonaws\.com", base)
    region = service.config.get("region") or (found[1] if found else "us-east-1")
    headers = signed(
        path,
        {"Content-Type": "application/json", **kind, "Host": urlsplit(base).netloc},
        axios.payload(data) or b"",
        Key(service.secrets["accessKey"], service.secrets["secret"]),
        Scope(service.run.clock.now(), region, "bedrock"),
    )
    return service.request("POST", f"{base}{path}", data, headers=headers, response=response)


def _encoded(model: str) -> str:
    try:
        if re.search("%(?![0-9a-fA-F]{2})", model):
            raise ValueError
        return quote(unquote(model, errors="strict"), safe="-_.!~*'()")
    except ValueError:
        raise Thrown("URI malformed") from None


class BedrockConnector(AiConnector):
    """Does one sub-action a run."""

    id = ".bedrock"
    action = "Amazon Bedrock"
    config = Config()
    secrets = Secrets()
    party = Bedrock()
    sub_actions = {  # noqa: RUF012
        "run": (RunBody(), _run),
        "test": (RunBody(), _run),
        "getDashboard": (DASHBOARD, dashboard),
        "invokeAI": (_CHAT, _invoke),
        "invokeStream": (_CHAT, _invoke_stream),
        "invokeAIRaw": (_RAW_CHAT, _invoke_raw),
        "bedrockClientSend": (_COMMAND, _client_send),
    }
    example = {  # noqa: RUF012
        "subAction": "invokeAI",
        "subActionParams": {"messages": [{"role": "user", "content": "Hello world"}]},
    }

    def error_text(self, error: axios.AxiosError) -> str:
        """Return Amazon's own message, with what Kibana puts before it."""
        if error.response is None:
            return f"Unexpected API Error: {error.code or ''} - {error.message}"
        body, status = error.response.body, error.response.status
        message = body.get("message") if isinstance(body, dict) else None
        if status == 400 and message == _UNKNOWN_OPERATION:
            return f"API Error: {message}\n\n{_OLD_ENDPOINT}"
        if status == 401:
            return f"Unauthorized API Error{f': {message}' if message else ''}"
        return f"API Error: {axios.status_text(status)}{f' - {message}' if message else ''}"
