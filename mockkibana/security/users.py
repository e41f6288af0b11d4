"""Users: Elasticsearch's own, whose password and state can change, and native ones."""

from __future__ import annotations

from typing import Any

from mockkibana.ids import Ids
from mockkibana.security.identity import NATIVE, RESERVED, Realm
from mockkibana.security.passwords import SALT_BYTES, hashed
from mockkibana.security.roles import reserved_users
from mockkibana.security.tables import USERS, remove, touch
from mockkibana.store import Store, Transaction

User = dict[str, Any]

SUPERUSER = "elastic"


class UnknownUser(LookupError):
    """No user has this name."""


def realm_of(name: str) -> Realm:
    """Return a user's realm: the reserved one for Elasticsearch's own names, else the native."""
    return RESERVED if name in reserved_users() else NATIVE


class ElasticsearchUsers:
    """The users of one world by name, as Elasticsearch keeps them.

    A user has `username`, `roles`, `full_name`, `email`, `metadata`, `enabled` and `password_hash`
    (None: nobody can log in); passwords themselves are not kept.
    """

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store = store
        self._ids = ids

    def get(self, name: str) -> User | None:
        """Return a user, reserved or native, or None."""
        record = self._store.table(USERS).row(name)
        reserved = reserved_users().get(name)
        if reserved is None:
            return record
        return {**_NEW, "username": name, **reserved, **(record or {})}

    def all(self) -> dict[str, User]:
        """Return all users, the reserved ones first."""
        reserved = {name: self.get(name) or {} for name in reserved_users()}
        return {**reserved, **self.native()}

    def put(self, name: str, user: User, *, password: str | None) -> bool:
        """Create or replace a native user; returns whether it was created.

        Without a password a user keeps the one that it has. Raises `UnknownUser` when there is
        neither.
        """
        if password is not None:
            user = {**user, "password_hash": self.hash(password)}
        with self._store.transaction() as transaction:
            known = transaction.get(USERS, name)
            if known is None and password is None:
                raise UnknownUser(name)
            kept = {"password_hash": known["password_hash"]} if known is not None else {}
            self.restore(transaction, name, {**kept, **user})
        return known is None

    def restore(self, transaction: Transaction, name: str, user: User) -> None:
        """Put a user in an open transaction, filling in what it leaves out."""
        if name in reserved_users():
            user = {key: user[key] for key in ("password_hash", "enabled") if key in user}
        else:
            user = {**_NEW, **user, "username": name}
        transaction.put(USERS, {name: user})
        touch(transaction)

    def change(self, name: str, **changes: Any) -> None:
        """Change some keys of a user. Raises `UnknownUser`."""
        with self._store.transaction() as transaction:
            known = transaction.get(USERS, name)
            if known is None and name not in reserved_users():
                raise UnknownUser(name)
            self.restore(transaction, name, {**(known or {}), **changes})

    def delete(self, name: str) -> bool:
        """Delete a native user; returns whether it was there."""
        return remove(self._store, USERS, name)

    def hash(self, password: str) -> str:
        """Return the hash that is stored instead of a password."""
        return hashed(password, self._ids.bytes("salt", SALT_BYTES))

    def stored(self) -> dict[str, User]:
        """Return the stored records: native users, and the changes made to reserved ones."""
        return {
            name: {key: value for key, value in user.items() if key != "username"}
            for name, user in self._store.table(USERS).rows().items()
        }

    def native(self) -> dict[str, User]:
        """Return the users that are not reserved."""
        known = self._store.table(USERS).rows()
        return {name: user for name, user in known.items() if name not in reserved_users()}


# In the order of the answer of `GET /_security/user`.
_NEW: User = {
    "username": "",
    "roles": [],
    "full_name": None,
    "email": None,
    "metadata": {},
    "enabled": True,
    "password_hash": None,
}
