"""When a fault rule fires, against plain models."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.faults.when import Bucket, Latency, When, draw

ordinals = range(1, 40)
seeds = st.integers(0, 2**64)


@given(st.integers(1, 50))
def test_the_nth_fires_once(n):
    assert [o for o in ordinals if When(nth=n).holds(o)] == [n] * (n < 40)


@given(st.integers(1, 50))
def test_the_first_ones_fire_and_then_no_more(n):
    assert [o for o in ordinals if When(first=n).holds(o)] == list(ordinals)[:n]


@given(st.integers(1, 50))
def test_every_so_manieth_fires(n):
    assert [o for o in ordinals if When(every=n).holds(o)] == list(ordinals)[n - 1 :: n]


def test_without_a_word_every_request_fires():
    assert all(When().holds(o) for o in ordinals)


@given(seeds, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_probability_fires_on_the_same_requests_and_more(seed, one, other):
    low, high = sorted((one, other))
    rarely = {o for o in ordinals if When(probability=low, seed=seed).holds(o)}
    often = {o for o in ordinals if When(probability=high, seed=seed).holds(o)}
    assert rarely <= often


@given(seeds)
def test_the_ends_of_probability_are_never_and_always(seed):
    assert not any(When(probability=0.0, seed=seed).holds(o) for o in ordinals)
    assert all(When(probability=1.0, seed=seed).holds(o) for o in ordinals)


def test_a_probability_is_about_as_often_as_it_says():
    fired = sum(When(probability=0.3, seed=1).holds(o) for o in range(1, 2001))
    assert 500 < fired < 700


def test_a_seed_decides_for_good():
    # Written down: another Python, another machine and another version must draw the same.
    drawn = [o for o in range(1, 21) if When(probability=0.3, seed=1).holds(o)]
    assert drawn == [2, 3, 6, 10, 13, 15, 16, 17, 18, 19]
    assert drawn != [o for o in range(1, 21) if When(probability=0.3, seed=2).holds(o)]


@given(seeds, st.integers(1, 10**6))
def test_what_is_drawn_is_from_zero_up_to_one(seed, ordinal):
    assert 0 <= draw(seed, "fire", ordinal) < 1


@given(st.floats(0, 100), st.floats(0, 100), seeds, st.integers(1, 1000))
def test_a_latency_is_between_its_bounds(one, other, seed, ordinal):
    low, high = sorted((one, other))
    assert low <= Latency(low, high, seed).at(ordinal) <= high


def test_a_uniform_latency_differs_from_request_to_request_and_not_from_run_to_run():
    delays = [Latency(0, 1, 7).at(o) for o in ordinals]
    assert len(set(delays)) == len(delays)
    assert delays == [Latency(0, 1, 7).at(o) for o in ordinals]


@given(
    st.fractions(Fraction(1, 10), 20),
    st.sampled_from([1000, 60_000]),
    st.integers(1, 5),
    st.lists(st.integers(-50, 3000), max_size=40),
)
def test_a_bucket_is_tokens_that_time_brings_back(amount, period, burst, steps):
    bucket = Bucket(amount, period, burst)
    tokens, now, last = Fraction(burst), 10**12, 10**12
    for step in steps:
        now += step
        tokens = min(Fraction(burst), tokens + max(0, now - last) * amount / period)
        last = now
        wait = bucket.take(now)
        if tokens >= 1:
            assert wait is None
            tokens -= 1
        else:
            assert wait is not None
            needed = (1 - tokens) * period / amount / 1000
            assert wait - 1 < needed <= wait


def test_ten_a_second_are_ten_a_second():
    # As floats ten times a tenth of a token is less than one.
    bucket = Bucket(Fraction(10), 1000, 1)
    assert [bucket.take(now) for now in range(0, 1000, 100)] == [None] * 10
    assert bucket.take(999) == 1


@pytest.mark.parametrize(
    ("when", "wanted", "expected"),
    [
        (When(), 1, "at least 1"),
        (When(nth=3), 1, "1"),
        (When(first=2), 2, "2"),
        (When(every=3), 1, "at least 1"),
        (When(probability=0.5), 1, "at least 1"),
    ],
    ids=str,
)
def test_a_rule_is_consumed_when_its_firings_are_over_or_have_begun(when, wanted, expected):
    assert (when.wanted, when.expected) == (wanted, expected)
