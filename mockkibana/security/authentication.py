"""Authentication: from the header `Authorization` to an identity."""

from __future__ import annotations

import hmac
from base64 import b64decode
from hashlib import blake2b
from secrets import token_bytes
from typing import Any

from mockkibana.security.api_keys import ApiKey, ApiKeys
from mockkibana.security.identity import API_KEY, Identity
from mockkibana.security.passwords import verify
from mockkibana.security.rights import Rights
from mockkibana.security.roles import Roles
from mockkibana.security.tables import STATE
from mockkibana.security.tokens import Tokens
from mockkibana.security.users import SUPERUSER, ElasticsearchUsers, User, realm_of
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

_REMEMBERED = 1_000
_NOBODY = (
    "unable to authenticate with provided credentials and anonymous access is not allowed for "
    "this request"
)
_CHALLENGES = ('Basic realm="security", charset="UTF-8"', 'Bearer realm="security"', "ApiKey")


class Unauthenticated(Exception):
    """The credentials of a request are missing or wrong.

    `reason` is Elasticsearch's, but for the request: `text` adds it where it is told.
    `challenges` are the values of `WWW-Authenticate`, `unsuccessful` what became of other
    credentials than a password.
    """

    def __init__(
        self,
        reason: str,
        *,
        names_request: bool = False,
        unsuccessful: str | None = None,
        challenges: tuple[str, ...] = _CHALLENGES,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.names_request = names_request
        self.unsuccessful = unsuccessful
        self.challenges = challenges

    def text(self, request: str) -> str:
        """Return the reason; `request` is such as `REST request [/path?query]`."""
        return f"{self.reason} for {request}" if self.names_request else self.reason


def no_credentials() -> Unauthenticated:
    """Return the refusal of a request without credentials, or with a scheme that nobody knows."""
    reason = "missing authentication credentials"
    return Unauthenticated(reason, names_request=True)


def unknown_user(username: str) -> Unauthenticated:
    """Return the refusal of a wrong password; that of an unknown user is the same."""
    return Unauthenticated(f"unable to authenticate user [{username}]", names_request=True)


class Authentication:
    """Verifies credentials, and remembers good ones so that the next request is quick.

    What is remembered is a MAC of the header with a key of the process, for as long as users,
    roles, keys, tokens and settings stay what they were.
    """

    def __init__(
        self,
        store: Store,
        installation: Installation,
        users: ElasticsearchUsers,
        roles: Roles,
        api_keys: ApiKeys,
        tokens: Tokens,
    ) -> None:
        self._state = store.table(STATE)
        self._clock = installation.clock
        self._installation = installation
        self._users = users
        self._roles = roles
        self._api_keys = api_keys
        self._tokens = tokens
        self._key = token_bytes(32)
        self.forget()

    def forget(self) -> None:
        """Forget all credentials that were verified."""
        self._remembered: tuple[object, Settings, dict[bytes, Identity]]
        self._remembered = (None, self._installation.settings, {})

    def of(self, authorization: str | None) -> Identity:
        """Return the identity behind a header `Authorization`. Raises `Unauthenticated`."""
        if not authorization:
            raise no_credentials()
        mark, settings = self._state.row(STATE), self._installation.settings
        marked, then, known = self._remembered
        if marked is not mark or then is not settings:
            known = {}
            self._remembered = (mark, settings, known)
        # Not with `hmac`, which lets go of the interpreter, and other threads take their turn.
        mac = blake2b(authorization.encode("utf-8", "surrogatepass"), key=self._key).digest()
        identity = known.get(mac)
        if identity is None or (
            identity.expires is not None and identity.expires <= self._clock.milliseconds()
        ):
            identity = self._verified(authorization)
            if len(known) >= _REMEMBERED:
                known.clear()
            known[mac] = identity
        return identity

    def superuser(self) -> Identity:
        """Return the identity of the user `elastic`, without asking for a password."""
        return self._identity(self._users.get(SUPERUSER) or {})

    def with_token(self, user: User, expires: int | None = None) -> Identity:
        """Return the identity that an access token of this user gives; the token is not checked."""
        return self._identity(user, authentication_type="token", expires=expires)

    def by_password(self, username: str, password: str) -> Identity:
        """Return the identity of a user whose password this is. Raises `Unauthenticated`.

        An unknown user costs the same work as a wrong password.
        """
        user = self._users.get(username)
        if user is not None and username == SUPERUSER and user["password_hash"] is None:
            verify(password, None)  # the same work as for anybody else
            wanted = self._installation.settings.elastic_password.encode("utf-8", "surrogatepass")
            good = hmac.compare_digest(password.encode("utf-8", "surrogatepass"), wanted)
        else:
            good = verify(password, None if user is None else user["password_hash"])
        if user is None or not good or not user["enabled"]:
            raise unknown_user(username)
        return self._identity(user)

    def _verified(self, authorization: str) -> Identity:
        scheme, _, value = authorization.strip().partition(" ")
        match scheme.lower():
            case "basic":
                return self._basic(value.strip())
            case "apikey":
                return self._by_api_key(value.strip())
            case "bearer":
                return self._by_token(value.strip())
        raise no_credentials()

    def _basic(self, value: str) -> Identity:
        pair = _pair(value, "invalid basic authentication header encoding")
        if pair is None:
            raise Unauthenticated("invalid basic authentication header value")
        return self.by_password(*pair)

    def _by_api_key(self, value: str) -> Identity:
        reason = "error attempting to authenticate request"
        pair = _pair(value, reason)
        if pair is None:
            raise Unauthenticated(reason)
        key_id, secret = pair
        key = self._api_keys.get(key_id)
        good = verify(secret, None if key is None else key["hash"])
        if key is None:
            raise _bad_key(f"unable to find apikey with id {key_id}")
        if key["invalidation"] is not None:
            raise Unauthenticated(f"api key [{key_id}] has been invalidated")
        if not good:
            raise _bad_key(f"invalid credentials for API key [{key_id}]")
        if key["expiration"] is not None and key["expiration"] <= self._clock.milliseconds():
            raise Unauthenticated("api key is expired")
        return _of_key(key)

    def _by_token(self, value: str) -> Identity:
        token = self._tokens.find(value)
        if token is None:
            raise Unauthenticated(_NOBODY)
        expiry = self._tokens.expiry(token)
        # A simplification: a real node keeps the roles in the token, which outlives its user.
        user = self._users.get(token["username"])
        if token["invalidated"] or expiry <= self._clock.milliseconds() or user is None:
            raise Unauthenticated("token expired", challenges=(_EXPIRED,))
        if not user["enabled"]:
            raise Unauthenticated(_NOBODY)
        return self.with_token(user, expiry)

    def _identity(
        self, user: User, *, authentication_type: str = "realm", expires: int | None = None
    ) -> Identity:
        realm = realm_of(user["username"])
        roles = self._roles.found(user["roles"])
        return Identity(
            username=user["username"],
            roles=tuple(user["roles"]),
            effective_roles=tuple(roles),
            realm=realm,
            authentication_type=authentication_type,
            full_name=user["full_name"],
            email=user["email"],
            metadata=user["metadata"],
            rights=(Rights(roles.values()),),
            expires=expires,
        )


_EXPIRED = (
    'Bearer realm="security", error="invalid_token", error_description="The access token expired"'
)


def _pair(value: str, reason: str) -> tuple[str, str] | None:
    """Return what is before and after the colon of a text in base64, None without one."""
    try:
        text = b64decode(value, validate=True).decode("utf-8", "replace")
    except ValueError:
        raise Unauthenticated(reason) from None
    name, colon, secret = text.partition(":")
    return (name, secret) if colon else None


def _bad_key(reason: str) -> Unauthenticated:
    return Unauthenticated(_NOBODY, unsuccessful=f"API key: {reason}")


def _of_key(key: ApiKey) -> Identity:
    limits = Rights(key["limited_by"])
    own: dict[str, Any] = key["role_descriptors"]
    return Identity(
        username=key["username"],
        roles=(),
        effective_roles=(),
        realm=API_KEY,
        authentication_type="api_key",
        api_key={"id": key["id"], "name": key["name"]},
        metadata={},
        # A key without descriptors may do all that its owner may.
        rights=(Rights(own.values()), limits) if own else (limits,),
        expires=key["expiration"],
    )
