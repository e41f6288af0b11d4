"""Scores: BM25 as Elasticsearch computes it, in 32-bit floats."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.mapping.number_fields import float32
from mockkibana.elasticsearch.search.field_index import FieldIndex
from mockkibana.elasticsearch.search.field_terms import Term
from mockkibana.elasticsearch.search.segment import Segment

_K1 = 1.2
_B = 0.75


def shortest(value: float) -> float:
    """Return the number that prints as Java prints the 32-bit float nearest to `value`."""
    nearest = float32(value)
    for digits in range(1, 9):
        number = float(f"{nearest:.{digits}g}")
        if float32(number) == nearest:
            return number
    return float(f"{nearest:.9g}")


def shown(value: float) -> float | str:
    """Return a 32-bit float as JSON has it; what none can hold is a text, as Jackson writes it."""
    number = shortest(value)
    if math.isfinite(number):
        return number
    return "Infinity" if number > 0 else "-Infinity"


def idf(field: FieldIndex, term: Term) -> float:
    """Return how rare a term is among the documents that have the field; 0 where it is in none."""
    matching = len(field.postings.get(term, ()))
    if not matching:
        return 0.0
    return math.log(1 + (len(field.having) - matching + 0.5) / (matching + 0.5))


class Bm25:
    """The score of one term, or of some that stand together, in one field of one index.

    `average` is the mean number of terms in the field. The order of the operations is that of
    Lucene's `BM25Similarity`, with the factor k1 + 1 that Elasticsearch kept.
    """

    def __init__(self, *, idf: float, average: float, boost: float) -> None:
        factor = float32(float32(boost) * float32(float32(_K1) + 1))
        self._weight = float32(factor * float32(idf))
        self._average = float32(average)
        self._scores: dict[tuple[float, int], float] = {}

    def score(self, frequency: float, length: int) -> float:
        """Return the score of a document with so many of the term among `length` terms."""
        known = self._scores.get((frequency, length))
        if known is None:
            known = self._scores[frequency, length] = self._computed(frequency, length)
        return known

    def _computed(self, frequency: float, length: int) -> float:
        k1, b = float32(_K1), float32(_B)
        ratio = float32(float32(b * _stored_length(length)) / self._average)
        inverse = float32(1 / float32(k1 * float32(float32(1 - b) + ratio)))
        return float32(
            self._weight - float32(self._weight / float32(1 + float32(frequency * inverse)))
        )


def scores(
    segment: Segment, leaf: Leaf, words: Sequence[Term], boost: float, needed: int = 1
) -> dict[int, float]:
    """Score the documents that have at least `needed` of the words, which may repeat."""
    found: dict[int, float] = {}
    counts: Counter[int] = Counter()
    field = segment.field(leaf)
    lengths = field.lengths
    for word in segment.budget.each(words):
        documents = field.postings.get(word, ())
        if not documents:
            continue
        scorer = Bm25(idf=idf(field, word), average=field.average, boost=boost)
        frequencies = field.frequencies(word)
        for number in documents:
            score = scorer.score(frequencies.get(number, 1), lengths[number])
            found[number] = found.get(number, 0.0) + score
        if needed > 1:
            counts.update(documents)
    return {
        number: float32(found[number])
        for number in sorted(found)
        if needed == 1 or counts[number] >= needed
    }


def phrase_scores(
    segment: Segment,
    leaf: Leaf,
    words: Iterable[Term],
    frequencies: Mapping[int, float],
    boost: float,
) -> dict[int, float]:
    """Score documents by how often they have a phrase of the words."""
    field = segment.field(leaf)
    rare = sum(idf(field, word) for word in words)
    scorer = Bm25(idf=rare, average=field.average, boost=boost)
    lengths = field.lengths
    return {number: scorer.score(often, lengths[number]) for number, often in frequencies.items()}


def _stored_length(length: int) -> int:
    """Return the length as Lucene keeps it in one byte (`SmallFloat.intToByte4`): 4 bits of it.

    Up to 40 it is exact.
    """
    free = 24  # 255 - longToInt4(Integer.MAX_VALUE): these values are kept as they are
    if length < free:
        return length
    rest = length - free
    shift = max(rest.bit_length() - 4, 0)
    return free + (rest >> shift << shift)
