"""Tokens of `_security/oauth2/token`: access tokens, most of them with a refresh token."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from mockkibana.clock import Clock
from mockkibana.ids import Ids
from mockkibana.security.tables import REFRESH_TOKENS, TOKENS, touch
from mockkibana.store import Store, Transaction

Token = dict[str, Any]

LIFE = 20 * 60
"""How many seconds an access token is good for (`xpack.security.authc.token.timeout`)."""

_REFRESH_LIFE = 24 * 60 * 60
# A client that lost the answer may ask again with the same refresh token for so long (seconds).
_AGAIN = 30
_BYTES = 30
_SALT_BYTES = 16


class BadGrant(ValueError):
    """A refresh token was used, was invalidated or has expired; the text is Elasticsearch's."""


class Tokens:
    """The tokens of one world.

    A token has `id` (the hash of the access token), `username`, `creation` (milliseconds since
    1970), `invalidated`, `refresh` (the hash of its refresh token, or None), `refreshed` (when
    that was used, or None) and `salt` (hex; the tokens that follow it are made with that).
    `client` is who may refresh it, where that is another than the user, and `refresh_invalidated`
    is there once the refresh token is useless. Hashes without salt will do: nobody guesses what
    is random.
    """

    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids

    def find(self, access: str) -> Token | None:
        """Return the record of an access token that was handed out, or None."""
        return self._store.table(TOKENS).row(_hash(access))

    def find_by_refresh(self, refresh: str) -> Token | None:
        """Return the record of a refresh token that was handed out, or None."""
        known = self._store.table(REFRESH_TOKENS).row(_hash(refresh))
        return None if known is None else self._store.table(TOKENS).row(known["token"])

    def of_user(self, username: str) -> list[Token]:
        """Return the tokens of a user."""
        return [token for token in self.all() if token["username"] == username]

    def all(self) -> list[Token]:
        """Return all tokens."""
        return list(self._store.table(TOKENS).rows().values())

    def expiry(self, token: Token) -> int:
        """Return when an access token expires, in milliseconds since 1970."""
        return int(token["creation"]) + LIFE * 1000

    def create(self, username: str, *, client: str, with_refresh: bool) -> tuple[str, str | None]:
        """Return a new access token, and with `with_refresh` a refresh token.

        `client` is the user who asks for it, who alone may refresh it.
        """
        access = self._secret()
        refresh = self._secret() if with_refresh else None
        with self._store.transaction() as transaction:
            self.restore(transaction, self._token(username, client, access, refresh))
        return access, refresh

    def refresh(self, refresh: str, client: str) -> tuple[str, str]:
        """Return the new tokens for a refresh token; `client` describes who asks.

        For a while the same ones come again. Raises `BadGrant` (texts of `TokenService`, from
        memory of it).
        """
        with self._store.transaction() as transaction:
            token = self.find_by_refresh(refresh)
            self._check(token, client)
            assert token is not None  # noqa: S101 - just checked
            # Made of the old one, so that they need not be kept to be told again, and with what
            # only the store knows, so that nobody who saw a token can tell those that follow.
            salt = token["salt"]
            pair = _derived("access", refresh, salt), _derived("refresh", refresh, salt)
            if token["refreshed"] is None:
                now = self._clock.milliseconds()
                self.restore(transaction, {**token, "refreshed": now})
                self.restore(transaction, self._token(token["username"], client, *pair))
        return pair

    def invalidate(
        self, tokens: Iterable[Token], *, access: bool = True, refresh: bool = True
    ) -> None:
        """Invalidate access tokens, refresh tokens or both, from now on."""
        changes: Token = {}
        if access:
            changes["invalidated"] = True
        if refresh:
            changes["refresh_invalidated"] = True
        with self._store.transaction() as transaction:
            for token in tokens:
                self.restore(transaction, {**token, **changes})

    def restore(self, transaction: Transaction, token: Token) -> None:
        """Put a token in an open transaction."""
        transaction.put(TOKENS, {token["id"]: token})
        if token["refresh"] is not None:
            transaction.put(REFRESH_TOKENS, {token["refresh"]: {"token": token["id"]}})
        touch(transaction)

    def _check(self, token: Token | None, client: str) -> None:
        if token is None:
            raise BadGrant("could not refresh the requested token")
        now = self._clock.milliseconds()
        if token["refreshed"] is not None and token["refreshed"] + _AGAIN * 1000 < now:
            raise BadGrant(
                f"token has already been refreshed more than {_AGAIN} seconds in the past"
            )
        if token.get("refresh_invalidated", False):
            raise BadGrant("token has been invalidated")
        if token["creation"] + _REFRESH_LIFE * 1000 <= now:
            raise BadGrant("refresh token is expired")
        if token.get("client", token["username"]) != client:
            raise BadGrant("tokens must be refreshed by the creating client")

    def _token(self, username: str, client: str, access: str, refresh: str | None) -> Token:
        token: Token = {
            "id": _hash(access),
            "username": username,
            "creation": self._clock.milliseconds(),
            "invalidated": False,
            "refresh": None if refresh is None else _hash(refresh),
            "refreshed": None,
            "salt": self._ids.bytes("token-salt", _SALT_BYTES).hex(),
        }
        return token if client == username else {**token, "client": client}

    def _secret(self) -> str:
        return urlsafe_b64encode(self._ids.bytes("token", _BYTES)).decode()


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _derived(kind: str, refresh: str, salt: str) -> str:
    digest = sha256(f"{kind} {salt} {refresh}".encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(digest[:_BYTES]).decode()
