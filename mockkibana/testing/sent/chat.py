"""Messages that `.slack`, `.slack_api` and `.teams` connectors posted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from mockkibana.testing.sent.delivery import Sent, common, dig, json_of, objects_of, text_of

if TYPE_CHECKING:
    from mockkibana.records import DeliveryRecord


@dataclass(frozen=True, kw_only=True)
class SlackMessage(Sent):
    """A message to Slack; `channel` is empty for an incoming webhook, whose URL says where to."""

    text: str
    blocks: tuple[dict[str, Any], ...] = ()
    channel: str

    @classmethod
    def of(cls, delivery: DeliveryRecord) -> Self | None:
        """Return the message, None for a question such as that for channels."""
        request = delivery["request"]
        is_api = delivery["connector_type_id"] == ".slack_api"
        if is_api and not request["url"].endswith("/chat.postMessage"):
            return None
        body = json_of(request["body"])
        return cls(
            **common(delivery),
            text=text_of(dig(body, "text")),
            blocks=tuple(objects_of(dig(body, "blocks"))),
            channel=text_of(dig(body, "channel")),
        )


@dataclass(frozen=True, kw_only=True)
class TeamsMessage(Sent):
    """A message to Microsoft Teams."""

    text: str

    @classmethod
    def of(cls, delivery: DeliveryRecord) -> Self | None:
        """Return the message."""
        body = json_of(delivery["request"]["body"])
        return cls(**common(delivery), text=text_of(dig(body, "text")))
