"""What a fault rule applies to."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.faults import CallFacts, OutboundFacts
from mockkibana.faults.match import Match, same

EXECUTE = "/api/actions/connector/c1/_execute"
CALL = CallFacts(
    method="POST",
    path=f"{EXECUTE}?x=1",
    space="ops",
    connector_id="c1",
    connector_type_id=".jira",
    body=b'{"params":{"subAction":"pushToService","list":[{"a":1}],"yes":true}}',
)
OUTBOUND = OutboundFacts(
    method="POST",
    path="/logs/_bulk?refresh=false",
    space="ops",
    connector_id="c2",
    connector_type_id=".index",
    body=[{"host.name": "a"}, {"host": {"name": "b"}}],
    backend="elasticsearch",
)

CALLS = [
    (Match(), True),
    (Match(face="kibana"), True),
    (Match(face="jira"), False),
    (Match(backend="jira"), False),
    (Match(method="POST"), True),
    (Match(method="GET"), False),
    (Match(space="ops"), True),
    (Match(space="default"), False),
    (Match(connector="c1"), True),
    (Match(connector="c2"), False),
    (Match(connector_type=".jira"), True),
    (Match(connector_type=".index"), False),
    (Match(path=EXECUTE), True),
    (Match(path="/api/actions/connector/{id}/_execute"), True),
    (Match(path="/api/actions/{id}/_execute"), False),
    (Match(path="/api/*"), True),
    (Match(path="*/_execute"), True),
    (Match(path="*.execute"), False),
    (Match(path="/api"), False),
    (Match(body={"params.subAction": "pushToService"}), True),
    (Match(body={"params.subAction": "getIncident"}), False),
    (Match(body={"params.list.0.a": 1}), True),
    (Match(body={"params.list.1.a": 1}), False),
    (Match(body={"params.list.x": 1}), False),
    (Match(body={"params.list.²": 1}), False),
    (Match(body={"params.yes": True}), True),
    (Match(body={"params.yes": 1}), False),
    (Match(body={"params.none": None}), False),
    (Match(body={"params.yes.more": True}), False),
    (Match(connector="c1", space="ops", method="POST"), True),
    (Match(connector="c1", space="ops", method="PUT"), False),
]


@pytest.mark.parametrize(("match", "holds"), CALLS, ids=lambda value: str(value)[:100])
def test_a_call_matches_when_every_part_fits(match, holds):
    assert match.holds(CALL) is holds


OUTBOUNDS = [
    (Match(), False),
    (Match(connector="c2"), False),
    (Match(face="elasticsearch"), False),
    (Match(backend="jira"), False),
    (Match(backend="elasticsearch"), True),
    (Match(backend="elasticsearch", connector="c2", space="ops"), True),
    (Match(backend="elasticsearch", path="/logs/_bulk"), True),
    (Match(backend="elasticsearch", path="/{index}/_bulk"), True),
    (Match(backend="elasticsearch", path="/other/_bulk"), False),
    (Match(backend="elasticsearch", body={"0.host.name": "a"}), True),
    (Match(backend="elasticsearch", body={"1.host.name": "b"}), True),
    (Match(backend="elasticsearch", body={"2.host.name": "b"}), False),
]


@pytest.mark.parametrize(("match", "holds"), OUTBOUNDS, ids=lambda value: str(value)[:100])
def test_what_a_run_sends_is_matched_only_by_its_backend(match, holds):
    assert match.holds(OUTBOUND) is holds


@pytest.mark.parametrize("body", [b"no JSON", b"", None, b'{"a":1}\n{"b":2}\n'], ids=repr)
def test_a_body_that_is_no_json_has_no_values(body):
    assert not Match(body={"a": 1}).holds(CallFacts("POST", "/", body=body))


@pytest.mark.parametrize("path", ["/a+b", "/a.b", "/a[0]", "/a$", "/(x)", "/a\nb"], ids=repr)
def test_other_signs_in_a_path_stand_for_themselves(path):
    assert Match(path=path).holds(CallFacts("GET", path))
    assert not Match(path=path).holds(CallFacts("GET", "/axb"))


values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=1), inner),
    max_leaves=5,
)


def frozen(value):
    """Return a value that Python takes for equal only when JSON does."""
    if isinstance(value, dict):
        return ("object", frozenset((key, frozen(item)) for key, item in value.items()))
    if isinstance(value, list):
        return ("array", tuple(map(frozen, value)))
    return (type(value).__name__, value)


@given(values, values)
def test_values_are_equal_as_json_values_are(one, other):
    assert same(one, one)
    assert same(one, other) == (frozen(one) == frozen(other))


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), ({"a": 1, "b": 2}, {"b": 2, "a": 1.0})])
def test_a_number_is_equal_however_it_is_written(one, other):
    assert same(one, other)


def test_no_path_takes_longer_than_it_is_long() -> None:
    begun = time.thread_time()
    assert Match(path="/" + "*a" * 1000 + "b").holds_path("/" + "a" * 10_000) is False
    assert Match(path="/" + "{a}a" * 1000 + "b").holds_path("/" + "a" * 10_000) is False
    assert time.thread_time() - begun < 2
