"""What queries for texts say besides the text: operators, fuzziness, analyzers, ..."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockkibana.elasticsearch.analysis.analyzers import Analyzer
from mockkibana.elasticsearch.analysis.errors import NoAnalyzer
from mockkibana.elasticsearch.analysis.tokens import Token
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parse_errors import Path, illegal, parsing
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search import fuzziness, minimum_should_match
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_terms import analyzer_of
from mockkibana.elasticsearch.search.fuzziness import Fuzziness
from mockkibana.elasticsearch.search.queries.query import Body, QueryContext, flag, operator, whole
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.elasticsearch.vocabulary import names
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class TextOptions:
    """How a text is compared by a `query`; `minimum` is of how many words a document needs."""

    query: str = "match"
    analyzer: str | None = None
    conjunction: bool = False
    minimum: str | None = None
    zero_terms: bool = False
    lenient: bool = False
    fuzziness: Fuzziness | None = None
    prefix_length: int = 0
    max_expansions: int = 50
    transpositions: bool = True
    slop: int = 0
    now: int = 0  # in milliseconds since 1970, for dates

    def needed(self, clauses: int) -> int:
        """Return how many of so many words a document needs."""
        if self.minimum is not None and not self.conjunction:
            return max(minimum_should_match.required(self.minimum, clauses), 1)
        return clauses if self.conjunction else 1

    def tokens(
        self, segment: Segment, leaf: Leaf, text: Json, use: str = "search_analyzer"
    ) -> list[Token]:
        """Return the words of a text as those of a field are made.

        `use` is which of its analyzers makes them. Raises `ShardFailure` and `ElasticsearchError`.
        """
        return self._analyzer(segment, leaf, use).tokens(as_text(text))

    def _analyzer(self, segment: Segment, leaf: Leaf, use: str) -> Analyzer:
        analyzers = segment.index.analyzers
        try:
            if self.analyzer is None:
                return analyzer_of(leaf, analyzers, use)
            return analyzers.named(self.analyzer)
        except NoAnalyzer as missing:
            name = missing.args[0]
        if name in names("mapping", "analyzers"):
            raise illegal_argument(f"this mock has no analyzer [{name}]")
        raise ShardFailure(f"[{self.query}] analyzer [{name}] not found")


PLAIN = TextOptions()
"""Nothing said besides the text."""


def places(tokens: list[Token]) -> list[tuple[int, tuple[str, ...]]]:
    """Return the words that stand at each position, which count as one."""
    found: dict[int, dict[str, None]] = {}
    for token in tokens:
        found.setdefault(token.position, {})[token.text] = None
    return [(position, tuple(words)) for position, words in found.items()]


_EVERY = frozenset(("query", "analyzer", "boost", "_name"))
_ZERO = frozenset(("zero_terms_query",))
_WORDS = frozenset(
    {
        *("fuzziness", "fuzzy_rewrite", "fuzzy_transpositions", "max_expansions"),
        *("minimum_should_match", "operator", "prefix_length"),
    }
)
KEYS: Mapping[str, frozenset[str]] = {
    "match": _EVERY | _ZERO | _WORDS | {"lenient", "auto_generate_synonyms_phrase_query"},
    "match_bool_prefix": _EVERY | _WORDS,
    "match_phrase": _EVERY | _ZERO | {"slop"},
    "match_phrase_prefix": _EVERY | _ZERO | {"slop", "max_expansions"},
}


def check(query: str, body: Body, path: Path, text_path: Path) -> None:
    """Refuse unknown options, and values that are none. Raises `ParseError`.

    `text_path` leads to the text.
    """
    for name, option in body.items():
        if name not in KEYS[query]:
            raise parsing(f"[{query}] query does not support [{name}]", (*path, name))
        if isinstance(option, (dict, list)):
            # Guess: for a list in place of the text a real node fails with a status of 500.
            where = text_path if name == "query" else (*path, name)
            token = bodies.token_of(option)
            raise parsing(f"[{query}] unknown token [{token}] after [{where[-1]}]", where)


def read(query: str, body: Body, path: Path, context: QueryContext) -> TextOptions:
    """Read the options of a query. Raises `ParseError`."""
    zero_terms = as_text(body.get("zero_terms_query", "none")).lower()
    if zero_terms not in ("none", "all"):
        raise parsing(f"Unsupported zero_terms_query value [{zero_terms}]", path)
    slop = whole(query, "slop", body.get("slop", 0), path)
    if slop < 0:
        raise illegal("No negative slop allowed.")
    expansions = whole(query, "max_expansions", body.get("max_expansions", 50), path)
    if expansions < 0 or (expansions == 0 and query != "match_phrase_prefix"):
        raise illegal(f"[{query}] requires maxExpansions to be positive.")
    prefix_length = whole(query, "prefix_length", body.get("prefix_length", 0), path)
    if prefix_length < 0:
        raise illegal(f"[{query}] requires prefix length to be non-negative.")
    edits, analyzer = body.get("fuzziness"), body.get("analyzer")
    return TextOptions(
        query,
        analyzer=None if analyzer is None else as_text(analyzer),
        conjunction=operator(body.get("operator", "or")) == "AND",
        minimum=minimum_should_match.parse(body.get("minimum_should_match")),
        zero_terms=zero_terms == "all",
        lenient=flag(body.get("lenient", False)),
        fuzziness=None if edits is None else fuzziness.parse(edits, path),
        prefix_length=prefix_length,
        max_expansions=expansions,
        transpositions=flag(body.get("fuzzy_transpositions", True)),
        slop=slop,
        now=context.now,
    )
