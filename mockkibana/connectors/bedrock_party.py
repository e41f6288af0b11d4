"""Amazon Bedrock at the other end: Claude's messages and conversations, whole and as streams."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from mockkibana.connectors.ai import Completion, Models
from mockkibana.connectors.openai import parsed
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Record, dumps
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box

UNKNOWN_OPERATION = "The requested operation is not recognized by the service."
"""What Bedrock says to a path that is none of its own."""

_HEADERS = {"content-type": "application/json"}
_STREAM_HEADERS = {"content-type": "application/vnd.amazon.eventstream"}
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
        """Answer messages, a conversation, or the prompt that Claude 2 took.

        A stream is lines of its events. Guess: the real one is binary
        (`application/vnd.amazon.eventstream`).
        """
        *_, model, operation = f"/{message.path.split('?')[0]}".split("/")
        body = parsed(message.body)
        if operation not in _OPERATIONS:
            return Answer(400, {"message": UNKNOWN_OPERATION}, _HEADERS)
        if not isinstance(body, dict):
            text = "Malformed input request, please reformat your input and try again."
            return Answer(400, {"message": text}, _HEADERS)
        make, events = _OPERATIONS[operation]
        if make is _message and isinstance(prompt := body.get("prompt"), str):
            said = self.complete([{"role": "user", "content": prompt}], box)
            old = {"completion": said.text, "stop_reason": "stop_sequence", "stop": "\n\nHuman:"}
            return Answer(200, old, _HEADERS)
        completion = self.complete(body.get("messages"), box, body.get("system"))
        answer = make(completion, unquote(model), box)
        if operation.endswith("stream"):
            text = "".join(f"{dumps(event)}\n" for event in events(answer))
            return Answer(200, text, _STREAM_HEADERS)
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


def _turn(completion: Completion, _model: str, box: Box) -> Record:
    """Return what the Converse API does, whatever the model."""
    text = [{"text": completion.text}] if completion.text else []
    calls = [
        {
            "toolUse": {
                "toolUseId": f"tooluse_{box.ids.short('tool-call')}",
                "name": call["name"],
                "input": call["arguments"],
            }
        }
        for call in completion.tool_calls
    ]
    return {
        "metrics": {"latencyMs": 0},
        "output": {"message": {"role": "assistant", "content": [*text, *calls]}},
        "stopReason": "tool_use" if calls else "end_turn",
        "usage": {
            "inputTokens": completion.prompt_tokens,
            "outputTokens": completion.completion_tokens,
            "totalTokens": completion.tokens,
        },
    }


def _turn_events(turn: Record) -> list[Record]:
    message = turn["output"]["message"]
    events: list[Record] = [{"messageStart": {"role": message["role"]}}]
    for index, block in enumerate(message["content"]):
        at, delta = {"contentBlockIndex": index}, block
        if "toolUse" in block:
            call = {**block["toolUse"]}
            delta = {"toolUse": {"input": dumps(call.pop("input"))}}
            events.append({"contentBlockStart": {"start": {"toolUse": call}, **at}})
        events += [{"contentBlockDelta": {"delta": delta, **at}}, {"contentBlockStop": at}]
    told = {key: turn[key] for key in ("metrics", "usage")}
    return [*events, {"messageStop": {"stopReason": turn["stopReason"]}}, {"metadata": told}]


_OPERATIONS: dict[
    str, tuple[Callable[[Completion, str, Box], Record], Callable[[Record], list[Record]]]
] = {
    "invoke": (_message, _events),
    "invoke-with-response-stream": (_message, _events),
    "converse": (_turn, _turn_events),
    "converse-stream": (_turn, _turn_events),
}
