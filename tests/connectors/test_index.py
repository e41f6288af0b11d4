"""The index connector, from its validation to what is in the index afterwards."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import Any

import pytest
import time_machine

from mockkibana.clock import Clock
from mockkibana.connectors.base import Failed, Run, RunLog
from mockkibana.connectors.elasticsearch_errors import client_message
from mockkibana.connectors.index import Index
from mockkibana.http.messages import Answer
from mockkibana.log import Log
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.settings import Settings

CONNECTOR = "/api/actions/connector"
CONFIG = "error validating action type config: "
SECRETS = "error validating action type secrets: "
PARAMS = "error validating action params: "
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=datetime.UTC)
ES_ID = re.compile(r"[A-Za-z0-9_-]{20}")


def item(answer: Any, position: int = 0) -> Any:
    """Return one item of a successful run."""
    assert answer.json["status"] == "ok", answer.text
    [(_, found)] = answer.json["data"]["items"][position].items()
    return found


def source(elasticsearch: Any, found: Any) -> Any:
    """Return the document that an item of an answer stands for."""
    return elasticsearch(f"/{found['_index']}/_doc/{found['_id']}")["_source"]


# Config and secrets


@pytest.mark.parametrize(
    ("config", "stored"),
    [
        ({"index": "t"}, {"index": "t", "refresh": False, "executionTimeField": None}),
        (
            {"executionTimeField": None, "refresh": "TRUE", "index": "NO *"},
            {"index": "NO *", "refresh": True, "executionTimeField": None},
        ),
        (
            {"index": "t", "refresh": False, "executionTimeField": " ts "},
            {"index": "t", "refresh": False, "executionTimeField": " ts "},
        ),
        (
            {"index": "t", "refresh": "false"},
            {"index": "t", "refresh": False, "executionTimeField": None},
        ),
    ],
    ids=str,
)
@pytest.mark.kibana_version("8.19.0")
def test_the_three_keys_of_a_config_are_always_shown(post, config, stored):
    answer = post(".index", config)
    assert answer.status_code == 200
    assert answer.json["config"] == stored


def union(key: str, first: str, prefix: str = "") -> str:
    """Return how Kibana words the failure of a nullable value."""
    return (
        f"{prefix}[{key}]: types that failed validation:\n"
        f"- [{key}.0]: {first}\n"
        f"- [{key}.1]: expected value to equal [null]"
    )


STRING = "expected value of type [string] but got"
BOOLEAN = "expected value of type [boolean] but got"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"index": 666}, f"{CONFIG}[index]: {STRING} [number]"),
        ({}, f"{CONFIG}[index]: {STRING} [undefined]"),
        ({"indeX": "t"}, f"{CONFIG}[index]: {STRING} [undefined]"),
        (None, f"{CONFIG}[index]: {STRING} [undefined]"),
        ({"index": "t", "KEY": 1}, f"{CONFIG}[KEY]: definition for this key is missing"),
        ({"index": "t", "refresh": "foo"}, f"{CONFIG}[refresh]: {BOOLEAN} [string]"),
        ({"index": "t", "refresh": None}, f"{CONFIG}[refresh]: {BOOLEAN} [null]"),
        ({"index": "t", "refresh": 0}, f"{CONFIG}[refresh]: {BOOLEAN} [number]"),
        ({"index": "t", "refresh": {}}, f"{CONFIG}[refresh]: {BOOLEAN} [Object]"),
        (
            {"index": "t", "executionTimeField": True},
            union("executionTimeField", f"{STRING} [boolean]", CONFIG),
        ),
        ({"index": ""}, "[request body.config.index]: value '' is not valid"),
        (
            {"index": "t", "executionTimeField": " "},
            "[request body.config.executionTimeField]: value '' is not valid",
        ),
    ],
    ids=str,
)
@pytest.mark.kibana_version("8.19.0")
def test_a_config_that_does_not_fit_is_refused(world, post, config, message):
    before = world.store.digest()
    answer = post(".index", config)
    assert (answer.status_code, answer.json) == (
        400,
        {"statusCode": 400, "error": "Bad Request", "message": message},
    )
    assert world.store.digest() == before


@pytest.mark.kibana_version("8.19.0")
def test_there_are_no_secrets(post):
    assert post(".index", {"index": "t"}, secrets={}).status_code == 200
    answer = post(".index", {"index": "t"}, secrets={"KEY": 1})
    assert answer.json["message"] == f"{SECRETS}[KEY]: definition for this key is missing"


# Params

FAILED = "error indexing documents"
RECORD = "could not parse record value from json input"
ARRAY = "expected value of type [array] but got"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, f"[documents]: {ARRAY} [undefined]"),
        ({"documents": [{}], "jim": "bob"}, "[jim]: definition for this key is missing"),
        ({"jim": "bob"}, f"[documents]: {ARRAY} [undefined]"),
        ({"documents": ["should be an object"]}, f"[documents.0]: {RECORD}"),
        ({"documents": [5]}, "[documents.0]: expected value of type [object] but got [number]"),
        (
            {"documents": [{}, None]},
            "[documents.1]: expected value of type [object] but got [null]",
        ),
        (
            {"documents": [{}, [], "x"]},
            "[documents.1]: expected value of type [object] but got [Array]",
        ),
        ({"documents": ["[1]"]}, "[documents.0]: expected value of type [object] but got [Array]"),
        ({"documents": 12}, f"[documents]: {ARRAY} [number]"),
        ({"documents": {}}, f"[documents]: {ARRAY} [Object]"),
        ({"documents": None}, f"[documents]: {ARRAY} [null]"),
        ({"documents": "test"}, "[documents]: could not parse array value from json input"),
        ({"documents": "{}"}, f"[documents]: {ARRAY} [Object]"),
        (
            {"documents": [{}], "indexOverride": "foo"},
            union("indexOverride", 'index must start with "kibana-alert-history-"'),
        ),
        (
            {"documents": [{}], "indexOverride": 1},
            union("indexOverride", f"{STRING} [number]"),
        ),
    ],
    ids=str,
)
@pytest.mark.kibana_version("8.19.0")
def test_bad_params_are_an_outcome(world, create, execute, params, message):
    connector_id = create(".index", {"index": "t"})["id"]
    before = world.store.digest()
    answer = execute(connector_id, params)
    assert answer.json == {
        "status": "error",
        "message": PARAMS + message,
        "errorSource": "user",
        "connector_id": connector_id,
        "retry": False,
    }
    assert "x-mock-warning" not in answer.headers
    assert world.store.digest() == before


@pytest.mark.parametrize(
    ("documents", "sources"),
    [
        (['{"a":1}'], [{"a": 1}]),
        ('[{"a":1},{"b":[2]}]', [{"a": 1}, {"b": [2]}]),
        ('["{}"]', [{}]),
        ([{"blank": ""}], [{"blank": ""}]),
    ],
    ids=str,
)
@pytest.mark.kibana_version("8.19.0")
def test_documents_may_be_strings_that_hold_json(
    create, execute, elasticsearch, documents, sources
):
    answer = execute(create(".index", {"index": "t"})["id"], {"documents": documents})
    found = [source(elasticsearch, item(answer, at)) for at in range(len(sources))]
    assert found == sources


# Success


@pytest.mark.parametrize(
    ("contract", "key", "warning"),
    [("documented", "index", "bulk-item-key"), ("observed", "create", None)],
)
@pytest.mark.kibana_version("8.19.0")
def test_the_answer_is_elasticsearchs_bulk_answer(world, create, execute, contract, key, warning):
    world.settings = replace(world.settings, contract=contract)
    connector_id = create(".index", {"index": "my-index"})["id"]
    answer = execute(connector_id, {"documents": [{"a": 1}, {"a": 2}]})
    assert list(answer.json) == ["status", "data", "connector_id"]
    assert answer.headers.get("x-mock-warning") == warning
    data = answer.json["data"]
    assert list(data) == ["errors", "took", "items"]
    assert data["errors"] is False
    assert type(data["took"]) is int
    for number, entry in enumerate(data["items"]):
        assert list(entry) == [key]
        document_id = entry[key]["_id"]
        assert ES_ID.fullmatch(document_id)
        assert list(entry[key].items()) == [
            ("_index", "my-index"),
            ("_id", document_id),
            ("_version", 1),
            ("result", "created"),
            ("_shards", {"total": 2, "successful": 1, "failed": 0}),
            ("_seq_no", number),
            ("_primary_term", 1),
            ("status", 201),
        ]


def test_elasticsearchs_own_bulk_answer_says_create_in_both_contracts(client, world):
    for contract in ("documented", "observed"):
        world.settings = replace(world.settings, contract=contract)
        answer = client.post(
            "/_mock/elasticsearch/t/_bulk",
            data=b'{"index":{"op_type":"create"}}\n{"a":1}\n',
            content_type="application/x-ndjson",
        )
        assert list(answer.json["items"][0]) == ["create"]
        assert "x-mock-warning" not in answer.headers


@pytest.mark.parametrize("contract", ["documented", "observed"])
def test_with_refresh_the_documents_are_searchable_and_the_items_say_so(
    world, create, execute, elasticsearch, contract
):
    world.settings = replace(world.settings, contract=contract)
    answer = execute(
        create(".index", {"index": "t", "refresh": True})["id"], {"documents": [{"a": 1}]}
    )
    assert list(item(answer))[2:6] == ["_version", "result", "forced_refresh", "_shards"]
    assert item(answer)["forced_refresh"] is True
    hits = elasticsearch("/t/_search")["hits"]["hits"]
    assert [hit["_source"] for hit in hits] == [{"a": 1}]


def test_documents_keep_their_text_even_when_it_looks_like_an_answer(
    create, execute, elasticsearch
):
    tricky = {"note": '{"create":{', "create": {"create": {}}, "ü": "\u2028", "id": "own"}
    answer = execute(create(".index", {"index": "t"})["id"], {"documents": [tricky]})
    assert source(elasticsearch, item(answer)) == tricky
    assert item(answer)["_id"] != "own"


def test_every_run_creates_new_documents(create, execute, elasticsearch):
    connector_id = create(".index", {"index": "t", "refresh": True})["id"]
    ids = {item(execute(connector_id, {"documents": [{"a": 1}]}))["_id"] for _ in range(3)}
    assert len(ids) == 3
    assert elasticsearch("/t/_count")["count"] == 3


def test_the_index_is_created_with_a_mapping(create, execute, elasticsearch):
    execute(create(".index", {"index": "t"})["id"], {"documents": [{"a": 1, "b": "x"}]})
    assert elasticsearch("/t/_mapping") == {
        "t": {
            "mappings": {
                "properties": {
                    "a": {"type": "long"},
                    "b": {
                        "type": "text",
                        "fields": {"keyword": {"type": "keyword", "ignore_above": 256}},
                    },
                }
            }
        }
    }


@pytest.mark.kibana_version("8.19.0")
def test_a_run_goes_over_http_and_leaves_its_document_behind(world, serve):
    import requests

    url = serve(world)
    headers = {"kbn-xsrf": "1"}
    body = {"name": "n", "connector_type_id": ".index", "config": {"index": "t"}}
    made = requests.post(f"{url}{CONNECTOR}", json=body, headers=headers, timeout=10).json()
    ran = requests.post(
        f"{url}{CONNECTOR}/{made['id']}/_execute",
        json={"params": {"documents": [{"message": "hello, world"}]}},
        headers=headers,
        timeout=10,
    )
    assert ran.headers["x-mock-warning"] == "bulk-item-key"
    document_id = ran.json()["data"]["items"][0]["index"]["_id"]
    found = requests.get(f"{url}/_mock/elasticsearch/t/_doc/{document_id}", timeout=10)
    assert found.json()["_source"] == {"message": "hello, world"}


# The time field


@pytest.mark.parametrize(
    ("field", "document", "indexed"),
    [
        ("ts", {"a": 1}, {"a": 1, "ts": "2026-01-02T03:04:05.678Z"}),
        ("ts", {"ts": "mine", "a": 1}, {"ts": "2026-01-02T03:04:05.678Z", "a": 1}),
        ("\tts ", {}, {"ts": "2026-01-02T03:04:05.678Z"}),
        ("@a.b", {"@a": {"c": 1}}, {"@a": {"c": 1}, "@a.b": "2026-01-02T03:04:05.678Z"}),
        (None, {"a": 1}, {"a": 1}),
    ],
    ids=str,
)
def test_the_time_of_the_run_goes_into_every_document(
    create, execute, elasticsearch, field, document, indexed
):
    connector_id = create(".index", {"index": "t", "executionTimeField": field})["id"]
    with time_machine.travel(NOW, tick=False):
        answer = execute(connector_id, {"documents": [document, document]})
    for position in (0, 1):
        assert source(elasticsearch, item(answer, position)) == indexed


def test_a_blank_time_field_of_a_seed_is_none(world, seed, execute, elasticsearch):
    config = {"index": "t", "executionTimeField": "  "}
    world.seed(*[seed(connectors=[
        {"id": "i", "connector_type_id": ".index", "config": config}])])  # fmt: skip
    answer = execute("i", {"documents": [{"a": 1}]})
    assert source(elasticsearch, item(answer)) == {"a": 1}


# Another index for one run


@pytest.mark.parametrize(
    ("override", "index"),
    [("kibana-alert-history-x", "kibana-alert-history-x"), (None, "t")],
)
def test_a_run_may_go_to_an_alert_history_index(create, execute, override, index):
    params = {"documents": [{"a": 1}], "indexOverride": override}
    assert item(execute(create(".index", {"index": "t"})["id"], params))["_index"] == index


def test_the_prefix_alone_is_a_name(create, execute):
    params = {"documents": [{"a": 1}], "indexOverride": "kibana-alert-history-"}
    answer = execute(create(".index", {"index": "t"})["id"], params)
    assert item(answer)["_index"] == "kibana-alert-history-"


# Failures of some documents


def test_documents_that_fail_are_named_and_the_others_stay(world, create, execute, elasticsearch):
    connector_id = create(".index", {"index": "t", "refresh": True})["id"]
    execute(connector_id, {"documents": [{"bytes": 1}]})
    world.log.clear()
    documents = [{"bytes": 2}, {"bytes": "foo"}, {"": 1}, {"bytes": {"x": 1}}]
    answer = execute(connector_id, {"documents": documents})
    assert list(answer.json) == [
        "status",
        "message",
        "errorSource",
        "connector_id",
        "service_message",
    ]
    text = answer.json["service_message"]
    ids = re.findall(r"with id '([^']*)'", text)
    assert len(ids) == 2
    assert text == (
        f"[1:10] failed to parse field [bytes] of type [long] in document with id '{ids[0]}'. "
        "Preview of field's value: 'foo';"
        "[1:2] failed to parse: field name cannot be an empty string;"
        f"[1:16] failed to parse field [bytes] of type [long] in document with id '{ids[1]}'. "
        "Preview of field's value: '{x=1}' "
        '(For input string: "foo";field name cannot be an empty string;'
        "Cannot parse object as number)"
    )
    assert answer.json | {"service_message": ""} == {
        "status": "error",
        "message": "error indexing documents",
        "errorSource": "user",
        "connector_id": connector_id,
        "service_message": "",
    }
    assert "x-mock-warning" not in answer.headers
    hits = elasticsearch("/t/_search")["hits"]["hits"]
    assert sorted(hit["_source"]["bytes"] for hit in hits) == [1, 2]
    lines = [(line.level, line.logger, line.message) for line in world.log.lines]
    logger = "plugins.actions.index"
    assert lines == [
        ("error", logger, f"error indexing documents: {text}"),
        (
            "warn",
            logger,
            f"action execution failure: .index:{connector_id}: My connector: {FAILED}: {text}",
        ),
    ]


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ("BAD", "Invalid index name [BAD], must be lowercase"),
        ("_bad", "Invalid index name [_bad], must not start with '_', '-', or '+'"),
        ("a#b", "Invalid index name [a#b], must not contain '#'"),
        ("..", "Invalid index name [..], must not be '.' or '..'"),
    ],
)
def test_a_bad_name_fails_every_document_when_they_are_sent(world, create, execute, index, message):
    connector_id = create(".index", {"index": index})["id"]
    before = world.store.digest()
    answer = execute(connector_id, {"documents": [{}, {}]})
    assert answer.json["message"] == "error indexing documents"
    assert answer.json["service_message"] == f"{message};{message}"
    assert world.store.digest() == before


def test_a_strict_mapping_refuses_without_a_cause(client, create, execute):
    client.put("/_mock/elasticsearch/t", json={"mappings": {"dynamic": "strict"}})
    answer = execute(create(".index", {"index": "t"})["id"], {"documents": [{"zz": 1}]})
    assert answer.json["service_message"] == (
        "[1:7] mapping set to strict, dynamic introduction of [zz] within [_doc] is not allowed"
    )


TIME_IS_MISSING = "data stream timestamp field [@timestamp] is missing"


@pytest.mark.parametrize(
    ("index", "requests", "message"),
    [
        ("t", [("PUT", "t", None), ("POST", "t/_close", None)], "closed"),
        (
            "t",
            [("PUT", "t", None), ("PUT", "t/_block/write", None)],
            "index [t] blocked by: [FORBIDDEN/8/index write (api)];",
        ),
        (
            "metrics-a-b",
            [],
            f"[1:1] failed to parse: {TIME_IS_MISSING} ({TIME_IS_MISSING})",
        ),
        (
            "t",
            [("PUT", "t", {"settings": {"default_pipeline": "p"}})],
            "pipeline with id [p] does not exist",
        ),
        (
            "t",
            [
                ("PUT", "t", {"settings": {"default_pipeline": "p"}}),
                ("PUT", "_ingest/pipeline/p", {"processors": [{"fail": {"message": "no"}}]}),
            ],
            "no",
        ),
        (
            "t",
            [
                (
                    "PUT",
                    "_cluster/settings",
                    {"persistent": {"action.auto_create_index": "false"}},
                )
            ],
            "no such index [t] and [action.auto_create_index] is [false]",
        ),
    ],
    ids=["closed", "blocked", "time", "no-pipeline", "failing-pipeline", "auto-create"],
)
def test_documents_fail_as_the_cluster_is(client, create, execute, index, requests, message):
    for method, path, body in requests:
        client.open(f"/_mock/elasticsearch/{path}", method=method, json=body)
    answer = execute(create(".index", {"index": index})["id"], {"documents": [{"a": 1}]})
    assert answer.json["service_message"] == message


def test_a_name_that_a_stream_has_a_template_for_makes_a_stream(client, create, execute):
    answer = execute(create(".index", {"index": "logs-a-b"})["id"], {"documents": [{"a": 1}]})
    [[result]] = [item.values() for item in answer.json["data"]["items"]]
    assert result["_index"].startswith(".ds-logs-a-b-")
    found = client.get("/_mock/elasticsearch/_data_stream/logs-a-b").json["data_streams"]
    assert [stream["template"] for stream in found] == ["logs"]


# Failures of the request


def test_no_documents_are_an_empty_request(world, create, execute, elasticsearch):
    connector_id = create(".index", {"index": "t"})["id"]
    before = world.store.digest()
    answer = execute(connector_id, {"documents": []})
    assert list(answer.json.items()) == [
        ("status", "error"),
        ("message", "error indexing documents"),
        ("errorSource", "user"),
        ("connector_id", connector_id),
        (
            "service_message",
            "parse_exception\n\tRoot causes:\n\t\tparse_exception: request body is required",
        ),
    ]
    assert world.store.digest() == before


UNAUTHORIZED = (
    "action [indices:data/write/bulk] is unauthorized for user [u] with effective roles [r], this "
    "action is granted by the index privileges [create_doc,create,delete,index,write,all]"
)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {
                "error": {
                    "root_cause": [{"type": "security_exception", "reason": UNAUTHORIZED}],
                    "type": "security_exception",
                    "reason": UNAUTHORIZED,
                },
                "status": 403,
            },
            f"security_exception\n\tRoot causes:\n\t\tsecurity_exception: {UNAUTHORIZED}",
        ),
        (
            {
                "error": {
                    "root_cause": [{"type": "a", "reason": "b"}, {"type": "c", "reason": "d"}],
                    "type": "t",
                    "reason": "not used",
                    "caused_by": {"type": "e", "reason": "f", "caused_by": {"type": "g"}},
                }
            },
            "t\n\tCaused by:\n\t\te: f\n\tRoot causes:\n\t\ta: b\n\t\tc: d",
        ),
        ({"error": {"type": "t", "root_cause": []}}, "t"),
        ({"error": "no handler found"}, '{"error":"no handler found"}'),
        ({"a": 1}, '{"a":1}'),
        ("<html>bad gateway</html>", "<html>bad gateway</html>"),
        ("", "Response Error"),
        (None, "Response Error"),
        ({}, "{}"),
    ],
    ids=str,
)
def test_an_error_answer_becomes_the_text_of_kibanas_client(body, message):
    assert client_message(body) == message


class Refusing:
    """An Elasticsearch that gives one answer, whatever it is asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[Any] = []

    def send(self, message: Outbound) -> Answer:
        self.asked.append(message)
        return self.answer


