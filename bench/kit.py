"""What the test kit costs: tests with its fixture, resets, servers, interception."""

from __future__ import annotations

import http.client
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests
import responses

from mockkibana.app import create_app
from mockkibana.server import Server
from mockkibana.testing.interception import intercept
from mockkibana.world import World

_TESTS = 200
_OURS = """
import http.client, pytest
@pytest.mark.parametrize("n", range({tests}))
def test_call(mock_kibana, n):
    connection = http.client.HTTPConnection(mock_kibana.url.removeprefix("http://"))
    connection.request("GET", "/api/status")
    assert connection.getresponse().status == 200
    connection.close()
"""
_THEIRS = """
import http.client, pytest
@pytest.mark.parametrize("n", range({tests}))
def test_call(httpserver, n):
    httpserver.expect_request("/api/status").respond_with_json({{}})
    connection = http.client.HTTPConnection(httpserver.host, httpserver.port)
    connection.request("GET", "/api/status")
    assert connection.getresponse().status == 200
    connection.close()
"""


def suites() -> dict[str, Callable[[], float]]:
    """Return the seconds that 200 tests take with our fixture, and with pytest-httpserver's."""
    return {"ours": lambda: _suite(_OURS), "theirs": lambda: _suite(_THEIRS)}


def resets() -> dict[str, Callable[[], float]]:
    """Return the seconds of 200 resets in process, and of 200 calls of Flask's test client."""
    world = World()
    client = create_app(world).test_client()
    return {
        "reset": _times(lambda: world.reset(empty=True)),
        "call": _times(lambda: client.get("/api/status")),
    }


def large_resets() -> dict[str, Callable[[], float]]:
    """Return the seconds of one reset over HTTP, of an empty world and of 100,000 documents."""
    return {"small": lambda: _reset(0), "large": lambda: _reset(100_000)}


def _reset(documents: int) -> float:
    world = World()
    for _ in range(0, documents, 10_000):
        batch = [{"number": number} for number in range(10_000)]
        world.elasticsearch.create_all("t", batch, refresh=False)
    client = create_app(world).test_client()
    for _ in range(20):
        client.get("/_mock/api/log")
    start = time.perf_counter()
    client.post("/_mock/api/reset", json={"empty": True})
    return time.perf_counter() - start


def servers() -> dict[str, Callable[[], float]]:
    """Return the seconds of a start with a call and a stop, and of a call that connects."""
    app = create_app(World())
    running = Server(app)
    running.start()

    def whole_life() -> None:
        with Server(app) as server:
            _call(server.port)

    return {
        "whole life": _times(whole_life, 1),
        "call": _times(lambda: _call(running.port), 1),
    }


def interceptions() -> dict[str, Callable[[], float]]:
    """Return the seconds of 200 calls that we intercept, and that `responses` answers."""

    def ours() -> float:
        with intercept("http://kibana.test:5601"):
            return _times(lambda: requests.get("http://kibana.test:5601/api/status", timeout=5))()

    def theirs() -> float:
        with responses.RequestsMock() as mock:
            mock.get("http://kibana.test:5601/api/status", json={})
            return _times(lambda: requests.get("http://kibana.test:5601/api/status", timeout=5))()

    return {"ours": ours, "theirs": theirs}


def _times(action: Callable[[], object], turns: int = 200) -> Callable[[], float]:
    def measure() -> float:
        start = time.perf_counter()
        for _ in range(turns):
            action()
        return time.perf_counter() - start

    return measure


def _call(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/api/status")
    connection.getresponse().read()
    connection.close()


def _suite(text: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_it.py").write_text(text.format(tests=_TESTS))
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        return time.perf_counter() - start
