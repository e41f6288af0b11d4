"""The `.webhook` connector: sends a text to a URL."""

from __future__ import annotations

from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.http.messages import Answer
from mockkibana.http.urls import is_url
from mockkibana.json import Json, dumps
from mockkibana.outbound import axios
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Sink
from mockkibana.settings import Settings
from mockkibana.validation import Boolean, Literal, Maybe, Nullable, OneOf, RecordOf, Schema, String

_BASIC = "webhook-authentication-basic"
_PFX = "ssl-pfx"
_SCHEMES = (
    "must specify one of the following schemas: user and password; crt and key (with optional "
    "password); or pfx (with optional password)"
)


def _one_of(*values: str | None) -> OneOf:
    return OneOf([Literal(value) for value in values])


class Config(Schema):
    """Where and how to send; `authType` is left out where only `hasAuth` tells of Basic."""

    url = String()
    method = OneOf([Literal("post"), Literal("put")], load_default="post")
    headers = Nullable(RecordOf(String()))
    hasAuth = Boolean(load_default=True)  # noqa: N815 - Kibana's own names, here and below
    authType = Maybe(_one_of(_BASIC, "webhook-authentication-ssl", None))  # noqa: N815
    certType = Maybe(_one_of("ssl-crt-key", _PFX))  # noqa: N815
    ca = Maybe(String())
    verificationMode = Maybe(_one_of("none", "certificate", "full"))  # noqa: N815


class Secrets(Schema):
    """Basic credentials, or a client's certificate."""

    user = Nullable(String())
    password = Nullable(String())
    crt = Nullable(String())
    key = Nullable(String())
    pfx = Nullable(String())


class Params(Schema):
    """The body of the request, sent as it is."""

    body = Maybe(String())


class Receivers(Sink):
    """Whoever listens where webhooks point to."""

    wire = "http"

    def __init__(self) -> None:
        super().__init__("webhook")


class Webhook(ConnectorType):
    """Sends the body of a run to one URL."""

    id = ".webhook"
    config = Config()
    secrets = Secrets()
    params = Params()
    party = Receivers()
    example = {"body": '{"text": "hello, world"}'}  # noqa: RUF012

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse what is no URL, a host that is not allowed, and an authentication that is off."""
        if not is_url(config["url"]):
            text: str | None = "unable to parse url: TypeError: Invalid URL"
        elif (text := refused_url(config["url"], settings)) is not None:
            pass
        elif config.get("authType") and not config["hasAuth"]:
            text = "authType must be null or undefined if hasAuth is false"
        elif config.get("certType") == _PFX and not settings.webhook_ssl_pfx_enabled:
            text = f'certType "{_PFX}" is disabled'
        return text and f"error validation webhook action config: {text}"

    def validate_secrets(self, secrets: Json, settings: Settings) -> str | None:  # noqa: ARG002
        """Refuse secrets that are neither one whole scheme nor none."""
        return refused_secrets(secrets)

    def execute(self, run: Run, params: Json) -> Json:
        """Send the body and return it. Raises `Failed`, as `webhook/index.ts` does."""
        config, body = run.config, params.get("body")
        headers, auth = headers_and_auth(run)
        message = Outbound(
            config["method"].upper(), config["url"], headers, body or None, auth=auth
        )
        try:
            axios.Axios(run.send).request(message)
        except axios.AxiosError as error:
            raise _failed(run, error) from None
        return body


def refused_secrets(secrets: Json) -> str | None:
    """Return why secrets are neither one whole scheme nor none, or None."""
    given = {name for name, value in secrets.items() if value}
    schemes = ({"user", "password"}, {"crt", "key"}, {"pfx"})
    fits = not given or given == schemes[0] or given - {"password"} in schemes[1:]
    return None if fits else _SCHEMES


def headers_and_auth(run: Run) -> tuple[dict[str, str], tuple[str, str] | None]:
    """Return the headers of a config, and the credentials that go before an `Authorization` there.

    Without a type of authentication it is Basic.
    """
    user, password = run.secrets["user"], run.secrets["password"]
    is_basic = run.config["hasAuth"] and run.config.get("authType") in (None, _BASIC)
    auth = (user, password) if is_basic and user is not None and password is not None else None
    headers = {
        name: value
        for name, value in (run.config["headers"] or {}).items()
        if auth is None or name.lower() != "authorization"
    }
    return headers, auth


def _failed(run: Run, error: axios.AxiosError) -> Failed:
    if error.response is None:
        text = f"[{error.code}] {error.message}" if error.code else error.message
        return _logged(run, "request failed", text)
    status = error.response.status
    text = f"[{status}] {axios.status_text(status)}{_suffix(error.response)}"
    if status < 500 and status != 429:
        return _logged(run, "invalid response", text)
    seconds = axios.retry_after(error.response) if status == 429 else None
    if seconds is None:
        return _logged(run, "retry later", text, retry=True)
    at = run.later(seconds)
    return _logged(run, f"retry at {at}", text, retry=at)


def _suffix(response: Answer) -> str:
    message = response.body.get("message") if isinstance(response.body, dict) else None
    if not message:
        return ""
    return f": {message if isinstance(message, str) else dumps(message)}"


def _logged(run: Run, what: str, text: str, *, retry: bool | str | None = None) -> Failed:
    run.log.write("error", f"error on {run.connector_id} webhook event: {text}")
    return Failed(f"error calling webhook, {what}", text, retry)
