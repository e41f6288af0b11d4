"""`MockKibana`: the handle on a Kibana, its backends, and all that a test does with them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, Unpack

from mockkibana.control.errors import ControlError
from mockkibana.control.verbs import VERBS
from mockkibana.json import Json, Record, dumps
from mockkibana.testing.arguments import SeedLike, content_of, seed_of, settings_of, time_of
from mockkibana.testing.backends import Elasticsearch, Jira
from mockkibana.testing.clock import ClockControl
from mockkibana.testing.faults import FaultRules
from mockkibana.testing.hosts import (
    Addresses,
    Host,
    LocalWorld,
    NotLocal,
    NotStarted,
    RemoteWorld,
)
from mockkibana.testing.kibana import Connectors, Spaces
from mockkibana.testing.log import LogView
from mockkibana.testing.transport import Transport

if TYPE_CHECKING:
    from mockkibana.choices import ActionsPrivilege, BasePrivilege, Part
    from mockkibana.connectors.base import ConnectorType
    from mockkibana.control.plane import ControlPlane
    from mockkibana.journal.query import JournalView
    from mockkibana.records import SettingsRecord
    from mockkibana.settings import Settings
    from mockkibana.store import Store
    from mockkibana.testing.outbox import OutboxView
    from mockkibana.testing.wsgi import App


class MockKibana:
    """A Kibana for a test, with the Elasticsearch and the Jira behind it.

    A context manager: inside of it, a server listens on a free port of loopback. The world is
    empty but for `seed`; `settings` (`mockkibana.Settings`, or a dict of some of them) replace the
    default ones, `seed_ids` makes ids repeatable and `frozen_at` stops the clock. `connector_types`
    are registered beside the installed ones. Webhooks really go out to `outbound_hosts` (names,
    alone or with a port), and mail to the server `smtp` (`HOST:PORT`).

    Every verb of control (`mockkibana.control.verbs`) is a method: those that read better as
    something else are below, all others are there by their names.

    Raises `mockkibana.BadSeed`, `mockkibana.BadSetting`, `mockkibana.BadConnectorType`, and
    `mockkibana.ControlError` for a setting in a dict that cannot be.
    """

    # Of the verbs that are no more than that, a type checker knows these.
    state: Callable[[], Record]
    """Return how much there is of each part."""
    snapshots: Callable[[], list[Record]]
    """Return what there is to say of each snapshot in memory, oldest first."""
    delete_snapshot: Callable[[str], Record]
    """Forget a snapshot."""

    def __init__(
        self,
        *,
        settings: Settings | Mapping[str, Json] | None = None,
        seed: SeedLike | None = None,
        seed_ids: int | None = None,
        frozen_at: datetime | str | None = None,
        connector_types: Iterable[type[ConnectorType]] = (),
        outbound_hosts: Iterable[str] = (),
        smtp: str | None = None,
        source: Host | None = None,
        **unknown: Never,
    ) -> None:
        if source is None:
            source = LocalWorld(
                settings_of(settings, unknown),
                [] if seed is None else [seed_of(seed)],
                seed_ids=seed_ids,
                frozen_at=time_of(frozen_at),
                connector_types=connector_types,
                outbound_hosts=outbound_hosts,
                smtp=smtp,
            )
        #: Where the world is.
        self.source = source

    @classmethod
    def attach(cls, url: str, world: str | None = None, token: str | None = None) -> MockKibana:
        """Return a handle on a server that runs elsewhere, with the same verbs over HTTP.

        `world` names one of its worlds; without it, it is the one at `url`. Without `token` that
        of the environment's `MOCKKIBANA_TOKEN` is sent. As a context manager the handle makes sure
        that a mockkibana answers there; at the end the server and its state stay.

        Raises ValueError for what is no URL. Verbs raise `mockkibana.ControlError` for what the
        server refuses, and `mockkibana.NoServer` when it is not there.
        """
        return cls(source=RemoteWorld(url, world, token or _token(), temporary=False))

    @classmethod
    def of_environment(cls) -> MockKibana:
        """Return a handle on a new world: of the server at `MOCKKIBANA_URL`, or in this process.

        In a server it has a random name, and is deleted when the handle is closed.
        """
        url = os.environ.get("MOCKKIBANA_URL")
        if not url:
            return cls()
        from mockkibana.ids import Ids

        name = f"pytest-{Ids().bytes('world', 12).hex()}"
        return cls(source=RemoteWorld(url, name, _token(), temporary=True))

    def __enter__(self) -> MockKibana:
        return self.start()

    def __exit__(self, *raised: object) -> None:
        self.close()

    if not TYPE_CHECKING:  # which is to find names that are misspelt

        def __getattr__(self, name: str) -> Callable[..., Any]:
            """Return a verb of the table."""
            if name not in VERBS:
                raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")
            return getattr(self.source.plane, name)

    def __repr__(self) -> str:
        addresses = self.source.addresses
        return f"<MockKibana {addresses.kibana if addresses else '(not started)'}>"

    def start(self) -> MockKibana:
        """Listen; without effect when it does already."""
        self.source.start()
        return self

    def close(self) -> None:
        """Stop listening and forget the world; an attached server and its state stay."""
        self.source.close()

    @property
    def url(self) -> str:
        """The base URL of Kibana, without a slash at its end."""
        return self._addresses().kibana

    @property
    def app(self) -> App:
        """The WSGI app that answers; only for a world in this process."""
        return self._local().app

    # Parts of the world

    @property
    def database(self) -> Store:
        """The TinyDB that holds connectors, spaces, documents, issues and users, by table.

        All of TinyDB's methods work, on copies: `database.table("kibana.connectors").all()`.
        Raises `mockkibana.NotLocal` on a handle that is attached to a server.
        """
        return self._local().world.store

    @cached_property
    def connectors(self) -> Connectors:
        """Connectors: create, get, list, run and delete them."""
        return Connectors(self._transport)

    @cached_property
    def spaces(self) -> Spaces:
        """Spaces: create, get, list and delete them."""
        return Spaces(self._transport)

    @property
    def elasticsearch(self) -> Elasticsearch:
        """The Elasticsearch behind Kibana: its URL, and the documents in it."""
        addresses = self.source.addresses
        return Elasticsearch(self._transport, addresses.elasticsearch if addresses else "")

    @property
    def jira(self) -> Jira:
        """The Jira behind Kibana: its URL, and the issues in it."""
        addresses = self.source.addresses
        return Jira(self._transport, self._plane, addresses.jira if addresses else "")

    @cached_property
    def log(self) -> LogView:
        """Kibana's log: its lines, and the texts that server log connectors wrote."""
        return LogView(self._plane)

    @cached_property
    def outbox(self) -> OutboxView:
        """What runs sent to third parties: everything but Elasticsearch and Jira."""
        from mockkibana.testing.outbox import OutboxView

        return OutboxView(self._plane)

    @cached_property
    def journal(self) -> JournalView:
        """Every call, and what it did: to query, to assert on, and to wait for."""
        from mockkibana.journal.query import JournalView

        return JournalView(self._plane.journal)

    @cached_property
    def faults(self) -> FaultRules:
        """The fault rules: add them, and assert that they fired."""
        return FaultRules(self._plane)

    @cached_property
    def clock(self) -> ClockControl:
        """The world's clock: freeze it, move it, let it run."""
        return ClockControl(self._plane)

    @property
    def bugs(self) -> list[str]:
        """The tracebacks of what went wrong in mockkibana itself."""
        return self._plane.bugs()

    def user(
        self,
        username: str,
        *,
        actions: ActionsPrivilege | Iterable[ActionsPrivilege] | None = None,
        base: BasePrivilege | None = None,
        spaces: Iterable[str] = ("*",),
        indices: Mapping[str, Iterable[str]] | None = None,
        cluster: Iterable[str] = (),
        roles: Iterable[str] = (),
        password: str | None = None,
    ) -> tuple[str, str]:
        """Make a user and a role of the same name, or replace those that there are.

        Where several are expected, one text stands for itself. The role gives:

        - `actions`: privileges of Kibana's feature Actions and Connectors: `none` (as without),
          `read`, `all`, `minimal_read`, `minimal_all`, `endpoint_security_execute`;
        - `base`: `read` or `all` of every feature, in the place of `actions`;
        - `spaces`: the ids of the spaces in which `actions` or `base` hold; `*` is all of them;
        - `indices`: Elasticsearch's index privileges by name or pattern: `{"test-*": ["create"]}`;
        - `cluster`: its cluster privileges, such as `["monitor", "manage_own_api_key"]`.

        `roles` are further roles, which have to be there: Elasticsearch's own, or of a seed. The
        `password` is `<username>-password` unless it is given.

        Returns `(username, password)`, which `auth=` takes here, and in `requests`. Security is on
        from then on, until the next reset; the handle itself may do everything.

        Raises TypeError and ValueError for what cannot be meant, one of Elasticsearch's own users
        among them, and `mockkibana.ControlError` for what no role or user can have;
        nothing was changed then.
        """
        from mockkibana.testing.users import check_roles, user_seed

        seed = user_seed(
            username,
            password,
            actions=actions,
            base=base,
            spaces=spaces,
            indices={} if indices is None else indices,
            cluster=cluster,
            roles=roles,
        )
        user = seed["security"]["users"][username]
        check_roles(self._transport, {*user["roles"]} - {username})
        self.seed(seed)
        return username, user["password"]

    def api_key(
        self,
        owner: tuple[str, str],
        *,
        name: str = "api-key",
        role_descriptors: Mapping[str, Json] | None = None,
        expiration: str | None = None,
    ) -> str:
        """Make an API key for `owner`, and return the value of its header: `ApiKey ...`.

        It is for `auth=`, and for `headers={"authorization": ...}` of any client. `owner` is what
        `user()` returned; the key is granted to it, so it need not be allowed to make keys itself.
        The key may do what its owner may, and with `role_descriptors`, roles by name as
        Elasticsearch has them, no more than they give; after `expiration` (`1d`), on the world's
        clock, nothing.

        Raises `mockkibana.Refused` for what Elasticsearch refuses.
        """
        from mockkibana.testing.users import granted_key

        return granted_key(self._transport, owner, name, role_descriptors, expiration)

    # State

    def seed(self, *seeds: SeedLike) -> None:
        """Add seeds to what is there; a later one wins.

        Raises `mockkibana.ControlError`, and nothing of that seed is there then.
        """
        for seed in seeds:
            content = content_of(seed)
            try:
                self._plane.seed(content)
            except ControlError as error:
                if isinstance(seed, Path | str) and content != seed:  # it is a file
                    raise ControlError(error.status, f"{seed}: {error.message}") from None
                raise

    def reset(self, *, empty: bool = False, parts: Iterable[Part] | None = None) -> None:
        """Put the world back to its start; with `empty` to nothing.

        With `parts` only those (`mockkibana.choices.Part` has their names).
        """
        wanted: list[str] | None = None if parts is None else [*parts]
        self._plane.reset(empty=empty, parts=wanted)
        if wanted is None or "faults" in wanted:
            self.faults.forget()

    def snapshot(
        self,
        name: str | None = None,
        *,
        path: str | Path | None = None,
        secrets: bool = False,
    ) -> Record:
        """Keep the state in memory under `name`, to be restored; or return it as a seed.

        As a seed it can be written to `path`, as JSON; with `secrets` those of connectors are in
        it, in clear. In memory they always are.
        """
        if name is not None:
            return self._plane.save_snapshot(name)
        content = self._plane.snapshot(secrets=secrets)
        if path is not None:
            Path(path).write_text(dumps(content) + "\n", "utf-8")
        return content

    def restore(self, name: str) -> None:
        """Put the state back to what it was when `snapshot(name)` was called."""
        if not isinstance(name, str):
            raise TypeError(
                f"the name is of type {type(name).__name__}; restore takes the name under which "
                "snapshot(name) kept the state; to load a snapshot's content use seed()"
            )
        self._plane.restore_snapshot(name)

    @property
    def settings(self) -> SettingsRecord:
        """The settings, by name."""
        return self._plane.settings()

    def configure(self, **settings: Unpack[SettingsRecord]) -> None:
        """Change some settings, until the next reset: `configure(contract="observed")`."""
        self._plane.put_settings({**self.settings, **settings})

    def at(
        self, kibana: str, *, elasticsearch: str | None = None, jira: str | None = None
    ) -> MockKibana:
        """Return a handle on the same world under other URLs, at which something else answers.

        The world has to be in this process; closing that handle leaves it alone.
        """
        addresses = Addresses.of(kibana, elasticsearch, jira)
        return MockKibana(source=self._local().at(addresses))

    def mounts(self) -> dict[str, str]:
        """Return the paths in `app` that the URLs of the faces stand for, by URL."""
        return self._addresses().mounts()

    def _local(self) -> LocalWorld:
        if not isinstance(self.source, LocalWorld):
            raise NotLocal("this handle is attached to a server: its world is not in this process")
        return self.source

    def _addresses(self) -> Addresses:
        addresses = self.source.addresses
        if addresses is None:
            raise NotStarted("nothing listens yet: use `with MockKibana() as kibana:`")
        return addresses

    @property
    def _transport(self) -> Transport:
        return Transport(self.source.exchange)

    @property
    def _plane(self) -> ControlPlane:
        return self.source.plane


def _token() -> str | None:
    return os.environ.get("MOCKKIBANA_TOKEN") or None
