"""The security of a world with nothing in it, and a clock that stands still."""

from __future__ import annotations

import pytest

from mockkibana.clock import Clock
from mockkibana.ids import Ids
from mockkibana.security.security import Security
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock() -> Clock:
    return Clock(frozen_at="2026-01-02T03:04:05Z")


@pytest.fixture
def security(store: Store, clock: Clock) -> Security:
    return Security(store, Installation(Settings(), clock, Ids()))
