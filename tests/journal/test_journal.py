"""The journal's records: what is kept of a call, what is cut short, and waiting for calls."""

from __future__ import annotations

import gc
import weakref
from hashlib import sha256
from threading import Barrier, Thread
from typing import Any

import freezegun
import pytest
import time_machine

from mockkibana.clock import Clock
from mockkibana.journal import (
    KEPT_BYTES,
    KEPT_ITEMS,
    KEPT_TOTAL,
    BulkCreated,
    Call,
    Digest,
    Exchange,
    Journal,
    JournalOff,
    RunRecord,
    Shortened,
)
from mockkibana.journal.journal import IN_BODY
from mockkibana.journal.rendering import render

FROZEN = "2026-01-02T03:04:05+00:00"


def begun(journal: Journal, path: str = "/api/status") -> Call:
    call = journal.begin("GET", path, {"HTTP_HOST": "kibana.example.com"})
    assert call is not None
    return call


def called(journal: Journal, path: str = "/api/status") -> Call:
    call = begun(journal, path)
    journal.end(call)
    return call


def a_run(call: Call) -> RunRecord:
    run = RunRecord("a", ".index", "A", "default", {"documents": [{}]})
    call.runs.append(run)
    return run


def test_a_call_is_kept_once_it_has_ended_at_the_time_at_which_it_began() -> None:
    clock = Clock(frozen_at="2026-01-02T03:04:05Z")
    journal = Journal(clock)
    call = begun(journal)
    clock.advance(1)
    assert journal.records() == []
    journal.end(call)
    assert journal.records() == [call]
    assert call.time == 1_767_323_045_000
    assert call.seconds >= 0


def test_calls_are_numbered_in_the_order_in_which_they_end() -> None:
    journal = Journal(Clock())
    first, second = begun(journal), begun(journal)
    journal.end(second)
    journal.end(first)
    assert (second.number, first.number) == (1, 2)
    assert journal.records(since=1) == [first]
    assert journal.newest == 2


def test_the_oldest_calls_are_forgotten_beyond_the_limit() -> None:
    journal = Journal(Clock(), limit=3)
    for _ in range(5):
        called(journal)
    assert [call.number for call in journal.records()] == [3, 4, 5]


def test_numbers_go_on_after_the_journal_was_cleared() -> None:
    journal = Journal(Clock())
    called(journal)
    journal.clear()
    assert journal.records() == []
    assert called(journal).number == 2


def test_a_journal_with_a_limit_of_zero_keeps_nothing_and_refuses_to_be_asked() -> None:
    journal = Journal(Clock(), limit=0)
    assert not journal.enabled
    assert journal.begin("GET", "/", {}) is None
    assert journal.records() == []
    with pytest.raises(JournalOff, match="switched off"):
        journal.matching(bool)
    with pytest.raises(JournalOff, match="switched off"):
        journal.wait(bool, 5)


def test_of_a_big_body_only_size_digest_and_head_are_kept() -> None:
    journal = Journal(Clock())
    call = begun(journal)
    call.body = b"b" * (KEPT_BYTES + 1)
    call.response = b"r" * KEPT_BYTES
    run = a_run(call)
    journal.end(call)
    expected = Digest(KEPT_BYTES + 1, sha256(b"b" * (KEPT_BYTES + 1)).hexdigest(), b"b" * 1024)
    assert call.body == expected
    assert call.response == b"r" * KEPT_BYTES
    assert run.params == expected


