"""A cluster with nothing in it, and a clock that stands still."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "support"))

from mockkibana.clock import Clock
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock() -> Clock:
    """A clock that only the test moves."""
    return Clock(frozen_at="2023-11-14T22:13:20Z")


@pytest.fixture
def settings(kibana_version: str) -> Settings:
    """The settings of `cluster`; a test overrides this fixture to have others."""
    return Settings(kibana_version=kibana_version)


@pytest.fixture
def cluster(store: Store, clock: Clock, settings: Settings) -> Cluster:
    return Cluster(store, Installation(settings, clock))


@pytest.fixture
def face(cluster: Cluster) -> ElasticsearchFace:
    return ElasticsearchFace(cluster)
