"""The host of a handle's world: this process, or a server that runs elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from mockkibana.testing.plane import Plane
from mockkibana.testing.remote import RemoteControl, world_url
from mockkibana.testing.transport import InProcess, OverHttp, Transport

if TYPE_CHECKING:
    from mockkibana.seeds import Seed
    from mockkibana.server import Server
    from mockkibana.settings import Settings
    from mockkibana.testing.wsgi import App
    from mockkibana.world import World


@dataclass(frozen=True, slots=True)
class Addresses:
    """The URLs of the three faces, as a tool under test is given them."""

    kibana: str
    elasticsearch: str
    jira: str


def below(url: str) -> Addresses:
    """Return the addresses of a world whose base is `url`."""
    return Addresses(url, f"{url}/_mock/elasticsearch", f"{url}/_mock/jira")


class Host(Protocol):
    """Where a world is, and how to reach it."""

    @property
    def plane(self) -> Plane:
        """The verbs of control."""

    def addresses(self) -> Addresses | None:
        """Return where the faces are; None while nothing listens."""

    def transport(self, url: str) -> Transport:
        """Return what sends requests to the faces; `url` is the address that they speak of."""

    def start(self) -> None:
        """Make the faces reachable, so that there are addresses."""

    def close(self) -> None:
        """Stop and close what this host opened."""


class LocalWorld:
    """A world of its own in this process, with a server in a thread once it is started."""

    def __init__(
        self,
        settings: Settings | None = None,
        seeds: Sequence[Seed] = (),
        *,
        seed_ids: int | None = None,
        frozen_at: datetime | None = None,
    ) -> None:
        from mockkibana.world import World
        from mockkibana.world.worlds import Worlds

        self.world: World = World(settings, seeds=seeds, seed_ids=seed_ids, frozen_at=frozen_at)
        self.worlds = Worlds(self.world)
        self._server: Server | None = None

    @cached_property
    def app(self) -> App:
        """The WSGI app of the world."""
        from mockkibana.app import create_app

        return create_app(self.worlds).wsgi_app

    @cached_property
    def plane(self) -> Plane:
        """The world's control plane, called directly."""
        from mockkibana.control.plane import ControlPlane

        return ControlPlane(self.world, self.worlds)

    def addresses(self) -> Addresses | None:
        """Return the addresses on the server, None before `start`."""
        return None if self._server is None else below(self._server.url)

    def transport(self, url: str) -> Transport:
        """Call the app, without a socket."""
        return InProcess(self.app, url)

    def start(self) -> None:
        """Serve in a thread, on a free port of loopback."""
        from mockkibana.server import Server

        if self._server is None:
            self._server = Server(self.app)
            self._server.start()

    def close(self) -> None:
        """Stop the server and close the world."""
        self.worlds.close()
        if self._server is not None:
            self._server.stop()


class RemoteWorld:
    """A world of a running server; `temporary` is deleted at the end."""

    def __init__(
        self, url: str, world: str | None = None, token: str | None = None, *, temporary: bool
    ) -> None:
        self._world = world
        self._temporary = temporary
        self._control = RemoteControl(world_url(url, world), token)

    @property
    def plane(self) -> Plane:
        """The verbs of control, sent over HTTP."""
        return self._control

    def addresses(self) -> Addresses:
        """Return the addresses on the server that was named."""
        return below(self._control.url)

    def transport(self, url: str) -> Transport:
        """Send requests to the server."""
        return OverHttp(self._control.session, url)

    def start(self) -> None:
        """Make sure that a mockkibana is there. Raises `NoServer` or `ControlError`."""
        self._control.state()

    def close(self) -> None:
        """Delete a temporary world, and close the connections."""
        try:
            if self._temporary and self._world is not None:
                self._control.delete_world(self._world)
        finally:
            self._control.close()


class Readdressed:
    """A world in this process under other addresses; closing it leaves the world alone."""

    def __init__(self, host: LocalWorld | Readdressed, addresses: Addresses) -> None:
        self._host = host
        self._addresses = addresses

    @property
    def app(self) -> App:
        """The WSGI app of the world."""
        return self._host.app

    @property
    def world(self) -> World:
        """The world itself."""
        return self._host.world

    @property
    def plane(self) -> Plane:
        """The world's control plane."""
        return self._host.plane

    def addresses(self) -> Addresses:
        """Return the other addresses."""
        return self._addresses

    def transport(self, url: str) -> Transport:
        """Call the app, without a socket."""
        return self._host.transport(url)

    def start(self) -> None:
        """Do nothing: whoever gave the addresses answers there."""

    def close(self) -> None:
        """Do nothing: the world is another's."""
