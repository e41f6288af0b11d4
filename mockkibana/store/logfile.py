"""The log: a file of one header line and one line a transaction."""

from __future__ import annotations

import os
import stat
from binascii import crc32
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from mockkibana.store.errors import BadLine, ForeignFile, ReadOnly, Unusable, WriteFailed
from mockkibana.store.lock import UNFOLLOWED, Lock
from mockkibana.store.state import Change, State, decode, encode, weight

HEADER = b'{"format":"mockkibana","version":2}\n'
_FIRST_HEADER = b'{"format":"mockkibana","version":1}\n'
"""How a log begins whose lines have no checksums."""

_APPEND = os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
_MODE = 0o600
# A log this light is not worth rewriting while it is in use.
_LIGHT = 1_000
_DOCUMENTS_PER_LINE = 1_000


class LogFile:
    """The log in the file `path`, locked, replayed into `state` and open for appending.

    With `fsync` every transaction survives a power loss too, not only the end of the process.

    Raises `Locked`, `Unusable`, `ForeignFile` and `BadLine`; the file is then as it was.
    """

    def __init__(self, path: Path, state: State, *, fsync: bool) -> None:
        # A rename onto a symbolic link would replace the link.
        self.path = Path(os.path.realpath(path))
        self.read_only: str | None = None
        self._fsync = fsync
        self._temporary = self.path.with_name(f"{self.path.name}.compact")
        #: The bytes up to and with the last good line.
        self._size = 0
        #: What the lines change; the log is compacted when that is much more than is there.
        self._weight = 0
        self._limit = _LIGHT
        self._lock = Lock(self.path)
        self._descriptor = -1
        try:
            self._open(state)
        except BaseException as error:
            self.close()
            if isinstance(error, OSError):
                raise Unusable(self.path, error.strerror or str(error)) from error
            raise

    def append(self, changes: list[Change]) -> None:
        """Write the changes as one line, with one call of the operating system.

        Raises `WriteFailed` (the log is as before) and `ReadOnly`, and what `encode` raises.
        """
        if self.read_only is not None:
            raise ReadOnly(self.path, self.read_only)
        line = sealed(encode(changes))
        try:
            self._write(line)
        except BaseException as error:
            self._truncate()
            if isinstance(error, OSError):
                raise WriteFailed(self.path, error.strerror or str(error)) from error
            raise
        self._size += len(line)
        self._weight += weight(changes)

    def compact_if_heavy(self, state: State) -> None:
        """Rewrite the log, which says how `state` came about, once most of it is superseded.

        A failure, of a full disk for example, leaves the log as it is: the next attempt is made
        when it has doubled.
        """
        if self._weight <= self._limit:
            return
        limit = max(_LIGHT, 4 * state.weight())
        if self._weight > limit and not self._compact(state):
            limit = 2 * self._weight
        self._limit = limit

    def close(self) -> None:
        """Close the file and let others have it; a second time does nothing."""
        self.read_only = self.read_only or "it is closed"
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._lock.release()

    def _open(self, state: State) -> None:
        self._descriptor = os.open(self.path, os.O_RDWR | _APPEND, _MODE)
        status = os.fstat(self._descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is no regular file")
        current = not status.st_size or self._replay(state)
        self._remove_temporary()
        if status.st_mode & 0o077 and hasattr(os, "fchmod"):
            with suppress(PermissionError):  # someone else's file that this user may write
                os.fchmod(self._descriptor, _MODE)
        if self._size < status.st_size:
            os.ftruncate(self._descriptor, self._size)
        if not self._size:
            self._begin()
        if not current or self._weight > state.weight():
            compacted = self._compact(state)
            if not (current or compacted):
                raise OSError("it cannot be written anew, with checksums")

    def _begin(self) -> None:
        try:
            self._write(HEADER)
        except OSError:
            self._truncate()
            raise
        self._size = len(HEADER)
        self._sync_directory()

    def _replay(self, state: State) -> bool:
        """Read the log; return whether its lines have checksums."""
        with open(self._descriptor, "rb", closefd=False) as file:
            header = file.readline(2 * len(HEADER))
            if header not in (HEADER, _FIRST_HEADER):
                raise ForeignFile(self.path, header, HEADER)
            self._size = len(header)
            for number, line in enumerate(file, start=2):
                try:
                    if not line.endswith(b"\n"):
                        if header == HEADER and _is_sealed(line[:-1]):
                            raise ValueError("its end is another byte")
                        break  # the process died while it wrote: nobody was told of this
                    changes = decode(unsealed(line) if header == HEADER else line)
                except ValueError as error:
                    raise BadLine(self.path, number, str(error)) from error
                state.apply(changes)
                self._size += len(line)
                self._weight += weight(changes)
        return header == HEADER

    def _write(self, line: bytes) -> None:
        written = os.write(self._descriptor, line)
        if written < len(line):
            raise OSError(f"only {written} of {len(line)} bytes found room")
        if self._fsync:
            os.fsync(self._descriptor)

    def _truncate(self) -> None:
        try:
            os.ftruncate(self._descriptor, self._size)
        except OSError as error:
            self.read_only = (
                f"a failed write could not be undone ({error.strerror or error}), "
                "the last line of the file may be incomplete"
            )

    def _compact(self, state: State) -> bool:
        try:
            self._remove_temporary()
            flags = os.O_WRONLY | os.O_EXCL | _APPEND
            descriptor = os.open(self._temporary, flags, _MODE)
        except OSError:
            return False
        try:
            with open(descriptor, "wb", closefd=False) as file:
                size = sum(map(file.write, _lines(state)))
            os.fsync(descriptor)
            self._temporary.replace(self.path)
        except BaseException as error:
            os.close(descriptor)
            with suppress(OSError):
                self._temporary.unlink()
            if isinstance(error, OSError):
                return False
            raise
        os.close(self._descriptor)
        self._descriptor = descriptor
        self._size = size
        self._weight = state.weight()
        self._sync_directory()
        return True

    def _remove_temporary(self) -> None:
        """Remove what a process left that died while it compacted; a file of others stays."""
        with suppress(OSError):
            descriptor = os.open(self._temporary, os.O_RDONLY | UNFOLLOWED)
            try:
                begins = os.read(descriptor, len(HEADER))
            finally:
                os.close(descriptor)
            if HEADER.startswith(begins) or _FIRST_HEADER.startswith(begins):
                self._temporary.unlink()

    def _sync_directory(self) -> None:
        if not self._fsync or os.name == "nt":  # Windows opens no directories
            return
        descriptor = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError:
            pass  # not every file system can
        finally:
            os.close(descriptor)


def sealed(content: bytes) -> bytes:
    """Return the line of a transaction: its checksum, a space, the changes."""
    return b"%08x %b\n" % (crc32(content), content)


def unsealed(line: bytes) -> bytes:
    """Return the changes of a line. Raises ValueError if a byte of it is not what was written."""
    if not _is_sealed(line[:-1]):
        raise ValueError("its checksum does not fit")
    return line[9:]


def _is_sealed(line: bytes) -> bool:
    return line[:9] == b"%08x " % crc32(memoryview(line)[9:])


def _lines(state: State) -> Iterator[bytes]:
    """Return the shortest log that leads to the state; no line grows without bound."""
    yield HEADER
    for table, documents in state.tables.items():
        items = iter(documents.items())
        part = dict(islice(items, _DOCUMENTS_PER_LINE))
        yield sealed(encode([("put", table, part)]))
        while part := dict(islice(items, _DOCUMENTS_PER_LINE)):
            yield sealed(encode([("put", table, part)]))