def run(elasticsearch: Any, user: str | None = None) -> Run:
    clock = Clock()
    return Run(
        connector_id="i",
        config={"index": "t", "refresh": True, "executionTimeField": None},
        secrets={},
        settings=Settings(contract="observed"),
        clock=clock,
        log=RunLog(Log(clock), ".index"),
        send=elasticsearch.send,
        user=user,
    )


class Silent:
    """An Elasticsearch from which no answer comes."""

    def send(self, _: Outbound) -> Answer:
        raise Unreachable("connect ECONNREFUSED 127.0.0.1:9200")


def test_an_elasticsearch_that_cannot_be_reached_fails_the_run_with_its_clients_text():
    unreached = run(Silent())
    with pytest.raises(Failed) as failed:
        Index().execute(unreached, {"documents": [{}], "indexOverride": None})
    assert (failed.value.message, failed.value.service_message, failed.value.retry) == (
        "error indexing documents",
        "connect ECONNREFUSED 127.0.0.1:9200",
        None,
    )


REASONS = [
    ([{"create": {"error": {}}}], "Indexing error but no reason returned."),
    (
        [{"create": {"error": {"caused_by": {"reason": "dropped"}}}}],
        "Indexing error but no reason returned.",
    ),
    ([{"create": {"error": {"reason": "a"}}}, {"create": {"status": 201}}], "a"),
    (
        [
            {"create": {"error": {"reason": "a"}}},
            {"create": {"error": {"reason": "b", "caused_by": {"reason": "c"}}}},
            {"create": {"error": {"caused_by": {"reason": "d", "caused_by": {"reason": "e"}}}}},
        ],
        "a;b (c;d)",
    ),
]


