"""Settings of indices are read, completed, changed and shown."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.indices import index_settings
from mockkibana.json import Json
from mockkibana.settings.release import release_of


@pytest.mark.parametrize(
    "settings",
    [
        {"number_of_shards": 1, "hidden": True},
        {"index": {"number_of_shards": "1", "hidden": "true"}},
        {"index.number_of_shards": 1, "index": {"hidden": True}},
    ],
)
def test_settings_may_be_flat_or_nested(settings: Json) -> None:
    flat = index_settings.read(settings)
    assert flat == {"index.number_of_shards": "1", "index.hidden": "true"}


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (
            {"foo": 1},
            (
                "unknown setting [index.foo] please check that any required plugins are installed, "
                "or check the breaking changes documentation for removed settings"
            ),
        ),
        (
            {"number_of_shards": 0},
            "Failed to parse value [0] for setting [index.number_of_shards] must be >= 1",
        ),
        (
            {"number_of_shards": 1025},
            "Failed to parse value [1025] for setting [index.number_of_shards] must be <= 1024",
        ),
        (
            {"number_of_replicas": -1},
            "Failed to parse value [-1] for setting [index.number_of_replicas] must be >= 0",
        ),
        (
            {"number_of_replicas": "x"},
            "Failed to parse value [x] for setting [index.number_of_replicas]",
        ),
        (
            {"blocks": {"write": "x"}},
            "Failed to parse value [x] as only [true] or [false] are allowed.",
        ),
        ({"uuid": "x"}, "private index setting [index.uuid] can not be set explicitly"),
    ],
)
def test_a_setting_that_is_not_valid_is_refused(settings: Json, reason: str) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        index_settings.read(settings)
    assert (caught.value.type, caught.value.reason) == ("illegal_argument_exception", reason)


def test_a_static_setting_of_an_index_stays_as_it_is() -> None:
    with pytest.raises(ElasticsearchError) as caught:
        index_settings.update({}, {"index.number_of_shards": "2"}, "x", "u")
    assert caught.value.reason == "final x setting [index.number_of_shards], not updateable"
    with pytest.raises(ElasticsearchError) as caught:
        index_settings.update({}, {"index.analysis.analyzer.a.type": "x"}, "x", "u")
    assert caught.value.reason == (
        "Can't update non dynamic settings [[index.analysis.analyzer.a.type]] for open indices "
        "[[x/u]]"
    )


def test_null_puts_a_setting_back_to_its_default() -> None:
    before = {"index.number_of_replicas": "2", "index.hidden": "true"}
    change = {"index.number_of_replicas": None, "index.hidden": None}
    after = index_settings.update(before, change, "x", "u")
    assert after == {"index.number_of_replicas": "1"}


def test_replicas_that_expand_find_no_room_on_one_node() -> None:
    flat = index_settings.complete({"index.auto_expand_replicas": "0-1"}, release_of("8.19.0"))
    assert flat["index.number_of_replicas"] == "0"


@pytest.mark.parametrize(("minor", "created"), [(17, "8521000"), (18, "8525000")])
def test_an_index_says_which_version_made_it(minor: int, created: str) -> None:
    assert (
        index_settings.complete({}, release_of(f"8.{minor}.0"))["index.version.created"] == created
    )


def test_settings_are_shown_nested_as_texts() -> None:
    flat = index_settings.complete(
        index_settings.read({"refresh_interval": "5s"}), release_of("8.17.0")
    )
    shown = index_settings.shown(flat, name="x", uuid="u", creation_date=17)
    assert index_settings.nested(shown) == {
        "index": {
            "routing": {"allocation": {"include": {"_tier_preference": "data_content"}}},
            "refresh_interval": "5s",
            "number_of_shards": "1",
            "number_of_replicas": "1",
            "version": {"created": "8521000"},
            "provided_name": "x",
            "creation_date": "17",
            "uuid": "u",
        }
    }


@pytest.mark.parametrize(
    ("settings", "blocked"),
    [
        ({}, []),
        ({"blocks.write": False}, []),
        ({"blocks.read": True}, ["read"]),
        ({"blocks.write": True}, ["write"]),
        ({"blocks.read_only": True}, ["write", "metadata_write", "delete"]),
        ({"blocks.metadata": True}, ["metadata_read", "metadata_write", "delete"]),
        ({"blocks.read_only_allow_delete": True}, ["write", "metadata_write"]),
    ],
    ids=str,
)
def test_each_block_refuses_its_own(settings: Json, blocked: Json) -> None:
    assert index_settings.blocks(index_settings.read(settings)).keys() == set(blocked)
