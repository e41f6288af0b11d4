"""Records of a seed: what a person has written, read with errors that say where and what."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from mockkibana.jira.errors import BadSeed
from mockkibana.jira.projects import timestamps
from mockkibana.json import Json
from mockkibana.spelling import expected

_NAMES: dict[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    list: "a list",
    dict: "an object",
}


def expect(value: Json, path: str, kind: type, example: str = "") -> Any:
    """Return the value if it is of that kind. Raises `BadSeed`."""
    if type(value) is not kind:
        such = f" such as {example}" if example else ""
        raise BadSeed(path, f"expected {_NAMES[kind]}{such}, got {value!r:.60}")
    return value


@dataclass(frozen=True, slots=True)
class Record:
    """An object of a seed, and where it stands."""

    path: str
    values: dict[str, Json]

    @classmethod
    def of(cls, value: Json, path: str, known: Collection[str] = ()) -> Record:
        """Return the record, which may have the `known` keys only. Raises `BadSeed`."""
        record = cls(path, expect(value, path, dict))
        for key in record.values:
            if known and key not in known:
                raise BadSeed(f"{path}.{key}", f"there is no such key; {expected(key, known)}")
        return record

    def at(self, key: str) -> str:
        """Return the path of a key."""
        return f"{self.path}.{key}"

    def __contains__(self, key: str) -> bool:
        return self.values.get(key) is not None

    def get(self, key: str, kind: type, default: Json = None, example: str = "") -> Any:
        """Return a value of that kind, or the default for none. Raises `BadSeed`."""
        value = self.values.get(key)
        return default if value is None else expect(value, self.at(key), kind, example)

    def id(self, key: str = "id") -> str | None:
        """Return an id, which a person may write as a number. Raises `BadSeed`."""
        value = self.values.get(key)
        text = str(value) if type(value) is int else value
        if text is None:
            return None
        if not isinstance(text, str) or not text.isdecimal() or not text.isascii():
            raise BadSeed(self.at(key), f'expected an id such as "10000", got {value!r:.60}')
        return text

    def time(self, key: str, default: str) -> str:
        """Return a time, in UTC and Jira's way to write it. Raises `BadSeed`."""
        value = self.get(key, str, None, '"2024-05-01T12:34:56.789+0000"')
        if value is None:
            return default
        try:
            return timestamps.from_milliseconds(timestamps.to_milliseconds(value))
        except (ValueError, OverflowError):
            raise BadSeed(
                self.at(key),
                f'expected a time such as "2024-05-01T12:34:56.789+0000", got {value!r}',
            ) from None

    def rows(self, key: str) -> Iterator[tuple[Json, str]]:
        """Yield the elements of a list, each with its path. Raises `BadSeed`."""
        for index, value in enumerate(self.get(key, list, [])):
            yield value, f"{self.at(key)}[{index}]"

    def texts(self, key: str) -> list[str]:
        """Return a list of texts. Raises `BadSeed`."""
        return [expect(value, path, str) for value, path in self.rows(key)]


def named(value: Json, path: str, key: str = "name", known: Collection[str] = ()) -> Record:
    """Return a record that a person may write as one text, its name. Raises `BadSeed`."""
    return Record.of({key: value} if isinstance(value, str) else value, path, known)
