"""Roles: Elasticsearch's own, and those of the store."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import cache
from typing import Any

from mockkibana.data import data
from mockkibana.security.rights import Rights
from mockkibana.security.tables import ROLES, STATE, remove, touch
from mockkibana.store import Store, Transaction

Descriptor = dict[str, Any]

# How many answers are remembered, and how long the questions may be.
_REMEMBERED, _LONGEST = 1_000, 1_000

NOTHING: Descriptor = {
    "cluster": [],
    "indices": [],
    "applications": [],
    "run_as": [],
    "metadata": {},
}
"""The descriptor of a role that gives nothing."""


class Roles:
    """The roles of one world by name; a descriptor has the shape in which Elasticsearch shows it.

    That is `cluster`, `indices`, `applications`, `run_as`, `metadata` and perhaps `description`;
    checked before it gets here.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._granting: tuple[object, dict[Hashable, list[str]]] = (None, {})

    def get(self, name: str) -> Descriptor | None:
        """Return the descriptor of a role, or None."""
        return reserved_roles().get(name) or self._store.table(ROLES).row(name)

    def all(self) -> dict[str, Descriptor]:
        """Return all roles, the reserved ones first."""
        return {**reserved_roles(), **self.stored()}

    def stored(self) -> dict[str, Descriptor]:
        """Return the roles that are not reserved."""
        return self._store.table(ROLES).rows()

    def put(self, name: str, descriptor: Descriptor) -> bool:
        """Create or replace a role; returns whether it was created."""
        with self._store.transaction() as transaction:
            created = transaction.get(ROLES, name) is None
            self.restore(transaction, name, descriptor)
        return created

    def restore(self, transaction: Transaction, name: str, descriptor: Descriptor) -> None:
        """Put a role in an open transaction."""
        transaction.put(ROLES, {name: {**NOTHING, **descriptor}})
        touch(transaction)

    def delete(self, name: str) -> bool:
        """Delete a role; returns whether it was there."""
        return remove(self._store, ROLES, name)

    def granting(self, what: Hashable, is_granted: Callable[[Rights], bool]) -> list[str]:
        """Return the names of the roles whose rights pass a test, sorted.

        `what` stands for the test: what was found is remembered until something changes, as many
        roles take a while, and whoever is refused once is refused again.
        """
        mark = self._store.table(STATE).row(STATE)
        if self._granting[0] is not mark or len(self._granting[1]) >= _REMEMBERED:
            self._granting = (mark, {})
        known = self._granting[1]
        if what not in known:
            found = sorted(name for name, role in self.all().items() if is_granted(Rights([role])))
            if len(repr(what)) > _LONGEST:
                return found
            known[what] = found
        return known[what]

    def limits(self, names: Iterable[str]) -> list[Descriptor]:
        """Return the named roles as they limit an API key of their user: each with its `name`."""
        return [{"name": name, **descriptor} for name, descriptor in self.found(names).items()]

    def found(self, names: Iterable[str]) -> dict[str, Descriptor]:
        """Return those of the named roles that exist, sorted by name."""
        known = {name: self.get(name) for name in sorted(set(names))}
        return {name: descriptor for name, descriptor in known.items() if descriptor is not None}


@cache
def reserved_roles() -> dict[str, Descriptor]:
    """Return the roles that Elasticsearch brings, which nobody can change."""
    return {name: {**NOTHING, **row} for name, row in data("reserved_security")["roles"].items()}


@cache
def reserved_users() -> dict[str, dict[str, Any]]:
    """Return the users that Elasticsearch brings: `roles` and `metadata` of each."""
    rows: dict[str, dict[str, Any]] = data("reserved_security")["users"]
    return rows
