"""The `.gemini` connector: Google's Gemini by way of Vertex AI."""

from __future__ import annotations

from collections.abc import Iterator

from mockkibana.connectors.ai import (
    DASHBOARD,
    TELEMETRY,
    AiConnector,
    Completion,
    Models,
    dashboard,
    default_model,
)
from mockkibana.connectors.base import Thrown
from mockkibana.connectors.google_account import TOKEN_URL, access_token
from mockkibana.connectors.grants import granted, is_granted
from mockkibana.connectors.openai import parsed
from mockkibana.connectors.sub_action_framework import Service
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Record, dumps
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box
from mockkibana.validation import (
    Any,
    ArrayOf,
    Boolean,
    ByRelease,
    Literal,
    Maybe,
    Number,
    Object,
    OneOf,
    Schema,
    String,
)

_DEFAULT_MODELS = {  # elastic/kibana#225917
    "8.17": "gemini-1.5-pro-002",
    "8.19": "gemini-2.5-pro",
    "9.0": "gemini-1.5-pro-002",
    "9.1": "gemini-2.5-pro",
}
_TOKEN_LIFE = 3599  # seconds
_MODELS = "*/models/*"
_HEADERS = {"content-type": "application/json; charset=UTF-8"}
_UNKNOWN_OPERATION = "The requested operation is not recognized by the service."


def _error(status: int, name: str, message: str) -> Record:
    return {"error": {"code": status, "message": message, "status": name}}


_EXHAUSTED = _error(429, "RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later.")
_UNAUTHENTICATED = _error(
    401,
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie "
    "or other valid authentication credential.",
)


