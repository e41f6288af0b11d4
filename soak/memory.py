"""Ten minutes of mixed load on one process, which must not grow."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading

import click

from mockkibana.app import create_app
from mockkibana.seeds import demo_seed
from mockkibana.server import Server
from mockkibana.world import World

ROUND = 60.0  # seconds between two resets of a world at rest
BAR = 1.1


def resident() -> int:
    """Return the memory of this process in KiB, as the operating system counts it."""
    told = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True, text=True, check=True
    )
    return int(told.stdout)


def soak(minutes: float) -> list[str]:
    """Load a server, reset its world under load and at rest; return what went wrong.

    There are at least four rounds, of a minute or shorter.
    """
    rounds = max(4, round(minutes))
    seconds = min(ROUND, minutes * 60 / rounds)
    problems: list[str] = []
    memory: list[int] = []
    total = 0
    world = World(seeds=[demo_seed()])
    with Server(create_app(world)) as server:
        for number in range(1, rounds + 1):
            under_load = threading.Timer(seconds / 2, world.reset)
            under_load.start()
            result = _load(server.port, seconds)
            under_load.join()
            problems += result["errors"] + world.bugs
            answers = sum(result["answers"].values())
            total += answers
            full = resident()
            world.reset()
            memory.append(_at_rest())
            click.echo(
                f"soak: round {number} of {rounds}, {answers / seconds:.0f} answers/s, "
                f"{full / 1024:.0f} MiB, after the reset {memory[-1] / 1024:.0f} MiB, "
                f"{threading.active_count()} threads, {len(problems)} errors"
            )
    ratio = memory[-1] / memory[1]
    click.echo(
        f"soak: {total} answers; memory after the last reset / after the second: {ratio:.3f} "
        f"(at most {BAR})"
    )
    if ratio > BAR:
        problems.append(f"memory has grown to {ratio:.3f} of what it was")
    world.close()
    return problems


def _load(port: int, seconds: float) -> dict[str, dict[str, int] | list[str]]:
    done = subprocess.run(
        [sys.executable, "-m", "soak.load", str(port), str(seconds)],
        stdout=subprocess.PIPE,
        check=True,
    )
    result: dict[str, dict[str, int] | list[str]] = json.loads(done.stdout)
    return result


def _at_rest() -> int:
    """Return the memory once what a reset dropped is gone, which happens in the background."""
    gc.collect()
    last = resident()
    for _ in range(20):
        threading.Event().wait(0.25)
        if (now := resident()) >= last:
            return now
        last = now
    return last
