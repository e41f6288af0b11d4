"""The gateway answers the index connector as the bulk API would."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.gateway import EmbeddedElasticsearch
from mockkibana.gateways import BulkCreated, ElasticsearchGateway


def test_documents_are_created(cluster: Cluster) -> None:
    gateway: ElasticsearchGateway = EmbeddedElasticsearch(cluster)
    answer = gateway.bulk("t", [{"a": 1}], refresh=False, user=None)
    assert answer.status == 200
    assert isinstance(answer.body, BulkCreated)
    assert cluster.count(cluster.resolve("t")[0]) == 1


def test_documents_that_fail_are_in_the_answer(cluster: Cluster) -> None:
    answer = EmbeddedElasticsearch(cluster).bulk("BAD", [{}], refresh=False, user=None)
    assert answer.status == 200
    assert answer.body["errors"] is True


def test_no_documents_are_an_empty_body(cluster: Cluster) -> None:
    answer = EmbeddedElasticsearch(cluster).bulk("t", [], refresh=False, user=None)
    error = {"type": "parse_exception", "reason": "request body is required"}
    assert (answer.status, answer.body) == (
        400,
        {"error": {"root_cause": [error], **error}, "status": 400},
    )
    assert not cluster.exists("t")
