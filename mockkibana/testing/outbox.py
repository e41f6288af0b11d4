"""The outbox of a handle's world: what runs sent to third parties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar, overload

from mockkibana.clock import monotonic, parse_duration
from mockkibana.control.errors import ControlError
from mockkibana.testing.matching import differences
from mockkibana.testing.sent import (
    KINDS,
    Alert,
    Completion,
    Incident,
    Mail,
    PagerDutyEvent,
    Sent,
    SlackMessage,
    TeamsMessage,
)

if TYPE_CHECKING:
    from mockkibana.control.plane import ControlPlane
    from mockkibana.json import Record
    from mockkibana.records import DeliveryRecord

Kind = TypeVar("Kind", bound=Sent)

_SHOWN = 5
_NEAREST = 3


class Completions(Sequence[Completion]):
    """What the AI connectors of a world asked for and got, oldest first; it also scripts that."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    @overload
    def __getitem__(self, index: int) -> Completion: ...

    @overload
    def __getitem__(self, index: slice) -> list[Completion]: ...

    def __getitem__(self, index: int | slice) -> Completion | list[Completion]:
        return _of_kind(self._plane, Completion)[index]

    def __len__(self) -> int:
        return len(_of_kind(self._plane, Completion))

    def __repr__(self) -> str:
        return repr(_of_kind(self._plane, Completion))

    def reply(
        self,
        text: str = "",
        *,
        tool_calls: Sequence[Mapping[str, object]] = (),
        usage: Mapping[str, int] | None = None,
        prompt: str | None = None,
        connector_type: str | None = None,
    ) -> None:
        """Script one completion; each is used once, in order, those for a `prompt` first.

        `prompt` is what the last message of the user has to be, in which `*` stands for any
        characters; `tool_calls` are `{"name": ..., "arguments": {...}}`; `usage` has
        `prompt_tokens` and `completion_tokens`, which are counted words where it does not.
        Raises `mockkibana.ControlError` for a reply that cannot be.
        """
        given = {"text": text, "prompt": prompt, "connector_type": connector_type}
        reply: Record = {key: value for key, value in given.items() if value is not None}
        if tool_calls:
            is_list = isinstance(tool_calls, Sequence)
            reply["tool_calls"] = [*map(_plain, tool_calls)] if is_list else tool_calls
        if usage is not None:
            reply["usage"] = _plain(usage)
        self._plane.ai_reply(reply)


