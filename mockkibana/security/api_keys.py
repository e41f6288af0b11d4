"""API keys: credentials with rights of their own, limited by those of their owner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockkibana.clock import Clock
from mockkibana.ids import Ids
from mockkibana.security.identity import Identity
from mockkibana.security.passwords import SALT_BYTES, hashed
from mockkibana.security.tables import API_KEYS, touch
from mockkibana.store import Store, Transaction

ApiKey = dict[str, Any]


class ApiKeys:
    """The API keys of one world by id.

    A key has `id`, `name`, `hash`, `creation`, `expiration` and `invalidation` (milliseconds since
    1970; None: never), `username`, `realm`, `realm_type`, `metadata`, `role_descriptors`, and
    `limited_by`: a list of the descriptors of its owner's roles at that time, with their `name`s.
    """

    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids

    def get(self, key_id: str) -> ApiKey | None:
        """Return a key, or None."""
        return self._store.table(API_KEYS).row(key_id)

    def all(self) -> list[ApiKey]:
        """Return all keys, in the order of their creation."""
        return list(self._store.table(API_KEYS).rows().values())

    def create(
        self,
        owner: Identity,
        *,
        name: str,
        role_descriptors: dict[str, Any],
        limited_by: list[dict[str, Any]],
        metadata: dict[str, Any],
        expiration: int | None,
    ) -> tuple[ApiKey, str]:
        """Create a key for its owner; returns it and its secret, which is not kept."""
        now = self._clock.milliseconds()
        secret = self._ids.short("api-key")
        kept = hashed(secret, self._ids.bytes("salt", SALT_BYTES))
        with self._store.transaction() as transaction:
            key = {
                "id": self._unused_id(transaction, now),
                "name": name,
                "hash": kept,
                "creation": now,
                "expiration": expiration,
                "invalidation": None,
                "username": owner.username,
                "realm": owner.realm.name,
                "realm_type": owner.realm.type,
                "metadata": metadata,
                "role_descriptors": role_descriptors,
                "limited_by": limited_by,
            }
            self.restore(transaction, key)
        return key, secret

    def restore(self, transaction: Transaction, key: ApiKey) -> None:
        """Put a key in an open transaction."""
        transaction.put(API_KEYS, {key["id"]: key})
        touch(transaction)

    def update(self, key_id: str, **changes: Any) -> bool:
        """Change a key that exists; return whether any of its values is another now."""
        with self._store.transaction() as transaction:
            known = transaction.get(API_KEYS, key_id)
            if known is None or all(known[name] == value for name, value in changes.items()):
                return False
            self.restore(transaction, {**known, **changes})
        return True

    def invalidate(self, keys: Iterable[ApiKey]) -> None:
        """Invalidate keys: from now on nobody is known by them."""
        now = self._clock.milliseconds()
        with self._store.transaction() as transaction:
            for key in keys:
                self.restore(transaction, {**key, "invalidation": now})

    def _unused_id(self, transaction: Transaction, now: int) -> str:
        """Return an id that no key has: ids made from a seed can repeat those of a file."""
        found = self._ids.elasticsearch(1, now)[0]
        while transaction.get(API_KEYS, found) is not None:
            found = self._ids.elasticsearch(1, now)[0]
        return found
