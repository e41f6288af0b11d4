"""Who stands at the other end of what runs send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from mockkibana.http.messages import Answer
from mockkibana.journal import RunRecord
from mockkibana.json import Json
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.outbound.state import RESOURCES, State
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

if TYPE_CHECKING:
    from mockkibana.faults import Effect
    from mockkibana.faults.answers import ErrorAnswers
    from mockkibana.faults.presets import Preset
    from mockkibana.validation import Field, Schema


class Box:
    """One run, as its party sees it.

    `config` is the connector's, as it was stored; `begun` tells whether the party has had a
    message of this run before. What came of a message goes to `made`; the journal links it to the
    `run`. The world's `clock` and `ids` are for what the party makes.
    """

    __slots__ = ("_store", "begun", "clock", "config", "ids", "made", "run")

    def __init__(
        self, run: RunRecord, config: Json, installation: Installation, store: Store
    ) -> None:
        self._store = store
        self.run = run
        self.clock = installation.clock
        self.ids = installation.ids
        self.config = config
        self.made = run.made
        self.begun = False

    def state(self, party: Party | str) -> State:
        """Return what a party keeps, or what several do under one name."""
        return State(self._store, party if isinstance(party, str) else party.name)

    def resources(self, party: Party) -> State:
        """Return what saving connectors has made at a party, as their type's hooks keep it."""
        return State(self._store, party.name, RESOURCES)


class Party:
    """A system that connectors talk to; fault rules and the journal call it by its `name`."""

    name: str
    keeps_deliveries: ClassVar[bool] = True
    """Whether the outbox keeps what it gets; one with a state of its own shows that instead."""
    is_limited: ClassVar[bool] = True
    """Whether Kibana takes no longer answers than its `maxResponseContentLength`."""
    records: Mapping[str, Field | Schema] = {}
    """What is expected of the records that it keeps, by the name under which `Box.state` has them.

    A seed whose records do not fit is refused. Unknown keys are best allowed, and whatever a run
    can write has to fit.
    """
    wire: ClassVar[str | None] = None
    """By which wire its messages may really leave, where an option says so: `http` or `smtp`."""

    @property
    def errors(self) -> ErrorAnswers:
        """What it says with a status, where a fault rule gives no body: nothing."""
        from mockkibana.faults.answers import ErrorAnswers

        return ErrorAnswers()

    @property
    def presets(self) -> Mapping[str, Callable[[Json], Preset]]:
        """The domain faults that it offers, by name: each makes a `Preset` of what it is `with`."""
        from mockkibana.outbound.outages import outages

        return outages(self.name)

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Answer a message: lower-case names of headers, a JSON value, text or None for a body.

        Raises `Unreachable`.
        """
        raise NotImplementedError

    def unreachable(self, effect: Effect, url: str, settings: Settings) -> Unreachable:
        """Return what Kibana's client makes of the breakage that a fault rule asks for.

        Whatever leaves the client waiting ends as its time-out.
        """
        if effect.refused:
            return axios.refused(url)
        if effect.tls is not None:
            return axios.mistrusted(effect.tls, url)
        return axios.broken(effect) or axios.timed_out(settings.response_timeout)


class Sink(Party):
    """A third party of which nothing is known: it takes whatever comes."""

    def __init__(self, name: str) -> None:
        self.name = name

    def receive(self, message: Outbound, box: Box) -> Answer:  # noqa: ARG002 - nothing counts
        """Answer 200, without a body."""
        return Answer(200, None)
