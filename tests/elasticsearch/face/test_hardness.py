"""Nothing that arrives makes the face raise, or answer that it is at fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from document_writes import index_document
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import TABLE, ElasticsearchFace
from mockkibana.http.messages import Answer, Request
from mockkibana.json import encode
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

ROUTES = TABLE.patterns()

# Words that mean something somewhere, so that arbitrary JSON gets beyond the first check.
WORDS = [
    "query", "bool", "must", "filter", "should", "must_not", "match", "match_all", "term", "terms",
    "ids", "exists", "values", "field", "value", "boost", "operator", "minimum_should_match",
    "constant_score", "range", "sort", "order", "missing", "mode", "from", "size", "_source",
    "includes", "excludes", "track_total_hits", "min_score", "post_filter", "docs", "_id", "_index",
    "doc", "upsert", "doc_as_upsert", "detect_noop", "script", "index", "create", "update",
    "delete", "settings", "mappings", "aliases", "properties", "type", "dynamic", "n", "text",
    "on", "text.keyword", "o.a", "_score", "_doc", "_all", "t", "alias", "*", "-t", "", ".", "a..b",
    "long", "keyword", "nested", "object", "number_of_replicas", "index.number_of_shards",
    "\ud800", "\0", "__proto__", "{place}", "%", "NaN", "1e400", "9" * 30, "-1", "2024-01-01",
    "true", "asc", "3<90%",
]  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**25), 10**25)
    | st.floats()
    | st.sampled_from(WORDS)
    | st.text(max_size=6)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
QUERIES_IN_JSON = st.dictionaries(
    st.sampled_from(["bool", "match", "term", "terms", "ids", "exists", "constant_score", "range"]),
    JSON | st.dictionaries(st.sampled_from(["n", "on", "text", "o.a", "text.keyword"]), JSON),
    min_size=1,
    max_size=2,
)
SEARCHES = st.fixed_dictionaries(
    {},
    optional={
        "query": QUERIES_IN_JSON
        | st.fixed_dictionaries(
            {"bool": st.dictionaries(st.sampled_from(["must", "should"]), QUERIES_IN_JSON)}
        ),
        "sort": JSON,
        "size": SCALARS,
        "track_total_hits": SCALARS,
        "_source": JSON,
    },
)
ACTIONS = st.dictionaries(
    st.sampled_from(["index", "create", "update", "delete"]),
    st.dictionaries(
        st.sampled_from(["_id", "_index", "_source", "if_primary_term", "if_seq_no", "op_type"])
        | st.sampled_from(["pipeline", "require_alias", "routing", "version", "version_type"]),
        JSON,
        max_size=3,
    ),
    min_size=1,
    max_size=1,
)
TEXTS = (JSON | SEARCHES | ACTIONS).map(lambda value: json.dumps(value).encode())
LINES = st.lists(TEXTS | st.sampled_from([b'{"index":{}}', b"", b"\r"]), max_size=6).map(
    lambda lines: b"\n".join(lines) + b"\n"
)
BODIES = st.just(b"") | TEXTS | LINES | st.binary(max_size=20)
SEGMENTS = st.sampled_from(["t", "alias", "t,none", "t*", "none", "_all", "T", "%00"]) | st.text(
    min_size=1, max_size=5
).map(lambda text: quote(text.encode("utf-8", "replace"), safe="*,%"))
NAMES = sorted(
    {
        "refresh", "pretty", "filter_path", "format", "from", "size", "sort", "version", "_source",
        "version_type", "if_seq_no", "if_primary_term", "op_type", "routing", "q", "timeout",
        "source", "source_content_type", "track_total_hits", "rest_total_hits_as_int", "features",
        "expand_wildcards", "allow_no_indices", "ignore_unavailable", "_source_includes", "level",
        "wait_for_status", "flat_settings", "pipeline", "require_alias", "sorted",
    }
)  # fmt: skip
QUERIES = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from(WORDS) | st.text(max_size=5), max_size=3
)
TYPES = st.sampled_from(
    ["application/json"] * 8
    + ["application/x-ndjson", "text/plain", "", ";", "application/vnd.elasticsearch+json"]
    + [f"application/vnd.elasticsearch+json; compatible-with={n}" for n in (6, 8, "x")]
)


@pytest.fixture(scope="module")
def make() -> Callable[[], tuple[Store, ElasticsearchFace]]:
    def world() -> tuple[Store, ElasticsearchFace]:
        store = Store()
        cluster = Cluster(store, Installation())
        cluster.create_index(
            "t",
            mappings={
                "properties": {
                    "n": {"type": "long"},
                    "on": {"type": "date"},
                    "text": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
                }
            },
            aliases={"alias": {}},
        )
        source = {"n": 1, "text": "Hello", "on": "2024-01-01", "o": {"a": True}}
        index_document(cluster, "t", source, id="1")
        return store, ElasticsearchFace(cluster)

    return world


def ask(face: ElasticsearchFace, method: str, path: str, **parts: Any) -> Answer:
    answer = face.handle(Request(method, path, **parts))
    assert answer.headers["X-elastic-product"] == "Elasticsearch"
    assert answer.status < 500, answer
    if answer.body is not None and not isinstance(answer.body, str):
        json.loads(encode(answer.body))
    for value in answer.headers.values():
        value.encode("latin-1")
    return answer


@settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    route=st.sampled_from(ROUTES),
    segments=st.lists(SEGMENTS, min_size=2, max_size=2),
    query=QUERIES,
    content_type=TYPES,
    body=BODIES,
)
@example(("POST", "/_bulk"), ["t", "1"], {}, "application/json", b'{"index":{}}\n{"a":1}\n')
def test_no_request_makes_any_route_fail(
    make: Callable[[], tuple[Store, ElasticsearchFace]],
    route: tuple[str, str],
    segments: list[str],
    query: dict[str, str],
    content_type: str,
    body: bytes,
) -> None:
    store, face = make()
    before = store.digest()
    method, pattern = route
    path = pattern.replace("{index}", segments[0]).replace("{id}", segments[1])
    headers = {"content-type": content_type, "accept": content_type}
    answer = ask(face, method, path, query=query, headers=headers, body=body)
    # A refused document leaves the index that was created for it, a delete of nothing a number.
    writes_one = (method in ("PUT", "POST", "DELETE") and "{id}" in pattern) or "_doc" in pattern
    if method in ("GET", "HEAD") or (answer.status >= 400 and not writes_one):
        assert store.digest() == before


@settings(max_examples=150, deadline=None)
@given(method=st.text(max_size=6), path=st.text(max_size=20), body=st.binary(max_size=9))
def test_no_path_makes_the_face_fail(
    make: Callable[[], tuple[Store, ElasticsearchFace]], method: str, path: str, body: bytes
) -> None:
    _, face = make()
    ask(face, method, path, body=body, headers={"content-type": "application/json"})
