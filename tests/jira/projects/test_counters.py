"""The site gives out each number once, and each time later than the one before."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from mockkibana.jira.projects import timestamps
from mockkibana.jira.projects.counters import TABLES, Counters


@pytest.fixture
def counters(clock):
    return Counters(clock)


def test_a_number_is_given_out_once(store, counters):
    with store.transaction() as transaction:
        assert [counters.take(transaction, "issue") for _ in range(3)] == [
            "10000",
            "10001",
            "10002",
        ]


def test_a_refused_request_gives_its_number_back(store, counters):
    def refused():
        with store.transaction() as transaction:
            counters.take(transaction, "issue")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        refused()
    with store.transaction() as transaction:
        assert counters.take(transaction, "issue") == "10000"


@pytest.mark.parametrize(
    ("chosen", "following"),
    [
        pytest.param("10500", "10501", id="a higher one moves the counter"),
        pytest.param("9", "10000", id="a lower one does not"),
        pytest.param("abc", "10000", id="what is no number does not"),
    ],
)
def test_an_id_that_somebody_chose_is_not_given_out(store, counters, chosen, following):
    with store.transaction() as transaction:
        counters.raise_above(transaction, "issue", chosen)
        assert counters.take(transaction, "issue") == following


@pytest.mark.parametrize("moves", [0, -5_000, 1, 70_000])
def test_every_time_is_later_than_the_one_before(store, counters, clock, moves):
    times = []
    for _ in range(5):
        clock.set(clock.now() + timedelta(milliseconds=moves))
        with store.transaction() as transaction:
            times.append(timestamps.to_milliseconds(counters.time(transaction)))
    assert all(later > earlier for earlier, later in pairwise(times))
    if moves > 0:
        assert times[-1] == clock.milliseconds()


def test_a_stamp_is_a_time_and_a_number_at_once(store, counters):
    with store.transaction() as transaction:
        first = counters.time(transaction)
        second, number = counters.stamp(transaction, "issue")
        assert (second > first, number) == (True, "10000")
        assert counters.take(transaction, "issue") == "10001"
        assert counters.time(transaction) > second


def test_the_tables_come_into_being_together(store, counters):
    with store.transaction() as transaction:
        counters.take(transaction, "comment")
    assert tuple(store.storage.names()) == TABLES
