"""OpenAI at the other end: its completions, a shape that many have taken over, and its errors."""

from __future__ import annotations

from collections.abc import Iterator

from mockkibana.connectors.ai import Completion, Models
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Malformed, Record, dumps, loads
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box

_DEFAULT_MODEL = "gpt-4.1"  # of what takes requests without a model


def _error(message: str, code: str | None, type_: str = "invalid_request_error") -> Record:
    return {"error": {"message": message, "type": type_, "param": None, "code": code}}


_BAD_KEY = _error(
    "Incorrect API key provided. You can find your API key at "
    "https://platform.openai.com/account/api-keys.",
    "invalid_api_key",
)
_RATE_LIMITED = _error(
    "Rate limit reached for requests. Please try again in 20s. Visit "
    "https://platform.openai.com/account/rate-limits to learn more.",
    "rate_limit_exceeded",
    "requests",
)


class OpenAi(Models):
    """A service with OpenAI's chat completions, whatever its URL."""

    name = "gen-ai"
    # Guess: the words are OpenAI's and Azure's as people quote them; those with numbers shortened.
    failures = {  # noqa: RUF012
        "rate-limited": {"status": 429, "body": _RATE_LIMITED, "retry_after": 20},
        "context-length": {
            "status": 400,
            "body": _error(
                "This model's maximum context length is 128000 tokens. However, your messages "
                "resulted in 130000 tokens. Please reduce the length of the messages.",
                "context_length_exceeded",
            ),
        },
        "content-filter": {
            "status": 400,
            "body": _error(
                "The response was filtered due to the prompt triggering Azure OpenAI's content "
                "management policy. Please modify your prompt and retry.",
                "content_filter",
            ),
        },
        "bad-key": {"status": 401, "body": _BAD_KEY},
    }

    @property
    def errors(self) -> ErrorAnswers:
        """OpenAI's words, where there are some."""
        other = _error("{reason}", None, "server_error")
        bodies = {"401": _BAD_KEY, "429": _RATE_LIMITED, "other": other}
        return ErrorAnswers({"content-type": "application/json"}, {}, bodies)

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Answer a chat, as a stream where it asks for one."""
        body = parsed(message.body)
        if not isinstance(body, dict):
            text = "We could not parse the JSON body of your request."
            return Answer(400, _error(text, None), {"content-type": "application/json"})
        completion = self.complete(body.get("messages"), box)
        model = body.get("model") or _DEFAULT_MODEL
        if body.get("stream") is True:
            return chat_stream(completion, model, box)
        answer = chat_completion(completion, model, box)
        return Answer(200, answer, {"content-type": "application/json"})


def parsed(text: Json) -> Json:
    """Return the value of a body that may be a text of JSON; None for what is none."""
    if not isinstance(text, str):
        return text
    try:
        return loads(text, javascript=True, allow_proto=True)
    except Malformed:
        return None


def chat_completion(completion: Completion, model: str, box: Box) -> Record:
    """Return the whole completion."""
    return {
        **_head(model, box),
        "object": "chat.completion",
        "usage": _usage(completion),
        "choices": [
            {
                "message": _message(completion, box),
                "finish_reason": _finish_reason(completion),
                "index": 0,
            }
        ],
    }


def chat_stream(completion: Completion, model: str, box: Box) -> Answer:
    """Return the completion as server-sent events."""
    events = [*map(dumps, _chunks(completion, model, box)), "[DONE]"]
    text = "".join(f"data: {event}\n\n" for event in events)
    return Answer(200, text, {"content-type": "text/event-stream"})


def _chunks(completion: Completion, model: str, box: Box) -> Iterator[Record]:
    """Iterate over what is said, why it ends, and the tokens."""
    head = {**_head(model, box), "object": "chat.completion.chunk"}
    delta = _message(completion, box)
    if "tool_calls" in delta:
        delta["tool_calls"] = [
            {"index": index, **call} for index, call in enumerate(delta["tool_calls"])
        ]
    yield {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    end = {"index": 0, "delta": {}, "finish_reason": _finish_reason(completion)}
    yield {**head, "choices": [end]}
    yield {**head, "choices": [], "usage": _usage(completion)}


def _head(model: str, box: Box) -> Record:
    return {
        "id": f"chatcmpl-{box.ids.short('chat-completion')}",
        "created": box.clock.milliseconds() // 1000,
        "model": model,
    }


def _usage(completion: Completion) -> Record:
    return {
        "prompt_tokens": completion.prompt_tokens,
        "completion_tokens": completion.completion_tokens,
        "total_tokens": completion.tokens,
    }


def _message(completion: Completion, box: Box) -> Record:
    message: Record = {"role": "assistant", "content": completion.text or None}
    if completion.tool_calls:
        message["tool_calls"] = [
            {
                "id": f"call_{box.ids.short('tool-call')}",
                "type": "function",
                "function": {"name": call["name"], "arguments": dumps(call["arguments"])},
            }
            for call in completion.tool_calls
        ]
    return message


def _finish_reason(completion: Completion) -> str:
    return "tool_calls" if completion.tool_calls else "stop"
