"""A mail server that is really there: hands mails to it, in the words of nodemailer."""

from __future__ import annotations

import smtplib
import socket
from errno import errorcode

from mockkibana.http.messages import Answer
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.settings.installation import Installation

_LONGEST = 1_000_000  # seconds that the operating system waits, which is asked again and again


class Smtp:
    """Hands every mail to the server at `host` and `port`, without TLS.

    It logs in where the mail has an account and the server asks for one.
    """

    def __init__(self, host: str, port: int, installation: Installation) -> None:
        self._host = host
        self._port = port
        self._installation = installation

    def send(self, message: Outbound) -> Answer:
        """Send a mail; the answer has the server's status and text, or its refusal's.

        Where the server takes it for some recipients only, `rejected` names the others. Raises
        `Unreachable`.
        """
        timeout = min(self._installation.settings.response_timeout, _LONGEST)
        try:
            with smtplib.SMTP(self._host, self._port, timeout=timeout) as server:
                return _handed(server, message)
        except smtplib.SMTPRecipientsRefused as refused:
            return _answer(*next(iter(refused.recipients.values())))
        except smtplib.SMTPResponseException as refused:
            return _answer(refused.smtp_code, refused.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            raise self._failure(error) from None

    def _failure(self, error: OSError) -> Unreachable:
        """Return what nodemailer says of a server that cannot be spoken to."""
        if isinstance(error, TimeoutError):
            # Guess: Kibana's own time-outs for mail are nodemailer's, of half a minute and more.
            return Unreachable("Greeting never received", "ETIMEDOUT")
        if isinstance(error, socket.gaierror):
            code = "EAI_AGAIN" if error.errno == socket.EAI_AGAIN else "ENOTFOUND"
            return Unreachable(f"getaddrinfo {code} {self._host}", code)
        if isinstance(error, smtplib.SMTPException) or error.errno is None:
            return Unreachable("Connection closed unexpectedly", "ECONNECTION")
        code = errorcode.get(error.errno, "EIO")
        return Unreachable(f"connect {code} {self._host}:{self._port}", code)


def _handed(server: smtplib.SMTP, message: Outbound) -> Answer:
    mail = message.body
    envelope = mail["envelope"]
    server.ehlo_or_helo_if_needed()
    if message.auth is not None and server.has_extn("auth"):
        server.login(*message.auth)
    code, text = server.mail(envelope["from"])
    if code != 250:
        return _answer(code, text)
    rejected = {}
    for address in envelope["to"]:
        code, text = server.rcpt(address)
        if code not in (250, 251):
            rejected[address] = (code, text)
    if len(rejected) == len(envelope["to"]):
        raise smtplib.SMTPRecipientsRefused(rejected)
    code, text = server.data(mail["raw"].encode("ascii"))
    answer = _answer(code, text)
    if rejected and code == 250:
        return Answer(250, {"response": answer.body, "rejected": [*rejected]})
    return answer


def _answer(code: int, text: bytes | str) -> Answer:
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return Answer(code, f"{code} {told}")
