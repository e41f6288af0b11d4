"""The worlds of one process: the default one, and named ones made on first use."""

from __future__ import annotations

import re
from threading import Lock

from mockkibana.world.world import World

LIMIT = 1000
_NAME = re.compile(r"[a-z0-9_-]{1,64}")


class NoWorld(ValueError):
    """There is no such world and none is made: `status` is 403, 404 or 429, the text says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Worlds:
    """Worlds by name; those with a name live in memory and start as the default one did."""

    def __init__(self, default: World) -> None:
        self.default = default
        self._named: dict[str, World] = {}
        self._lock = Lock()

    def find(self, name: str) -> World | None:
        """Return the world of a name, or None when nobody has asked for it yet."""
        return self._named.get(name)

    def get(self, name: str) -> World:
        """Return the world of a name, made if need be. Raises `NoWorld`."""
        if world := self._named.get(name):
            return world
        if not _NAME.fullmatch(name):
            raise NoWorld(
                404,
                f"{name!r} is no name of a world: expected are 1 to 64 of the characters "
                "a-z, 0-9, _ and -.",
            )
        with self._lock:
            if name not in self._named:
                if len(self._named) >= LIMIT:
                    raise NoWorld(
                        429,
                        f"There are {LIMIT} worlds already, so {name!r} was not made: "
                        "delete some with DELETE /_mock/api/worlds/{name}.",
                    )
                self._named[name] = self.default.sibling(name)
            return self._named[name]

    def names(self) -> list[str]:
        """Return the names of the worlds beside the default one, in the order they were made."""
        return list(self._named)

    def items(self) -> list[tuple[str, World]]:
        """Return the worlds beside the default one, with their names."""
        return list(self._named.items())

    def delete(self, name: str) -> bool:
        """Forget a world; return whether there was one."""
        with self._lock:
            world = self._named.pop(name, None)
        if world is not None:
            world.close()
        return world is not None

    def close(self) -> None:
        """Close every world."""
        for name in self.names():
            self.delete(name)
        self.default.close()
