"""A cluster with nothing in it, and a clock that stands still."""

from __future__ import annotations

import pytest

from mockkibana.clock import Clock
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.ids import Ids
from mockkibana.settings import Settings
from mockkibana.store import Store


class StillClock(Clock):
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.time = 1_700_000_000_000

    def milliseconds(self) -> int:
        return self.time


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def cluster(store: Store, clock: StillClock) -> Cluster:
    return Cluster(store, clock, Ids(), Settings)
