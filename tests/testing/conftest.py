"""Handles on a world in this process and on one behind HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from mockkibana.testing.handle import MockKibana
from mockkibana.testing.hosts import LocalWorld


@pytest.fixture(scope="session")
def server() -> Iterator[MockKibana]:
    """A server that handles attach to."""
    with MockKibana() as handle:
        yield handle


@pytest.fixture(params=["in process", "attached"])
def handle(request: pytest.FixtureRequest, server: MockKibana) -> Iterator[MockKibana]:
    """A handle on an empty world; every test that uses it is run with both kinds."""
    if request.param == "in process":
        with MockKibana() as handle:
            yield handle
            assert handle.bugs == []
    else:
        assert isinstance(server.source, LocalWorld)
        name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[:64]
        with MockKibana.attach(server.url, world=name) as handle:
            yield handle
            assert handle.bugs == []
        server.source.worlds.delete(name)
