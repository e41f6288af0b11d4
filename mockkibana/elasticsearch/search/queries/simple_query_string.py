"""The query for a text with operators that is never malformed: `simple_query_string`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import Path, illegal, parsing, unsupported
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search import field_names
from mockkibana.elasticsearch.search.field_names import Boosts
from mockkibana.elasticsearch.search.fuzziness import Fuzziness
from mockkibana.elasticsearch.search.queries import text_options
from mockkibana.elasticsearch.search.queries.compound import Bool
from mockkibana.elasticsearch.search.queries.multi_match import MultiMatch
from mockkibana.elasticsearch.search.queries.over_fields import OverFields, normalized
from mockkibana.elasticsearch.search.queries.patterns import Fuzzy, Pattern
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Parser,
    Query,
    QueryContext,
    operator,
)
from mockkibana.elasticsearch.search.queries.text_options import TextOptions
from mockkibana.elasticsearch.search.queries.wording import NOTHING, Clauses
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

Joint = Literal["must", "should"]

_FLAGS = {
    "AND": "+",
    "ESCAPE": "\\",
    "FUZZY": "~",
    "NEAR": "near",
    "NOT": "-",
    "OR": "|",
    "PHRASE": '"',
    "PRECEDENCE": "(",
    "PREFIX": "*",
    "SLOP": "near",
    "WHITESPACE": " ",
}
ALL = frozenset(_FLAGS.values())
_SPACE = " \t\n\r"
_DEEPEST, _LONGEST = 100, 50_000  # groups within groups, characters
_EDITS = re.compile(r"~(\d{0,9})$", re.ASCII)


@dataclass(slots=True)
class _Built:
    """What was read of one group so far (`SimpleQueryParser.State`)."""

    parts: list[Query] = field(default_factory=list)
    joint: Joint | None = None  # how what comes next is joined
    before: Joint | None = None  # how the parts are
    negations: int = 0

    def add(self, query: Query | None, default: Joint) -> None:
        """Join another query with what there is."""
        if query is not None:
            if self.negations % 2:
                query = Clauses(Bool(must_not=(query,)))
            if self.parts:
                joint = self.joint or default
                if self.before not in (None, joint):
                    self.parts = [self.whole()]
                self.before = joint
            self.parts.append(query)
        self.joint, self.negations = None, 0

    def whole(self) -> Query:
        """Return all of it as one query."""
        parts = tuple(self.parts)
        if len(parts) == 1:
            return parts[0]
        return Clauses(Bool(must=parts) if self.before == "must" else Bool(should=parts))


class _Reader:
    """Reads a text from its beginning to its end; what makes no sense is passed over."""

    def __init__(
        self, text: str, fields: Boosts, options: TextOptions, flags: frozenset[str]
    ) -> None:
        self._text = text
        self._fields = fields
        self._options = replace(options, minimum=None)
        self._default: Joint = "must" if options.conjunction else "should"
        self._flags = flags
        self._closings = self._pairs() if "(" in flags else {}

    def query(self, place: int, stop: int, depth: int = 0) -> Query | None:
        """Return what a part of the text asks for, None where it has nothing to look for."""
        built, text = _Built(), self._text
        while place < stop:
            sign = text[place]
            if sign == "(" and "(" in self._flags:
                end = self._closings.get(place)
                if end is not None and depth < _DEEPEST:
                    built.add(self.query(place + 1, end, depth + 1), self._default)
                place = place + 1 if end is None else end + 1
            elif sign == '"' and sign in self._flags:
                place = self._phrase(place, stop, built)
            elif sign in "+|" and sign in self._flags:
                if built.joint is None and built.parts:
                    built.joint = "must" if sign == "+" else "should"
                place += 1
            elif sign == "-" and sign in self._flags:
                built.negations += 1
                place += 1
            elif (sign == ")" and "(" in self._flags) or self._is_space(sign):
                place += 1
            else:
                place = self._word(place, stop, built)
        return built.whole() if built.parts else None

    def _pairs(self) -> dict[int, int]:
        """Return where each group that is closed ends, by where it begins."""
        opened: list[int] = []
        pairs: dict[int, int] = {}
        is_quoted = is_escaped = False
        for place, sign in enumerate(self._text):
            if is_escaped:
                is_escaped = False
            elif sign == "\\" and sign in self._flags:
                is_escaped = True
            elif sign == '"' and sign in self._flags:
                is_quoted = not is_quoted
            elif sign == "(" and not is_quoted:
                opened.append(place)
            elif sign == ")" and not is_quoted and opened:
                pairs[opened.pop()] = place
        return pairs

    def _is_space(self, sign: str) -> bool:
        return " " in self._flags and sign in _SPACE

    def _phrase(self, place: int, stop: int, built: _Built) -> int:
        text, phrase = self._text, []
        at = place + 1
        while at < stop and text[at] != '"':
            if text[at] == "\\" and "\\" in self._flags and at + 1 < stop:
                at += 1
            phrase.append(text[at])
            at += 1
        if at >= stop:
            return place + 1  # nothing ends it
        at += 1
        slop = 0
        if "near" in self._flags and at < stop and text[at] == "~":
            start = at = at + 1
            while at < stop and text[at] in "0123456789":
                at += 1
            slop = min(int(text[start:at][:9] or 0), 2**31 - 1)
        options = replace(self._options, slop=slop)
        words = "".join(phrase)
        if words:
            built.add(MultiMatch(words, self._fields, "phrase", options), self._default)
        return at

    def _word(self, place: int, stop: int, built: _Built) -> int:
        text, letters = self._text, []
        at, is_prefix = place, False
        while at < stop:
            sign = text[at]
            if sign == "\\" and "\\" in self._flags and at + 1 < stop:
                at += 1
                letters.append(text[at])
                is_prefix = False
            elif (sign in '"|+()' and sign.replace(")", "(") in self._flags) or self._is_space(
                sign
            ):
                break
            else:
                is_prefix = sign == "*" and "*" in self._flags and bool(letters)
                letters.append(sign)
            at += 1
        word = "".join(letters)
        edits = _EDITS.search(word) if "~" in self._flags else None
        if edits is not None and edits.start() > 0:
            query = self._fuzzy(word[: edits.start()], int(edits[1] or 2))
        elif is_prefix:
            query = self._prefix(word[:-1])
        else:
            query = MultiMatch(word, self._fields, "most_fields", self._options)
        if word:
            built.add(query, self._default)
        return at if at > place else place + 1

    def _prefix(self, text: str) -> Query:
        def make(segment: Segment, leaf: Leaf, boost: float) -> Query:
            return Pattern("prefix", leaf.path, normalized(segment, leaf, text), boost=boost)

        return OverFields(self._fields, make, self._options.lenient, 1.0)

    def _fuzzy(self, text: str, edits: int) -> Query:
        options, fuzziness = self._options, Fuzziness(min(edits, 2))

        def make(segment: Segment, leaf: Leaf, boost: float) -> Query:
            return Fuzzy(
                leaf.path,
                normalized(segment, leaf, text),
                fuzziness,
                options.prefix_length,
                options.max_expansions,
                options.transpositions,
                boost,
            )

        return OverFields(self._fields, make, options.lenient, 1.0)


_KEYS = frozenset(
    {
        *("analyze_wildcard", "analyzer", "auto_generate_synonyms_phrase_query", "boost"),
        *("default_operator", "fields", "flags", "fuzzy_max_expansions", "fuzzy_prefix_length"),
        *("fuzzy_transpositions", "lenient", "minimum_should_match", "_name", "query"),
        "quote_field_suffix",
    }
)
_NAMES = {"fuzzy_max_expansions": "max_expansions", "fuzzy_prefix_length": "prefix_length"}


def _simple(body: Body, path: Path, context: QueryContext) -> Query:
    kind = "simple_query_string"
    for name, value in body.items():
        if name not in _KEYS:
            raise parsing(f"[{kind}] unsupported field [{name}]", (*path, name))
        if isinstance(value, dict) or (isinstance(value, list) != (name == "fields")):
            token = bodies.token_of(value)
            raise parsing(f"[{kind}] unknown token [{token}] after [{name}]", (*path, name))
        if name == "quote_field_suffix":
            raise unsupported(f"[{name}] in [{kind}]", (*path, name))
    if body.get("query") is None:
        raise parsing(f"[{kind}] query text missing", path, "end")
    common = {
        _NAMES.get(name, name): value
        for name, value in body.items()
        if name not in ("default_operator", "fields", "flags", "query")
    }
    options = replace(
        text_options.read(kind, common, path, context),
        conjunction=operator(body.get("default_operator", "or")) == "AND",
    )
    text = as_text(body["query"])
    if len(text) > _LONGEST:
        # A simplification: Elasticsearch stops at the number of Lucene's clauses.
        raise unsupported(f"more than {_LONGEST} characters in [{kind}]", (*path, "query"))
    fields = field_names.parse(body.get("fields", []), (*path, "fields"))
    found = _Reader(text, fields, options, _flags(body.get("flags", "ALL"), path)).query(
        0, len(text)
    )
    boost = context.boost(kind, body, path)
    if found is None:
        return NOTHING
    if isinstance(found, Clauses) and found.query.should and options.minimum is not None:
        found = Clauses(replace(found.query, minimum=options.minimum))
    return found if boost == 1.0 else Bool(must=(found,), boost=boost)


def _flags(value: Json, path: Path) -> frozenset[str]:
    if isinstance(value, int):
        if value == -1:
            return ALL
        raise unsupported("[flags] as a number in [simple_query_string]", (*path, "flags"))
    names = [name.strip().upper() for name in as_text(value).split("|") if name.strip()]
    if not names or "ALL" in names:
        return ALL
    if "NONE" in names:
        return frozenset()
    for name in names:
        if name not in _FLAGS:
            raise illegal(f"Unknown simple_query_string flag [{name}]")
    return frozenset(_FLAGS[name] for name in names)


QUERIES: dict[str, Parser] = {"simple_query_string": _simple}
