"""The rules of a world together: order, counts, and what comes of it."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.clock import Clock
from mockkibana.faults import BadRule, CallFacts, Effect, Faults, NoRule, OutboundFacts
from mockkibana.http.breakages import Hold, Reset
from mockkibana.world import World

CALL = CallFacts("POST", "/api/actions/connector/c/_execute", connector_id="c")
BULK = OutboundFacts("POST", "/logs/_bulk", backend="elasticsearch")
START = "2026-01-02T03:04:05Z"
WORLD = World()


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def faults(clock: Clock) -> Faults:
    return Faults(clock, WORLD.parties)


def statuses(faults: Faults, calls: int) -> list[int | None]:
    """Return what each of some calls is answered with, None where it goes on."""
    effects = [faults.on_call(CALL) for _ in range(calls)]
    return [effect.answer.status if effect and effect.answer else None for effect in effects]


def counts(faults: Faults) -> list[tuple[int, int]]:
    return [(rule["matched"], rule["fired"]) for rule in faults.list()]


def test_a_world_without_rules_is_not_active(faults):
    assert faults.active is False
    rule = faults.add({"what": {"status": 503}})
    assert faults.active is True
    faults.remove(rule.id)
    assert faults.active is False
    faults.add({"what": {"status": 503}})
    faults.clear()
    assert faults.active is False
    assert faults.on_call(CALL) is None


def test_the_first_rule_that_fires_answers(faults):
    faults.add({"match": {"connector": "other"}, "what": {"status": 500}})
    faults.add({"when": {"nth": 2}, "what": {"status": 501}})
    faults.add({"what": {"status": 502}})
    faults.add({"what": {"status": 503}})
    assert statuses(faults, 3) == [502, 501, 502]
    assert counts(faults) == [(0, 0), (3, 1), (3, 2), (3, 0)]


def test_a_rule_counts_calls_that_another_one_has_answered(faults):
    faults.add({"when": {"nth": 1}, "what": {"status": 501}})
    faults.add({"when": {"nth": 2}, "what": {"status": 502}})
    faults.add({"when": {"every": 3}, "what": {"status": 503}})
    assert statuses(faults, 6) == [501, 502, 503, None, None, 503]


def test_delays_add_up_with_the_next_rule_that_answers(faults):
    faults.add({"id": "slow", "what": {"latency": "250ms"}})
    faults.add({"id": "slower", "what": {"latency": 1}})
    faults.add({"id": "down", "when": {"first": 1}, "what": {"status": 503, "latency": "50ms"}})
    faults.add({"id": "late", "what": {"latency": 9}})
    effect = faults.on_call(CALL)
    assert (effect.delay, effect.answer.status) == (1.3, 503)
    assert effect.rule_ids == ("slow", "slower", "down")
    assert effect.rule_id == "down"
    assert effect.ends
    assert not effect.breaks
    effect = faults.on_call(CALL)
    assert effect == Effect(("slow", "slower", "late"), 10.25)
    assert not effect.ends


def test_calls_and_what_runs_send_are_apart(faults):
    faults.add({"id": "calls", "what": {"timeout": True}})
    faults.add({"id": "bulks", "match": {"backend": "elasticsearch"}, "what": {"timeout": True}})
    assert faults.on_call(CALL) == Effect(("calls",), wire=Hold())
    assert faults.on_outbound(BULK) == Effect(("bulks",), timeout=True)
    assert counts(faults) == [(1, 1), (1, 1)]


def test_a_request_that_no_rule_is_about_is_let_through(faults):
    faults.add({"match": {"path": "/other"}, "what": {"wire": "reset"}})
    assert faults.on_call(CALL) is None
    assert faults.on_call(CallFacts("GET", "/other")) == Effect(("fault-1",), wire=Reset())


def test_a_bucket_lets_through_what_the_worlds_time_allows(faults, clock):
    faults.add({"what": {"rate": {"per_minute": 2, "burst": 2}}})
    assert statuses(faults, 3) == [None, None, 429]
    assert faults.on_call(CALL).answer.headers["retry-after"] == "30"
    clock.advance(29)
    effect = faults.on_call(CALL)
    assert effect.answer.headers["retry-after"] == "1"
    assert effect.answer.body["message"] == "Too Many Requests"
    clock.advance(1)
    assert statuses(faults, 2) == [None, 429]
    clock.set("2020-01-01")
    assert statuses(faults, 1) == [429]
    clock.advance(3600)
    assert statuses(faults, 3) == [None, None, 429]
    assert counts(faults) == [(11, 6)]


def test_a_bucket_is_asked_only_where_no_other_rule_has_answered(faults):
    faults.add({"when": {"first": 2}, "what": {"status": 503}})
    faults.add({"what": {"rate": {"per_second": 1}, "retry_after": 9}})
    assert statuses(faults, 4) == [503, 503, None, 429]
    assert faults.on_call(CALL).answer.headers["retry-after"] == "9"


@pytest.mark.parametrize(
    ("facts", "shape"),
    [
        (CALL, "statusCode"),
        (
            CallFacts(
                "POST",
                "/logs/_bulk",
                face="elasticsearch",
                errors=lambda: WORLD.parties["elasticsearch"].errors,
            ),
            "error",
        ),
        (
            CallFacts(
                "POST",
                "/rest/api/2/issue",
                face="jira",
                errors=lambda: WORLD.parties["jira"].errors,
            ),
            "errorMessages",
        ),
    ],
)
def test_too_many_requests_are_told_in_the_shape_of_the_face(faults, facts, shape):
    faults.add({"what": {"rate": {"per_second": 1}}})
    assert faults.on_call(facts) is None
    assert shape in faults.on_call(facts).answer.body


def test_rules_are_shown_as_they_were_added_with_their_counts(faults):
    given = {"match": {"method": "POST"}, "what": {"status": 503, "body": {"a": []}}}
    rule = faults.add(given)
    given["what"]["body"]["a"].append("changed afterwards")
    shown = {
        "match": {"method": "POST"},
        "what": {"status": 503, "body": {"a": []}},
        "id": "fault-1",
        "matched": 0,
        "fired": 0,
        "expected": "at least 1",
        "consumed": False,
    }
    assert faults.list() == [shown]
    assert faults.get(rule.id) == shown
    assert faults.on_call(CALL).answer.body == {"a": []}


def test_ids_are_given_or_counted(faults):
    what = {"what": {"status": 503}}
    ids = [faults.add(rule).id for rule in (what, {"id": "fault-2", **what}, what)]
    assert ids == ["fault-1", "fault-2", "fault-3"]
    with pytest.raises(BadRule, match=r"^id: there is a rule fault-2 already$"):
        faults.add({"id": "fault-2", **what})
    faults.clear()
    assert faults.add(what).id == "fault-1"


def test_an_unknown_id_is_told_with_the_known_ones(faults):
    with pytest.raises(NoRule, match=r"^there is no fault rule x; there are: none$"):
        faults.get("x")
    faults.add({"id": "a", "what": {"status": 503}})
    faults.add({"id": "b", "what": {"status": 503}})
    with pytest.raises(NoRule, match=r"^there is no fault rule x; there are: a, b$"):
        faults.remove("x")


def test_a_test_can_assert_that_a_rule_was_consumed(faults):
    faults.add({"id": "twice", "when": {"first": 2}, "what": {"status": 503}})
    faults.add({"id": "third", "when": {"nth": 3}, "what": {"status": 503}})
    statuses(faults, 1)
    assert [rule["id"] for rule in faults.unconsumed()] == ["twice", "third"]
    with pytest.raises(AssertionError) as refused:
        faults.assert_consumed()
    assert str(refused.value) == (
        "the fault rule twice matched 1 and fired 1 times, expected 2; "
        "the fault rule third matched 1 and fired 0 times, expected 1"
    )
    statuses(faults, 1)
    faults.assert_consumed("twice")
    with pytest.raises(AssertionError, match="third matched 2 and fired 0 times, expected 1"):
        faults.assert_consumed("third")
    statuses(faults, 1)
    faults.assert_consumed()
    assert faults.unconsumed() == []


def test_every_call_of_many_threads_is_counted_once(faults):
    faults.add({"when": {"first": 100}, "what": {"status": 503}})
    faults.add({"when": {"every": 4}, "what": {"status": 500}})
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: statuses(faults, 1)[0], range(400)))
    assert counts(faults) == [(400, 100), (400, 75)]
    assert (found.count(503), found.count(500)) == (100, 75)


whens = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"nth": st.integers(1, 6)}),
    st.fixed_dictionaries({"first": st.integers(1, 6)}),
    st.fixed_dictionaries({"every": st.integers(1, 6)}),
)
rules = st.fixed_dictionaries(
    {
        "when": whens,
        "match": st.sampled_from([{}, {"connector": "a"}, {"connector": "b"}]),
        "what": st.sampled_from([{"status": 503}, {"latency": 1}]),
    }
)


def due(when: dict[str, int], ordinal: int) -> bool:
    """Tell in the plainest way whether a rule fires on the matching call of that number."""
    [(kind, n)] = when.items() or [("every", 1)]
    wanted = {"nth": {n}, "first": set(range(1, n + 1)), "every": set(range(n, 99, n))}
    return ordinal in wanted[kind]


@given(st.lists(rules, max_size=5), st.lists(st.sampled_from("ab"), max_size=12))
def test_rules_and_calls_in_any_order_do_what_the_plain_model_does(added, calls):
    faults = Faults(Clock(START), WORLD.parties)
    model: list[dict[str, Any]] = [
        {**rule, "id": faults.add(rule).id, "matched": 0, "fired": 0} for rule in added
    ]
    for connector in calls:
        expected: list[str] = []
        answered = False
        for rule in model:
            if rule["match"].get("connector", connector) != connector:
                continue
            rule["matched"] += 1
            if answered or not due(rule["when"], rule["matched"]):
                continue
            rule["fired"] += 1
            expected.append(rule["id"])
            answered = "status" in rule["what"]
        effect = faults.on_call(CallFacts("POST", "/", connector_id=connector))
        assert (effect.rule_ids if effect else ()) == tuple(expected)
        if effect:
            assert effect.ends == answered
            assert effect.delay == len(expected) - answered
    assert counts(faults) == [(rule["matched"], rule["fired"]) for rule in model]


def test_a_world_without_rules_does_not_wait_for_their_modules():
    code = (
        "import sys; from mockkibana.faults import Faults; from mockkibana.clock import Clock; "
        "Faults(Clock(), ()); "
        "print([m for m in sys.modules if 'faults.rules' in m or 'presets' in m])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
