"""Fields for values whose parts are all alike: arrays, records and maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import missing

from mockkibana.json import Json
from mockkibana.validation.failure import Failure, kind
from mockkibana.validation.field import EVERY_TYPE, NO_TYPE, NOTHING_BESIDE, Field, parsed
from mockkibana.validation.schema import Schema, as_field, javascript_order


class ArrayOf(Field):
    """A list of elements, or a string that holds one as JSON.

    A list whose elements all pass as they are is passed on itself, without a copy.
    """

    takes = frozenset((list, str))

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

    def _check_inside(self, value: Json, _beside: Mapping[str, Json], strip: bool, /) -> Any:
        if isinstance(value, str):
            value = parsed(value, "array")
        if isinstance(value, Failure):
            return value
        if not isinstance(value, list):
            return Failure(f"expected value of type [array] but got [{kind(value)}]")
        if not self.inner.passes.issuperset(map(type, value)):
            value = self._elements(value, strip)
            if type(value) is Failure:
                return value
        return self._sized(value)

    def _elements(self, value: list[Json], strip: bool) -> Any:
        loaded = []
        for index, element in enumerate(value):
            if element is missing:
                return Failure("sparse array are not allowed").under(index)
            item = self.inner.read(element, NOTHING_BESIDE, strip)
            if type(item) is Failure:
                return item.under(index)
            loaded.append(item)
        return loaded

    def _sized(self, value: list[Json]) -> Any:
        # The size comes after the elements, as in Kibana.
        size = len(value)
        if self.min_size is not None and size < self.min_size:
            return Failure(f"array size is [{size}], but cannot be smaller than [{self.min_size}]")
        if self.max_size is not None and size > self.max_size:
            return Failure(f"array size is [{size}], but cannot be greater than [{self.max_size}]")
        return value


class RecordOf(Field):
    """An object with any keys and values of one kind, or a string that holds one as JSON.

    `keys` is a field that every key has to fit. A record whose values all pass as they are is
    passed on itself, without a copy.
    """

    takes = frozenset((dict, str))
    json_word = "record"
    type_words = "[object]"

    def __init__(
        self, values: Field | Schema, *, keys: Field | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.values = as_field(values)
        self.keys = keys
        any_key = keys is None or str in keys.passes
        self.value_passes = self.values.passes if any_key else NO_TYPE
        if self.rule is None and self.value_passes >= EVERY_TYPE:
            self.passes = frozenset((dict,))

    def _check_inside(self, value: Json, _beside: Mapping[str, Json], strip: bool, /) -> Any:
        if isinstance(value, str):
            value = parsed(value, self.json_word)
        if isinstance(value, Failure):
            return value
        if not isinstance(value, dict):
            return Failure(f"expected value of type {self.type_words} but got [{kind(value)}]")
        if self.value_passes.issuperset(map(type, value.values())):
            return value
        return self._entries(value, strip)

    def _entries(self, value: dict[str, Json], strip: bool) -> Any:
        loaded = {}
        for key in javascript_order(value):
            name = key if self.keys is None else self.keys.read(key, NOTHING_BESIDE, strip)
            if type(name) is Failure:
                # The segment says that the key itself is wrong.
                return name.under_entry(f'key("{key}")')
            item = self.values.read(value[key], NOTHING_BESIDE, strip)
            if type(item) is Failure:
                return item.under_entry(key)
            loaded[name] = item
        return loaded


class MapOf(RecordOf):
    """A record with other messages; the loaded value is a dict."""

    json_word = "map"
    type_words = "[Map] or [object]"

    def _entries(self, value: dict[str, Json], _strip: bool) -> Any:
        # Kibana hands `unknowns` down to the entries of a record, but not to those of a map.
        return super()._entries(value, False)
