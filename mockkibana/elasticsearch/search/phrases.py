"""Words that stand beside each other: which documents have them so, and how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace

from mockkibana.elasticsearch.analysis.analyzers import GAP
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search.field_terms import Term, analyzer_of
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

Places = Mapping[str, Sequence[int]]
"""Where each word of a document stands, in ascending order."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a phrase, counted from its first word, and the words that may stand there."""

    offset: int
    words: tuple[Term, ...]


def frequencies(
    segment: Segment, leaf: Leaf, slots: Sequence[Slot], slop: int = 0
) -> dict[int, float]:
    """Return how often each document has a phrase; words moved by `slop` count for less."""
    postings = segment.field(leaf).postings
    candidates: set[int] | None = None
    for slot in segment.budget.each(slots):
        having = {number for word in slot.words for number in postings.get(word, ())}
        candidates = having if candidates is None else candidates & having
    places_of = _reader(segment, leaf)
    found = {}
    for number in segment.budget.each(sorted(candidates or ())):
        places = places_of(segment.sources[number])
        frequency = _sloppy(places, slots, slop) if slop else _exact(places, slots)
        if frequency:
            found[number] = frequency
    return found


def _reader(segment: Segment, leaf: Leaf) -> Callable[[Json], Places]:
    """Return what tells where the words of a source stand.

    Those of a further value are far from those of the one before.
    """
    values_of = segment.reader(leaf)
    tokens = analyzer_of(leaf, segment.index.analyzers).tokens
    gap = int(leaf.definition.get("position_increment_gap", GAP))

    def places_of(source: Json) -> Places:
        places: dict[str, list[int]] = {}
        base = 0
        for value in values_of(source):
            last = base - 1
            for token in tokens(as_text(value)):
                last = base + token.position
                places.setdefault(token.text, []).append(last)
            base = last + 1 + gap
        return places

    return places_of


def _starts(places: Places, slot: Slot) -> list[int]:
    """Return where the phrase would begin for each word that may stand in the slot."""
    return sorted(place - slot.offset for word in slot.words for place in places.get(str(word), ()))


def _exact(places: Places, slots: Sequence[Slot]) -> float:
    first, *others = (set(_starts(places, slot)) for slot in slots)
    return float(len(first.intersection(*others)))


def _sloppy(places: Places, slots: Sequence[Slot], slop: int) -> float:
    """Add up 1 / (1 + moves) of each match (`SloppyPhraseMatcher`).

    All slots go forward through their places, always the one that is farthest behind.
    """
    lists = [_starts(places, slot) for slot in slots]
    if not all(lists):
        return 0.0
    heap = [(starts[0], number, 0) for number, starts in enumerate(lists)]
    heapify(heap)
    end = max(starts[0] for starts in lists)
    frequency, best = 0.0, slop + 1
    while True:
        start, number, index = heap[0]
        taken = {one + slots[other].offset for one, other, _ in heap}
        if len(taken) == len(slots):  # no word counts twice
            best = min(best, end - start)
        following = index + 1
        exhausted = following == len(lists[number])
        if exhausted or lists[number][following] > min(heap[1:], default=(start, 0, 0))[0]:
            # The match cannot get any shorter.
            if best <= slop:
                frequency += 1 / (1 + best)
            best = slop + 1
        if exhausted:
            return frequency
        heapreplace(heap, (lists[number][following], number, following))
        end = max(end, lists[number][following])
