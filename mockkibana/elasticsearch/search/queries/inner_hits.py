"""What of the objects or documents that a query has asked is shown with a hit: `inner_hits`."""

from __future__ import annotations

from typing import Any

from mockkibana.elasticsearch.json.parse_errors import (
    Path,
    illegal,
    unknown_field,
    unsupported,
    x_content,
)
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search import page
from mockkibana.elasticsearch.search.page import Page
from mockkibana.elasticsearch.search.queries.query import Body, InnerHits, Joining, QueryContext
from mockkibana.json import Json

_UNSUPPORTED = frozenset(
    {
        *("collapse", "docvalue_fields", "explain", "fields", "highlight", "script_fields"),
        "stored_fields",
    }
)


def scope(body: Body, context: QueryContext) -> QueryContext:
    """Return what the query within one is parsed with: its inner hits belong to those of this."""
    return context.with_inner_hits({}) if "inner_hits" in body else context


def note(
    name: str, query: Joining, body: Body, path: Path, context: QueryContext, inner: QueryContext
) -> None:
    """Note the inner hits that a query asks for, if any; `inner` is the scope of its query.

    Raises `ParseError`.
    """
    if "inner_hits" not in body:
        return
    options, path = body["inner_hits"], (*path, "inner_hits")
    if not isinstance(options, dict):
        raise x_content("[inner_hits] Expected START_OBJECT", path)
    name = as_text(options.get("name", name))
    if name in context.inner_hits:
        raise illegal(f"[inner_hits] already contains an entry for key [{name}]", path)
    context.inner_hits[name] = InnerHits(
        name, _page(options, path), query, tuple(inner.inner_hits.values())
    )


def _page(options: dict[str, Json], path: Path) -> Page:
    found: dict[str, Any] = {"size": 3}
    for key, value in options.items():
        if key in page.KEYS:
            found |= page.read(key, value, (*path, key))
        elif key in _UNSUPPORTED:
            raise unsupported(f"[{key}] in [inner_hits] yet", (*path, key))
        elif key not in ("name", "ignore_unmapped"):
            raise unknown_field("inner_hits", key, path)
    return page.checked(Page(**found))
