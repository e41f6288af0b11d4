"""Snapshots: a world's state, kept under a name or written as a seed file."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mockkibana.clock import iso
from mockkibana.control.errors import bad_request, not_found
from mockkibana.json import Record
from mockkibana.seeds.security import without_secrets
from mockkibana.store.bends import put_straight, straightened
from mockkibana.world import World

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class _Looked(Exception):
    """Ends a transaction that was there to look at what is not bent."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tables of a store at one moment, secrets included; the documents are the store's own."""

    name: str
    time: datetime
    tables: dict[str, dict[str, dict[str, Any]]]

    def shown(self) -> Record:
        """Return what is told of it."""
        return {
            "name": self.name,
            "time": iso(self.time),
            "records": sum(map(len, self.tables.values())),
        }


def save(world: World, name: str) -> Snapshot:
    """Keep the world's state under a name, in the place of an earlier one of that name.

    The state is what connectors, spaces, Elasticsearch, Jira and security hold: no settings, no
    journal.
    """
    if not _NAME.fullmatch(name):
        raise bad_request(
            f"{name!r} is no name of a snapshot: expected are 1 to 64 letters, digits, "
            "'.', '_' and '-'."
        )
    snapshot = Snapshot(name, world.clock.now(), straightened(world.store.storage.read()))
    world.snapshots[name] = snapshot
    return snapshot


def restore(world: World, name: str) -> Snapshot:
    """Make a snapshot the world's state, in one transaction; faults that bend the state end."""
    snapshot = _existing(world, name)
    world.faults.straighten()
    world.store.replace(snapshot.tables)
    return snapshot


def delete(world: World, name: str) -> None:
    """Forget a snapshot."""
    _existing(world, name)
    world.snapshots.pop(name, None)


def as_file(world: World, *, secrets: bool) -> Record:
    """Return the state as the content of a seed file.

    Without `secrets` those connectors that have some are told as Kibana tells imported ones: it
    knows that they need secrets, and that these are missing. Users have no password then, and API
    keys and tokens, which are nothing but secrets, are left out.
    """
    content: Record = {}
    with suppress(_Looked), world.store.transaction() as transaction:  # all parts of one moment
        put_straight(transaction, world.store.storage.read())
        content = world.dump()
        raise _Looked
    if secrets:
        return content
    if "security" in content:
        content["security"] = without_secrets(content["security"])
    return {
        **content,
        "connectors": [
            {**record, "secrets": {}, "is_missing_secrets": True} if record["secrets"] else record
            for record in content["connectors"]
        ],
        "preconfigured": [{**record, "secrets": {}} for record in content["preconfigured"]],
    }


def _existing(world: World, name: str) -> Snapshot:
    snapshot: Snapshot | None = world.snapshots.get(name)
    if snapshot is None:
        raise not_found(f"The snapshot {name!r}", sorted(world.snapshots))
    return snapshot
