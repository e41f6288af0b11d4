"""The journal of a world: every call, its runs, what they sent out, and what came of it.

Writing is on the path of every request, so a record is filled in place and nothing is copied,
parsed or rendered before somebody reads it.
"""

from __future__ import annotations

import marshal
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from threading import Condition
from typing import TypeAlias

from mockkibana.budget import Budget
from mockkibana.clock import Clock, monotonic
from mockkibana.journal.made import BulkCreated, Made
from mockkibana.json import Json, encode

KEPT_CALLS = 10_000
"""How many calls are kept, unless told otherwise."""

KEPT_TOTAL = 128 * 1024 * 1024
"""How many bytes all the calls may have together, about; the oldest are forgotten beyond."""

KEPT_BYTES = 64 * 1024
"""What a body may have to be kept whole."""

KEPT_ITEMS = 1_000
"""What a list that went out or came back may have to be kept whole."""

_HEAD_BYTES = 1024
_HEAD_ITEMS = 3
_MARSHAL = 2  # a version that writes each value anew, as JSON does
_LEAST_SHARE = 6  # JSON takes at most six times the bytes (`false,` is one)
# What a call takes beside its bodies, and how many times its bytes a value takes that is no text.
_CALL_BYTES, _VALUE_SHARE = 2_000, 16

# Names in any case, or WSGI's (`HTTP_KBN_XSRF`): they are put in order on reading.
Headers: TypeAlias = Mapping[str, str] | Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Digest:
    """What is kept of a body over 64 kB: its size in bytes, its SHA-256 and its first kilobyte."""

    size: int
    sha256: str
    head: bytes

    def __len__(self) -> int:
        return self.size


@dataclass(frozen=True, slots=True)
class Shortened:
    """What is kept of a long list that was never text here: how many items, and the first ones."""

    items: int
    head: list[Json]


class InBody:
    """What is kept of a run's params: that they are in the body of the call."""


IN_BODY = InBody()

Body: TypeAlias = bytes | Digest | None


class Exchange:
    """One request that a run sent to a backend, and what came back.

    `body` and `response` are JSON values, text, bytes, `BulkCreated` or None, and once the call is
    over `Digest` or `Shortened` in the place of what is big; `status` is None when no answer came,
    `error` then says why. `fault` is the id of the rule that bent it.
    """

    __slots__ = ("backend", "body", "error", "fault", "method", "response", "status", "url")

    def __init__(self, backend: str, method: str, url: str, body: Json = None) -> None:
        self.backend = backend
        self.method = method
        self.url = url
        self.body: Json = body
        self.status: int | None = None
        self.response: Json = None
        self.error: str | None = None
        self.fault: str | None = None


class RunRecord:
    """One run of a connector. `status` is None until the run is over, then `ok` or `error`.

    `secrets` are the connector's: they are never shown, and wherever one of them turns up in the
    record it is redacted. Once the call is over `params` are `IN_BODY`, or a `Digest` when the
    request's body is: a value takes many times the memory of its text.
    """

    __slots__ = (
        "connector_id",
        "connector_name",
        "connector_type_id",
        "error_source",
        "is_preconfigured",
        "made",
        "message",
        "outbound",
        "params",
        "retry",
        "secrets",
        "service_message",
        "space",
        "status",
    )

    def __init__(
        self,
        connector_id: str,
        connector_type_id: str,
        connector_name: str,
        space: str,
        params: Json = None,
    ) -> None:
        self.connector_id = connector_id
        self.connector_type_id = connector_type_id
        self.connector_name = connector_name
        self.space = space
        self.params: Json = params
        self.secrets: Json = None
        self.is_preconfigured = False
        self.status: str | None = None
        self.message: str | None = None
        self.service_message: str | None = None
        self.error_source: str | None = None
        self.retry: bool | str | None = None
        self.outbound: list[Exchange] = []
        self.made: list[Made] = []


