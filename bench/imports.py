"""What the first request to the fake Elasticsearch of a process imports, in processor time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

_FLASK = """
from time import thread_time
start = thread_time()
import flask
print(thread_time() - start)
"""
# The second request imports nothing.
_FIRST = """
import sys
from time import thread_time
from mockkibana import World, create_app
client = create_app(World()).test_client()
client.get("/api/status")
def seconds():
    start = thread_time()
    answer = client.post(f"/_mock/elasticsearch{sys.argv[1]}", data=sys.argv[2],
                         content_type="application/json")
    assert answer.status_code == 200, answer.data
    return thread_time() - start
print(seconds() - seconds())
"""
_BULK = ("/_bulk", '{"create": {"_index": "logs"}}\n{"message": "hello"}\n')
_SEARCH = ("/_search", '{"query": {"term": {"level": "error"}}}')
# Installed packages have their byte code; a checkout has it after the first start.
_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}


def imports() -> dict[str, Callable[[], float]]:
    """Return measurements of imports: of Flask, and of first requests. Seconds."""
    measures = {
        "flask": lambda: _seconds(_FLASK),
        "bulk": lambda: _seconds(_FIRST, *_BULK),
        "search": lambda: _seconds(_FIRST, *_SEARCH),
    }
    for measure in measures.values():
        measure()  # writes the byte code
    return measures


def _seconds(code: str, *arguments: str) -> float:
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=_ENVIRONMENT, capture_output=True, text=True, check=True)
    return float(done.stdout)
