"""How webhooks log in: the keys of config and secrets for it, their checks, and the headers."""

from __future__ import annotations

from collections.abc import Mapping

from mockkibana.connectors.base import Run
from mockkibana.connectors.oauth import CLIENT_CREDENTIALS, NotGranted, granted_token
from mockkibana.javascript import stringify
from mockkibana.json import Json, Malformed, Record, loads
from mockkibana.outbound.axios import AxiosError
from mockkibana.outbound.message import Trust
from mockkibana.validation import (
    Boolean,
    ByRelease,
    Field,
    Literal,
    Maybe,
    Nullable,
    Object,
    OneOf,
    RecordOf,
    Rule,
    String,
    literals,
)

BASIC = "webhook-authentication-basic"
OAUTH = "webhook-oauth2-client-credentials"
PFX = "ssl-pfx"

_OTHERS = (
    "must specify one of the following schemas: user and password; "
    "crt and key (with optional password); "
)
_ALONE = "or pfx (with optional password)"
_AMONG = "pfx (with optional password); or clientSecret (for OAuth2)"
_USER = {"user", "password"}
_CERTIFICATES = ({"crt", "key"}, {"pfx"})
_BESIDE = ("secretHeaders", "secretQueryParams")


def auth_type(default: str | None = BASIC) -> Field:
    """Return the field `authType`, which is left out where only `hasAuth` tells of Basic."""
    types = OneOf(
        [
            Literal(BASIC),
            Literal("webhook-authentication-ssl"),
            Literal(OAUTH, since="9.2"),
            Literal(None),
        ],
        apart=True,
        load_default=default,
    )
    return Maybe(types)


def auth_keys(auth_type_: Field) -> dict[str, Field]:
    """Return the keys of a config that tell how to log in."""
    return {
        "hasAuth": Boolean(load_default=True),
        "authType": auth_type_,
        "certType": Maybe(literals("ssl-crt-key", PFX)),
        "ca": Maybe(String()),
        "verificationMode": Maybe(literals("none", "certificate", "full")),
        "accessTokenUrl": Maybe(String(), since="9.2"),
        "clientId": Maybe(String(), since="9.2"),
        "scope": Maybe(String(), since="9.2"),
        "additionalFields": Maybe(OneOf([String(), Literal(None)]), since="9.2"),
    }


def _one_scheme(text: str) -> Rule:
    def refused(secrets: Json) -> str | None:
        given = {name for name, value in secrets.items() if value and name not in _BESIDE}
        fits = not given or given in (_USER, {"clientSecret"})
        return None if fits or given - {"password"} in _CERTIFICATES else text

    return refused


_SECRETS: Mapping[str, Field] = {
    name: Nullable(String()) for name in ("user", "password", "crt", "key", "pfx")
}
NEWER_SECRETS: Mapping[str, Field] = {
    **_SECRETS,
    "clientSecret": Nullable(String()),
    "secretHeaders": Nullable(RecordOf(String())),
}
"""The keys of secrets since 9.2."""

one_scheme = _one_scheme(_OTHERS + _AMONG)
"""Returns why such secrets are neither one whole scheme nor none, or None."""

SECRETS = ByRelease(
    {
        "8.17": Object(_SECRETS, validate=_one_scheme(_OTHERS + _ALONE)),
        "9.2": Object(NEWER_SECRETS, validate=one_scheme),
    }
)
"""Basic credentials, a client's certificate, or the secret of an OAuth client; one, or none."""


class NotAuthenticated(Exception):
    """No token was granted; the text says why."""


def headers_and_auth(run: Run) -> tuple[dict[str, str], tuple[str, str] | None]:
    """Return the headers of a request, and the credentials that go before an `Authorization` there.

    Without a type of authentication it is Basic; by OAuth the headers have a token, which is asked
    for if need be (`get_axios_config.ts`). Raises `NotAuthenticated`.
    """
    config, secrets = run.config, run.secrets
    headers: dict[str, str] = dict(config["headers"] or {})
    if config.get("authType") == OAUTH:
        return {**headers, "Authorization": _token(run)}, None
    headers |= secrets.get("secretHeaders") or {}
    user, password = secrets["user"], secrets["password"]
    is_basic = config["hasAuth"] and config.get("authType") in (None, BASIC)
    if not is_basic or user is None or password is None:
        return headers, None
    others = {name: value for name, value in headers.items() if name.lower() != "authorization"}
    return others, (user, password)


def _token(run: Run) -> str:
    config, secret = run.config, run.secrets["clientSecret"]
    if not config.get("clientId") or not secret:
        run.log.write(
            "warn", "Missing required fields for requesting OAuth Client Credentials access token"
        )
        raise NotAuthenticated("Unable to retrieve new access token")
    form = {
        "client_id": config["clientId"],
        "client_secret": secret,
        "grant_type": CLIENT_CREDENTIALS,
        **({"scope": config["scope"]} if "scope" in config else {}),
        **{name: _text(value) for name, value in additional_fields(config).items()},
    }
    try:
        return granted_token(run, config["accessTokenUrl"], form)
    except (NotGranted, AxiosError) as error:
        text = f"Unable to retrieve/refresh the access token: {error}"
        raise NotAuthenticated(text) from None


def additional_fields(config: Record) -> Record:
    """Return what a text of JSON adds to a request for a token; of no object, nothing."""
    try:
        fields = loads(config.get("additionalFields") or "", javascript=True)
    except Malformed:
        return {}
    return fields if isinstance(fields, dict) else {}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else stringify(value)


def trust_of(config: Json) -> Trust:
    """Return what a config says of the receiver's certificate."""
    return Trust(config.get("verificationMode"), bool(config.get("ca")))
