"""What can go wrong with a store's file; each `str` is a sentence for the person who runs it."""

from __future__ import annotations

from pathlib import Path

from mockkibana.errors import MockKibanaError


class StoreError(MockKibanaError):
    """The store's file cannot be used as asked: `path` names it."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


class Unusable(StoreError):
    """The operating system refuses the file: `reason` says why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            path,
            f"The database {path} cannot be opened: {reason}. "
            "Name a file in an existing directory that this user may write.",
        )


class ForeignFile(StoreError):
    """The file is not ours, or of a version that this program cannot read: `found` is its start."""

    def __init__(self, path: Path, found: bytes, expected: bytes) -> None:
        super().__init__(
            path,
            f"{path} is not a database of this version of mockkibana: it begins with {found!r}, "
            f"expected was the line {expected!r}. Nothing in it was changed. "
            "Name another file, or move this one away.",
        )
        self.found = found


class BadLine(StoreError):
    """Line `number` (the header is line 1) is damaged: `reason` says what is wrong with it."""

    def __init__(self, path: Path, number: int, reason: str) -> None:
        super().__init__(
            path,
            f"The database {path} is damaged: line {number} is no transaction ({reason}). "
            "Nothing in it was changed. Repair or delete that line, or start with another file.",
        )
        self.number = number


class Locked(StoreError):
    """Another process has the file open: `process` is its id where that is known."""

    def __init__(self, path: Path, process: int | None) -> None:
        holder = "another process" if process is None else f"the process {process}"
        super().__init__(
            path,
            f"The database {path} is in use by {holder}; it serves one at a time. "
            "Stop that process, or name another file.",
        )
        self.process = process


class WriteFailed(StoreError):
    """A transaction could not be written and is undone: `reason` says why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            path,
            f"Writing to the database {path} failed: {reason}. "
            "The transaction was undone, all earlier ones are kept.",
        )


class Superseded(StoreError):
    """Whoever writes began before the content was put back, so that it is about what is gone."""

    def __init__(self) -> None:
        super().__init__(Path(), "The world was reset while this request was under way.")


class ReadOnly(StoreError):
    """The store takes no more writes: `reason` says why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, f"The database {path} takes no more writes: {reason}.")