@pytest.mark.parametrize(("items", "text"), REASONS, ids=[row[1] for row in REASONS])
def test_reasons_and_first_causes_are_joined(items, text):
    elasticsearch = Refusing(Answer(200, {"errors": True, "took": 1, "items": items}))
    with pytest.raises(Failed) as failed:
        Index().execute(run(elasticsearch), {"documents": [{}], "indexOverride": None})
    assert (failed.value.message, failed.value.service_message, failed.value.retry) == (
        "error indexing documents",
        text,
        None,
    )


def test_elasticsearch_is_asked_as_the_caller(world):
    elasticsearch = Refusing(Answer(200, {"errors": False, "took": 1, "items": []}))
    data = Index().execute(
        run(elasticsearch, "jo"), {"documents": [{"a": 1}], "indexOverride": None}
    )
    assert elasticsearch.asked == [
        Outbound("POST", "/t/_bulk?refresh=true", body=[{"a": 1}], user="jo")
    ]
    assert data == {"errors": False, "took": 1, "items": []}


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (403, {"error": {"type": "security_exception"}}, "security_exception"),
        (502, "bad gateway", "bad gateway"),
        (503, None, "Response Error"),
    ],
)
def test_an_answer_that_is_an_error_fails_the_run(status, body, text):
    with pytest.raises(Failed) as failed:
        Index().execute(
            run(Refusing(Answer(status, body))), {"documents": [{}], "indexOverride": None}
        )
    assert failed.value.service_message == text


