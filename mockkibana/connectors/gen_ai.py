"""The `.gen-ai` connector: chat completions of OpenAI, of Azure, and of services like them."""

from __future__ import annotations

import re
from base64 import b64decode

from mockkibana.connectors.ai import (
    DASHBOARD,
    TELEMETRY,
    TIMEOUT,
    AiConnector,
    dashboard,
    default_model,
)
from mockkibana.connectors.openai import OpenAi, parsed
from mockkibana.connectors.sub_action_framework import Service
from mockkibana.json import Json, Record, dumps
from mockkibana.outbound import axios
from mockkibana.outbound.message import Trust
from mockkibana.settings import Settings
from mockkibana.validation import (
    Any,
    ArrayOf,
    Boolean,
    Field,
    Literal,
    Maybe,
    Nullable,
    Number,
    Object,
    OneOf,
    RecordOf,
    Schema,
    String,
    literals,
)

_AZURE, _OPENAI, _OTHER = "Azure OpenAI", "OpenAI", "Other"
_CHAT_URLS = ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1/completions")
_AZURE_CHAT_URL = re.compile(
    r"https://[^./]+\.openai\.azure\.com/openai/deployments/[^/]+/"
    r"(chat/completions|completions|extensions/chat/completions)"
)
_SORRY = (
    "An error occurred sending your message. \n\n"
    "API Error: The response from OpenAI was in an unrecognized format."
)


def _config(provider: str, **more: Field) -> Object:
    return Object(
        {
            "apiProvider": OneOf([Literal(provider)]),
            "apiUrl": String(),
            **more,
            "headers": Maybe(RecordOf(String())),
            "contextWindowLength": Maybe(Number(coerced=True)),
            "temperature": Maybe(Number(coerced=True)),
        }
    )


# elastic/kibana#220146. Guess: later versions of 9.x have newer models than these.
_MODELS = {"8.17": "gpt-4o", "8.19": "gpt-4.1", "9.0": "gpt-4o", "9.1": "gpt-4.1"}
_CONFIG = OneOf(
    [
        # Guess: a model of Azure's came with zod.
        _config(_AZURE, defaultModel=Maybe(String(), since="9.3")),
        _config(
            _OPENAI,
            organizationId=Maybe(String()),
            projectId=Maybe(String()),
            defaultModel=default_model(_MODELS),
        ),
        _config(
            _OTHER,
            defaultModel=String(),
            verificationMode=Maybe(literals("full", "certificate", "none", load_default="full")),
            enableNativeFunctionCalling=Maybe(Boolean()),
        ),
    ]
)
_PEM = ("certificateData", "privateKeyData", "caData")
_SECRETS = OneOf(
    [
        Object({"apiKey": String()}),
        Object({key: Maybe(String(min_length=1)) for key in ("apiKey", *_PEM)}),
    ]
)


class RunBody(Schema):
    """A request as a text of JSON."""

    body = String()
    signal = Maybe(Any())
    timeout = Maybe(Number(coerced=True))
    telemetryMetadata = TELEMETRY  # noqa: N815 - Kibana's own names, here and below


class StreamBody(Schema):
    """The same, and whether the answer is to be a stream."""

    body = String()
    stream = Boolean(load_default=False)
    signal = Maybe(Any())
    timeout = Maybe(Number(coerced=True))
    telemetryMetadata = TELEMETRY  # noqa: N815


_CALL = {"arguments": String(), "name": String()}


class Message(Schema):
    """A message of a chat."""

    role = String()
    content = String()
    name = Maybe(String())
    function_call = Maybe(Object(_CALL))
    tool_calls = Maybe(
        ArrayOf(Object({"id": String(), "function": Object(_CALL), "type": String()}))
    )
    tool_call_id = Maybe(String())


def _open(**fields: Field) -> Object:
    return Object(fields, unknowns="allow")


