"""What a fault rule does: how it is read from JSON."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from mockkibana.faults.errors import BadRule
from mockkibana.faults.facts import Facts
from mockkibana.faults.match import Match
from mockkibana.faults.presets import AnswerTo
from mockkibana.faults.reading import Part, bad, duration
from mockkibana.faults.when import Bucket, Latency
from mockkibana.http.breakages import Breakage, Empty, Garbage, Hold, Partial, Reset
from mockkibana.http.messages import Answer
from mockkibana.json import Json

_WIRES: dict[str, Breakage] = {
    "reset": Reset(),
    "empty": Empty(),
    "garbage": Garbage(),
    "partial": Partial("", (), b"", 0),
    "hold": Hold(),
}
_REFUSED = "refused"
DOERS = ("status", "wire", "timeout", "rate", "tls")
_WHAT = (
    "status",
    "body",
    "headers",
    "latency",
    "wire",
    "timeout",
    "rate",
    "retry_after",
    "tls",
    "work",
)
_WORK = ("done", "not-done")
TLS = ("self-signed", "unknown-issuer", "expired", "wrong-host")
"""What can be wrong with the certificate of whoever a run talks to."""

_PERIODS = {"per_second": 1_000, "per_minute": 60_000}
_DIGITS = 19  # that the length of a body never has
_AT_ONCE = Latency(0, 0)


@dataclass(frozen=True, slots=True)
class What:
    """What a rule does: it delays, and then at most one of the others.

    `work_done` tells whether what was asked for happens all the same, where its answer breaks.
    With a `bucket` the answer is for those requests for which there is no token; `retry_after`,
    in seconds, takes the place of the time until there is one.
    """

    latency: Latency = _AT_ONCE
    answer: AnswerTo | None = None
    wire: Breakage | None = None
    timeout: bool = False
    refused: bool = False
    tls: str | None = None
    work_done: bool = False
    bucket: Bucket | None = None
    retry_after: int | None = None


def read_what(value: Json, match: Match) -> What:
    """Read what a rule does to the requests that it matches. Raises `BadRule`."""
    part = Part(value, "what", _WHAT)
    doers = [key for key in DOERS if key in part]
    if len(doers) > 1:
        raise BadRule(f"what: {' and '.join(doers)} exclude each other: choose one")
    if not doers and "latency" not in part:
        raise bad("what", f"one of {', '.join(DOERS)} or latency", value)
    doer = doers[0] if doers else "latency"
    for key in ("body", "headers", "retry_after"):
        if key in part and doer not in ("status", "rate"):
            raise BadRule(f"what.{key}: it belongs to `status` or to `rate`, not to `{doer}`")
    if "work" in part and (doer not in ("wire", "timeout") or part.value.get("wire") == _REFUSED):
        raise BadRule(
            "what.work: it belongs to `timeout`, and to a `wire` on which a request arrives"
        )
    latency = _read_latency(part)
    if doer in ("status", "rate"):
        return _read_answer(part, latency)
    if doer in ("wire", "tls"):
        return _read_wire(part, latency, match)
    if doer == "timeout":
        if part.value["timeout"] is not True:
            raise part.bad("timeout", "true")
        return _hold(part, latency, match)
    return What(latency)


def _read_wire(part: Part, latency: Latency, match: Match) -> What:
    wire, tls = part.choice("wire", (*_WIRES, _REFUSED)), part.choice("tls", TLS)
    if match.backend is None and (tls is not None or wire == _REFUSED):
        key, what = ("tls", "mistrusted") if tls else ("wire", "refused")
        raise BadRule(
            f"what.{key}: whoever calls has a connection already, so it cannot be {what}; "
            "with match.backend the requests of runs can, and reset is next to it"
        )
    if tls is not None or wire == _REFUSED:
        return What(latency, refused=tls is None, tls=tls)
    if wire == "hold":
        return _hold(part, latency, match)
    # An answer to a call is cut, so that there has to be one.
    done = _is_done(part, default=wire == "partial" and match.backend is None)
    return What(latency, wire=_WIRES[str(wire)], work_done=done)


def _is_done(part: Part, *, default: bool = False) -> bool:
    work = part.choice("work", _WORK)
    return default if work is None else work == "done"


def _hold(part: Part, latency: Latency, match: Match) -> What:
    # A run's time-out is its text at once; whoever calls Kibana waits for their own.
    done = _is_done(part)
    if match.backend is None:
        return What(latency, wire=Hold(), work_done=done)
    return What(latency, timeout=True, work_done=done)


def _read_latency(part: Part) -> Latency:
    value = part.value.get("latency", 0)
    if not isinstance(value, dict):
        seconds = duration(value, "what.latency")
        return Latency(seconds, seconds)
    bounds = Part(value, "what.latency", ("min", "max", "seed"))
    low, high = bounds.duration("min"), bounds.duration("max")
    if low is None or high is None:
        raise part.bad("latency", "a duration, or an object with min and max")
    if low > high:
        raise part.bad("latency", "a min that is not above the max")
    return Latency(low, high, bounds.integer("seed", 0) or 0)


def _read_answer(part: Part, latency: Latency) -> What:
    status = part.integer("status", 200, 599) or 429
    body = part.value.get("body")
    if body is not None and status in (204, 304):
        raise BadRule(f"what.body: an answer with the status {status} has no body")
    headers = _read_headers(part)
    retry_after = part.integer("retry_after", 1)
    if "status" in part and retry_after is not None:
        headers = {"retry-after": str(retry_after), **headers}

    def answer(facts: Facts) -> Answer:
        return facts.errors().answer(status, facts.path, body, headers)

    bucket = _read_bucket(part.value["rate"]) if "rate" in part else None
    return What(latency, answer, bucket=bucket, retry_after=retry_after)


def _read_headers(part: Part) -> dict[str, str]:
    value = part.value.get("headers", {})
    if not isinstance(value, dict):
        raise part.bad("headers", "an object of names and texts")
    headers = {}
    for name, text in value.items():
        where = f"what.headers.{name}"
        if not (name.isascii() and name.replace("-", "").replace("_", "").isalnum()):
            raise BadRule(f"{where}: expected the name of a header")
        if type(text) is int:
            text = str(text)
        if not isinstance(text, str) or not text.isprintable() or not _is_latin(text):
            raise bad(where, "a text of one line, in Latin-1", text)
        if name.lower() == "content-length" and not (text.isdecimal() and len(text) < _DIGITS):
            raise bad(where, "a number of bytes", text)
        headers[name.lower()] = text
    return headers


def _is_latin(text: str) -> bool:
    return all(ord(character) < 256 for character in text)


def _read_bucket(value: Json) -> Bucket:
    part = Part(value, "what.rate", (*_PERIODS, "burst"))
    given = [key for key in _PERIODS if key in part]
    if len(given) != 1:
        raise bad("what.rate", "one of per_second, per_minute", value)
    amount = part.number(given[0], "a number above 0")
    if not amount:
        raise part.bad(given[0], "a number above 0")
    burst = part.integer("burst", 1) or max(1, ceil(amount))
    return Bucket(Fraction(str(amount)), _PERIODS[given[0]], burst)
