"""Runs tests that others wrote, in a pytest of its own, against a served world."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

from mockkibana.app import create_app
from mockkibana.server import Server
from mockkibana.world import World

#: Options of pytest for a suite whose own configuration needs what is not installed.
UNCONFIGURED = ("-c", os.devnull, "--rootdir", ".", "--tb=short", "--disable-warnings")


def run(
    suite: Path,
    world: World,
    variables: Callable[[str], Mapping[str, str]],
    arguments: Iterable[str],
) -> int:
    """Run the tests in the folder `suite`; return pytest's exit code, or 1 for bugs of ours.

    `variables` returns what the tests' environment is to have besides, from the server's URL;
    `arguments` are those of pytest.
    """
    options = ("-q", "-p", "no:cacheprovider", "-p", "no:mockkibana", *arguments)
    command = (sys.executable, "-m", "pytest", *options)
    with Server(create_app(world)) as server:
        environment = {**os.environ, **variables(server.url)}
        failed = subprocess.run(command, cwd=suite, env=environment, check=False).returncode
    for bug in world.bugs:
        click.echo(bug, err=True)
    return failed or int(bool(world.bugs))
