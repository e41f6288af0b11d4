"""Numbers as fields hold them: what no float can hold is infinite."""

from __future__ import annotations

import math

from mockkibana.elasticsearch.mapping.number_fields import float32


def test_an_integer_that_no_double_holds_is_an_infinite_float() -> None:
    assert float32(10**400) == math.inf
    assert float32(-(10**400)) == -math.inf
