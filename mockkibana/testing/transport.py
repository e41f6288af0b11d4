"""The transport between a handle and a world's faces: the app in this process, or HTTP."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from mockkibana.http.wire_faults import WireFault
from mockkibana.json import Json, Malformed, encode
from mockkibana.testing.wsgi import App, Reply, call

if TYPE_CHECKING:
    import requests

HANDLE_HEADER = "x-mock-handle"
"""Marks what a handle asks: it may do everything, whoever else may.

With `true` neither the journal nor a fault rule sees it, with `seen` they do.
"""

Auth: TypeAlias = tuple[str, str] | str
"""Who asks: `(user, password)`, or the value of an Authorization header (`ApiKey ...`)."""

_TIMEOUT = 60.0
# The schemes that Elasticsearch and Kibana know.
_AUTHORIZATION = re.compile(r"(?:ApiKey|Basic|Bearer) [!-~]+", re.IGNORECASE)


class Refused(Exception):
    """A face answered with an error: `status` and `body` are its answer, the text says both."""

    def __init__(self, method: str, target: str, status: int, body: Json) -> None:
        self.status = status
        self.body = body
        super().__init__(f"{method} {target} was answered with {status}: {_message(body)}")


class NoAnswer(ConnectionError):
    """A fault rule broke the connection, or nothing answers."""


class Transport(Protocol):
    """Sends requests to the faces of one world."""

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
        bend it. With `auth` it comes from a user, and is of that kind as well; else from the
        handle, which may do everything. Raises `Refused` for an answer of 400 and above,
        `NoAnswer`, and TypeError or ValueError for what is no `Auth`.
        """


class InProcess:
    """Calls the app, without a socket; `url` is the address that answers speak of."""

    def __init__(self, app: App, url: str) -> None:
        self.app = app
        self.url = url

    def send(
        self,
        method: str,
        target: str,
        body: Json = None,
        *,
        seen: bool = False,
        auth: Auth | None = None,
    ) -> Json:
        """Send a request, as `Transport` says."""
        data = b"" if body is None else encode(body)
        headers = _headers(seen, auth).items()
        try:
            reply = call(self.app, self.url, method, target, headers, data)
        except WireFault as raised:
            raise NoAnswer(f"{method} {target}: {raised.breakage}") from None
        return _read(method, target, reply)


class OverHttp:
    """Sends requests to a server; `url` is the base of the world."""

    def __init__(self, session: requests.Session, url: str) -> None:
        self._session = session
        self.url = url

    def send(
        self,
        method: str,
        target: str,
        body: Json = None,
        *,
        seen: bool = False,
        auth: Auth | None = None,
    ) -> Json:
        """Send a request, as `Transport` says."""
        from requests import RequestException

        try:
            response = self._session.request(
                method,
                self.url + target,
                data=None if body is None else encode(body),
                headers=_headers(seen, auth),
                timeout=_TIMEOUT,
            )
        except RequestException as error:
            raise NoAnswer(f"{method} {target}: {error}") from None
        headers = list(response.headers.items())
        return _read(
            method,
            target,
            Reply(response.status_code, response.reason, headers, response.content),
        )


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


def _headers(seen: bool, auth: Auth | None) -> dict[str, str]:
    headers = {"kbn-xsrf": "true", "content-type": "application/json"}
    if auth is not None:
        return {**headers, "authorization": authorization(auth)}
    return {**headers, HANDLE_HEADER: "seen" if seen else "true"}


def _read(method: str, target: str, reply: Reply) -> Json:
    try:
        value = reply.json()
    except Malformed:
        value = reply.body.decode("utf-8", "replace")
    if reply.status >= 400:
        raise Refused(method, target, reply.status, value)
    return value


def _message(body: Any) -> str:
    if isinstance(body, dict):
        error = body.get("message") or body.get("errorMessages") or body.get("error")
        if isinstance(error, dict):
            error = error.get("reason")
        if error:
            return str(error)
    return str(body) if body else "no text"
