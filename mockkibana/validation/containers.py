"""Fields for values whose parts are all alike: arrays, records and maps."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import repeat
from operator import contains
from typing import Any

from marshmallow import missing

from mockkibana.json import Json
from mockkibana.validation.failure import Entry, EntryKey, Failure, several
from mockkibana.validation.field import EVERY_TYPE, LOST_KEY, NO_TYPE, NOTHING_BESIDE, Field, parsed
from mockkibana.validation.scalars import beyond
from mockkibana.validation.schema import Schema, as_field, javascript_order


class ArrayOf(Field):
    """A list of elements, or a string that holds one as JSON.

    A list whose elements all pass as they are is passed on itself, without a copy.
    """

    takes = frozenset((list, str))
    parts = ("inner",)

    def __init__(
        self,
        inner: Field | Schema,
        *,
        min_size: int | None = None,
        max_size: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.inner = as_field(inner)
        self.min_size = min_size
        self.max_size = max_size
        self._derive()

    def _derive(self) -> None:
        self._of_records = isinstance(self.inner, RecordOf)
        if self.exact:
            self.takes = frozenset((list,))

    def _check_inside(self, value: Json, _beside: Mapping[str, Json], strip: bool, /) -> Any:
        if isinstance(value, str) and not self.exact:
            value = parsed(value, "array")
        if isinstance(value, Failure):
            return value
        if not isinstance(value, list):
            further = beyond(value, self.min_size, self.max_size) if self.exact else ()
            return Failure("type", "array", value, (), further)
        if not self.inner.passes.issuperset(map(type, value)) or (
            self._of_records and True in map(contains, value, repeat(LOST_KEY))
        ):
            loaded = self._elements(value, strip)
            if type(loaded) is Failure:
                further = beyond(value, self.min_size, self.max_size) if self.exact else ()
                return several([loaded, *further])
            value = loaded
        return self._sized(value)

    def _elements(self, value: list[Json], strip: bool) -> Any:
        loaded = []
        failures: list[Failure] = []
        for index, element in enumerate(value):
            if element is missing:
                return Failure("sparse").under(index)
            item = self.inner.read(element, NOTHING_BESIDE, strip)
            if type(item) is Failure:
                failures.append(item.under(index))
                if not self.exact:
                    break
            loaded.append(item)
        return several(failures) if failures else loaded

    def _sized(self, value: list[Json]) -> Any:
        # The size comes after the elements, as in Kibana.
        size = len(value)
        if self.min_size is not None and size < self.min_size:
            return Failure("min_size", self.min_size, value)
        if self.max_size is not None and size > self.max_size:
            return Failure("max_size", self.max_size, value)
        return value


class RecordOf(Field):
    """An object with any keys and values of one kind, or a string that holds one as JSON.

    `keys` is a field that every key has to fit. A record whose values all pass as they are is
    passed on itself, without a copy. With `coerced` the string is fine in every release.
    """

    takes = frozenset((dict, str))
    parts = ("values", "keys")
    type_name = "record"

    def __init__(
        self,
        values: Field | Schema,
        *,
        keys: Field | None = None,
        coerced: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.values = as_field(values)
        self.keys = keys
        self.coerced = coerced
        self._derive()

    def _derive(self) -> None:
        if self.exact and not self.coerced:
            self.takes = frozenset((dict,))
        any_key = self.keys is None or str in self.keys.passes
        self.value_passes = self.values.passes if any_key else NO_TYPE
        if self.rule is None and self.value_passes >= EVERY_TYPE:
            self.passes = frozenset((dict,))

    def _check_inside(self, value: Json, _beside: Mapping[str, Json], strip: bool, /) -> Any:
        if isinstance(value, str) and (self.coerced or not self.exact):
            value = parsed(value, self.type_name)
        if isinstance(value, Failure):
            return value
        if not isinstance(value, dict):
            return Failure("type", self.type_name, value)
        if LOST_KEY in value:
            value = {key: item for key, item in value.items() if key != LOST_KEY}
        if self.value_passes.issuperset(map(type, value.values())):
            return value
        return self._entries(value, strip)

    def _entries(self, value: dict[str, Json], strip: bool) -> Any:
        loaded = {}
        failures: list[Failure] = []
        for key in javascript_order(value):
            name = key if self.keys is None else self.keys.read(key, NOTHING_BESIDE, strip)
            if type(name) is Failure:
                failures.append(name.under(EntryKey(key)))
            elif type(item := self.values.read(value[key], NOTHING_BESIDE, strip)) is Failure:
                failures.append(item.under(Entry(key)))
            else:
                loaded[name] = item
            if failures and not self.exact:
                break
        return several(failures) if failures else loaded


class MapOf(RecordOf):
    """A record of another name in messages; the loaded value is a dict."""

    type_name = "map"

    def _entries(self, value: dict[str, Json], _strip: bool) -> Any:
        # Kibana hands `unknowns` down to the entries of a record, but not to those of a map.
        return super()._entries(value, False)
