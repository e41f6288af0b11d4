"""Whatever is given to a connector type is Kibana's 400, or a run with a result: never a bug."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.connectors.torq import Torq
from soak.types import TYPES, VERSIONS, Types

EXAMPLES = 20_000 if "MOCKKIBANA_EVERY" in os.environ else 25
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda some: (
        st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=8), some, max_size=3)
    ),
    max_leaves=6,
)
PARTS = st.fixed_dictionaries({}, optional={"config": JSON, "secrets": JSON, "params": JSON})


@pytest.fixture(scope="module", params=VERSIONS)
def types(request: pytest.FixtureRequest) -> Any:
    types = Types(request.param)
    yield types
    types.close()


def test_the_table_has_every_type() -> None:
    assert set(TYPES) == set(ConnectorTypes().ids())


def test_odd_connectors_and_runs_are_refused_or_fail(types: Types) -> None:
    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.sampled_from(types.ids), st.integers(0, 2**32), PARTS)
    def attempt(type_id: str, seed: int, parts: dict[str, Any]) -> None:
        assert types.attempt(type_id, Random(seed), **parts) is None

    attempt()


def test_a_bug_is_found(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(Torq, "execute", broken)
    told = types.attempt(".torq", Random(1), params={"body": "{}"})
    assert told is not None
    assert told.startswith(".torq: a bug: ZeroDivisionError: planted: {")
