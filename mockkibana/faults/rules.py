"""A fault rule, and how it is read from JSON: match, what, when, or a domain fault by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from mockkibana.faults.errors import BadRule
from mockkibana.faults.facts import Effect, Facts
from mockkibana.faults.match import Match
from mockkibana.faults.presets import AnswerTo, Behind, nothing
from mockkibana.faults.reading import Part, bad, duration
from mockkibana.faults.when import Bucket, Latency, When
from mockkibana.http.breakages import Breakage, Empty, Garbage, Hold, Partial, Reset
from mockkibana.http.messages import Answer
from mockkibana.json import Json

FACES = ("kibana", "elasticsearch", "jira")

_WIRES: dict[str, Breakage] = {
    "reset": Reset(),
    "empty": Empty(),
    "garbage": Garbage(),
    "partial": Partial("", (), b"", 0),
    "hold": Hold(),
}
_REFUSED = "refused"
_DOERS = ("status", "wire", "timeout", "rate")
_WHAT = ("status", "body", "headers", "latency", "wire", "timeout", "rate", "retry_after")
_WHEN = ("nth", "first", "every", "probability", "seed")
_PERIODS = {"per_second": 1_000, "per_minute": 60_000}
_MATCH_TEXTS = {
    "method": "POST",
    "space": "default",
    "connector": "the id of a connector",
    "connector_type": ".jira",
}
_DIGITS = 19  # that the length of a body never has

_AT_ONCE = Latency(0, 0)


@dataclass(frozen=True, slots=True)
class What:
    """What a rule does: it delays, and then at most one of the others.

    With a `bucket` the answer is for those requests for which there is no token; `retry_after`,
    in seconds, takes the place of the time until there is one.
    """

    latency: Latency = _AT_ONCE
    answer: AnswerTo | None = None
    wire: Breakage | None = None
    timeout: bool = False
    refused: bool = False
    bucket: Bucket | None = None
    retry_after: int | None = None


@dataclass(slots=True, eq=False)
class Rule:
    """One rule and its counts. `name` is that of a domain fault; `given` the JSON it was made of.

    `act` is called with each request on which it has fired, `undo` when the rule goes.
    """

    id: str
    given: dict[str, Json]
    match: tuple[Match, ...]
    when: When
    what: What
    name: str | None = None
    act: Callable[[Facts], None] = nothing
    undo: Callable[[], None] = nothing
    matched: int = 0
    fired: int = 0

    def matches(self, facts: Facts) -> bool:
        """Tell whether a request is one that the rule is about; counts nothing."""
        return any(match.holds(facts) for match in self.match)

    def strike(self, facts: Facts, now: int, *, free: bool) -> Effect | None:
        """Count a matching request and return the rule's part in what happens to it, if any.

        `now` is the world's time in milliseconds; nothing happens unless it is `free`, that is
        unless an earlier rule has answered. The caller sees to it that threads take turns.
        """
        self.matched += 1
        what = self.what
        if not free or not self.when.holds(self.matched):
            return None
        answer = what.answer(facts) if what.answer is not None else None
        if what.bucket is not None and answer is not None:
            seconds = what.bucket.take(now)
            if seconds is None:
                return None
            wait = what.retry_after or seconds
            answer = Answer(
                answer.status, answer.body, {"retry-after": str(wait), **answer.headers}
            )
        self.fired += 1
        delay = what.latency.at(self.matched)
        return Effect((self.id,), delay, answer, what.wire, what.timeout, what.refused)

    def shown(self) -> dict[str, Json]:
        """Return the rule as it was added, with its id and its counts."""
        return {
            **self.given,
            "id": self.id,
            "matched": self.matched,
            "fired": self.fired,
            "expected": self.when.expected,
            "consumed": self.fired >= self.when.wanted,
        }


def read_rule(value: Json, behind: Behind) -> Rule:
    """Read a rule; its `id` is empty unless it has one. Raises `BadRule`."""
    if isinstance(value, dict) and "fault" in value:
        return _read_domain(value, behind)
    part = Part(value, "", ("id", "match", "what", "when", "fault", "with"))
    if "with" in part:
        raise BadRule("with: it belongs to a domain fault, named by `fault`")
    if "what" not in part:
        wanted = f"an object with one of {', '.join(_DOERS)} or latency, or else a `fault`"
        raise bad("what", wanted, None)
    match = read_match(part.value.get("match", {}), behind)
    return Rule(
        part.text("id", "my-rule") or "",
        part.value,
        (match,),
        read_when(part.value.get("when", {})),
        read_what(part.value["what"], match),
    )


def _read_domain(value: dict[str, Json], behind: Behind) -> Rule:
    part = Part(value, "", ("id", "fault", "with", "match", "when"))
    name = part.text("fault", "jira-down")
    id_ = part.text("id", "my-rule") or ""
    narrowed, when = part.value.get("match"), part.value.get("when")
    # Both are read before the fault does anything.
    read_match({} if narrowed is None else narrowed, behind)
    read_when({} if when is None else when)
    preset = behind.preset(str(name), part.value.get("with", {}))
    steady = preset.what is None and preset.answer is None
    try:
        if steady and (narrowed is not None or when is not None):
            raise BadRule(f"fault: {name} changes the state of the world: no `match`, no `when`")
        if when is not None and preset.when is not None:
            raise BadRule(f"when: what {name} is given `with` says it already")
        taken = [key for match in preset.match for key in match if key in (narrowed or {})]
        if taken:
            raise BadRule(f"match: {name} says itself what [{taken[0]}] is")
        matches = tuple(read_match({**match, **(narrowed or {})}, behind) for match in preset.match)
        what = What(answer=preset.answer)
        if preset.what is not None:
            what = read_what(preset.what, matches[0])
    except BadRule:
        preset.undo()
        raise
    return Rule(
        id_,
        part.value,
        matches,
        read_when(when or preset.when or {}),
        what,
        name,
        preset.act,
        preset.undo,
    )


def read_match(value: Json, backends: Iterable[str]) -> Match:
    """Read what a rule applies to; `backends` are those that it may name. Raises `BadRule`."""
    part = Part(value, "match", ("face", "backend", *_MATCH_TEXTS, "route", "path", "body"))
    face, backend = part.choice("face", FACES), part.choice("backend", backends)
    if face is not None and backend is not None:
        raise BadRule(
            "match: `face` is about calls that arrive, `backend` about what runs send: choose one"
        )
    texts = {key: part.text(key, example) for key, example in _MATCH_TEXTS.items()}
    if texts["method"] is not None:
        texts["method"] = texts["method"].upper()
    path = _read_path(part, texts, of_kibana=face in (None, "kibana") and backend is None)
    body = Part(part.value.get("body", {}), "match.body", part.value.get("body", ())).value
    return Match(face=face, backend=backend, path=path, body=body, **texts)


def _read_path(part: Part, texts: dict[str, str | None], *, of_kibana: bool) -> str | None:
    """Return the pattern of a path; a `route` may begin with its method."""
    key = "route" if "route" in part else "path"
    if "route" in part and "path" in part:
        raise BadRule("match: `route` and `path` say the same: choose one")
    path = part.text(key, "/api/actions/connector/{id}/_execute")
    if path is None:
        return None
    method, space, rest = path.partition(" ")
    if key == "route" and space:
        if texts["method"] not in (None, method.upper()):
            raise part.bad(key, f"a route of {texts['method']}, as `method` says,")
        texts["method"], path = method.upper(), rest.strip()
    if not path.startswith(("/", "*")):
        raise part.bad(key, "a path that begins with / or *")
    if "?" in path:
        raise part.bad(key, "a path without a query")
    if of_kibana and path.startswith("/s/"):
        raise part.bad(key, "a path without its space, which `space` matches,")
    if path.startswith("/_mock/"):
        raise part.bad(key, "a path as its face sees it; `face` matches elasticsearch and jira,")
    return path


def read_when(value: Json) -> When:
    """Read on which requests a rule fires. Raises `BadRule`."""
    part = Part(value, "when", _WHEN)
    given = [key for key in _WHEN[:-1] if key in part]
    if len(given) > 1 or (part.value and not given):
        raise bad("when", f"one of {', '.join(_WHEN[:-1])}", value)
    if "seed" in part and given != ["probability"]:
        raise BadRule("when.seed: it belongs to `probability`")
    return When(
        part.integer("nth", 1),
        part.integer("first", 1),
        part.integer("every", 1),
        part.number("probability", "a number from 0 to 1", 1),
        part.integer("seed", 0) or 0,
    )


def read_what(value: Json, match: Match) -> What:
    """Read what a rule does to the requests that it matches. Raises `BadRule`."""
    part = Part(value, "what", _WHAT)
    doers = [key for key in _DOERS if key in part]
    if len(doers) > 1:
        raise BadRule(f"what: {' and '.join(doers)} exclude each other: choose one")
    if not doers and "latency" not in part:
        raise bad("what", f"one of {', '.join(_DOERS)} or latency", value)
    doer = doers[0] if doers else "latency"
    for key in ("body", "headers", "retry_after"):
        if key in part and doer not in ("status", "rate"):
            raise BadRule(f"what.{key}: it belongs to `status` or to `rate`, not to `{doer}`")
    latency = _read_latency(part)
    if doer in ("status", "rate"):
        return _read_answer(part, latency)
    if doer == "timeout":
        if part.value["timeout"] is not True:
            raise part.bad("timeout", "true")
        return _hold(latency, match)
    if doer == "wire":
        wire = part.choice("wire", (*_WIRES, _REFUSED))
        if wire == _REFUSED:
            if match.backend is None:
                raise BadRule(
                    "what.wire: whoever calls has a connection already, so it cannot be refused; "
                    "with match.backend the requests of runs can, and reset is next to it"
                )
            return What(latency, refused=True)
        return _hold(latency, match) if wire == "hold" else What(latency, wire=_WIRES[str(wire)])
    return What(latency)


def _hold(latency: Latency, match: Match) -> What:
    # A run's time-out is its text at once; whoever calls Kibana waits for their own.
    if match.backend is None:
        return What(latency, wire=Hold())
    return What(latency, timeout=True)


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
