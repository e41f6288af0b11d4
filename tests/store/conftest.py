"""What the store's tests share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import mockkibana
from mockkibana.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def opened() -> Iterator[Callable[..., Store]]:
    """Opens stores as `Store` does, and closes them after the test."""
    stores: list[Store] = []

    def opened(*arguments: Any, **options: Any) -> Store:
        store = Store(*arguments, **options)
        stores.append(store)
        return store

    yield opened
    for store in stores:
        store.close()


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, path: Path, opened: Callable[..., Store]) -> Store:
    return opened(None if request.param == "memory" else path)


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts another Python with a script and its arguments; it ends with the test."""
    processes: list[subprocess.Popen[bytes]] = []

    def started(script: str, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONPATH": str(Path(mockkibana.__file__).parents[1])}
        command = [sys.executable, "-c", dedent(script), *map(str, arguments)]
        process = subprocess.Popen(command, env=environment, **options)
        processes.append(process)
        return process

    yield started
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def output_of(started: Callable[..., subprocess.Popen[bytes]]) -> Callable[..., str]:
    """Runs another Python to its end and returns what it printed."""

    def output_of(script: str, *arguments: object) -> str:
        process = started(script, *arguments, stdout=subprocess.PIPE)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        return output.decode()

    return output_of
