"""Sites for the tests of Jira: one with a project, one made of a seed, and one restored."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from mockkibana.clock import Clock
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

URL = "http://jira.example.com"
ANN = "ann@example.com"


START = "2023-11-14T22:13:20Z"


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until a test moves it."""
    return Clock(frozen_at=START)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def site(store: Store, clock: Clock) -> Site:
    """A site with the project CK, which a connector of Ann's has named."""
    site = Site(store, Installation(clock=clock))
    site.ensure_project("CK", ANN)
    return site


@pytest.fixture
def seeded(store: Store, clock: Clock) -> Callable[[dict], Site]:
    """Makes a site of a seed's block."""

    def make(block: dict) -> Site:
        site = Site(store, Installation(clock=clock))
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
        return site.create_issue({"fields": values}, Viewer(ANN))["key"]

    return create


@pytest.fixture
def restored() -> Callable[[Site], Store]:
    """Makes a new store of what a site dumps, through JSON and with a clock that has moved on."""

    def restore(site: Site) -> Store:
        later = Clock(frozen_at=START)
        later.advance("1d")
        store = Store()
        with store.transaction() as transaction:
            block = json.loads(json.dumps(site.dump()))
            Site(store, Installation(clock=later)).restore(block, transaction)
        return store

    return restore
