"""What every test may use: a world, its app, a server over a real socket, and its connectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mockkibana.app import create_app
from mockkibana.seeds import Seed, parse_seed
from mockkibana.server import Server
from mockkibana.settings import Settings
from mockkibana.world import World

HEADERS = {"kbn-xsrf": "true"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that is marked with versions of Kibana for each of them."""
    marker = metafunc.definition.get_closest_marker("kibana_version")
    if marker is not None and "kibana_version" in metafunc.fixturenames:
        metafunc.parametrize("kibana_version", marker.args)


@pytest.fixture
def kibana_version() -> str:
    """The version of `world`; the marker of this name sets it."""
    return Settings().kibana_version


@pytest.fixture
def settings(kibana_version: str) -> Settings:
    """The settings of `world`; a test overrides this fixture to have others."""
    return Settings(kibana_version=kibana_version)


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


@pytest.fixture
def xsrf() -> dict[str, str]:
    """The one header that Kibana wants of a request that changes something."""
    return dict(HEADERS)


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., Any]:
    """Ask to create a connector, a server log by default, and return the answer."""

    def post(
        connector_type_id: str = ".server-log",
        config: Any = None,
        *,
        id: str = "",  # noqa: A002 - Kibana's own name
        space: str = "",
        **body: Any,
    ) -> Any:
        content = {"name": "My connector", "connector_type_id": connector_type_id, **body}
        if config is not None:
            content["config"] = config
        path = f"{space}/api/actions/connector" + (f"/{id}" if id else "")
        return client.post(path, json=content, headers=HEADERS)

    return post


@pytest.fixture
def create(post: Callable[..., Any]) -> Callable[..., Any]:
    """Create a connector that is accepted and return it; the arguments are those of `post`."""

    def create(*arguments: Any, **body: Any) -> Any:
        answer = post(*arguments, **body)
        assert answer.status_code == 200, answer.text
        return answer.json

    return create


@pytest.fixture
def execute(client: FlaskClient) -> Callable[..., Any]:
    """Run a connector and return the answer, a 200 unless another `status` is expected."""

    def execute(connector_id: str, params: Any, *, space: str = "", status: int = 200) -> Any:
        path = f"{space}/api/actions/connector/{connector_id}/_execute"
        answer = client.post(path, json={"params": params}, headers=HEADERS)
        assert answer.status_code == status, answer.text
        return answer

    return execute


@pytest.fixture
def seed() -> Callable[..., Seed]:
    """Make a seed of its parts."""
    return lambda **parts: parse_seed({"version": 1, **parts})
