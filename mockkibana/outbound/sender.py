"""Sends what runs send: each message meets the fault rules, enters the journal, finds its party."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from mockkibana.http.messages import Answer
from mockkibana.journal import Exchange, Made, RunRecord
from mockkibana.json import Json
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.outbound.outbox import Outbox
from mockkibana.outbound.party import Box, Party, Sink
from mockkibana.settings.installation import Installation

if TYPE_CHECKING:
    from mockkibana.faults import Faults
    from mockkibana.faults.waits import Waits
    from mockkibana.outbound.ways_out import WaysOut

_LONGEST = 1e12  # seconds that an answer may take
_USUAL = 1_048_576  # bytes of an answer that Kibana takes by default

Send: TypeAlias = Callable[[Outbound], Answer]


class Sender:
    """The way out of a world's runs.

    `own` gives a party of the world's own by its name; latencies are among the world's `waits`;
    by `ways_out` messages leave the process.
    """

    def __init__(
        self,
        own: Callable[[str], Party],
        outbox: Outbox,
        faults: Faults,
        installation: Installation,
        waits: Waits,
        ways_out: WaysOut,
    ) -> None:
        self.own = own
        self.outbox = outbox
        self.faults = faults
        self.installation = installation
        self.waits = waits
        self.ways_out = ways_out

    def of(
        self,
        run: RunRecord,
        party: Party | str | None,
        config: Json,
        has_left: Callable[[], bool] | None = None,
    ) -> Send:
        """Return the way out of one run.

        `party` is who its connector type talks to, a name standing for one of the world's own, and
        None for a sink; `config` is the connector's. `has_left` tells whether nobody waits for the
        run any more.
        """
        return _RunSender(self, run, party, config, has_left).send


class _RunSender:
    """What `Sender.of` returns: notes in the run's record what goes out and what comes back."""

    __slots__ = ("_box", "_has_left", "_party", "_run", "_sender")

    def __init__(
        self,
        sender: Sender,
        run: RunRecord,
        party: Party | str | None,
        config: Json,
        has_left: Callable[[], bool] | None,
    ) -> None:
        self._sender = sender
        self._run = run
        self._party = party
        self._has_left = has_left
        self._box = Box(run, config, sender.installation, sender.outbox.store)

    def send(self, message: Outbound) -> Answer:
        party = self._party
        if not isinstance(party, Party):
            name = self._run.connector_type_id.removeprefix(".")
            party = self._party = self._sender.own(party) if party else Sink(name)
        exchange = Exchange(party.name, message.method, message.url, message.body)
        self._run.outbound.append(exchange)
        try:
            answer = bent = (
                self._bent(message, party, exchange) if self._sender.faults.active else None
            )
            if answer is None:
                answer = self._received(message, party)
            if party.is_limited:
                self._check_length(answer, is_bent=bent is not None)
        except Unreachable as error:
            exchange.error = str(error)
            raise
        exchange.status, exchange.response = answer.status, answer.body
        self._arrived(message, party, answer)
        return answer

    def _check_length(self, answer: Answer, *, is_bent: bool) -> None:
        """Refuse an answer that is longer than `maxResponseContentLength`, as axios does."""
        most = self._sender.installation.settings.max_response_content_length
        # What the parties themselves say is shorter than Kibana's default.
        if is_bent or most < _USUAL:
            from mockkibana.outbound import axios

            if len(axios.payload(answer.body) or b"") > most:
                raise axios.too_long(most)

    def _received(self, message: Outbound, party: Party) -> Answer:
        wire = self._sender.ways_out.of(party, message)
        return party.receive(message, self._box) if wire is None else wire(message)

    def _arrived(self, message: Outbound, party: Party, answer: Answer) -> None:
        self._box.begun = True
        if party.keeps_deliveries:
            delivery = self._sender.outbox.add(self._run, message, answer)
            self._run.made.append(Made("delivery", party.name, str(delivery["seq"])))

    def _bent(self, message: Outbound, party: Party, exchange: Exchange) -> Answer | None:
        """Do what a rule asks for: wait, answer, or fail as the wire would. None: go on."""
        from mockkibana.faults import OutboundFacts
        from mockkibana.http.breakages import Reset
        from mockkibana.outbound.connecting import is_trusted, proxy_of

        sender, run = self._sender, self._run
        effect = sender.faults.on_outbound(
            OutboundFacts(
                method=message.method,
                path=message.path,
                space=run.space,
                connector_id=run.connector_id,
                connector_type_id=run.connector_type_id,
                body=message.body,
                errors=lambda: party.errors,
                backend=party.name,
            )
        )
        if effect is None:
            return None
        settings, url = sender.installation.settings, message.url
        if message.timeout > settings.response_timeout:
            settings = replace(settings, response_timeout=min(message.timeout, _LONGEST))
        if effect.tls and is_trusted(effect.tls, url, message.trust, settings):
            effect = replace(effect, tls=None)
        if effect.refused:  # nobody listens where Kibana connects to
            url = proxy_of(url, settings) or url
        exchange.fault = effect.rule_id
        if effect.delay and not sender.waits.wait(effect.delay, self._has_left):
            lost = replace(effect, wire=Reset())
            raise party.unreachable(lost, url, settings)
        if effect.breaks:
            if effect.work_done:  # the answer is what gets lost
                self._arrived(message, party, self._received(message, party))
            raise party.unreachable(effect, url, settings)
        return effect.answer