# The preconfigured alert history connector

HISTORY = "preconfigured-alert-history-es-index"


def test_the_alert_history_connector_indexes_documents_as_they_are_sent(
    world, execute, elasticsearch
):
    world.settings = replace(world.settings, preconfigured_alert_history_es_index=True)
    for space in ("", "/s/a"):
        answer = execute(HISTORY, {"documents": [{"a": 1}]}, space=space)
        found = item(answer)
        assert found["_index"] == "kibana-alert-history-default"
        assert "forced_refresh" not in found
        assert source(elasticsearch, found) == {"a": 1}
    params = {"documents": [{"a": 1}], "indexOverride": "kibana-alert-history-mine"}
    assert item(execute(HISTORY, params))["_index"] == "kibana-alert-history-mine"


def test_alert_history_indices_start_with_kibanas_template(world, execute, elasticsearch):
    world.settings = replace(world.settings, preconfigured_alert_history_es_index=True)
    execute(HISTORY, {"documents": [{"rule": {"name": "r"}, "other": 1}]})
    [index] = elasticsearch("/kibana-alert-history-default").values()
    settings = index["settings"]["index"]
    assert settings["number_of_shards"] == "1"
    assert settings["auto_expand_replicas"] == "0-1"
    assert index["mappings"]["properties"]["@timestamp"] == {"type": "date"}
    assert "other" not in index["mappings"]["properties"]


