"""`make soak`: ten minutes of load, ten of fuzz, five of connector types, nasties, then 200 kills.

SOAK_MINUTES, SOAK_FUZZ_MINUTES (types have half of it) and SOAK_KILLS make it shorter.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import click

from soak import types
from soak.fuzz import fuzz
from soak.memory import soak

_BATCH = 20


def kills(count: int) -> list[str]:
    """Kill writers `count` times while they append, and as often while they compact."""
    done = 0
    while done < count:
        batch = min(_BATCH, count - done)
        command = [sys.executable, "-m", "pytest", "-q", "tests/store/test_crash.py"]
        run = subprocess.run(
            command,
            env=os.environ | {"MOCKKIBANA_KILLS": str(batch)},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if run.returncode:
            return [run.stdout]
        done += batch
        click.echo(f"soak: {done} of {count} kills while appending and while compacting, none lost")
    return []


def every() -> list[str]:
    """Try all rows of the hostile tables at all routes and types; a test run tries a part."""
    paths = ("tests/hostile/test_every_route.py", "tests/hostile/test_every_type.py")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *paths],
        env=os.environ | {"MOCKKIBANA_EVERY": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    click.echo(f"soak: every nasty at every route and type: {run.stdout.strip().splitlines()[-1]}")
    return [run.stdout] if run.returncode else []


def main() -> None:
    """Soak, kill, and exit with 1 when anything went wrong."""
    problems = soak(float(os.environ.get("SOAK_MINUTES", "10")))
    minutes = float(os.environ.get("SOAK_FUZZ_MINUTES", "10"))
    problems += fuzz(minutes)
    problems += types.fuzz(minutes / 2)
    problems += every()
    problems += kills(int(os.environ.get("SOAK_KILLS", "200")))
    for problem, count in Counter(problems).most_common(20):
        click.echo(f"{count} x {problem}", err=True)
    click.echo(f"soak: {len(problems)} problems" if problems else "soak: all is well")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
