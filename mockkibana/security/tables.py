"""The names of security's tables in a store, and the record that every change of them renews."""

from __future__ import annotations

from mockkibana.settings import Settings
from mockkibana.store import Store, Transaction

USERS = "security.users"
ROLES = "security.roles"
API_KEYS = "security.api_keys"
TOKENS = "security.tokens"
REFRESH_TOKENS = "security.refresh_tokens"
STATE = "security.state"
"""A table, and the id of its one record: another object after every change of the others."""


def is_on(store: Store, settings: Settings) -> bool:
    """Tell whether security is on: by the settings, or by a seed."""
    if settings.security:
        return True
    state = store.table(STATE).row(STATE)
    return state is not None and bool(state["enabled"])


def touch(transaction: Transaction, *, enabled: bool | None = None) -> None:
    """Renew the record, as every change must; with `enabled` switch security on or off."""
    if enabled is None:
        state = transaction.get(STATE, STATE)
        enabled = state is not None and bool(state["enabled"])
    transaction.put(STATE, {STATE: {"enabled": enabled}})


def remove(store: Store, table: str, name: str) -> bool:
    """Remove a record from a table, if it is there, as a change; return whether it was."""
    with store.transaction() as transaction:
        found = transaction.get(table, name) is not None
        if found:
            transaction.remove(table, [name])
            touch(transaction)
    return found
