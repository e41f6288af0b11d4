"""The request for an OAuth access token, which Kibana checks and mockkibana then refuses."""

from __future__ import annotations

from urllib.parse import urlsplit

from mockkibana.json import Json
from mockkibana.kibana.caller import Caller
from mockkibana.kibana.errors import bad_request
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.settings import Settings
from mockkibana.validation import Conditional, Maybe, Object, String, literals

_JWT = Object(
    {
        "tokenUrl": String(),
        "config": Object(
            {"clientId": String(), "jwtKeyId": String(), "userIdentifierValue": String()}
        ),
        "secrets": Object(
            {
                "clientSecret": String(),
                "privateKey": String(),
                "privateKeyPassword": Maybe(String()),
            }
        ),
    }
)
_CLIENT = Object(
    {
        "tokenUrl": String(),
        "scope": String(),
        "config": Object({"clientId": String(), "tenantId": String()}),
        "secrets": Object({"clientSecret": String()}),
    }
)


TOKEN_REQUEST = Object(
    {"type": literals("jwt", "client"), "options": Conditional("type", "jwt", _JWT, _CLIENT)}
)
"""The body of `POST /internal/actions/connector/_oauth_access_token`."""


def retrieve_access_token(caller: Caller, request: Json, settings: Settings) -> Json:
    """Check privilege and token URL as Kibana does, then refuse: no token server stands behind it.

    Raises `KibanaError` in any case: 403, or 400.
    """
    caller.ensure_connectors("update")
    url = request["options"]["tokenUrl"]
    if text := refused_url(url, settings):
        raise bad_request(text)
    scheme, hostname = _parts(url)
    if not hostname:
        raise bad_request("Token URL must contain hostname")
    if scheme not in ("http", "https"):
        raise bad_request("Token URL must use http or https")
    raise bad_request("Failed to retrieve access token")


def _parts(url: str) -> tuple[str, str | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname
    except ValueError:
        return "", None
