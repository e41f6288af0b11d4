"""Who may use the control plane: nobody whom a foreign page, a foreign name or a network sent."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from mockkibana.http.messages import Answer
from mockkibana.kibana.inbound import INBOUND

_AUTHORITY = re.compile(r"(\[[^\[\]@]+\]|[^\[\]:@/\s]+)(?::\d*)?")
_NAME_IT = "name it with --allow-host or --public-url."
_OPTION = "--token (MOCKKIBANA_TOKEN)"
_CHALLENGE = {"www-authenticate": 'Basic realm="mockkibana: the token is the password"'}


@dataclass(frozen=True, slots=True)
class ControlAccess:
    """What a listener asks of those who want to control its worlds.

    `token` lets its sender do everything; an empty one is none. `allow_hosts` are the names, beside
    loopback's, under which the server may be addressed. `loopback` tells whether only this machine
    can connect.
    """

    token: str | None = None
    allow_hosts: tuple[str, ...] = ()
    loopback: bool = True


def access_of(environ: Mapping[str, Any]) -> ControlAccess:
    """Return what the listener of a request asks for.

    Where nobody said, as under another server, the address of the client tells.
    """
    return environ[INBOUND].access or _access_from(environ)


def _access_from(environ: Mapping[str, Any]) -> ControlAccess:
    address = environ.get("REMOTE_ADDR")
    return ControlAccess(loopback=not address or _is_loopback(address))


def refusal(environ: Mapping[str, Any]) -> Answer | None:
    """Return what is answered to a request that is refused, in a view's environment, or None."""
    return check(environ, access_of(environ), environ[INBOUND].settings.public_url)


def check(
    environ: Mapping[str, Any], access: ControlAccess, public_url: str | None
) -> Answer | None:
    """Return the refusal of a request, a 403 or 401 whose body is a text, or None."""
    if access.loopback or sends_token(environ, access):
        return check_sender(environ, access, public_url)
    return _refusal(
        environ, access, "The server listens beyond loopback, where anybody could control it."
    )


def check_sender(
    environ: Mapping[str, Any], access: ControlAccess | None, public_url: str | None
) -> Answer | None:
    """Return the refusal of what a foreign page sent, as `check` does, or None.

    A page in the user's browser can send requests to this machine, and can have a name of its own
    lead here (DNS rebinding): `Origin`, `Sec-Fetch-Site` and `Host` tell, and no page forges them.
    """
    access = access or _access_from(environ)
    if sends_token(environ, access) or not (reason := _suspicion(environ, access, public_url)):
        return None
    return _refusal(environ, access, reason)


def _refusal(environ: Mapping[str, Any], access: ControlAccess, reason: str) -> Answer:
    message = (
        f"{reason} {_advice(environ, access, reason)}: "
        "as 'Authorization: Bearer TOKEN', or in a browser as the password."
    )
    if access.token and "text/html" in environ.get("HTTP_ACCEPT", ""):
        # Only who reads pages is asked for a password.
        return Answer(401, message, _CHALLENGE)
    return Answer(403, message)


def _advice(environ: Mapping[str, Any], access: ControlAccess, reason: str) -> str:
    if not access.token:
        start = "Or start" if reason.endswith(_NAME_IT) else "Start"
        return f"{start} the server with {_OPTION}, and send that token"
    if "HTTP_AUTHORIZATION" in environ:
        return f"The token that arrived is not the server's, so send the one of {_OPTION}"
    return f"Send the token of {_OPTION}"


def sends_token(environ: Mapping[str, Any], access: ControlAccess) -> bool:
    """Tell whether a token is configured and the request carries it."""
    if not access.token:
        return False
    scheme, _, value = environ.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer":
        sent = value.encode("latin-1", "replace")
    elif scheme.lower() == "basic":
        try:
            sent = b64decode(value, validate=True).partition(b":")[2]
        except (BadBase64, ValueError):
            return False
    else:
        return False
    return compare_digest(sent, access.token.encode())


def _suspicion(
    environ: Mapping[str, Any], access: ControlAccess, public_url: str | None
) -> str | None:
    host = environ.get("HTTP_HOST")
    # Beyond loopback the server does not know all its names.
    if access.loopback and host is not None and not _is_ours(host, access, public_url):
        return (
            f"The Host {host!r} is neither loopback nor a name that this server was given: "
            + _NAME_IT
        )
    if environ.get("HTTP_SEC_FETCH_SITE", "").strip().lower() == "cross-site":
        return "A page of another site sent this (Sec-Fetch-Site: cross-site)."
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and not _is_own_origin(origin, host, public_url):
        return f"A page of another origin sent this (Origin: {origin!r})."
    return None


def _is_ours(host: str, access: ControlAccess, public_url: str | None) -> bool:
    name = _name(host)
    if name is None:
        return False
    if _is_loopback(name):
        return True
    if public_url is not None and name == _name(urlsplit(public_url).netloc.rpartition("@")[2]):
        return True
    return name in {_name(allowed) or allowed.lower() for allowed in access.allow_hosts}


def _name(host: str) -> str | None:
    """Return the name or address of a `Host`, without its port; None for what is no `Host`."""
    found = _AUTHORITY.fullmatch(host.strip().lower())
    return found[1].strip("[]").removesuffix(".") if found else None


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    from ipaddress import ip_address  # a start need not wait for it

    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _is_own_origin(origin: str, host: str | None, public_url: str | None) -> bool:
    """Tell whether an `Origin` is the server's own, as it was addressed or as it is published.

    Schemes are not compared: a proxy may have taken TLS off on the way.
    """
    scheme, found, netloc = origin.strip().lower().partition("://")
    if not found or scheme not in ("http", "https"):
        return False  # "null" is the origin of sandboxed frames and of files
    own = {host.strip().lower()} if host is not None else set()
    if public_url is not None:
        own.add(urlsplit(public_url).netloc.lower())
    return netloc in own
