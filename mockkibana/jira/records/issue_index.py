"""An index of the issues: which of them have a value, found without a look at the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable
from threading import Lock

from mockkibana.jira.records.records import ISSUES
from mockkibana.store import Document, Store

Reader = Callable[[Document], Collection[str]]
"""Returns the values that an issue has in a field, from its record alone."""


class IssueIndex:
    """The issues by their values, in memory: nothing of it is stored.

    The part for a field is made when somebody first asks for it. Later it is brought up to date by
    what was written since then, so that a write costs the same, however many issues there are.
    Whoever asks must have no transaction open.
    """

    def __init__(self, store: Store) -> None:
        self._watch = store.storage.watch(ISSUES)
        self._store = store
        self._lock = Lock()
        self._fields: dict[Hashable, _Field] = {}

    def ids(self, name: Hashable, read: Reader, values: Iterable[str]) -> set[str]:
        """Return the ids of the issues that have one of the values in the field of that name."""
        with self._lock:
            self._follow()
            field = self._fields.get(name)
            if field is None:
                field = self._fields[name] = _Field(read)
                field.add(self._store.table(ISSUES).rows())
            return set().union(*(field.issues.get(value, ()) for value in values))

    def _follow(self) -> None:
        anew, changed = self._watch.take()
        if anew:
            self._fields.clear()
        elif changed:
            for field in self._fields.values():
                field.remove(changed)
                field.add(changed)


class _Field:
    """The issues by their values in one field."""

    def __init__(self, read: Reader) -> None:
        self._read = read
        self._values: dict[str, Collection[str]] = {}
        self.issues: dict[str, set[str]] = defaultdict(set)

    def add(self, documents: dict[str, Document] | dict[str, Document | None]) -> None:
        for id_, document in documents.items():
            if document is not None and (values := self._read(document)):
                self._values[id_] = values
                for value in values:
                    self.issues[value].add(id_)

    def remove(self, ids: Iterable[str]) -> None:
        for id_ in ids:
            for value in self._values.pop(id_, ()):
                issues = self.issues[value]
                issues.discard(id_)
                if not issues:
                    del self.issues[value]
