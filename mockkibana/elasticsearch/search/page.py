"""A page of hits: which of them a request wants, in which order, and what of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockkibana.elasticsearch.documents.source_filter import SourceFilter
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json.parse_errors import (
    ParseError,
    Path,
    expect,
    illegal,
    parsing,
)
from mockkibana.elasticsearch.json.scalars import boolean, not_boolean
from mockkibana.elasticsearch.search import sorting
from mockkibana.elasticsearch.search.sorting import Sort
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.search.field_values import Kind, Pattern
    from mockkibana.elasticsearch.search.script_fields import ScriptField


@dataclass(frozen=True, slots=True)
class Page:
    """The hits from `start` on, at most `size` of them, as `sort` orders them.

    With `after` only those that come after these values in the order, one for each key of it.
    Of each the values of fields may be shown; with `stored_fields` or `script_fields` the source
    only if asked for.

    A search has one, and so has everything in it that shows hits of its own.
    """

    start: int = 0
    size: int = 10
    sort: tuple[Sort, ...] = ()
    source: SourceFilter | None = None
    track_scores: bool = False
    version: bool = False
    seq_no_primary_term: bool = False
    after: tuple[Json, ...] = ()
    fields: tuple[Pattern, ...] = ()
    docvalue_fields: tuple[Pattern, ...] = ()
    stored_fields: tuple[Pattern, ...] = ()
    script_fields: tuple[ScriptField, ...] = ()

    @property
    def distinct(self) -> tuple[Sort, ...]:
        """The keys of the order; one that stands there again decides nothing."""
        return tuple(dict.fromkeys(self.sort))

    @property
    def by_score(self) -> bool:
        """Whether the best hit is the first one."""
        return not self.sort or (self.sort[0].field == "_score" and self.sort[0].descending)

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """The fields whose values are shown of each hit."""
        return (*self.stored_fields, *self.docvalue_fields, *self.fields)

    @property
    def needs_scores(self) -> bool:
        """Whether anybody sees how well a document fits."""
        by_score = any(sort.field == "_score" for sort in self.sort)
        return not self.sort or self.track_scores or by_score


_SCALARS: dict[str, tuple[str, type]] = {
    "from": ("start", int),
    "size": ("size", int),
    "track_scores": ("track_scores", bool),
    "version": ("version", bool),
    "seq_no_primary_term": ("seq_no_primary_term", bool),
}

#: The kinds of fields that a hit may show.
FIELDS: tuple[Kind, ...] = ("fields", "docvalue_fields", "stored_fields")

KEYS = frozenset({*_SCALARS, *FIELDS, "script_fields", "sort", "_source"})


def read(name: str, value: Json, path: Path) -> dict[str, Any]:
    """Return what a key of a body, one of `KEYS`, says of the page. Raises `ParseError`."""
    if name == "script_fields":
        # Imported here, as few searches have any.
        from mockkibana.elasticsearch.search import script_fields

        return {name: script_fields.parse(value, path)}
    for fields in FIELDS:
        if name == fields:
            # Imported here, as few searches ask for fields.
            from mockkibana.elasticsearch.search import field_values

            return {name: field_values.parse(fields, value, path)}
    if name == "sort":
        expect(value, (str, dict, list), name, path)
        return {"sort": sorting.parse(value, path)}
    if name == "_source":
        return {"source": SourceFilter.of(value)}
    attribute, kind = _SCALARS[name]
    return {attribute: scalar(kind, name, value, path)}


def checked(page: Page) -> Page:
    """Return the page if its numbers make sense. Raises `illegal_argument_exception`."""
    if page.start < 0:
        raise illegal_argument(f"[from] parameter cannot be negative but was [{page.start}]")
    if page.size < 0:
        raise illegal_argument(f"[size] parameter cannot be negative, found [{page.size}]")
    return page


def scalar(kind: type, name: str, value: Json, path: Path) -> Any:
    """Return a boolean, a whole number or a number, as search bodies hold them.

    Raises `ParseError`.
    """
    expect(value, (bool, str) if kind is bool else (int, float, str), name, path)
    if kind is bool:
        flag = boolean(value)
        if flag is not None:
            return flag
        raise parsing(not_boolean(value), path)
    try:
        number = float(value)
        if kind is float:
            return number
        if -(2**31) <= number < 2**31:
            return int(number)
    except (ValueError, OverflowError):
        raise illegal(f'For input string: "{str(value)[:100]}"', path) from None
    raise ParseError(
        "x_content_parse_exception",
        f"[{{place}}] Numeric value ({str(value)[:100]}) out of range of int "
        "(-2147483648 - 2147483647)",
        path,
    )
