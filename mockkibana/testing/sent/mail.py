"""Mails that `.email` connectors sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from mockkibana.testing.sent.delivery import Sent, common, dig, objects_of, text_of, texts_of

if TYPE_CHECKING:
    from mockkibana.records import DeliveryRecord


@dataclass(frozen=True, kw_only=True)
class Mail(Sent):
    """A mail, as it was handed to a mail server, or to Microsoft Exchange.

    `text` is the message with Kibana's footer, `html` what Kibana makes of its Markdown, `mime` the
    whole as it went over the wire. Exchange gets `html` alone.
    """

    subject: str
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    text: str = field(repr=False)
    html: str = field(repr=False)
    mime: str = field(repr=False)
    message_id: str

    @property
    def recipients(self) -> tuple[str, ...]:
        """All to whom it goes."""
        return (*self.to, *self.cc, *self.bcc)

    @classmethod
    def of(cls, delivery: DeliveryRecord) -> Self | None:
        """Return the mail, None for a request for a token."""
        body = delivery["request"]["body"]
        if message := dig(body, "message"):
            return cls(
                **common(delivery),
                subject=text_of(dig(message, "subject")),
                sender=delivery["request"]["url"].split("/")[-2],
                to=_exchange(message, "to"),
                cc=_exchange(message, "cc"),
                bcc=_exchange(message, "bcc"),
                text="",
                html=text_of(dig(message, "body", "content")),
                mime="",
                message_id="",
            )
        if delivery["request"]["method"] != "SMTP":
            return None
        return cls(
            **common(delivery),
            subject=text_of(dig(body, "subject")),
            sender=text_of(dig(body, "from")),
            to=texts_of(dig(body, "to")),
            cc=texts_of(dig(body, "cc")),
            bcc=texts_of(dig(body, "bcc")),
            text=text_of(dig(body, "text")),
            html=text_of(dig(body, "html")),
            mime=text_of(dig(body, "raw")),
            message_id=text_of(dig(body, "message_id")),
        )


def _exchange(message: object, key: str) -> tuple[str, ...]:
    people = objects_of(dig(message, f"{key}Recipients"))
    return tuple(text_of(dig(each, "emailAddress", "address")) for each in people)
