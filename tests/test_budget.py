"""A budget ends a scan once its time is over."""

from __future__ import annotations

from collections import deque
from itertools import count

import pytest

from mockkibana import budget
from mockkibana.budget import Budget, OverBudget
from mockkibana.clock import monotonic


def test_a_scan_within_its_budget_sees_every_item():
    assert list(Budget().each(range(5_000))) == list(range(5_000))


@pytest.mark.parametrize("seconds", [0.0, 0.002], ids=["quick items", "slow items"])
def test_a_scan_without_an_end_stops_soon_after_its_time(monkeypatch, seconds):
    monkeypatch.setattr(budget, "WORK", 0.05)

    def look_at(_item):
        until = monotonic() + seconds
        while monotonic() < until:
            pass

    begun = monotonic()
    with pytest.raises(OverBudget):
        deque(map(look_at, Budget().each(count())), maxlen=0)
    assert monotonic() - begun < 1


def test_a_check_says_whether_the_time_is_over(monkeypatch):
    Budget().check()
    monkeypatch.setattr(budget, "WORK", -1)
    with pytest.raises(OverBudget):
        Budget().check()
