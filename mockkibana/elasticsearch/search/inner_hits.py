"""Inner hits: with each hit of a page the objects or documents for which it was found."""

from __future__ import annotations

from collections.abc import Sequence

from mockkibana.elasticsearch.search import hits
from mockkibana.elasticsearch.search.hits import Part
from mockkibana.elasticsearch.search.queries.query import InnerHits, Related
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

Found = dict[tuple[Segment, str], Related]
"""What was found in each segment for the inner hits of each name."""


def of(wanted: Sequence[InnerHits], segment: Segment, number: int, known: Found) -> dict[str, Json]:
    """Return the inner hits of one document, and theirs. Raises `ShardFailure`."""
    shown: dict[str, Json] = {}
    for inner in wanted:
        key = (segment, inner.name)
        if key not in known:
            known[key] = inner.query.related(segment, scored=inner.page.needs_scores)
        objects, matches, groups = known[key]
        part = Part(objects, {n: matches[n] for n in groups.get(number, ())})
        shown[inner.name] = {"hits": _body(inner, part, known)}
    return shown


def _body(inner: InnerHits, part: Part, known: Found) -> dict[str, Json]:
    found = hits.on_page(inner.page, [part])
    body = hits.body(inner.page, [part], found)
    if inner.inner:
        for hit, shown in zip(found, body["hits"], strict=True):
            shown["inner_hits"] = of(inner.inner, part.segment, hit.number, known)
    return body
