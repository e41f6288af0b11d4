"""The part `elasticsearch` of a seed: what a cluster knows beside its indices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from mockkibana.app import create_app
from mockkibana.seeds import BadSeed, parse_seed
from mockkibana.world import World

ES = "/_mock/elasticsearch"
PARTS = {
    "component_templates": {"part": {"template": {"settings": {"number_of_replicas": 0}}}},
    "index_templates": {
        "streams": {"index_patterns": ["s-*"], "composed_of": ["part"], "data_stream": {}}
    },
    "templates": {"old": {"index_patterns": ["old-*"], "mappings": {"dynamic": False}}},
    "pipelines": {"p/1": {"processors": [{"set": {"field": "a", "value": 1}}]}},
    "scripts": {"s": {"lang": "painless", "source": "ctx._source.a = 1"}},
    "lifecycle_policies": {"week": {"policy": {"phases": {"hot": {}}}}},
    "cluster_settings": {"persistent": {"action.auto_create_index": "false"}},
}


@pytest.fixture
def world() -> Iterator[World]:
    with closing(World()) as world:
        yield world
        assert world.bugs == []


def ask(world: World, method: str, path: str, body: Any = None) -> Any:
    answer = create_app(world).test_client().open(f"{ES}/{path}", method=method, json=body)
    assert answer.status_code < 300, answer.json
    return answer.json


def seeded(world: World, part: Any, **others: Any) -> None:
    world.seed(parse_seed({"version": 1, "elasticsearch": part, **others}))


def test_each_is_as_its_api_would_have_put_it(world: World) -> None:
    seeded(world, PARTS)
    settings = {"index": {"number_of_replicas": "0"}}
    [component] = ask(world, "GET", "_component_template/part")["component_templates"]
    assert component["component_template"]["template"]["settings"] == settings
    assert ask(world, "GET", "_template/old")["old"]["order"] == 0
    assert ask(world, "GET", "_ingest/pipeline/p%2F1")["p/1"] == PARTS["pipelines"]["p/1"]
    assert ask(world, "GET", "_scripts/s")["script"]["source"] == "ctx._source.a = 1"
    assert ask(world, "GET", "_ilm/policy/week")["week"]["version"] == 1
    auto_create = {"action": {"auto_create_index": "false"}}
    assert ask(world, "GET", "_cluster/settings")["persistent"] == auto_create


def test_an_index_of_a_seed_is_made_of_the_templates_in_it(world: World) -> None:
    template = {"index_patterns": ["a"], "template": {"mappings": {"dynamic": False}}}
    seeded(world, {"index_templates": {"t": template}}, indices={"a": {}})
    assert ask(world, "GET", "a/_mapping")["a"]["mappings"]["dynamic"] == "false"


def test_a_snapshot_brings_back_all_of_it(world: World) -> None:
    seeded(world, {**PARTS, "cluster_settings": {}, "lifecycles_stopped": True})
    for number in range(2):
        ask(world, "POST", "s-1/_doc", {"@timestamp": number})
        ask(world, "POST", "s-1/_rollover")
    ask(world, "PUT", "_data_stream/s-1/_lifecycle", {"data_retention": "7d"})
    ask(world, "PUT", "_ilm/policy/week", {"policy": {"phases": {}}})
    snapshot = world.dump()
    shown = ["_data_stream", "_ilm/policy", "_ilm/status", "_index_template", "s-1/_count"]
    before = [ask(world, "GET", path) for path in shown]
    with closing(World(seeds=[parse_seed(snapshot)])) as again:
        assert [ask(again, "GET", path) for path in shown] == before
        assert again.dump() == snapshot
        again.seed(parse_seed(snapshot))  # over what is there
        assert again.dump() == snapshot
        ask(again, "POST", "s-1/_doc", {"@timestamp": 3})
        assert ask(again, "GET", "s-1/_count")["count"] == 3


STREAM = {"indices": ["a"], "generation": 1, "template": "streams"}


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ({"nope": {}}, "[elasticsearch.nope]: definition for this key is missing"),
        ({"pipelines": {"p": 1}}, "[elasticsearch.pipelines.p]: "),
        ({"pipelines": {"p": {}}}, "[elasticsearch.pipelines.p]: "),
        ({"scripts": {"s": {"lang": "painless", "source": "("}}}, "[elasticsearch.scripts.s]: "),
        ({"templates": {"t": {}}}, "[elasticsearch.templates.t]: "),
        (
            {"index_templates": {"t": {"index_patterns": ["a"], "composed_of": ["x"]}}},
            "[elasticsearch.index_templates.t]: ",
        ),
        ({"cluster_settings": {"persistent": {"x": 1}}}, "[elasticsearch.cluster_settings]: "),
        ({"data_streams": {"s": STREAM}}, "[elasticsearch.data_streams.s.indices]: [a] is no "),
        (
            {"data_streams": {"s": {**STREAM, "generation": 1.5}}},
            "[elasticsearch.data_streams.s.generation]: expected an integer",
        ),
        (
            {"lifecycle_policies": {"p": {"policy": {"phases": {"x": {}}}}}},
            "[elasticsearch.lifecycle_policies.p]: Timeseries lifecycle does not support phase [x]",
        ),
        (
            {"lifecycle_policies": {"p": {"policy": {"phases": {}}, "modified_date": "x"}}},
            "[elasticsearch.lifecycle_policies.p.modified_date]: expected a date",
        ),
    ],
)
def test_a_bad_part_is_refused_with_its_place_and_changes_nothing(
    world: World, part: Any, text: str
) -> None:
    with pytest.raises(BadSeed) as refused:
        seeded(world, part, indices={"a": {}})
    assert text in str(refused.value)
    assert world.store.tables() == set()
