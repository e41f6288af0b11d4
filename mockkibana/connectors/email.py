"""The `.email` connector: sends mail by SMTP, or by the API of Microsoft Exchange."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.connectors.email_services import well_known_service
from mockkibana.connectors.mail import Mail, addresses, is_address
from mockkibana.connectors.markdown import html_of
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.breakages import Empty, Garbage, Partial, Reset
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Record, dumps
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.outbound.outages import always
from mockkibana.outbound.party import Box, Party
from mockkibana.settings import Settings
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    Maybe,
    Nullable,
    Number,
    Object,
    Schema,
    String,
)

if TYPE_CHECKING:
    from mockkibana.faults import Effect
    from mockkibana.faults.presets import Preset

_JSON, _EXCHANGE, _OTHER = "__json", "exchange_server", "other"
_LOGIN = "https://login.microsoftonline.com"
_GRAPH = "https://graph.microsoft.com/v1.0"
_FAILED = "error sending email"
_FOOTER = "\n\n---\n\nThis message was sent by Elastic."
_EHLO = ["PIPELINING", "8BITMIME", "AUTH PLAIN LOGIN"]

# What nodemailer puts before an answer, by where in the conversation a server gives it.
_LOGINS = (454, 530, 534, 535)
_RECIPIENTS = (450, 451, 550, 551, 553)
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
        "401": {"error": "invalid_client"},
        "other": "{status} {reason}",
    },
)


class MailServers(Party):
    """Every mail server, and Microsoft's API: they take all mail, and keep none."""

    name = "email"

    @property
    def errors(self) -> ErrorAnswers:
        """The words of a mail server, whose statuses are SMTP's."""
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
        if message.url.endswith("/token"):
            token = box.ids.short("mail-token")
            granted = {"token_type": "Bearer", "expires_in": 3599, "access_token": token}
            return Answer(200, granted, headers)
        return Answer(202, "", headers)

    def unreachable(self, effect: Effect, url: str, settings: Settings) -> Unreachable:
        """Return what nodemailer says of a server that does not speak, or not SMTP."""
        if effect.refused or effect.tls is not None or url.startswith("https:"):
            return super().unreachable(effect, url, settings)
        closed = "Connection closed unexpectedly"
        texts: Mapping[type, str] = {
            Reset: axios.RESET[0],
            Empty: closed,
            Partial: closed,
            Garbage: "Invalid greeting",
        }
        return Unreachable(texts.get(type(effect.wire), "Greeting never received"))


class Config(Schema):
    """The service, or the server, that mail goes to, and the address that it comes from."""

    service = String(load_default=_OTHER)
    host = Nullable(String())
    port = Nullable(Number(min=1, max=65535))
    secure = Nullable(Boolean())
    from_ = String(data_key="from")
    hasAuth = Boolean(load_default=True)  # noqa: N815 - Kibana's own names, here and below
    tenantId = Nullable(String())  # noqa: N815
    clientId = Nullable(String())  # noqa: N815
    oauthTokenUrl = Nullable(String())  # noqa: N815


class Secrets(Schema):
    """The account on the server, or the application's secret in Exchange."""

    user = Nullable(String())
    password = Nullable(String())
    clientSecret = Nullable(String())  # noqa: N815


def _recipients(params: Json) -> str | None:
    """Refuse a mail to nobody; what holds a template may become an address."""
    everybody = [*params["to"], *params["cc"], *params["bcc"]]
    if not everybody:
        return "no [to], [cc], or [bcc] entries"
    return _not_valid("to/cc/bcc", [text for text in everybody if "{{" not in text])


def _not_valid(key: str, texts: list[str]) -> str | None:
    wrong = [text for text in texts if not is_address(text)]
    return f"[{key}]: not valid emails: {', '.join(wrong)}" if wrong else None


