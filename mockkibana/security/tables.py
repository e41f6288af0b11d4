"""The tables of security in a store, and the mark that every change of them leaves."""

from __future__ import annotations

from mockkibana.settings import Settings
from mockkibana.store import Store, Transaction

USERS = "security.users"
ROLES = "security.roles"
API_KEYS = "security.api_keys"
TOKENS = "security.tokens"
REFRESH_TOKENS = "security.refresh_tokens"
STATE = "security.state"


def is_on(store: Store, settings: Settings) -> bool:
    """Tell whether security is on: by the settings, or by a seed."""
    if settings.security:
        return True
    state = store.get(STATE, STATE)
    return state is not None and bool(state["enabled"])


def mark(store: Store) -> object:
    """Return what is another object after every change of users, roles, keys or tokens."""
    return store.get(STATE, STATE)


def touch(transaction: Transaction, *, enabled: bool | None = None) -> None:
    """Leave a mark; with `enabled` switch security on or off."""
    if enabled is None:
        state = transaction.get(STATE, STATE)
        enabled = state is not None and bool(state["enabled"])
    transaction.put(STATE, {STATE: {"enabled": enabled}})


def remove(store: Store, table: str, name: str) -> bool:
    """Remove a record, leaving a mark; returns whether it was there."""
    with store.transaction() as transaction:
        found = transaction.get(table, name) is not None
        if found:
            transaction.remove(table, [name])
            touch(transaction)
    return found
