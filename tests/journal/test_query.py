"""Questions to the journal: which calls match, and what a failed assertion says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from mockkibana.clock import Clock, parse_time
from mockkibana.journal import Call, Journal, RunRecord
from mockkibana.journal.query import JournalView, Query
from mockkibana.journal.rendering import Record, render

T0 = datetime(2026, 1, 2, tzinfo=UTC)
EXECUTE = "/api/actions/connector/{id}/_execute"


def execution(journal: Journal, connector: str, space: str = "default", status: str = "ok") -> Call:
    prefix = "" if space == "default" else f"/s/{space}"
    target = f"{prefix}/api/actions/connector/{connector}/_execute?q=1"
    call = journal.begin("POST", target, {}, "kibana", space)
    assert call is not None
    call.route, call.status, call.connector_id = EXECUTE, 200, connector
    run = RunRecord(connector, f".{connector}", connector, space)
    run.status = status
    call.runs.append(run)
    journal.end(call)
    return call


def request(journal: Journal, method: str, target: str, status: int, face: str = "kibana") -> Call:
    call = journal.begin(method, target, {}, face)
    assert call is not None
    call.status = status
    journal.end(call)
    return call


@pytest.fixture
def clock() -> Clock:
    return Clock(frozen_at=T0)


@pytest.fixture
def journal(clock: Clock) -> Journal:
    return Journal(clock)


@pytest.fixture
def calls(journal: Journal, clock: Clock) -> list[Call]:
    made = []
    for make in (
        lambda: execution(journal, "a"),
        lambda: execution(journal, "a", "ops", "error"),
        lambda: execution(journal, "b", "ops"),
        lambda: request(journal, "GET", "/api/actions/connector/a", 404),
        lambda: request(journal, "GET", "/_cluster/health", 200, "elasticsearch"),
    ):
        made.append(make())
        clock.advance(1)
    return made


@pytest.fixture
def view(journal: Journal) -> JournalView:
    """A view as a control plane serves it."""

    def fetch(*, wait: float = 0, count: int = 1, since: Any = None, **query: Any) -> list[Record]:
        if isinstance(since, str):
            since = parse_time(since)
        wanted = Query(since=since, **query)
        found = journal.matching(wanted.matches)
        while wait and len(found) < count:
            newest = found[-1].number if found else 0
            more = journal.wait(wanted.matches, wait, since=newest)
            found += more
            if not more:
                break
        return [render(call) for call in found]

    return JournalView(fetch)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [1, 2, 3, 4]),
        ({"connector": "a"}, [1, 2]),
        ({"connector": "x"}, []),
        ({"connector_type": ".b"}, [3]),
        ({"connector": "a", "connector_type": ".b"}, []),
        ({"connector": "a", "space": "ops"}, [2]),
        ({"connector": "a", "status": "ok"}, [1]),
        ({"status": "error"}, [2]),
        ({"status": 200}, [1, 2, 3]),
        ({"status": 404}, [4]),
        ({"route": EXECUTE}, [1, 2, 3]),
        ({"route": "/api/actions/connector/*"}, [1, 2, 3]),
        ({"method": "get"}, [4]),
        ({"path": "/api/actions/connector/a/_execute"}, [1, 2]),
        ({"path": "/s/ops/*"}, [2, 3]),
        ({"path": "/api/actions/connector/?"}, [4]),
        ({"path": "/api/actions/connector/[a]"}, []),
        ({"face": "elasticsearch"}, [5]),
        ({"face": "all"}, [1, 2, 3, 4, 5]),
        ({"since": 2}, [3, 4]),
        ({"until": 2}, [1, 2]),
        ({"since": T0 + timedelta(seconds=2)}, [3, 4]),
        ({"until": T0 + timedelta(seconds=1)}, [1, 2]),
    ],
    ids=str,
)
def test_a_query_takes_the_calls_that_it_means(
    calls: list[Call], query: dict[str, Any], numbers: list[int]
) -> None:
    matches = Query(**query).matches
    assert [call.number for call in calls if matches(call)] == numbers


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"user": "reader"}, [3]),
        ({"user": "reader", "face": "all"}, [3, 5]),
        ({"user": "reader", "status": 404}, []),
        ({"user": "read*"}, []),
    ],
    ids=str,
)
def test_a_query_takes_the_calls_of_a_user(
    calls: list[Call], query: dict[str, Any], numbers: list[int]
) -> None:
    calls[2].user = calls[4].user = "reader"
    calls[3].user = "elastic"
    matches = Query(**query).matches
    assert [call.number for call in calls if matches(call)] == numbers


@pytest.mark.usefixtures("calls")
def test_a_view_lists_and_counts_calls(view: JournalView) -> None:
    assert [call["number"] for call in view.calls(connector="a")] == [1, 2]
    assert view.count(since=T0 + timedelta(seconds=2)) == 2


@pytest.mark.usefixtures("calls")
def test_an_assertion_that_holds_returns_what_it_found(view: JournalView) -> None:
    assert len(view.assert_called(connector="a")) == 2
    assert view.assert_called_once(connector="a", status="error")["number"] == 2
    view.assert_not_called(connector="c")
    assert [call["number"] for call in view.wait_for(connector="a", count=2, timeout=0)] == [1, 2]


def failure(assertion: Any, **conditions: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        assertion(**conditions)
    return str(caught.value)


@pytest.mark.usefixtures("calls")
def test_a_missing_call_is_told_with_those_that_miss_by_one_condition(view: JournalView) -> None:
    assert failure(view.assert_called_once, connector="b", space="default") == (
        "Expected exactly one run of connector 'b' with space 'default', but there was none. "
        "Near to it:\n"
        "  #1 POST /api/actions/connector/a/_execute 200 (a .a ok) (but for connector)\n"
        "  #3 POST /s/ops/api/actions/connector/b/_execute 200 (b .b ok) (but for space)"
    )


@pytest.mark.usefixtures("calls")
def test_a_missing_call_on_one_face_is_looked_for_on_all(view: JournalView) -> None:
    assert failure(view.assert_called, path="/_cluster/*", face="jira") == (
        "Expected a call with path '/_cluster/*' and face 'jira', but there was none. "
        "Near to it:\n"
        "  #5 GET /_cluster/health 200 (but for face)"
    )


@pytest.mark.usefixtures("calls")
def test_a_call_that_nothing_came_near_to_is_told_with_what_came(
    view: JournalView, journal: Journal
) -> None:
    journal.records()[3].hint = "connector exists in space `x`"
    request(journal, "GET", "/", 302)
    assert failure(view.assert_called, connector="c") == (
        "Expected a run of connector 'c', but there was none. What came:\n"
        "  (1 before these)\n"
        "  #2 POST /s/ops/api/actions/connector/a/_execute 200 (a .a error)\n"
        "  #3 POST /s/ops/api/actions/connector/b/_execute 200 (b .b ok)\n"
        "  #4 GET /api/actions/connector/a 404 [connector exists in space `x`]\n"
        "  #5 GET /_cluster/health 200\n"
        "  #6 GET / 302"
    )


def test_an_empty_journal_is_told(view: JournalView) -> None:
    assert failure(view.assert_called, method="POST") == (
        "Expected a call with method 'POST', but there was none. The journal is empty."
    )


@pytest.mark.usefixtures("calls")
def test_calls_too_many_are_told(view: JournalView) -> None:
    both = (
        "  #1 POST /api/actions/connector/a/_execute 200 (a .a ok)\n"
        "  #2 POST /s/ops/api/actions/connector/a/_execute 200 (a .a error)"
    )
    assert failure(view.assert_called_once, connector="a") == (
        f"Expected exactly one run of connector 'a', but there were 2:\n{both}"
    )
    assert failure(view.assert_not_called, connector="a") == (
        f"Expected no run of connector 'a', but there were 2:\n{both}"
    )
    assert failure(view.assert_not_called, connector="b").startswith(
        "Expected no run of connector 'b', but there was 1:\n"
    )


@pytest.mark.usefixtures("calls")
def test_what_never_came_is_told_when_the_time_is_over(view: JournalView) -> None:
    assert failure(view.wait_for, connector="b", count=2, timeout="10ms") == (
        "Expected 2 runs of connector 'b' within 0.01 s, but there was 1:\n"
        "  #3 POST /s/ops/api/actions/connector/b/_execute 200 (b .b ok)"
    )
    assert failure(view.wait_for, connector="b", space="x", timeout=0.01).startswith(
        "Expected a run of connector 'b' with space 'x' within 0.01 s, but there was none. Near"
    )


def test_waiting_ends_when_the_last_of_the_calls_is_there(
    view: JournalView, journal: Journal
) -> None:
    thread = Thread(target=lambda: [execution(journal, "a") for _ in range(3)])
    thread.start()
    found = view.wait_for(connector="a", count=3, timeout=30)
    thread.join()
    assert [call["number"] for call in found] == [1, 2, 3]


def test_an_unknown_face_is_refused_and_not_taken_for_one_that_was_not_called(
    view: JournalView,
) -> None:
    with pytest.raises(ValueError, match="'elastic' is no face; expected one of kibana, elas"):
        view.assert_not_called(face="elastic")
