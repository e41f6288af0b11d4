"""What calls people: events of PagerDuty's, and alerts of Opsgenie's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote, urlsplit

from mockkibana.testing.sent.delivery import Sent, common, dig, json_of, text_of, texts_of

if TYPE_CHECKING:
    from mockkibana.records import DeliveryRecord


@dataclass(frozen=True, kw_only=True)
class PagerDutyEvent(Sent):
    """An event; `action` is `trigger`, `acknowledge` or `resolve`.

    `dedup_key` is the one that was sent, or that PagerDuty made. `payload` has the rest of a
    trigger: `component`, `group`, `class`, `custom_details`, `timestamp`.
    """

    action: str
    dedup_key: str
    summary: str
    severity: str
    source: str
    payload: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, delivery: DeliveryRecord) -> Self | None:
        """Return the event."""
        body = json_of(delivery["request"]["body"])
        payload = dig(body, "payload")
        answer = delivery["response"]["body"]
        return cls(
            **common(delivery),
            action=text_of(dig(body, "event_action")),
            dedup_key=text_of(dig(body, "dedup_key")) or text_of(dig(answer, "dedup_key")),
            summary=text_of(dig(payload, "summary")),
            severity=text_of(dig(payload, "severity")),
            source=text_of(dig(payload, "source")),
            payload=payload if isinstance(payload, dict) else {},
        )


@dataclass(frozen=True, kw_only=True)
class Alert(Sent):
    """An alert that was opened or closed; `action` is `create` or `close`.

    What is not sent is empty. `fields` are all that were sent, as Opsgenie names them.
    """

    action: str
    alias: str
    message: str
    priority: str
    tags: tuple[str, ...] = ()
    note: str
    fields: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, delivery: DeliveryRecord) -> Self | None:
        """Return the alert."""
        body = json_of(delivery["request"]["body"])
        parts = urlsplit(delivery["request"]["url"]).path.split("/")
        closes = parts[-1] == "close"
        return cls(
            **common(delivery),
            action="close" if closes else "create",
            alias=unquote(parts[-2]) if closes else text_of(dig(body, "alias")),
            message=text_of(dig(body, "message")),
            priority=text_of(dig(body, "priority")),
            tags=texts_of(dig(body, "tags")),
            note=text_of(dig(body, "note")),
            fields=body if isinstance(body, dict) else {},
        )
