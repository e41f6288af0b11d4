"""The outbox of a handle's world: what runs sent to third parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockkibana.control.plane import ControlPlane
    from mockkibana.json import Record
    from mockkibana.records import DeliveryRecord


class AiReplies:
    """What the providers of a world's AI connectors are to say."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def reply(
        self,
        text: str = "",
        *,
        tool_calls: Sequence[Mapping[str, object]] = (),
        usage: Mapping[str, int] | None = None,
        prompt: str | None = None,
        connector_type: str | None = None,
    ) -> None:
        """Script one completion; each is used once, in order, those for a `prompt` first.

        `prompt` is what the last message of the user has to be, in which `*` stands for any
        characters; `tool_calls` are `{"name": ..., "arguments": {...}}`; `usage` has
        `prompt_tokens` and `completion_tokens`, which are counted words where it does not.
        """
        given = {"text": text, "prompt": prompt, "connector_type": connector_type}
        reply: Record = {key: value for key, value in given.items() if value is not None}
        if tool_calls:
            reply["tool_calls"] = [dict(call) for call in tool_calls]
        if usage is not None:
            reply["usage"] = dict(usage)
        self._plane.ai_reply(reply)


class OutboxView:
    """The deliveries of a world, read afresh at every call; `ai` scripts AI providers."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self.ai = AiReplies(plane)

    def deliveries(
        self,
        type: str | None = None,
        *,
        connector: str | None = None,
        space: str | None = None,
    ) -> list[DeliveryRecord]:
        """Return what was sent, oldest first; by connectors of a type, by one, or from a space.

        Each is a `mockkibana.records.DeliveryRecord`.
        """
        return self._plane.outbox(type=type, connector=connector, space=space)

    def clear(self) -> None:
        """Forget every delivery."""
        self._plane.clear_outbox()
