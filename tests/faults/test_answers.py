"""What each face says with a status that a rule asks for."""

from __future__ import annotations

import pytest

from mockkibana.connectors.elasticsearch_errors import client_message
from mockkibana.faults.answers import ErrorAnswers, kibana_errors
from mockkibana.http.reasons import reason
from mockkibana.kibana.errors import KibanaError
from mockkibana.world import World

PARTIES = World().parties
ELASTICSEARCH, JIRA = PARTIES["elasticsearch"].errors, PARTIES["jira"].errors
BULK = "/logs/_bulk?refresh=false"
ISSUE = "/rest/api/2/issue"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 415, 429, 500, 502, 503, 504])
def test_kibanas_envelope_is_kibanas_own(status):
    answer = kibana_errors().answer(status, "/api/actions/connectors")
    message = "An internal server error occurred. Check Kibana server logs for details."
    assert answer.status == status
    assert answer.body == KibanaError(status, message if status == 500 else None).body()
    assert list(answer.body) == ["statusCode", "error", "message"]
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("status", "kind", "text"),
    [
        (
            401,
            "security_exception",
            "missing authentication credentials for REST request [/logs/_bulk?refresh=false]",
        ),
        (404, "index_not_found_exception", "no such index [logs]"),
        (418, "status_exception", "I'm a teapot"),
        (500, "exception", "Internal Server Error"),
        (503, "cluster_block_exception", "blocked by: [SERVICE_UNAVAILABLE/2/no master];"),
    ],
)
def test_elasticsearchs_envelope_is_what_its_client_reads(status, kind, text):
    answer = ELASTICSEARCH.answer(status, BULK)
    error = {"type": kind, "reason": text}
    assert answer.body == {"error": {"root_cause": [error], **error}, "status": status}
    assert client_message(answer.body) == f"{kind}\n\tRoot causes:\n\t\t{kind}: {text}"
    assert answer.headers["x-elastic-product"] == "Elasticsearch"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, {"errorMessages": ["Service Unavailable"], "errors": {}}),
        (429, {"errorMessages": ["Rate limit exceeded."], "errors": {}}),
        (
            401,
            {
                "message": "Client must be authenticated to access this resource.",
                "status-code": 401,
            },
        ),
    ],
)
def test_jira_answers_in_its_own_shape(status, body):
    assert JIRA.answer(status, ISSUE).body == body


def test_a_party_of_which_nothing_is_known_answers_without_a_body():
    answer = ErrorAnswers().answer(503, "/hook")
    assert (answer.status, answer.body, dict(answer.headers)) == (503, None, {})


def test_an_own_body_and_own_headers_win():
    answer = JIRA.answer(200, ISSUE, "<html>", {"content-type": "text/html", "x-a": "1"})
    assert (answer.status, answer.body) == (200, "<html>")
    assert answer.headers == {"content-type": "text/html", "x-a": "1"}
    assert JIRA.answer(200, ISSUE, "text").headers["content-type"] == "text/plain; charset=utf-8"
    assert JIRA.answer(500, ISSUE, {"a": 1}).body == {"a": 1}
    assert JIRA.answer(500, ISSUE, {"a": 1}).headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("status", [200, 204, 302])
def test_a_success_without_a_body_is_empty(status):
    answer = kibana_errors().answer(status, "/api/actions/connectors")
    assert (answer.body, dict(answer.headers)) == (None, {})


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (413, "Request Entity Too Large"),
        (504, "Gateway Time-out"),
        (599, "Unknown"),
        (409, "Conflict"),
    ],
)
def test_reason_phrases_are_those_of_kibanas_library(status, text):
    assert reason(status) == text


def test_a_filled_in_body_leaves_the_next_one_alone():
    first = ELASTICSEARCH.answer(404, BULK).body
    assert ELASTICSEARCH.answer(404, "/other/_bulk").body != first