class Chat(Schema):
    """A chat."""

    messages = ArrayOf(Object(Message()))
    model = Maybe(String())
    tools = Maybe(
        ArrayOf(
            _open(
                type=Literal("function"),
                function=_open(
                    description=Maybe(String()),
                    name=String(),
                    parameters=_open(),
                    strict=Maybe(Boolean()),
                ),
            )
        )
    )
    tool_choice = Maybe(
        OneOf(
            [
                Literal("none"),
                Literal("auto"),
                Literal("required"),
                Object(
                    {"type": Literal("function"), "function": _open(name=String())},
                    unknowns="ignore",
                ),
            ]
        )
    )
    functions = Maybe(
        ArrayOf(
            _open(
                name=String(),
                description=String(),
                parameters=Object(
                    {
                        "type": String(),
                        "properties": _open(),
                        "additionalProperties": Boolean(),
                        "$schema": String(),
                    },
                    unknowns="allow",
                ),
            )
        )
    )
    function_call = Maybe(
        OneOf([Literal("none"), Literal("auto"), Object({"name": String()}, unknowns="ignore")])
    )
    n = Maybe(Number(coerced=True))
    stop = Maybe(Nullable(OneOf([String(), ArrayOf(String())])))
    temperature = Maybe(Number(coerced=True))
    response_format = Maybe(Any())
    signal = Maybe(Any())
    timeout = Maybe(Number(coerced=True))
    telemetryMetadata = TELEMETRY  # noqa: N815


_TOKENS = ("prompt_tokens", "completion_tokens", "total_tokens")
_RESPONSE = Object(
    {
        "id": Maybe(String()),
        "object": Maybe(String()),
        "created": Maybe(Number(coerced=True)),
        "model": Maybe(String()),
        "usage": Object({key: Number(coerced=True) for key in _TOKENS}, unknowns="ignore"),
        "choices": ArrayOf(
            Object(
                {
                    "message": Object(
                        {"role": String(), "content": Maybe(Nullable(String()))}, unknowns="ignore"
                    ),
                    "finish_reason": Maybe(String()),
                    "index": Maybe(Number(coerced=True)),
                },
                unknowns="ignore",
            )
        ),
    },
    unknowns="ignore",
)


def _run(service: Service, params: Json) -> Json:
    return _ask(service, params["body"], params.get("timeout", TIMEOUT), stream=False)


def _stream(service: Service, params: Json) -> Json:
    stream = params.get("stream", False)
    return _ask(service, params["body"], params.get("timeout"), stream=stream)


def _invoke(service: Service, params: Json) -> Json:
    answer = _ask(service, dumps(_chat(params)), params.get("timeout", TIMEOUT), stream=False)
    choices = answer["choices"]
    content = choices[0]["message"].get("content") if choices else None
    text = content.strip() if content else _SORRY
    return {"message": text, "usage": answer["usage"]}


def _invoke_stream(service: Service, params: Json) -> Json:
    return _ask(service, dumps(_chat(params)), params.get("timeout"), stream=True)


def _invoke_iterator(service: Service, params: Json) -> Json:
    _invoke_stream(service, params)
    # What is left of two streams of OpenAI's library when they become JSON.
    return {"consumerStream": {"controller": {}}, "tokenCountStream": {"controller": {}}}


def _chat(params: Json) -> Record:
    kibanas_own = ("signal", "timeout", "telemetryMetadata")
    return {key: value for key, value in params.items() if key not in kibanas_own}


def _ask(service: Service, text: str, timeout: float | None, *, stream: bool) -> Json:
    """Send a request and return the answer: JSON, or the text of a stream.

    Guess: over HTTP, Kibana makes JSON of Node's stream object, which nobody can use.
    """
    config, secrets = service.config, service.secrets
    key = secrets.get("apiKey", "")
    is_azure = config["apiProvider"] == _AZURE
    headers = {
        **config.get("headers", {}),
        "OpenAI-Organization": config.get("organizationId"),
        "OpenAI-Project": config.get("projectId"),
        **({"api-key": key} if is_azure else {"Authorization": f"Bearer {key}"}),
    }
    return service.request(
        "POST",
        config["apiUrl"],
        _with_stream(config, text, stream=stream),
        headers=headers,
        response=Any() if stream else _RESPONSE,
        trust=_trust(config, secrets),
        timeout=timeout,
    )


