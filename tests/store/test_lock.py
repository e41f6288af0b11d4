"""The lock of a database file: one store at a time, in this process and in others."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mockkibana.store import Locked, Store, Unusable
from mockkibana.store.lock import Lock

Opened = Callable[..., Store]

HOLD = """
    import sys
    from mockkibana.store import Store
    store = Store(sys.argv[1])
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_has_the_file(
    path: Path, opened: Opened, started: Callable[..., subprocess.Popen[bytes]]
) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with started(HOLD, path, **pipes) as holder:
        assert holder.stdout.readline() == b"held\n"
        before = path.read_bytes()
        with pytest.raises(Locked, match=f"in use by the process {holder.pid}") as caught:
            Store(path)
        assert caught.value.process == holder.pid
        assert path.read_bytes() == before
        holder.send_signal(signal.SIGKILL)
    assert opened(path).read_only is None


def test_a_second_store_in_one_process_is_refused_too(path: Path, opened: Opened) -> None:
    store = opened(path)
    with pytest.raises(Locked, match=f"in use by the process {os.getpid()}"):
        Store(path)
    store.close()
    opened(path)


def test_two_names_of_a_file_are_one_file(path: Path, opened: Opened) -> None:
    opened(path)
    link = path.with_name("link")
    link.symlink_to(path)
    with pytest.raises(Locked):
        Store(link)


def test_the_lock_survives_a_compaction(path: Path, opened: Opened) -> None:
    store = opened(path)
    for n in range(1_500):
        with store.transaction() as transaction:
            transaction.put("t", {"a": {"n": n}})
    with pytest.raises(Locked):
        Store(path)


def test_a_closed_store_leaves_nothing_but_its_file(path: Path, opened: Opened) -> None:
    opened(path).close()
    assert list(path.parent.iterdir()) == [path]


def test_a_lock_file_that_nobody_holds_is_no_obstacle(path: Path, opened: Opened) -> None:
    lock = path.with_name("state.db.lock")
    for left in ("", "4242"):
        lock.write_text(left)
        opened(path).close()
        assert not lock.exists()


@pytest.mark.parametrize("text", ["precious\n", "4242\n", "4" * 21])
def test_a_file_of_others_is_no_lock_and_stays(path: Path, text: str) -> None:
    lock = path.with_name("state.db.lock")
    lock.write_text(text)
    with pytest.raises(Unusable, match=r"state\.db\.lock: it is there, and holds something else"):
        Store(path)
    assert lock.read_text() == text
    assert not path.exists()


def test_a_link_is_no_lock_and_is_not_followed(path: Path) -> None:
    target = path.with_name("target")
    target.write_text("4242")
    path.with_name("state.db.lock").symlink_to(target)
    with pytest.raises(Unusable, match="it is a link"):
        Store(path)
    assert target.read_text() == "4242"


def test_a_pipe_is_no_lock(path: Path) -> None:
    os.mkfifo(path.with_name("state.db.lock"))
    with pytest.raises(Unusable, match="holds something else"):
        Store(path)


def test_a_lock_file_that_was_removed_meanwhile_is_no_lock(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    flock, first, others = fcntl.flock, Lock(path), []

    def flock_after_a_change_of_holders(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        first.release()
        others.append(Lock(path))
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock_after_a_change_of_holders)
    with pytest.raises(Locked):
        Lock(path)
    others[0].release()
    Lock(path).release()
