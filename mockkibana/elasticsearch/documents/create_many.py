"""The creation of many documents with generated ids, made fast for the index connector."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from mockkibana.elasticsearch.documents.bulk import Failure
from mockkibana.elasticsearch.documents.documents import DocumentResult
from mockkibana.elasticsearch.documents.index_writer import IndexWriter
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.mapping.mapping import Mapping as IndexMapping
from mockkibana.elasticsearch.mapping.unfit import Check, Unfit
from mockkibana.journal.made import BulkCreated
from mockkibana.json import Json

Source = dict[str, Json]
Shape = tuple[object, ...]
Checks = tuple[tuple[str, Check], ...]

# Documents of machines have few shapes; of these that have more, not all are remembered.
_MAX_SHAPES = 1_000
_SCALARS = frozenset((str, int, float, bool, type(None)))
_ANY_TEXT = frozenset(("text", "match_only_text", "annotated_text", "search_as_you_type"))


def create(
    writer: IndexWriter, documents: list[Source], ids: list[str]
) -> tuple[int, dict[int, ElasticsearchError]]:
    """Store the documents that fit, each as a new one under its id.

    Returns the sequence number of the first, and by their number the documents that do not fit.
    """
    rejected: dict[int, ElasticsearchError] = {}
    shapes = writer.index.mapping.shapes
    if _are_alike_and_fit(documents, shapes):
        return writer.put_all(dict(zip(ids, documents, strict=True))), rejected
    for number, document in enumerate(documents):
        checks = shapes.get((*document, *map(type, document.values())))
        if checks is not None and (not checks or _fits(document, checks)):
            continue
        try:
            writer.fit(document, ids[number], None, None)
        except ElasticsearchError as error:
            rejected[number] = error
            continue
        _remember(writer.index.mapping, document)
        shapes = writer.index.mapping.shapes
    if rejected:
        kept = {
            id_: document
            for number, (id_, document) in enumerate(zip(ids, documents, strict=True))
            if number not in rejected
        }
    else:
        kept = dict(zip(ids, documents, strict=True))
    return writer.put_all(kept), rejected


def _are_alike_and_fit(documents: list[Source], shapes: Mapping[Shape, Checks]) -> bool:
    """Tell whether all documents have one known shape and pass its checks.

    Most bulks are like that, and to look at them by columns is much faster than by documents.
    """
    names = tuple(documents[0])
    if {*map(tuple, documents)} != {names}:
        return False
    columns = dict(zip(names, zip(*map(dict.values, documents), strict=True), strict=True))
    types = [{*map(type, column)} for column in columns.values()]
    if max(map(len, types), default=1) > 1:
        return False
    checks = shapes.get((*names, *map(set.pop, types)))
    if checks is None:
        return False
    try:
        for name, check in checks:
            for value in columns[name]:
                check(value)
    except Unfit:
        return False
    return True


def _fits(document: Source, checks: Checks) -> bool:
    try:
        for name, check in checks:
            check(document[name])
    except Unfit:
        return False  # parsing it again finds the error, and its place
    return True


def _remember(mapping: IndexMapping, document: Source) -> None:
    """Note that a document's names and types need no further look than its checks."""
    shapes = mapping.shapes
    types = tuple(map(type, document.values()))
    if len(shapes) >= _MAX_SHAPES or not _SCALARS.issuperset(types):
        return
    checks = []
    for (name, value), kind in zip(document.items(), types, strict=True):
        field = mapping.root.children.get(name)
        if not isinstance(field, Leaf) or field.copy_to or field.type in _SPECIAL:
            return
        if value is None or (kind is bool and field.type == "boolean"):
            continue
        checks += [
            (name, leaf.check)
            for leaf in (field, *field.fields.values())
            if not (kind is str and _takes_any_text(leaf))
        ]
    shapes[(*document, *types)] = tuple(checks)


# Their values change the mapping, or are errors.
_SPECIAL = frozenset(("constant_keyword", "alias"))


def _takes_any_text(leaf: Leaf) -> bool:
    if leaf.type == "keyword":
        return int(leaf.definition.get("ignore_above", 2**31 - 1)) <= 8_191
    return leaf.type in _ANY_TEXT


def answer(
    index: Index,
    ids: list[str],
    first: int,
    rejected: dict[int, ElasticsearchError],
    *,
    took: int,
    refresh: bool,
) -> BulkCreated | Json:
    """Return the answer of the bulk request: not yet as a value unless documents were rejected."""
    if not rejected:
        return BulkCreated(index.name, ids, first, index.copies, took, refresh)
    seq_nos = count(first)
    items = [
        {"create": Failure(rejected[number], index.name, id_).item()}
        if number in rejected
        else {"create": _item(index, id_, next(seq_nos), refresh=refresh)}
        for number, id_ in enumerate(ids)
    ]
    return {"errors": True, "took": took, "items": items}


def _item(index: Index, id_: str, seq_no: int, *, refresh: bool) -> Source:
    result = DocumentResult(index.name, id_, 1, "created", seq_no, index.copies, refresh)
    return {**result.body(), "status": result.status}
