"""Fault rules: what goes wrong with the calls of a world, and with the requests of its runs."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from mockkibana.clock import Clock
from mockkibana.faults.errors import BadRule, NoRule
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.faults.facts import CallFacts, Effect, Facts, OutboundFacts
    from mockkibana.faults.presets import Behind
    from mockkibana.faults.rules import Rule

Shown: TypeAlias = dict[str, Json]
AllShown: TypeAlias = list[Shown]  # inside of `Faults`, `list` is its method


class Faults:
    """The rules of one world, in the order in which they were added. Safe for threads.

    Of the rules that match a request the first one whose `when` holds answers; those before it that
    only delay add up. Each rule counts every request that it matches, also where another one has
    answered: the third call is the third call. `active` is false as long as there is no rule.

    `behind` tells to whom runs send requests, and what can go wrong there by name.
    """

    def __init__(self, clock: Clock, behind: Behind) -> None:
        self._clock = clock
        self._behind = behind
        self._lock = Lock()
        self._numbers = count(1)
        self._rules: tuple[Rule, ...] = ()
        self.active = False

    def add(self, rule: Json) -> Rule:
        """Add a rule, as a JSON object; one without an `id` gets one. Raises `BadRule`.

        A domain fault changes the world's state at once, and takes back the change when its rule
        goes.
        """
        from mockkibana.faults.rules import read_rule  # a world without rules need not wait for it

        added = read_rule(deepcopy(rule), self._behind)
        added.weigh(self._behind)
        try:
            with self._lock:
                added.id = self._id_for(added)
                self._rules = (*self._rules, added)
                self.active = True
        except BadRule:
            added.undo()
            raise
        return added

    def remove(self, rule_id: str) -> None:
        """Remove a rule. Raises `NoRule`."""
        with self._lock:
            gone = self._find(rule_id)
            self._rules = tuple(rule for rule in self._rules if rule is not gone)
            self.active = bool(self._rules)
        gone.undo()

    def clear(self) -> None:
        """Remove every rule; ids are given out anew."""
        with self._lock:
            gone, self._rules = self._rules, ()
            self.active = False
            self._numbers = count(1)
        for rule in reversed(gone):
            rule.undo()

    def straighten(self) -> None:
        """Remove the rules that have bent the state of the world."""
        with self._lock:
            gone = [rule for rule in self._rules if rule.bends]
            self._rules = tuple(rule for rule in self._rules if rule not in gone)
            self.active = bool(self._rules)
        for rule in reversed(gone):
            rule.undo()

    def get(self, rule_id: str) -> Shown:
        """Return a rule as it was added, with `matched`, `fired` and `consumed`.

        A rule is consumed when it has fired as often as its `when` allows, or at all where that
        has no end. Raises `NoRule`.
        """
        with self._lock:
            return self._find(rule_id).shown()

    def list(self) -> AllShown:
        """Return every rule, as `get` does."""
        with self._lock:
            return [rule.shown() for rule in self._rules]

    def unconsumed(self) -> AllShown:
        """Return the rules that are not consumed yet, as `get` does."""
        return [shown for shown in self.list() if not shown["consumed"]]

    def assert_consumed(self, rule_id: str | None = None) -> None:
        """Raise AssertionError, with the counts, unless a rule, or every rule, is consumed."""
        rules = self.list() if rule_id is None else [self.get(rule_id)]
        told = [
            f"the fault rule {rule['id']} matched {rule['matched']} and fired {rule['fired']} "
            f"times, expected {rule['expected']}"
            for rule in rules
            if not rule["consumed"]
        ]
        if told:
            raise AssertionError("; ".join(told))

    def on_call(self, facts: CallFacts) -> Effect | None:
        """Return what happens to a call that arrives; None for nothing."""
        return self._effect(facts)

    def on_outbound(self, facts: OutboundFacts) -> Effect | None:
        """Return what happens to a request that a run is about to send; None for nothing."""
        return self._effect(facts)

    def _effect(self, facts: Facts) -> Effect | None:
        matching = [rule for rule in self._rules if rule.matches(facts)]
        if not matching:
            return None
        fired = []
        delay, last = 0.0, None
        with self._lock:
            now = self._clock.milliseconds()  # under the lock: it must not run backwards
            for rule in matching:
                effect = rule.strike(facts, now, free=last is None or not last.ends)
                if effect is not None:
                    fired.append(rule)
                    delay += effect.delay
                    last = effect
        if last is None:
            return None
        for rule in fired:
            rule.act(facts)
        return replace(last, rule_ids=tuple(rule.id for rule in fired), delay=delay)

    def _id_for(self, rule: Rule) -> str:
        taken = {other.id for other in self._rules}
        if rule.id in taken:
            raise BadRule(f"id: there is a rule {rule.id} already")
        numbered = (f"{rule.name or 'fault'}-{number}" for number in self._numbers)
        wanted = rule.id or (rule.name if rule.name not in taken else None)
        return wanted or next(id_ for id_ in numbered if id_ not in taken)

    def _find(self, rule_id: str) -> Rule:
        for rule in self._rules:
            if rule.id == rule_id:
                return rule
        known = ", ".join(rule.id for rule in self._rules) or "none"
        raise NoRule(f"there is no fault rule {rule_id}; there are: {known}")
