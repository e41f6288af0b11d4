"""Processes of the bench: servers, and the load client."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROUND = 1.0  # seconds of load


# A user who may run connectors and write the index of the demo.
_SECURED = Path(__file__).with_name("secured.json")
_WEBHOOK = Path(__file__).with_name("webhook.json")
_MOCK = ("mockkibana", "serve", "--port", "0", "--quiet")


@contextmanager
def serving(name: str) -> Iterator[int]:
    """Run a server and yield its port: a kind of mockkibana, or one of `bench.servers`."""
    with tempfile.TemporaryDirectory() as folder:
        command = {
            "mock": _MOCK,
            "mock-db": (*_MOCK, "--db", f"{folder}/db"),
            "no-journal": (*_MOCK, "--journal", "0"),
            "secured": (*_MOCK, "--seed", str(_SECURED)),
            "webhook": (*_MOCK, "--seed", str(_WEBHOOK)),
        }.get(name, ("bench.servers", name))
        with subprocess.Popen(
            [sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            try:
                yield int(re.findall(r"(?:^|:)(\d+)", process.stdout.readline())[0])
            finally:
                process.terminate()


def request(path: str, body: object, user: str | None = None) -> bytes:
    """Return the bytes of a POST, perhaps by a user: `name:password`."""
    payload = json.dumps(body, separators=(",", ":")).encode()
    basic = f"authorization: Basic {b64encode(user.encode()).decode()}\r\n" if user else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nkbn-xsrf: true\r\n{basic}"
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