_ADDRESSES = ArrayOf(String(), load_default=[])
_LINK = {"path": String(load_default="/"), "text": String(load_default="Go to Elastic")}
_ATTACHMENT = {
    "content": String(),
    "contentType": Maybe(String()),
    "filename": String(),
    "encoding": Maybe(String()),
}
_PARAMS = Object(
    {
        "to": _ADDRESSES,
        "cc": _ADDRESSES,
        "bcc": _ADDRESSES,
        "subject": String(),
        "message": String(),
        "messageHTML": Nullable(String()),
        "kibanaFooterLink": Object(_LINK),
        "attachments": Maybe(ArrayOf(Object(_ATTACHMENT))),
    },
    validate=_recipients,
)


class Email(ConnectorType):
    """Sends the mail of a run."""

    id = ".email"
    config = Config()
    secrets = Secrets()
    params = _PARAMS
    party = MailServers()
    example = {  # noqa: RUF012
        "to": ["you@example.com"],
        "subject": "hello",
        "message": "hello, **world**",
    }

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse a bad sender, a service that is none, and a host that is not allowed."""
        if (text := _not_valid("from", [config["from"]])) is not None:
            return text
        service, host = config["service"], config["host"]
        if service == _JSON:
            return None
        if service == _EXCHANGE:
            return _required(config, "clientId", "tenantId")
        any_host = "*" in settings.allowed_hosts
        if service == _OTHER:
            if (text := _required(config, "host", "port")) is not None:
                return text
            what = f"[host] value '{host}' is"
        else:
            host = well_known_service(service).get("host")
            if host is None:
                return f"[service] value '{service}' is not valid"
            what = f"[service] value '{service}' resolves to host '{host}' which is"
        if any_host or host in settings.allowed_hosts:
            return None
        return f"{what} not in the allowedHosts configuration"

    def validate_connector(self, config: Json, secrets: Json) -> str | None:
        """Refuse a login without its user or its password, and Exchange without its secret."""
        if config.get("service") == _EXCHANGE:
            needed: tuple[str, ...] = ("clientSecret",)
        else:
            needed = ("user", "password") if config.get("hasAuth") else ()
        missing = (key for key in needed if secrets.get(key) is None)
        key = next(missing, None)
        return key and f"[{key}] is required"

    def execute(self, run: Run, params: Json) -> Json:
        """Send the mail and return what the mail library does. Raises `Failed`."""
        everybody = [*params["to"], *params["cc"], *params["bcc"]]
        if (text := _not_valid("to/cc/bcc", everybody)) is not None:
            raise Failed(text)
        if params["messageHTML"] is not None:
            raise Failed("HTML email can only be sent via notifications")
        if params.get("attachments") is not None:
            raise Failed("Email attachments can only be sent via notifications")
        mail = _mail(run, params)
        try:
            if run.config["service"] == _JSON:
                return _as_json(mail)
            if run.config["service"] == _EXCHANGE:
                return _by_exchange(run, mail)
            return _by_smtp(run, mail)
        except Unreachable as error:
            raise Failed(_FAILED, str(error)) from None


def _required(config: Json, first: str, second: str) -> str | None:
    missing = [f"[{key}]" for key in (first, second) if config[key] is None]
    return f"{'/'.join(missing)} is required" if missing else None


def _mail(run: Run, params: Json) -> Mail:
    # Without `server.publicBaseUrl` the footer has no link.
    text = f"{params['message']}{_FOOTER}"
    sender = run.config["from"]
    domain = addresses([sender])[0].address.rpartition("@")[2]
    # Guess: of nodemailer's; a name that is this mail's, and the same for the same run of a test.
    id_ = run.ids.uuid("mail")
    return Mail(
        sender,
        params["to"],
        params["cc"],
        params["bcc"],
        params["subject"],
        text,
        html_of(text),
        f"<{id_}@{domain}>",
        run.clock.now(),
    )


def _as_json(mail: Mail) -> Json:
    """Return what nodemailer does when it makes JSON of a mail, and sends none."""
    people = {
        key: [each.shown() for each in addresses(texts)] or None
        for key, texts in (("to", mail.to), ("cc", mail.cc), ("bcc", mail.bcc))
    }
    message = {
        "from": addresses([mail.sender])[0].shown(),
        **people,
        "subject": mail.subject,
        "html": mail.html,
        "text": mail.text,
        "headers": {},
        "messageId": mail.message_id,
    }
    return {"envelope": mail.envelope(), "messageId": mail.message_id, "message": message}


def _by_smtp(run: Run, mail: Mail) -> Json:
    raw = mail.raw()
    body = {
        "subject": mail.subject,
        "from": mail.sender,
        "to": mail.to,
        "cc": mail.cc,
        "bcc": mail.bcc,
        "text": mail.text,
        "html": mail.html,
        "message_id": mail.message_id,
        "raw": raw,
    }
    # Guess: how a login is shown of a protocol that has no headers.
    auth = None
    if run.config["hasAuth"] and run.secrets["user"] is not None:
        auth = (run.secrets["user"], run.secrets["password"] or "")
    answer = run.send(Outbound("SMTP", _server(run.config), body=body, auth=auth))
    text = answer.body if isinstance(answer.body, str) else dumps(answer.body)
    if answer.status >= 300:
        raise Failed(_FAILED, f"{_when(answer.status)}: {text}")
    envelope = mail.envelope()
    return {
        "accepted": envelope["to"],
        "rejected": [],
        "ehlo": _EHLO,
        "envelopeTime": 0,
        "messageTime": 0,
        "messageSize": len(raw),
        "response": text,
        "envelope": envelope,
        "messageId": mail.message_id,
    }


def _server(config: Json) -> str:
    """Return the URL of the mail server; a secure port is 465, another 587, as nodemailer says."""
    if config["service"] == _OTHER:
        host, port, secure = config["host"], config["port"], config["secure"]
        secure = port == 465 if secure is None else secure
    else:
        known = well_known_service(config["service"])
        host, secure = known["host"], known.get("secure", False)
        port = known.get("port", 465 if secure else 587)
    return f"{'smtps' if secure else 'smtp'}://{host}:{port}"


def _when(status: int) -> str:
    if status in _LOGINS:
        return "Invalid login"
    if status in _RECIPIENTS:
        return "Can't send mail - all recipients were rejected"
    return "Invalid greeting. response=421" if status == 421 else "Message failed"


def _by_exchange(run: Run, mail: Mail) -> Json:
    token = run.token.get() or _token(run)
    url = f"{_GRAPH}/users/{mail.envelope()['from']}/sendMail"
    headers = {"Content-Type": "application/json", "Authorization": token}
    answer = run.send(Outbound("POST", url, headers, _graph(mail), _GRAPH))
    if answer.status != 202:
        text = dumps(answer.body)
        run.log.write(
            "warn", f"error thrown sending Microsoft Exchange email for clientID: {url}: {text}"
        )
        raise Failed(_FAILED, text)
    return answer.body


def _graph(mail: Mail) -> Record:
    """Return a mail as Microsoft's Graph takes it (`send_email_graph_api.ts`)."""
    recipients = {
        f"{key}Recipients": [{"emailAddress": {"address": text}} for text in texts]
        for key, texts in (("to", mail.to), ("cc", mail.cc), ("bcc", mail.bcc))
    }
    body = {"contentType": "HTML", "content": mail.html}
    return {"message": {"subject": mail.subject, "body": body, **recipients}}


def _token(run: Run) -> str:
    """Ask for a token, and keep it."""
    config = run.config
    url = config["oauthTokenUrl"] or (
        f"{_LOGIN}/{quote(config['tenantId'], safe='')}/oauth2/v2.0/token"
    )
    form = urlencode(
        {
            "client_id": config["clientId"],
            "client_secret": run.secrets["clientSecret"],
            "grant_type": "client_credentials",
            "scope": "https://graph.microsoft.com/.default",
        }
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = run.send(Outbound("POST", url, headers, form))
    granted = answer.body if answer.status < 300 and isinstance(answer.body, dict) else {}
    if not granted.get("access_token"):
        text = f"Unable to retrieve access token for connectorId: {run.connector_id}"
        raise Failed(_FAILED, text)
    token = f"{granted.get('token_type', 'Bearer')} {granted['access_token']}"
    seconds = granted.get("expires_in")
    run.token.keep(token, seconds if isinstance(seconds, int | float) else 0)
    return token
