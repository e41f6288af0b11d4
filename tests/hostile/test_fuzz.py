"""The fuzz of `make soak`, for a moment: odd requests to all faces, and what it takes for wrong."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.elasticsearch.cluster.cluster import Cluster
from soak.fuzz import fuzz


def test_odd_requests_do_no_harm() -> None:
    assert fuzz(1 / 60) == []


def test_the_fuzz_finds_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(Cluster, "create_all", broken)
    # A slow machine asks little in a second.
    found = (problem for _ in range(30) for problem in fuzz(1 / 60))
    assert any("ZeroDivisionError: planted" in problem for problem in found)
