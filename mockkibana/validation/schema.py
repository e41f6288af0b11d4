"""Objects: the declarative schema and the field that nests it."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Mapping
from typing import Any, Literal

import marshmallow
from marshmallow import missing

from mockkibana.json import Json
from mockkibana.settings.release import Release
from mockkibana.validation.failure import Failure, Refused, several
from mockkibana.validation.field import LOST_KEY, Field, parsed

Unknowns = Literal["forbid", "ignore", "allow"]

_ARRAY_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")


def javascript_order(keys: Collection[str]) -> list[str]:
    """Return keys in the order in which JavaScript walks them: array indices first, ascending."""
    indices = [
        key
        for key in keys
        if key[:1].isdecimal() and _ARRAY_INDEX.fullmatch(key) and int(key) < 2**32 - 1
    ]
    if not indices:
        return list(keys)
    taken = set(indices)
    return sorted(indices, key=int) + [key for key in keys if key not in taken]


class Schema(marshmallow.Schema):
    """An object whose fields are the class's attributes.

    Keys are checked in declared order and the first failure is the only one. Unknown keys come
    after all declared ones, in the sender's order. `unknowns`, set by the class or for one
    instance, says what happens to them:

    - `"forbid"`: refused; so are they when it is None and no object around ignores them
    - `"ignore"`: dropped, also in nested objects that have no `unknowns` of their own
    - `"allow"`: kept, in this object only

    Where it changes with the releases, it is a mapping from the release in which each came in.

    A loaded object has the names on the wire as its keys: a field whose name on the wire is no
    Python name, or is taken by marshmallow, says so with `data_key`. An instance holds nothing of
    a load, so threads may share it.
    """

    unknowns: Unknowns | Mapping[str, Unknowns] | None = None
    exact = False

    class Meta(marshmallow.Schema.Meta):
        """Keep the classes out of marshmallow's module-wide registry."""

        register = False

    def __init__(self, *, unknowns: Unknowns | Mapping[str, Unknowns] | None = None) -> None:
        super().__init__()
        if unknowns is not None:
            self.unknowns = unknowns
        self._keep(_in_order(self.load_fields))

    def _keep(self, fields: dict[str, Field]) -> None:
        self.keyed_fields = fields
        self._rows = tuple((key, field, field.passes) for key, field in fields.items())

    def resolved(self, release: Release, exact: bool) -> Schema:
        """Return the schema as a release has it: itself where it does not differ."""
        fields = {
            key: field.resolved(release, exact)
            for key, field in self.keyed_fields.items()
            if release.has(field.since, field.until)
        }
        unknowns = self.unknowns
        if unknowns is not None and not isinstance(unknowns, str):
            unknowns = release.value(unknowns)
        if not exact and fields == self.keyed_fields and unknowns == self.unknowns:
            return self
        made = copy.copy(self)
        made.exact = exact
        made.unknowns = unknowns
        made._keep(fields)
        return made

    def load(self, data: Any, **options: object) -> Any:
        """Load an object from plain JSON, or from a string that holds JSON; `missing` is `{}`.

        Returns a new dict. Raises `Refused`. None of marshmallow's options applies.
        """
        if options:
            raise TypeError(f"load takes no {', '.join(options)}")
        loaded = self.read(data, False)
        if type(loaded) is Failure:
            raise Refused(loaded)
        return loaded

    def read(self, data: Json, strip: bool) -> Any:
        """Return the loaded dict or the `Failure`; `strip`: the object around ignores unknowns."""
        if type(data) is not dict:
            data = _object(data, self.exact)
            if type(data) is Failure:
                return data
        if self.unknowns is not None or self.exact:
            strip = self.unknowns == "ignore"
        loaded: dict[str, Json] = {}
        failures: list[Failure] = []
        known = 0
        for key, field, passes in self._rows:
            value = data.get(key, missing)
            if type(value) in passes:
                known += 1
                loaded[key] = value
                continue
            if value is not missing:
                known += 1
            value = field.read(value, loaded, strip)
            if type(value) is Failure:
                failures.append(value.under(key))
                if not self.exact:
                    break
            elif value is not missing:
                loaded[key] = value
        if known < len(data) and not strip and (self.exact or not failures):
            unknown = [key for key in data if key not in self.keyed_fields and key != LOST_KEY]
            if unknown and self.unknowns != "allow":
                failures.append(Failure("unknown_keys", tuple(javascript_order(unknown)), data))
            loaded.update((key, data[key]) for key in unknown)
        return several(failures) if failures else loaded


def _in_order(fields: Mapping[str, marshmallow.fields.Field[Any]]) -> dict[str, Field]:
    """Return fields by their names on the wire, each after the siblings that it depends on."""
    declared: dict[str, Field] = {}
    for name, field in fields.items():
        if not isinstance(field, Field):
            raise TypeError(f"{name} is no field of mockkibana.validation")
        declared[field.data_key or name] = field
    ordered: dict[str, Field] = {}

    def add(key: str, waiting: tuple[str, ...]) -> None:
        if key in waiting:
            raise TypeError(f"{key} depends on itself")
        for sibling in declared:
            if sibling in declared[key].siblings and sibling not in ordered:
                add(sibling, (*waiting, key))
        ordered[key] = declared[key]

    for key in declared:
        if key not in ordered:
            add(key, ())
    return ordered


def _object(data: Any, exact: bool) -> Any:
    if data is missing and not exact:
        return {}
    if isinstance(data, str) and not exact:
        data = parsed(data, "object")
    if isinstance(data, dict | Failure):
        return data
    return Failure("type", "object", data)


class Object(Field):
    """A nested object: a schema, or its fields by their names on the wire.

    An absent object is checked as `{}`, so that the failure names the first required key, unless
    there is a `load_default`. `unknowns` belongs to fields given by name; a schema has its own.
    """

    takes = frozenset((dict, str))
    parts = ("schema",)

    def __init__(
        self,
        schema: Schema | Mapping[str, Field],
        *,
        unknowns: Unknowns | Mapping[str, Unknowns] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.schema: Schema = (
            schema
            if isinstance(schema, Schema)
            else type("Object", (Schema,), dict(schema))(unknowns=unknowns)
        )

    @property
    def keyed_fields(self) -> dict[str, Field]:
        """The fields by their names on the wire."""
        return self.schema.keyed_fields

    def _derive(self) -> None:
        if self.exact:
            self.takes = frozenset((dict,))

    def _check_inside(self, value: Json, _beside: Mapping[str, Json], strip: bool, /) -> Any:
        return self.schema.read(value, strip)


def as_field(rule: Field | Schema) -> Field:
    """Return a rule as a field: a schema stands for the object that it describes."""
    return Object(rule) if isinstance(rule, Schema) else rule


def load(rule: Field | Schema, value: Json) -> Json:
    """Load a value (`missing` when absent) with a schema or a field. Raises `Refused`."""
    return rule.load(value) if isinstance(rule, Schema) else rule.deserialize(value)
