"""Updates of documents: what the body of an update makes of the document that is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockkibana.budget import Budget
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.scripts.script import Script

#: {id: {lang, source}}: the scripts that requests may name
STORED_SCRIPTS = "elasticsearch.scripts"

Source = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Change:
    """The source that a document is to have; `created` when there was none before.

    `source` is None when nothing is to change (`noop`), and when the document `is_deleted`.
    """

    source: Source | None
    created: bool = False
    is_deleted: bool = False


def plan(
    body: Source,
    existing: Source | None,
    metadata: Source,
    stored: Mapping[str, Json],
    budget: Budget,
) -> Change | None:
    """Return what an update does, or None when there is no document to update.

    `metadata` is what a script sees of the document besides its source, `stored` are the scripts
    that are kept, `budget` is what all scripts of the request may work.
    Raises `ElasticsearchError`.
    """
    if existing is None:
        if body.get("scripted_upsert"):
            return _scripted(body, body.get("upsert", {}), "create", metadata, stored, budget)
        if body.get("doc_as_upsert"):
            return Change(body["doc"], created=True)
        if "upsert" in body:
            return Change(body["upsert"], created=True)
        return None
    if "script" in body:
        return _scripted(body, existing, "index", metadata, stored, budget)
    merged = merge(existing, body["doc"])
    if body.get("detect_noop", True) and _same(existing, merged):
        return Change(None)
    return Change(merged)


def _scripted(
    body: Source,
    source: Source,
    op: str,
    metadata: Source,
    stored: Mapping[str, Json],
    budget: Budget,
) -> Change:
    from mockkibana.elasticsearch.scripts import script  # few updates have one

    try:
        ready = script.read(body.get("script"), script.UPDATE, stored)
        ctx = run(ready, source, op, metadata, budget)
    except ElasticsearchError as error:
        if error.type != "script_exception":
            raise
        raise illegal_argument("failed to execute script", error.item()) from None
    if ctx["op"] == "delete":
        return Change(None, is_deleted=True)
    if ctx["op"] in ("none", "noop"):
        return Change(None)
    return Change(ctx["_source"], created=op == "create")


_OPS = ("delete", "index", "none", "noop")


def run(ready: Script, source: Source, op: str, metadata: Source, budget: Budget) -> dict[str, Any]:
    """Run a script on a document; returns its `ctx`: `op`, the new `_source`, and metadata.

    Raises `ElasticsearchError` (`script_exception`).
    """
    from mockkibana.elasticsearch.scripts.errors import ScriptError
    from mockkibana.elasticsearch.scripts.values import as_json

    ctx: dict[str, Any] = {**metadata, "op": op, "_source": as_json(source)}
    ready.run({"ctx": ctx}, budget)
    chosen, changed = ctx.get("op"), ctx.get("_source")
    if chosen not in (op, *_OPS):
        # Guess: the sentence; that of by-query requests is known.
        text = f"Operation type [{chosen}] not allowed, only [noop, {op}, delete] are allowed"
        raise ready.failure(ScriptError(text))
    if not isinstance(changed, dict):
        raise ready.failure(ScriptError("[_source] must be a map"))
    try:
        return {**ctx, "_source": as_json(changed)}
    except ScriptError as error:
        raise ready.failure(error) from None


def merge(existing: Source, changes: Source) -> Source:
    """Return the document with the changes: objects are merged, all else is replaced."""
    result = dict(existing)
    for name, value in changes.items():
        before = result.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            value = merge(before, value)
        result[name] = value
    return result


def _same(one: Source, other: Source) -> bool:
    # In Python 1 == 1.0 == True, which are three different values here.
    return one == other and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
