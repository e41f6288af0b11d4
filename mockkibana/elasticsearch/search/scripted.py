"""Scripts of searches, which make a value of the fields of a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.json.parse_errors import Path, unsupported
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.scripts import script
from mockkibana.elasticsearch.scripts.doc_values import Doc, DocValues, Instant
from mockkibana.elasticsearch.scripts.script import FIELD, SCORE, Script
from mockkibana.elasticsearch.scripts.values import Value
from mockkibana.elasticsearch.search.failures import ShardFailure, fielddata_disabled
from mockkibana.elasticsearch.search.field_terms import DATES, TEXTS, Term, address_text
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json


@dataclass(frozen=True, slots=True, eq=False)
class Scripted:
    """A script that may use `doc`, `params`, and `_score` where there is one."""

    script: Script

    def of(self, segment: Segment) -> Callable[[int, float], Value]:
        """Return what computes the value of a document of its number and its score.

        That raises `ShardFailure`.
        """
        run = self.script.run

        def value_of(number: int, score: float) -> Value:
            doc = Doc(lambda name: _values(segment, name, number))
            try:
                return run({"doc": doc, "_score": score})
            except ElasticsearchError as error:
                raise ShardFailure(error.reason, error.caused_by, type=error.type) from None

        return value_of


def read(value: Json, path: Path, *, scores: bool = False) -> Scripted:
    """Read a script of a search; one that `scores` may use `_score`.

    Raises `ParseError`, `ElasticsearchError`.
    """
    if isinstance(value, dict) and "id" in value:
        raise unsupported("stored scripts in searches yet", path)
    return Scripted(script.read(value, SCORE if scores else FIELD, {}))


def _values(segment: Segment, name: str, number: int) -> DocValues | None:
    leaf = segment.leaf(name)
    if leaf is None:
        return None
    if leaf.type in TEXTS and leaf.definition.get("fielddata") not in (True, "true"):
        raise fielddata_disabled(name, segment.index.name)
    return DocValues([_shown(leaf, term) for term in sorted(segment.terms(leaf)[number])])


def _shown(leaf: Leaf, term: Term) -> Any:
    if leaf.type in DATES:
        return Instant(int(term))
    if leaf.type == "boolean":
        return term == "true"
    return address_text(term) if isinstance(term, bytes) else term