def _trust(config: Json, secrets: Json) -> Trust:
    """Return what is said of the receiver's certificate; without one of its own Kibana says none.

    (`getPKISSLOverrides` of `lib/other_openai_utils.ts`.)
    """
    if not secrets.get("certificateData"):
        return Trust()
    return Trust(config.get("verificationMode", "full"), bool(secrets.get("caData")))


def _with_stream(config: Json, text: str, *, stream: bool) -> Json:
    """Return a request's body as each provider is sent it; what is no JSON stays as it is."""
    body = parsed(text)
    if not isinstance(body, dict):
        return text
    provider, url = config["apiProvider"], config["apiUrl"]
    streams = (
        provider == _OTHER
        or (provider == _OPENAI and url in _CHAT_URLS)
        or (provider == _AZURE and _AZURE_CHAT_URL.search(url) is not None)
    )
    body = {**body, "stream": stream} if streams else body
    if stream and streams and provider != _OTHER:
        body["stream_options"] = {"include_usage": True}
    # What is no stream of another provider than OpenAI's gets no model (`lib/utils.ts`).
    if not body.get("model") and (provider == _OPENAI or (provider == _OTHER and stream)):
        body = {**body, "model": config["defaultModel"]}
    return body


class GenAi(AiConnector):
    """Does one sub-action a run."""

    id = ".gen-ai"
    action = "OpenAI"
    config = _CONFIG
    secrets = _SECRETS
    party = OpenAi()
    sub_actions = {  # noqa: RUF012
        "run": (RunBody(), _run),
        "test": (RunBody(), _run),
        "stream": (StreamBody(), _stream),
        "getDashboard": (DASHBOARD, dashboard),
        "invokeAI": (Chat(), _invoke),
        "invokeStream": (Chat(), _invoke_stream),
        "invokeAsyncIterator": (Chat(), _invoke_iterator),
    }
    example = {  # noqa: RUF012
        "subAction": "invokeAI",
        "subActionParams": {"messages": [{"role": "user", "content": "Hello world"}]},
    }

    def validate_secrets(self, secrets: Json, settings: Settings) -> str | None:  # noqa: ARG002
        """Refuse secrets without a key, or with half of a certificate."""
        if "certificateData" not in secrets:
            key = secrets.get("apiKey")
            return None if key else "[apiKey]: expected value of type [string] but got [undefined]"
        if "privateKeyData" not in secrets:
            return "Private key data must be provided for PKI"
        kinds = {
            "certificateData": ("CERTIFICATE", "Certificate data"),
            "privateKeyData": ("PRIVATE KEY", "Private key data"),
            "caData": ("CERTIFICATE", "CA certificate data"),
        }
        for key, (label, what) in kinds.items():
            begin = f"-----BEGIN {label}-----"
            if key in secrets and begin.encode() not in _decoded(secrets[key]):
                return (
                    f"Invalid {what} file format: The file must be a PEM-encoded certificate "
                    f'beginning with "{begin}".'
                )
        return None

    def error_text(self, error: axios.AxiosError) -> str:
        """Return OpenAI's own message, with what Kibana puts before it."""
        if error.response is None:
            return f"Unexpected API Error: {error.code or ''} - {error.message}"
        body, status = error.response.body, error.response.status
        told = body.get("error") if isinstance(body, dict) else None
        message = told.get("message", told) if isinstance(told, dict) else told
        suffix = f" - {message if isinstance(message, str) else dumps(message)}" if message else ""
        if status == 401:
            return f"Unauthorized API Error{suffix}"
        return f"API Error: {axios.status_text(status)}{suffix}"


def _decoded(text: str) -> bytes:
    """Return what Node makes of Base64: it passes over what does not belong there."""
    letters = re.sub("[^A-Za-z0-9+/]", "", text.replace("-", "+").replace("_", "/"))
    return b64decode(f"{letters[: len(letters) // 4 * 4]}")
