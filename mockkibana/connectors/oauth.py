"""The OAuth tokens that connectors ask for, and keep until they expire."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from mockkibana.connectors.base import Run
from mockkibana.javascript import stringify
from mockkibana.json import Json, Record, dumps
from mockkibana.outbound.axios import Axios, AxiosError
from mockkibana.outbound.message import Outbound

CLIENT_CREDENTIALS = "client_credentials"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

FORM_HEADERS = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
"""The headers of a request for a token."""


class NotGranted(Exception):
    """A server answered something else than 200; the text is what it answered, as JSON."""


def granted_token(run: Run, url: str, form: Mapping[str, str], base: str = "") -> str:
    """Return the connector's token with its type, as a header has it; ask for one if need be.

    The `form` is sent in the order of its names (`request_oauth_token.ts`). Raises `NotGranted`,
    and `AxiosError` where no answer comes.
    """
    if (kept := run.token.get()) is not None:
        return kept
    body = urlencode(sorted(form.items()), quote_via=quote, safe="-_.~", errors="replace")
    try:
        answer = Axios(run.send).request(Outbound("POST", url, FORM_HEADERS, body, base))
    except AxiosError as error:
        if error.response is None:
            raise
        answer = error.response
    if answer.status != 200:
        text = stringify("" if answer.body is None else answer.body)
        run.log.write("warn", f"error thrown getting the access token from {url}: {text}")
        raise NotGranted(text)
    granted = answer.body if isinstance(answer.body, dict) else {}
    token = f"{_text(granted.get('token_type'))} {_text(granted.get('access_token'))}"
    seconds = granted.get("expires_in")
    run.token.keep(token, seconds if isinstance(seconds, int | float) else 0)
    return token


def assertion(claims: Record, key_id: str | None) -> str:
    """Return the JSON Web Token by which a client shows who it is.

    Nobody here signs or checks it, so any text will do as a private key.
    """
    named = {} if key_id is None else {"kid": key_id}
    header = {"alg": "RS256", "typ": "JWT", **named}
    parts = (dumps(header).encode(), dumps(claims).encode(), b"unsigned")
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def _text(value: Json) -> str:
    """Write a member of an object into a text, as JavaScript does."""
    if value is None:
        return "undefined"
    return value if isinstance(value, str) else stringify(value)
