"""Inner hits: with each hit of a page the objects or documents for which it was found."""

from __future__ import annotations

from collections.abc import Sequence

from mockkibana.elasticsearch.search import hits
from mockkibana.elasticsearch.search.hits import Hit, Part
from mockkibana.elasticsearch.search.queries.query import InnerHits, Related
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json


def add(wanted: Sequence[InnerHits], found: Sequence[Hit], bodies: Sequence[Json]) -> None:
    """Add to the body of each hit its inner hits, and theirs. Raises `ShardFailure`."""
    related: dict[tuple[Segment, str], Related] = {}
    for hit, body in zip(found, bodies, strict=True):
        shown = body["inner_hits"] = {}
        for inner in wanted:
            key = (hit.part.segment, inner.name)
            if key not in related:
                scored = inner.page.needs_scores
                related[key] = inner.query.related(hit.part.segment, scored=scored)
            segment, matches, groups = related[key]
            numbers = groups.get(hit.number, ())
            part = Part(segment, {number: matches[number] for number in numbers}, hit.part)
            shown[inner.name] = {"hits": _body(inner, part)}


def _body(inner: InnerHits, part: Part) -> dict[str, Json]:
    found = hits.on_page(inner.page, [part])
    bodies = hits.show(inner.page, found)
    if inner.inner:
        add(inner.inner, found, bodies)
    return {
        "total": {"value": len(part.matches), "relation": "eq"},
        "max_score": hits.best_of(inner.page, [part], found),
        "hits": bodies,
    }
