"""The `.http` connector: sends any request to a URL, and returns the answer."""

from __future__ import annotations

from urllib.parse import urlencode

from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.connectors.webhook import (
    Receivers,
    failed_call,
    forget_refused,
    refused_auth,
    refused_receiver,
)
from mockkibana.connectors.webhook_auth import (
    NEWER_SECRETS,
    NotAuthenticated,
    auth_keys,
    auth_type,
    headers_and_auth,
    one_scheme,
    trust_of,
)
from mockkibana.http.urls import is_url
from mockkibana.json import Json
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound, Trust
from mockkibana.settings import Settings
from mockkibana.validation import (
    Boolean,
    ByRelease,
    Conditional,
    Field,
    Maybe,
    Nullable,
    Number,
    Object,
    RecordOf,
    Rule,
    String,
    literals,
)

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NO_FIELDS = "additionalFields must be a valid JSON object"
_TEXTS = RecordOf(String())


def _url(text: str) -> Rule:
    return lambda url: None if is_url(url) else text


def _positive(text: str) -> Rule:
    return lambda number: None if number > 0 else text


# What zod 3 and zod 4 say.
_URL: Field = ByRelease(
    {"8.17": String(validate=_url("Invalid url")), "9.4": String(validate=_url("Invalid URL"))}
)
_TIMEOUT: Field = ByRelease(
    {
        "8.17": Number(validate=_positive("Number must be greater than 0")),
        "9.4": Number(validate=_positive("Too small: expected number to be >0")),
    }
)

# Guess: as for a webhook, there is no default of `authType` where `hasAuth` is false.
_CONFIG = Object(
    {
        "url": _URL,
        "headers": Nullable(_TEXTS),
        **auth_keys(Conditional("hasAuth", False, auth_type(None), auth_type())),
    }
)
_PARAMS = Object(
    {
        "url": Maybe(_URL),
        "path": Maybe(String()),
        "method": literals(*_METHODS, load_default="GET"),
        "body": Maybe(String()),
        "query": Maybe(_TEXTS),
        "headers": Maybe(_TEXTS),
        "timeout": Maybe(_TIMEOUT),
        "fetcher": Maybe(
            Object(
                {
                    "skip_ssl_verification": Maybe(Boolean()),
                    "follow_redirects": Maybe(Boolean()),
                    "max_redirects": Maybe(Number()),
                    "keep_alive": Maybe(Boolean()),
                },
                unknowns="ignore",
            )
        ),
    }
)
_SECRETS = ByRelease(
    {
        "8.17": Object(NEWER_SECRETS, validate=one_scheme),
        "9.5": Object(
            {**NEWER_SECRETS, "secretQueryParams": Nullable(_TEXTS)}, validate=one_scheme
        ),
    }
)


class Http(ConnectorType):
    """Sends the request of a run below the URL of the config, and returns what is answered."""

    id = ".http"
    config = _CONFIG
    secrets = _SECRETS
    params = _PARAMS
    party = Receivers("http")
    example = {"method": "GET", "path": "/status"}  # noqa: RUF012

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse a host that is not allowed, and an authentication that is not whole."""
        text = refused_receiver(config["url"], settings)
        text = text or refused_auth(config, settings, _NO_FIELDS)
        return text and f"error validation http action config: {text}"

    def execute(self, run: Run, params: Json) -> Json:
        """Send the request; return status and headers, too. Raises `Failed`."""
        # The URL of the params is never asked for, as the config has one (`http_connector.ts`).
        try:
            headers, auth = headers_and_auth(run)
        except NotAuthenticated as error:
            run.log.write("error", f'ConnectorId "{run.connector_id}": error "{error}"')
            raise Failed("error calling http, request failed", str(error)) from None
        more = params.get("headers", {})
        if any(name.lower() == "authorization" for name in more):
            auth = None
        fetcher = params.get("fetcher", {})
        trust = trust_of(run.config)
        if fetcher.get("skip_ssl_verification"):
            trust = Trust("none", trust.has_authority)
        message = Outbound(
            params["method"],
            _joined(run.config["url"], params.get("path", ""), _query(run, params)),
            {**headers, **more},
            params.get("body") or None,
            auth=auth,
            trust=trust,
            timeout=params.get("timeout", 0) / 1000,
        )
        try:
            answer = axios.Axios(run.send).request(message)
        except axios.AxiosError as error:
            forget_refused(run, error)
            raise failed_call(run, error, "http") from None
        return {
            "status": answer.status,
            "statusText": axios.status_text(answer.status),
            "headers": {name: str(value) for name, value in answer.headers.items()},
            "data": "" if answer.body is None else answer.body,
        }


def _query(run: Run, params: Json) -> dict[str, str]:
    # Guess: a secret goes before a parameter of the run of the same name.
    return {**params.get("query", {}), **(run.secrets.get("secretQueryParams") or {})}


def _joined(url: str, path: str, query: dict[str, str]) -> str:
    """Return a URL with a path and a query string, as `URLSearchParams` writes it."""
    below = path if not path or path.startswith("/") else f"/{path}"
    text = urlencode(query, safe="*", errors="replace").replace("~", "%7E")
    return f"{url.removesuffix('/')}{below}" + (f"?{text}" if text else "")
