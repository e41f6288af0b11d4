"""A database file after `kill -9`: acknowledged writes are there."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mockkibana.store import Store

KILLS = int(os.environ.get("MOCKKIBANA_KILLS", "5"))

# Each line on stdout acknowledges one write. The writes are small and many.
INSERTS = """
    import os, sys
    from mockkibana.store import Store
    store = Store(sys.argv[1])
    first = len(store.table("t"))
    for n in range(first, first + 50_000):
        with store.transaction() as transaction:
            transaction.put("t", {str(n): {"n": n, "text": "x" * (n % 200)}})
            transaction.put("counter", {"t": {"last": n}})
        os.write(1, b"%d\\n" % n)
"""

# Every fourth write makes the log be compacted.
REPLACEMENTS = """
    import os, sys
    from mockkibana.store import Store
    store = Store(sys.argv[1])
    first = (store.table("counter").row("t") or {"last": -1})["last"] + 1
    for n in range(first, first + 50_000):
        with store.transaction() as transaction:
            transaction.put("t", {str(i): {"n": n, "text": "x" * 80} for i in range(1_000)})
            transaction.put("counter", {"t": {"last": n}})
        os.write(1, b"%d\\n" % n)
"""


@pytest.fixture
def killed(
    path: Path, tmp_path: Path, started: Callable[..., subprocess.Popen[bytes]]
) -> Callable[[str], int]:
    """Runs a script on the store, kills it at a random moment, returns the last number it said."""
    output = tmp_path / "acknowledged"

    def killed(script: str) -> int:
        with output.open("wb") as file:
            process = started(script, path, stdout=file)
            while not output.stat().st_size:
                assert process.poll() is None
                time.sleep(0.001)
            time.sleep(random.uniform(0, 0.15))
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
        return int(output.read_bytes().rpartition(b"\n")[0].rpartition(b"\n")[2])

    return killed


def test_a_kill_loses_no_acknowledged_write(
    path: Path, killed: Callable[[str], int], opened: Callable[..., Store]
) -> None:
    for _ in range(KILLS):
        acknowledged = killed(INSERTS)
        store = opened(path)
        assert len(store.table("t")) in (acknowledged + 1, acknowledged + 2)
        assert [document["n"] for document in store.table("t").rows().values()] == list(
            range(len(store.table("t")))
        )
        assert store.table("counter").row("t") == {"last": len(store.table("t")) - 1}
        store.close()


def test_a_kill_during_a_compaction_loses_nothing(
    path: Path, killed: Callable[[str], int], opened: Callable[..., Store]
) -> None:
    for _ in range(KILLS):
        acknowledged = killed(REPLACEMENTS)
        store = opened(path)
        last = store.table("counter").row("t")["last"]
        assert last in (acknowledged, acknowledged + 1)
        assert {document["n"] for document in store.table("t").rows().values()} == {last}
        assert len(store.table("t")) == 1_000
        assert not path.with_name("state.db.compact").exists()
        store.close()
    assert json.loads(path.read_bytes().splitlines()[0])["format"] == "mockkibana"
