"""A Jira on a socket, for the real clients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mockkibana.app import create_app
from mockkibana.jira.site import Site
from mockkibana.server import Server
from mockkibana.settings import Settings
from mockkibana.store import Store
from mockkibana.world import World


@dataclass(frozen=True)
class JiraSite:
    """A running site: its address, and its state."""

    url: str
    site: Site
    store: Store


@contextmanager
def serve_jira(**settings: Any) -> Iterator[JiraSite]:
    """Serve a fresh site with the project CK on a free port of this machine."""
    world = World(Settings(**settings))
    world.jira.create_project("CK", "Check")
    server = Server(create_app(world))
    server.start()
    try:
        yield JiraSite(f"{server.url}/_mock/jira", world.jira, world.store)
    finally:
        server.stop()
        assert world.bugs == []
        world.close()
