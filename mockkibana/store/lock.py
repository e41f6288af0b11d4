"""The lock beside a store's file: one process at a time."""

from __future__ import annotations

import os
import re
import stat
import sys
from contextlib import suppress
from pathlib import Path

from mockkibana.store.errors import Locked, Unusable

if sys.platform == "win32":
    import msvcrt

    def acquire(descriptor: int) -> bool:
        """Lock an open file until it is closed; return whether nobody else has."""
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

    def acquire(descriptor: int) -> bool:
        """Lock an open file until it is closed; return whether nobody else has."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


UNFOLLOWED = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Opens what a name stands for, but no link, and waits for nobody at the end of a pipe."""

_LONGEST = 20
_OURS = re.compile(rb"\d{0,20}")


def is_regular(descriptor: int) -> bool:
    """Tell whether an open file is no pipe, device or directory."""
    return stat.S_ISREG(os.fstat(descriptor).st_mode)


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
            reason = "it is a link" if self._file.is_symlink() else error.strerror or str(error)
            raise Unusable(path, f"its lock {self._file}: {reason}") from error
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
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | UNFOLLOWED, 0o600)
        try:
            if not acquire(descriptor):
                digits = os.read(descriptor, _LONGEST)
                raise Locked(path, int(digits) if digits.isdigit() else None)
            if not self._is_current(descriptor):
                os.close(descriptor)
                return None
            # A process that died left its id, or nothing.
            if not is_regular(descriptor) or not _OURS.fullmatch(os.read(descriptor, _LONGEST + 1)):
                raise OSError("it is there, and holds something else")
            os.lseek(descriptor, 0, os.SEEK_SET)
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