class VertexAi(Models):
    """Vertex AI, which has every project, region and model, whatever its URL."""

    name = "gemini"
    # Guess: the words are Google's as people quote them. What is filtered has no candidates.
    failures = {  # noqa: RUF012
        "rate-limited": {"status": 429, "body": _EXHAUSTED},
        "context-length": {
            "status": 400,
            "body": _error(
                400,
                "INVALID_ARGUMENT",
                "The input token count (1200000) exceeds the maximum number of tokens allowed "
                "(1048576).",
            ),
        },
        "content-filter": {
            "status": 200,
            "body": {
                "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
                "usageMetadata": {
                    "promptTokenCount": 1,
                    "candidatesTokenCount": 0,
                    "totalTokenCount": 1,
                },
            },
        },
        "bad-key": {
            "status": 400,
            "body": {
                "error": "invalid_grant",
                "error_description": "Invalid JWT Signature.",
            },
        },
    }
    asked = {"rate-limited": _MODELS, "context-length": _MODELS, "content-filter": _MODELS}  # noqa: RUF012

    @property
    def errors(self) -> ErrorAnswers:
        """Google's words, where there are some."""
        names = {
            400: "INVALID_ARGUMENT",
            403: "PERMISSION_DENIED",
            404: "NOT_FOUND",
            500: "INTERNAL",
            503: "UNAVAILABLE",
        }
        bodies: Record = {
            str(status): _error(status, name, "{reason}") for status, name in names.items()
        }
        bodies |= {"401": _UNAUTHENTICATED, "429": _EXHAUSTED}
        other = {"error": {"code": "{status}", "message": "{reason}", "status": "UNKNOWN"}}
        return ErrorAnswers(_HEADERS, {}, {**bodies, "other": other})

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Grant a token, or answer contents; a stream is one server-sent event."""
        if message.url == TOKEN_URL:
            answer = {"expires_in": _TOKEN_LIFE, "token_type": "Bearer"}
            token = granted(self, box, _TOKEN_LIFE)
            return Answer(200, {"access_token": token, **answer}, _HEADERS)
        path, body = message.path, parsed(message.body)
        if not is_granted(self, message, box):
            return Answer(401, _UNAUTHENTICATED, _HEADERS)
        if not isinstance(body, dict):
            return Answer(400, _error(400, "INVALID_ARGUMENT", "Invalid JSON payload."), _HEADERS)
        system = body.get("system_instruction")
        parts = system.get("parts") if isinstance(system, dict) else None
        completion = self.complete(body.get("contents"), box, parts)
        model = path.partition("/models/")[2].partition(":")[0]
        answer = _answer(completion, model)
        if ":streamGenerateContent" in path:
            text = f"data: {dumps(answer)}\r\n\r\n"
            return Answer(200, text, {"content-type": "text/event-stream"})
        return Answer(200, answer, _HEADERS)


def _answer(completion: Completion, model: str) -> Record:
    text = [{"text": completion.text}] if completion.text else []
    calls = [
        {"functionCall": {"name": call["name"], "args": call["arguments"]}}
        for call in completion.tool_calls
    ]
    content = {"role": "model", "parts": [*text, *calls]}
    return {
        "candidates": [{"content": content, "finishReason": "STOP"}],
        "usageMetadata": {
            "promptTokenCount": completion.prompt_tokens,
            "candidatesTokenCount": completion.completion_tokens,
            "totalTokenCount": completion.tokens,
        },
        "modelVersion": model,
    }


class Config(Schema):
    """Where Vertex AI is, the project, and the model where a run names none."""

    apiUrl = String()  # noqa: N815 - Kibana's own names, here and below
    defaultModel = default_model(_DEFAULT_MODELS)  # noqa: N815
    gcpRegion = String()  # noqa: N815
    gcpProjectID = String()  # noqa: N815
    contextWindowLength = Maybe(Number(coerced=True))  # noqa: N815
    temperature = Maybe(Number(coerced=True))


class Secrets(Schema):
    """The file of a service account, as a text."""

    credentialsJson = String()  # noqa: N815


# An absent one is taken by zod at first, and then because Kibana says so.
_ANY = ByRelease({"8.17": Any(), "9.3": Maybe(Any())})


class RunBody(Schema):
    """A request, as a text of JSON or as what it holds."""

    body = _ANY
    model = Maybe(String())
    signal = Maybe(Any())
    timeout = Maybe(Number(coerced=True))
    temperature = Maybe(Number(coerced=True))
    stopSequences = Maybe(ArrayOf(String()))  # noqa: N815
    raw = Maybe(Boolean())
    telemetryMetadata = TELEMETRY  # noqa: N815


_RAW_CHAT = {
    "maxOutputTokens": Maybe(Number(coerced=True)),
    "messages": _ANY,
    "systemInstruction": Maybe(String()),
    "model": Maybe(String()),
    "temperature": Maybe(Number(coerced=True)),
    "stopSequences": Maybe(ArrayOf(String())),
    "signal": Maybe(Any()),
    "timeout": Maybe(Number(coerced=True)),
    "tools": Maybe(ArrayOf(Any())),
}
_TOOL_CONFIG = {
    "mode": OneOf([Literal(mode) for mode in ("AUTO", "ANY", "NONE")]),
    "allowedFunctionNames": Maybe(ArrayOf(String())),
}
_CHAT = Object(
    {**_RAW_CHAT, "toolConfig": Maybe(Object(_TOOL_CONFIG)), "telemetryMetadata": TELEMETRY}
)

_COUNTS = ("promptTokenCount", "candidatesTokenCount", "totalTokenCount")
_ANSWER = Object(
    {
        "candidates": Any(),
        "usageMetadata": Object({name: Number(coerced=True) for name in _COUNTS}),
    },
    unknowns="ignore",
)


def _run(service: Service, params: Json) -> Json:
    """Send a body; of the answer remain its first text and its tokens, unless it is wanted raw."""
    if params.get("raw"):
        return _ask(service, params, "generateContent", Any())
    answer = _ask(service, params, "generateContent", _ANSWER)
    candidates = answer["candidates"]
    if not isinstance(candidates, list) or not candidates:
        raise Thrown("Cannot read properties of undefined (reading 'content')")
    try:
        part = candidates[0]["content"]["parts"][0]
    except (LookupError, TypeError):
        # Guess: which of the properties JavaScript misses.
        raise Thrown("Cannot read properties of undefined (reading 'parts')") from None
    text = {"completion": part["text"]} if isinstance(part, dict) and "text" in part else {}
    return {**text, "usageMetadata": answer["usageMetadata"]}


def _invoke(service: Service, params: Json) -> Json:
    answer = _run(service, {"body": _payload(params), **_passed(params)})
    if "completion" in answer:
        answer = {"message": answer.pop("completion"), **answer}
    return answer


def _invoke_raw(service: Service, params: Json) -> Json:
    body = {**_payload(params), **_tools(params)}
    return _run(service, {"body": body, "raw": True, **_passed(params)})


def _invoke_stream(service: Service, params: Json) -> Json:
    """Return the text of the stream.

    Guess: over HTTP, Kibana makes JSON of Node's stream object, which nobody can use.
    """
    given = {"body": {**_payload(params), **_tools(params)}, **_passed(params)}
    return _ask(service, given, "streamGenerateContent?alt=sse", Any())


def _passed(params: Json) -> Record:
    return {key: params[key] for key in ("model", "timeout") if key in params}


def _tools(params: Json) -> Record:
    return {"tools": params["tools"]} if "tools" in params else {}


def _payload(params: Json) -> Record:
    """Return the request of a chat (`formatGeminiPayload`)."""
    settings = {"temperature": params.get("temperature", 0)}
    if "maxOutputTokens" in params:
        settings["maxOutputTokens"] = params["maxOutputTokens"]
    payload: Record = {"contents": _contents(params.get("messages")), "generation_config": settings}
    if instruction := params.get("systemInstruction"):
        payload["system_instruction"] = {"parts": [{"text": instruction}]}
    if tool_config := params.get("toolConfig"):
        calling = {"mode": tool_config["mode"]}
        if "allowedFunctionNames" in tool_config:
            calling["allowed_function_names"] = tool_config["allowedFunctionNames"]
        payload["tool_config"] = {"function_calling_config": calling}
    payload["safety_settings"] = [
        {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "threshold": "BLOCK_ONLY_HIGH"}
    ]
    return payload


def _contents(messages: Json) -> list[Record]:
    """Return what was said in turns: what one user says after another becomes one text."""
    contents: list[Record] = []
    previous = None
    for row in _rows(messages):
        role = "model" if row.get("role") == "assistant" else "user"
        text = row.get("content")
        if row.get("parts"):
            contents.append({**row})
        elif role == previous == "user":
            contents[-1] = _continued(contents[-1], text)
        else:
            part = {"text": text} if "content" in row else {}
            contents.append({"role": role, "parts": [part]})
        previous = role
    return contents


def _rows(messages: Json) -> Iterator[Record]:
    if not isinstance(messages, list | str):
        raise Thrown("messages is not iterable")
    for row in messages:
        if row is None:
            raise Thrown("Cannot read properties of null (reading 'role')")
        yield row if isinstance(row, dict) else {}  # other values have no properties


def _continued(content: Record, text: Json) -> Record:
    try:
        first, *others = content["parts"]
        said = first.get("text", "undefined")
    except (ValueError, TypeError, AttributeError):
        raise Thrown("Cannot read properties of undefined (reading 'text')") from None
    more = "undefined" if text is None else text
    return {**content, "parts": [{**first, "text": f"{said} {more}"}, *others]}


def _ask(service: Service, params: Json, operation: str, response: Any | Object) -> Json:
    config, body = service.config, params.get("body")
    token = access_token(service.run, service.secrets["credentialsJson"])
    value = parsed(body)
    model = params.get("model", config["defaultModel"])
    project = f"projects/{config['gcpProjectID']}/locations/{config['gcpRegion']}"
    path = f"/v1/{project}/publishers/google/models/{model}:{operation}"
    return service.request(
        "POST",
        f"{config['apiUrl']}{path}",
        value if isinstance(value, dict) and value else body,
        headers={"Authorization": token},
        response=response,
        timeout=params.get("timeout"),
    )


class Gemini(AiConnector):
    """Does one sub-action a run."""

    id = ".gemini"
    action = "Google Gemini"
    config = Config()
    secrets = Secrets()
    party = VertexAi()
    sub_actions = {  # noqa: RUF012
        "run": (RunBody(), _run),
        "test": (RunBody(), _run),
        "getDashboard": (DASHBOARD, dashboard),
        "invokeAI": (_CHAT, _invoke),
        "invokeAIRaw": (Object({**_RAW_CHAT, "telemetryMetadata": TELEMETRY}), _invoke_raw),
        "invokeStream": (_CHAT, _invoke_stream),
    }
    example = {  # noqa: RUF012
        "subAction": "invokeAI",
        "subActionParams": {"messages": [{"role": "user", "content": "Hello world"}]},
    }

    def error_text(self, error: axios.AxiosError) -> str:
        """Return Google's own message, with its status and what Kibana puts before both."""
        if error.response is None:
            return f"Unexpected API Error: {error.code or ''} - {error.message}"
        body, status = error.response.body, error.response.status
        body = body if isinstance(body, dict) else {}
        if told := body.get("error"):
            told = told if isinstance(told, dict) else {}
            name = f"{told['status']}: " if told.get("status") else ""
            return f"API Error: {name}{told.get('message') or ''}"
        message = body.get("message")
        if status == 400 and message == _UNKNOWN_OPERATION:
            return f"API Error: {message}"
        if status == 401:
            return f"Unauthorized API Error{f': {message}' if message else ''}"
        return f"API Error: {axios.status_text(status)}{f' - {message}' if message else ''}"
