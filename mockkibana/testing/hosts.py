"""The host of a handle's world: this process, or a server that runs elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from mockkibana.errors import MockKibanaError
from mockkibana.http.wire_faults import WireFault
from mockkibana.testing.remote import (
    TIMEOUT,
    NoServer,
    RemoteControl,
    is_unreached,
    reason_of,
    world_url,
)
from mockkibana.testing.transport import NoAnswer
from mockkibana.testing.wsgi import Reply, call

if TYPE_CHECKING:
    from mockkibana.connectors.base import ConnectorType
    from mockkibana.control.plane import ControlPlane
    from mockkibana.seeds import Seed
    from mockkibana.server import Server
    from mockkibana.settings import Settings
    from mockkibana.testing.wsgi import App
    from mockkibana.world import World

_ELASTICSEARCH = "/_mock/elasticsearch"
_JIRA = "/_mock/jira"
_UNSTARTED = "http://127.0.0.1:5601"


class NotStarted(MockKibanaError, RuntimeError):
    """Nothing listens yet, so there is no URL."""


class NotLocal(MockKibanaError, TypeError):
    """The world is in a server that runs elsewhere, and what was asked for is in this process."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The URLs of the three faces, as a tool under test is given them."""

    kibana: str
    elasticsearch: str
    jira: str

    @classmethod
    def of(cls, kibana: str, elasticsearch: str | None = None, jira: str | None = None) -> Self:
        """Return the addresses of a world whose base is `kibana`, and where else its faces are."""
        kibana = kibana.rstrip("/")
        return cls(
            kibana,
            (elasticsearch or f"{kibana}{_ELASTICSEARCH}").rstrip("/"),
            (jira or f"{kibana}{_JIRA}").rstrip("/"),
        )

    def mounts(self) -> dict[str, str]:
        """Return the paths in the app that the URLs stand for, by URL."""
        faces = {self.elasticsearch: _ELASTICSEARCH, self.jira: _JIRA}
        elsewhere = {url: path for url, path in faces.items() if url != f"{self.kibana}{path}"}
        return {self.kibana: "", **elsewhere}


class LocalWorld:
    """A world of its own in this process, with a server in a thread once it is started."""

    def __init__(
        self,
        settings: Settings | None = None,
        seeds: Sequence[Seed] = (),
        *,
        seed_ids: int | None = None,
        frozen_at: datetime | None = None,
        connector_types: Iterable[type[ConnectorType]] = (),
        outbound_hosts: Iterable[str] = (),
        smtp: str | None = None,
    ) -> None:
        from mockkibana.world import World
        from mockkibana.world.worlds import Worlds

        self.world: World = World(
            settings,
            seeds=seeds,
            seed_ids=seed_ids,
            frozen_at=frozen_at,
            connector_types=connector_types,
            outbound_hosts=outbound_hosts,
            smtp=smtp,
        )
        self.worlds = Worlds(self.world)
        #: Where the faces are; None while nothing listens.
        self.addresses: Addresses | None = None
        self._server: Server | None = None
        self._is_lent = False

    @cached_property
    def app(self) -> App:
        """The WSGI app of the world."""
        from mockkibana.app import create_app

        return create_app(self.worlds).wsgi_app

    @cached_property
    def plane(self) -> ControlPlane:
        """The world's control plane, called directly."""
        from mockkibana.control.plane import ControlPlane

        return ControlPlane(self.world, self.worlds)

    def exchange(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        """Call the app, without a socket."""
        url = self.addresses.kibana if self.addresses else _UNSTARTED
        try:
            return call(self.app, url, method, target, headers.items(), body)
        except WireFault as raised:
            raise NoAnswer(f"{method} {target}: {raised.breakage}") from None

    def other_worlds(self) -> list[str]:
        """Return the names of the worlds beside this one that are its tests' own."""
        return self.worlds.names()

    def start(self) -> None:
        """Serve in a thread, on a free port of loopback."""
        from mockkibana.server import Server

        if self.addresses is None:
            self._server = Server(self.app)
            self._server.start()
            self.addresses = Addresses.of(self._server.url)

    def close(self) -> None:
        """Stop the server and close the world."""
        if self._is_lent:
            return
        self.worlds.close()
        if self._server is not None:
            self._server.stop()

    def at(self, addresses: Addresses) -> LocalWorld:
        """Return the same world under other addresses, at which something else answers.

        Closing that one leaves the world alone.
        """
        moved = copy(self)
        moved.addresses, moved._is_lent = addresses, True
        return moved


class RemoteWorld:
    """A world of a running server; `temporary` is deleted at the end."""

    def __init__(
        self, url: str, world: str | None = None, token: str | None = None, *, temporary: bool
    ) -> None:
        self._world = world
        self._temporary = temporary
        self._control = RemoteControl(world_url(url, world), token)

    @property
    def plane(self) -> Any:
        """The verbs of control, sent over HTTP: a `RemoteControl`, which has those of the table."""
        return self._control

    @property
    def addresses(self) -> Addresses:
        """The addresses on the server that was named."""
        return Addresses.of(self._control.url)

    def exchange(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        """Send a request to the server."""
        from requests import RequestException

        url = self._control.url + target
        try:
            response = self._control.session.request(
                method, url, data=body, headers=headers, timeout=TIMEOUT
            )
        except RequestException as error:
            if is_unreached(error):
                raise NoServer(f"Nothing answers at {url}: {reason_of(error)}") from None
            raise NoAnswer(f"{method} {target}: {error}") from None
        headers_ = list(response.headers.items())
        return Reply(response.status_code, response.reason, headers_, response.content)

    def other_worlds(self) -> list[str]:
        """Return none: worlds of a server that many use may be anybody's."""
        return []

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


Host: TypeAlias = LocalWorld | RemoteWorld
"""Where a world is, and how to reach it."""
