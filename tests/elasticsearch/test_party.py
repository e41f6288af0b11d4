"""Elasticsearch answers the index connector as its bulk API would."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.party import ElasticsearchParty
from mockkibana.http.messages import Answer
from mockkibana.journal import BulkCreated, Made, RunRecord
from mockkibana.json import Json
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box
from mockkibana.settings.installation import Installation
from mockkibana.store import Store


@pytest.fixture
def box() -> Box:
    return Box(
        RunRecord("i", ".index", "Index", "default"), {"index": "t"}, Installation(), Store()
    )


def bulk(cluster: Cluster, box: Box, index: str, documents: Json) -> Answer:
    message = Outbound("POST", f"/{index}/_bulk?refresh=false", body=documents)
    return ElasticsearchParty(cluster, Store()).receive(message, box)


def test_documents_are_created(cluster: Cluster, box: Box) -> None:
    answer = bulk(cluster, box, "t", [{"a": 1}])
    assert answer.status == 200
    assert isinstance(answer.body, BulkCreated)
    assert cluster.count(cluster.resolve("t")[0]) == 1


def test_documents_that_fail_are_in_the_answer(cluster: Cluster, box: Box) -> None:
    answer = bulk(cluster, box, "BAD", [{}])
    assert answer.status == 200
    assert answer.body["errors"] is True
    assert box.run.made == []


def test_of_a_bulk_that_fails_in_part_the_rest_came_of_the_run(cluster: Cluster, box: Box) -> None:
    bulk(cluster, box, "t", [{"n": 1}])
    box.run.made.clear()
    items = bulk(cluster, box, "t", [{"n": 1}, {"n": "x"}]).body["items"]
    assert box.run.made == [Made("document", "t", items[0]["create"]["_id"])]


@pytest.mark.parametrize("index", ["a/b", "a?b", "/_bulk?refresh=true"])
def test_an_index_is_named_as_the_connector_says(cluster: Cluster, box: Box, index: str) -> None:
    error = bulk(cluster, box, index, [{}]).body["items"][0]["create"]["error"]
    assert f"[{index}]" in error["reason"]


def test_no_documents_are_an_empty_body(cluster: Cluster, box: Box) -> None:
    answer = bulk(cluster, box, "t", [])
    error = {"type": "parse_exception", "reason": "request body is required"}
    assert (answer.status, answer.body) == (
        400,
        {"error": {"root_cause": [error], **error}, "status": 400},
    )
    assert not cluster.exists("t")
