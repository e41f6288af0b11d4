"""What pipelines make of a write before it is applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mockkibana.budget import Budget
from mockkibana.clock import iso
from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.documents.documents import DocumentResult
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.json.scalars import as_text

if TYPE_CHECKING:
    from mockkibana.elasticsearch.ingest.pipelines import Pipelines


def pipelines_of(index: Index, asked: str | None) -> tuple[str, ...]:
    """Return the pipelines for documents of an index, the final one last.

    `asked` is the one that the request names, which stands for the index's default; `_none` is no
    pipeline.
    """
    settings = index.settings
    first = asked or settings.get("index.default_pipeline", "_none")
    last = settings.get("index.final_pipeline", "_none")
    if first == last == "_none":
        return ()
    names = (first, last)
    return tuple(str(name) for name in names if name != "_none")


def ingested(
    action: Action,
    names: tuple[str, ...],
    pipelines: Pipelines,
    milliseconds: int,
    budget: Budget,
) -> Action | None:
    """Return the write as the pipelines change it, None where it is dropped.

    `budget` is what all scripts of the request may work. Raises `ElasticsearchError`.
    """
    from mockkibana.elasticsearch.ingest.document import IngestDocument, IngestFailure
    from mockkibana.elasticsearch.ingest.pipeline import as_error
    from mockkibana.elasticsearch.ingest.processors import Dropped

    body = action.source or {}
    part = None
    if action.op == "update":
        part = "doc" if body.get("doc_as_upsert") else "upsert"
    metadata: dict[str, Any] = {"_index": action.index, "_id": action.id}
    for name in ("routing", "version", "version_type"):
        if (value := getattr(action, name)) is not None:
            metadata[f"_{name}"] = value
    time = iso(datetime.fromtimestamp(milliseconds / 1000, UTC))
    source = body if part is None else body[part]
    document = IngestDocument(source, metadata, time, budget)
    try:
        for name in names:
            pipelines.run(name, document)
    except Dropped:
        return None
    except IngestFailure as failure:
        raise as_error(failure) from None
    return _changed(action, document.source, document.metadata, part)


def _changed(action: Action, source: Any, metadata: dict[str, Any], part: str | None) -> Action:
    index, id_, routing = (metadata.get(name) for name in ("_index", "_id", "_routing"))
    if index is None:
        raise illegal_argument("[_index] cannot be null")
    return replace(
        action,
        source=source if part is None else {**(action.source or {}), part: source},
        raw=None,
        index=as_text(index),
        id=None if id_ is None else as_text(id_),
        routing=None if routing is None else as_text(routing),
        # It has been through them.
        pipeline="_none" if as_text(index) != action.index else action.pipeline,
    )


def dropped(action: Action) -> DocumentResult:
    """Return what a write has done that a pipeline dropped (`BulkRequestModifier`)."""
    return DocumentResult(action.index, action.id or "auto-generated", -3, "noop", -1, 0)
