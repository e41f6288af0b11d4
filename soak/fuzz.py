"""Ten minutes of odd requests to all faces: no 5xx, no HTML, no bug, no hang, nothing half done."""

from __future__ import annotations

from collections import Counter
from http.client import HTTPConnection, HTTPException
from random import Random

import click

from mockkibana.app import create_app
from mockkibana.clock import monotonic
from mockkibana.seeds import demo_seed
from mockkibana.server import Server
from mockkibana.world import World
from soak.grammar import GRAMMARS, Asked
from soak.memory import resident

SLOW = 2.0  # seconds
ROUND = 2_000  # requests between two resets
BAR = 1.5  # memory at the end of a round, against the end of the second


def fuzz(minutes: float, seed: int = 1) -> list[str]:
    """Ask all faces by their grammars; return what went wrong, each with what was asked."""
    random = Random(seed)
    problems: list[str] = []
    statuses: Counter[str] = Counter()
    memory: list[int] = []
    slowest, asked = 0.0, 0
    world = World(seeds=[demo_seed()])
    end = monotonic() + minutes * 60
    with Server(create_app(world)) as server:
        while monotonic() < end:
            for _ in range(ROUND):
                face = random.choice(list(GRAMMARS))
                request = GRAMMARS[face](random)
                began = monotonic()
                status, problem = _ask(world, server.port, request)
                slowest = max(slowest, monotonic() - began)
                statuses[f"{face} {status // 100}xx"] += 1
                asked += 1
                if problem:
                    problems.append(f"{problem}: {request}"[:600])
                if face == "control":
                    _undo(world)
                if monotonic() >= end:
                    break
            memory.append(resident())
            world.reset()
            click.echo(
                f"fuzz: {asked} requests, slowest {slowest:.2f} s, {memory[-1] / 1024:.0f} MiB, "
                f"{len(problems)} problems"
            )
            if len(problems) > 200:
                break
    world.close()
    told = ", ".join(f"{name} {count}" for name, count in sorted(statuses.items()))
    click.echo(f"fuzz: {told}")
    if len(memory) > 2 and memory[-1] > BAR * memory[1]:
        problems.append(f"memory has grown from {memory[1]} to {memory[-1]} KiB")
    return problems


def _ask(world: World, port: int, request: Asked) -> tuple[int, str | None]:
    """Ask; return the status, 0 for none, and what is wrong with the answer."""
    before = _state(world)
    began = monotonic()
    connection = HTTPConnection("127.0.0.1", port, timeout=10 * SLOW)
    try:
        connection.request(request.method, request.path, request.body, request.headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, HTTPException) as error:
        return 0, repr(error)
    finally:
        connection.close()
    seconds = monotonic() - began
    bugs, world.bugs[:] = list(world.bugs), []
    if bugs:
        return answer.status, f"a bug: {bugs[-1].strip().splitlines()[-1]}"
    if answer.status >= 500:
        return answer.status, f"{answer.status}: {body[:200]!r}"
    if "html" in (answer.getheader("content-type") or "") and not request.path.startswith(
        "/_mock/?"
    ):
        return answer.status, f"HTML: {body[:100]!r}"
    if seconds > SLOW:
        return answer.status, f"{seconds:.1f} s"
    # A node counts the deletion of what is not there, and makes an index before it looks at the
    # document; both are no half-done work.
    is_counted = b'"result":"not_found"' in body
    version, indices = _state(world)
    if answer.status >= 400 and not is_counted and version != before[0] and indices == before[1]:
        return answer.status, f"the refusal {answer.status} has written: {body[:200]!r}"
    return answer.status, None


def _state(world: World) -> tuple[int, int]:
    """Return the number of the state, and how many indices there are."""
    return world.store.version, len(world.store.table("elasticsearch.indices"))


def _undo(world: World) -> None:
    """Take back what would bend the answers of other faces."""
    world.faults.clear()
    world.reset(parts=["settings", "clock", "security"])
