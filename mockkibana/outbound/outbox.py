"""The outbox of a world: what its runs sent to third parties, and what these answered."""

from __future__ import annotations

import marshal
from collections.abc import Iterable
from threading import Condition
from typing import TYPE_CHECKING

from mockkibana.clock import Clock, iso, monotonic
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

KEPT_TOTAL = 64 * 1024 * 1024
"""How many bytes all of them may have together, about; the oldest are forgotten beyond."""

_LEDGER = "outbox.ledger"
_MARSHAL = 2  # a version that writes each value anew, as JSON does


class Outbox:
    """The last deliveries, in the store: each is what one message was, and what answered it.

    A delivery is JSON: `seq`, from 1 on, and `at`; `space`, `connector_id`, `connector_name` and
    `connector_type_id` of the run; `request` with `method`, `url`, `headers` and `body`; `response`
    with `status`, `headers` and `body`. It holds none of the connector's secrets.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self._clock = clock
        self._changed = Condition()
        self._added = 0

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
            kept = [_keep(transaction, delivery) for delivery in deliveries]
        with self._changed:
            self._added += len(kept)
            self._changed.notify_all()
        return kept

    def wait(
        self, count: int, timeout: float, *, since: int | str = 0, **conditions: str | None
    ) -> list[Record]:
        """Return what `list` does, as soon as there are `count` of them.

        `timeout` is in seconds of real time; when they are over there may be less.
        """
        deadline = monotonic() + timeout
        while True:
            # Read before the deliveries, so that none falls between the two.
            added = self._added
            found = self.list(since, **conditions)
            left = deadline - monotonic()
            if len(found) >= count or left <= 0:
                return found
            with self._changed:
                self._changed.wait_for(lambda: self._added != added, left)  # noqa: B023

    def list(self, since: int | str = 0, **conditions: str | None) -> list[Record]:
        """Return the deliveries, oldest first, in which each of these keys has its value.

        None is no condition. `since` is a number, all are above it, or a time in ISO 8601, then
        none is older.
        """
        wanted = {key: value for key, value in conditions.items() if value is not None}
        return [
            delivery
            for delivery in self.store.table(DELIVERIES).rows().values()
            if (delivery["seq"] > since if isinstance(since, int) else delivery["at"] >= since)
            and all(delivery[key] == value for key, value in wanted.items())
        ]

    def parties(self) -> dict[str, dict[str, Record]]:
        """Return what each party keeps, by the party's name and the record's id."""
        tables = sorted(name for name in self.store.tables() if name.startswith(PARTIES))
        return {name.removeprefix(PARTIES): self.store.table(name).rows() for name in tables}

    def clear(self) -> None:
        """Forget every delivery."""
        with self.store.transaction() as transaction:
            transaction.drop(DELIVERIES)
            transaction.drop(_LEDGER)


def _keep(transaction: Transaction, delivery: Record) -> Record:
    """Keep a delivery under the next number; those go that are too old, or too much with it."""
    seq = int(transaction.next_id(DELIVERIES))
    delivery = {"seq": seq, **{key: delivery[key] for key in delivery if key != "seq"}}
    total, oldest = _ledger(transaction, seq)
    total += _size(delivery)
    transaction.put(DELIVERIES, {str(seq): delivery})
    gone = []
    while oldest < seq and (seq - oldest >= KEPT or total > KEPT_TOTAL):
        total -= _size(transaction.get(DELIVERIES, str(oldest)) or {})
        gone.append(str(oldest))
        oldest += 1
    if gone:
        transaction.remove(DELIVERIES, gone)
    transaction.put(_LEDGER, {"kept": {"bytes": total, "oldest": oldest}})
    return delivery


def _ledger(transaction: Transaction, seq: int) -> tuple[int, int]:
    """Return how many bytes are kept, and the number of the oldest delivery."""
    ledger = transaction.get(_LEDGER, "kept")
    if ledger is not None and transaction.get(DELIVERIES, str(ledger["oldest"])) is not None:
        return ledger["bytes"], ledger["oldest"]
    # A file of an earlier version has none, and tests change tables as they like.
    kept = transaction.documents(DELIVERIES)
    return sum(map(_size, kept.values())), min(map(int, kept), default=seq)


def _size(delivery: Record) -> int:
    return len(marshal.dumps(delivery, _MARSHAL))


def _headers(message: Outbound, redaction: Redaction) -> dict[str, str]:
    headers = axios.headers_of(message).items()
    shown = {name: redaction.named(name, value) for name, value in headers}
    return shown if message.auth is None else {**shown, "Authorization": f"Basic {REDACTED}"}


def _readable(body: Json) -> Json:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else body
