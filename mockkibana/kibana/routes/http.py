"""Kibana's HTTP layer: the order of its checks, its envelope and its headers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache, wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flask import Response, request

from mockkibana.json import Json, encode
from mockkibana.kibana.availability import check_license
from mockkibana.kibana.caller import Caller
from mockkibana.kibana.errors import KibanaError
from mockkibana.kibana.inbound import INBOUND, Inbound
from mockkibana.kibana.request_body import parse_form, read_request_body
from mockkibana.kibana.routes.checks import API_VERSION, check_api_version, check_headers, uri
from mockkibana.settings import Settings
from mockkibana.settings.release import Release

if TYPE_CHECKING:
    from mockkibana.kibana.authorization import SpaceRights
    from mockkibana.security.identity import Identity

JSON_TYPE = "application/json; charset=utf-8"
_CONNECTORS = "/api/actions/"
_JSON = ("content-type", JSON_TYPE)
_ROUTED = ("elastic-api-version", API_VERSION)
_SECURITY_HEADERS = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cache-control", "private, no-cache, no-store, must-revalidate"),
)


@dataclass(frozen=True, slots=True)
class CheckedRequest:
    """What a view works with: the world, the caller, and the validated body and query."""

    world: Any
    caller: Caller
    body: Json = field(default=None, repr=False)  # it may hold secrets
    query: Json = None


View = Callable[..., Response]
Load = Callable[[Json, Release], Json]
"""Checks a part of a request as a release does, and returns it with its defaults."""


@lru_cache(maxsize=64)
def constant_headers(settings: Settings) -> list[tuple[str, str]]:
    """Return the headers that every answer of this Kibana carries."""
    # The real signature is over the licence as Elasticsearch returns it: any hex will do that is
    # another for another licence.
    licence = f"{settings.license}{settings.license_expires or ''}"
    signature = sha256(licence.encode()).hexdigest()
    release = settings.release
    return [
        ("kbn-name", settings.server_name),
        ("kbn-license-sig", signature),
        ("permissions-policy", release.permissions_policy),
        ("content-security-policy", release.content_security_policy),
        *_SECURITY_HEADERS,
    ]


def answer(
    status: int, body: Json = None, headers: list[tuple[str, str]] | None = None
) -> Response:
    """Return a JSON answer of a route; a 204 has no body and no content type."""
    if status != 204:
        return Response(encode(body), status, [*(headers or ()), _JSON, _ROUTED])
    response = Response(b"", status, [*(headers or ()), _ROUTED])
    del response.headers["content-type"]
    return response


def refusal(error: KibanaError, *, routed: bool = False) -> Response:
    """Return the envelope of an error; one from before the router carries no API version."""
    return Response(encode(error.body()), error.status, [_JSON, _ROUTED] if routed else [_JSON])


def redirect(location: str) -> Response:
    """Return a redirect; Kibana's has no body and so no content type."""
    response = Response(b"", 302, {"location": location})
    del response.headers["content-type"]
    return response


def route(
    *,
    body: Load | None = None,
    query: Load | None = None,
    params: Load | None = None,
    licensed: bool = False,
    anonymous: bool = False,
    internal: bool = False,
    versioned: bool = False,
    privilege: str | None = None,
    finish: Callable[[Response, Settings], None] | None = None,
) -> Callable[[View], View]:
    """Wrap a view in Kibana's checks, in their order.

    Who asks (`anonymous`: it may be nobody), payload, kbn-xsrf, kbn-version, whether an `internal`
    route may be asked, the `privilege` that the route itself declares, the version that a
    `versioned` route is asked for, what loads params (the path), query and body (`routes.loading`),
    then for a `licensed` route the licence of the actions plugin. A payload that nothing loads is
    not parsed; another part that nothing loads is accepted. The view gets a `CheckedRequest` and
    the placeholders of its path; `finish` changes its answer, or the refusal in the place of one.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(**path: str) -> Response:
            environ = request.environ
            inbound: Inbound = environ[INBOUND]
            world, record = inbound.world, inbound.call
            settings = inbound.settings
            rule = request.url_rule.rule if request.url_rule is not None else ""
            if record is not None and rule:
                record.route = rule
                if rule.startswith(_CONNECTORS):
                    record.connector_id = path.get("id") or None
            routed = False
            try:
                identity = rights = None
                if world.is_secured:
                    identity, rights = _who_asks()(environ, anonymous=anonymous)
                payload = None
                if body is not None:
                    payload = read_request_body(environ, settings.max_payload, inbound.read_body)
                raw_query = environ.get("QUERY_STRING")
                asked = parse_form(raw_query) if raw_query else {}
                check_headers(environ, asked, settings, internal=internal)
                if privilege is not None and rights is not None:
                    rights.ensure_api(privilege, environ["REQUEST_METHOD"], uri(environ))
                if versioned:
                    check_api_version(environ, asked, rule)
                release, routed = settings.release, True
                _load(params, path, release)
                has_left = environ.get("mockkibana.client_left")
                call = CheckedRequest(
                    world,
                    Caller(inbound.space, base_url(environ), identity, rights, record, has_left),
                    query=_load(query, asked, release),
                    body=_load(body, payload, release),
                )
                if licensed:
                    check_license(world.license)
                response = view(call, **path)
            except KibanaError as error:
                response = refusal(error, routed=routed)
            if finish is not None:
                finish(response, settings)
            return response

        return checked

    return decorate


def require_user(environ: dict[str, Any]) -> None:
    """Refuse with 401 who is not known, where security is on: for what no view answers."""
    if environ[INBOUND].world.is_secured:
        _who_asks()(environ, anonymous=False)


@cache
def _who_asks() -> Callable[..., tuple[Identity | None, SpaceRights | None]]:
    from mockkibana.kibana.authentication import who_asks  # few worlds have security

    return who_asks


def _load(load: Load | None, part: Json, release: Release) -> Json:
    """Return a part of a request as it was loaded, None for one that nothing loads."""
    return None if load is None else load(part, release)


def base_url(environ: dict[str, Any]) -> str:
    """Return the URL under which the caller sees this world, without a slash at the end."""
    inbound: Inbound = environ[INBOUND]
    settings = inbound.settings
    if settings.public_url is not None:
        return settings.public_url.rstrip("/") + inbound.prefix
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}{inbound.prefix}{settings.base_path}"
