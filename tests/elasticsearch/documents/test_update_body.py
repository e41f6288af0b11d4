"""The body of an update is read together with what the URL says of `_source`."""

from __future__ import annotations

from mockkibana.elasticsearch.documents.update_body import read_update


def test_the_source_that_the_url_asks_for_wins() -> None:
    raw = b'{"doc": {"a": 1}, "_source": false}'
    assert read_update(raw)["_source"] is False
    assert read_update(raw, ["a"]) == {"doc": {"a": 1}, "_source": ["a"]}
