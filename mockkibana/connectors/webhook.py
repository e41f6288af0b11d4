"""The `.webhook` connector: sends a text to a URL."""

from __future__ import annotations

from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.connectors.oauth import CLIENT_CREDENTIALS
from mockkibana.connectors.webhook_auth import (
    OAUTH,
    PFX,
    SECRETS,
    NotAuthenticated,
    additional_fields,
    auth_keys,
    auth_type,
    headers_and_auth,
    trust_of,
)
from mockkibana.http.messages import Answer
from mockkibana.http.urls import is_url
from mockkibana.json import Json, dumps
from mockkibana.outbound import axios
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Sink
from mockkibana.settings import Settings
from mockkibana.validation import (
    ByRelease,
    Conditional,
    Maybe,
    Nullable,
    Object,
    RecordOf,
    Schema,
    String,
    literals,
)

_CONFIG = Object(
    {
        "url": String(),
        "method": ByRelease(
            {
                "8.17": literals("post", "put", load_default="post"),
                "9.3": literals("post", "put", "patch", "get", "delete", load_default="post"),
            }
        ),
        "headers": Nullable(RecordOf(String())),
        **auth_keys(Conditional("hasAuth", False, auth_type(None), auth_type())),
    }
)
_GRANT = f"grant_type={CLIENT_CREDENTIALS}"
_NO_FIELDS = "additionalFields must be a non-empty JSON object."
_WITHOUT_BODY = ("get", "delete")


class Params(Schema):
    """The body of the request, sent as it is."""

    body = Maybe(String())


class Receivers(Sink):
    """Whoever listens where webhooks point to, and the OAuth servers that let them in."""

    wire = "http"

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Take whatever comes; grant a token to whom asks for one."""
        if not isinstance(message.body, str) or _GRANT not in message.body:
            return super().receive(message, box)
        token = box.ids.short("webhook-token")
        granted = {"token_type": "Bearer", "expires_in": 3600, "access_token": token}
        return Answer(200, granted, {"content-type": "application/json"})


class Webhook(ConnectorType):
    """Sends the body of a run to one URL."""

    id = ".webhook"
    config = _CONFIG
    secrets = SECRETS
    params = Params()
    party = Receivers("webhook")
    example = {"body": '{"text": "hello, world"}'}  # noqa: RUF012

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse what is no URL, a host that is not allowed, and an authentication that is off."""
        text = (
            refused_receiver(config["url"], settings)
            or refused_auth(config, settings, _NO_FIELDS)
            or _refused_token_url(config, settings)
        )
        return text and f"error validation webhook action config: {text}"

    def execute(self, run: Run, params: Json) -> Json:
        """Send the body and return it. Raises `Failed`, as `webhook/index.ts` does."""
        config, body = run.config, params.get("body")
        try:
            headers, auth = headers_and_auth(run)
        except NotAuthenticated as error:
            run.log.write("error", f'ConnectorId "{run.connector_id}": error "{error}"')
            raise Failed("error calling webhook, request failed", str(error)) from None
        sent = None if config["method"] in _WITHOUT_BODY else body or None
        method, trust = config["method"].upper(), trust_of(config)
        message = Outbound(method, config["url"], headers, sent, auth=auth, trust=trust)
        try:
            axios.Axios(run.send).request(message)
        except axios.AxiosError as error:
            forget_refused(run, error)
            raise failed_call(run, error, "webhook") from None
        return body


def refused_receiver(url: str, settings: Settings) -> str | None:
    """Return why a webhook cannot point there, or None."""
    if not is_url(url):
        return "unable to parse url: TypeError: Invalid URL"
    return refused_url(url, settings)


def refused_auth(config: Json, settings: Settings, no_fields: str) -> str | None:
    """Return why nobody can log in so, or None; `no_fields` words fields that are no object."""
    if config.get("authType") and not config["hasAuth"]:
        return "authType must be null or undefined if hasAuth is false"
    if config.get("certType") == PFX and not settings.webhook_ssl_pfx_enabled:
        return f'certType "{PFX}" is disabled'
    if config.get("additionalFields") and not additional_fields(config):
        return no_fields
    if config.get("authType") != OAUTH:
        return None
    needed = {
        "accessTokenUrl": "Access Token URL (accessTokenUrl)",
        "clientId": "Client ID (clientId)",
    }
    missing = [text for name, text in needed.items() if not config.get(name)]
    return f"missing {', '.join(missing)} fields" if missing else None


def _refused_token_url(config: Json, settings: Settings) -> str | None:
    if config.get("authType") != OAUTH or not settings.release.checks_token_urls:
        return None
    return refused_receiver(config["accessTokenUrl"], settings)


def forget_refused(run: Run, error: axios.AxiosError) -> None:
    """Forget a token that may be the reason of a failure."""
    status = 0 if error.response is None else error.response.status
    if run.config.get("authType") == OAUTH and 400 <= status < 500:
        run.token.forget()


def failed_call(run: Run, error: axios.AxiosError, name: str) -> Failed:
    """Return the failure that came of a request; `name` is what Kibana calls it by in texts."""

    def logged(what: str, text: str, retry: bool | str | None = None) -> Failed:
        run.log.write("error", f"error on {run.connector_id} {name} event: {text}")
        return Failed(f"error calling {name}, {what}", text, retry)

    if error.response is None:
        text = f"[{error.code}] {error.message}" if error.code else error.message
        return logged("request failed", text)
    status = error.response.status
    text = f"[{status}] {axios.status_text(status)}{_suffix(error.response)}"
    if status < 500 and status != 429:
        return logged("invalid response", text)
    seconds = axios.retry_after(error.response) if status == 429 else None
    if seconds is None:
        return logged("retry later", text, retry=True)
    at = run.later(seconds)
    return logged(f"retry at {at}", text, retry=at)


def _suffix(response: Answer) -> str:
    message = response.body.get("message") if isinstance(response.body, dict) else None
    if not message:
        return ""
    return f": {message if isinstance(message, str) else dumps(message)}"
