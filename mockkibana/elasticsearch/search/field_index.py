"""What is indexed of one field of a segment, in the forms in which queries look for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from mockkibana.budget import Budget
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.search.field_terms import TEXTS, Term

#: The terms of each document: the words of a text in their order, each as often as it is there.
Column = Sequence[Sequence[Term]]


class FieldIndex:
    """The documents of each term of a field; further forms are made when they are asked for.

    Documents are numbers in their segment, always in ascending order. Raises `OverBudget`.
    """

    def __init__(self, leaf: Leaf, column: Column, budget: Budget) -> None:
        self.leaf = leaf
        self.column = column
        #: The documents that have each term.
        self.postings: dict[Term, list[int]] = {}
        self._repeated: dict[Term, dict[int, int]] = {}
        for number, terms in budget.each(enumerate(column)):
            for term in terms:
                documents = self.postings.get(term)
                if documents is None:
                    self.postings[term] = [number]
                elif documents[-1] != number:
                    documents.append(number)
                else:
                    counts = self._repeated.setdefault(term, {})
                    counts[number] = counts.get(number, 1) + 1

    def frequencies(self, term: Term) -> dict[int, int]:
        """Return how often documents have a term, those that have it more than once."""
        return self._repeated.get(term, {})

    @cached_property
    def vocabulary(self) -> list[Any]:
        """Every term once, in ascending order."""
        return sorted(self.postings)

    @cached_property
    def ordered(self) -> tuple[list[Any], list[int]]:
        """All terms in ascending order, and the document that each is of."""
        postings = self.postings
        terms = [term for term in self.vocabulary for _ in postings[term]]
        return terms, [number for term in self.vocabulary for number in postings[term]]

    @cached_property
    def having(self) -> list[int]:
        """The documents that have any term."""
        return [number for number, terms in enumerate(self.column) if terms]

    @cached_property
    def lengths(self) -> Sequence[int]:
        """How many terms each document has, for texts; 1 where the length does not count."""
        norms = self.leaf.definition.get("norms") not in (False, "false")
        if self.leaf.type in TEXTS and norms:
            return list(map(len, self.column))
        return [1] * len(self.column)

    @cached_property
    def average(self) -> float:
        """The mean number of terms of the documents that have any."""
        return sum(map(len, self.column)) / max(len(self.having), 1)