class OutboxView:
    """The deliveries of a world, read afresh at every call, oldest first.

    Assertions raise `AssertionError` with what was asked, what was sent instead, and how that
    differs; pytest shows the test's own line (`__tracebackhide__`). What they are given by name are
    attributes of what the type sends, and in what they may be is said at
    `mockkibana.testing.matching.differences`: in a text `*` stands for any characters, of an object
    the named keys count, a regular expression and a function do, too.
    """

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        #: What AI connectors asked for and got; `ai.reply` scripts it.
        self.ai = Completions(plane)

    @property
    def mail(self) -> list[Mail]:
        """What `.email` connectors sent."""
        return _of_kind(self._plane, Mail)

    @property
    def slack(self) -> list[SlackMessage]:
        """What `.slack` and `.slack_api` connectors posted."""
        return _of_kind(self._plane, SlackMessage)

    @property
    def teams(self) -> list[TeamsMessage]:
        """What `.teams` connectors posted."""
        return _of_kind(self._plane, TeamsMessage)

    @property
    def pagerduty(self) -> list[PagerDutyEvent]:
        """The events that `.pagerduty` connectors sent."""
        return _of_kind(self._plane, PagerDutyEvent)

    @property
    def alerts(self) -> list[Alert]:
        """The alerts that `.opsgenie` connectors opened and closed."""
        return _of_kind(self._plane, Alert)

    @property
    def incidents(self) -> list[Incident]:
        """What was made and changed in ServiceNow, Resilient, Swimlane, TheHive and the like."""
        return _of_kind(self._plane, Incident)

    @property
    def webhook(self) -> list[Sent]:
        """The requests of `.webhook` connectors."""
        return self.sent(".webhook")

    def sent(
        self,
        type: str | None = None,
        *,
        connector: str | None = None,
        space: str | None = None,
        since: int | str | None = None,
    ) -> list[Sent]:
        """Return what `deliveries` does, as values; each is of the kind that its type sends.

        Requests that are for no more than a token or a look are left out where the type's kind
        tells them from what it sends.
        """
        found = self.deliveries(type, connector=connector, space=space, since=since)
        return _told(found)

    def deliveries(
        self,
        type: str | None = None,
        *,
        connector: str | None = None,
        space: str | None = None,
        since: int | str | None = None,
    ) -> list[DeliveryRecord]:
        """Return what was sent, oldest first; by connectors of a type, by one, or from a space.

        `since` is the `seq` of a delivery, all are newer; or a time in ISO 8601, from which on they
        are. Each is a `mockkibana.records.DeliveryRecord`.
        """
        return self._plane.outbox(type=type, connector=connector, space=space, since=since)

    def assert_sent(
        self,
        type: str | None = None,
        *,
        connector: str | None = None,
        space: str | None = None,
        **expected: Any,
    ) -> list[Sent]:
        """Assert that something like this was sent; return all that is like it."""
        __tracebackhide__ = True
        sent = self.sent(type, connector=connector, space=space)
        found = _like(sent, type, expected)
        if not found:
            wanted = _in_words(type, connector, space, expected)
            text = self._missing(f"Expected {wanted}", sent, expected)
            raise AssertionError(f"{text}\n{self._advice(type, connector, space)}")
        return found

    def assert_not_sent(
        self,
        type: str | None = None,
        *,
        connector: str | None = None,
        space: str | None = None,
        **expected: Any,
    ) -> None:
        """Assert that nothing like this was sent."""
        __tracebackhide__ = True
        found = _like(self.sent(type, connector=connector, space=space), type, expected)
        if found:
            wanted = _in_words(type, connector, space, expected)
            were = "was" if len(found) == 1 else "were"
            text = f"Expected no {wanted.partition(' ')[2]}, but there {were} {len(found)}:"
            raise AssertionError(_listed(text, found))

    def wait_for(
        self,
        type: str | None = None,
        *,
        connector: str | None = None,
        space: str | None = None,
        timeout: float | str = 5,
        count: int = 1,
        **expected: Any,
    ) -> list[Sent]:
        """Wait until `count` things like this were sent; return all of them.

        `timeout` is real time, in seconds or as `250ms`; when it is over the assertion fails.
        """
        __tracebackhide__ = True
        seconds = parse_duration(timeout)
        deadline, since, sent = monotonic() + seconds, 0, list[Sent]()
        given: Any = {"type": type, "connector": connector, "space": space}
        while len(found := _like(sent, type, expected)) < count:
            left = deadline - monotonic()
            if left <= 0:
                wanted = _in_words(type, connector, space, expected)
                number = "" if count == 1 else f"{count} times "
                text = f"Expected {number}{wanted} within {seconds:g} s"
                if found:
                    raise AssertionError(_listed(f"{text}, but there were {len(found)}:", found))
                text = self._missing(text, sent, expected)
                raise AssertionError(f"{text}\n{self._advice(type, connector, space)}")
            new = self._plane.outbox(**given, since=since, wait=round(left, 3))
            since = new[-1]["seq"] if new else since
            sent += _told(new)
        return found

    def clear(self) -> None:
        """Forget every delivery."""
        self._plane.clear_outbox()

    def _missing(self, wanted: str, sent: list[Sent], expected: dict[str, Any]) -> str:
        """Say that nothing was like it; show what comes next to it, else what was sent at all."""
        text = f"{wanted}, but there was none."
        if sent and expected:
            near = sorted(
                ((list(_differences(each, expected)), each) for each in reversed(sent)),
                key=lambda told: len(told[0]),
            )
            lines = [f"{each}: {'; '.join(how)}" for how, each in near[:_NEAREST]]
            return "\n  ".join((f"{text} Nearest to it:", *lines))
        if everything := _told(self.deliveries()):
            return _listed(f"{text} What was sent:", everything)
        return f"{text} Nothing was sent."

    def _advice(self, type: str | None, connector: str | None, space: str | None) -> str:
        """Say what to do about what was not sent: where to look, by what became of the runs."""
        asked = {"connector_type": type, "connector": connector, "space": space}
        try:
            calls = self._plane.journal(route="*/_execute", **asked)
        except ControlError as error:  # nothing is remembered
            return str(error)
        runs = [run for call in calls for run in call["runs"]]
        if not runs:
            return "No such connector was run; journal.calls() tells what was called."
        last = runs[-1]
        if last["status"] == "error":
            told = ": ".join(filter(None, (last["message"], last["service_message"])))
            where = f"journal.calls(connector={last['connector_id']!r})"
            return f"The last run (of {len(runs)}) failed: {told}. {where} tells all of it."
        shown = "" if type is None else repr(type)
        return f"outbox.sent({shown}) tells all of it; outbox.wait_for waits for what is to come."


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else value


