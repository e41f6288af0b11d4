"""What fault rules do, as it is written: what is understood, and what is refused."""

from __future__ import annotations

import pytest

from mockkibana.faults import BadRule, CallFacts, OutboundFacts
from mockkibana.faults.match import Match
from mockkibana.faults.what import read_what
from mockkibana.faults.when import Latency
from mockkibana.http.breakages import Empty, Garbage, Hold, Partial, Reset
from mockkibana.world import World

WORLD = World()
STATUS = {"status": 503}
DURATION = (
    "expected a duration such as 250ms, 5s, 2m, 21h or 3d, or a number of seconds, but got [soon]"
)
LATIN = "expected a text of one line, in Latin-1 but got "
BAD_WHAT = [
    ({}, "what: expected one of status, wire, timeout, rate, tls or latency but got [{}]"),
    (
        {"body": {}},
        'what: expected one of status, wire, timeout, rate, tls or latency but got [{"body":{}}]',
    ),
    ({"status": 503, "wire": "reset"}, "what: status and wire exclude each other: choose one"),
    ({"status": "503"}, "what.status: expected a whole number from 200 to 599 but got [503]"),
    ({"status": 100}, "what.status: expected a whole number from 200 to 599 but got [100]"),
    ({"status": 204, "body": 1}, "what.body: an answer with the status 204 has no body"),
    (
        {"wire": "reset", "body": {}},
        "what.body: it belongs to `status` or to `rate`, not to `wire`",
    ),
    (
        {"latency": 1, "retry_after": 1},
        "what.retry_after: it belongs to `status` or to `rate`, not to `latency`",
    ),
    (
        {"wire": "rest"},
        "what.wire: expected one of reset, empty, garbage, partial, hold, refused but got [rest]",
    ),
    (
        {"wire": "refused"},
        (
            "what.wire: whoever calls has a connection already, so it cannot be refused; with "
            "match.backend the requests of runs can, and reset is next to it"
        ),
    ),
    ({"timeout": False}, "what.timeout: expected true but got [false]"),
    ({"latency": "soon"}, f"what.latency: {DURATION}"),
    ({"latency": {"min": "soon", "max": 1}}, f"what.latency.min: {DURATION}"),
    (
        {"latency": {"min": 1}},
        'what.latency: expected a duration, or an object with min and max but got [{"min":1}]',
    ),
    (
        {"latency": {"min": 2, "max": 1}},
        'what.latency: expected a min that is not above the max but got [{"min":2,"max":1}]',
    ),
    ({"rate": 5}, "what.rate: expected an object but got [5]"),
    (
        {"rate": {"burst": 5}},
        'what.rate: expected one of per_second, per_minute but got [{"burst":5}]',
    ),
    (
        {"rate": {"per_second": 0}},
        "what.rate.per_second: expected a number above 0 but got [0]",
    ),
    (
        {"rate": {"per_second": -1}},
        "what.rate.per_second: expected a number above 0 but got [-1]",
    ),
    (
        {"rate": {"per_minute": 5, "burst": 0}},
        "what.rate.burst: expected a whole number of 1 or more but got [0]",
    ),
    (
        {"status": 429, "retry_after": "5"},
        "what.retry_after: expected a whole number of 1 or more but got [5]",
    ),
    ({**STATUS, "headers": []}, "what.headers: expected an object of names and texts but got [[]]"),
    ({**STATUS, "headers": {"a b": "c"}}, "what.headers.a b: expected the name of a header"),
    ({**STATUS, "headers": {"a": "b\r\nc: d"}}, f"what.headers.a: {LATIN}[b\r\nc: d]"),
    ({**STATUS, "headers": {"a": "€"}}, f"what.headers.a: {LATIN}[€]"),
    ({**STATUS, "headers": {"a": None}}, f"what.headers.a: {LATIN}[null]"),
    *(
        (
            {**STATUS, "headers": {"Content-Length": length}},
            f"what.headers.Content-Length: expected a number of bytes but got [{length}]",
        )
        for length in ("abc", "-1", "", "1 ", "9" * 19, "1,2")
    ),
    (
        {**STATUS, "x" * 90: 1},
        (
            f"what: there is no key [{'x' * 90}]; known are: status, body, "
            "headers, latency, wire, timeout, rate, retry_after, tls, work"
        ),
    ),
    (
        {"status": "x" * 90},
        f"what.status: expected a whole number from 200 to 599 but got [{'x' * 80}...]",
    ),
]