class Call:
    """One request and all that it caused; the layers that handle it fill the record in.

    `number` counts from 1 in the order in which calls ended, and is 0 until then. `time` is the
    world's, in milliseconds since 1970; `started` and `seconds` are real time. `target` is the raw
    path and query. `status` is None when a fault cut the answer off. `route` is the pattern that
    took the request, None if none did. `user` is who sent it, where security is on, and `refusal`
    what a face said to who may not, even if it was not sent (HEAD). `faults` are the ids of the
    rules that bent it, `warnings` the codes of the leniencies it used.
    """

    __slots__ = (
        "body",
        "connector_id",
        "face",
        "faults",
        "headers",
        "hint",
        "method",
        "number",
        "refusal",
        "response",
        "response_headers",
        "route",
        "runs",
        "seconds",
        "space",
        "started",
        "status",
        "target",
        "time",
        "user",
        "warnings",
    )

    def __init__(
        self,
        time: int,
        started: float,
        method: str,
        target: str,
        headers: Headers,
        face: str,
        space: str | None,
    ) -> None:
        self.number = 0
        self.time = time
        self.started = started
        self.seconds = 0.0
        self.method = method
        self.target = target
        self.headers = headers
        self.face = face
        self.space = space
        self.user: str | None = None
        self.body: Body = None
        self.status: int | None = None
        self.response_headers: Headers = ()
        self.response: Body = None
        self.refusal: bytes | None = None
        self.route: str | None = None
        self.connector_id: str | None = None
        self.runs: list[RunRecord] = []
        self.faults: list[str] = []
        self.warnings: list[str] = []
        self.hint: str | None = None


class JournalOff(Exception):
    """The journal is switched off, so a question about calls has no true answer."""

    def __init__(self) -> None:
        super().__init__("The journal is switched off (its limit is 0), so it cannot be asked.")


class Journal:
    """The last `limit` calls of a world, fewer where they are big.

    With a limit of 0 it is off, and `begin` gives None.
    """

    def __init__(self, clock: Clock, limit: int = KEPT_CALLS) -> None:
        self._clock = clock
        self._calls: deque[tuple[Call, int]] = deque()  # each with its bytes
        self._limit = limit
        self._bytes = 0
        self._changed = Condition()
        self._waiting = 0
        self._begins = 0.0
        self.enabled = limit > 0
        self.newest = 0

    def begin(
        self,
        method: str,
        target: str,
        headers: Headers,
        face: str = "kibana",
        space: str | None = None,
    ) -> Call | None:
        """Return the record of a request that begins, or None when the journal is off.

        It enters the journal with `end`. `headers` must not be the WSGI environment itself, which
        holds the connection.
        """
        if not self.enabled:
            return None
        time = self._clock.milliseconds()
        return Call(time, monotonic(), method, target, headers, face, space)

    def end(self, call: Call) -> None:
        """Keep a call that is over, and wake whoever waits for it."""
        call.seconds = monotonic() - call.started
        # Only what is small stays alive: a journal of bulks must not hold every bulk.
        if call.body is not None and len(call.body) > KEPT_BYTES:
            call.body = digest(call.body)
        if call.response is not None and len(call.response) > KEPT_BYTES:
            call.response = digest(call.response)
        size = _CALL_BYTES + len(call.target) + _bytes_of(call.body) + _bytes_of(call.response)
        for run in call.runs:
            if type(call.body) is Digest:
                run.params = call.body
            elif call.body is not None:
                run.params = IN_BODY
            else:
                run.params, kept = _kept(run.params)
                size += kept
            for outbound in run.outbound:
                outbound.body, sent = _kept(outbound.body)
                outbound.response, received = _kept(outbound.response)
                size += sent + received
        with self._changed:
            if call.started < self._begins:
                return
            # Numbers are given here, so that they never arrive out of order: a follower that asks
            # for what is newer than the last one it saw misses nothing.
            self.newest = call.number = self.newest + 1
            self._calls.append((call, size))
            self._bytes += size
            while len(self._calls) > self._limit or self._bytes > KEPT_TOTAL:
                self._bytes -= self._calls.popleft()[1]
            if self._waiting:
                self._changed.notify_all()

    def records(self, since: int = 0) -> list[Call]:
        """Return the kept calls with numbers above `since`, oldest first."""
        with self._changed:
            return self._newer(since)

    def clear(self) -> None:
        """Forget every call; the numbers of later ones go on from there."""
        with self._changed:
            self._calls.clear()
            self._bytes = 0

    def forget(self) -> None:
        """Forget every call, those that are under way, too."""
        with self._changed:
            self._calls.clear()
            self._bytes = 0
            self._begins = monotonic()

    def matching(self, predicate: Callable[[Call], bool], since: int = 0) -> list[Call]:
        """Return the kept calls above `since` that match. Raises `JournalOff` and `OverBudget`."""
        if not self.enabled:
            raise JournalOff
        return list(filter(predicate, Budget().each(self.records(since))))

    def wait(
        self, predicate: Callable[[Call], bool], timeout: float, *, since: int = 0
    ) -> list[Call]:
        """Return the kept calls above `since` that match, as soon as there is one.

        `timeout` is in seconds of real time; when they are over the list is empty. Raises
        `JournalOff` and `OverBudget`.
        """
        deadline = monotonic() + timeout
        with self._changed:
            self._waiting += 1
        try:
            while True:
                # Read before the calls, so that none falls between the two.
                seen = self.newest
                if found := self.matching(predicate, since):
                    return found
                since = max(since, seen)  # each call is looked at once, however long the journal
                with self._changed:
                    while not self._newer(since):
                        left = deadline - monotonic()
                        if left <= 0:
                            return []
                        self._changed.wait(left)
        finally:
            with self._changed:
                self._waiting -= 1

    def _newer(self, since: int) -> list[Call]:
        if not since:
            return [call for call, _ in self._calls]
        latest = (call for call, _ in reversed(self._calls))
        newer = list(takewhile(lambda call: call.number > since, latest))
        newer.reverse()
        return newer