def _of_kind(plane: ControlPlane, kind: type[Kind]) -> list[Kind]:
    types = [type_id for type_id, sends in KINDS.items() if sends is kind]
    deliveries = plane.outbox(type=types[0] if len(types) == 1 else None)
    of_types = (each for each in deliveries if each["connector_type_id"] in types)
    return [sent for sent in map(kind.of, of_types) if sent is not None]


def _told(deliveries: list[DeliveryRecord]) -> list[Sent]:
    told = (KINDS.get(each["connector_type_id"], Sent).of(each) for each in deliveries)
    return [sent for sent in told if sent is not None]


def _like(sent: list[Sent], type_id: str | None, expected: dict[str, Any]) -> list[Sent]:
    """Return what is as expected. Raises TypeError for a name that nothing of the type has."""
    kinds = {*KINDS.values(), Sent} if type_id is None else {KINDS.get(type_id, Sent)}
    known = {name for kind in kinds for name in _attributes(kind)}
    for name in expected:
        if name not in known:
            what = "is sent" if type_id is None else f"connectors of the type {type_id} send"
            raise TypeError(
                f"nothing that {what} has the attribute {name!r}; expected some of "
                f"{', '.join(sorted(known))}"
            )
    return [each for each in sent if not any(_differences(each, expected))]


def _attributes(kind: type[Sent]) -> list[str]:
    own = [name for name in dir(kind) if isinstance(getattr(kind, name), property)]
    return [*(each.name for each in fields(kind) if each.name != "record"), *own]


def _differences(sent: Sent, expected: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for name, value in expected.items():
        if hasattr(sent, name):
            found += differences(value, getattr(sent, name), name)
        else:
            found.append(f"it has no {name}")
    return found


def _in_words(
    type_id: str | None, connector: str | None, space: str | None, expected: dict[str, Any]
) -> str:
    """Put what is asked for into words: `a delivery of '.slack' from space 'b' with text 'x'`."""
    words = "a delivery"
    for preposition, value in (("of", type_id), ("by", connector), ("from space", space)):
        words += "" if value is None else f" {preposition} {value!r}"
    told = " and ".join(f"{name} {_shown(value)}" for name, value in expected.items())
    return f"{words} with {told}" if told else words


def _shown(value: object) -> str:
    return getattr(value, "pattern", None) or getattr(value, "__name__", None) or repr(value)


def _listed(text: str, sent: list[Sent]) -> str:
    left_out = [f"({len(sent) - _SHOWN} before these)"] if len(sent) > _SHOWN else []
    return "\n  ".join((text, *left_out, *map(str, sent[-_SHOWN:])))
