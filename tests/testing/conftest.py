"""Handles on a world in this process and on one behind HTTP, and pytest runs on files of a test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mockkibana.testing.handle import MockKibana
from mockkibana.testing.hosts import LocalWorld

PLUGIN = ("-p", "no:cacheprovider", "-p", "mockkibana.testing.plugin")


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
    """Run pytest, in a process of its own, on the text of a test module."""

    def run(text: str, *options: str, files: dict[str, str] | None = None, **env: Any) -> Outcome:
        directory: Path = tmp_path_factory.mktemp("run")
        for name, content in {
            "test_it.py": text,
            "pytest.ini": "[pytest]\n",
            **(files or {}),
        }.items():
            (directory / name).write_text(content)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *PLUGIN, *options],
            cwd=directory,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **env},
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Outcome(done.returncode, done.stdout + done.stderr)

    return run
