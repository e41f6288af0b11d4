"""The log file on disk: its header, bad lines, modes, failed writes and compaction."""

from __future__ import annotations

import errno
import os
import stat
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from mockkibana.store import BadLine, ForeignFile, ReadOnly, Store, StoreError, WriteFailed

Opened = Callable[..., Store]

HEADER = b'{"format":"mockkibana","version":2}\n'
FIRST_HEADER = b'{"format":"mockkibana","version":1}\n'
CHANGES = b'[["put","t",{"a":{"n":1}}]]'


def sealed(changes: bytes) -> bytes:
    return b"%08x %b\n" % (zlib.crc32(changes), changes)


GOOD = sealed(CHANGES)


def put(store: Store, **documents: dict) -> None:
    with store.transaction() as transaction:
        transaction.put("t", documents)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_line_says_what_the_file_is(path: Path, opened: Opened) -> None:
    put(opened(path), a={"n": 1})
    assert path.read_bytes() == HEADER + GOOD


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"# My notes\n", id="a text"),
        pytest.param(b"notes without an end of line", id="one unterminated line"),
        pytest.param(b'{"_default": {"1": {"a": 1}}}', id="a TinyDB file"),
        pytest.param(b"\n" + HEADER + GOOD, id="an empty line first"),
        pytest.param(GOOD, id="no header"),
        pytest.param(b'{"format":"mockkibana","version":3}\n' + GOOD, id="a later version"),
        pytest.param(b"SQLite format 3\0" + bytes(range(256)) * 20, id="a binary file"),
    ],
)
def test_a_foreign_file_is_refused_untouched(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o644)
    with pytest.raises(ForeignFile, match=r"state\.db is not a database of this version") as caught:
        Store(path)
    assert content.startswith(caught.value.found)
    assert (path.read_bytes(), mode(path)) == (content, 0o644)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'[["put","t",{"a":{"n":1}', id="cut and continued"),
        pytest.param(CHANGES + CHANGES, id="two glued together"),
        pytest.param(b"\0" * 20, id="zeros"),
        pytest.param(b'[["drop","\xff"]]', id="no UTF-8"),
        pytest.param(b'{"put": 1}', id="no list"),
        pytest.param(b'["put"]', id="no list of lists"),
        pytest.param(b'[["insert","t",{}]]', id="an unknown verb"),
        pytest.param(b'[["put","t",{"a":1}]]', id="a document that is no object"),
        pytest.param(b'[["put",1,{}]]', id="a table that is no text"),
        pytest.param(b'[["put","t"]]', id="documents missing"),
        pytest.param(b'[["remove","t",[1]]]', id="an id that is no text"),
        pytest.param(b'[["clear","t"]]', id="too much"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="nested too deep"),
    ],
)
@pytest.mark.parametrize("follows", [True, False], ids=["in the middle", "at the end"])
@pytest.mark.parametrize("checked", [True, False], ids=["with checksums", "of the first format"])
def test_a_bad_line_is_refused_with_its_number(
    path: Path, line: bytes, follows: bool, checked: bool
) -> None:
    lines = [CHANGES, line, CHANGES] if follows else [CHANGES, line]
    if checked:
        content = HEADER + b"".join(map(sealed, lines))
    else:
        content = FIRST_HEADER + b"".join(each + b"\n" for each in lines)
    path.write_bytes(content)
    path.chmod(0o644)
    with pytest.raises(BadLine, match=r"state\.db is damaged: line 3 is no transaction") as caught:
        Store(path)
    assert caught.value.number == 3
    assert (path.read_bytes(), mode(path)) == (content, 0o644)
    assert list(path.parent.iterdir()) == [path]


def test_a_changed_byte_anywhere_is_refused_with_its_line(path: Path) -> None:
    content = HEADER + GOOD + sealed(b'[["put","t",{"secrets":{"n":2}}]]')
    for place, byte in enumerate(content):
        line = content.count(b"\n", 0, place) + 1
        for changed in {byte ^ 1, byte ^ 0x20, ord("\n"), ord("5")} - {byte}:
            damaged = content[:place] + bytes([changed]) + content[place + 1 :]
            path.write_bytes(damaged)
            with pytest.raises(StoreError, match=f"line {line} "):
                Store(path)
            assert path.read_bytes() == damaged


