"""What suites ask for to clean up is answered as by a cluster that has none of it."""

from __future__ import annotations

from typing import Any

import pytest
from face_requests import request_of

from mockkibana.elasticsearch.face.face import ElasticsearchFace

NOT_FOUND = "resource_not_found_exception"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_snapshot", {}),
        ("/_snapshot/_all", {}),
        ("/_snapshot/*/_all", {"snapshots": [], "total": 0, "remaining": 0}),
        ("/_ilm/policy/x*", {}),
        ("/_ilm/status", {"operation_mode": "RUNNING"}),
        ("/_slm/policy", {}),
        ("/_ingest/pipeline/x-*", {}),
        ("/_ingest/pipeline/logs-*", {}),
        ("/_component_template/x-*", {"component_templates": []}),
        ("/_template", {}),
        ("/_data_stream", {"data_streams": []}),
        ("/_data_stream/*?expand_wildcards=all", {"data_streams": []}),
        ("/_enrich/policy", {"policies": []}),
        ("/_enrich/policy/p", {"policies": []}),
        ("/_ccr/auto_follow", {"patterns": []}),
        ("/_transform/_all", {"count": 0, "transforms": []}),
        ("/_ml/anomaly_detectors", {"count": 0, "jobs": []}),
        ("/_ml/datafeeds", {"count": 0, "datafeeds": []}),
        ("/_rollup/job/_all", {"jobs": []}),
        ("/_ml/data_frame/analytics", {"count": 0, "data_frame_analytics": []}),
        ("/_ml/trained_models", {"count": 0, "trained_model_configs": []}),
        ("/_ml/calendars", {"count": 0, "calendars": []}),
        ("/_ml/filters", {"count": 0, "filters": []}),
        ("/_nodes/shutdown", {"nodes": []}),
        ("/_snapshot/_status", {"snapshots": []}),
        ("/_query_rules", {"count": 0, "results": []}),
        ("/_inference", {"endpoints": []}),
        ("/_security/role_mapping", {}),
        ("/_tasks", {"nodes": {}}),
        ("/_cluster/pending_tasks", {"tasks": []}),
        ("/_cluster/settings?flat_settings=true", {"persistent": {}, "transient": {}}),
        ("/_index_template/x-*", {"index_templates": []}),
    ],
)
def test_an_empty_cluster_has_none(face: ElasticsearchFace, path: str, body: Any) -> None:
    answer = face.handle(request_of(f"GET {path}"))
    assert (answer.status, answer.body) == (200, body)


@pytest.mark.parametrize(
    ("line", "kind", "reason"),
    [
        ("GET /_snapshot/r", "repository_missing_exception", "[r] missing"),
        ("GET /_snapshot/r/_all", "repository_missing_exception", "[r] missing"),
        ("DELETE /_snapshot/r", "repository_missing_exception", "[r] missing"),
        ("GET /_ilm/policy/p", NOT_FOUND, "Lifecycle policy not found: [p]"),
        ("DELETE /_ilm/policy/p", NOT_FOUND, "Lifecycle policy not found: p"),
        ("DELETE /_ingest/pipeline/p", NOT_FOUND, "pipeline [p] is missing"),
        (
            "GET /_component_template/c",
            NOT_FOUND,
            "component template matching [c] not found",
        ),
        ("GET /_index_template/t", NOT_FOUND, "index template matching [t] not found"),
        (
            "DELETE /_template/t",
            "index_template_missing_exception",
            "index_template [t] missing",
        ),
        ("GET /_data_stream/d", "index_not_found_exception", "no such index [d]"),
        ("DELETE /_data_stream/d", "index_not_found_exception", "no such index [d]"),
    ],
)
def test_what_has_a_name_is_missing(
    face: ElasticsearchFace, line: str, kind: str, reason: str
) -> None:
    answer = face.handle(request_of(line))
    error = answer.body["error"]
    assert (answer.status, error["type"], error["reason"]) == (404, kind, reason)


@pytest.mark.parametrize("path", ["/_ingest/pipeline/p", "/_template/t"])
def test_some_are_missing_without_a_word(face: ElasticsearchFace, path: str) -> None:
    answer = face.handle(request_of(f"GET {path}"))
    assert (answer.status, answer.body) == (404, {})


@pytest.mark.parametrize(
    "path",
    [
        "/_snapshot/*",
        "/_data_stream/*?expand_wildcards=all",
        "/_ingest/pipeline/*",
        "/_component_template/*",
        "/_template/*",
    ],
)
def test_wildcards_delete_nothing(face: ElasticsearchFace, path: str) -> None:
    answer = face.handle(request_of(f"DELETE {path}"))
    assert (answer.status, answer.body) == (200, {"acknowledged": True})
