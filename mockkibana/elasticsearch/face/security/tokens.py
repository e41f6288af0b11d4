"""The APIs about tokens: `/_security/oauth2/token`."""

from __future__ import annotations

from typing import Any

from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    illegal_argument,
    validation_failed,
)
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.security.bodies import read_body
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import (
    ILLEGAL,
    X_CONTENT,
    ParseError,
    as_error,
    located,
)
from mockkibana.elasticsearch.security.authentication import refusal
from mockkibana.elasticsearch.security.identities import shown_identity
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.security.authentication import Unauthenticated, unknown_user
from mockkibana.security.identity import Identity
from mockkibana.security.security import Security
from mockkibana.security.tokens import LIFE, BadGrant, Token
from mockkibana.security.users import User, realm_of

_TOKEN = {
    "grant_type": "string",
    "username": "string",
    "password": "string",
    "kerberos_ticket": "string",
    "scope": "string",
    "refresh_token": "string",
}
_INVALIDATE = {
    "token": "string",
    "refresh_token": "string",
    "realm_name": "string",
    "username": "string",
}
# What each grant needs and, in the order of the texts, what it must not have.
_GRANTS = {
    "password": (("username", "password"), ("kerberos_ticket", "refresh_token")),
    "_kerberos": (("kerberos_ticket",), ("username", "password", "refresh_token")),
    "refresh_token": (("refresh_token",), ("username", "password", "kerberos_ticket")),
    "client_credentials": ((), ("username", "password", "kerberos_ticket", "refresh_token")),
}


def create(request: RestRequest) -> Answer:
    """Make a token of a password, of a refresh token, or for the caller."""
    body = read_body(request)
    _check_license(request)
    found = _fields(request, "token_request", _TOKEN, body)
    grant = found.get("grant_type")
    if texts := _grant_errors(found):
        # Whatever the text is about, it is looked for in this way.
        is_grant = any("grant_type" in text for text in texts)
        description = validation_failed(texts).reason
        return _refused("unsupported_grant_type" if is_grant else "invalid_request", description)
    me = request.caller()
    request.require(_REFRESH if grant == "refresh_token" else _CREATE)
    if grant == "refresh_token":
        return _refreshed(request, me, found)
    if grant == "client_credentials":
        if me.api_key is not None:
            # Such a token would have to keep to the rights of the key.
            raise illegal_argument(f"this mock does not support [{grant}] for an API key")
        return _made(request, me, found, of=me)
    if grant == "_kerberos":
        # There is no realm that could read a ticket.
        raise refusal(unknown_user("<Kerberos Token>"), f"action [{_CREATE}]")
    try:
        user = request.cluster.security.authentication.by_password(
            found["username"], found["password"]
        )
    except Unauthenticated as refused:
        raise refusal(refused, f"action [{_CREATE}]") from None
    return _made(request, me, found, of=user)


def invalidate(request: RestRequest) -> Answer:
    """Invalidate tokens: one of them, or all those of a user."""
    body = read_body(request)
    _check_license(request)
    found = _fields(request, "invalidate_token", _INVALIDATE, body)
    if "token" in found and "refresh_token" in found:
        # Raised when the second one is read.
        name = next(key for key in reversed(body) if key in ("token", "refresh_token"))
        inner = ParseError(
            ILLEGAL, "only one of [token, refresh_token] may be sent per request", ()
        )
        reason = f"[{{place}}] [invalidate_token] failed to parse field [{name}]"
        raise as_error(ParseError(X_CONTENT, reason, (name,), inner=inner), request.body, body)
    if texts := _selection_errors(found):
        raise validation_failed(texts)
    request.require(_INVALIDATION)
    tokens = request.cluster.security.tokens
    if "token" in found or "refresh_token" in found:
        is_access = "token" in found
        secret = found["token"] if is_access else found["refresh_token"]
        token = tokens.find(secret) if is_access else tokens.find_by_refresh(secret)
        if token is None:
            return Answer(404, _counts(0, 0))
        known = int(_is_useless(token, access=is_access))
        if not known:
            tokens.invalidate([token], access=is_access, refresh=not is_access)
        return Answer(200, _counts(1 - known, known))
    chosen = _of(request, found)
    flags = [
        _is_useless(token, access=access)
        for token in chosen
        for access in (True, False)
        if access or token["refresh"] is not None
    ]
    tokens.invalidate(chosen)
    return Answer(200 if flags else 404, _counts(flags.count(False), flags.count(True)))


