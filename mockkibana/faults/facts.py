"""What a fault rule looks at, and what it does: facts and effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from mockkibana.faults.answers import ErrorAnswers, kibana_errors
from mockkibana.http.breakages import Breakage
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Malformed, loads


@dataclass(frozen=True)
class _Facts:
    """What both kinds of request have: `path` is as its receiver sees it, with or without query.

    `body` is the JSON value, or the bytes that arrived; `errors` gives the error answers of whoever
    would answer the request.
    """

    method: str
    path: str
    space: str | None = None
    connector_id: str | None = None
    connector_type_id: str | None = None
    body: Json | bytes = None
    errors: Callable[[], ErrorAnswers] = kibana_errors

    @cached_property
    def value(self) -> Json:
        """The body as a JSON value; None where it is none."""
        if not isinstance(self.body, bytes):
            return self.body
        try:
            return loads(self.body, finite=True)
        except Malformed:
            return None


@dataclass(frozen=True)
class CallFacts(_Facts):
    """A call that arrives; `path` is without `/s/{space}` and without the mount of its face.

    `face` is `kibana`, `elasticsearch` or `jira`.
    """

    face: str = "kibana"


@dataclass(frozen=True)
class OutboundFacts(_Facts):
    """A request that a run is about to send; `backend` is the name of the party it goes to."""

    backend: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to a request: wait `delay` seconds of real time, then at most one thing.

    `answer` takes the place of the answer; its header names are lower-case. `wire` is what happens
    to the connection. `timeout`, `refused` and `tls` only come to a request that a run sends:
    nothing answers in time, nobody listens, or the certificate is one of `what.TLS`. With none of
    them the request goes on as if nothing had been. Where the answer breaks, `work_done` tells
    whether what was asked for happens all the same. `rule_ids` are the rules that took part, the
    one that answers last.

    A `wire.Partial` without a status cuts, in the middle of its body, the answer that would come.
    """

    rule_ids: tuple[str, ...]
    delay: float = 0.0
    answer: Answer | None = None
    wire: Breakage | None = None
    timeout: bool = False
    refused: bool = False
    tls: str | None = None
    work_done: bool = False

    @property
    def rule_id(self) -> str:
        """The rule that answers, or the last of those that delay."""
        return self.rule_ids[-1]

    @property
    def breaks(self) -> bool:
        """Whether no answer comes."""
        return self.wire is not None or self.timeout or self.refused or self.tls is not None

    @property
    def ends(self) -> bool:
        """Whether the request goes no further."""
        return self.answer is not None or self.breaks


Facts: TypeAlias = CallFacts | OutboundFacts