def test_a_file_of_the_first_format_is_read_and_written_anew(path: Path, opened: Opened) -> None:
    path.write_bytes(FIRST_HEADER + CHANGES + b"\n" + CHANGES[:-5])
    store = opened(path)
    assert path.read_bytes() == HEADER + GOOD
    put(store, b={"n": 2})
    store.close()
    assert list(opened(path).table("t").rows()) == ["a", "b"]


def test_a_file_of_the_first_format_that_cannot_be_written_anew_stays(path: Path) -> None:
    path.write_bytes(content := FIRST_HEADER + CHANGES + b"\n")
    path.with_name("state.db.compact").mkdir()
    with pytest.raises(StoreError, match="it cannot be written anew"):
        Store(path)
    assert path.read_bytes() == content


def test_a_file_that_only_looks_like_one_of_a_compaction_is_left_alone(
    path: Path, opened: Opened
) -> None:
    other = path.with_name("state.db.compact")
    other.write_text("precious")
    store = opened(path)
    for n in range(1_500):
        put(store, a={"n": n})
    store.close()
    assert opened(path).table("t").row("a") == {"n": 1_499}
    assert other.read_text() == "precious"


@pytest.mark.parametrize("cut", range(1, len(GOOD)))
def test_a_half_written_last_line_is_cut(path: Path, opened: Opened, cut: int) -> None:
    other = sealed(CHANGES.replace(b'"a"', b'"b"'))
    path.write_bytes(HEADER + GOOD + other[:-cut])
    store = opened(path)
    assert path.read_bytes() == HEADER + GOOD
    put(store, c={"n": 3})
    store.close()
    assert list(opened(path).table("t").rows().items()) == [("a", {"n": 1}), ("c", {"n": 3})]


@pytest.mark.parametrize("existing", [False, True], ids=["new", "existing and empty"])
def test_its_files_are_for_their_owner_only(path: Path, opened: Opened, existing: bool) -> None:
    umask = os.umask(0)
    try:
        if existing:
            path.touch()
            assert mode(path) == 0o666
        store = opened(path)
        assert {file.name: oct(mode(file)) for file in path.parent.iterdir()} == {
            "state.db": "0o600",
            "state.db.lock": "0o600",
        }
        for n in range(1_001):
            put(store, a={"n": n})
        assert path.stat().st_size < 100  # it was compacted, by another file in its place
        assert mode(path) == 0o600
    finally:
        os.umask(umask)


def test_a_wider_mode_is_tightened(path: Path, opened: Opened) -> None:
    path.write_bytes(HEADER + GOOD)
    path.chmod(0o664)
    opened(path)
    assert mode(path) == 0o600


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("missing/state.db", "No such file or directory", id="no directory"),
        pytest.param("file/state.db", "Not a directory", id="a file as directory"),
        pytest.param("directory", "Is a directory", id="a directory"),
        pytest.param("pipe", "it is no regular file", id="a pipe"),
    ],
)
def test_a_file_that_cannot_be_had_is_said(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StoreError, match=f"cannot be opened: .*{reason}"):
        Store(tmp_path / name)
    assert not list(tmp_path.glob("*.lock"))


def test_the_log_of_a_changing_document_stays_small(path: Path, opened: Opened) -> None:
    store = opened(path)
    sizes = []
    for n in range(5_000):
        put(store, a={"n": n}, b={"n": n})
        sizes.append(path.stat().st_size)
    assert max(sizes) < 50_000
    store.close()
    store = opened(path)
    assert list(store.table("t").rows().items()) == [("a", {"n": 4_999}), ("b", {"n": 4_999})]
    assert path.read_bytes().count(b"\n") == 2


