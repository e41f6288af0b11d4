"""The catalogue: finds indices, aliases and data streams by name and by expression."""

from __future__ import annotations

from mockkibana.clock import Clock
from mockkibana.elasticsearch.errors import illegal_argument, index_not_found, invalid_index_name
from mockkibana.elasticsearch.indices.indices import (
    ALIASES,
    DATA_STREAMS,
    INDICES,
    Index,
    index_of,
)
from mockkibana.elasticsearch.mapping.mapping import Mapping
from mockkibana.json import Json
from mockkibana.store import Store
from mockkibana.wildcards import Test, wildcard


class Catalogue:
    """The indices, aliases and data streams of a cluster, by name and by expression."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        # Compiled from stored values and valid only as long as these are the very same.
        self._compiled: dict[str, tuple[dict[str, Json], Index]] = {}
        self._most = 16

    def named(self, expression: str) -> str:
        """Return an index expression with its date math worked out. Raises `ElasticsearchError`."""
        if "<" not in expression:
            return expression
        # Imported here, as few names have it.
        from mockkibana.elasticsearch.indices import date_math_names

        return date_math_names.resolve(expression, self._clock.milliseconds())

    def get(self, name: str) -> Index | None:
        """Return the index of that very name."""
        record = self._store.table(INDICES).row(name)
        return None if record is None else self.compiled(name, record)

    def compiled(self, name: str, record: dict[str, Json], mapping: Mapping | None = None) -> Index:
        """Return the index that a stored record describes; its mapping may be compiled already."""
        known = self._compiled.get(name)
        if known is not None and known[0] is record:
            return known[1]
        if mapping is None and known is not None:
            mapping = known[1].mapping
        index = index_of(name, record, mapping)
        if len(self._compiled) > self._most:
            # Seldom, since it takes a look at all indices.
            self._most = 2 * len(self._store.table(INDICES)) + 16
            if len(self._compiled) > self._most:
                self._compiled.clear()  # mostly of indices that are gone
            self._most = max(self._most, 2 * len(self._compiled))
        self._compiled[name] = (record, index)
        return index

    def record(self, name: str) -> dict[str, Json]:
        """Return the stored record of an index that exists."""
        record = self._store.table(INDICES).row(name)
        if record is None:
            raise index_not_found(name)
        return record

    def behind(self, alias: str) -> list[str]:
        """Return the names of the indices that an alias stands for."""
        record = self._store.table(ALIASES).row(alias)
        return [] if record is None else list(record["indices"])

    def data_stream(self, name: str) -> dict[str, Json] | None:
        """Return the stored record of a data stream."""
        return self._store.table(DATA_STREAMS).row(name)

    def names(self) -> list[str]:
        """Return the names of all indices."""
        return list(self._store.table(INDICES).rows())

    def exists(self, name: str) -> bool:
        """Return whether an index, an alias or a data stream has that name."""
        tables = (INDICES, ALIASES, DATA_STREAMS)
        return any(self._store.table(table).row(name) is not None for table in tables)

    def write_index(self, name: str, *, require_alias: bool = False) -> Index | None:
        """Return the index that a write to `name` goes to, or None when nothing has the name."""
        index = self.get(name)
        if index is not None and not require_alias:
            return index
        behind = self.behind(name)
        if require_alias and not behind:
            raise index_not_found(
                name,
                text=f"no such index [{name}] and [require_alias] request flag is [true] and "
                f"[{name}] is not an alias",
            )
        if not behind:
            stream = self.data_stream(name)
            return None if stream is None else self.get(stream["indices"][-1])
        indices = [found for found in map(self.get, behind) if found is not None]
        chosen = [found for found in indices if found.aliases[name].get("is_write_index") is True]
        if not chosen and len(indices) == 1:
            chosen = [
                found for found in indices if found.aliases[name].get("is_write_index") is None
            ]
        if not chosen:
            raise illegal_argument(
                f"no write index is defined for alias [{name}]. The write index may be explicitly "
                "disabled using is_write_index=false or the alias points to multiple indices "
                "without one being designated as a write index"
            )
        return chosen[0]

    def one(self, name: str) -> Index:
        """Return the one index that a request for a document means.

        Raises `index_not_found_exception`, and `illegal_argument_exception` for an alias of several
        indices.
        """
        name = self.named(name)
        index = self.get(name)
        if index is not None:
            return index
        behind = self.behind(name)
        if not behind:
            raise index_not_found(name, resource="index_expression")
        if len(behind) > 1:
            listed = ", ".join(sorted(behind))
            raise illegal_argument(
                f"alias [{name}] has more than one index associated with it [{listed}], can't "
                "execute a single index op"
            )
        return self.compiled(behind[0], self.record(behind[0]))

    def resolve(
        self,
        expression: str,
        *,
        ignore_unavailable: bool = False,
        allow_no_indices: bool = True,
        expand_wildcards: str = "open",
    ) -> list[Index]:
        """Return the indices that an expression means: names, aliases, wildcards, exclusions.

        Raises `index_not_found_exception` and `invalid_index_name_exception`.
        """
        states = set(expand_wildcards.split(","))
        found: dict[str, None] = {}
        wildcard_seen = False
        parts = self.named(expression).split(",") if expression else ["_all"]
        for part in parts:
            if part == "_all" or "*" in part or (wildcard_seen and part.startswith("-")):
                matched = self._matching(part, states, found)
                if not matched and not allow_no_indices and not part.startswith("-"):
                    raise index_not_found(part)
                wildcard_seen = True
                continue
            names = self._named(part)
            if not names and not ignore_unavailable:
                raise index_not_found(part)
            found.update(dict.fromkeys(names))
        if not found and not allow_no_indices:
            raise index_not_found(expression)
        indices = map(self.get, found)
        return [index for index in indices if index is not None]

    def _named(self, name: str) -> list[str]:
        if name.startswith("_"):
            raise invalid_index_name(name, "must not start with '_'.")
        if self._store.table(INDICES).row(name) is not None:
            return [name]
        if behind := self.behind(name):
            return behind
        stream = self.data_stream(name)
        return [] if stream is None else list(stream["indices"])

    def _matching(self, pattern: str, states: set[str], found: dict[str, None]) -> bool:
        """Add what a wildcard matches to `found`, or with `-` take it away."""
        if pattern.startswith("-"):
            matches = wildcard(pattern[1:])
            for name in [name for name in found if self._is_meant(name, matches)]:
                del found[name]
            return True
        if "none" in states:
            return False
        everything = "all" in states
        show_hidden = everything or "hidden" in states or pattern.startswith(".")
        # `hidden` alone asks for what is open.
        show_open = everything or "closed" not in states or "open" in states
        show_closed = everything or "closed" in states
        matches = wildcard("*" if pattern == "_all" else pattern)
        before = len(found)
        for name, record in self._store.table(INDICES).rows().items():
            if not (show_closed if record.get("state") == "close" else show_open):
                continue
            if "data_stream" in record and matches(record["data_stream"]):
                found[name] = None
                continue
            if record["settings"].get("index.hidden") == "true" and not show_hidden:
                continue
            if matches(name) or any(map(matches, record["aliases"])):
                found[name] = None
        return len(found) > before

    def _is_meant(self, name: str, matches: Test) -> bool:
        stream = self.record(name).get("data_stream")
        return matches(name) or (stream is not None and matches(stream))
