"""What every test may use: a world, its app, and a server over a real socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from mockkibana.app import create_app
from mockkibana.server import Server
from mockkibana.settings import Settings
from mockkibana.world import World

HEADERS = {"kbn-xsrf": "true"}


@pytest.fixture
def settings() -> Settings:
    """The settings of `world`; a test overrides this fixture to have others."""
    return Settings()


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    """An empty world; a run that ends in a bug of ours fails the test."""
    world = World(settings)
    yield world
    assert world.bugs == []
    world.close()


@pytest.fixture
def app(world: World) -> Flask:
    """The world's app, for pytest-flask's `client`."""
    app = create_app(world)
    app.testing = True
    return app


@pytest.fixture
def serve() -> Iterator[Callable[[World], str]]:
    """Serve worlds over real sockets: returns the URL of each."""
    servers: list[Server] = []

    def start(world: World) -> str:
        server = Server(create_app(world))
        servers.append(server)
        server.start()
        return server.url

    yield start
    for server in servers:
        server.stop()
