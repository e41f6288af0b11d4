"""The filter `_source` leaves the parts of a document that a request asks for."""

from __future__ import annotations

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from mockkibana.elasticsearch.documents.source_filter import SourceFilter
from mockkibana.elasticsearch.mapping.mapping import compile_mapping

NOTHING_MAPPED = compile_mapping({})


def test_a_name_with_dots_is_within_the_object_that_a_pattern_means() -> None:
    source = {"a.b.c": 1, "ab": 2, "x.y": 3}
    assert SourceFilter.of(["a", "x*"]).apply(source, NOTHING_MAPPED) == {"a.b.c": 1, "x.y": 3}


@given(
    st.lists(st.text("ab.*", min_size=1, max_size=5), min_size=1, max_size=3),
    st.text("ab.", max_size=7),
)
def test_patterns_mean_what_their_regular_expressions_do(patterns: list[str], name: str) -> None:
    texts = "|".join(pattern.replace(".", "[.]").replace("*", ".*") for pattern in patterns)
    wanted = re.fullmatch(rf"(?:{texts})(?:\..*)?", name) is not None
    kept = SourceFilter.of({"excludes": patterns}).apply({name: 1}, NOTHING_MAPPED)
    assert kept == ({} if wanted else {name: 1})


def test_many_stars_and_many_patterns_take_no_time() -> None:
    begun = time.thread_time()
    source = {"a" * 5000: 1, "." * 5000: 1}
    stars = SourceFilter.of(["*a" * 2000 + "*b"])
    assert stars.apply(source, NOTHING_MAPPED) == {}
    names = SourceFilter.of([f"n{number}" for number in range(20_000)])
    assert names.apply(source, NOTHING_MAPPED) == {}
    assert time.thread_time() - begun < 1
