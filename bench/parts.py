"""What is measured inside of one process, or by starting processes: store, start, stop."""

from __future__ import annotations

import gc
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.jira.viewer import Viewer
from mockkibana.kibana.caller import Caller
from mockkibana.seeds import demo_seed, parse_seed
from mockkibana.store import Store
from mockkibana.world import World

_BARE = """
import os
from flask import Flask
app = Flask("bare")
@app.get("/api/status")
def status(): return {}
app.run(port=int(os.environ["PORT"]))
"""
# Installed packages have their byte code; a checkout has it after the first start.
_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}
_MOCK = ("-m", "mockkibana", "serve", "--quiet", "--port")


def store_with(count: int) -> Store:
    """Return a store that holds that many documents in one table."""
    store = Store()
    with store.transaction() as transaction:
        transaction.put("documents", {str(n): {"number": n} for n in range(count)})
    return store


def store_operations(store: Store, turns: int = 3000) -> dict[str, Callable[[], float]]:
    """Return measurements of one operation each: seconds for `turns` of them."""
    table = store.table("documents")
    inserted = iter(range(10**9, 2 * 10**9))

    def insert() -> None:
        with store.transaction() as transaction:
            transaction.put("documents", {str(next(inserted)): {"number": 1}})

    def update() -> None:
        with store.transaction() as transaction:
            transaction.put("documents", {"50": {**(store.table("documents").row("50") or {})}})

    def timed(operation: Callable[[], object]) -> Callable[[], float]:
        def measure() -> float:
            gc.collect()
            gc.disable()
            start = time.perf_counter()
            for _ in range(turns):
                operation()
            elapsed = time.perf_counter() - start
            gc.enable()
            return elapsed

        return measure

    return {
        "insert": timed(insert),
        "get": timed(lambda: table.get(doc_id="50")),  # type: ignore[call-overload]
        "update": timed(update),
    }


def pushes(issues: int) -> Callable[[], float]:
    """Return a measurement of pushes to a site that holds that many issues: seconds for 300."""
    world = World(seeds=[demo_seed()])
    body = {"fields": {"project": {"key": "CK"}, "summary": "s", "issuetype": {"id": "10006"}}}
    for _ in range(issues):
        world.jira.create_issue(body, Viewer("admin"))
    connector = "b3aad810-edbe-11ec-82d1-11348ecbf4a6"
    params = {
        "subAction": "pushToService",
        "subActionParams": {"incident": {"summary": "s", "issueType": "10006"}},
    }

    def measure() -> float:
        gc.collect()
        start = time.perf_counter()
        for _ in range(300):
            world.executor.execute(Caller(), connector, params)
        return time.perf_counter() - start

    return measure


def deliveries(kept: int) -> Callable[[], float]:
    """Return a measurement of runs in a world whose outbox holds that many: seconds for 300."""
    content = json.loads(Path(__file__).with_name("webhook.json").read_text("utf-8"))
    world = World(seeds=[parse_seed(content)])
    params = {"body": '{"text": "hello, world"}'}
    for _ in range(kept):
        world.executor.execute(Caller(), "hook", params)

    def measure() -> float:
        gc.collect()
        start = time.perf_counter()
        for _ in range(300):
            world.executor.execute(Caller(), "hook", params)
        return time.perf_counter() - start

    return measure


def growing(items: int) -> dict[str, Callable[[], float]]:
    """Return measurements of requests with that many items in all: seconds for an item."""
    world = World(seeds=[demo_seed()])
    fields = {"project": {"key": "CK"}, "summary": "s", "issuetype": {"id": "10006"}}
    world.jira.create_issue({"fields": fields}, Viewer("admin"))
    rounds = count()

    def labels() -> float:
        number = next(rounds)
        wanted = {"fields": {"labels": [f"l{number}-{n}" for n in range(items)]}}
        start = time.perf_counter()
        world.jira.edit_issue("CK-1", wanted, Viewer("admin"))
        return (time.perf_counter() - start) / items

    def indices() -> float:
        number = next(rounds)
        actions = [Action(op="index", index=f"i{number}-{n}", source={}) for n in range(items)]
        start = time.perf_counter()
        world.elasticsearch.bulk(actions)
        taken = (time.perf_counter() - start) / items
        world.reset()
        world.jira.create_issue({"fields": fields}, Viewer("admin"))
        return taken

    return {"labels of an issue": labels, "new indices": indices}


def start_to_first_answer(command: tuple[str, ...], *, port_last: bool) -> float:
    """Return the seconds from the start of a Python process to its first answer."""
    port = _free_port()
    arguments = (*command, str(port)) if port_last else command
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**_ENVIRONMENT, "PORT": str(port)},
    )
    try:
        while not _answers(port):
            time.sleep(0.002)
        return time.perf_counter() - start
    finally:
        process.kill()
        process.wait()


def start_rivals() -> dict[str, Callable[[], float]]:
    """Return mockkibana's start and that of a bare Flask app under `app.run`."""
    start_to_first_answer(_MOCK, port_last=True)  # writes the byte code
    return {
        "mock": lambda: start_to_first_answer(_MOCK, port_last=True),
        "bare": lambda: start_to_first_answer(("-c", _BARE), port_last=False),
    }


def stop_seconds() -> float:
    """Return how long `stop` takes with idle and slow connections open."""
    from bench.servers import echo
    from mockkibana.server import Server

    server = Server(echo(), port=0)
    server.start()
    sockets = [socket.create_connection((server.host, server.port)) for _ in range(20)]
    for number, connection in enumerate(sockets):
        if number % 2:
            connection.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
    time.sleep(0.2)
    start = time.perf_counter()
    server.stop()
    elapsed = time.perf_counter() - start
    for connection in sockets:
        connection.close()
    return elapsed


def _answers(port: int) -> bool:
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/api/status")
        connection.getresponse().read()
        return True
    return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