def digest(body: bytes | Digest) -> Digest:
    """Return size, SHA-256 and beginning of a body, to keep in its place."""
    if isinstance(body, Digest):
        return body
    from hashlib import sha256  # a start need not wait for OpenSSL

    return Digest(len(body), sha256(body).hexdigest(), bytes(body[:_HEAD_BYTES]))


def shortened(items: list[Json]) -> Shortened:
    """Return length and first items of a list, to keep in its place."""
    return Shortened(len(items), items[:_HEAD_ITEMS])


def _bytes_of(body: Body) -> int:
    return len(body.head if isinstance(body, Digest) else body or b"")


def _kept(value: Json) -> tuple[Json, int]:
    """Return a body, or what stands in its place when it is big, and about how many bytes it takes.

    It may be a JSON value.
    """
    if value is None or isinstance(value, (BulkCreated, Digest, Shortened)):
        return value, _CALL_BYTES  # a `BulkCreated` is a list of ids that Elasticsearch keeps, too
    if isinstance(value, str):
        if len(value) <= KEPT_BYTES:
            return value, len(value)
        value = value.encode("utf-8", "replace")
    elif not isinstance(value, bytes):
        # Long lists are bulks: to write them a second time would slow every one of them down.
        if isinstance(value, list) and len(value) > KEPT_ITEMS:
            return shortened(value), _CALL_BYTES
        # Several times faster than JSON, and nothing stays.
        size = len(marshal.dumps(value, _MARSHAL))
        if size * _LEAST_SHARE <= KEPT_BYTES:
            return value, size * _VALUE_SHARE
        text = encode(value)
        if len(text) <= KEPT_BYTES:
            return value, size * _VALUE_SHARE
        value = text
    kept = digest(value) if len(value) > KEPT_BYTES else value
    return kept, _bytes_of(kept)
