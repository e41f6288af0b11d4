"""The requests of searches: what their bodies and their parameters ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mockkibana.elasticsearch.documents.source_filter import SourceFilter
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json import bodies, object_parser
from mockkibana.elasticsearch.json.parameters import Parameters
from mockkibana.elasticsearch.json.parse_errors import (
    ParseError,
    Path,
    as_error,
    expect,
    illegal,
    located,
    parsing,
    unsupported,
)
from mockkibana.elasticsearch.json.scalars import boolean
from mockkibana.elasticsearch.search import (
    page,
    query_parser,
    sorting,
)
from mockkibana.elasticsearch.search.page import Page
from mockkibana.elasticsearch.search.queries.query import Query, QueryContext
from mockkibana.elasticsearch.search.search import (
    ACCURATE,
    DEFAULT_TRACKED,
    PointInTime,
    Search,
    validated,
)
from mockkibana.elasticsearch.vocabulary import names
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.search.aggregations.aggregation import Aggregations
    from mockkibana.elasticsearch.search.collapsing import Collapse
    from mockkibana.elasticsearch.search.highlighting import Highlight

_UNSUPPORTED_PARAMETERS = ("suggest_field", "suggest_text")
_NOTHING: tuple[Json, ...] = (False, None, 0, "false", {}, [])


def read(
    raw: bytes, parameters: Parameters, source: SourceFilter | None, context: QueryContext
) -> Search:
    """Read a search from its body and its parameters, which win; `context` is for its queries.

    Raises `ElasticsearchError`.
    """
    search = Search()
    if raw.strip():
        body = bodies.read(raw)
        try:  # not `located`, which every search would pay for
            search = _body(body, context)
        except ParseError as error:
            raise as_error(error, raw, body) from None
    if (query := of_uri(parameters, context)) is not None:
        search = replace(search, query=query)
    return _with_parameters(search, parameters, source)


def read_query(raw: bytes, parameters: Parameters, context: QueryContext) -> Query | None:
    """Read a body that holds a query and nothing else, or the parameter `q`; None for neither.

    Raises `ElasticsearchError`.
    """
    if not raw.strip():
        return of_uri(parameters, context)
    body = bodies.read(raw)
    with located(raw, body):
        _require_object(body)
        found = None
        for name, value in body.items():
            if name != "query":
                raise parsing(f"request does not support [{name}]", (name,), "key")
            found = query_parser.parse(value, (name,), context)
        return of_uri(parameters, context) or found


def of_uri(parameters: Parameters, context: QueryContext) -> Query | None:
    """Return the query of the parameter `q`. Raises `ElasticsearchError`."""
    if parameters.text("q") is None:
        return None
    # Imported here, as few searches have one.
    from mockkibana.elasticsearch.search.queries import query_string

    return query_string.of_parameters(parameters, context)


def _require_object(body: Json) -> None:
    if not isinstance(body, dict):
        raise parsing(f"Expected [START_OBJECT] but found [{bodies.token_of(body)}]", ())


def _body(body: Json, context: QueryContext) -> Search:
    _require_object(body)
    found: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    for name, value in body.items():
        path: Path = (name,)
        if name in ("query", "post_filter"):
            expect(value, (dict,), name, path)
            found[name] = query_parser.parse(value, path, context)
        elif name in ("aggs", "aggregations"):
            expect(value, (dict,), name, path)
            found["aggregations"] = _aggregations(value, path, context)
        elif name == "highlight":
            found[name] = _highlight(value, path, context)
        elif name == "search_after":
            # Imported here, as few searches have it.
            from mockkibana.elasticsearch.search import search_after

            shown["after"] = search_after.parse(value, path)
        elif name in page.KEYS:
            shown |= page.read(name, value, path)
        elif name in names("search", "keys"):  # not supported here
            if value not in _NOTHING:
                raise unsupported(f"[{name}] in a search yet", path)
        elif name in _READERS:
            attribute, read = _READERS[name]
            found[attribute] = read(value, path)
        elif name not in ("timeout", "stats"):
            raise parsing(f"Unknown key for a {bodies.token_of(value)} in [{name}].", path)
    found["now"] = context.now
    return Search(
        page=Page(**shown),
        named=tuple(context.named.items()),
        inner_hits=tuple(context.inner_hits.values()),
        **found,
    )


def _aggregations(value: Json, path: Path, context: QueryContext) -> Aggregations:
    # Imported here, as few searches have any.
    from mockkibana.elasticsearch.search import aggregation_parser

    return aggregation_parser.parse(value, path, context.apart().inner)


def _highlight(value: Json, path: Path, context: QueryContext) -> Highlight:
    # Imported here, as few searches have one.
    from mockkibana.elasticsearch.search import highlighting

    return highlighting.parse(value, path, context)


def _collapse(value: Json, path: Path) -> Collapse:
    # Imported here, as few searches have one.
    from mockkibana.elasticsearch.search import collapsing

    return collapsing.parse(value, path)


def _explain(value: Json, path: Path) -> bool:
    flag: bool = page.scalar(bool, "explain", value, path)
    return flag


def _terminate_after(value: Json, path: Path) -> int:
    return _documents(page.scalar(int, "terminate_after", value, path))


def _documents(number: int) -> int:
    if number < 0:
        raise illegal_argument("terminateAfter must be > 0")
    return number


def _point_in_time(value: Json, path: Path) -> PointInTime:
    fields = object_parser.fields("pit", {"id": "string", "keep_alive": "string"}, value, path)
    if "id" not in fields:
        raise illegal("Required [id]", path)
    return PointInTime(fields["id"], fields.get("keep_alive"))


def _slice(value: Json, path: Path) -> tuple[int, int]:
    kinds = {"id": "long", "max": "long", "field": "string"}
    fields = object_parser.fields("slice", kinds, value, path)
    if "field" in fields:
        raise unsupported("[field] in [slice]", path)
    number, most = fields.get("id", -1), fields.get("max", -1)
    if most <= 1:
        raise illegal("max must be greater than 1", path)
    if not 0 <= number < most:
        raise illegal("id must be greater than or equal to 0 and lower than max", path)
    return number, most


def _tracked(value: Json, path: Path) -> int | None:
    flag = boolean(value)
    if flag is not None:
        return ACCURATE if flag else None
    return _limit(page.scalar(int, "track_total_hits", value, path))


def _min_score(value: Json, path: Path) -> float:
    score: float = page.scalar(float, "min_score", value, path)
    return score


def _limit(number: int) -> int | None:
    if number < -1:
        raise illegal_argument(
            f"[track_total_hits] parameter must be positive or equals to -1, got {number}"
        )
    return ACCURATE if number == -1 else number


_READERS: dict[str, tuple[str, Callable[[Json, Path], Any]]] = {
    "collapse": ("collapse", _collapse),
    "explain": ("explain", _explain),
    "min_score": ("min_score", _min_score),
    "pit": ("point_in_time", _point_in_time),
    "slice": ("slice", _slice),
    "terminate_after": ("terminate_after", _terminate_after),
    "track_total_hits": ("tracked", _tracked),
}


def _with_parameters(search: Search, parameters: Parameters, source: SourceFilter | None) -> Search:
    refuse_parameters(parameters, *_UNSUPPORTED_PARAMETERS)
    found: dict[str, Any] = {}
    for name, attribute in (("from", "start"), ("size", "size")):
        number = parameters.integer(name)
        if number is not None:
            found[attribute] = number
    for name in ("track_scores", "version", "seq_no_primary_term"):
        if parameters.text(name) is not None:
            found[name] = parameters.flag(name)
    if (text := parameters.text("sort")) is not None:
        try:
            found["sort"] = sorting.parse_text(text)
        except ParseError as error:
            raise illegal_argument(error.reason) from None
    if source is not None:
        found["source"] = source
    for kind in ("docvalue_fields", "stored_fields"):
        if names := parameters.names(kind):
            from mockkibana.elasticsearch.search import field_values

            found[kind] = field_values.parse(kind, list(names), ())
    shown = page.checked(replace(search.page, **found))
    options = _options(parameters) | _total_parameters(search, parameters)
    return validated(replace(search, page=shown, **options))


def _options(parameters: Parameters) -> dict[str, Any]:
    found: dict[str, Any] = {"typed_keys": parameters.flag("typed_keys")}
    if parameters.text("explain") is not None:
        found["explain"] = parameters.flag("explain")
    if (number := parameters.integer("terminate_after")) is not None:
        found["terminate_after"] = _documents(number)
    if (scroll := parameters.text("scroll")) is not None:
        from mockkibana.elasticsearch.search import contexts

        found["scroll"] = contexts.keep_alive(scroll, "scroll")
    return found


def refuse_parameters(parameters: Parameters, *names: str) -> None:
    """Refuse parameters that Elasticsearch knows and this fake does not."""
    for name in names:
        if parameters.text(name) not in (None, "false", "0"):
            raise illegal_argument(f"this mock does not support the parameter [{name}] yet")


def _total_parameters(search: Search, parameters: Parameters) -> dict[str, Any]:
    found: dict[str, Any] = {}
    tracked = parameters.text("track_total_hits")
    if tracked in ("", "true", "false"):
        found["tracked"] = None if tracked == "false" else ACCURATE
    elif tracked is not None:
        found["tracked"] = _limit(parameters.integer("track_total_hits") or 0)
    if parameters.flag("rest_total_hits_as_int"):
        limit = found.get("tracked", search.tracked)
        if limit not in (None, ACCURATE, DEFAULT_TRACKED):
            raise illegal_argument(
                "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not "
                f"accurate, got {limit}"
            )
        found.update(total_as_int=True, tracked=None if limit is None else ACCURATE)
    return found
