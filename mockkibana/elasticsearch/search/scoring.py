"""Scores: BM25 as Elasticsearch computes it, in 32-bit floats."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.mapping.number_fields import float32
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


class Bm25:
    """The score of one term in one field of one index.

    `documents` have the field, `matching` of them the term; `average` is the mean number of terms
    in the field. The order of the operations is that of Lucene's `BM25Similarity`, with the factor
    k1 + 1 that Elasticsearch kept.
    """

    def __init__(self, *, documents: int, matching: int, average: float, boost: float) -> None:
        idf = float32(math.log(1 + (documents - matching + 0.5) / (matching + 0.5)))
        factor = float32(float32(boost) * float32(float32(_K1) + 1))
        self._weight = float32(factor * idf)
        self._average = float32(average)
        self._scores: dict[tuple[int, int], float] = {}

    def score(self, frequency: int, length: int) -> float:
        """Return the score of a document with so many of the term among `length` terms."""
        known = self._scores.get((frequency, length))
        if known is None:
            known = self._scores[frequency, length] = self._computed(frequency, length)
        return known

    def _computed(self, frequency: int, length: int) -> float:
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
        scorer = Bm25(
            documents=len(field.having),
            matching=len(documents),
            average=field.average,
            boost=boost,
        )
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
