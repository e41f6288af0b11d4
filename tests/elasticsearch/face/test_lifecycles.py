"""Lifecycle policies are kept and told of, and nothing that is in use is deleted."""

from __future__ import annotations

from face_requests import call, refused

from mockkibana.elasticsearch.face.face import ElasticsearchFace

POLICY = {"phases": {"hot": {"actions": {}}, "delete": {"min_age": "1d", "actions": {}}}}


def test_policies_are_put_with_versions_and_deleted(face: ElasticsearchFace) -> None:
    for version in (1, 2):
        call(face, "PUT /_ilm/policy/p", {"policy": POLICY})
        kept = call(face, "GET /_ilm/policy/p")["p"]
        assert kept["version"] == version
    assert kept["policy"]["phases"]["hot"] == {"min_age": "0ms", "actions": {}}
    assert list(call(face, "GET /_ilm/policy")) == ["logs", "metrics", "p"]
    call(face, "DELETE /_ilm/policy/p")
    missing = refused(face, "GET /_ilm/policy/p", status=404)
    assert missing == "resource_not_found_exception: Lifecycle policy not found: [p]"


def test_a_policy_tells_who_uses_it(face: ElasticsearchFace) -> None:
    call(face, "PUT /_ilm/policy/p", {"policy": POLICY})
    call(face, "PUT /i", {"settings": {"index.lifecycle.name": "p"}})
    template = {"settings": {"lifecycle": {"name": "p"}}}
    call(face, "PUT /_index_template/t", {"index_patterns": ["x-*"], "template": template})
    assert call(face, "GET /_ilm/policy/p")["p"]["in_use_by"] == {
        "indices": ["i"],
        "data_streams": [],
        "composable_templates": ["t"],
    }
    assert refused(face, "DELETE /_ilm/policy/p") == (
        "illegal_argument_exception: Cannot delete policy [p]. It is in use by one or more "
        "indices: [i]"
    )


def test_an_index_is_at_the_beginning_of_its_life(face: ElasticsearchFace) -> None:
    call(face, "PUT /_ilm/policy/p", {"policy": POLICY})
    call(face, "PUT /i", {"settings": {"index.lifecycle.name": "p"}})
    call(face, "PUT /j")
    told = call(face, "GET /*/_ilm/explain")["indices"]
    assert told["j"] == {"index": "j", "managed": False}
    assert (told["i"]["policy"], told["i"]["phase"]) == ("p", "hot")
    assert list(call(face, "GET /*/_ilm/explain?only_managed")["indices"]) == ["i"]
    answer = call(face, "POST /i/_ilm/remove")
    assert answer == {"has_failures": False, "failed_indexes": []}
    assert call(face, "GET /i/_ilm/explain")["indices"]["i"]["managed"] is False


def test_the_management_of_lifecycles_stops_and_starts(face: ElasticsearchFace) -> None:
    assert call(face, "GET /_ilm/status") == {"operation_mode": "RUNNING"}
    call(face, "POST /_ilm/stop")
    assert call(face, "GET /_ilm/status") == {"operation_mode": "STOPPED"}
    call(face, "POST /_ilm/start")
    assert call(face, "GET /_ilm/status") == {"operation_mode": "RUNNING"}


def test_a_phase_that_there_is_not_is_refused(face: ElasticsearchFace) -> None:
    for body, error in (
        (
            {"policy": {"phases": {"tepid": {}}}},
            "illegal_argument_exception: Timeseries lifecycle does not support phase [tepid]",
        ),
        (
            {"foo": 1},
            "x_content_parse_exception: [1:2] [put_lifecycle_request] unknown field [foo]",
        ),
    ):
        assert refused(face, "PUT /_ilm/policy/p", body) == error
    refused(face, "GET /_ilm/policy/p", status=404)
