"""What AI connectors asked models for, and what these completed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote

from mockkibana.json import Json, Malformed, loads
from mockkibana.testing.sent.delivery import Sent, common, dig, json_of, objects_of, text_of

if TYPE_CHECKING:
    from mockkibana.records import DeliveryRecord

TYPES = (".gen-ai", ".bedrock", ".gemini", ".inference")
"""The ids of the connector types that ask models."""

_MODEL = re.compile(r"/(?:model|models|deployments|chat_completion|completion)/(.+?)(?:[/:?]|\Z)")


@dataclass(frozen=True, slots=True)
class Usage:
    """How many tokens a completion took; 0 where the provider did not say."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """All of them."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, kw_only=True)
class Completion(Sent):
    """What a model was asked, and what it said; a stream is put together.

    `prompt` is the last message of the user, `messages` the whole conversation as the provider got
    it, without `system`. `tool_calls` are `{"name", "arguments"}`. A request that failed completed
    nothing.
    """

    prompt: str
    completion: str
    tool_calls: tuple[dict[str, Any], ...] = ()
    usage: Usage
    model: str
    system: str = field(repr=False)
    messages: tuple[dict[str, Any], ...] = field(repr=False)

    @classmethod
    def of(cls, delivery: DeliveryRecord) -> Self | None:
        """Return the completion; None for a request that asks for none, such as an embedding."""
        from mockkibana.connectors.ai import said

        body, url = json_of(delivery["request"]["body"]), delivery["request"]["url"]
        asked = dig(body, "messages") or dig(body, "contents")
        if asked is None and "/_inference/completion/" in url:
            asked = [{"role": "user", "content": dig(body, "input")}]
        if not isinstance(asked, list):
            return None
        told = _Told()
        for event in _events(delivery["response"]["body"]):
            told.hear(event)
        spoken = list(said(asked))
        return cls(
            **common(delivery),
            prompt=next((words for role, words in reversed(spoken) if role == "user"), ""),
            completion="".join(told.texts),
            tool_calls=tuple(map(_call, told.calls.values())),
            usage=Usage(told.prompt_tokens, told.completion_tokens),
            model=text_of(dig(body, "model")) or _model(url),
            system="\n".join(words for _, words in said(_system(body))),
            messages=tuple(objects_of(asked)),
        )


class _Told:
    """What the events of an answer, one or many, come to."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        # By place: the name, and the arguments as a value, or the pieces of their text.
        self.calls: dict[int, tuple[str, Json]] = {}
        self.prompt_tokens = self.completion_tokens = 0

    def hear(self, event: Json) -> None:
        """Take in one event."""
        for choice in objects_of(dig(event, "choices")):
            message = choice.get("message") or choice.get("delta")
            self.texts.append(text_of(dig(message, "content")))
            for call in objects_of(dig(message, "tool_calls")):
                name, arguments = dig(call, "function", "name"), dig(call, "function", "arguments")
                self._call(call.get("index", len(self.calls)), name, arguments)
        for candidate in objects_of(dig(event, "candidates")):
            for part in objects_of(dig(candidate, "content", "parts")):
                self.texts.append(text_of(part.get("text")))
                if made := part.get("functionCall"):
                    self._call(len(self.calls), dig(made, "name"), dig(made, "args"))
        for row in objects_of(dig(event, "completion")):
            self.texts.append(text_of(row.get("result")))
        blocks: list[Json] = [*objects_of(dig(event, "content")), dig(event, "content_block")]
        for place, block in enumerate(blocks):
            self.texts.append(text_of(dig(block, "text")))
            if dig(block, "type") == "tool_use":
                self._call(dig(event, "index") or place, dig(block, "name"), dig(block, "input"))
        self.texts.append(text_of(dig(event, "delta", "text")))
        if (piece := dig(event, "delta", "partial_json")) is not None:
            self._call(dig(event, "index") or 0, None, piece)
        self._hear_turn(event)
        self._count(dig(event, "message", "usage"))
        self._count(dig(event, "usage"))
        self._count(dig(event, "usageMetadata"))
        self._count(dig(event, "metadata", "usage"))

    def _hear_turn(self, event: Json) -> None:
        """Take in what Bedrock's Converse API says: a whole turn, or a block of it."""
        blocks = objects_of(dig(event, "output", "message", "content"))
        for key, inner in (("contentBlockStart", "start"), ("contentBlockDelta", "delta")):
            blocks += objects_of([dig(event, key, inner)])
        for place, block in enumerate(blocks):
            self.texts.append(text_of(block.get("text")))
            if call := block.get("toolUse"):
                at = dig(event, "contentBlockStart") or dig(event, "contentBlockDelta")
                index = dig(at, "contentBlockIndex")
                index = place if index is None else index
                self._call(index, dig(call, "name"), dig(call, "input"))

    def _call(self, place: int, name: Json, arguments: Json) -> None:
        known, before = self.calls.get(place, ("", None))
        if isinstance(arguments, str):
            arguments = (before if isinstance(before, str) else "") + arguments
        self.calls[place] = (text_of(name) or known, arguments if arguments is not None else before)

    def _count(self, usage: Json) -> None:
        for key in ("prompt_tokens", "input_tokens", "inputTokens", "promptTokenCount"):
            self.prompt_tokens = dig(usage, key) or self.prompt_tokens
        for key in ("completion_tokens", "output_tokens", "outputTokens", "candidatesTokenCount"):
            self.completion_tokens = dig(usage, key) or self.completion_tokens


def _call(call: tuple[str, Json]) -> dict[str, Any]:
    name, arguments = call
    value = json_of(arguments)
    return {"name": name, "arguments": value if isinstance(value, dict) else {}}


def _events(answer: Json) -> Iterator[Json]:
    """Iterate over the JSON values of an answer: itself, or the lines of a stream."""
    if not isinstance(answer, str):
        yield answer
        return
    for line in answer.splitlines():
        try:
            yield loads(line.removeprefix("data:"))
        except Malformed:  # `[DONE]`, or no JSON at all
            continue


def _system(body: Json) -> list[Json]:
    """Return what is said before the conversation, as messages; OpenAI has it among these."""
    given = dig(body, "system_instruction") or dig(body, "systemInstruction")
    return [given or {"content": dig(body, "system")}]


def _model(url: str) -> str:
    found = _MODEL.search(url)
    return unquote(found[1]) if found else ""
