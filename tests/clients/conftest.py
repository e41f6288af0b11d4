"""What the real clients talk to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mockkibana.world import World


@pytest.fixture
def elasticsearch_url(world: World, serve: Callable[[World], str]) -> str:
    """The address of the world's Elasticsearch, on a socket."""
    return f"{serve(world)}/_mock/elasticsearch"
