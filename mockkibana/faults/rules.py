"""A fault rule, and how it is read from JSON: match, what, when, or a domain fault by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mockkibana.faults.errors import BadRule
from mockkibana.faults.facts import Effect, Facts
from mockkibana.faults.match import Match
from mockkibana.faults.presets import Behind, nothing
from mockkibana.faults.reading import Part, bad
from mockkibana.faults.what import DOERS, What, read_what
from mockkibana.faults.when import When
from mockkibana.http.messages import Answer
from mockkibana.json import Json, has_infinity

FACES = ("kibana", "elasticsearch", "jira")

_WHEN = ("nth", "first", "every", "probability", "seed")
_MATCH_TEXTS = {
    "method": "POST",
    "space": "default",
    "connector": "the id of a connector",
    "connector_type": ".jira",
}


@dataclass(slots=True, eq=False)
class Rule:
    """One rule and its counts. `name` is that of a domain fault; `given` the JSON it was made of.

    `warnings` tell why it can match nothing. `act` is called with each request on which it has
    fired, `undo` when the rule goes.
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
    warnings: tuple[str, ...] = ()

    @property
    def bends(self) -> bool:
        """Whether the state of the world is another one while the rule is there."""
        return self.undo is not nothing

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
        return Effect(
            (self.id,),
            delay,
            answer,
            what.wire,
            what.timeout,
            what.refused,
            what.tls,
            what.work_done,
        )

    def shown(self) -> dict[str, Json]:
        """Return the rule as it was added, with its id and its counts."""
        return {
            **self.given,
            "id": self.id,
            "matched": self.matched,
            "fired": self.fired,
            "expected": self.when.expected,
            "consumed": self.fired >= self.when.wanted,
            **({"warnings": list(self.warnings)} if self.warnings else {}),
        }

    def weigh(self, behind: Behind) -> None:
        """Note in `warnings` why the rule will never fire, as things are."""
        match = self.given.get("match") or {}
        doubts = (each for one in self.match for each in behind.doubts(one, match.get("route")))
        self.warnings = tuple(dict.fromkeys(doubts))


def read_rule(value: Json, behind: Behind) -> Rule:
    """Read a rule; its `id` is empty unless it has one. Raises `BadRule`."""
    if has_infinity(value):
        raise BadRule("the rule: a number in it is infinite, which JSON does not have")
    if isinstance(value, dict) and "fault" in value:
        return _read_domain(value, behind)
    part = Part(value, "", ("id", "match", "what", "when", "fault", "with"))
    if "with" in part:
        raise BadRule("with: it belongs to a domain fault, named by `fault`")
    if "what" not in part:
        wanted = f"an object with one of {', '.join(DOERS)} or latency, or else a `fault`"
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
