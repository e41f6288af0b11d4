"""What `doc` gives to a script: the indexed values of the fields of a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from mockkibana.elasticsearch.scripts.errors import ScriptError


@dataclass(frozen=True, slots=True)
class Instant:
    """The value of a date field: milliseconds since 1970."""

    FIELDS: ClassVar = ("dayOfMonth", "hour", "millis", "minute", "monthValue", "second", "year")
    java_class: ClassVar = "java.time.ZonedDateTime"

    milliseconds: int

    def field(self, name: str) -> int:
        """Return one of `FIELDS`. Raises `ScriptError` for an instant beyond the calendar."""
        if name == "millis":
            return self.milliseconds
        attribute = {"dayOfMonth": "day", "monthValue": "month"}.get(name, name)
        return int(getattr(self._date(), attribute))

    def java_text(self) -> str:
        """Return it as Java prints it."""
        return self._date().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _date(self) -> datetime:
        try:
            return datetime.fromtimestamp(self.milliseconds / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            raise ScriptError("this mock has no dates before the year 1 or after 9999") from None


@dataclass(frozen=True, slots=True)
class DocValues:
    """The values of a field of one document, in order."""

    java_class: ClassVar = "org.elasticsearch.index.fielddata.ScriptDocValues"

    values: Sequence[Any]

    def first(self) -> Any:
        """Return the first value. Raises `ScriptError` where there is none."""
        if not self.values:
            raise ScriptError(
                "A document doesn't have a value for a field! Use doc[<field>].size()==0 to check "
                "if a document is missing a field!",
                type="illegal_state_exception",
            )
        return self.values[0]

    def java_text(self) -> str:
        """Return it as Java prints it."""
        return str(list(self.values))


@dataclass(frozen=True, slots=True)
class Doc:
    """The fields of one document; `values` finds those of a field, None where none is mapped."""

    java_class: ClassVar = "org.elasticsearch.search.lookup.LeafDocLookup"

    values: Callable[[str], DocValues | None]

    def get(self, name: str) -> DocValues:
        """Return the values of a field. Raises `ScriptError` for one that is not mapped."""
        found = self.values(name)
        if found is None:
            raise ScriptError(f"No field found for [{name}] in mapping")
        return found

    def has(self, name: str) -> bool:
        """Return whether a field is mapped."""
        return self.values(name) is not None