@pytest.mark.parametrize("slot", ["body", "response"])
@pytest.mark.parametrize(
    "big",
    [
        lambda: ["x" * KEPT_BYTES],
        lambda: {"text": "x" * KEPT_BYTES},
        lambda: {"flags": [False] * (KEPT_BYTES // 5)},
        lambda: "x" * (KEPT_BYTES + 1),
        lambda: b"x" * (KEPT_BYTES + 1),
        lambda: [{"a": 1}] * (KEPT_ITEMS + 1),
    ],
    ids=["list", "object", "many-small", "text", "bytes", "bulk"],
)
def test_of_a_big_body_that_went_out_or_came_back_little_is_kept(big: Any, slot: str) -> None:
    journal = Journal(Clock())
    call = begun(journal)
    outbound = Exchange("jira", "POST", "https://jira.example.com")
    setattr(outbound, slot, big())
    a_run(call).outbound.append(outbound)
    journal.end(call)
    kept = getattr(outbound, slot)
    assert isinstance(kept, (Digest, Shortened))
    if isinstance(kept, Digest):
        assert kept.size > KEPT_BYTES
        assert len(kept.head) == 1024
    else:
        assert kept == Shortened(KEPT_ITEMS + 1, [{"a": 1}] * 3)


@pytest.mark.parametrize(
    "body",
    [None, "text", b"bytes", {"a": [1, None, "é"]}, [{"a": 1}] * KEPT_ITEMS],
    ids=["none", "text", "bytes", "object", "list"],
)
def test_a_small_body_is_kept_as_it_is(body: Any) -> None:
    journal = Journal(Clock())
    call = begun(journal)
    outbound = Exchange("jira", "POST", "https://jira.example.com", body)
    outbound.response = bulk = BulkCreated("logs", ["1"], 0, 1, 1, False)
    a_run(call).outbound.append(outbound)
    journal.end(call)
    assert outbound.body is body
    assert outbound.response is bulk


def test_the_documents_of_a_big_bulk_do_not_stay_alive() -> None:
    class Value:
        pass

    journal = Journal(Clock())
    call = begun(journal)
    value = Value()
    watched = weakref.ref(value)
    documents: list[Any] = [{"a": 1}] * KEPT_ITEMS + [value]
    a_run(call).outbound.append(Exchange("elasticsearch", "POST", "/_bulk", documents))
    journal.end(call)
    del value, documents
    gc.collect()
    assert watched() is None


def test_waiting_returns_at_once_what_is_already_there() -> None:
    journal = Journal(Clock())
    call = called(journal)
    assert journal.wait(lambda _: True, 0) == [call]
    assert journal.wait(lambda _: True, 0, since=1) == []


@pytest.mark.parametrize("frozen", [None, freezegun.freeze_time, time_machine.travel])
def test_waiting_ends_after_its_time_whoever_holds_the_clock(frozen: Any) -> None:
    journal = Journal(Clock())
    if frozen is None:
        assert journal.wait(lambda _: True, 0.01) == []
        return
    with frozen(FROZEN) if frozen is freezegun.freeze_time else frozen(FROZEN, tick=False):
        assert journal.wait(lambda _: True, 0.01) == []


def test_every_waiter_gets_the_call_that_it_waits_for_and_no_other() -> None:
    journal = Journal(Clock())
    ready = Barrier(9)
    found: dict[str, list[Call]] = {}

    def waiting(path: str) -> None:
        ready.wait()
        found[path] = journal.wait(lambda call: call.target == path, 30)

    waiters = [Thread(target=waiting, args=(f"/{number}",)) for number in range(8)]
    for waiter in waiters:
        waiter.start()
    ready.wait()
    calls = {f"/{number}": called(journal, f"/{number}") for number in range(8)}
    for waiter in waiters:
        waiter.join()
    assert found == {path: [call] for path, call in calls.items()}


def test_a_waiter_looks_at_each_call_once() -> None:
    journal = Journal(Clock())
    for _ in range(3):
        called(journal)
    seen: list[int] = []

    def is_last(call: Call) -> bool:
        seen.append(call.number)
        if call.number == 3:
            Thread(target=lambda: [called(journal) for _ in range(3)]).start()
        return call.number == 6

    assert [call.number for call in journal.wait(is_last, 30)] == [6]
    assert seen == [1, 2, 3, 4, 5, 6]


def test_a_waiter_outlives_a_cleared_journal() -> None:
    journal = Journal(Clock())
    called(journal)

    def never_the_first(call: Call) -> bool:
        if call.number == 1:
            Thread(target=lambda: (journal.clear(), called(journal))).start()
            return False
        return True

    assert [call.number for call in journal.wait(never_the_first, 30)] == [2]


def test_no_call_of_many_threads_is_lost() -> None:
    journal = Journal(Clock())
    threads = [Thread(target=lambda: [called(journal) for _ in range(100)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [call.number for call in journal.records()] == list(range(1, 801))


def test_the_oldest_calls_are_forgotten_where_all_take_too_much_memory() -> None:
    journal = Journal(Clock())
    for _ in range(2 * KEPT_TOTAL // KEPT_BYTES):
        call = begun(journal)
        call.body = b"b" * KEPT_BYTES
        journal.end(call)
    calls = journal.records()
    assert calls[-1].number == journal.newest
    assert KEPT_TOTAL * 0.9 < sum(len(call.body) for call in calls) <= KEPT_TOTAL


def test_params_are_kept_as_the_text_that_they_came_in() -> None:
    journal = Journal(Clock())
    call = begun(journal)
    call.body = b'{"params":{"x":[' + b",".join([b"{}"] * 1000) + b'],"n":1.0}}'
    run = a_run(call)
    run.params = {"x": [{}] * 1000, "n": 1}
    journal.end(call)
    assert run.params is IN_BODY
    assert render(call)["runs"][0]["params"] == {"x": [{}] * 1000, "n": 1}
