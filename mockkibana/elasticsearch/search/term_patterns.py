"""Terms of a field that begin with, look like, or match something."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable

from mockkibana.budget import OverBudget
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.field_terms import KEYWORDS, TEXTS, Term
from mockkibana.elasticsearch.search.fuzziness import Fuzziness, distance
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.wildcards import Sign, Wild, signs
from mockkibana.wildcards import wildcard as with_stars

_PATIENCE = 0.3  # seconds for one term
_LAST = "\U0010ffff"


def require_texts(leaf: Leaf, query: str, kinds: str = "keyword, text and wildcard") -> None:
    """Refuse a field that has no texts for its terms. Raises `ShardFailure`."""
    if leaf.type not in TEXTS | KEYWORDS:
        raise ShardFailure(
            f"Can only use {query} queries on {kinds} fields - not on [{leaf.path}] which is of "
            f"type [{leaf.type}]"
        )


def beginning(segment: Segment, leaf: Leaf, start: str, *, ignore_case: bool = False) -> list[Term]:
    """Return the terms that begin with a text, in their order."""
    if ignore_case:
        folded = start.lower()
        return _matching(segment, leaf, lambda term: term.lower().startswith(folded))
    terms = segment.field(leaf).vocabulary
    return terms[bisect_left(terms, start) : bisect_left(terms, start + _LAST)]


def wildcard(
    segment: Segment, leaf: Leaf, pattern: str, *, ignore_case: bool = False
) -> list[Term]:
    """Return the terms that look like a pattern with `*` and `?`, which a backslash escapes."""
    if ignore_case:
        test = _wildcard(pattern.lower())
        return _matching(segment, leaf, lambda term: test(term.lower()))
    return _matching(segment, leaf, _wildcard(pattern))


def _wildcard(pattern: str) -> Callable[[str], bool]:
    if "?" not in pattern and "\\" not in pattern:
        return with_stars(pattern)
    wild: dict[str, Sign] = {"*": Wild.ANY, "?": Wild.ONE}
    letters = iter(pattern)
    return signs(
        next(letters, letter) if letter == "\\" else wild.get(letter, letter) for letter in letters
    )


def expression(
    segment: Segment, leaf: Leaf, pattern: str, *, ignore_case: bool = False
) -> list[Term]:
    """Return the terms that a regular expression of Lucene's matches as a whole.

    Raises `BadExpression`, and `OverBudget` when a term takes too long.
    """
    return _matching(segment, leaf, expression_test(pattern, ignore_case=ignore_case))


def expression_test(pattern: str, *, ignore_case: bool = False) -> Callable[[str], bool]:
    """Return what tells whether a regular expression of Lucene's matches a text as a whole.

    Raises `BadExpression`; what it returns raises `OverBudget` when a text takes too long.
    """
    # Imported here, as few searches need it.
    from mockkibana.lucene_expressions import compiled

    compiled_pattern, wanted = compiled(pattern, ignore_case=ignore_case)

    def matches(term: str) -> bool:
        try:
            found = compiled_pattern.fullmatch(term, timeout=_PATIENCE, concurrent=True)
        except TimeoutError:
            raise OverBudget from None
        return (found is not None) is wanted

    return matches


def similar(
    segment: Segment,
    leaf: Leaf,
    word: str,
    fuzziness: Fuzziness,
    *,
    prefix_length: int = 0,
    max_expansions: int = 50,
    transpositions: bool = True,
) -> list[tuple[Term, int]]:
    """Return the terms that are some edits away from a word, and how many, the nearest first."""
    most = fuzziness.of(word)
    if most == 0:
        return [(word, 0)] if word in segment.field(leaf).postings else []
    start = word[:prefix_length]
    found: list[tuple[int, str]] = []
    terms = beginning(segment, leaf, start) if start else segment.field(leaf).vocabulary
    for term in segment.budget.each(terms):
        text = str(term)
        edits = distance(word, text, transpositions=transpositions, most=most)
        if edits <= most:
            found.append((edits, text))
    found.sort()
    return [(term, edits) for edits, term in found[:max_expansions]]


def _matching(segment: Segment, leaf: Leaf, test: Callable[[str], bool]) -> list[Term]:
    terms: Iterable[Term] = segment.field(leaf).vocabulary
    return [term for term in segment.budget.each(terms) if test(str(term))]
