"""Updates of documents: what the body of an update makes of the document that is there."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mockkibana.elasticsearch.errors import ElasticsearchError, cause, illegal_argument
from mockkibana.json import Json

Source = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Change:
    """The source that a document is to have; `created` when there was none before.

    `source` is None when nothing is to change (`noop`).
    """

    source: Source | None
    created: bool = False


def plan(body: Source, existing: Source | None) -> Change | None:
    """Return what an update does, or None when there is no document to update.

    Raises `ElasticsearchError` for a script.
    """
    if existing is None:
        if body.get("scripted_upsert"):
            raise _script_refused(body.get("script"))
        if body.get("doc_as_upsert"):
            return Change(body["doc"], created=True)
        if "upsert" in body:
            return Change(body["upsert"], created=True)
        return None
    if "script" in body:
        raise _script_refused(body["script"])
    merged = merge(existing, body["doc"])
    if body.get("detect_noop", True) and _same(existing, merged):
        return Change(None)
    return Change(merged)


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


def _script_refused(script: Json) -> ElasticsearchError:
    """No script runs here, and none is passed over in silence."""
    source = script.get("source", script.get("id")) if isinstance(script, dict) else script
    lang = script.get("lang", "painless") if isinstance(script, dict) else "painless"
    return illegal_argument(
        "failed to execute script",
        {
            "type": "script_exception",
            "reason": "compile error",
            "script": source,
            "lang": lang,
            "caused_by": cause(
                "illegal_argument_exception", f"mockkibana runs no scripts: [{source}]"
            ),
        },
    )