@pytest.mark.parametrize(("what", "text"), BAD_WHAT, ids=[text[:60] for _, text in BAD_WHAT])
def test_a_bad_what_is_told_so(what, text):
    with pytest.raises(BadRule) as refused:
        read_what(what, Match())
    assert str(refused.value) == text


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("reset", Reset()),
        ("empty", Empty()),
        ("garbage", Garbage()),
        ("partial", Partial("", (), b"", 0)),
        ("hold", Hold()),
    ],
)
def test_a_wire_fault_of_a_call_is_the_servers(name, fault):
    what = read_what({"wire": name}, Match())
    assert (what.wire, what.timeout, what.answer) == (fault, False, None)


@pytest.mark.parametrize("given", [{"timeout": True}, {"wire": "hold"}], ids=str)
def test_a_time_out_holds_a_call_and_is_at_once_for_a_run(given):
    assert read_what(given, Match()).wire == Hold()
    of_run = read_what(given, Match(backend="jira"))
    assert (of_run.wire, of_run.timeout) == (None, True)


def test_a_run_can_find_nobody_listening():
    assert read_what({"wire": "refused"}, Match(backend="jira")).refused


@pytest.mark.parametrize(
    ("given", "latency"),
    [
        ("250ms", Latency(0.25, 0.25)),
        (2, Latency(2, 2)),
        ({"min": "1s", "max": "2s"}, Latency(1, 2)),
        ({"min": 0, "max": 1, "seed": 3}, Latency(0, 1, 3)),
    ],
    ids=str,
)
def test_a_latency_goes_with_everything(given, latency):
    for other in ({}, {"status": 500}, {"wire": "reset"}, {"timeout": True}):
        assert read_what({"latency": given, **other}, Match()).latency == latency


CALL = CallFacts("GET", "/api/status")
JIRA = OutboundFacts(
    "GET", "/rest/api/2/issue/1", backend="jira", errors=lambda: WORLD.parties["jira"].errors
)


def test_an_answer_has_the_body_and_the_headers_of_the_rule():
    headers = {"X-Trace": "a", "Content-Type": "text/html", "X-Limit": 5}
    what = read_what({"status": 502, "body": "<h1>", "headers": headers}, Match())
    answer = what.answer(CALL)
    assert (answer.status, answer.body) == (502, "<h1>")
    assert answer.headers == {"x-trace": "a", "content-type": "text/html", "x-limit": "5"}


def test_an_answer_without_a_body_is_that_of_whoever_is_asked():
    answer = read_what(STATUS, Match()).answer
    assert answer(CALL).body["error"] == "Service Unavailable"
    assert answer(JIRA).body == {"errorMessages": ["Service Unavailable"], "errors": {}}


def test_retry_after_goes_with_a_status():
    answer = read_what({"status": 503, "retry_after": 7}, Match()).answer(CALL)
    assert answer.headers["retry-after"] == "7"


def test_a_rate_answers_429():
    what = read_what({"rate": {"per_second": 1}, "body": {"a": 1}}, Match())
    assert (what.answer(CALL).status, what.answer(CALL).body) == (429, {"a": 1})


@pytest.mark.parametrize("backend", [None, "jira"])
@pytest.mark.parametrize("wire", ["reset", "empty", "garbage", "partial", "hold"])
@pytest.mark.parametrize(("work", "done"), [("done", True), ("not-done", False)])
def test_a_wire_fault_says_whether_the_work_is_done(wire, backend, work, done):
    match = Match(backend=backend)
    assert read_what({"wire": wire, "work": work}, match).work_done is done
    assert read_what({"timeout": True, "work": work}, match).work_done is done


@pytest.mark.parametrize(
    ("wire", "backend", "done"),
    [("partial", None, True), ("partial", "jira", False), ("reset", None, False)],
)
def test_without_work_a_cut_answer_to_a_call_alone_is_of_work_that_is_done(wire, backend, done):
    assert read_what({"wire": wire}, Match(backend=backend)).work_done is done


WORK = "what.work: it belongs to `timeout`, and to a `wire` on which a request arrives"


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ({"status": 500, "work": "done"}, WORK),
        ({"latency": "1s", "work": "done"}, WORK),
        ({"wire": "refused", "work": "done"}, WORK),
        (
            {"wire": "reset", "work": "half"},
            "what.work: expected one of done, not-done but got [half]",
        ),
        (
            {"tls": "old"},
            (
                "what.tls: expected one of self-signed, unknown-issuer, expired, wrong-host "
                "but got [old]"
            ),
        ),
    ],
)
def test_work_and_certificates_that_cannot_be_are_told_so(what, text):
    with pytest.raises(BadRule) as refused:
        read_what(what, Match(backend="jira"))
    assert str(refused.value) == text


def test_whoever_calls_sees_no_certificate():
    with pytest.raises(BadRule, match=r"what\.tls: whoever calls has a connection already"):
        read_what({"tls": "expired"}, Match())
