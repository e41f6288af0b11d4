"""The mail servers at the other end of `.email`, and Microsoft's API beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from mockkibana.connectors.grants import granted, is_granted
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.breakages import Empty, Garbage, Partial, Reset
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.outbound.outages import always
from mockkibana.outbound.party import Box, Party
from mockkibana.settings import Settings

if TYPE_CHECKING:
    from mockkibana.faults import Effect
    from mockkibana.faults.presets import Preset

_TOKEN_LIFE = 3599  # seconds
_EXPIRED = {
    "error": {
        "code": "InvalidAuthenticationToken",
        "message": "Lifetime validation failed, the token is expired.",
    }
}
_ERRORS = ErrorAnswers(
    {},
    {},
    {
        "421": "421 4.7.0 Try again later, closing connection.",
        "450": "450 4.2.1 The recipient's mailbox is unavailable.",
        "535": "535 5.7.8 Authentication failed",
        "550": "550 5.1.1 Recipient address rejected: User unknown",
        "552": "552 5.3.4 Message size exceeds fixed limit",
        "554": "554 5.7.1 Message rejected",
        "400": {"error": {"code": "ErrorInvalidRequest", "message": "{reason}"}},
        "401": {
            "error": "invalid_client",
            "error_description": "AADSTS7000215: Invalid client secret provided.",
        },
        "403": {"error": {"code": "ErrorAccessDenied", "message": "Access is denied."}},
        "other": "{status} {reason}",
    },
)


class MailServers(Party):
    """Every mail server, and Microsoft's API: they take all mail, and keep none."""

    name = "email"
    wire = "smtp"
    is_limited = False

    @property
    def errors(self) -> ErrorAnswers:
        """The words of a mail server, whose statuses are SMTP's; those of HTTP are Microsoft's."""
        return _ERRORS

    @property
    def presets(self) -> Mapping[str, Callable[[Json], Preset]]:
        """What goes wrong with a mail server, which knows no 429."""
        own = {
            "email-login-rejected": partial(always, self.name, {"status": 535}, method="SMTP"),
            "email-recipient-rejected": partial(always, self.name, {"status": 550}, method="SMTP"),
        }
        others = super().presets.items()
        return {**{name: make for name, make in others if name != "email-rate-limited"}, **own}

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Take a mail (250, of SMTP; 202, of Exchange), or grant a token."""
        if message.method == "SMTP":
            queued = box.ids.bytes("mail", 5).hex().upper()
            return Answer(250, f"250 2.0.0 Ok: queued as {queued}")
        headers = {"content-type": "application/json"}
        if not message.url.endswith("/sendMail"):
            answer = {"token_type": "Bearer", "expires_in": _TOKEN_LIFE}
            return Answer(200, {**answer, "access_token": granted(self, box, _TOKEN_LIFE)}, headers)
        if not is_granted(self, message, box):
            return Answer(401, _EXPIRED, headers)
        return Answer(202, "", headers)

    def unreachable(self, effect: Effect, url: str, settings: Settings) -> Unreachable:
        """Return what nodemailer says of a server that does not speak, or not SMTP."""
        if effect.refused or effect.tls is not None or not url.startswith("smtp"):
            return super().unreachable(effect, url, settings)
        closed = "Connection closed unexpectedly"
        texts: Mapping[type, str] = {
            Reset: axios.RESET[0],
            Empty: closed,
            Partial: closed,
            Garbage: "Invalid greeting",
        }
        return Unreachable(texts.get(type(effect.wire), "Greeting never received"))