def _of(request: RestRequest, found: dict[str, Any]) -> list[Token]:
    """Return the tokens of a user, of a realm, or of a user in a realm."""
    security = request.cluster.security
    name, realm = found.get("username"), found.get("realm_name")
    tokens = security.tokens.of_user(name) if name else security.tokens.all()
    return [token for token in tokens if not realm or realm_of(token["username"]).name == realm]


def _refreshed(request: RestRequest, me: Identity, found: dict[str, Any]) -> Answer:
    security, secret = request.cluster.security, found["refresh_token"]
    # Guess: nobody had such a token, or its user is gone, of which the same is said.
    nobody = _refused("invalid_grant", "could not refresh the requested token")
    if _user_of(security, secret) is None:
        return nobody
    try:
        access, refresh = security.tokens.refresh(secret, me.username)
    except BadGrant as error:
        return _refused("invalid_grant", str(error))
    # Asked again, as users change meanwhile.
    user = _user_of(security, secret)
    if user is None:
        return nobody
    identity = security.authentication.with_token(user)
    return Answer(200, _answer(found, access, refresh, identity))


def _user_of(security: Security, refresh: str) -> User | None:
    """Return whom a refresh token is for, unless that user cannot log in."""
    known = security.tokens.find_by_refresh(refresh)
    user = None if known is None else security.users.get(known["username"])
    return user if user is not None and user["enabled"] else None


def _made(request: RestRequest, me: Identity, found: dict[str, Any], *, of: Identity) -> Answer:
    access, refresh = request.cluster.security.tokens.create(
        of.username, client=me.username, with_refresh=found["grant_type"] == "password"
    )
    return Answer(200, _answer(found, access, refresh, of))


def _answer(found: dict[str, Any], access: str, refresh: str | None, user: Identity) -> Json:
    answer: dict[str, Json] = {"access_token": access, "type": "Bearer", "expires_in": LIFE}
    if refresh is not None:
        answer["refresh_token"] = refresh
    if "scope" in found:
        answer["scope"] = "full"
    return {**answer, "authentication": shown_identity(user)}


def _grant_errors(found: dict[str, Any]) -> list[str]:
    grant = found.get("grant_type")
    if grant not in _GRANTS:
        return [f"grant_type only supports the values: [{', '.join(_GRANTS)}]"]
    needed, refused = _GRANTS[grant]
    texts = [
        f"{name} is not supported with the {grant} grant_type" for name in refused if name in found
    ]
    return texts + [f"{name} is missing" for name in needed if not found.get(name)]


def _selection_errors(found: dict[str, Any]) -> list[str]:
    whose = bool(found.get("realm_name") or found.get("username"))
    secret = found.get("token") or found.get("refresh_token")
    if whose and ("token" in found or "refresh_token" in found):
        texts = ["token string must not be provided when realm name or username is specified"]
        return [
            *texts,
            "token type must not be provided when realm name or username is specified",
        ]
    if not whose and not secret:
        return ["token string must be provided when not specifying a realm name or a username"]
    return []


def _fields(request: RestRequest, parser: str, kinds: dict[str, str], body: Json) -> dict[str, Any]:
    with located(request.body, body):
        return fields(parser, kinds, body, ())


def _check_license(request: RestRequest) -> None:
    """Refuse tokens to a basic licence; they do not end with the licence."""
    if request.cluster.installation.license.type == "basic":
        feature = "security tokens"
        raise ElasticsearchError(
            403,
            "security_exception",
            f"current license is non-compliant for [{feature}]",
            extra={"license.expired.feature": feature},
        )


def _refused(error: str, description: str) -> Answer:
    """Return a refusal in the form of OAuth2."""
    return Answer(400, {"error": error, "error_description": description})


def _is_useless(token: Token, *, access: bool) -> bool:
    return bool(token["invalidated"] if access else token.get("refresh_invalidated", False))


def _counts(invalidated: int, previously: int) -> Json:
    return {
        "invalidated_tokens": invalidated,
        "previously_invalidated_tokens": previously,
        "error_count": 0,
    }


_CREATE = "cluster:admin/xpack/security/token/create"
_REFRESH = "cluster:admin/xpack/security/token/refresh"
_INVALIDATION = "cluster:admin/xpack/security/token/invalidate"
