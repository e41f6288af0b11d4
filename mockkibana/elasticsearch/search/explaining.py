"""Why a document has its score: `explain`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from mockkibana.elasticsearch.search.queries.query import Query
from mockkibana.elasticsearch.search.scoring import shown
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

_AGAINST = frozenset({"must_not", "negative"})


def explanation(query: Query, segment: Segment, number: int) -> dict[str, Json]:
    """Return the score that a query gives a document, and those of the queries in it.

    Raises `ShardFailure`. What each is made of is told in words of this mock, not of Lucene.
    """
    score = query.run(segment, scored=True).get(number)
    if score is None:
        return {"value": 0.0, "description": f"no matching {_name(query)}", "details": []}
    details = [
        explanation(inner, segment, number)
        for inner in within(query)
        if number in inner.run(segment, scored=False)
    ]
    text = f"{_name(query)}, of:" if details else f"{_name(query)} in {number}"
    return {"value": shown(score), "description": text, "details": details}


def _name(query: Query) -> str:
    field = getattr(query, "field", None)
    name = type(query).__name__.lower()
    return f"{name}({field})" if isinstance(field, str) else name


def within(query: Query) -> Iterator[Query]:
    """Yield the queries in one, but for those whose documents it leaves out, or objects."""
    if not is_dataclass(query) or hasattr(query, "related"):
        return
    for each in fields(query):
        if each.name in _AGAINST:
            continue
        value: Any = getattr(query, each.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if hasattr(inner, "run"):
                yield inner
