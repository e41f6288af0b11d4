"""Every type takes a value or refuses it in Elasticsearch's way, whatever the value is."""

from __future__ import annotations

from contextlib import suppress

import pytest
from document_fits import fit
from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.mapping.fields import TYPES
from mockkibana.json import Json

NEEDED = {
    "alias": {"path": "x"},
    "scaled_float": {"scaling_factor": 10},
    "join": {"relations": {"q": ["a", "b"]}},
    "aggregate_metric_double": {"metrics": ["min", "value_count"], "default_metric": "min"},
}
NAMES = st.sampled_from(
    [
        *("lat", "lon", "x", "y", "z", "geohash", "type", "coordinates", "gt", "gte", "lt", "lte"),
        *("input", "weight", "contexts", "name", "parent", "values", "counts", "min"),
        "value_count",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400), 2**63, 0, -1])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "1,2", "POINT (1 2)", "point", "u33", "Point", "q", "a", "10.0.0.0/8"])
    | st.text(max_size=5)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=3)
)


@pytest.mark.parametrize("kind", sorted(TYPES.keys() - {"alias"}))
@settings(max_examples=15, deadline=None)
@given(value=VALUES)
def test_a_value_is_taken_or_refused(kind: str, value: Json) -> None:
    with suppress(ElasticsearchError):
        fit({"type": kind, **NEEDED.get(kind, {})}, value)