def test_a_growing_log_is_not_compacted(path: Path, opened: Opened) -> None:
    store = opened(path)
    inode = path.stat().st_ino
    for n in range(3_000):
        put(store, **{f"d{n}": {"n": n}})
    store.close()
    store = opened(path)
    assert path.stat().st_ino == inode
    assert len(store.table("t")) == 3_000


def test_compaction_keeps_everything_and_its_order(path: Path, opened: Opened) -> None:
    store = opened(path)
    put(store, **{f"d{n}": {"n": n, "text": "ä\ud800"} for n in range(2_500)})
    with store.transaction() as transaction:
        transaction.put("empty", {})
        transaction.put("dropped", {"x": {}})
        transaction.remove("t", [f"d{n}" for n in range(0, 2_500, 2)])
        transaction.drop("dropped")
    put(store, d0={"n": "back"}, d1={"n": "changed"})
    before, digest = path.stat().st_size, store.digest()
    store.close()
    store = opened(path)
    assert path.stat().st_size < 0.6 * before
    assert store.digest() == digest
    assert store.storage.names() == ["t", "empty"]
    after = path.read_bytes()
    store.close()
    store = opened(path)
    assert store.digest() == digest
    assert path.read_bytes() == after


def test_writes_after_a_compaction_go_to_the_new_file(path: Path, opened: Opened) -> None:
    store = opened(path)
    inode = path.stat().st_ino
    n = 0
    while path.stat().st_ino == inode:
        n += 1
        put(store, a={"n": n})
    put(store, b={"n": 0})
    store.close()
    assert list(opened(path).table("t").rows().items()) == [("a", {"n": n}), ("b", {"n": 0})]


def test_a_compaction_that_fails_is_made_up_for_later(path: Path, opened: Opened) -> None:
    obstacle = path.with_name("state.db.compact")
    obstacle.mkdir()
    store = opened(path)
    for n in range(2_500):
        put(store, a={"n": n})
    assert path.read_bytes().count(b"\n") == 2_501
    obstacle.rmdir()
    for n in range(2_500):
        put(store, a={"n": n})
    assert path.read_bytes().count(b"\n") < 2_500
    store.close()
    assert opened(path).table("t").row("a") == {"n": 2_499}


def test_what_a_died_compaction_left_is_removed(path: Path, opened: Opened) -> None:
    path.with_name("state.db.compact").write_bytes(HEADER + b'[["put","t",')
    opened(path).close()
    assert list(path.parent.iterdir()) == [path]


