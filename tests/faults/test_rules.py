"""Fault rules as they are written: what is understood, and what is refused with which text."""

from __future__ import annotations

import json

import pytest

from mockkibana.faults import BadRule
from mockkibana.faults.match import Match
from mockkibana.faults.rules import read_match, read_rule, read_when
from mockkibana.faults.when import When
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
            "what: expected an object with one of status, wire, timeout, rate, tls or latency, "
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


def test_the_worlds_own_backends_come_first_then_those_of_the_connector_types():
    own = [party.name for party in WORLD.connector_types.parties()]
    assert [*WORLD.parties] == ["elasticsearch", "jira", *own]
