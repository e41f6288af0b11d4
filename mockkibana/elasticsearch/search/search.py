"""A search: what is to be found, and what of it shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mockkibana.elasticsearch.errors import validation_failed
from mockkibana.elasticsearch.search.page import Page
from mockkibana.elasticsearch.search.queries.constants import All
from mockkibana.elasticsearch.search.queries.query import InnerHits, Query
from mockkibana.elasticsearch.search.sorting import Sort

if TYPE_CHECKING:
    from mockkibana.elasticsearch.search.aggregations.aggregation import Aggregations
    from mockkibana.elasticsearch.search.collapsing import Collapse
    from mockkibana.elasticsearch.search.highlighting import Highlight

DEFAULT_TRACKED = 10_000
ACCURATE = 2**31 - 1

_EVERYTHING = All()
_FIRST_PAGE = Page()
_TIE = Sort("_shard_doc")  # what a search at a point in time is ordered by at last


@dataclass(frozen=True, slots=True)
class PointInTime:
    """The point in time that a search is of, and for how long it is to be kept from now on."""

    id: str
    keep_alive: str | None


@dataclass(frozen=True, slots=True)
class Search:
    """What is to be searched.

    `tracked` is up to which number hits are counted, None for not; `named` are the queries of which
    a hit tells whether they have found it. `scroll` is for how many milliseconds the rest is kept,
    `slice` which part of the documents is searched and of how many. `now` is the time of the search
    in milliseconds.
    """

    query: Query = _EVERYTHING
    post_filter: Query | None = None
    page: Page = _FIRST_PAGE
    tracked: int | None = DEFAULT_TRACKED
    min_score: float | None = None
    total_as_int: bool = False
    named: tuple[tuple[str, Query], ...] = ()
    inner_hits: tuple[InnerHits, ...] = ()
    aggregations: Aggregations | None = None
    scroll: int | None = None
    point_in_time: PointInTime | None = None
    slice: tuple[int, int] | None = None
    collapse: Collapse | None = None
    highlight: Highlight | None = None
    explain: bool = False
    terminate_after: int = 0
    typed_keys: bool = False
    now: int = 0


def validated(search: Search) -> Search:
    """Return a search that makes sense as a whole (`SearchRequest.validate`).

    Raises `action_request_validation_exception`.
    """
    errors = [*_of_scroll(search), *_of_page(search)]
    if errors:
        raise validation_failed(errors)
    shown = search.page
    if search.point_in_time is not None and shown.sort and _TIE not in shown.sort:
        return replace(search, page=replace(shown, sort=(*shown.sort, _TIE)))
    return search


def _of_scroll(search: Search) -> Iterator[str]:
    shown = search.page
    if search.scroll is None:
        if search.slice is not None and search.point_in_time is None:
            yield "[slice] can only be used with [scroll] or [point-in-time] requests"
        return
    if search.tracked not in (ACCURATE, DEFAULT_TRACKED):
        yield "disabling [track_total_hits] is not allowed in a scroll context"
    if shown.start > 0:
        yield "using [from] is not allowed in a scroll context"
    if shown.size == 0:
        yield "[size] cannot be [0] in a scroll context"
    if shown.after:
        yield "[search_after] cannot be used in a scroll context"
    if search.collapse is not None:
        yield "cannot use `collapse` in a scroll context"
    if search.point_in_time is not None:
        yield "using [point in time] is not allowed in a scroll context"


def _of_page(search: Search) -> Iterator[str]:
    shown = search.page
    if shown.after and shown.start > 0:
        yield "[from] parameter must be set to 0 when [search_after] is used"
    if search.point_in_time is None and any(sort.field == "_shard_doc" for sort in shown.sort):
        yield "[_shard_doc] sort field cannot be used without [point in time]"
    if any(pattern.name == "_none_" for pattern in shown.stored_fields):
        if shown.source is not None and shown.source.wanted:
            yield "[stored_fields] cannot be disabled if [_source] is requested"
        if shown.fields:
            yield "[stored_fields] cannot be disabled when using the [fields] option"
