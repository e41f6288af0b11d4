"""The official Elasticsearch clients 7, 8 and 9 against the fake Elasticsearch."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import pytest

from mockkibana.settings import Settings
from mockkibana.world import World

CLIENTS = ("elasticsearch7", "elasticsearch8", "elasticsearch")


@dataclass(frozen=True)
class Client:
    """One official client, and the module that it comes from."""

    api: Any
    module: ModuleType
    helpers: ModuleType

    @property
    def is_7(self) -> bool:
        return self.module.__name__ == "elasticsearch7"

    def send(self, api: Callable[..., Any], body: Any, **parameters: Any) -> Any:
        """Call an API that version 7 hands the body as a whole."""
        if self.is_7:
            return api(body=body, **parameters)
        parts = body if isinstance(body, dict) else {"operations": body}
        return api(**parts, **parameters)

    @property
    def bad_request(self) -> type[Exception]:
        name = "RequestError" if self.is_7 else "BadRequestError"
        return getattr(self.module, name)

    @property
    def api_error(self) -> type[Exception]:
        name = "TransportError" if self.is_7 else "ApiError"
        return getattr(self.module, name)


def body_of(error: Any) -> Any:
    return error.info if isinstance(error.info, dict) else error.body


def plain(answer: Any) -> Any:
    return getattr(answer, "body", answer)


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest, elasticsearch_url: str) -> Iterator[Client]:
    module = importlib.import_module(request.param)
    helpers = importlib.import_module(f"{request.param}.helpers")
    api = module.Elasticsearch(elasticsearch_url, max_retries=0)
    yield Client(api, module, helpers)
    api.close()


def test_the_client_takes_it_for_elasticsearch(client: Client) -> None:
    info = plain(client.api.info())
    assert info["tagline"] == "You Know, for Search"
    assert info["version"]["number"] == Settings().kibana_version
    assert client.api.ping()


@pytest.mark.kibana_version("9.0.0", "9.5.4")
def test_every_client_works_with_version_9(client: Client, kibana_version: str) -> None:
    assert client.api.info()["version"]["number"] == kibana_version
    client.api.index(index="logs", id="1", document={"n": 1})
    assert client.api.get(index="logs", id="1")["_source"] == {"n": 1}


def test_a_document_is_indexed_and_read_back(client: Client) -> None:
    written = client.api.index(index="logs", id="1", document={"message": "hello", "n": 1})
    assert (written["result"], written["_version"], written["_seq_no"]) == ("created", 1, 0)
    found = client.api.get(index="logs", id="1")
    assert found["found"] is True
    assert found["_source"] == {"message": "hello", "n": 1}
    again = client.api.index(index="logs", id="1", document={"message": "bye"})
    assert (again["result"], again["_version"]) == ("updated", 2)


def test_an_id_is_made_up_where_none_is_given(client: Client) -> None:
    written = client.api.index(index="logs", document={"message": "hello"})
    assert len(written["_id"]) == 20
    assert client.api.get(index="logs", id=written["_id"])["_source"] == {"message": "hello"}


@pytest.mark.parametrize("id_", ["a/b", "a b", "ü%2F?#", "x" * 512], ids=str.__len__)
def test_ids_may_hold_any_characters(client: Client, id_: str) -> None:
    client.api.index(index="logs", id=id_, document={"n": 1})
    assert client.api.get(index="logs", id=id_)["_id"] == id_
    assert client.api.exists(index="logs", id=id_)
    assert client.api.delete(index="logs", id=id_)["result"] == "deleted"
    assert not client.api.exists(index="logs", id=id_)


def test_creating_a_document_twice_is_a_conflict(client: Client) -> None:
    client.api.create(index="logs", id="1", document={"n": 1})
    with pytest.raises(client.module.ConflictError) as caught:
        client.api.create(index="logs", id="1", document={"n": 2})
    error = body_of(caught.value)["error"]
    assert error["type"] == "version_conflict_engine_exception"
    assert error["reason"] == (
        "[1]: version conflict, document already exists (current version [1])"
    )
    assert client.api.get(index="logs", id="1")["_source"] == {"n": 1}


def test_an_update_merges(client: Client) -> None:
    client.api.index(index="logs", id="1", document={"a": {"b": 1}, "tags": ["x"]})
    updated = client.api.update(index="logs", id="1", doc={"a": {"c": 2}, "tags": ["y"]})
    assert (updated["result"], updated["_version"]) == ("updated", 2)
    source = plain(client.api.get_source(index="logs", id="1"))
    assert source == {"a": {"b": 1, "c": 2}, "tags": ["y"]}
    assert client.api.update(index="logs", id="1", doc={"a": {"c": 2}})["result"] == "noop"
    upserted = client.api.update(index="logs", id="2", doc={"n": 1}, doc_as_upsert=True)
    assert upserted["result"] == "created"


@pytest.mark.parametrize("index", ["logs", "nowhere"])
def test_what_is_missing_is_not_found(client: Client, index: str) -> None:
    client.api.indices.create(index="logs")
    for call in (client.api.get, client.api.get_source):
        with pytest.raises(client.module.NotFoundError):
            call(index=index, id="1")
    with pytest.raises(client.module.NotFoundError):
        client.api.update(index="logs", id="1", doc={"n": 1})
    assert not client.api.exists(index=index, id="1")


def test_a_delete_of_nothing_says_so(client: Client) -> None:
    client.api.indices.create(index="logs")
    with pytest.raises(client.module.NotFoundError) as caught:
        client.api.delete(index="logs", id="1")
    assert body_of(caught.value)["result"] == "not_found"


def test_several_documents_are_read_at_once(client: Client) -> None:
    client.api.index(index="logs", id="1", document={"n": 1})
    docs = client.send(client.api.mget, {"ids": ["1", "2"]}, index="logs")["docs"]
    assert [doc["found"] for doc in docs] == [True, False]


def test_the_bulk_helper_indexes_everything(client: Client) -> None:
    actions = [{"_index": "logs", "_id": str(n), "n": n} for n in range(250)]
    done, errors = client.helpers.bulk(client.api, actions, chunk_size=100, refresh=True)
    assert (done, errors) == (250, [])
    assert client.api.count(index="logs")["count"] == 250


def test_the_scan_helper_finds_everything(client: Client) -> None:
    actions = [{"_index": "m", "_id": str(n), "_source": {"n": n}} for n in range(25)]
    client.helpers.bulk(client.api, actions)

    hits = client.helpers.scan(
        client.api, index="m", query={"query": {"exists": {"field": "n"}}}, size=10
    )

    assert sorted(hit["_source"]["n"] for hit in hits) == list(range(25))


def test_the_bulk_helper_reports_the_items_that_fail(client: Client) -> None:
    client.api.indices.create(index="logs", mappings={"properties": {"bytes": {"type": "long"}}})
    actions = [
        {"_index": "logs", "_id": "1", "bytes": 5},
        {"_index": "logs", "_id": "2", "bytes": "foo"},
        {"_op_type": "create", "_index": "logs", "_id": "1", "bytes": 6},
        {"_op_type": "update", "_index": "logs", "_id": "9", "doc": {"bytes": 1}},
    ]
    done, errors = client.helpers.bulk(client.api, actions, raise_on_error=False)
    assert done == 1
    assert [next(iter(error)) for error in errors] == ["index", "create", "update"]
    failures = [next(iter(error.values())) for error in errors]
    assert [failure["status"] for failure in failures] == [400, 409, 404]
    assert failures[0]["error"]["reason"] == (
        "[1:10] failed to parse field [bytes] of type [long] in document with id '2'. "
        "Preview of field's value: 'foo'"
    )
    assert failures[0]["error"]["caused_by"]["reason"] == 'For input string: "foo"'


def test_the_bulk_helper_raises_when_it_is_not_told_otherwise(client: Client) -> None:
    actions = [{"_op_type": "create", "_index": "logs", "_id": "1", "n": n} for n in range(2)]
    with pytest.raises(client.helpers.BulkIndexError):
        client.helpers.bulk(client.api, actions)


def test_a_bulk_request_answers_item_by_item(client: Client) -> None:
    lines = [
        {"index": {"_index": "logs", "_id": "1"}},
        {"n": 1},
        {"delete": {"_index": "logs", "_id": "1"}},
        {"delete": {"_index": "logs", "_id": "2"}},
    ]
    answer = client.send(client.api.bulk, lines)
    assert answer["errors"] is False
    results = [next(iter(item.values()))["result"] for item in answer["items"]]
    assert results == ["created", "deleted", "not_found"]


def test_a_search_finds_and_scores(client: Client) -> None:
    client.api.index(index="logs", id="1", document={"message": "Disk is full"})
    answer = client.api.search(index="logs", query={"match": {"message": "disk"}})
    assert answer["hits"]["total"] == {"value": 1, "relation": "eq"}
    hit = answer["hits"]["hits"][0]
    assert (hit["_id"], hit["_score"]) == ("1", 0.2876821)
    assert hit["_source"] == {"message": "Disk is full"}
    nothing = client.api.search(index="logs", query={"term": {"message": "Disk"}})
    assert nothing["hits"]["hits"] == []


def test_a_search_is_paged_sorted_and_filtered(client: Client) -> None:
    for n in range(5):
        client.api.index(index="logs", id=str(n), document={"n": n, "secret": "x"})
    excludes = "_source_excludes" if client.is_7 else "source_excludes"
    answer = client.api.search(
        index="logs", sort=[{"n": "desc"}], from_=1, size=2, **{excludes: ["secret"]}
    )
    hits = answer["hits"]["hits"]
    assert [hit["_source"] for hit in hits] == [{"n": 3}, {"n": 2}]
    assert [hit["sort"] for hit in hits] == [[3], [2]]


def test_a_query_is_counted(client: Client) -> None:
    client.api.index(index="logs", document={"level": "info"})
    client.api.index(index="logs", document={"level": "warn"}, refresh="wait_for")
    assert client.api.count(index="logs")["count"] == 2
    body = {"query": {"term": {"level.keyword": "warn"}}}
    assert client.send(client.api.count, body, index="logs")["count"] == 1


def test_the_query_dsl_finds_documents(client: Client) -> None:
    lines = []
    for n in range(5):
        lines += [{"index": {"_id": str(n)}}, {"n": n, "text": "disk full" if n % 2 else "ok"}]
    client.send(client.api.bulk, lines, index="logs", refresh=True)

    def found(answer: Any) -> str:
        return "".join(sorted(hit["_id"] for hit in answer["hits"]["hits"]))

    queries: dict[str, Any] = {
        "34": {"range": {"n": {"gte": 3}}},
        "13": {"match_phrase": {"text": "disk full"}},
        "024": {"query_string": {"query": "text:(ok OR okay) AND n:[0 TO 9]"}},
        "0": {
            "bool": {"filter": [{"prefix": {"text": "o"}}], "must_not": {"terms": {"n": [2, 4]}}}
        },
    }
    answers = {
        ids: found(client.api.search(index="logs", query=query)) for ids, query in queries.items()
    }
    assert answers == {ids: ids for ids in queries}
    assert found(client.api.search(index="logs", q="text:dis*")) == "13"
    if not client.is_7:
        dsl = importlib.import_module(f"{client.module.__name__}.dsl")
        search = dsl.Search(using=client.api, index="logs").query("multi_match", query="full disk")
        assert sorted(hit.n for hit in search.exclude("term", n=1)) == [3]


def test_an_unknown_query_is_refused(client: Client) -> None:
    client.api.indices.create(index="logs")
    with pytest.raises(client.bad_request) as caught:
        client.api.search(index="logs", query={"foo": {}})
    assert body_of(caught.value)["error"]["reason"] == "unknown query [foo]"


def test_an_index_lives_from_create_to_delete(client: Client) -> None:
    indices = client.api.indices
    assert not indices.exists(index="logs")
    created = indices.create(
        index="logs",
        settings={"number_of_replicas": 0},
        mappings={"properties": {"n": {"type": "long"}}},
        aliases={"all-logs": {}},
    )
    assert plain(created) == {
        "acknowledged": True,
        "shards_acknowledged": True,
        "index": "logs",
    }
    assert indices.exists(index="logs")
    found = plain(indices.get(index="logs"))["logs"]
    assert found["mappings"] == {"properties": {"n": {"type": "long"}}}
    assert found["settings"]["index"]["number_of_replicas"] == "0"
    assert list(found["aliases"]) == ["all-logs"]
    more = {"properties": {"m": {"type": "keyword"}}}
    client.send(indices.put_mapping, more, index="logs")
    mapping = plain(indices.get_mapping(index="all-logs"))["logs"]["mappings"]
    assert mapping["properties"]["m"] == {"type": "keyword"}
    assert indices.refresh(index="logs")["_shards"]["failed"] == 0
    assert indices.delete(index="logs")["acknowledged"] is True
    assert not indices.exists(index="logs")


def test_an_index_is_created_once_only(client: Client) -> None:
    client.api.indices.create(index="logs")
    with pytest.raises(client.bad_request) as caught:
        client.api.indices.create(index="logs")
    assert body_of(caught.value)["error"]["type"] == "resource_already_exists_exception"


def test_an_index_that_is_missing_is_not_found(client: Client) -> None:
    with pytest.raises(client.module.NotFoundError) as caught:
        client.api.indices.delete(index="logs")
    error = body_of(caught.value)["error"]
    assert error["reason"] == "no such index [logs]"
    assert error["index"] == "logs"


def test_an_index_name_must_be_lowercase(client: Client) -> None:
    with pytest.raises(client.bad_request) as caught:
        client.api.index(index="Logs", document={"n": 1})
    assert body_of(caught.value)["error"]["reason"] == (
        "Invalid index name [Logs], must be lowercase"
    )


@pytest.mark.parametrize("status", ["yellow", "green"])
def test_who_waits_for_health_is_answered_at_once(client: Client, status: str) -> None:
    client.api.indices.create(index="logs")
    health = client.api.cluster.health(index="logs", wait_for_status=status, timeout="1s")
    assert (health["status"], health["timed_out"]) == (status, False)


def test_date_math_in_names_survives_the_url(client: Client) -> None:
    name = "<logs-{now/d{yyyy.MM|UTC}}>"
    written = client.api.index(index=name, id="1", document={"a": 1})
    assert client.api.get(index=name, id="1")["_index"] == written["_index"] != name
    assert client.api.count(index=name)["count"] == 1


def test_an_index_at_the_flood_stage_takes_no_documents(client: Client) -> None:
    client.api.indices.create(index="full")
    parameter = "body" if client.is_7 else "settings"
    for block in (True, None):
        settings = {parameter: {"index.blocks.read_only_allow_delete": block}}
        client.api.indices.put_settings(index="full", **settings)
        if block:
            with pytest.raises(client.api_error) as caught:
                client.api.index(index="full", document={"a": 1})
            assert body_of(caught.value)["status"] == 429
    assert client.api.index(index="full", document={"a": 1})["result"] == "created"


@pytest.mark.kibana_version("8.19.0")
def test_a_client_of_the_next_version_is_journalled_as_such(client: Client, world: World) -> None:
    assert client.api.index(index="logs", document={"a": 1})["result"] == "created"
    codes = {code for call in world.journal.records() for code in call.warnings}
    assert codes == ({"media-type-version"} if client.module.__name__ == CLIENTS[2] else set())


@pytest.mark.kibana_version("8.19.0")
def test_the_observed_contract_refuses_clients_of_the_next_version(
    client: Client, world: World
) -> None:
    world.settings = replace(world.settings, contract="observed")
    if client.module.__name__ != CLIENTS[2]:
        assert client.api.index(index="logs", document={"a": 1})["result"] == "created"
        return
    with pytest.raises(client.bad_request) as caught:
        client.api.index(index="logs", document={"a": 1})
    assert body_of(caught.value)["error"]["type"] == "media_type_header_exception"


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ({"type": "geo_point"}, {"lat": 100, "lon": 0}),
        ({"type": "date_range"}, {"gte": "soon"}),
        ({"type": "dense_vector", "dims": 3}, [1, 2]),
        ({"type": "rank_features"}, {"a": -1}),
    ],
    ids=lambda value: value.get("type") if isinstance(value, dict) else None,
)
def test_a_value_of_the_wrong_kind_is_refused(client: Client, definition: Any, value: Any) -> None:
    client.api.indices.create(index="t", mappings={"properties": {"f": definition}})
    with pytest.raises(client.bad_request) as caught:
        client.api.index(index="t", document={"f": value})
    assert body_of(caught.value)["error"]["type"] == "document_parsing_exception"
    assert client.api.count(index="t")["count"] == 0


@pytest.mark.filterwarnings("ignore:This API is in technical preview")  # `tasks.get` is
@pytest.mark.filterwarnings("ignore:Using positional arguments")  # as `helpers.reindex` of 7 does
def test_documents_are_changed_by_queries_scripts_and_pipelines(client: Client) -> None:
    api = client.api
    set_seen = {"set": {"field": "seen", "value": True}}
    client.send(api.ingest.put_pipeline, {"processors": [set_seen]}, id="p")
    client.helpers.bulk(
        api, ({"_index": "t", "_id": n, "n": n} for n in range(5)), refresh=True, pipeline="p"
    )
    script = {"source": "ctx._source.n += params.by", "params": {"by": 10}}
    api.update(index="t", id="0", script=script)
    few = {"range": {"n": {"lt": 3}}}
    by_script = {"query": few, "script": script}
    assert client.send(api.update_by_query, by_script, index="t", refresh=True)["updated"] == 2
    deleted = client.send(api.delete_by_query, {"query": {"term": {"n": 3}}}, index="t")
    assert deleted["deleted"] == 1
    copy = {"source": {"index": "t"}, "dest": {"index": "u"}}
    task = client.send(api.reindex, copy, wait_for_completion=False)["task"]
    assert api.tasks.get(task_id=task)["response"]["created"] == 4
    client.helpers.reindex(api, "t", "v")
    api.indices.refresh(index="v")
    for index in ("u", "v"):
        hits = api.search(index=index, size=10)["hits"]["hits"]
        found = {hit["_id"]: hit["_source"] for hit in hits}
        assert found["0"] == {"n": 10, "seen": True}
        assert sorted(source["n"] for source in found.values()) == [4, 10, 11, 12]


def test_streams_and_aliases_roll_over(client: Client) -> None:
    api = client.api
    stream = {"index_patterns": ["metrics-x*"], "data_stream": {}, "priority": 500}
    client.send(api.indices.put_index_template, stream, name="t")
    api.indices.create_data_stream(name="metrics-x")
    api.indices.create(index="log-1")
    api.indices.put_alias(index="log-1", name="log")
    for alias in ("metrics-x", "log"):
        old = api.indices.rollover(alias=alias)["old_index"]
        again = client.send(api.indices.rollover, {"conditions": {"max_docs": 1}}, alias=alias)
        assert (again["old_index"] != old, again["rolled_over"]) == (True, False)
    [shown] = plain(api.indices.get_data_stream(name="metrics-x"))["data_streams"]
    assert len(shown["indices"]) == 2
    rows = api.cat.indices(index="log*", h="index", s="index").split()
    assert rows == ["log-000002", "log-1"]
    assert list(plain(api.field_caps(index="metrics-x", fields="@timestamp"))["fields"]) == [
        "@timestamp"
    ]


def test_a_suite_can_clean_up(client: Client) -> None:
    api = client.api
    api.index(index="logs", document={"a": 1})
    assert not plain(api.snapshot.get_repository())
    assert plain(api.ilm.get_lifecycle()).keys() == {"logs", "metrics"}  # a node's own
    assert not plain(api.slm.get_lifecycle())
    assert list(plain(api.ingest.get_pipeline())) == ["logs@default-pipeline"]  # a node's own
    templates = plain(api.indices.get_index_template())["index_templates"]
    assert {template["name"] for template in templates} == {"logs", "metrics"}  # a node's own
    assert plain(api.indices.get_data_stream(name="*"))["data_streams"] == []
    assert api.indices.delete_data_stream(name="*", expand_wildcards="all")["acknowledged"]
    assert api.ingest.delete_pipeline(id="*")["acknowledged"]
    assert plain(api.cluster.get_settings()) == {"persistent": {}, "transient": {}}
    assert list(api.cluster.state(metric="metadata")["metadata"]["indices"]) == ["logs"]
