"""Highlighting: the words in texts for which a document was found, between tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from typing import Any

from mockkibana.elasticsearch.analysis.errors import NoAnalyzer
from mockkibana.elasticsearch.json import object_parser
from mockkibana.elasticsearch.json.parse_errors import Path, illegal, unsupported
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search import source_values
from mockkibana.elasticsearch.search.explaining import within
from mockkibana.elasticsearch.search.field_terms import KEYWORDS, TEXTS, analyzer_of
from mockkibana.elasticsearch.search.hits import Hit
from mockkibana.elasticsearch.search.queries.full_text import Match
from mockkibana.elasticsearch.search.queries.phrases import Phrase
from mockkibana.elasticsearch.search.queries.query import Query, QueryContext
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json
from mockkibana.wildcards import wildcard

_SENTENCE = re.compile(r"(?<=[.!?])\s+")

_OPTIONS = {
    "boundary_scanner": "string",
    "encoder": "string",
    "force_source": "boolean",
    "fragment_offset": "long",
    "fragment_size": "long",
    "fragmenter": "string",
    "highlight_query": "object",
    "max_analyzed_offset": "long",
    "no_match_size": "long",
    "number_of_fragments": "long",
    "order": "string",
    "post_tags": "strings",
    "pre_tags": "strings",
    "require_field_match": "boolean",
    "tags_schema": "string",
    "type": "string",
}


@dataclass(frozen=True, slots=True)
class Field:
    """What is shown of the fields of a name: fragments of a size in characters, at most so many."""

    name: str
    before: str
    after: str
    size: int
    most: int
    unmatched: int
    escapes: bool
    query: Query | None


@dataclass(frozen=True, slots=True)
class Highlight:
    """The fields in which words are shown between tags."""

    fields: tuple[Field, ...]

    def add(self, query: Query, hit: Hit, body: dict[str, Json]) -> None:
        """Add to a hit the fragments of its texts. Raises `ShardFailure`."""
        found = {}
        for field in self.fields:
            for leaf in _leaves(field.name, hit.part.segment):
                if leaf.path not in found and (shown := _fragments(field, leaf, query, hit)):
                    found[leaf.path] = shown
        if found:
            body["highlight"] = found


def _leaves(name: str, segment: Segment) -> list[Leaf]:
    kinds = TEXTS | KEYWORDS
    if "*" not in name:
        leaf = segment.leaf(name)
        return [leaf] if leaf is not None and leaf.type in kinds else []
    matches = wildcard(name)
    leaves = (segment.leaf(path) for path in segment.index.mapping.fields if matches(path))
    return [leaf for leaf in leaves if leaf is not None and leaf.type in kinds]


def _fragments(field: Field, leaf: Leaf, query: Query, hit: Hit) -> list[str]:
    segment = hit.part.segment
    read = source_values.reader(segment.index.mapping, leaf)
    found: list[str] = []
    texts = [as_text(value) for value in read(segment.sources[hit.number])]
    for text in texts:
        places = _places(field.query or query, leaf, segment, text)
        for start, end in _pieces(text, field) if places else ():
            inside = [place for place in places if start <= place[0] and place[1] <= end]
            if inside:
                found.append(_tagged(text, start, end, inside, field))
    if not found and field.unmatched and texts:
        found = [texts[0][: field.unmatched]]
    return found[: field.most] if field.most else found


def _pieces(text: str, field: Field) -> Iterator[tuple[int, int]]:
    """Yield from where to where the fragments of a text reach: whole sentences.

    Guess: a node breaks at sentences, too, but by the rules of Java's `BreakIterator`.
    """
    if field.most == 0 or len(text) <= field.size:
        yield 0, len(text)
        return
    start = last = 0
    for gap in _SENTENCE.finditer(text):
        if gap.start() - start >= field.size:
            yield start, gap.start()
            start = gap.end()
        last = gap.end()
    if last <= len(text) and start < len(text):
        yield start, len(text)


def _tagged(
    text: str, start: int, end: int, places: Sequence[tuple[int, int]], field: Field
) -> str:
    parts = []
    for first, last in places:
        parts += [_written(text[start:first], field), field.before]
        parts += [_written(text[first:last], field), field.after]
        start = last
    return "".join([*parts, _written(text[start:end], field)])


def _written(text: str, field: Field) -> str:
    if not field.escapes:
        return text
    from html import escape  # imported here, as few searches need it

    return escape(text).replace("/", "&#x2F;")


def _places(query: Query, leaf: Leaf, segment: Segment, text: str) -> list[tuple[int, int]]:
    """Return where words of a text are that a query looks for in a field, in their order."""
    places = _words(leaf, segment, text)
    if not places:
        return []
    # Each word becomes a document that has nothing else, and these are searched.
    rows: list[tuple[str, dict[str, Json]]] = []
    for start, end in places:
        rows.append((str(len(rows)), {"_source": _nested(leaf.path, text[start:end])}))
    words = Segment(segment.index, rows, segment.budget)
    found: set[int] = set()
    for each in _simple(query):
        found |= each.run(words, scored=False).keys()
    return [places[number] for number in sorted(found)]


def _words(leaf: Leaf, segment: Segment, text: str) -> list[tuple[int, int]]:
    if leaf.type in KEYWORDS:
        return [(0, len(text))]
    try:
        tokens = analyzer_of(leaf, segment.index.analyzers).tokens(text)
    except NoAnalyzer:
        return []
    return list(dict.fromkeys((token.start, token.end) for token in tokens))


def _nested(path: str, text: str) -> dict[str, Json]:
    """Return a source that has a text in a field; a multi-field is filled by its parent's too."""
    return {path: text, path.rpartition(".")[0] or path: text}


