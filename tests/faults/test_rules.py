"""Fault rules as they are written: what is understood, and what is refused with which text."""

from __future__ import annotations

import json

import pytest

from mockkibana.faults import BadRule, CallFacts, OutboundFacts
from mockkibana.faults.match import Match
from mockkibana.faults.rules import read_match, read_rule, read_what, read_when
from mockkibana.faults.when import Latency, When
from mockkibana.http.breakages import Empty, Garbage, Hold, Partial, Reset
from mockkibana.world import World

WORLD = World()

STATUS = {"status": 503}

BAD = [
    (None, "the rule: expected an object but got [null]"),
    ([], "the rule: expected an object but got [[]]"),
    (
        {"what": STATUS, "wehn": {}},
        "the rule: there is no key [wehn]; known are: id, match, what, when, fault, with",
    ),
    ({"what": STATUS, "with": {}}, "with: it belongs to a domain fault, named by `fault`"),
    (
        {},
        (
            "what: expected an object with one of status, wire, timeout, rate or latency, "
            "or else a `fault` but got [null]"
        ),
    ),
    ({"id": "", "what": STATUS}, "id: expected a text such as my-rule but got []"),
    ({"id": 7, "what": STATUS}, "id: expected a text such as my-rule but got [7]"),
    ({"fault": ""}, "fault: expected a text such as jira-down but got []"),
    (
        {"fault": "jira-down", "when": {"nth": 0}},
        "when.nth: expected a whole number of 1 or more but got [0]",
    ),
]


@pytest.mark.parametrize(("rule", "text"), BAD, ids=[text[:60] for _, text in BAD])
def test_a_bad_rule_is_told_what_arrived_and_what_is_expected(rule, text):
    with pytest.raises(BadRule) as refused:
        read_rule(rule, WORLD.parties)
    assert str(refused.value) == text


BAD_MATCH = [
    (7, "match: expected an object but got [7]"),
    (
        {"conector": "x"},
        (
            "match: there is no key [conector]; known are: face, backend, method, space, "
            "connector, connector_type, route, path, body"
        ),
    ),
    (
        {"face": "kibanna"},
        "match.face: expected one of kibana, elasticsearch, jira but got [kibanna]",
    ),
    ({"backend": []}, f"match.backend: expected one of {', '.join(WORLD.parties)} but got [[]]"),
    (
        {"backend": "jira", "face": "jira"},
        "match: `face` is about calls that arrive, `backend` about what runs send: choose one",
    ),
    ({"method": 1}, "match.method: expected a text such as POST but got [1]"),
    ({"path": "/a", "route": "/a"}, "match: `route` and `path` say the same: choose one"),
    ({"path": "a"}, "match.path: expected a path that begins with / or * but got [a]"),
    ({"path": "/a?b=c"}, "match.path: expected a path without a query but got [/a?b=c]"),
    (
        {"path": "/s/ops/api/status"},
        (
            "match.path: expected a path without its space, which `space` matches, but got "
            "[/s/ops/api/status]"
        ),
    ),
    (
        {"path": "/_mock/jira/rest/*"},
        (
            "match.path: expected a path as its face sees it; `face` matches elasticsearch and "
            "jira, but got [/_mock/jira/rest/*]"
        ),
    ),
    (
        {"method": "GET", "route": "POST /a"},
        "match.route: expected a route of GET, as `method` says, but got [POST /a]",
    ),
    ({"body": ["a"]}, 'match.body: expected an object but got [["a"]]'),
]


@pytest.mark.parametrize(("match", "text"), BAD_MATCH, ids=[text[:60] for _, text in BAD_MATCH])
def test_a_bad_match_is_told_so(match, text):
    with pytest.raises(BadRule) as refused:
        read_match(match, WORLD.parties)
    assert str(refused.value) == text


GOOD_MATCH = [
    ({}, Match()),
    ({"method": "post"}, Match(method="POST")),
    ({"route": "post /a/{b}"}, Match(method="POST", path="/a/{b}")),
    ({"route": "/a"}, Match(path="/a")),
    ({"route": "PUT /a", "method": "put"}, Match(method="PUT", path="/a")),
    (
        {"backend": "elasticsearch", "path": "/s/_bulk"},
        Match(backend="elasticsearch", path="/s/_bulk"),
    ),
    ({"body": {"params.a": [1]}}, Match(body={"params.a": [1]})),
    (
        {"connector": "c", "connector_type": ".jira", "space": "ops", "face": "kibana"},
        Match(connector="c", connector_type=".jira", space="ops", face="kibana"),
    ),
]


@pytest.mark.parametrize(("given", "match"), GOOD_MATCH, ids=[json.dumps(m) for m, _ in GOOD_MATCH])
def test_a_match_is_read(given, match):
    assert read_match(given, WORLD.parties) == match


ONE_WHEN = "when: expected one of nth, first, every, probability but got "
BAD_WHEN = [
    ({"nth": 1, "first": 2}, ONE_WHEN + '[{"nth":1,"first":2}]'),
    ({"seed": 2}, ONE_WHEN + '[{"seed":2}]'),
    ({"nth": 1, "seed": 2}, "when.seed: it belongs to `probability`"),
    ({"nth": 0}, "when.nth: expected a whole number of 1 or more but got [0]"),
    ({"first": True}, "when.first: expected a whole number of 1 or more but got [true]"),
    ({"every": 1.5}, "when.every: expected a whole number of 1 or more but got [1.5]"),
    ({"every": None}, "when.every: expected a whole number of 1 or more but got [null]"),
    ({"probability": 1.5}, "when.probability: expected a number from 0 to 1 but got [1.5]"),
    ({"probability": True}, "when.probability: expected a number from 0 to 1 but got [true]"),
    (
        {"probability": float("nan")},
        "when.probability: expected a number from 0 to 1 but got [nan]",
    ),
    ("often", "when: expected an object but got [often]"),
]


@pytest.mark.parametrize(("when", "text"), BAD_WHEN, ids=[text[:60] for _, text in BAD_WHEN])
def test_a_bad_when_is_told_so(when, text):
    with pytest.raises(BadRule) as refused:
        read_when(when)
    assert str(refused.value) == text


@pytest.mark.parametrize(
    ("given", "when"),
    [
        ({}, When()),
        ({"nth": 3}, When(nth=3)),
        ({"first": 2}, When(first=2)),
        ({"every": 3}, When(every=3)),
        ({"probability": 0.3}, When(probability=0.3)),
        ({"probability": 1, "seed": 9}, When(probability=1, seed=9)),
    ],
    ids=str,
)
def test_a_when_is_read(given, when):
    assert read_when(given) == when


DURATION = (
    "expected a duration such as 250ms, 5s, 2m, 21h or 3d, or a number of seconds, but got [soon]"
)
LATIN = "expected a text of one line, in Latin-1 but got "
BAD_WHAT = [
    ({}, "what: expected one of status, wire, timeout, rate or latency but got [{}]"),
    (
        {"body": {}},
        'what: expected one of status, wire, timeout, rate or latency but got [{"body":{}}]',
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
            "headers, latency, wire, timeout, rate, retry_after"
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


def test_the_worlds_own_backends_come_first_then_those_of_the_connector_types():
    own = [party.name for party in WORLD.connector_types.parties()]
    assert [*WORLD.parties] == ["elasticsearch", "jira", *own]
