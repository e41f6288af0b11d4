"""Deep pages: `search_after`, scrolls, points in time; and several searches in one request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from document_writes import index_document
from face_requests import request_of
from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.http.messages import Answer

Ask = Callable[..., Answer]

_PROPERTIES = {
    "n": {"type": "integer"},
    "level": {"type": "keyword"},
    "price": {"type": "double"},
    "at": {"type": "date"},
    "on": {"type": "boolean"},
    "where": {"type": "ip"},
}


def _document(n: int) -> dict[str, Any]:
    source: dict[str, Any] = {"n": n, "level": "abc"[n % 3], "where": f"10.0.0.{n % 4}"}
    if n % 4:
        source |= {"price": (n % 6) / 4, "on": n % 2 == 0, "at": f"2024-01-{n % 5 + 1:02}"}
    return source


@pytest.fixture
def ask(face: ElasticsearchFace, cluster: Cluster) -> Ask:
    """Ask with a JSON body, among 20 documents in two indices."""
    for name, numbers in (("t-1", range(12)), ("t-2", range(12, 20))):
        cluster.create_index(name, mappings={"properties": _PROPERTIES})
        for n in numbers:
            index_document(cluster, name, _document(n), id=str(n))

    def ask(target: str, body: Any = None) -> Answer:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return face.handle(request_of(target, None if body is None else raw))

    return ask


def ids(body: Any) -> list[str]:
    return [hit["_id"] for hit in body["hits"]["hits"]]


def reason_of(answer: Answer) -> str:
    error = answer.body["error"]
    failed = error.get("failed_shards")
    text: str = failed[0]["reason"]["reason"] if failed else error["reason"]
    return text


_FIELDS = ("n", "level", "price", "at", "on", "where", "_score")


def test_pages_after_each_other_are_one_order_of_all_hits(ask: Ask) -> None:
    @settings(deadline=None, max_examples=30)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(_FIELDS),
                st.sampled_from(["asc", "desc"]),
                st.sampled_from(["_last", "_first"]),
            ),
            max_size=2,
            unique_by=lambda row: row[0],
        ),
        st.integers(1, 7),
    )
    def is_one_order(keys: Any, size: int) -> None:
        sort = [
            {field: {"order": order} | ({} if field == "_score" else {"missing": missing})}
            for field, order, missing in keys
        ]
        body: dict[str, Any] = {"sort": [*sort, {"n": "asc"}], "size": size}
        whole = ids(ask("POST /t-*/_search", {**body, "size": 100}).body)
        found: list[str] = []
        while page := ask("POST /t-*/_search", body).body["hits"]["hits"]:
            found += [hit["_id"] for hit in page]
            body["search_after"] = page[-1]["sort"]
            assert len(found) <= 20, body
        assert found == whole
        assert len(set(found)) == 20

    is_one_order()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"search_after": [1]}, "Sort must contain at least one field."),
        (
            {"search_after": [1], "sort": ["n", "level"]},
            "search_after has 1 value(s) but sort has 2.",
        ),
        (
            {"search_after": ["x"], "sort": ["n"]},
            "Failed to parse search_after value for field [n].",
        ),
        ({"search_after": [], "sort": ["n"]}, "Values must contains at least one value."),
        ({"search_after": 1, "sort": ["n"]}, "Unknown key for a VALUE_NUMBER in [search_after]."),
        (
            {"search_after": [1], "sort": ["n"], "from": 1},
            "Validation Failed: 1: [from] parameter must be set to 0 when [search_after] is used;",
        ),
        (
            {"sort": ["_shard_doc"]},
            "Validation Failed: 1: [_shard_doc] sort field cannot be used without [point in time];",
        ),
        (
            {"slice": {"id": 0, "max": 2}},
            (
                "Validation Failed: 1: [slice] can only be used with [scroll] or [point-in-time] "
                "requests;"
            ),
        ),
    ],
    ids=lambda value: None if isinstance(value, str) else json.dumps(value),
)
def test_a_page_that_follows_nothing_is_refused(ask: Ask, body: Any, reason: str) -> None:
    answer = ask("POST /t-*/_search", body)

    assert answer.status == 400
    assert reason_of(answer) == reason


def scrolled(ask: Ask, first: Answer) -> Iterator[Any]:
    """Yield the pages of a scroll until one is empty."""
    body = first.body
    while body["hits"]["hits"]:
        yield body
        again = ask("POST /_search/scroll", {"scroll": "1m", "scroll_id": body["_scroll_id"]})
        assert again.status == 200
        assert again.body["_scroll_id"] == body["_scroll_id"]
        body = again.body


def test_a_scroll_shows_all_hits_of_the_moment_when_it_began(ask: Ask, cluster: Cluster) -> None:
    sort = {"size": 7, "sort": [{"n": "desc"}], "aggs": {"m": {"max": {"field": "n"}}}}
    first = ask("POST /t-*/_search?scroll=1m", sort)
    index_document(cluster, "t-1", _document(30), id="30")
    cluster.delete_index("t-2")

    pages = list(scrolled(ask, first))

    assert [id_ for page in pages for id_ in ids(page)] == [str(n) for n in range(19, -1, -1)]
    assert [len(page["hits"]["hits"]) for page in pages] == [7, 7, 6]
    assert {page["hits"]["total"]["value"] for page in pages} == {20}
    assert pages[0]["aggregations"]["m"]["value"] == 19
    assert "aggregations" not in pages[1]
    assert next(iter(pages[0])) == "_scroll_id"


def test_slices_of_a_scroll_are_all_hits_once(ask: Ask) -> None:
    found = [
        id_
        for number in range(3)
        for id_ in ids(
            ask(
                "POST /t-*/_search?scroll=1m",
                {"slice": {"id": number, "max": 3}, "size": 100},
            ).body
        )
    ]

    assert sorted(found, key=int) == [str(n) for n in range(20)]


def test_a_scroll_ends_when_it_is_cleared_or_when_nobody_asks(ask: Ask, cluster: Cluster) -> None:
    clock = cluster.installation.clock
    one, two = (ask("POST /t-1/_search?scroll=1m").body["_scroll_id"] for _ in range(2))

    cleared = ask("DELETE /_search/scroll", {"scroll_id": [one]})
    again = ask("DELETE /_search/scroll", {"scroll_id": one})
    gone = ask("POST /_search/scroll", {"scroll_id": one})
    clock.advance("50s")
    alive = ask(f"GET /_search/scroll?scroll_id={two}&scroll=2m")
    clock.advance("100s")
    still = ask("POST /_search/scroll", {"scroll_id": two})
    clock.advance("121s")
    late = ask("POST /_search/scroll", {"scroll_id": two})

    assert (cleared.status, cleared.body) == (200, {"succeeded": True, "num_freed": 1})
    assert (again.status, again.body) == (404, {"succeeded": True, "num_freed": 0})
    assert (alive.status, still.status) == (200, 200)
    assert (gone.status, late.status) == (404, 404)
    assert gone.body["error"]["type"] == "search_phase_execution_exception"
    assert gone.body["error"]["root_cause"] == [
        {
            "type": "search_context_missing_exception",
            "reason": "No search context found for id [1]",
        }
    ]
    ask("POST /t-1/_search?scroll=1m")
    assert ask("DELETE /_search/scroll/_all").body["num_freed"] == 1


@pytest.mark.parametrize(
    ("target", "body", "reason"),
    [
        ("POST /_search/scroll", {"scroll_id": "none"}, "Cannot parse scroll id"),
        ("POST /_search/scroll", {}, "Validation Failed: 1: scrollId is missing;"),
        ("DELETE /_search/scroll", {}, "Validation Failed: 1: no scroll ids specified;"),
        (
            "POST /_search/scroll",
            {"size": 3},
            (
                "Unknown parameter [size] in request body or parameter is of the wrong type"
                "[VALUE_NUMBER] "
            ),
        ),
        (
            "POST /t-1/_search?scroll=1m",
            {"from": 3, "size": 0, "track_total_hits": False},
            (
                "Validation Failed: 1: disabling [track_total_hits] is not allowed in a scroll "
                "context;2: using [from] is not allowed in a scroll context;3: [size] cannot be "
                "[0] in a scroll context;"
            ),
        ),
        (
            "POST /t-1/_search?scroll=1m",
            {"size": 10_001},
            (
                "Batch size is too large, size must be less than or equal to: [10000] but was "
                "[10001]. Scroll batch sizes cost as much memory as result windows so they are "
                "controlled by the [index.max_result_window] index level setting."
            ),
        ),
        (
            "POST /t-1/_search?scroll=2d",
            {},
            (
                "Keep alive for request (2d) is too large. It must be less than (1d). This limit "
                "can be set by changing the [search.max_keep_alive] cluster level setting."
            ),
        ),
        ("POST /t-1/_pit", None, "Validation Failed: 1: [keep_alive] is not specified;"),
        ("POST /_search", {"pit": {"id": "none"}}, "invalid id: [none]"),
    ],
)
def test_a_scroll_that_makes_no_sense_is_refused(
    ask: Ask, target: str, body: Any, reason: str
) -> None:
    answer = ask(target, body)

    assert answer.status == 400
    assert reason_of(answer) == reason


def test_there_are_so_many_scrolls_and_no_more(ask: Ask) -> None:
    answers = [ask("POST /t-2/_search?scroll=1m", {"size": 1}) for _ in range(501)]

    assert {answer.status for answer in answers[:500]} == {200}
    assert answers[500].status == 429
    assert answers[500].body["error"]["type"] == "too_many_scroll_contexts_exception"


def test_a_point_in_time_stays_as_it_was(ask: Ask, cluster: Cluster) -> None:
    opened = ask("POST /t-*/_pit?keep_alive=1m")
    pit = {"id": opened.body["id"], "keep_alive": "1m"}
    index_document(cluster, "t-1", _document(30), id="30")

    found: list[str] = []
    body: dict[str, Any] = {"pit": pit, "size": 6, "sort": [{"level": "asc"}]}
    while page := ask("POST /_search", body).body["hits"]["hits"]:
        found += [hit["_id"] for hit in page]
        assert len(page[-1]["sort"]) == 2  # the second one tells documents apart
        body["search_after"] = page[-1]["sort"]
        assert len(found) <= 20

    assert sorted(found, key=int) == [str(n) for n in range(20)]
    answer = ask("POST /_search", {"pit": pit, "query": {"term": {"n": 30}}})
    assert next(iter(answer.body)) == "pit_id"
    assert answer.body["hits"]["total"]["value"] == 0
    assert ask("POST /t-1/_search", {"pit": pit}).body["error"]["reason"] == (
        "Validation Failed: 1: [indices] cannot be used with point in time. Do not specify any "
        "index with point in time.;"
    )
    assert ask("DELETE /_pit", {"id": pit["id"]}).body == {"succeeded": True, "num_freed": 1}
    assert ask("DELETE /_pit", {"id": pit["id"]}).status == 404
    assert ask("POST /_search", {"pit": pit}).status == 404


def lines(*values: Any) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def test_several_searches_are_each_answered_on_their_own(ask: Ask) -> None:
    body = lines(
        {"index": "t-1"}, {"query": {"term": {"n": 3}}},
        {"index": ["nowhere"]}, {},
        {"index": "t-*"}, {"size": 0, "aggs": {"m": {"max": {"field": "n"}}}},
        {"index": "nowhere", "ignore_unavailable": True}, {"sort": "n"},
    ) + b"\n" + lines({"size": 1})  # fmt: skip

    answer = ask("POST /t-2/_msearch?typed_keys=true", body)

    assert answer.status == 200
    first, missing, sums, none, default = answer.body["responses"]
    assert (first["status"], ids(first)) == (200, ["3"])
    assert missing["status"] == 404
    assert missing["error"]["type"] == "index_not_found_exception"
    assert sums["aggregations"] == {"max#m": {"value": 19.0}}
    assert none["hits"]["hits"] == []
    assert ids(default) == ["12"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (lines({}, {})[:-1], "The msearch request must be terminated by a newline [\n]"),
        (b"\n", "Validation Failed: 1: no requests added;"),
        (lines({"foo": 1}, {}), "key [foo] is not supported in the metadata section"),
        (
            lines({}, {"query": {"foo": {}}}),
            "unknown query [foo]",
        ),
    ],
    ids=["no newline", "nothing", "key", "query"],
)
def test_several_searches_that_cannot_be_read_are_refused(
    ask: Ask, body: bytes, reason: str
) -> None:
    answer = ask("POST /_msearch", body)

    assert answer.status == 400
    assert reason_of(answer) == reason
