"""The outbox of a world: what its runs sent to third parties, and what these answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mockkibana.clock import Clock, iso
from mockkibana.http.messages import Answer
from mockkibana.journal import RunRecord
from mockkibana.journal.redaction import REDACTED, Redaction
from mockkibana.json import Json, Record
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.state import PARTIES
from mockkibana.store import Store

if TYPE_CHECKING:
    from mockkibana.store import Transaction

DELIVERIES = "outbox.deliveries"
KEPT = 10_000
"""How many deliveries are kept."""


class Outbox:
    """The last deliveries, in the store: each is what one message was, and what answered it.

    A delivery is JSON: `seq`, from 1 on, and `at`; `space`, `connector_id`, `connector_name` and
    `connector_type_id` of the run; `request` with `method`, `url`, `headers` and `body`; `response`
    with `status`, `headers` and `body`. It holds none of the connector's secrets.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self._clock = clock

    def add(self, run: RunRecord, message: Outbound, answer: Answer) -> Record:
        """Keep what a run sent, and return the delivery."""
        redaction = Redaction()
        redaction.learn(run.secrets)
        delivery: Record = {
            "at": iso(self._clock.now()),
            "space": run.space,
            "connector_id": run.connector_id,
            "connector_name": run.connector_name,
            "connector_type_id": run.connector_type_id,
            "request": {
                "method": message.method,
                "url": redaction.text(message.url),
                "headers": _headers(message, redaction),
                "body": redaction.value(_readable(message.body)),
            },
            "response": {
                "status": answer.status,
                "headers": dict(answer.headers),
                "body": redaction.value(_readable(answer.body)),
            },
        }
        return self.restore([redaction.scrub(delivery)])[0]

    def restore(self, deliveries: Iterable[Record]) -> list[Record]:
        """Keep deliveries as they are, under the next numbers; return them with these."""
        with self.store.transaction() as transaction:
            return [_keep(transaction, delivery) for delivery in deliveries]

    def list(self, **conditions: str | None) -> list[Record]:
        """Return the deliveries, oldest first, in which each of these keys has its value."""
        wanted = {key: value for key, value in conditions.items() if value is not None}
        return [
            delivery
            for delivery in self.store.table(DELIVERIES).rows().values()
            if all(delivery[key] == value for key, value in wanted.items())
        ]

    def parties(self) -> dict[str, dict[str, Record]]:
        """Return what each party keeps, by the party's name and the record's id."""
        tables = sorted(name for name in self.store.tables() if name.startswith(PARTIES))
        return {name.removeprefix(PARTIES): self.store.table(name).rows() for name in tables}

    def clear(self) -> None:
        """Forget every delivery."""
        with self.store.transaction() as transaction:
            transaction.drop(DELIVERIES)


def _keep(transaction: Transaction, delivery: Record) -> Record:
    seq = transaction.next_id(DELIVERIES)
    delivery = {"seq": int(seq), **{key: delivery[key] for key in delivery if key != "seq"}}
    transaction.put(DELIVERIES, {seq: delivery})
    transaction.remove(DELIVERIES, [str(int(seq) - KEPT)])
    return delivery


def _headers(message: Outbound, redaction: Redaction) -> dict[str, str]:
    headers = axios.headers_of(message).items()
    shown = {name: redaction.named(name, value) for name, value in headers}
    return shown if message.auth is None else {**shown, "Authorization": f"Basic {REDACTED}"}


def _readable(body: Json) -> Json:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else body