def _simple(query: Query) -> Iterator[Query]:
    """Yield what is looked for, a word at a time, in the queries within one."""
    inner = list(within(query))
    if inner:
        for each in inner:
            yield from _simple(each)
        return
    options: Any = getattr(query, "options", None)
    if options is None or not is_dataclass(query):
        yield query
        return
    loose = replace(options, conjunction=False, minimum=None)
    if isinstance(query, Phrase):
        yield Match(query.field, query.text, loose, prefix=query.prefix)
        return
    changed: dict[str, Any] = {"options": loose}
    if "phrase" in str(getattr(query, "type", "")):
        changed["type"] = "best_fields"
    yield replace(query, **changed)


def parse(value: Json, path: Path, context: QueryContext) -> Highlight:
    """Parse the `highlight` of a search. Raises `ParseError`."""
    kinds = {**_OPTIONS, "fields": "object or array"}
    given = object_parser.fields("highlight", kinds, value, path)
    asked = given.pop("fields", {})
    there = (*path, "fields")
    rows = []
    for place, row in enumerate(asked if isinstance(asked, list) else [asked]):
        if not isinstance(row, dict):
            raise illegal("highlighter field must be an object with the name of a field", there)
        inner = (*there, place) if isinstance(asked, list) else there
        rows += [(name, options, (*inner, name)) for name, options in row.items()]
    return Highlight(
        tuple(
            _field(
                name,
                given | object_parser.fields("highlight_field", _FIELD, options, at),
                at,
                context,
            )
            for name, options, at in rows
        )
    )


_FIELD = {**_OPTIONS, "matched_fields": "strings"}


def _field(name: str, options: Mapping[str, Json], path: Path, context: QueryContext) -> Field:
    if options.get("require_field_match", True) is False:
        raise unsupported("[require_field_match: false] in [highlight]", path)
    if options.get("type", "unified") not in ("unified", "plain", "fvh"):
        raise illegal(f"unknown highlighter type [{options['type']}] for the field [{name}]", path)
    before, after = options.get("pre_tags", ["<em>"]), options.get("post_tags", ["</em>"])
    if options.get("tags_schema") == "styled":
        before, after = ['<em class="hlt1">'], ["</em>"]
    if not before or not after:
        raise illegal("pre_tags are set but post_tags are not set", path)
    wanted = options.get("highlight_query")
    query = None if wanted is None else context.apart().inner(wanted, (*path, "highlight_query"))
    return Field(
        name,
        before[0],
        after[0],
        options.get("fragment_size", 100),
        options.get("number_of_fragments", 5),
        options.get("no_match_size", 0),
        options.get("encoder") == "html",
        query,
    )
