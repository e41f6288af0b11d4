"""A seeded world, asked in process or over a real socket."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from surface import Hostile, InProcess, OverTheWire, seeds

from mockkibana.app import create_app
from mockkibana.server import Server
from mockkibana.world import World

MIB = 1_048_576


@pytest.fixture(scope="module")
def seeded() -> Iterator[World]:
    """A world with something for every route; its faces take bodies as small as Kibana's."""
    world = World(seeds=seeds())
    world.elasticsearch_face.max_body = world.jira_face.max_body = MIB
    yield world
    world.close()


@pytest.fixture(scope="module")
def server(seeded: World) -> Iterator[Server]:
    with Server(create_app(seeded)) as server:
        yield server


@pytest.fixture(scope="module", params=["in process", "over the wire"])
def hostile(request: pytest.FixtureRequest, seeded: World) -> Iterator[Hostile]:
    if request.param == "in process":
        yield Hostile(seeded, InProcess(create_app(seeded)))
        return
    server: Any = request.getfixturevalue("server")
    transport = OverTheWire((server.host, server.port))
    yield Hostile(seeded, transport)
    transport.close()
