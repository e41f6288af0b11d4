"""The port file: tells other processes on which port a server listens."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path

import click

from mockkibana.store.lock import UNFOLLOWED, acquire, is_regular

_PORT = re.compile(rb"\d{0,5}\n?")
_LONGEST = 6


class NoPortFile(click.ClickException):
    """The file cannot be used: one line on stderr says why, and the exit code is 2."""

    exit_code = 2

    def __init__(self, path: Path, reason: str | None) -> None:
        super().__init__(f"Cannot write the port to {path}: {reason}.")


class PortFile:
    """The file at `path`, until `remove` that of a server which has ended or is to come.

    What an earlier server left is removed at once, or whoever waits for the port would find the
    wrong one; that of a server that runs stays until this one writes its own. Raises `NoPortFile`
    where something else is there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = -1
        try:
            descriptor = os.open(path, os.O_RDONLY | UNFOLLOWED)
        except FileNotFoundError:
            return
        except OSError as error:
            reason = "it is a link" if path.is_symlink() else error.strerror
            raise NoPortFile(path, reason) from None
        try:
            if not is_regular(descriptor) or not _PORT.fullmatch(os.read(descriptor, _LONGEST + 1)):
                raise NoPortFile(path, "it is there, and holds something else")
            if acquire(descriptor):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise NoPortFile(path, error.strerror) from None
        finally:
            os.close(descriptor)

    def write(self, port: int) -> None:
        """Write the port under another name first: whoever finds the file finds it whole."""
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | UNFOLLOWED
        try:
            self._descriptor = os.open(temporary, flags, 0o666)
            os.write(self._descriptor, f"{port}\n".encode())
            if sys.platform == "win32":  # which renames no open file
                os.close(self._descriptor)
            else:
                acquire(self._descriptor)
            temporary.replace(self.path)
        except OSError as error:
            raise NoPortFile(self.path, error.strerror) from None

    def remove(self) -> None:
        """Remove the file, unless it is another server's by now."""
        if self._descriptor < 0:
            return
        with suppress(OSError):
            if sys.platform == "win32" or os.path.samestat(
                os.fstat(self._descriptor), self.path.lstat()
            ):
                self.path.unlink()
