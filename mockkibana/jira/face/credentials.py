"""Credentials: who sends a request, and what Jira says to one whom it does not know."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable
from hashlib import sha256
from hmac import compare_digest
from typing import NamedTuple

from mockkibana.http.messages import Answer, Request
from mockkibana.jira.viewer import Viewer

NOT_AUTHENTICATED = "You are not authenticated. Authentication required to perform this operation."
_MUST_AUTHENTICATE = "Client must be authenticated to access this resource."
_OPEN = frozenset({"/rest/api/{version}/serverInfo", "/rest/auth/1/session"})
"""What anonymous callers may ask for."""
_COOKIE = re.compile(r"(?:^|;\s*)JSESSIONID=((?:[0-9a-f]{2})*)\.([0-9a-f]{32})(?:;|$)")
_REASON = "X-Seraph-LoginReason"


class Credentials(NamedTuple):
    """What a request says of its sender: a name and a secret, a token alone, or a session."""

    user: str | None
    secret: str | None
    session: str | None = None


def read(request: Request) -> Credentials | None:
    """Return the credentials of a request; None for none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return Credentials(None, value.strip())
    if scheme.lower() != "basic":
        return _session(request.headers.get("cookie", ""))
    try:
        name, _, secret = b64decode(value).decode("utf-8", "replace").partition(":")
    except ValueError:
        return Credentials(None, "")
    return Credentials(name or None, secret)


def cookie(user: str, secret: str) -> str:
    """Return the value of a session's cookie: the user's name, and a proof of the secret."""
    return f"{user.encode('utf-8', 'replace').hex()}.{_proof(user, secret)}"


def _proof(user: str, secret: str) -> str:
    return sha256(f"{user}:{secret}".encode("utf-8", "replace")).hexdigest()[:32]


def _session(cookies: str) -> Credentials | None:
    found = _COOKIE.search(cookies)
    if found is None:
        return None
    name = bytes.fromhex(found[1]).decode("utf-8", "replace")
    return Credentials(name or None, None, found[2])


def known(users: Iterable[str], given: Credentials) -> str | None:
    """Return the e-mail address of the `email:token` that credentials are; None if they are none.

    A Bearer token names its user, as a personal access token does.
    """
    found = None
    for entry in users:
        email, _, token = entry.partition(":")
        named = given.user is None or given.user.casefold() in (
            email.casefold(),
            email.partition("@")[0].casefold(),
        )
        told, expected = given.secret or "", token
        if given.session is not None:
            told, expected = given.session, _proof(given.user or "", token)
        same = compare_digest(expected.encode(), told.encode("utf-8", "replace"))
        if named and same:
            found = email
    return found


def is_open(pattern: str) -> bool:
    """Tell whether a route answers anonymous callers."""
    return pattern in _OPEN


def refused(viewer: Viewer, given: Credentials | None) -> Answer:
    """Return what Jira says to wrong credentials, or to none."""
    if viewer.flavour == "server" and given is not None:
        page = (
            "<html><head><title>Unauthorized (401)</title></head><body><h1>Unauthorized (401)</h1>"
            "<p>Basic Authentication Failure - Reason : AUTHENTICATED_FAILED</p></body></html>"
        )
        headers = {
            "Content-Type": "text/html;charset=UTF-8",
            "WWW-Authenticate": f'OAuth realm="{viewer.url}"',
            _REASON: "AUTHENTICATED_FAILED",
        }
        return Answer(401, page, headers)
    challenge = {"WWW-Authenticate": f'OAuth realm="{viewer.url}"'}
    if given is None:
        body = {"errorMessages": [NOT_AUTHENTICATED], "errors": {}}
        return Answer(401, body, challenge)
    told = {"message": _MUST_AUTHENTICATE, "status-code": 401}
    return Answer(401, told, {**challenge, _REASON: "AUTHENTICATED_FAILED"})
