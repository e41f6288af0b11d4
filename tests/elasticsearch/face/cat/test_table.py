"""The cat APIs write tables, as text and as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from face_requests import call, refused, request_of

from mockkibana.elasticsearch.face.cat.routes import ROUTES
from mockkibana.elasticsearch.face.face import ElasticsearchFace


@pytest.fixture
def logs(face: ElasticsearchFace) -> ElasticsearchFace:
    alias = {"filter": {"term": {"n": 1}}, "is_write_index": True, "routing": "r"}
    call(face, "PUT /logs-1", {"aliases": {"logs": alias}})
    call(face, "PUT /b", {"settings": {"number_of_replicas": 0}})
    for id_ in range(12):
        call(face, f"PUT /logs/_doc/{id_}", {}, 201)
    return face


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("indices?h=index,docs.count", "logs-1 12\nb       0\n"),
        ("indices?h=i,dc&v=true&s=dc:desc,index", "i      dc\nlogs-1 12\nb       0\n"),
        ("indices/logs*?h=health,status,pri,rep", "yellow open 1 1\n"),
        ("indices?health=green&h=index", "b\n"),
        ("indices/b?h=store.size,pri*", "249b 1 249b\n"),
        ("indices/logs?h=ss&bytes=b", "6393\n"),
        ("indices/logs?h=ss", "6.2kb\n"),
        ("indices/x*", ""),
        ("aliases", "logs logs-1 * r r true\n"),
        ("aliases/x", ""),
        ("count", "1700000000 22:13:20 12\n"),
        ("count/b?h=count", "0\n"),
        (
            "shards?h=index,shard,prirep,state,docs",
            "logs-1 0 p STARTED    12\nlogs-1 0 r UNASSIGNED   \nb      0 p STARTED     0\n",
        ),
        ("segments?h=index,docs.count", "logs-1 12\n"),
        (
            "health?h=cluster,status,shards,unassign,active_shards_percent",
            "docker-cluster yellow 2 1 66.7%\n",
        ),
        ("master?h=node,ip", "mock-es-01 127.0.0.1\n"),
        ("nodes?h=name,master", "mock-es-01 *\n"),
        ("allocation?h=shards,node", "2 mock-es-01\n1 UNASSIGNED\n"),
        ("plugins", ""),
        ("tasks?h=action", "cluster:monitor/tasks/lists\n"),
        ("templates/log*?h=name,order", "logs 100\n"),
        ("component_templates/elastic*?h=name,mapping_count", "elastic-connectors-mappings 2\n"),
        (
            "master?help",
            (
                "id   |      | node id   \nhost | h    | host name \n"
                "ip   | i    | ip address\nnode | name | node name \n"
            ),
        ),
    ],
)
def test_a_table_is_text(logs: ElasticsearchFace, path: str, text: str) -> None:
    answer = logs.handle(request_of(f"GET /_cat/{path}"))
    assert (answer.status, answer.body) == (200, text)
    assert answer.headers["content-type"] == "text/plain; charset=UTF-8"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "indices?h=i,dc,rep",
            [{"i": "logs-1", "dc": "12", "rep": "1"}, {"i": "b", "dc": "0", "rep": "0"}],
        ),
        ("pending_tasks", []),
        ("shards/b?h=docs,node", [{"docs": "0", "node": "mock-es-01"}]),
    ],
)
def test_a_table_is_json_where_it_is_asked_for(
    logs: ElasticsearchFace, path: str, body: Any
) -> None:
    accepting = {"accept": "application/json"}
    assert logs.handle(request_of(f"GET /_cat/{path}", None, accepting)).body == body
    both = {"accept": "text/plain,application/json"}
    sign = "&" if "?" in path else "?"
    assert logs.handle(request_of(f"GET /_cat/{path}{sign}format=json", None, both)).body == body
    assert isinstance(logs.handle(request_of(f"GET /_cat/{path}", None, both)).body, str)


def test_what_is_no_column_and_no_unit_is_refused(logs: ElasticsearchFace) -> None:
    assert refused(logs, "GET /_cat/indices?s=foo") == (
        "illegal_argument_exception: Unable to sort by unknown sort key `foo`"
    )
    refused(logs, "GET /_cat/indices?bytes=x")
    refused(logs, "GET /_cat/indices/none", status=404)
    refused(logs, "GET /_cat/indices?format=yaml")


def test_every_table_has_its_rows_and_its_help(logs: ElasticsearchFace) -> None:
    listed = call(logs, "GET /_cat")
    assert listed.startswith("=^.^=\n/_cat/aliases\n")
    for route in ROUTES:
        if route.pattern != "/_cat":
            assert route.pattern in listed
            path = route.pattern.replace("{index}", "b").split("/{")[0]
            assert isinstance(call(logs, f"GET {path}?format=json"), list)
            assert " | " in call(logs, f"GET {path}?help=true")
