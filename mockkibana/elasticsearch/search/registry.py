"""What the modules of a package name, found by name: queries, aggregations."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from threading import Lock
from types import ModuleType
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """The things that modules name in a mapping `attribute` of theirs.

    A module is imported when a name is asked for that none before it has; those that most ask for
    are `first`. Safe for threads.
    """

    def __init__(self, package: ModuleType, attribute: str, first: tuple[str, ...]) -> None:
        self._package = package.__name__
        self._attribute = attribute
        names = (module.name for module in iter_modules(package.__path__))
        self._waiting = [*first, *(name for name in names if name not in first)]
        self._known: dict[str, T] = {}
        self._loading = Lock()

    def get(self, name: str) -> T | None:
        """Return what has a name, None when nothing has it."""
        while name not in self._known and self._load():
            pass
        return self._known.get(name)

    def every(self) -> Mapping[str, T]:
        """Return everything by its name, in the order of the names."""
        while self._load():
            pass
        return dict(sorted(self._known.items()))

    def _load(self) -> bool:
        """Import the next module; tell whether there was one."""
        with self._loading:
            if not self._waiting:
                return False
            module = import_module(f"{self._package}.{self._waiting[0]}")
            self._known |= getattr(module, self._attribute, {})
            del self._waiting[0]
            return True
