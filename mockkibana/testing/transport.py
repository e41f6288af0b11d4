"""The transport between a handle and a world's faces, wherever the world is."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote, unquote

from mockkibana.errors import MockKibanaError
from mockkibana.json import Json, Malformed, encode

if TYPE_CHECKING:
    from mockkibana.testing.wsgi import Reply

HANDLE_HEADER = "x-mock-handle"
"""Marks what a handle asks: it may do everything, whoever else may.

With `true` neither the journal nor a fault rule sees it, with `seen` they do.
"""

_HINT_HEADER = "x-mock-hint"  # in which a handle is told what was probably meant

Auth: TypeAlias = tuple[str, str] | str
"""Who asks: `(user, password)`, or the value of an Authorization header (`ApiKey ...`)."""

Exchange: TypeAlias = "Callable[[str, str, dict[str, str], bytes], Reply]"
"""Sends a request (method, path with query, headers, body) to a world. May raise `NoAnswer`."""

# The schemes that Elasticsearch and Kibana know.
_AUTHORIZATION = re.compile(r"(?:ApiKey|Basic|Bearer) [!-~]+", re.IGNORECASE)


class Refused(MockKibanaError):
    """A face answered with an error: `status` and `body` are its answer, the text says both.

    `hint` is what was probably meant, or None; the text has it, too.
    """

    def __init__(
        self, method: str, target: str, status: int, body: Json, hint: str | None = None
    ) -> None:
        self.status = status
        self.body = body
        self.hint = hint
        text = f"{method} {target} was answered with {status}: {_message(body)}"
        super().__init__(f"{text} ({hint})" if hint else text)


class NoAnswer(MockKibanaError, ConnectionError):
    """The connection broke before the answer was there, as by a fault rule."""


class Transport:
    """Sends JSON to the faces of one world, and reads what they answer."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def send(
        self,
        method: str,
        target: str,
        body: Json = None,
        *,
        seen: bool = False,
        auth: Auth | None = None,
    ) -> Json:
        """Send JSON to `target`, a path below the world's URL, and return the JSON answer.

        With `seen` the request is one of the tool's own kind: the journal has it, and fault rules
        match it. With `auth` it comes from a user, and is of that kind as well; else from the
        handle, which may do everything. Raises `Refused` for an answer of 400 and above,
        `NoAnswer`, and TypeError or ValueError for what is no `Auth`.
        """
        headers = {"kbn-xsrf": "true", "content-type": "application/json"}
        if auth is None:
            headers[HANDLE_HEADER] = "seen" if seen else "true"
        else:
            headers["authorization"] = authorization(auth)
        reply = self._exchange(method, target, headers, b"" if body is None else encode(body))
        try:
            value = reply.json()
        except Malformed:
            value = reply.body.decode("utf-8", "replace")
        if reply.status >= 400:
            told = (text for name, text in reply.headers if name.lower() == _HINT_HEADER)
            hint = next(map(unquote, told), None)
            raise Refused(method, target, reply.status, value, hint)
        return value


def segment(text: str) -> str:
    """Return a text as one segment of a path."""
    return quote(text, safe="", errors="replace")


def authorization(auth: Auth) -> str:
    """Return the value of the header. Raises TypeError or ValueError for what is no `Auth`."""
    match auth:
        case (str(user), str(password)) if isinstance(auth, tuple):
            credentials = f"{user}:{password}".encode("utf-8", "surrogatepass")
            return f"Basic {b64encode(credentials).decode()}"
        case str(value) if _AUTHORIZATION.fullmatch(value):
            return value
    # What arrived is not repeated: it may well be a secret.
    error = ValueError if isinstance(auth, str) else TypeError
    raise error(
        f"auth is a {type(auth).__name__} that is neither (user, password) nor the value of an "
        "Authorization header such as 'ApiKey ...' or 'Bearer ...'"
    )


def _message(body: Any) -> str:
    if isinstance(body, dict):
        error = body.get("message") or body.get("errorMessages") or body.get("error")
        if isinstance(error, dict):
            error = error.get("reason")
        if error:
            return str(error)
    return str(body) if body else "no text"
