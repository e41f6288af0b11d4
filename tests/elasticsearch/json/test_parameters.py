"""Parameters of a query string are read as Elasticsearch reads them."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.json.parameters import Parameters


@pytest.mark.parametrize(
    ("values", "forced"),
    [
        ({}, False),
        ({"refresh": ""}, True),
        ({"refresh": "true"}, True),
        ({"refresh": "false"}, False),
        ({"refresh": "wait_for"}, False),
    ],
)
def test_a_refresh_is_forced_unless_it_may_wait(values: dict[str, str], forced: bool) -> None:
    assert Parameters(values).refresh() is forced


def test_an_unknown_refresh_is_refused() -> None:
    with pytest.raises(ElasticsearchError) as caught:
        Parameters({"refresh": "maybe"}).refresh()
    assert caught.value.reason == "Unknown value for refresh: [maybe]."
