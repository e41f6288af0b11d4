"""The content of a store, and the changes that lead from one content to the next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cache
from queue import SimpleQueue
from threading import Thread
from time import sleep
from typing import Any

Document = dict[str, Any]
Documents = dict[str, Document]

# ("put", table, {id: document}), ("remove", table, [id]), ("drop", table) or ("clear",).
Change = Sequence[Any]

_FREED_AT_ONCE = 1_000

# NaN and the infinities are written and read as Python's: a document may hold 1e400.
_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False)
# CPython's `int` refuses more than 4,300 digits unless told otherwise; a `Decimal` does not.
_LONG_INTEGERS = json.JSONDecoder(parse_int=lambda digits: int(Decimal(digits)))


class State:
    """Documents by table and id.

    Not safe for threads by itself. Documents are shared with whoever reads them and are never
    mutated, only replaced.
    """

    __slots__ = ("_changes", "_dropped", "serials", "tables", "versions")

    def __init__(self, tables: dict[str, Documents] | None = None) -> None:
        self.tables: dict[str, Documents] = {} if tables is None else tables
        #: The last number given out as an id, by table.
        self.serials: dict[str, int] = {}
        #: Which of all changes was the last one of a table that has changed.
        self.versions: dict[str, int] = {}
        self._changes = 0
        self._dropped: list[list[Documents]] = []

    def documents(self, table: str) -> Documents:
        """Return the table itself, not a copy; an empty one when there is none."""
        return self.tables.get(table) or {}

    def names(self) -> list[str]:
        """Return the names of the tables."""
        return list(self.tables)

    def weight(self) -> int:
        """Return the `weight` of the shortest changes that lead to this state from nothing."""
        return sum(len(documents) or 1 for documents in self.tables.values())

    def apply(self, changes: Iterable[Change]) -> None:
        """Make the changes, which must be well-formed."""
        for change in changes:
            self._changes += 1
            match change:
                case ("put", table, documents):
                    self.versions[table] = self._changes
                    stored = self.tables.setdefault(table, {})
                    stored.update(documents)
                    if self._dropped:
                        _garbage().put(self._dropped.pop())
                case ("remove", table, ids):
                    self.versions[table] = self._changes
                    documents = self.tables.get(table, {})
                    for id_ in ids:
                        documents.pop(id_, None)
                case ("drop", table):
                    self.serials.pop(table, None)
                    self.versions.pop(table, None)
                    self._drop([self.tables.pop(table, {})])
                case ("clear",):
                    dropped, self.tables, self.serials = self.tables, {}, {}
                    self.versions = {}
                    self._drop(list(dropped.values()))

    def _drop(self, tables: list[Documents]) -> None:
        # Whoever drops them does not even wake the thread that frees them: the next write does.
        if sum(map(len, tables)) > _FREED_AT_ONCE:
            self._dropped.append(tables)


@cache
def _garbage() -> SimpleQueue[list[Documents]]:
    """Return where to put tables that are of no more use: one thread of the process frees them."""
    garbage: SimpleQueue[list[Documents]] = SimpleQueue()
    with suppress(RuntimeError):  # the interpreter is ending and starts no more threads
        Thread(target=_reap, args=(garbage,), name="mockkibana-free", daemon=True).start()
    return garbage


def _reap(garbage: SimpleQueue[list[Documents]]) -> None:
    while True:
        # In small pieces: a dict that dies as a whole stops every thread until its last document
        # is freed, and a thread that never waits makes the others wait for their turn.
        for documents in garbage.get():
            while documents:
                for _ in range(min(len(documents), _FREED_AT_ONCE)):
                    documents.popitem()
                sleep(0.001)


def weight(changes: Iterable[Change]) -> int:
    """Return how many documents the changes touch; at least 1 a change."""
    return sum(len(change[2]) or 1 if len(change) == 3 else 1 for change in changes)


def encode(value: Any) -> bytes:
    """Write a JSON value as one line, without its end.

    Everything but ASCII is escaped, so lone surrogates survive. Raises TypeError for a value that
    is no JSON and ValueError for an integer that CPython refuses to write.
    """
    return _ENCODER.encode(value).encode("ascii")


def copied_in(document: Mapping[str, Any]) -> Document:
    """Return the document as a file would give it back; raises what `encode` raises."""
    copy: Document = json.loads(_ENCODER.encode(dict(document)))
    return copy


def copied_out(value: Any) -> Any:
    """Return a copy of a stored value that may be mutated."""
    if type(value) is dict:
        return {key: copied_out(item) for key, item in value.items()}
    if type(value) is list:
        return [copied_out(item) for item in value]
    return value


def decode(line: bytes) -> list[Change]:
    """Read the changes of one transaction; raises ValueError with what is wrong with them."""
    text = line.decode()
    try:
        changes = json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        changes = _LONG_INTEGERS.decode(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if type(changes) is not list:
        raise ValueError(f"it is no list but {text[:40]}")
    for change in changes:
        match change:
            case ["put", str(), dict() as documents] if all_are(dict, documents.values()):
                pass
            case ["remove", str(), list() as ids] if all_are(str, ids):
                pass
            case ["drop", str()] | ["clear"]:
                pass
            case _:
                raise ValueError(f"{str(change)[:40]} is no change")
    return changes


def all_are(kind: type, values: Iterable[object]) -> bool:
    """Return whether all values are of the kind; fast for many values of few types."""
    return all(issubclass(found, kind) for found in set(map(type, values)))
