"""Parsing of documents: what does not fit the mapping is refused, what is new extends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    Error,
    cause,
    document_parsing,
    strict_dynamic_mapping,
)
from mockkibana.elasticsearch.json import java
from mockkibana.elasticsearch.mapping import dynamic
from mockkibana.elasticsearch.mapping.mapping import Leaf, Mapping, ObjectField, leaf, merge_field
from mockkibana.elasticsearch.mapping.unfit import Definition, Unfit
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.json.positions import Place, Step

_METADATA = frozenset(
    (
        "_field_names",
        "_id",
        "_ignored",
        "_index",
        "_nested_path",
        "_routing",
        "_seq_no",
        "_source",
        "_version",
    )
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of an index: `index.mapping.total_fields.limit`, `index.mapping.depth.limit`."""

    fields: int
    depth: int


class _Stopped(Exception):
    """Parsing stops: `error` makes the error once the place is known, `steps` lead there.

    The steps are collected from the innermost outwards while the exception travels.
    """

    def __init__(self, error: Callable[[Place], ElasticsearchError]) -> None:
        super().__init__()
        self.error = error
        self.steps: list[Step] = []


def parse(
    mapping: Mapping,
    source: dict[str, Json],
    *,
    id: str,  # noqa: A002
    raw: bytes | None,
    limits: Limits,
    routing: str | None = None,
) -> Definition | None:
    """Check a document against its mapping.

    Returns what the document adds to the mapping (for `mapping.merge`), or None. `raw` is the text
    of the document, if it is at hand: errors name places in it. Raises `ElasticsearchError`.
    """
    if not mapping.root.enabled:
        return None
    parsing = _Parsing(mapping, id, limits, routing)
    try:
        parsing.object(mapping.root, source)
    except _Stopped as error:
        # Imported here, as most documents fit.
        from mockkibana.elasticsearch.json.positions import locate

        raise error.error(locate(raw, source, error.steps[::-1])) from None
    return parsing.update()


