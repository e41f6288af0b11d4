"""Processes of the bench: servers, and the load client."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROUND = 1.0  # seconds of load


_MOCK = ("mockkibana", "serve", "--port", "0", "--quiet")


@contextmanager
def serving(name: str) -> Iterator[int]:
    """Run a server and yield its port: a kind of mockkibana, or one of `bench.servers`."""
    with tempfile.TemporaryDirectory() as folder:
        command = {
            "mock": _MOCK,
            "mock-db": (*_MOCK, "--db", f"{folder}/db"),
            "no-journal": (*_MOCK, "--journal", "0"),
        }.get(name, ("bench.servers", name))
        with subprocess.Popen(
            [sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            try:
                yield int(re.findall(r"\d+", process.stdout.readline())[-1])
            finally:
                process.terminate()


def request(path: str, body: object) -> bytes:
    """Return the bytes of a POST."""
    payload = json.dumps(body, separators=(",", ":")).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nkbn-xsrf: true\r\n"
        f"content-type: application/json\r\ncontent-length: {len(payload)}\r\n\r\n"
    )
    return head.encode() + payload


def load(port: int, data: bytes, connections: int = 8, seconds: float = ROUND) -> float:
    """Return the requests a second that a server completes."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        done = subprocess.run(
            [
                *(sys.executable, str(Path(__file__).with_name("load.py"))),
                *("127.0.0.1", str(port), file.name, str(connections), str(seconds)),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    return float(done.stdout)
