"""A mail: its addresses, and its text as MIME."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.generator import BytesGenerator
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, getaddresses
from io import BytesIO

from mockkibana.json import Json, Record

# Nothing is given back (`++`, `*+`), so that no text takes long.
_ATOM = r"[^\x00-\x20\x7f()<>\[\]:;@\\,.\"]++"
_QUOTED = r'"(?:[^"\\\r\n]|\\[^\r\n])*+"'
_DOTTED = rf"{_ATOM}(?:\.{_ATOM})*+"
_ADDRESS = rf"(?:{_DOTTED}|{_QUOTED})@(?:{_DOTTED}|\[[^\[\]\\\r\n]*+\])"
_NAME = rf"(?:[^\x00-\x08\x0a-\x1f\x7f()<>\[\]:;@\\,\"]|{_QUOTED})*+"
_MAILBOX = rf"[ \t]*+(?:{_ADDRESS}|{_NAME}<[ \t]*+{_ADDRESS}[ \t]*+>)[ \t]*+"
_LIST = re.compile(rf"{_MAILBOX}(?:,{_MAILBOX})*+")


def is_address(text: str) -> bool:
    """Tell whether a text is one mail address, or several (RFC 5322, without comments, groups)."""
    return _LIST.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox, and the name of whom it is."""

    name: str
    address: str

    def shown(self) -> Record:
        """Return it as nodemailer tells it."""
        return {"address": self.address, "name": self.name}


def addresses(texts: list[str]) -> list[Address]:
    """Return the mailboxes of texts that are addresses."""
    return [Address(name, address) for name, address in getaddresses(texts) if address]


@dataclass(frozen=True, slots=True)
class Mail:
    """What is sent: `sender`, `to`, `cc`, `bcc`, `reply_to` are addresses as they were written."""

    sender: str
    to: list[str]
    cc: list[str]
    bcc: list[str]
    subject: str
    text: str
    html: str
    message_id: str
    at: datetime
    reply_to: Sequence[str] = ()

    def envelope(self) -> Record:
        """Return who sends it, and everybody who gets it, once each."""
        everybody = addresses([*self.to, *self.cc, *self.bcc])
        to = list(dict.fromkeys(each.address for each in everybody))
        return {"from": next((a.address for a in addresses([self.sender])), ""), "to": to}

    def raw(self) -> str:
        """Return it as MIME, a text and HTML; lines end as on the wire, and bcc is nobody's."""
        charset = Charset("utf-8")
        charset.body_encoding = QP
        boundary = f"--_Part_{self.message_id.strip('<>').partition('@')[0]}"
        message = MIMEMultipart("alternative", boundary)
        headers: list[tuple[str, Json]] = [
            ("From", self.sender),
            ("To", ", ".join(self.to)),
            ("Cc", ", ".join(self.cc)),
            ("Reply-To", ", ".join(self.reply_to)),
            ("Subject", re.sub(r"\r\n|\r|\n", " ", self.subject)),
            ("Message-ID", self.message_id),
            ("Date", format_datetime(self.at)),
        ]
        for name, value in headers:
            if value:
                message[name] = _header(value)
        for subtype, body in (("plain", self.text), ("html", self.html)):
            message.attach(MIMEText(_encodable(body), subtype, charset))  # type: ignore[arg-type]
        buffer = BytesIO()
        policy = compat32.clone(linesep="\r\n")
        BytesGenerator(buffer, mangle_from_=False, policy=policy).flatten(message)
        return buffer.getvalue().decode("ascii", "replace")


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _header(text: str) -> Json:
    from email.header import Header

    text = re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", " ", _encodable(text))
    return text if text.isascii() else Header(text, "utf-8")
