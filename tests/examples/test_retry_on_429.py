"""A busy Kibana answers 429 with Retry-After: the script waits, and tries again."""

from __future__ import annotations

import pytest
import requests
from soar import run_connector

from mockkibana import MockKibana

BUSY = {"status": 429, "headers": {"retry-after": "0"}}


@pytest.mark.mock_kibana(seed="seed.yaml")
def test_it_tries_again(mock_kibana: MockKibana) -> None:
    busy = mock_kibana.faults.add(match={"connector": "audit"}, what=BUSY, when={"first": 2})

    run_connector(mock_kibana.url, "audit", {"documents": [{"a": 1}]})

    busy.assert_consumed()
    statuses = [call["status"] for call in mock_kibana.journal.calls()]
    assert statuses == [429, 429, 200]
    assert mock_kibana.elasticsearch.documents("audit") == [{"a": 1}]


@pytest.mark.mock_kibana(seed="seed.yaml")
def test_it_gives_up(mock_kibana: MockKibana) -> None:
    mock_kibana.faults.add(match={"connector": "audit"}, what=BUSY)
    with pytest.raises(requests.HTTPError, match="429"):
        run_connector(mock_kibana.url, "audit", {"documents": [{"a": 1}]})
    assert mock_kibana.journal.count(status=429) == 3
    assert mock_kibana.elasticsearch.documents("audit") == []
