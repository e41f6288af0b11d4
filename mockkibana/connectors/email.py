"""The `.email` connector: sends mail by SMTP, or by the API of Microsoft Exchange."""

from __future__ import annotations

import re

from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.connectors.email_services import kibanas_name, well_known_service
from mockkibana.connectors.mail import Mail, addresses, is_address
from mockkibana.connectors.mail_servers import MailServers
from mockkibana.connectors.mail_transport import FAILED, OTHER, as_json, by_exchange, by_smtp
from mockkibana.connectors.markdown import html_of
from mockkibana.json import Json
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.outbound.message import Unreachable
from mockkibana.settings import Settings
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    ByRelease,
    Maybe,
    Nullable,
    Number,
    Object,
    Schema,
    String,
)
from mockkibana.validation.scalars import utf16_length
from mockkibana.wildcards import wildcard

_JSON, _EXCHANGE = "__json", "exchange_server"
_TEST = "This is a test email from Kibana"
_FOOTER = "\n\n---\n\nThis message was sent by Elastic."
_TEMPLATE = re.compile(r"\{\{.*\}\}", re.DOTALL)


class Config(Schema):
    """The service, or the server, that mail goes to, and the address that it comes from."""

    service = String(load_default=OTHER)
    host = Nullable(String())
    port = Nullable(Number(min=1, max=65535, coerced=True))
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


_LONGEST_ADDRESS = 512
_ADDRESSES = ByRelease(
    {
        "8.17": ArrayOf(String(), load_default=[]),
        "9.2.4": ArrayOf(String(max_length=_LONGEST_ADDRESS), max_size=100, load_default=[]),
    }
)
_LINK = {"path": String(load_default="/"), "text": String(load_default="Go to Elastic")}
_ATTACHMENT = {
    "content": String(),
    "contentType": Maybe(String()),
    "filename": String(),
    "encoding": Maybe(String()),
}


class Params(Schema):
    """A mail; `message` is Markdown."""

    to = _ADDRESSES
    cc = _ADDRESSES
    bcc = _ADDRESSES
    replyTo = Maybe(  # noqa: N815
        ArrayOf(String(max_length=_LONGEST_ADDRESS), max_size=10), since="9.4"
    )
    subject = String()
    message = String()
    messageHTML = Nullable(String())  # noqa: N815
    kibanaFooterLink = Object(  # noqa: N815
        _LINK, load_default={"path": "/", "text": "Go to Elastic"}
    )
    attachments = Maybe(ArrayOf(Object(_ATTACHMENT)))


class Email(ConnectorType):
    """Sends the mail of a run."""

    id = ".email"
    config = Config()
    secrets = Secrets()
    params = Params()
    party = MailServers()
    example = {  # noqa: RUF012
        "to": ["you@example.com"],
        "subject": "hello",
        "message": "hello, **world**",
    }

    def validate_params(self, params: Json, settings: Settings) -> str | None:
        """Refuse a mail to nobody; what holds a template may become an address."""
        if not (everybody := _everybody(params)):
            return settings.release.no_recipients
        texts = [text for text in everybody if not _TEMPLATE.search(text)]
        return _refused("to/cc/bcc", texts, settings)

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse a bad sender, a service that is none, and a host that is not allowed."""
        service, host, enabled = config["service"], config["host"], settings.email_services_enabled
        name = kibanas_name(service)
        if name is not None and not {"*", name} & {*enabled}:
            listed = ",".join(enabled)
            return f'[service]: "{name}" is not in the list of enabled email services: {listed}'
        if (text := _refused("from", [config["from"]], settings, is_sender=True)) is not None:
            return text
        if (url := config["oauthTokenUrl"]) and refused_url(url, settings):
            return (
                f"[oauthTokenUrl]: host name value for '{url}' is not in the allowedHosts "
                "configuration"
            )
        if service == _JSON:
            return None
        if service == _EXCHANGE:
            return _required(config, "clientId", "tenantId")
        any_host = "*" in settings.allowed_hosts
        if service == OTHER:
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
        settings, service = run.settings, run.config["service"]
        text = _refused("to/cc/bcc", _everybody(params), settings) or _refused(
            "from", [run.config["from"]], settings, is_sender=True
        )
        if text is not None:
            raise Failed(text)
        if params["messageHTML"] is not None:
            raise Failed("HTML email can only be sent via notifications")
        if params.get("attachments") is not None:
            raise Failed("Email attachments can only be sent via notifications")
        if service == _JSON:
            return as_json(_mail(run, params))
        if settings.fixed_test_emails:
            params = {**params, "subject": _TEST, "message": _TEST}
        mail = _mail(run, params)
        try:
            return (by_exchange if service == _EXCHANGE else by_smtp)(run, mail)
        except Unreachable as error:
            raise Failed(FAILED, str(error)) from None


def _everybody(params: Json) -> list[str]:
    return [*params["to"], *params["cc"], *params["bcc"]]


def _refused(
    key: str, texts: list[str], settings: Settings, *, is_sender: bool = False
) -> str | None:
    """Return what is wrong with addresses (`validate_email_addresses.ts`), or None."""
    invalid = [text for text in texts if not is_address(text)]
    others = [
        text for text in texts if is_address(text) and not _is_allowed(text, settings, is_sender)
    ]
    found = (("not valid", invalid), ("not allowed", others))
    said = "; ".join(f"{what} emails: {', '.join(wrong)}" for what, wrong in found if wrong)
    return f"[{key}]: {said}" if said else None


def _is_allowed(text: str, settings: Settings, is_sender: bool) -> bool:
    """Tell whether all addresses of a text are of allowed domains, or those of recipients."""
    found = [each.address for each in addresses([text])]
    if (domains := settings.email_domain_allowlist) is not None:
        return all(address.rpartition("@")[2] in domains for address in found)
    patterns = None if is_sender else settings.email_recipient_allowlist
    if patterns is None:
        return True
    return all(any(wildcard(pattern)(address) for pattern in patterns) for address in found)


def _required(config: Json, first: str, second: str) -> str | None:
    missing = [f"[{key}]" for key in (first, second) if config[key] is None]
    return f"{'/'.join(missing)} is required" if missing else None


def _mail(run: Run, params: Json) -> Mail:
    text = f"{_trimmed(run, params['message'])}{_footer(run.settings, params['kibanaFooterLink'])}"
    text = text or "no message set"
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
        params.get("replyTo", ()),
    )


def _trimmed(run: Run, message: str) -> str:
    """Return a message as long as `xpack.actions.email.maximum_body_length` lets it be."""
    most = run.settings.email_maximum_body_length
    length = utf16_length(message)
    if most is None or not message or length < most:
        return message
    run.log.write(
        "warn",
        f'connector "{run.connector_id}" email parameter message length {length} exceeds '
        f"xpack.actions.email.maximum_body_length bytes ({most}) and has been trimmed",
    )
    beginning = message.encode("utf-16-le", "surrogatepass")[: 2 * most]
    return (
        f"Your message's length of {length} exceeded the {most} bytes limit that is set for the "
        f'connector "{run.connector_id}" and was trimmed. You can modify the limit by increasing '
        "the value specified for the xpack.actions.email.maximum_body_length setting.\n\n"
        f"{beginning.decode('utf-16-le', 'surrogatepass')}"
    )


def _footer(settings: Settings, link: Json) -> str:
    """Return what stands below a message: with a link where Kibana knows its own URL."""
    if not settings.enable_footer_in_email:
        return ""
    if settings.public_url is None:
        return _FOOTER
    path = "" if link["path"] == "/" else link["path"]
    return f"{_FOOTER} [{link['text']}]({settings.public_url}{path})."
