from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from mockkibana.clock import Clock
from mockkibana.ids import Ids
from mockkibana.jira.site import Site
from mockkibana.store import Store

URL = "http://jira.example.com"
ANN = "ann@example.com"


class StoppedClock(Clock):
    """A clock that somebody moves by hand."""

    def __init__(self) -> None:
        self.time = 1_700_000_000_000

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time / 1000, UTC)

    def milliseconds(self) -> int:
        return self.time


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def site(store: Store, clock: StoppedClock) -> Site:
    """A site with the project CK, which a connector of Ann's has named."""
    site = Site(store, clock, Ids())
    site.ensure_project("CK", ANN)
    return site


@pytest.fixture
def seeded(store: Store, clock: StoppedClock) -> Callable[[dict], Site]:
    """Makes a site of a seed's block."""

    def make(block: dict) -> Site:
        site = Site(store, clock, Ids())
        with store.transaction() as transaction:
            site.restore(block, transaction)
        return site

    return make


@pytest.fixture
def create(site: Site) -> Callable[..., str]:
    """Creates a task in CK and returns its key."""

    def create(summary: str = "Disk full", **fields: object) -> str:
        values = {
            "project": {"key": "CK"},
            "issuetype": {"name": "Task"},
            "summary": summary,
            **fields,
        }
        return site.create_issue({"fields": values}, ANN)["key"]

    return create


@pytest.fixture
def restored() -> Callable[[Site], Store]:
    """Makes a new store of what a site dumps, through JSON and with a clock that has moved on."""

    def restore(site: Site) -> Store:
        later = StoppedClock()
        later.time += 86_400_000
        store = Store()
        with store.transaction() as transaction:
            block = json.loads(json.dumps(site.dump()))
            Site(store, later, Ids()).restore(block, transaction)
        return store

    return restore
