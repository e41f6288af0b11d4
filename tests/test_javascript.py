"""Times as JavaScript reads and writes them."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.javascript import to_iso


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (None, "1970-01-01T00:00:00.000Z"),
        (1_767_323_045_678, "2026-01-02T03:04:05.678Z"),
        ("2026-01-02T03:04:05.678+0100", "2026-01-02T02:04:05.678Z"),
        ("2026-01-02 03:04 GMT", "2026-01-02T03:04:00.000Z"),
        ("2026-01-02", "2026-01-02T00:00:00.000Z"),
    ],
)
def test_a_time_becomes_iso_8601(time: Any, text: str) -> None:
    assert to_iso(time) == text


@pytest.mark.parametrize("time", ["", "soon", {}, [], 1e300, "0001-01-01T00:00:00+23:00"])
def test_what_is_no_time_is_refused_in_javascripts_words(time: Any) -> None:
    with pytest.raises(ValueError, match=r"^Invalid time value$"):
        to_iso(time)
