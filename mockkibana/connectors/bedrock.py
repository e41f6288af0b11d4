"""The `.bedrock` connector: Claude's messages by way of Amazon Bedrock."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from mockkibana.connectors.ai import (
    DASHBOARD,
    TELEMETRY,
    TIMEOUT,
    AiConnector,
    dashboard,
    default_model,
)
from mockkibana.connectors.aws_signature import Key, Scope, signed
from mockkibana.connectors.base import Thrown
from mockkibana.connectors.bedrock_party import UNKNOWN_OPERATION, Bedrock
from mockkibana.connectors.openai import parsed
from mockkibana.connectors.sub_action_framework import Service
from mockkibana.json import Json, Record, dumps
from mockkibana.json_errors import json_error
from mockkibana.outbound import axios
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

# elastic/kibana#220146. Guess: which of Claude 4 it is in 9.2.
_MODELS = {
    "8.17": "anthropic.claude-3-5-sonnet-20240620-v1:0",
    "8.19": "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
    "9.0": "anthropic.claude-3-5-sonnet-20240620-v1:0",
    "9.1": "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
    "9.2": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
}
_TOKEN_LIMIT = 8191  # Guess: it was not read in a tagged source.
_OLD_ENDPOINT = (
    "The Kibana Connector in use may need to be reconfigured with an updated Amazon Bedrock "
    "endpoint, like `bedrock-runtime`."
)
_STREAM_HEADERS = {
    "Accept": "application/vnd.amazon.eventstream",
    "x-amzn-bedrock-accept": "*/*",
}


class Config(Schema):
    """Where Bedrock is, and the model where a run names none."""

    apiUrl = String()  # noqa: N815 - Kibana's own names, here and below
    defaultModel = default_model(_MODELS)  # noqa: N815
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
_TURNS = Object(
    {
        "messages": ArrayOf(Any()),
        "model": Maybe(String()),
        "system": Maybe(ArrayOf(Any())),
        "temperature": Maybe(Number(coerced=True)),
        "maxTokens": Maybe(Number(coerced=True)),
        "stopSequences": Maybe(ArrayOf(String())),
        "tools": Maybe(ArrayOf(Any())),
        "toolChoice": Maybe(Any()),
        "signal": Maybe(Any()),
        "timeout": Maybe(Number(coerced=True)),
        "telemetryMetadata": TELEMETRY,
        "connectorUsageCollector": Maybe(Any()),
    },
    unknowns="allow",
)
_COMMAND = Object({"command": Any(), "signal": Maybe(Any()), "telemetryMetadata": TELEMETRY})

# Models that cache tell of more tokens.
_TOKENS = Maybe(
    Object(
        {"input_tokens": Number(coerced=True), "output_tokens": Number(coerced=True)},
        unknowns="allow",
    )
)
_ANSWER = Object(
    {
        "stop_reason": Maybe(String()),
        "usage": _TOKENS,
        "content": ArrayOf(Object({"type": String(), "text": Maybe(String())}, unknowns="allow")),
    },
    unknowns="allow",
)
_OLD_ANSWER = Object(
    {"completion": String(), "stop_reason": Maybe(String()), "usage": _TOKENS},
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
    usage = {"usage": answer["usage"]} if "usage" in answer else {}
    return {"message": answer["completion"].strip(), **usage}


def _invoke_stream(service: Service, params: Json) -> Json:
    given = {key: value for key, value in params.items() if key != "maxTokens"}
    text = dumps(_formatted(given))
    return _ask(service, params, text, Any(), "invoke-with-response-stream")


def _invoke_raw(service: Service, params: Json) -> Json:
    body = {"messages": params["messages"], **_options(params)}
    if "anthropicVersion" in params:
        body["anthropic_version"] = params["anthropicVersion"]
    return _ask(service, params, dumps(body), _RAW_ANSWER)


def _converse(service: Service, params: Json) -> Json:
    return _ask(service, params, dumps(_turns(service, params)), _RAW_ANSWER, "converse")


def _converse_stream(service: Service, params: Json) -> Json:
    """Return the text of the stream, under both names that Kibana has for it.

    Guess: over HTTP, Kibana makes JSON of Node's stream objects, which nobody can use.
    """
    text = _ask(service, params, dumps(_turns(service, params)), Any(), "converse-stream")
    return {"stream": text, "tokenStream": text}


def _turns(service: Service, params: Json) -> Record:
    """Return a request of the Converse API; objects stay where they are empty."""

    def given(*keys: str) -> Record:
        return {key: params[key] for key in keys if key in params}

    return {
        "messages": params["messages"],
        "inferenceConfig": given("temperature", "stopSequences", "maxTokens"),
        "toolConfig": given("tools", "toolChoice"),
        **given("system"),
        "modelId": params.get("model", service.config["defaultModel"]),
    }


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
    timeout = None if operation == "invoke-with-response-stream" else TIMEOUT
    return service.request(
        "POST",
        f"{base}{path}",
        data,
        headers=headers,
        response=response,
        timeout=params.get("timeout", timeout),
    )


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
        "converse": (_TURNS, _converse),
        "converseStream": (_TURNS, _converse_stream),
    }
    newer = {  # noqa: RUF012 - elastic/kibana#220273
        "converse": {"8.17": False, "8.19": True, "9.0": False, "9.1": True},
        "converseStream": {"8.17": False, "8.19": True, "9.0": False, "9.1": True},
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
        if status == 400 and message == UNKNOWN_OPERATION:
            return f"API Error: {message}\n\n{_OLD_ENDPOINT}"
        if status == 401:
            return f"Unauthorized API Error{f': {message}' if message else ''}"
        return f"API Error: {axios.status_text(status)}{f' - {message}' if message else ''}"
