"""The outbox of a world: what its runs sent to third parties, and what these answered."""

from __future__ import annotations

import marshal
from collections import deque
from collections.abc import Iterable
from threading import Condition
from typing import TYPE_CHECKING

from mockkibana.clock import Clock, iso, monotonic
from mockkibana.http.messages import Answer
from mockkibana.journal import RunRecord
from mockkibana.journal.redaction import MARSHAL, REDACTED, Redaction
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

_HEADS = 1_000  # of how many connectors the last head is remembered


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
        self._added = self._waiting = 0
        self._heads: dict[str, _Head] = {}
        # Of what is kept the sizes, their sum, the number of the oldest, and the newest itself.
        self._sizes = deque[int]()
        self._total = self._oldest = 0
        self._newest: Record | None = None

    def add(self, run: RunRecord, message: Outbound, answer: Answer) -> Record:
        """Keep what a run sent, and return the delivery."""
        head = self._head(run, message)
        redaction = head.redaction.copy()
        delivery: Record = {
            "seq": 0,  # to be given
            "at": iso(self._clock.now()),
            "space": run.space,
            "connector_id": run.connector_id,
            "connector_name": run.connector_name,
            "connector_type_id": run.connector_type_id,
            "request": {
                "method": message.method,
                "url": head.url,
                "headers": head.headers,
                "body": redaction.value(_readable(message.body)),
            },
            "response": {
                "status": answer.status,
                "headers": dict(answer.headers),
                "body": redaction.value(_readable(answer.body)),
            },
        }
        texts = marshal.dumps(delivery, MARSHAL)
        if redaction.is_in(texts):
            delivery = redaction.scrub(delivery)
        with self.store.transaction() as transaction:
            kept = self._keep(transaction, delivery, len(texts))
        self._wake(1)
        return kept

    def _head(self, run: RunRecord, message: Outbound) -> _Head:
        """Return the head of a request; of most connectors it is that of the last one."""
        last = self._heads.get(run.connector_id)
        if last is not None and last.is_of(run, message):
            return last
        if len(self._heads) >= _HEADS:
            self._heads.clear()
        self._heads[run.connector_id] = head = _Head(run, message)
        return head

    def restore(self, deliveries: Iterable[Record]) -> list[Record]:
        """Keep deliveries as they are, under the next numbers; return them with these."""
        with self.store.transaction() as transaction:
            kept = [self._keep(transaction, each, _size(each)) for each in deliveries]
        self._wake(len(kept))
        return kept

    def _wake(self, added: int) -> None:
        self._added += added
        if self._waiting:
            with self._changed:
                self._changed.notify_all()

    def wait(
        self, count: int, timeout: float, *, since: int | str = 0, **conditions: str | None
    ) -> list[Record]:
        """Return what `list` does, as soon as there are `count` of them.

        `timeout` is in seconds of real time; when they are over there may be less.
        """
        deadline = monotonic() + timeout
        with self._changed:
            self._waiting += 1
        try:
            while True:
                # Read before the deliveries, so that none falls between the two.
                added = self._added
                found = self.list(since, **conditions)
                left = deadline - monotonic()
                if len(found) >= count or left <= 0:
                    return found
                with self._changed:
                    self._changed.wait_for(lambda: self._added != added, left)  # noqa: B023
        finally:
            with self._changed:
                self._waiting -= 1

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

    def type_ids(self) -> set[str]:
        """Return the ids of the connector types whose deliveries are kept."""
        rows = self.store.table(DELIVERIES).rows().values()
        return {delivery["connector_type_id"] for delivery in rows}

    def parties(self) -> dict[str, dict[str, Record]]:
        """Return what each party keeps, by the party's name and the record's id."""
        tables = sorted(name for name in self.store.tables() if name.startswith(PARTIES))
        return {name.removeprefix(PARTIES): self.store.table(name).rows() for name in tables}

    def clear(self) -> None:
        """Forget every delivery."""
        with self.store.transaction() as transaction:
            transaction.drop(DELIVERIES)

    def _keep(self, transaction: Transaction, delivery: Record, size: int) -> Record:
        """Keep a delivery under the next number; those go that are too old, or too much with it."""
        seq = int(transaction.next_id(DELIVERIES))
        delivery = {**delivery, "seq": seq}
        if not self._is_counted(transaction):
            self._count(transaction, seq)
        self._sizes.append(size)
        self._total += size
        transaction.put(DELIVERIES, {str(seq): delivery})
        gone = []
        while self._oldest < seq and (seq - self._oldest >= KEPT or self._total > KEPT_TOTAL):
            gone.append(str(self._oldest))
            self._oldest += 1
            self._total -= self._sizes.popleft()
        if gone:
            transaction.remove(DELIVERIES, gone)
        self._newest = delivery
        return delivery

    def _is_counted(self, transaction: Transaction) -> bool:
        """Tell whether the newest is the one that was kept last: else the table was replaced."""
        newest = self._newest
        return newest is not None and transaction.get(DELIVERIES, str(newest["seq"])) is newest

    def _count(self, transaction: Transaction, seq: int) -> None:
        """Count what is kept below `seq`: of a file or a snapshot, or what was changed by hand."""
        kept = transaction.documents(DELIVERIES)
        self._oldest = max(min(map(int, kept), default=seq), seq - KEPT)
        transaction.remove(DELIVERIES, [number for number in kept if int(number) < self._oldest])
        sizes = (kept.get(str(number)) for number in range(self._oldest, seq))
        self._sizes = deque(map(_size, sizes))
        self._total = sum(self._sizes)


class _Head:
    """URL and headers of a request without secrets, as `redaction` has found them."""

    __slots__ = ("_secrets", "_source", "headers", "redaction", "url")

    def __init__(self, run: RunRecord, message: Outbound) -> None:
        self._secrets = run.secrets
        self._source = (*_source(message), dict(message.headers))
        self.redaction = redaction = Redaction()
        redaction.learn(run.secrets)
        self.url = redaction.text(message.url)
        headers = axios.headers_of(message).items()
        self.headers = {name: redaction.named(name, value) for name, value in headers}
        if message.auth is not None:
            self.headers["Authorization"] = f"Basic {REDACTED}"

    def is_of(self, run: RunRecord, message: Outbound) -> bool:
        """Tell whether another request has the same head."""
        source = (*_source(message), message.headers)
        return self._secrets is run.secrets and self._source == source


def _source(message: Outbound) -> tuple[Json, ...]:
    """Return what the head is made of but for the headers; the body tells the content type."""
    return message.url, message.method, message.auth, type(message.body)


def _size(delivery: Record | None) -> int:
    return len(marshal.dumps(delivery, MARSHAL))


def _readable(body: Json) -> Json:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else body
