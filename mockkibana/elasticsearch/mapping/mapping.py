"""A mapping, compiled: what parsing a document and searching need to know of its fields."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress, islice
from operator import is_, is_not

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.mapping.definitions import OBJECTS, render
from mockkibana.elasticsearch.mapping.dynamic_templates import DynamicTemplates
from mockkibana.elasticsearch.mapping.fields import TAKES_LISTS, TYPES, VECTORS
from mockkibana.elasticsearch.mapping.unfit import Check, Definition
from mockkibana.elasticsearch.vocabulary import names
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field that holds values; `check` raises `Unfit` for a value that it does not take."""

    path: str
    type: str  # its name in the mapping (`keyword`)
    definition: Definition
    check: Check
    fields: dict[str, Leaf]
    copy_to: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many fields it is, with its multi-fields."""
        return 1 + sum(inner.size for inner in self.fields.values())

    @property
    def takes_lists(self) -> bool:
        """Whether a list is one value."""
        return self.type in TAKES_LISTS

    @property
    def ignores_malformed(self) -> bool:
        """Whether a value that the field does not take is passed over."""
        return self.definition.get("ignore_malformed") in (True, "true")

    def is_child(self, value: Json) -> bool:
        """Return whether the value of a `join` field is that of a document with a parent."""
        children = self.definition.get("relations", {}).values()
        return isinstance(value, dict) and any(
            value["name"] in (names if isinstance(names, list) else [names]) for names in children
        )


@dataclass(frozen=True, slots=True)
class ObjectField:
    """A field that holds fields; `dynamic` is its own or its parent's."""

    path: str
    definition: Definition
    dynamic: str
    children: dict[str, Leaf | ObjectField]
    enabled: bool = True
    subobjects: bool = True
    size: int = 1
    """How many fields it is, with those in it."""

    @property
    def type(self) -> str:
        """Either `object` or `nested`."""
        return str(self.definition.get("type", "object"))

    def join(self, name: str) -> str:
        """Return the full path of a child."""
        return f"{self.path}.{name}" if self.path else name


Field = Leaf | ObjectField


@dataclass(frozen=True)
class Mapping:
    """The mapping of one index; `definition` is the stored JSON.

    `shapes` remembers documents that need no look at their values: see `documents.create_many`.
    """

    definition: Definition
    root: ObjectField
    templates: DynamicTemplates = field(default_factory=DynamicTemplates)
    shapes: dict[tuple[object, ...], tuple[tuple[str, Check], ...]] = field(default_factory=dict)

    @cached_property
    def fields(self) -> Lookup[str, Field]:
        """Every field by its full path, multi-fields (`name.keyword`) too."""
        return dict(_walk(self.root.children))

    @cached_property
    def vectors(self) -> tuple[str, ...]:
        """The paths of all vector fields."""
        return tuple(path for path, field in self.fields.items() if field.type in VECTORS)

    @cached_property
    def size(self) -> int:
        """How many fields count towards `index.mapping.total_fields.limit`."""
        return self.root.size - 1 + len(self.definition.get("runtime", {}))

    def body(self) -> Json:
        """Return the mapping as `GET /{index}/_mapping` shows it."""
        return render(self.definition)


def compile_mapping(definition: Definition, earlier: Mapping | None = None) -> Mapping:
    """Compile a mapping as `definitions.read` keeps it.

    Parts that it shares with the `earlier` mapping of the index are not compiled again.
    """
    root = _object("", definition, "true", earlier.root if earlier is not None else None)
    listed = definition.get("dynamic_templates", ())
    if earlier is not None and earlier.templates.listed is listed:
        return Mapping(definition, root, earlier.templates)
    return Mapping(definition, root, DynamicTemplates(listed))


def _walk(children: Lookup[str, Field]) -> Iterator[tuple[str, Field]]:
    for child in children.values():
        yield child.path, child
        yield from _walk(child.children if isinstance(child, ObjectField) else child.fields)


def compile_field(
    path: str, definition: Definition, dynamic: str, earlier: Field | None = None
) -> Field:
    """Compile one field; `dynamic` is that of the object that holds it."""
    if "properties" in definition or definition.get("type", "object") in OBJECTS:
        return _object(path, definition, dynamic, earlier)
    return leaf(path, definition)