class _Parsing:
    """One document on its way through the mapping, and the fields that are new in it."""

    def __init__(self, mapping: Mapping, id: str, limits: Limits, routing: str | None) -> None:  # noqa: A002
        self._mapping = mapping
        self._root = mapping.definition
        self._templates = mapping.templates
        self._id = id
        self._limits = limits
        self._routing = routing
        self._new: dict[str, Definition] = {}  # by full path, parents first
        self._parts: dict[str, tuple[str, ...]] = {}
        self._runtime: dict[str, Definition] = {}
        self._size = 0
        self._copies = False

    def update(self) -> Definition | None:
        """Return the part of a mapping that holds what is new."""
        if not self._new and not self._runtime:
            return None
        update: Definition = {"properties": {}}
        for path, definition in self._new.items():
            node, known = update, self._root
            *parents, name = self._parts[path]
            for parent in parents:
                known = known.get("properties", {}).get(parent, {})
                blank = {key: known[key] for key in ("type",) if key in known}
                node = node["properties"].setdefault(parent, {**blank, "properties": {}})
            node["properties"][name] = definition
        if self._runtime:
            update["runtime"] = self._runtime
        return update

    def object(self, node: ObjectField, source: dict[str, Json]) -> None:
        """Parse the members of an object."""
        children = node.children
        for name, value in source.items():
            try:
                child = children.get(name)
                if type(child) is Leaf and not isinstance(value, dict | list):
                    self._value(child, value)
                elif "." in name and node.subobjects:
                    self._path(node, _split(name), value)
                else:
                    self._member(node, name, value)
            except _Stopped as error:
                error.steps.append(name)
                raise

    def _path(self, node: ObjectField, parts: list[str], value: Json) -> None:
        """Parse `{"a.b": value}` as `{"a": {"b": value}}`."""
        name, *rest = parts
        if not rest:
            self._member(node, name, value)
            return
        child = node.children.get(name)
        if child is None:
            if node.dynamic == "strict":
                raise self._strict(node, name)
            if node.dynamic == "false":
                return
            child = self._new_object(node, name)
        if isinstance(child, Leaf):
            inner = value
            for part in reversed(rest):
                inner = {part: inner}
            self._value(child, inner, expanded=True)
        elif child.enabled:
            self._path(child, rest, value)

    def _member(self, node: ObjectField, name: str, value: Json) -> None:
        if not name or name.isspace():
            raise _invalid_name(name, node)
        child = node.children.get(name)
        if isinstance(value, list) and not (isinstance(child, Leaf) and child.takes_lists):
            self._list(node, name, value)
        elif child is None:
            self._unknown(node, name, value)
        elif isinstance(child, Leaf):
            self._value(child, value)
        elif child.enabled and value is not None:
            if not isinstance(value, dict):
                raise _concrete_value(child.path, name)
            self.object(child, value)

    def _list(self, node: ObjectField, name: str, values: list[Json]) -> None:
        child = node.children.get(name)
        if child is None and node.dynamic == "strict":
            raise self._strict(node, name)
        if isinstance(child, ObjectField) and not child.enabled:
            return
        for number, value in enumerate(values):
            try:
                self._member(node, name, value)
            except _Stopped as error:
                error.steps.append(number)
                raise

    def _value(self, field: Leaf, value: Json, *, expanded: bool = False) -> None:
        """Check a value; one that is `expanded` is no object in the text."""
        if value is None:
            return
        if field.type == "alias":
            text = f"Cannot write to a field alias [{field.path}]."
            raise _Stopped(lambda place: document_parsing(f"[{place.start}] {text}"))
        try:
            field.check(value)
        except Unfit as unfit:
            is_left = isinstance(value, dict) and unfit.frame == "preview"
            if not field.ignores_malformed or is_left:
                raise self._unfit(field, value, unfit, expanded=expanded) from None
        for inner in field.fields.values():
            self._value(inner, value)
        if field.type == "constant_keyword" and "value" not in field.definition:
            self._note(field.path, {**field.definition, "value": value})
        if field.type == "join" and self._routing is None and field.is_child(value):
            text = f"[routing] is missing for join field [{field.path}]"
            unrouted = Unfit("illegal_argument_exception", text, frame="bare", at_end=True)
            raise self._unfit(field, value, unrouted, expanded=expanded)
        if field.type == "dense_vector" and isinstance(value, list):
            self._count_dimensions(field, value)
        if field.copy_to and not self._copies:  # what was copied is not copied on
            self._copies = True
            for target in field.copy_to:
                self._path(self._mapping.root, target.split("."), value)
            self._copies = False

    def _count_dimensions(self, field: Leaf, value: list[Json]) -> None:
        """Let the first vector decide how many dimensions all have, where the mapping does not."""
        if "dims" not in field.definition:
            size = 8 if field.definition.get("element_type") == "bit" else 1
            self._note(field.path, {**field.definition, "dims": len(value) * size})

    def _unfit(self, field: Leaf, value: Json, unfit: Unfit, *, expanded: bool) -> _Stopped:
        path = () if expanded else unfit.path
        for step in path:
            value = value[step]

        def error(place: Place) -> ElasticsearchError:
            reason = unfit.reason
            if unfit.place == "behind":
                reason = f"{reason} at {place.start}"
            elif unfit.place == "before":
                reason = f"[{place.after}] {reason}"
            inner = cause(unfit.type, reason, unfit.caused_by)
            if unfit.frame == "bare":
                at = place.last if unfit.at_end else place.start
                reason = reason.replace("{id}", self._id)
                inner["reason"] = reason
                return document_parsing(f"[{at}] failed to parse: {reason}", inner)
            # The parser has read the value, for the preview or to leave it: it stands at its end.
            has_end = isinstance(value, dict | list) and not expanded
            text = f"[{place.last if has_end else place.start}] failed to parse field "
            text += f"[{field.path}] of type [{field.type}]"
            if unfit.frame == "preview":
                shown = "null" if unfit.at_end else java.text(value)
                text += f" in document with id '{self._id}'. Preview of field's value: '{shown}'"
            return document_parsing(text, inner)

        stopped = _Stopped(error)
        stopped.steps.extend(reversed(path))
        return stopped

    def _unknown(self, node: ObjectField, name: str, value: Json) -> None:
        if node is self._mapping.root and name in _METADATA:
            raise self._metadata(name, value)
        if node.dynamic == "strict":
            raise self._strict(node, name)
        if value is None or node.dynamic == "false":
            return
        path = node.join(name)
        if path in self._root.get("runtime", {}):
            return
        if isinstance(value, dict):
            self._unknown_object(node, name, value)
        elif node.dynamic == "runtime":
            if path not in self._runtime:
                self._grow(1)
                self._runtime[path] = dynamic.runtime_for(value, self._root)
        else:
            definition = dynamic.definition_for(path, name, value, self._root, self._templates)
            self._add(node, name, definition, 1 + len(definition.get("fields", {})))
            self._value(leaf(path, definition), value)

    def _unknown_object(self, node: ObjectField, name: str, value: dict[str, Json]) -> None:
        if not node.subobjects:
            flat = {f"{name}.{inner}": deeper for inner, deeper in value.items()}
            try:
                self.object(node, flat)
            except _Stopped as error:
                inner = error.steps.pop()
                error.steps.append(str(inner)[len(name) + 1 :])
                raise
            return
        child = self._new_object(node, name)
        if isinstance(child, Leaf):
            self._value(child, value)
        else:
            self.object(child, value)

    def _new_object(self, node: ObjectField, name: str) -> ObjectField | Leaf:
        path = node.join(name)
        if node.dynamic == "runtime":
            return ObjectField(path, {}, node.dynamic, {})
        definition = dynamic.object_for(path, name, self._templates)
        if definition.get("type", "object") not in ("object", "nested"):
            del definition["properties"]
            self._add(node, name, definition, 1)
            return leaf(path, definition)
        if path.count(".") + 1 > self._limits.depth:
            text = (
                f"Limit of mapping depth [{self._limits.depth}] has been exceeded due to object "
                f"field [{path}]"
            )
            raise _failed(text)
        self._add(node, name, definition, 1)
        own = str(definition.get("dynamic", node.dynamic))
        return ObjectField(path, definition, own, {}, definition.get("enabled") is not False)

    def _add(self, node: ObjectField, name: str, definition: Definition, size: int) -> None:
        path = node.join(name)
        known = self._new.get(path)
        if known is None:
            self._grow(size)
            self._new[path] = definition
            parents = self._parts.get(node.path, tuple(node.path.split(".")) if node.path else ())
            self._parts[path] = (*parents, name)
        elif known is not definition:
            # Two values of one new field: Elasticsearch merges their two mappings, which fails
            # outside of the parser and so without a place.
            merge_field(path, known, definition)

    def _note(self, path: str, definition: Definition) -> None:
        self._new[path] = definition
        self._parts[path] = tuple(path.split("."))

    def _grow(self, size: int) -> None:
        self._size += size
        if self._mapping.size + self._size > self._limits.fields:
            raise _failed(
                f"Limit of total fields [{self._limits.fields}] has been exceeded while adding "
                f"new fields [{self._size}]"
            )

    def _strict(self, node: ObjectField, name: str) -> _Stopped:
        within = node.path or "_doc"
        text = (
            f"mapping set to strict, dynamic introduction of [{name}] within [{within}] "
            "is not allowed"
        )
        return _Stopped(lambda place: strict_dynamic_mapping(f"[{place.start}] {text}"))

    def _metadata(self, name: str, value: Json) -> _Stopped:
        def error(place: Place) -> ElasticsearchError:
            inner = (
                f"[{place.start}] Field [{name}] is a metadata field and cannot be added inside a "
                "document. Use the index API request parameters."
            )
            return document_parsing(
                f"[{place.start}] failed to parse field [{name}] of type [{name}] in document with "
                f"id '{self._id}'. Preview of field's value: '{java.text(value)}'",
                cause("document_parsing_exception", inner),
            )

        return _Stopped(error)