def test_without_the_alert_history_connector_there_is_no_template(create, execute, elasticsearch):
    params = {"documents": [{"a": 1}], "indexOverride": "kibana-alert-history-x"}
    execute(create(".index", {"index": "t"})["id"], params)
    [index] = elasticsearch("/kibana-alert-history-x").values()
    assert index["mappings"] == {"properties": {"a": {"type": "long"}}}


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("<alerts-{now/d}>", "alerts-2026.01.02"),
        ("<alerts-{now/d-1d{yyyy-MM-dd|+02:00}}>", "alerts-2026-01-01"),
    ],
)
def test_date_math_in_the_name_of_the_index_is_worked_out(
    world, create, execute, elasticsearch, name, index
):
    world.clock.freeze(NOW)
    connector_id = create(".index", {"index": name})["id"]
    found = item(execute(connector_id, {"documents": [{"a": 1}]}))
    assert found["_index"] == index
    assert elasticsearch(f"/{index}/_count")["count"] == 1


def test_of_a_name_that_stands_twice_in_a_document_the_last_counts(client, create, elasticsearch):
    made = create(".index", {"index": "t"})
    answer = client.post(
        f"{CONNECTOR}/{made['id']}/_execute",
        data=b'{"params":{"documents":[{"a":1,"a":2}]}}',
        headers={"kbn-xsrf": "x", "content-type": "application/json"},
    )
    assert source(elasticsearch, item(answer)) == {"a": 2}
