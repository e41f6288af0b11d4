"""The control plane: all that can be asked of a world, seen in it and done to it, as plain JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mockkibana.budget import WORK, OverBudget
from mockkibana.clock import iso, monotonic
from mockkibana.control import settings_body, snapshots
from mockkibana.control.errors import ControlError, bad_request, not_found
from mockkibana.control.known import check_route, check_scripted_type, check_type
from mockkibana.control.query import JournalQuery, OutboxQuery
from mockkibana.control.verbs import VERBS
from mockkibana.faults import BadRule, NoRule
from mockkibana.jira.records.records import COMMENTS, ISSUES
from mockkibana.journal import JournalOff
from mockkibana.json import Json, Record
from mockkibana.kibana.caller import Caller
from mockkibana.outbound.outbox import DELIVERIES
from mockkibana.security.tables import API_KEYS, ROLES, TOKENS, USERS
from mockkibana.seeds import BadSeed, Seed, parse_seed, parse_text
from mockkibana.store.state import copied_out
from mockkibana.world import PARTS, World

if TYPE_CHECKING:
    from mockkibana.journal import Call
    from mockkibana.records import (
        CallRecord,
        DeliveryRecord,
        FaultRecord,
        LineRecord,
        SettingsRecord,
    )
    from mockkibana.world.worlds import Worlds

__all__ = ["ControlError", "ControlPlane"]

_DOCUMENTS = "elasticsearch.documents/"
_PATIENCE = 0.5  # seconds until a wait looks whether its world has ended, or its caller left


class ControlPlane:
    """The verbs of control over one world, a method for each row of the table `VERBS`.

    Each may raise `ControlError`. `worlds` are all worlds of the process, where there can be more
    than one; `has_left` tells whether the caller does not wait any more. What is returned is plain
    JSON, and the caller's own.
    """

    def __init__(
        self,
        world: World,
        worlds: Worlds | None = None,
        has_left: Callable[[], bool] | None = None,
    ) -> None:
        self._world = world
        self._worlds = worlds
        self._has_left = has_left or (lambda: False)

    def index(self) -> list[Record]:
        """Return the method and the path of each verb, what it does, and its arguments if any."""
        return [verb.shown() for verb in VERBS.values()]

    # State

    def state(self) -> Record:
        """Return how much there is of each part."""
        world, store = self._world, self._world.store
        documents = [table for table in store.tables() if table.startswith(_DOCUMENTS)]
        return {
            "world": world.name or None,
            "connectors": len(store.table("kibana.connectors")),
            "preconfigured": len(world.settings.preconfigured)
            + len(store.table("kibana.preconfigured")),
            "spaces": len(world.spaces.get_all(Caller())),
            "elasticsearch": {
                "indices": len(store.table("elasticsearch.indices")),
                "documents": sum(len(store.table(table)) for table in documents),
            },
            "jira": {
                "projects": len(store.table("jira:projects")),
                "issues": len(store.table(ISSUES)),
                "comments": len(store.table(COMMENTS.table)),
            },
            "security": {
                "enabled": world.is_secured,
                "users": len(store.table(USERS)),
                "roles": len(store.table(ROLES)),
                "api_keys": len(store.table(API_KEYS)),
                "tokens": len(store.table(TOKENS)),
            },
            "outbox": len(store.table(DELIVERIES)),
            "journal": len(world.journal.records()),
            "log": len(world.log.lines),
            "faults": len(world.faults.list()),
            "bugs": len(world.bugs),
            "snapshots": sorted(world.snapshots),
            "clock": world.clock.state(),
        }

    def reset(self, *, empty: bool = False, parts: list[str] | None = None) -> Record:
        """Put the world back to its start, or some parts of it; with `empty` to nothing.

        Returns the state then. Snapshots stay.
        """
        if not isinstance(empty, bool):
            raise bad_request(f"empty is {empty!r}; expected true or false.")
        wanted = list(PARTS) if parts is None else parts
        if not isinstance(wanted, list) or not all(isinstance(part, str) for part in wanted):
            raise bad_request(f"parts is {wanted!r}; expected a list of {', '.join(PARTS)}.")
        for part in wanted:
            if part not in PARTS:
                raise bad_request(
                    f"{part!r} is no part that can be reset; expected some of {', '.join(PARTS)}."
                )
        self._world.reset(empty=empty, parts=wanted)
        return self.state()

    def seed(self, content: Json) -> Record:
        """Add a seed to what is there: its content, or its text as JSON or YAML.

        Returns the state then.
        """
        try:
            self._world.seed(_seed(content))
        except BadSeed as error:
            raise bad_request(f"{str(error).rstrip('.;')}. Nothing was changed.") from None
        return self.state()

    def snapshot(self, *, secrets: bool = False) -> Record:
        """Return the state as the content of a seed file, with or without secrets."""
        return snapshots.as_file(self._world, secrets=secrets)

    def snapshots(self) -> list[Record]:
        """Return what is told of each snapshot in memory, oldest first."""
        return [snapshot.shown() for snapshot in list(self._world.snapshots.values())]

    def save_snapshot(self, name: str) -> Record:
        """Keep the state, secrets included, under a name."""
        return snapshots.save(self._world, name).shown()

    def restore_snapshot(self, name: str) -> Record:
        """Make a snapshot the state; settings, clock, log, journal and faults stay as they are.

        Those faults end that have changed the state.
        """
        return snapshots.restore(self._world, name).shown()

    def delete_snapshot(self, name: str) -> Record:
        """Forget a snapshot."""
        snapshots.delete(self._world, name)
        return {"deleted": name}

    # Settings and clock

    def settings(self) -> SettingsRecord:
        """Return all settings, but no secrets."""
        return settings_body.shown(self._world.settings)

    def put_settings(self, settings: Json) -> SettingsRecord:
        """Replace the settings, until the next reset; keys that are left out get their default."""
        self._world.settings = settings_body.read(settings, self._world.settings)
        return self.settings()

    def clock(self) -> Record:
        """Return `{"now", "frozen"}`."""
        return self._world.clock.state()

    def put_clock(self, change: Json) -> Record:
        """Change the clock and return `{"now", "frozen"}`.

        The change is one of `{"freeze": TIME or true}` (true: at the present time),
        `{"set": TIME}`, `{"advance": DURATION}` and `{"resume": true}`. A time is ISO 8601, a
        duration a number of seconds or a text such as `21h`.
        """
        clock = self._world.clock
        try:
            match change:
                case {"freeze": True | None, **rest} if not rest:
                    clock.freeze()
                case {"freeze": str(time), **rest} if not rest:
                    clock.freeze(time)
                case {"set": str(time), **rest} if not rest:
                    clock.set(time)
                case {"advance": (str() | int() | float()) as duration, **rest} if not rest:
                    clock.advance(duration)
                case {"resume": True, **rest} if not rest:
                    clock.resume()
                case _:
                    raise bad_request(
                        f"{change!r} is no change of a clock; expected one of "
                        '{"freeze": TIME or true}, {"set": TIME}, {"advance": DURATION}, '
                        '{"resume": true}.'
                    )
        except ValueError as error:
            raise bad_request(f"{next(iter(change))}: {error}.") from None
        return clock.state()

    # Journal and log

    def journal(self, **query: Json) -> list[CallRecord]:
        """Return the calls that match a query, oldest first, as they are rendered.

        The keys are those of `JournalQuery`. With `wait`, a duration, this returns as soon as there
        are `count` of them (1), and at its end with those that there are.
        """
        from mockkibana.journal.rendering import render

        return [render(call) for call in self._calls(query)]

    def count(self, **query: Json) -> Record:
        """Return `{"count"}`, of the calls that match a query."""
        return {"count": len(self._calls(query))}

    def har(self, **query: Json) -> Record:
        """Return the calls that match a query as an HTTP archive, version 1.2."""
        from mockkibana.journal.rendering import har

        return har(self._calls(query))

    def clear_journal(self) -> Record:
        """Forget all calls."""
        return self._cleared("journal", self._world.journal.clear)

    def log(self) -> list[LineRecord]:
        """Return the lines of Kibana's log, oldest first."""
        return [
            {
                "time": iso(line.time),
                "level": line.level,
                "logger": line.logger,
                "message": line.message,
            }
            for line in self._world.log.lines
        ]

    def clear_log(self) -> Record:
        """Forget the log."""
        return self._cleared("log", self._world.log.clear)

    def bugs(self) -> list[str]:
        """Return the tracebacks of what went wrong in mockkibana itself."""
        return list(self._world.bugs)

    def outbox(
        self,
        *,
        type: str | None = None,
        connector: str | None = None,
        space: str | None = None,
        since: Json = None,
        wait: Json = None,
        count: Json = None,
    ) -> list[DeliveryRecord]:
        """Return what runs sent to third parties, oldest first, as `outbound.outbox` keeps it.

        `since` is the number of a delivery, or a time, and all have to be newer. With `wait`, a
        duration, this returns as soon as there are `count` of them (1), and at its end with those
        that there are.
        """
        given = {"type": type, "connector": connector, "space": space}
        query = OutboxQuery.of({**given, "since": since, "wait": wait, "count": count})
        outbox = self._world.outbox
        check_type(self._world.connector_types, type, "type", outbox.type_ids)

        def look(seconds: float) -> list[Record]:
            return outbox.wait(query.count, seconds, since=query.since, **query.conditions)

        found = look(0)
        for seconds in self._moments(query.wait):
            if len(found) >= query.count:
                break
            found = look(seconds)
        return cast("list[DeliveryRecord]", copied_out(found))

    def clear_outbox(self) -> Record:
        """Forget what was sent."""
        return self._cleared("outbox", self._world.outbox.clear)

    def ai_reply(self, reply: Json) -> Record:
        """Script the completion of an AI connector's next request, and return what was read.

        The keys are those of `connectors.ai.Reply`; all may be left out.
        """
        from mockkibana.connectors.ai import REPLY, add_reply
        from mockkibana.seeds.seed_file import expected_keys
        from mockkibana.validation import Refused
        from mockkibana.validation.wording import sentence

        if isinstance(reply, dict):
            check_scripted_type(self._world.connector_types, reply.get("connector_type"))
        try:
            return add_reply(self._world.store, reply)
        except Refused as refused:
            text = sentence(refused.failure, "reply").removesuffix(".")
            raise bad_request(f"{text}{expected_keys(REPLY, refused.failure)}.") from None

    # Faults

    def faults(self) -> list[FaultRecord]:
        """Return the rules, each with what it `matched` and how often it `fired`."""
        return cast("list[FaultRecord]", self._world.faults.list())

    def fault(self, id: str) -> FaultRecord:
        """Return one rule, with what it `matched` and how often it `fired`."""
        try:
            return cast("FaultRecord", self._world.faults.get(id))
        except NoRule as error:
            raise ControlError(404, _sentence(error)) from None

    def add_fault(self, rule: Json) -> FaultRecord:
        """Add a rule, or a domain fault by its name, and return it as `fault` does."""
        try:
            added = self._world.faults.add(rule)
        except BadRule as error:
            raise bad_request(_sentence(error)) from None
        return self.fault(added.id)

    def remove_fault(self, id: str) -> FaultRecord:
        """Take a rule away; return it as it was at the end."""
        rule = self.fault(id)
        with suppress(NoRule):  # another thread was faster
            self._world.faults.remove(id)
        return rule

    def clear_faults(self) -> Record:
        """Take all rules away."""
        return self._cleared("faults", self._world.faults.clear)

    # Worlds

    def worlds(self) -> list[Record]:
        """Return the state of each world that has a name."""
        if self._worlds is None:
            return []
        return [ControlPlane(world).state() for _, world in self._worlds.items()]

    def delete_world(self, name: str) -> Record:
        """Forget a world and all that it holds."""
        if self._worlds is None or not self._worlds.delete(name):
            names = [] if self._worlds is None else self._worlds.names()
            raise not_found(f"The world {name!r}", names)
        return {"deleted": name}

    def _calls(self, asked: Mapping[str, Json]) -> list[Call]:
        query = JournalQuery.of(asked)
        check_type(self._world.connector_types, asked.get("connector_type"), "connector_type")
        if asked.get("face") in (None, "kibana"):
            check_route(asked.get("route"))
        try:
            return self._found(query)
        except OverBudget:
            text = f"Looking through the journal took longer than {WORK:g} s; ask for less of it"
            raise ControlError(503, f"{text}, with since or a shorter pattern.") from None

    def _found(self, query: JournalQuery) -> list[Call]:
        journal = self._world.journal
        try:
            found = list(journal.matching(query.matches))
        except JournalOff as error:
            raise ControlError(409, _sentence(error)) from None
        for seconds in self._moments(query.wait):
            if len(found) >= query.count:
                break
            newest = found[-1].number if found else 0
            found += journal.wait(query.matches, seconds, since=newest)
        return found if query.limit is None else found[-query.limit :]

    def _moments(self, wait: float) -> Iterator[float]:
        """Yield how many seconds to wait next, while there is somebody who waits."""
        deadline = monotonic() + wait
        while (left := deadline - monotonic()) > 0:
            if self._world.waits.stopped or self._has_left():
                return
            yield min(left, _PATIENCE)

    def _cleared(self, part: str, clear: Callable[[], None]) -> Record:
        clear()
        return {"cleared": part}


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


def _seed(content: Json) -> Seed:
    if isinstance(content, str):
        content = parse_text(content, Path("seed"))
    return parse_seed(content)
