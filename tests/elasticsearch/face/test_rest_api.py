"""What is served is a part of Elasticsearch's own REST API; the rest of it is refused as such."""

from __future__ import annotations

import re

import pytest
from face_requests import request_of

from mockkibana.data import data
from mockkibana.elasticsearch.face import rest_api
from mockkibana.elasticsearch.face.face import TABLE, ElasticsearchFace


@pytest.mark.parametrize(("method", "pattern"), TABLE.patterns())
def test_the_parameters_of_every_served_route_are_known(method: str, pattern: str) -> None:
    assert isinstance(rest_api.parameters(method, pattern), frozenset)


def test_the_parameters_of_a_path_differ_by_method() -> None:
    assert "flat_settings" in rest_api.parameters("GET", "/{index}")
    assert "flat_settings" not in rest_api.parameters("PUT", "/{index}")


def test_what_a_node_knows_and_this_mock_does_not_says_so(face: ElasticsearchFace) -> None:
    served = set(TABLE.patterns())
    missing = [
        (method, pattern)
        for pattern, rows in data("elasticsearch_api").items()
        for methods in rows
        for method in methods.split()
        if (method, pattern) not in served
    ]
    assert {
        ("POST", "/_sql"),
        ("POST", "/_rollup/job/{id}/_start"),
        ("POST", "/_render/template"),
    } <= {*missing}
    for method, pattern in missing:
        request = request_of(f"{method} {re.sub('{.*?}', 'x', pattern)}", b"{}")
        answer = face.handle(request)
        assert request.route is None
        said = {
            "type": "illegal_argument_exception",
            "reason": f"this mock does not support [{method} {pattern}]",
        }
        assert answer.status == 400, pattern
        assert answer.body["error"] == {"root_cause": [said], **said}, pattern


@pytest.mark.parametrize(
    ("line", "status", "allowed"),
    [
        ("GET /_bulk", 405, "POST,PUT"),
        ("GET /_aliases", 405, "POST"),
        ("DELETE /t/_stats", 405, "GET"),
        ("OPTIONS /_reindex", 200, "POST"),
    ],
)
def test_a_wrong_method_is_told_all_that_a_node_allows(
    face: ElasticsearchFace, line: str, status: int, allowed: str
) -> None:
    answer = face.handle(request_of(line))
    assert (answer.status, answer.headers["Allow"]) == (status, allowed)


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        ("GET /_foo", 400, "Invalid index name [_foo], must not start with '_'."),
        ("PUT /_foo", 400, "Invalid index name [_foo], must not start with '_', '-', or '+'"),
        ("GET /_all", 200, None),
    ],
)
def test_names_that_are_no_api_stay_names_of_indices(
    face: ElasticsearchFace, line: str, status: int, reason: str | None
) -> None:
    answer = face.handle(request_of(line))
    assert answer.status == status
    assert reason is None or answer.body["error"]["reason"] == reason
