"""What every test may use: a world, its app, a server, its connectors, and runs of pytest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from warnings import catch_warnings, resetwarnings, simplefilter

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mockkibana.app import create_app
from mockkibana.seeds import Seed, parse_seed
from mockkibana.server import Server
from mockkibana.settings import Settings
from mockkibana.world import World

HEADERS = {"kbn-xsrf": "true"}
PLUGIN = ("-p", "no:cacheprovider", "-p", "mockkibana.testing.plugin")


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


@dataclass(frozen=True)
class Outcome:
    """What a pytest run said; `outcomes` are by the test's name and phase (`test_a`, `passed`)."""

    code: int
    text: str

    def count(self, what: str) -> int:
        """Return the number beside a word of the last line: `passed`, `failed`, `errors`."""
        last = self.text.strip().splitlines()[-1]
        found = re.search(rf"(\d+) {what}", last)
        return int(found[1]) if found else 0


RunPytest = Callable[..., Outcome]


@pytest.fixture(scope="module")
def run_pytest(tmp_path_factory: pytest.TempPathFactory) -> RunPytest:
    """Run pytest on the text of a test module: in this process, or with `apart` in its own."""

    def run(
        text: str,
        *options: str,
        files: dict[str, str] | None = None,
        apart: bool = False,
        **env: str,
    ) -> Outcome:
        directory: Path = tmp_path_factory.mktemp("run")
        for name, content in {
            "test_it.py": text,
            "pytest.ini": "[pytest]\n",
            **(files or {}),
        }.items():
            (directory / name).write_text(content)
        environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **env}
        if not apart:
            return _run_here(directory, [*PLUGIN, *options], environment)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *PLUGIN, *options],
            cwd=directory,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Outcome(done.returncode, done.stdout + done.stderr)

    return run


def _run_here(directory: Path, options: list[str], environment: dict[str, str]) -> Outcome:
    before, modules, path = dict(os.environ), set(sys.modules), list(sys.path)
    os.environ.update(environment)
    # What sees to hanging processes is there once.
    arguments = ["--capture=sys", "-p", "no:faulthandler", *options]
    text = StringIO()
    try:
        with chdir(directory), redirect_stdout(text), redirect_stderr(text), catch_warnings():
            resetwarnings()
            simplefilter("default")
            code = pytest.main(arguments)
    finally:
        os.environ.clear()
        os.environ.update(before)
        sys.path[:] = path
        for name in sys.modules.keys() - modules:
            if str(directory) in (getattr(sys.modules[name], "__file__", None) or ""):
                del sys.modules[name]
    return Outcome(int(code), text.getvalue())
