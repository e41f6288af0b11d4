"""Numbers as JavaScript makes them of other values."""

from __future__ import annotations

import math

from mockkibana.javascript_numbers import to_number


def test_a_number_is_made_of_any_value() -> None:
    numbers = [
        *((None, 0), (True, 1), (7, 7), (0.5, 0.5), ("", 0), ("\ufeff 7 ", 7), ("1e2", 100)),
        *(("-.5", -0.5), ("5.", 5), ("0x1F", 31), ("0b11", 3), ("0O17", 15), ("1e21", 1e21)),
        *(([], 0), ([None], 0), (["5"], 5), ([[[6]]], 6)),
        *(("-Infinity", -math.inf), ("1e400", math.inf), ("0x" + "f" * 300, math.inf)),
    ]
    assert [(value, repr(to_number(value))) for value, _ in numbers] == [
        (value, repr(number)) for value, number in numbers
    ]
    others = ["x", "1,5", "inf", "nan", "1_0", "-0x1", "0x", "0x_1", "0b2", "\x1c5", "\u0663"]
    for value in (*others, {}, [True], [1, 2], [{}], [math.nan]):
        assert math.isnan(to_number(value)), value
