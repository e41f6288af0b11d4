"""Searches of the fake Elasticsearch, of few documents and of many."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

from mockkibana.app import create_app
from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.http.messages import Request
from mockkibana.server import Server
from mockkibana.world import World

_HITS = 20  # of the term and of the range, however many documents there are
_WORDS = ("disk", "full", "network", "slow", "memory", "low", "user", "unknown", "timeout")
_MAPPINGS = {
    "properties": {
        "level": {"type": "keyword"},
        "at": {"type": "date"},
        "message": {"type": "text"},
    }
}
_TURNS = 50


def document(n: int) -> dict[str, Any]:
    """Return a document; the first ones are what the term and the range find."""
    is_wanted = n < _HITS
    day = "2024-01-01" if is_wanted else "2023-06-15"
    words = " ".join(_WORDS[(n + offset) % len(_WORDS)] for offset in range(3))
    return {
        "level": "fatal" if is_wanted else ("info", "warn", "error")[n % 3],
        "at": f"{day}T00:{n // 60 % 60:02}:{n % 60:02}Z",
        "message": f"{words} on host {n % 50}",
    }


def face_of(documents: int) -> ElasticsearchFace:
    """Return the face of a cluster with one index that holds so many documents."""
    cluster = World().elasticsearch
    cluster.create_index("logs", mappings=_MAPPINGS)
    for start in range(0, documents, 10_000):
        numbers = range(start, min(start + 10_000, documents))
        cluster.bulk(
            [Action(op="index", index="logs", id=str(n), source=document(n)) for n in numbers]
        )
    return ElasticsearchFace(cluster)


def searching(
    face: ElasticsearchFace, wanted: Any, hits: int | None = None, turns: int = _TURNS
) -> Callable[[], float]:
    """Return a measurement of a search: seconds. It must find so many documents."""
    body = json.dumps({"size": 10, "track_total_hits": True, **wanted}).encode()
    headers = {"content-type": "application/json"}

    def search() -> None:
        answer = face.handle(Request("POST", "/logs/_search", headers=headers, body=body))
        assert hits is None or answer.body["hits"]["total"]["value"] == hits, answer.body

    search()  # what is indexed of a field is kept

    def measure() -> float:
        gc.collect()
        start = time.perf_counter()
        for _ in range(turns):
            search()
        return (time.perf_counter() - start) / turns

    return measure


def getting(face: ElasticsearchFace) -> Callable[[], float]:
    """Return a measurement of reading a document by its id: seconds."""
    request = Request("GET", "/logs/_doc/7")

    def measure() -> float:
        gc.collect()
        start = time.perf_counter()
        for _ in range(_TURNS * 10):
            assert face.handle(request).status == 200
        return (time.perf_counter() - start) / (_TURNS * 10)

    return measure


def by_size() -> dict[str, Callable[[], float]]:
    """Return the measurements of a get, and of searches that find the same number of documents."""
    queries = {
        "term on a keyword": {"term": {"level": "fatal"}},
        "range on a date": {"range": {"at": {"gte": "2024-01-01", "lt": "now"}}},
    }
    found = {}
    for size, face in (("s", face_of(1_000)), ("l", face_of(100_000))):
        found[f"{size} get by id"] = getting(face)
        for name, query in queries.items():
            found[f"{size} {name}"] = searching(face, {"query": query}, _HITS)
    return found


def bulks(documents: int = 10_000) -> dict[str, Callable[[], float]]:
    """Return the measurements of one bulk over HTTP, and of a floor that keeps dicts."""
    lines = [json.dumps({"index": {"_index": "logs", "_id": str(n)}}) for n in range(documents)]
    sources = [json.dumps(document(n)) for n in range(documents)]
    body = "".join(f"{line}\n{source}\n" for line, source in zip(lines, sources, strict=True))
    return {
        "bulk": _posting(create_app(World()).wsgi_app, body.encode()),
        "floor": _posting(_floor, body.encode()),
    }


def _floor(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Read each line, keep each document, and answer a text: the least that anybody does."""
    kept: dict[str, Any] = {}
    lines = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).splitlines()
    items = []
    for line, source in zip(lines[::2], lines[1::2], strict=True):
        id_ = json.loads(line)["index"]["_id"]
        kept[id_] = json.loads(source)
        items.append(f'{{"index":{{"_id":"{id_}","status":201}}}}')
    answer = f'{{"errors":false,"items":[{",".join(items)}]}}'.encode()
    head = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
    start_response("200 OK", head)
    return [answer]


def _posting(app: Any, body: bytes) -> Callable[[], float]:
    server = Server(app, port=0)
    server.start()
    connection = HTTPConnection(server.host, server.port)
    headers = {"content-type": "application/x-ndjson"}

    def measure() -> float:
        gc.collect()
        start = time.perf_counter()
        connection.request("POST", "/_mock/elasticsearch/_bulk", body, headers)
        answer = connection.getresponse()
        assert b'"errors":false' in answer.read()[:200]
        return time.perf_counter() - start

    return measure


def scanning(documents: int = 100_000) -> dict[str, Callable[[], float]]:
    """Return the measurements of a match, of terms counted, and of loops that do the same."""
    face = face_of(documents)
    sources = [document(n) for n in range(documents)]

    def loop() -> float:
        gc.collect()
        start = time.perf_counter()
        found = [source for source in sources if "disk" in source["message"].lower().split()]
        assert found
        return time.perf_counter() - start

    def count() -> float:
        gc.collect()
        start = time.perf_counter()
        counts: dict[str, int] = {}
        for source in sources:
            level = source["level"]
            counts[level] = counts.get(level, 0) + 1
        assert len(counts) == 4
        return time.perf_counter() - start

    terms = {"size": 0, "aggs": {"levels": {"terms": {"field": "level"}}}}
    return {
        "match": searching(face, {"query": {"match": {"message": "disk"}}}, turns=3),
        "matching loop": loop,
        "terms": searching(face, terms, turns=3),
        "counting loop": count,
    }
