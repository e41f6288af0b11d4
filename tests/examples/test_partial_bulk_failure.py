"""One document of three does not fit the mapping: the run is an error, and the others are there."""

from __future__ import annotations

import pytest
from soar import Failed, run_connector

from mockkibana import MockKibana

SEED = {
    "version": 1,
    "connectors": [
        {"id": "audit", "connector_type_id": ".index", "config": {"index": "audit"}},
    ],
    "indices": {"audit": {"mappings": {"properties": {"count": {"type": "long"}}}}},
}


@pytest.mark.mock_kibana(seed=SEED)
def test_a_document_that_does_not_fit_is_reported(mock_kibana: MockKibana) -> None:
    documents = [{"count": 1}, {"count": "many"}, {"count": 3}]
    with pytest.raises(Failed, match=r"failed to parse field \[count\] of type \[long\]"):
        run_connector(mock_kibana.url, "audit", {"documents": documents})

    call = mock_kibana.journal.assert_called_once(connector="audit", status="error")
    answer = call["runs"][0]["outbound"][0]["response"]
    assert [item["create"]["status"] for item in answer["items"]] == [201, 400, 201]
    assert mock_kibana.elasticsearch.documents("audit") == [{"count": 1}, {"count": 3}]
