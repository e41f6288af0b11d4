"""Numbers and times as JavaScript reads and writes them."""

from __future__ import annotations

import math
from typing import Any

import pytest

from mockkibana.javascript import to_iso, to_number


def test_a_number_is_made_of_any_value() -> None:
    numbers = [
        *((None, 0), (True, 1), (7, 7), (0.5, 0.5), ("", 0), ("\ufeff 7 ", 7), ("1e2", 100)),
        *(("-.5", -0.5), ("5.", 5), ("0x1F", 31), ("0b11", 3), ("0O17", 15)),
        *(([], 0), ([None], 0), (["5"], 5), ([[[6]]], 6)),
        *(("-Infinity", -math.inf), ("1e400", math.inf), ("0x" + "f" * 300, math.inf)),
    ]
    assert [(value, to_number(value)) for value, _ in numbers] == numbers
    others = ["x", "1,5", "inf", "nan", "1_0", "-0x1", "0x", "0x_1", "0b2", "\x1c5", "\u0663"]
    for value in (*others, {}, [True], [1, 2], [{}], [math.nan]):
        assert math.isnan(to_number(value)), value


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
