"""The same calls under the same seed and the same frozen clock give the same answers.

As a program (`test_determinism.py SEED`) this file makes the calls and prints the answers.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from http.client import HTTPConnection
from typing import Any

import pytest

from mockkibana.app import create_app
from mockkibana.seeds import demo_seed, parse_seed
from mockkibana.server import Server
from mockkibana.world import World

FROZEN_AT = "2026-01-02T03:04:05.678Z"
HOST = "kibana.example.com:5601"
HEADERS = {"host": HOST, "kbn-xsrf": "true"}
WORDS = ["disk", "full", "host", "error", "warn", "info", "cpu", "memory", "network", "audit"]
JIRA = {"apiUrl": "https://coolsite.example.com", "projectKey": "CK"}
SECRETS = {"email": "elastic@example.com", "apiToken": "changeme"}

# (method, path, body); `{1}` is the first id that was created by then.
Step = tuple[str, str, Any]
Answer = tuple[int, list[tuple[str, str]], str]


def steps() -> Iterator[Step]:
    """Yield calls of every face, right ones and wrong ones."""
    create, execute = "/api/actions/connector", "/api/actions/connector/{%d}/_execute"
    yield "GET", "/api/status", None
    yield "GET", "/api/actions/connector_types", None
    for name, kind, config, secrets in (
        ("Audit", ".index", {"index": "audit"}, {}),
        ("Log", ".server-log", {}, {}),
        ("Issues", ".jira", JIRA, SECRETS),
        ("Timed", ".index", {"index": "timed", "executionTimeField": "at"}, {}),
    ):
        body = {"name": name, "connector_type_id": kind, "config": config, "secrets": secrets}
        yield "POST", create, body
    yield "POST", "/api/spaces/space", {"id": "a", "name": "A", "disabledFeatures": ["b", "a"]}
    yield "POST", f"/s/a{create}", {"name": "In a", "connector_type_id": ".server-log"}
    yield "POST", create, {"name": "Wrong", "connector_type_id": ".index", "config": {"b": 1}}
    yield "POST", create, {"z": 1, "y": 2, "x": 3, "name": "Unknown", "w": 4}
    documents = [
        {"n": n, "text": " ".join(WORDS[n % 7 : n % 7 + 4]), "tags": WORDS[n % 3 :]}
        for n in range(25)
    ]
    for number, params in (
        (1, {"documents": documents}),
        (1, {"documents": [{"n": "no number"}, {"n": 1, "text": {"an": "object"}}]}),
        (1, {"documents": "none"}),
        (2, {"message": "hello", "level": "warn"}),
        (4, {"documents": documents[:2]}),
        *((3, params) for params in _pushes()),
    ):
        yield "POST", execute % number, {"params": params}
    yield "PUT", f"{create}/{{1}}", {"name": "Audit 2", "config": {"index": "audit-2"}}
    yield "GET", f"{create}s", None
    yield "GET", f"{create}/{{3}}", None
    yield "DELETE", f"{create}/{{2}}", None
    yield "GET", f"{create}/{{2}}", None
    yield "GET", "/api/spaces/space", None
    yield "GET", "/nowhere", None
    yield from (
        (method, f"/_mock/elasticsearch{path}", body) for method, path, body in _elasticsearch()
    )
    yield from ((method, f"/_mock/jira/rest/api/2/{path}", body) for method, path, body in _jira())


def _pushes() -> Iterator[dict[str, Any]]:
    for incident, comments in (
        ({"summary": "Disk full", "priority": "High", "labels": ["b", "a"]}, ()),
        ({"summary": "Host down", "issueType": 10006, "title": "t"}, (1, "2")),
        ({"summary": "No such type", "issueType": "99999"}, ()),
        ({"summary": "Two faults", "priority": "Highest of all", "parent": "CK-999"}, ()),
    ):
        yield {
            "subAction": "pushToService",
            "subActionParams": {
                "incident": incident,
                "comments": [{"commentId": id_, "comment": f"Comment {id_}"} for id_ in comments],
            },
        }
    for name, params in (
        ("issueTypes", {}),
        ("fieldsByIssueType", {"id": "10006"}),
        ("issues", {"title": "Disk"}),
        ("getIncident", {"externalId": "CK-1"}),
        ("unknown", {}),
    ):
        yield {"subAction": name, "subActionParams": params}


def _elasticsearch() -> Iterator[Step]:
    yield "GET", "/", None
    yield "POST", "/audit/_doc", {"n": 26, "text": "disk of a host"}
    yield "POST", "/audit/_doc", {"text": {"an": "object"}}
    match = {"query": {"match": {"text": "disk full host cpu"}}, "size": 100}
    yield "POST", "/audit/_search", match
    yield "POST", "/audit,timed/_search", {"query": {"terms": {"tags": WORDS}}, "sort": ["n"]}
    should = [{"match": {"text": word}} for word in WORDS]
    yield "POST", "/_search", {"query": {"bool": {"should": should}}, "explain": False}
    yield "POST", "/_search", {"query": {"unknown": {}}, "z": 1}
    yield "GET", "/_search?z=1&y=2&x=3", None
    yield "GET", "/audit,timed/_mapping", None
    yield "GET", "/audit/_settings", None
    yield "GET", "/_all/_alias", None
    yield "PUT", "/new", {"settings": {"z": 1, "y": 2}, "mappings": {}}
    yield "PUT", "/new", {"aliases": {"b": {}, "a": {}}}
    yield "GET", "/new", None
    yield "PATCH", "/new", None
    yield "GET", "/_cluster/health", None


def _jira() -> Iterator[Step]:
    for path in (
        "serverInfo",
        "myself",
        "project",
        "field",
        "priority",
        "search?jql=project%3DCK%20order%20by%20key",
        "search/jql?jql=nowhere%3D1",
        "issue/CK-1?expand=changelog,names,schema,transitions",
        "issue/CK-2/comment",
        "issue/createmeta?projectKeys=CK&expand=projects.issuetypes.fields",
        "issue/createmeta/CK/issuetypes/10006",
        "nowhere",
    ):
        yield "GET", path, None
    fields = {"project": {"key": "CK"}, "issuetype": {"name": "Task"}, "labels": ["b", "a"]}
    yield "POST", "issue", {"fields": {**fields, "summary": "Straight"}}
    yield "POST", "issue", {"fields": {**fields, "z": 1, "y": 2, "x": 3}}


def answers(world: World) -> list[Answer]:
    """Make the calls over a socket and return what comes back, without `Date`."""
    found: list[Answer] = []
    ids: list[str] = []
    with Server(create_app(world)) as server:
        connection = HTTPConnection(server.host, server.port, timeout=30)
        for method, path, body in steps():
            path = re.sub(r"\{(\d+)\}", lambda number: ids[int(number[1]) - 1], path)
            headers, data = HEADERS, None
            if body is not None:
                headers, data = HEADERS | {"content-type": "application/json"}, json.dumps(body)
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            text = response.read().decode()
            if response.status == 200 and (method, path[-10:]) == ("POST", "/connector"):
                ids.append(json.loads(text)["id"])
            told = [pair for pair in response.getheaders() if pair[0].lower() != "date"]
            found.append((response.status, told, text))
        connection.close()
    assert world.bugs == []
    return found


def made(seed: int | None) -> World:
    """Return a world with the demo and a connector whose id is generated."""
    more = {"version": 1, "connectors": [{"name": "Seeded", "connector_type_id": ".server-log"}]}
    return World(seeds=[demo_seed(), parse_seed(more)], seed_ids=seed, frozen_at=FROZEN_AT)


@cache
def printed(seed: int, hash_seed: str) -> str:
    """Run this file as a program and return what it prints."""
    return subprocess.run(
        [sys.executable, __file__, str(seed)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout


def test_two_runs_give_the_same_statuses_headers_and_bodies_whatever_the_order_of_hashes():
    one, two = printed(7, "1").splitlines(), printed(7, "2").splitlines()
    assert len(one) == len(list(steps()))
    for step, first, second in zip(steps(), one, two, strict=True):
        assert first == second, step


def test_the_calls_reach_what_they_are_meant_to():
    statuses = [json.loads(line)[0] for line in printed(7, "1").splitlines()]
    assert {200, 201, 204, 400, 404, 405} <= set(statuses)
    text = printed(7, "1")
    assert '\\"status\\":\\"ok\\",\\"data\\":{\\"title\\":\\"CK-' in text
    assert FROZEN_AT in text


def test_another_seed_gives_other_ids_and_nothing_else():
    one, two = (json.loads(f"[{','.join(printed(seed, '1').splitlines())}]") for seed in (7, 8))
    differing = [step for step, a, b in zip(steps(), one, two, strict=True) if a != b]
    assert any(path == "/api/actions/connector" for _, path, _ in differing)
    assert any("_doc" in path for _, path, _ in differing)
    assert any("_execute" in path for _, path, _ in differing)
    assert [status for status, _, _ in one] == [status for status, _, _ in two]
    # Whatever differs is the id of something: one text becomes the other by renaming.
    renamed = dict(zip(_ids(one), _ids(two), strict=True))
    text = _ID.sub(lambda found: renamed[found[0]], json.dumps(one))
    assert text == json.dumps(two)


_ID = re.compile(r"(?<![\w-])([0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{22}|(?=[\w-]*\d)[\w-]{20})(?![\w-])")


def _ids(answers: Any) -> list[str]:
    return [found[0] for found in _ID.finditer(json.dumps(answers))]


def test_after_a_reset_the_same_calls_give_the_same_answers():
    world = made(7)

    def told() -> list[Any]:
        return [
            # Jira's proxies number every request that they see.
            (status, [pair for pair in headers if pair[0] != "X-AREQUESTID"], text)
            for status, headers, text in answers(world)
        ]

    try:
        first = told()
        world.clock.advance("3h")
        world.reset()
        for step, one, two in zip(steps(), first, told(), strict=True):
            assert one == two, step
    finally:
        world.close()


def _connector(world: World, name: str) -> Any:
    body = {"name": name, "connector_type_id": ".server-log"}
    response = (
        create_app(world)
        .test_client()
        .post("/api/actions/connector", json=body, headers={"kbn-xsrf": "true"})
    )
    assert response.status_code == 200, response.text
    return response.json


def _index(world: World, name: str) -> Any:
    world.elasticsearch.create_index(name)
    return world.elasticsearch.dump()[name]["uuid"]


@pytest.mark.parametrize("make", [_connector, _index])
def test_ids_that_come_again_pass_over_those_that_are_taken(make: Callable[..., Any]):
    with_one, other = World(seed_ids=7), World(seed_ids=7)
    try:
        first = make(with_one, "first")
        assert make(other, "other") is not None
        before = with_one.dump()
        with_one.reset(empty=True)
        with_one.seed(parse_seed(before))
        second = make(with_one, "second")
        other.seed(parse_seed(before))
    finally:
        with_one.close()
        other.close()
    assert first != second
    uuids = [record["uuid"] for record in other.dump()["indices"].values()]
    assert len(set(uuids)) == len(uuids)


def main() -> None:
    """Write each answer on a line."""
    world = made(int(sys.argv[1]))
    for answer in answers(world):
        sys.stdout.write(json.dumps(answer) + "\n")
    world.close()


if __name__ == "__main__":
    main()