def _object(path: str, definition: Definition, dynamic: str, earlier: Field | None) -> ObjectField:
    known = earlier.children if isinstance(earlier, ObjectField) else {}
    own_dynamic = str(definition.get("dynamic", dynamic))
    properties: Definition = definition.get("properties", {})
    changed = None
    if isinstance(earlier, ObjectField) and earlier.dynamic == own_dynamic:
        changed = _changed(earlier.definition.get("properties", {}), properties)
    children: dict[str, Leaf | ObjectField] = {}
    size = 1
    if changed is not None and isinstance(earlier, ObjectField):
        children, size = dict(known), earlier.size
    for name in properties if changed is None else changed:
        child, before = properties[name], known.get(name)
        if changed is None and isinstance(before, Leaf) and before.definition is child:
            children[name] = before
            size += before.size
            continue
        full = f"{path}.{name}" if path else name
        children[name] = compile_field(full, child, own_dynamic, before)
        size += children[name].size
        if changed is not None and before is not None:
            size -= before.size
    return ObjectField(
        path,
        definition,
        own_dynamic,
        children,
        enabled=definition.get("enabled") not in (False, "false"),
        subobjects=definition.get("subobjects") not in (False, "false"),
        size=size,
    )


def _changed(before: Definition, after: Definition) -> list[str] | None:
    """Return the names whose definitions are others; None where names are gone or moved."""
    if len(after) < len(before) or not all(map(is_, before, after)):
        return None
    others = compress(after, map(is_not, before.values(), after.values()))
    return [*others, *islice(after, len(before), None)]


def leaf(path: str, definition: Definition) -> Leaf:
    """Compile one leaf."""
    check = TYPES[definition["type"]]({**definition, "name": path})
    fields = {
        name: leaf(f"{path}.{name}", inner) for name, inner in definition.get("fields", {}).items()
    }
    targets = definition.get("copy_to", ())
    copy_to = (targets,) if isinstance(targets, str) else tuple(targets)
    return Leaf(path, str(definition["type"]), definition, check, fields, copy_to)


def merge(existing: Definition, update: Definition, path: str = "") -> Definition:
    """Return `existing` with the fields and parameters of `update`.

    Parts that do not change stay the very same values. Raises `illegal_argument_exception` for a
    change that an existing field does not allow.
    """
    result = existing
    for key, value in update.items():
        if key == "properties":
            value = _merged_properties(existing.get(key, {}), value, path)
        elif key in ("runtime", "_meta") and isinstance(value, dict):
            value = {**existing.get(key, {}), **value}
            value = {name: inner for name, inner in value.items() if inner is not None}
        if key not in existing or (existing[key] is not value and existing[key] != value):
            result = {**result, key: value}
    return result


def _merged_properties(existing: Definition, update: Definition, path: str) -> Definition:
    changed: Definition = {}
    for name, definition in update.items():
        before = existing.get(name)
        if before is None:
            changed[name] = definition
            continue
        full = f"{path}.{name}" if path else name
        after = merge_field(full, before, definition)
        if after is not before:
            changed[name] = after
    return {**existing, **changed} if changed else existing


def merge_field(path: str, existing: Definition, update: Definition) -> Definition:
    """Return the definition of one field after an update; raises as `merge` does."""
    kinds = [definition.get("type", "object") for definition in (existing, update)]
    if "properties" in existing or "properties" in update:
        if kinds[0] == kinds[1]:
            return merge(existing, update, path)
        if "nested" in kinds and set(kinds) <= OBJECTS:
            # The words are the same whichever of the two is nested (`MapperErrors`).
            raise illegal_argument(
                f"can't merge a non-nested mapping [{path}] with a nested mapping"
            )
        raise illegal_argument(f"can't merge a non object mapping [{path}] with an object mapping")
    if kinds[0] != kinds[1]:
        raise illegal_argument(
            f"mapper [{path}] cannot be changed from type [{kinds[0]}] to [{kinds[1]}]"
        )
    _refuse_conflicts(path, existing, update)
    result = {**existing, **update}
    if "fields" in existing or "fields" in update:
        result["fields"] = _merged_properties(
            existing.get("fields", {}), update.get("fields", {}), path
        )
    return existing if result == existing else result


def _refuse_conflicts(path: str, existing: Definition, update: Definition) -> None:
    conflicts = [
        f"Cannot update parameter [{key}] from [{_shown(key, existing)}] to [{_shown(key, update)}]"
        for key in (*update, *existing)
        if key not in names("mapping", "updateable")
        and not (key == "dims" and key not in existing)  # the first vector gives it
        and _shown(key, existing) != _shown(key, update)
    ]
    if existing.get("type") == "constant_keyword" and "value" not in existing:
        return
    if conflicts:
        unique = "\n\t".join(dict.fromkeys(conflicts))
        raise illegal_argument(f"Mapper for [{path}] conflicts with existing mapper:\n\t{unique}")


_DEFAULTS: dict[str, Json] = {
    "analyzer": "default",
    "doc_values": True,
    "format": "strict_date_optional_time||epoch_millis",
    "index": True,
    "store": False,
}


def _shown(key: str, definition: Definition) -> str:
    value = definition.get(key, _DEFAULTS.get(key))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)
