"""The settings of the whole cluster: persistent and transient ones, and what they change."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import illegal_argument, index_not_found, validation_failed
from mockkibana.elasticsearch.indices.index_settings import Flat, flatten
from mockkibana.elasticsearch.json.scalars import boolean
from mockkibana.elasticsearch.vocabulary import names
from mockkibana.json import Json
from mockkibana.store import Store
from mockkibana.wildcards import wildcard

TABLE = "elasticsearch.cluster_settings"
KINDS = ("persistent", "transient")

_AUTO_CREATE = "action.auto_create_index"


class ClusterSettings:
    """The settings of a cluster, flat; a transient one wins over a persistent one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, kind: str) -> Flat:
        """Return the settings of one kind, `persistent` or `transient`, that are set."""
        return self._store.table(TABLE).row(kind) or {}

    def get(self, name: str) -> str | None:
        """Return the value of a setting, None while it has its default."""
        for kind in reversed(KINDS):
            if name in (found := self.of(kind)):
                return str(found[name])
        return None

    def flag(self, name: str, default: bool) -> bool:
        """Return the value of a setting that is a boolean."""
        value = boolean(self.get(name))
        return default if value is None else value

    def update(self, body: dict[str, Json]) -> dict[str, Flat]:
        """Set settings, null putting one (or with `.*` all of a group) back to its default.

        Returns those that were changed, by kind. Raises `ElasticsearchError`.
        """
        changes: dict[str, Flat] = {}
        for kind in KINDS:
            changes[kind] = {}
            flatten(body.get(kind) or {}, "", changes[kind])
        if not any(changes.values()):
            raise validation_failed(["no settings to update"])
        with self._store.transaction() as transaction:
            for kind, change in changes.items():
                kept = dict(self.of(kind))
                for name, value in change.items():
                    if value is None:
                        matches = wildcard(name)
                        kept = {each: kept[each] for each in kept if not matches(each)}
                        continue
                    _check(kind, name, value)
                    kept[name] = value
                transaction.put(TABLE, {kind: kept})
        return {
            kind: {name: value for name, value in change.items() if value is not None}
            for kind, change in changes.items()
        }

    def refuse_auto_create(self, name: str) -> None:
        """Refuse the name of a new index that `action.auto_create_index` does not let be made."""
        value = self.get(_AUTO_CREATE)
        if value is None or value == "true":
            return
        if value == "false":
            text = f"no such index [{name}] and [{_AUTO_CREATE}] is [false]"
            raise index_not_found(name, text=text)
        for pattern in value.split(","):
            if wildcard(pattern.strip().lstrip("+-"))(name):
                if not pattern.strip().startswith("-"):
                    return
                raise index_not_found(
                    name,
                    text=f"no such index [{name}] and [{_AUTO_CREATE}] contains [{pattern}] which "
                    "forbids automatic creation of the index",
                )
        raise index_not_found(
            name, text=f"no such index [{name}] and [{_AUTO_CREATE}] ([{value}]) doesn't match"
        )


def _check(kind: str, name: str, value: Json) -> None:
    if not name.startswith(tuple(names("cluster_settings", "groups"))):
        raise illegal_argument(f"{kind} setting [{name}], not recognized")
    if name in names("cluster_settings", "booleans") and boolean(value) is None:
        raise illegal_argument(
            f"Failed to parse value [{value}] as only [true] or [false] are allowed."
        )
