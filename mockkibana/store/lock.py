"""The lock beside a store's file: one process at a time."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from mockkibana.store.errors import Locked, Unusable

if sys.platform == "win32":
    import msvcrt

    def _acquire(descriptor: int) -> bool:
        try:
            # A byte far behind the process id: a locked range cannot be read by others.
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _acquire(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Lock:
    """The lock on the database `path`, held from construction until `release`.

    The operating system drops it when the process dies. Raises `Locked`, or `Unusable` when the
    file of the lock, `path` with `.lock`, cannot be had.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.with_name(f"{path.name}.lock")
        descriptor = None
        try:
            while descriptor is None:
                descriptor = self._attempt(path)
        except OSError as error:
            raise Unusable(path, f"its lock {self._file}: {error.strerror}") from error
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let others have the file; a second time does nothing."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        with suppress(OSError):  # an open file cannot be removed on Windows
            self._file.unlink()
        os.close(descriptor)

    def _attempt(self, path: Path) -> int | None:
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _acquire(descriptor):
                digits = os.read(descriptor, 20)
                raise Locked(path, int(digits) if digits.isdigit() else None)
            if not self._is_current(descriptor):
                os.close(descriptor)
                return None
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _is_current(self, descriptor: int) -> bool:
        # The former holder may have removed the file between our opening and our locking it.
        try:
            return os.path.samestat(os.fstat(descriptor), self._file.stat())
        except FileNotFoundError:
            return False
