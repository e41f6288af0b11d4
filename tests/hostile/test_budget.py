"""A request that works for too long is given up, in the words of its face."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from surface import CONTROL, ELASTICSEARCH, JIRA, InProcess

from mockkibana import budget
from mockkibana.app import create_app
from mockkibana.clock import monotonic
from mockkibana.seeds import demo_seed
from mockkibana.world import World

HEADERS = {"kbn-xsrf": "x", "content-type": "application/json"}
REST = f"{JIRA}/rest/api/2"
TASK = {"project": {"key": "CK"}, "issuetype": {"name": "Task"}}
WORDS = [f"word{n}" for n in range(300)]


@pytest.fixture(scope="module")
def transport() -> Iterator[InProcess]:
    """A world with documents, issues and calls."""
    with closing(World(seeds=[demo_seed()])) as world:
        for number in range(300):
            fields = {**TASK, "summary": " ".join(WORDS[number : number + 20])}
            world.jira.create_issue({"fields": fields})
        transport = InProcess(create_app(world))
        documents = ({"index": {}}, {"text": " ".join(WORDS)})
        lines = "".join(f"{json.dumps(line)}\n" for line in documents) * 1_000
        assert ask(transport, "POST", f"{ELASTICSEARCH}/docs/_bulk", lines)[0] == 200
        yield transport


def ask(transport: InProcess, method: str, target: str, body: Any = None) -> tuple[int, Any]:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    seen = transport.ask(method, target, HEADERS, data if body is not None else b"")
    return seen.status, json.loads(seen.body)


SEARCH = {"query": {"match": {"text": {"query": " ".join(WORDS), "minimum_should_match": 2}}}}
MATCHES = {"query": {"bool": {"should": [{"match": {"text": word}} for word in WORDS]}}}
# Each issue is held against thousands of these.
CLAUSES = " OR ".join(f'summary !~ "{word}"' for word in WORDS * 20)
TIMED_OUT = {"type": "search_timeout_exception", "reason": "Time exceeded"}
UNAVAILABLE = {"message": "HTTP 503 Service Unavailable", "status-code": 503}


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", f"{ELASTICSEARCH}/docs/_search", SEARCH),
        ("POST", f"{ELASTICSEARCH}/docs/_search", MATCHES),
        ("POST", f"{ELASTICSEARCH}/docs/_count", MATCHES),
    ],
    ids=["one query", "many queries", "count"],
)
def test_a_search_that_takes_too_long_times_out(
    transport: InProcess, monkeypatch: pytest.MonkeyPatch, method: str, target: str, body: Any
) -> None:
    monkeypatch.setattr(budget, "WORK", 0.01)
    begun = monotonic()
    status, answer = ask(transport, method, target, body)
    assert monotonic() - begun < 2
    assert (status, answer["status"]) == (429, 429)
    assert answer["error"]["root_cause"] == [TIMED_OUT]
    assert answer["error"]["failed_shards"][0]["reason"] == TIMED_OUT
    assert answer["error"]["type"] == "search_phase_execution_exception"


def test_scripts_that_take_too_long_fail_each_on_its_own(
    transport: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "WORK", 0.02)
    script = "for (int i = 0; i < 90000; i++) { ctx._source.n = i }"
    action = {"update": {"_id": "1"}}, {"upsert": {}, "script": script, "scripted_upsert": True}
    lines = "".join(f"{json.dumps(line)}\n" for line in action) * 300
    begun = monotonic()
    status, answer = ask(transport, "POST", f"{ELASTICSEARCH}/slow/_bulk", lines)
    assert monotonic() - begun < 2
    assert (status, answer["errors"]) == (200, True)
    cause = answer["items"][-1]["update"]["error"]["caused_by"]["caused_by"]
    assert cause["type"] == "painless_error"


@pytest.mark.parametrize(
    "query",
    [
        CLAUSES,
        "key in (" + ",".join(["CK-1"] * 200_000) + ")",
        "project in (" + ",".join(["CK"] * 10_000) + ")",
        "(" * 200_000,
        "order by " + ",".join(["created"] * 200_000),
    ],
    ids=["clauses", "keys", "projects", "parentheses", "order"],
)
def test_a_query_that_takes_too_long_gets_what_an_overloaded_jira_says(
    transport: InProcess, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr(budget, "WORK", 0.02)
    begun = monotonic()
    assert ask(transport, "POST", f"{REST}/search", {"jql": query}) == (503, UNAVAILABLE)
    assert monotonic() - begun < 2


@pytest.mark.parametrize("verb", ["GET journal", "POST journal/_count", "GET journal/_har"])
def test_a_question_to_the_journal_that_takes_too_long_is_given_up(
    transport: InProcess, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setattr(budget, "WORK", -1)
    method, _, path = verb.partition(" ")
    status, answer = ask(transport, method, f"{CONTROL}/{path}?face=all&path=*a*")
    assert status == 503
    assert answer["error"].startswith("Looking through the journal took longer than")