def _split(name: str) -> list[str]:
    parts = name.split(".")
    while parts and not parts[-1]:
        parts.pop()  # Java's `split` drops what is empty at the end: `a.` is `a`
    if not parts:
        raise _failed("field name cannot contain only dots", at_name=True)
    for part in parts:
        # The two texts stand so in DotExpandingXContentParser, though they read as if exchanged.
        if not part:
            raise _failed(f"field name cannot contain only whitespace: ['{name}']", at_name=True)
        if part.isspace():
            raise _failed(
                "field name starting or ending with a [.] makes object resolution ambiguous: "
                f"[{name}]",
                at_name=True,
            )
    return parts


def _invalid_name(name: str, node: ObjectField) -> _Stopped:
    if not name:
        return _failed("field name cannot be an empty string", at_name=True)
    text = f"Field name cannot contain only whitespace: [{node.join(name)}]"
    return _Stopped(lambda place: document_parsing(f"[{place.name}] {text}"))


def _failed(text: str, *, at_name: bool = False) -> _Stopped:
    """What the parser wraps: an exception that knows no place itself."""
    inner: Error = cause("illegal_argument_exception", text)
    return _Stopped(
        lambda place: document_parsing(
            f"[{place.name if at_name else place.start}] failed to parse: {text}", inner
        )
    )


def _concrete_value(path: str, name: str) -> _Stopped:
    text = (
        f"object mapping for [{path}] tried to parse field [{name}] as object, but found a "
        "concrete value"
    )
    return _Stopped(lambda place: document_parsing(f"[{place.start}] {text}"))
