"""Queries by scripts: `script`, which chooses documents, and `script_score`."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mockkibana.elasticsearch.json.parse_errors import Path, illegal, parsing
from mockkibana.elasticsearch.mapping.number_fields import float32
from mockkibana.elasticsearch.search import scripted
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.queries.query import (
    Body,
    Matches,
    Parser,
    Query,
    QueryContext,
    finite,
    strict,
)
from mockkibana.elasticsearch.search.scripted import Scripted
from mockkibana.elasticsearch.search.segment import Segment


@dataclass(frozen=True, slots=True)
class Chosen:
    """The documents for which a script is true."""

    script: Scripted
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:  # noqa: ARG002
        """Run the script for every document."""
        value_of = self.script.of(segment)
        numbers = segment.budget.each(range(len(segment)))
        return {number: self.boost for number in numbers if value_of(number, 0.0) is True}


@dataclass(frozen=True, slots=True)
class ScriptScore:
    """The documents of a query, with the score that a script makes."""

    query: Query
    script: Scripted
    least: float | None
    boost: float = 1.0

    def run(self, segment: Segment, *, scored: bool) -> Matches:  # noqa: ARG002
        """Run the script for each document that the query finds."""
        value_of = self.script.of(segment)
        found = {}
        for number, score in segment.budget.each(self.query.run(segment, scored=True).items()):
            value = value_of(number, score)
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise ShardFailure(
                    "script_score script must return a number", type="class_cast_exception"
                )
            if not value >= 0 or not math.isfinite(float32(value * self.boost)):
                raise ShardFailure(
                    f"script_score script returned an invalid score [{value}] for doc [{number}]. "
                    "Must be a non-negative score!",
                    type="illegal_argument_exception",
                )
            if self.least is None or value >= self.least:
                found[number] = float(value) * self.boost
        return found


def _script(body: Body, path: Path, context: QueryContext) -> Query:
    for name in body:
        if name not in ("script", "boost", "_name"):
            raise parsing(f"[script] query does not support [{name}]", (*path, name))
    if "script" not in body:
        raise parsing("script must be provided with a [script] query", path)
    there = (*path, "script")
    return Chosen(scripted.read(body["script"], there), context.boost("script", body, path))


def _script_score(body: Body, path: Path, context: QueryContext) -> Query:
    strict("script_score", body, path, "query", "script", "min_score")
    for name in ("query", "script"):
        if name not in body:
            raise illegal(f"Required [{name}]")
    least = body.get("min_score")
    return ScriptScore(
        context.inner(body["query"], (*path, "query")),
        scripted.read(body["script"], (*path, "script"), scores=True),
        None if least is None else finite("script_score", "min_score", least, path),
        context.boost("script_score", body, path),
    )


QUERIES: dict[str, Parser] = {"script": _script, "script_score": _script_score}
