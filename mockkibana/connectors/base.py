"""The base of every connector type: its schemas, its executor, and how it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from mockkibana.clock import Clock, iso
from mockkibana.connectors.access_token import AccessToken
from mockkibana.http.messages import Answer
from mockkibana.ids import Ids
from mockkibana.json import Json
from mockkibana.log import Log
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Party
from mockkibana.outbound.state import State
from mockkibana.settings import Settings
from mockkibana.settings.release import Release
from mockkibana.validation import Field, Schema

if TYPE_CHECKING:
    from mockkibana.security.identity import Identity


class Failed(Exception):
    """The executor returns an error: Kibana passes message, service message and retry on.

    `retry` is None (the key is absent), a boolean, or an ISO time.
    """

    def __init__(
        self, message: str, service_message: str | None = None, retry: bool | str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.service_message = service_message
        self.retry = retry


class Thrown(Exception):
    """The executor throws: Kibana answers a fixed message with `text` as the service message.

    `error_source` is `framework`, or `user` where Kibana tags the error so.
    """

    def __init__(self, text: str, error_source: str = "framework") -> None:
        super().__init__(text)
        self.text = text
        self.error_source = error_source


class RunLog:
    """Kibana's log under the name of the connector type, e.g. `plugins.actions.server-log`.

    Without a type it is that of all of them, `plugins.actions`.
    """

    __slots__ = ("_log", "_logger")

    def __init__(self, log: Log, connector_type_id: str = "") -> None:
        self._log = log
        self._logger = ".".join(filter(None, ("plugins.actions", connector_type_id.lstrip("."))))

    def write(self, level: str, message: str) -> None:
        """Append a line; `level` is one of `mockkibana.log.LEVELS`."""
        self._log.write(level, self._logger, message)


@dataclass(slots=True)
class Run:
    """One run of a connector, with all that its executor sees of the world.

    `config` and `secrets` are validated, and must not be mutated, as runs share them. `send` is the
    one way out: it gives the message to whom the type talks to, and raises `Unreachable` when no
    answer comes. `warnings` collects the codes of the points in which the answer differs from a
    real Kibana's (the contract `documented`). `token` is what an OAuth server granted the
    connector. `user` is who runs it, None while security is off.
    """

    connector_id: str
    config: Json
    secrets: Json = field(repr=False)
    settings: Settings
    clock: Clock
    log: RunLog
    send: Callable[[Outbound], Answer]
    user: Identity | None = None
    warnings: list[str] = field(default_factory=list)
    token: AccessToken = field(default_factory=AccessToken)
    ids: Ids = field(default_factory=Ids)

    @property
    def release(self) -> Release:
        """What this version of Kibana does otherwise than others."""
        return self.settings.release

    def later(self, seconds: int) -> str:
        """Return the time so many seconds from now, in ISO 8601: when to try again.

        Raises `Thrown` where JavaScript has no such time.
        """
        try:
            return iso(self.clock.now() + timedelta(seconds=seconds))
        except (OverflowError, ValueError):
            raise Thrown("Invalid time value") from None


@dataclass(frozen=True, slots=True)
class Saving:
    """A connector that is being created, updated or deleted, as the hooks of its type see it.

    `config` and `secrets` are validated, but for a seed's connector whose secrets are missing; a
    hook after deleting gets no secrets. `resources` is what such connectors have made so far: a
    hook writes it in the transaction that saves, the party reads it with `Box.resources`.
    """

    connector_id: str
    config: Json
    secrets: Json = field(repr=False)
    is_update: bool
    log: RunLog
    resources: State


class Nothing(Schema):
    """An object without keys, for types that have no config or no secrets."""


class ConnectorType:
    """A connector type: subclass it, name the schemas, write `execute`.

    Kibana's own types take name, licence and features from the product's data; a type of another
    package sets them here. With `sub_feature` (Kibana has `endpointSecurity`) running it needs a
    privilege of its own. `party` stands at the other end of what its runs send: a `Party`, the name
    of one that every world has (`elasticsearch`, `jira`), or None for one that takes whatever
    comes. What a run returns is under the connector's id, or under `answers_as`, where Kibana has a
    constant in its place. `leniencies` are texts by the codes that `Run.warnings` and `accommodate`
    give: in what an answer differs from a real Kibana's. `example` are params that a run accepts.
    """

    id: ClassVar[str]
    name: ClassVar[str] = ""
    minimum_license_required: ClassVar[str] = "basic"
    supported_feature_ids: ClassVar[tuple[str, ...]] = ("alerting",)
    sub_feature: ClassVar[str | None] = None
    config: ClassVar[Field | Schema] = Nothing()
    secrets: ClassVar[Field | Schema] = Nothing()
    params: ClassVar[Field | Schema]
    party: ClassVar[Party | str | None] = None
    answers_as: ClassVar[str | None] = None
    leniencies: ClassVar[Mapping[str, str]] = {}
    example: ClassVar[Json] = {}

    def validate_params(self, params: Json, settings: Settings) -> str | None:  # noqa: ARG002
        """Return why params that fit the schema are refused, or None."""
        return None

    def validate_config(self, config: Json, settings: Settings) -> str | None:  # noqa: ARG002
        """Return why a config that fits the schema is refused, or None."""
        return None

    def validate_secrets(self, secrets: Json, settings: Settings) -> str | None:  # noqa: ARG002
        """Return why secrets that fit the schema are refused, or None."""
        return None

    def validate_connector(self, config: Json, secrets: Json) -> str | None:  # noqa: ARG002
        """Return why config and secrets, both as they were sent, do not go together, or None."""
        return None

    def pre_save_hook(self, saving: Saving) -> None:
        """Do what has to be done before a connector is created or updated.

        Raises `Thrown`: the connector is not saved, the text is for the log. A connector of a seed
        comes as an update, and is saved whatever its hook says. Preconfigured ones do not come.
        """

    def post_delete_hook(self, saving: Saving) -> None:
        """Do what has to be done after a connector was deleted; `Thrown` is logged, no more."""

    def is_deprecated(self, config: Json) -> bool:  # noqa: ARG002
        """Tell whether Kibana shows a connector with this config as deprecated."""
        return False

    def accommodate(self, params: Json) -> tuple[Json, list[str]]:
        """Return params as Kibana takes them, and the codes of what was changed.

        Called under the contract `documented`, before the schema: for what the documentation
        promises and a real Kibana refuses.
        """
        return params, []

    def execute(self, run: Run, params: Json) -> Json:
        """Run the connector and return its data (None for none).

        Raises `Failed` or `Thrown`; anything else that escapes is a bug of the type.
        """
        raise NotImplementedError
