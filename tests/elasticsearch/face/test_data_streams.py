"""Data streams are made of templates, take new documents only, and roll over."""

from __future__ import annotations

from typing import Any

import pytest
from face_requests import call, refused

from mockkibana.elasticsearch.face.face import ElasticsearchFace

FIRST = ".ds-x-a-2023.11.14-000001"


@pytest.fixture
def stream(face: ElasticsearchFace) -> ElasticsearchFace:
    call(
        face,
        "PUT /_index_template/t",
        {"index_patterns": ["x-*"], "data_stream": {}, "priority": 7},
    )
    call(face, "PUT /_data_stream/x-a")
    return face


def test_a_data_stream_is_shown_with_its_indices(stream: ElasticsearchFace) -> None:
    [shown] = call(stream, "GET /_data_stream/x-*")["data_streams"]
    [index] = shown.pop("indices")
    assert index["index_name"] == FIRST
    assert shown == {
        "name": "x-a",
        "timestamp_field": {"name": "@timestamp"},
        "generation": 1,
        "status": "YELLOW",
        "template": "t",
        "next_generation_managed_by": "Unmanaged",
        "prefer_ilm": True,
        "hidden": False,
        "system": False,
        "allow_custom_routing": False,
        "replicated": False,
        "rollover_on_write": False,
    }
    index = call(stream, f"GET /{FIRST}")[FIRST]
    assert index["data_stream"] == "x-a"
    assert index["mappings"] == {"properties": {"@timestamp": {"type": "date"}}}
    assert index["settings"]["index"]["hidden"] == "true"


def test_a_new_document_is_in_the_last_index(stream: ElasticsearchFace) -> None:
    document = {"@timestamp": 1, "n": 1}
    created = call(stream, "POST /x-a/_doc?refresh=true", document, 201)
    assert (created["_index"], created["result"]) == (FIRST, "created")
    rolled = call(stream, "POST /x-a/_rollover")
    assert rolled["rolled_over"] is True
    assert (rolled["old_index"], rolled["new_index"]) == (FIRST, ".ds-x-a-2023.11.14-000002")
    assert call(stream, "POST /x-a/_doc", document, 201)["_index"] == rolled["new_index"]
    for expression in ("x-a", "x-*", "_all", FIRST + "," + rolled["new_index"]):
        assert call(stream, f"GET /{expression}/_count")["count"] == 2
    assert call(stream, "GET /x-a,-x-*/_count")["count"] == 0
    stats = call(stream, "GET /_data_stream/x-a/_stats")
    assert (stats["backing_indices"], stats["data_streams"][0]["maximum_timestamp"]) == (2, 1)


@pytest.mark.parametrize(
    ("line", "body", "error"),
    [
        (
            "PUT /x-a/_doc/1",
            {"@timestamp": 1},
            (
                "illegal_argument_exception: only write ops with "
                "an op_type of create are allowed in data streams"
            ),
        ),
        (
            "DELETE /x-a/_doc/1",
            None,
            (
                "illegal_argument_exception: only write ops with an op_type "
                "of create are allowed in data streams"
            ),
        ),
        (
            "POST /x-a/_doc",
            {"n": 1},
            (
                "document_parsing_exception: [1:1] failed to parse: data "
                "stream timestamp field [@timestamp] is missing"
            ),
        ),
        (
            "POST /x-a/_doc",
            {"@timestamp": [1, 2]},
            (
                "document_parsing_exception: [1:1] failed to "
                "parse: data stream timestamp field [@timestamp] encountered multiple values"
            ),
        ),
        (
            f"POST /{FIRST}/_doc",
            {"@timestamp": 1},
            (
                "illegal_argument_exception: index request "
                "with op_type=create targeting backing indices is disallowed, target corresponding "
                "data stream [x-a] instead"
            ),
        ),
        (
            f"PUT /{FIRST}/_doc/1",
            {"@timestamp": 1},
            (
                "illegal_argument_exception: index request "
                "with op_type=index and no if_primary_term and if_seq_no set targeting "
                "backing indices is disallowed, target corresponding data stream [x-a] instead"
            ),
        ),
        (
            "PUT /x-b",
            None,
            (
                "illegal_argument_exception: cannot create index with name [x-b], "
                "because it matches with template [t] that creates data streams only, use "
                "create data stream api instead"
            ),
        ),
        (
            "PUT /_data_stream/y",
            None,
            "illegal_argument_exception: no matching index template found for data stream [y]",
        ),
        (
            "PUT /_data_stream/x-a",
            None,
            "resource_already_exists_exception: data_stream [x-a] already exists",
        ),
        (
            f"DELETE /{FIRST}",
            None,
            (
                f"illegal_argument_exception: index [{FIRST}] is the write "
                "index for data stream [x-a] and cannot be deleted"
            ),
        ),
        (
            "DELETE /x-a",
            None,
            (
                "illegal_argument_exception: The provided expression [x-a] matches "
                "a data stream, specify the corresponding concrete indices instead."
            ),
        ),
        (
            "DELETE /_index_template/t",
            None,
            (
                "illegal_argument_exception: unable to remove "
                "composable templates [t] as they are in use by a data streams [x-a]"
            ),
        ),
        (
            f"POST /{FIRST}/_close",
            None,
            (
                "illegal_argument_exception: cannot close the following "
                f"data stream write indices [{FIRST}]"
            ),
        ),
    ],
)
def test_what_a_data_stream_does_not_take_is_refused(
    stream: ElasticsearchFace, line: str, body: Any, error: str
) -> None:
    assert refused(stream, line, body) == error