class Disk:
    """Stands for the operating system's calls, on a disk that fills up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self._write, self._fsync, self._truncate = os.write, os.fsync, os.ftruncate

    def short(self) -> None:
        self._patch.setattr(os, "write", lambda fd, data: self._write(fd, data[: len(data) // 2]))

    def full(self) -> None:
        self._patch.setattr(os, "write", _no_space)

    def unsynced(self) -> None:
        self._patch.setattr(os, "fsync", _no_space)

    def interrupted(self) -> None:
        def write(descriptor: int, data: bytes) -> int:
            self._write(descriptor, data)
            raise KeyboardInterrupt

        self._patch.setattr(os, "write", write)

    def broken(self) -> None:
        self.short()
        self._patch.setattr(os, "ftruncate", _no_space)

    def good(self) -> None:
        self._patch.setattr(os, "write", self._write)
        self._patch.setattr(os, "fsync", self._fsync)
        self._patch.setattr(os, "ftruncate", self._truncate)


def _no_space(*_: object) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@pytest.mark.parametrize(
    ("failure", "error", "text"),
    [
        pytest.param(Disk.full, WriteFailed, "No space left on device", id="no space"),
        pytest.param(Disk.short, WriteFailed, "bytes found room", id="half of it fits"),
        pytest.param(Disk.unsynced, WriteFailed, "No space left on device", id="fsync fails"),
        pytest.param(Disk.interrupted, KeyboardInterrupt, None, id="interrupted"),
    ],
)
def test_a_failed_write_changes_nothing_and_the_next_one_works(
    path: Path,
    opened: Opened,
    disk: Disk,
    failure: Callable[[Disk], None],
    error: type[BaseException],
    text: str | None,
) -> None:
    store = opened(path, fsync=True)
    put(store, a={"n": 1})
    before = path.read_bytes()
    failure(disk)
    with pytest.raises(error, match=text):
        put(store, b={"n": 2})
    disk.good()
    assert path.read_bytes() == before
    assert list(store.table("t").rows().items()) == [("a", {"n": 1})]
    assert store.read_only is None
    put(store, c={"n": 3})
    store.close()
    assert list(opened(path).table("t").rows().items()) == [("a", {"n": 1}), ("c", {"n": 3})]


def test_a_failed_write_after_a_compaction_changes_nothing(
    path: Path, opened: Opened, disk: Disk
) -> None:
    store = opened(path)
    for n in range(1_001):
        put(store, a={"n": n})
    before = path.read_bytes()
    assert before.count(b"\n") == 2
    disk.short()
    with pytest.raises(WriteFailed):
        put(store, b={"n": 2})
    disk.good()
    assert path.read_bytes() == before
    put(store, c={"n": 3})
    store.close()
    assert list(opened(path).table("t").rows().items()) == [("a", {"n": 1_000}), ("c", {"n": 3})]


def test_a_failed_write_that_cannot_be_undone_ends_all_writing(
    path: Path, opened: Opened, disk: Disk
) -> None:
    store = opened(path)
    put(store, a={"n": 1})
    disk.broken()
    with pytest.raises(WriteFailed):
        put(store, b={"n": 2})
    disk.good()
    glued = path.read_bytes()
    with pytest.raises(ReadOnly, match="a failed write could not be undone"):
        put(store, c={"n": 3})
    assert store.read_only is not None
    assert path.read_bytes() == glued
    assert list(store.table("t").rows().items()) == [("a", {"n": 1})]
    store.close()
    store = opened(path)
    assert store.read_only is None
    assert list(store.table("t").rows().items()) == [("a", {"n": 1})]


def test_a_file_that_could_not_be_begun_is_empty_again(path: Path, disk: Disk) -> None:
    disk.short()
    with pytest.raises(StoreError, match="bytes found room"):
        Store(path)
    assert path.read_bytes() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_file_at_its_size_limit_keeps_what_it_has(
    path: Path, opened: Opened, output_of: Callable[..., str]
) -> None:
    script = """
        import resource, sys
        from mockkibana.store import Store, WriteFailed
        store, n = Store(sys.argv[1]), 0
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, hard))
        try:
            while True:
                store.table("t").insert({"n": n, "text": "x" * 80})
                n += 1
        except WriteFailed as error:
            assert len(store.table("t")) == n > 20
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        store.table("t").insert({"n": n})
        print(n + 1, store.digest())
    """
    count, digest = output_of(script, path).split()
    store = opened(path)
    assert [document["n"] for document in store.table("t").rows().values()] == list(
        range(int(count))
    )
    assert store.digest() == digest


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    import subprocess

    directory = tmp_path / "disk"
    directory.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "mockkibana", str(directory)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root can mount a small disk")
    yield directory
    subprocess.run(["umount", str(directory)], check=True)


def test_a_full_disk_loses_nothing_and_frees_itself(small_disk: Path, opened: Opened) -> None:
    path, ballast = small_disk / "state.db", small_disk / "ballast"
    ballast.write_bytes(bytes(20_000))
    store, n = opened(path), 0
    with pytest.raises(WriteFailed, match=r"No space left on device|found room"):  # noqa: PT012
        while True:
            put(store, **{f"d{n}": {"text": "x" * 300}})
            n += 1
    with pytest.raises(WriteFailed):
        put(store, late={"text": "x" * 5_000})
    assert len(store.table("t")) == n > 20
    ballast.unlink()
    put(store, late={"text": "x" * 5_000})
    digest = store.digest()
    store.close()
    store = opened(path)
    assert store.digest() == digest
    assert len(store.table("t")) == n + 1