def test_a_document_of_a_known_state_is_changed_in_its_index(stream: ElasticsearchFace) -> None:
    id_ = call(stream, "POST /x-a/_doc", {"@timestamp": 1}, 201)["_id"]
    line = f"PUT /{FIRST}/_doc/{id_}?if_seq_no=0&if_primary_term=1"
    assert call(stream, line, {"@timestamp": 2})["result"] == "updated"


def test_an_old_index_and_then_the_stream_are_deleted(stream: ElasticsearchFace) -> None:
    call(stream, "POST /x-a/_rollover")
    call(stream, f"DELETE /{FIRST}")
    [shown] = call(stream, "GET /_data_stream/x-a")["data_streams"]
    assert (shown["generation"], len(shown["indices"])) == (2, 1)
    call(stream, "DELETE /_data_stream/x-a")
    assert refused(stream, "GET /_data_stream/x-a", status=404) == (
        "index_not_found_exception: no such index [x-a]"
    )
    assert call(stream, "GET /_cat/indices?h=index") == ""


def test_a_write_makes_the_stream_of_a_shipped_template(face: ElasticsearchFace) -> None:
    line = {"create": {"_index": "metrics-cpu-default"}}
    import json

    bulk = "\n".join(
        map(json.dumps, [line, {"@timestamp": "2023-01-01", "host": {"name": "a"}}, line, {"n": 1}])
    )
    items = call(face, "POST /_bulk", f"{bulk}\n".encode())["items"]
    assert items[0]["create"]["_index"] == ".ds-metrics-cpu-default-2023.11.14-000001"
    assert [item["create"]["status"] for item in items] == [201, 400]
    [shown] = call(face, "GET /_data_stream")["data_streams"]
    assert (shown["template"], shown["ilm_policy"]) == ("metrics", "metrics")
    assert call(face, "GET /_resolve/index/metrics-*") == {
        "indices": [],
        "aliases": [],
        "data_streams": [
            {
                "name": "metrics-cpu-default",
                "backing_indices": [".ds-metrics-cpu-default-2023.11.14-000001"],
                "timestamp_field": "@timestamp",
            }
        ],
    }


def test_the_index_that_a_stream_writes_to_is_not_lost(stream: ElasticsearchFace) -> None:
    call(stream, "PUT /_data_stream/x-b")
    remove = {"actions": [{"remove_index": {"index": FIRST}}]}
    assert "is the write index" in refused(stream, "POST /_aliases", remove)
    call(stream, "POST /x-a/_rollover")
    adopt = {"add_backing_index": {"data_stream": "x-b", "index": FIRST}}
    text = refused(stream, "POST /_data_stream/_modify", {"actions": [adopt]})
    assert text.endswith(f"index [{FIRST}] belongs to data stream [x-a]")
    for actions in ([1], [{"add_backing_index": 1}], [{"a": {}, "b": {}}], [{}]):
        refused(stream, "POST /_data_stream/_modify", {"actions": actions})
