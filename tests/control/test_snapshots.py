"""Snapshots: in memory, as a file, and back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockkibana.connectors.base import ConnectorType
from mockkibana.control.plane import ControlError, ControlPlane
from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.kibana.caller import Caller
from mockkibana.seeds import demo_seed
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import RecordOf, Schema, String
from mockkibana.world import World


class Vault(ConnectorType):
    """A type with secrets."""

    class Secrets(Schema):
        """One secret."""

        key = String()

    id = ".vault"
    secrets = Secrets()
    params = RecordOf(AnyValue())

    def execute(self, run: Any, params: Any) -> Any:
        return run.secrets["key"]


SEED: dict[str, Any] = {
    "version": 1,
    "spaces": [{"id": "ops", "name": "Operations"}],
    "connectors": [
        {"id": "v", "connector_type_id": ".vault", "secrets": {"key": "hidden-1"}},
        {"id": "l", "connector_type_id": ".server-log", "space": "ops"},
    ],
    "preconfigured": [{"id": "p", "connector_type_id": ".vault", "secrets": {"key": "hidden-2"}}],
    "indices": {"i": {"documents": [{"_id": "1", "_source": {"a": 1}}]}},
    "jira": {"projects": [{"key": "P"}]},
}


@pytest.fixture
def plane() -> ControlPlane:
    plane = ControlPlane(World(seeds=[demo_seed()], connector_types=[Vault]))
    plane.seed(SEED)
    return plane


def digest(plane: ControlPlane) -> str:
    return plane._world.store.digest()


def change(plane: ControlPlane) -> None:
    """Change each part, so that ids, counters and mappings differ."""
    world = plane._world
    world.connectors.delete(Caller(), "v")
    world.spaces.delete(Caller(), "ops")
    world.elasticsearch.write(Action(op="index", index="i", source={"b": "text"}))
    world.elasticsearch.write(Action(op="delete", index="i", id="1"))
    world.elasticsearch.delete_index("test-index", ignore_unavailable=True)
    fields = {"project": {"key": "P"}, "issuetype": {"name": "Task"}, "summary": "s"}
    world.jira.create_issue({"fields": fields})


def test_a_snapshot_in_memory_leads_back_to_the_very_state(plane):
    before, state = digest(plane), plane.state()
    told = plane.save_snapshot("before")
    assert told["name"] == "before"
    assert told["records"] > 0
    change(plane)
    assert digest(plane) != before
    assert plane.restore_snapshot("before") == told
    assert digest(plane) == before
    assert {**plane.state(), "snapshots": [], "clock": 0} == {**state, "snapshots": [], "clock": 0}


def test_a_restored_world_works_on(plane):
    world = plane._world
    fields = {"project": {"key": "P"}, "issuetype": {"name": "Task"}, "summary": "s"}
    plane.save_snapshot("s")
    change(plane)
    plane.restore_snapshot("s")
    assert world.elasticsearch.get_document("i", "1").source == {"a": 1}
    # The mapping went back, too: `b` may now be a number.
    action = Action(op="index", index="i", source={"b": 1})
    assert world.elasticsearch.write(action).result == "created"
    assert world.jira.create_issue({"fields": fields})["key"] == "P-1"
    assert world.connectors.find(Caller(), "v").secrets == {"key": "hidden-1"}


def test_a_snapshot_stays_as_it_is(plane):
    plane.save_snapshot("s")
    before = digest(plane)
    for _ in range(2):
        change(plane)
        plane.restore_snapshot("s")
        assert digest(plane) == before


def test_snapshots_outlive_a_reset_and_are_replaced_and_forgotten(plane):
    plane.save_snapshot("b")
    plane.save_snapshot("a")
    plane.reset(empty=True)
    assert [snapshot["name"] for snapshot in plane.snapshots()] == ["b", "a"]
    assert plane.save_snapshot("a")["records"] == 0
    assert plane.delete_snapshot("a") == {"deleted": "a"}
    assert plane.state()["snapshots"] == ["b"]
    assert plane.restore_snapshot("b")["records"] > 0


def test_a_snapshot_has_the_worlds_time(plane):
    plane.put_clock({"freeze": "2026-01-02"})
    assert plane.save_snapshot("s")["time"] == "2026-01-02T00:00:00.000Z"


def test_a_restore_leaves_settings_clock_log_and_faults_alone(plane):
    plane.save_snapshot("s")
    plane.put_settings({"contract": "observed"})
    plane.put_clock({"freeze": "2026-01-02"})
    plane._world.log.write("info", "test", "line")
    plane.restore_snapshot("s")
    assert plane.settings()["contract"] == "observed"
    assert plane.clock()["frozen"] is True
    assert len(plane.log()) == 1


@pytest.mark.parametrize("verb", ["restore_snapshot", "delete_snapshot"])
def test_a_snapshot_that_is_not_there_is_refused_with_those_that_are(plane, verb):
    with pytest.raises(ControlError, match="'x' is not there: there is none") as caught:
        getattr(plane, verb)("x")
    assert caught.value.status == 404
    plane.save_snapshot("b")
    plane.save_snapshot("a")
    with pytest.raises(ControlError, match="'x' is not there: there are a, b"):
        getattr(plane, verb)("x")


@pytest.mark.parametrize("name", ["", "a/b", "a b", "ü", "x" * 65])
def test_a_name_that_no_url_can_hold_is_refused(plane, name):
    with pytest.raises(ControlError) as caught:
        plane.save_snapshot(name)
    assert caught.value.status == 400
    assert plane.snapshots() == []


def test_a_file_is_a_seed_of_the_same_state(plane):
    other = ControlPlane(World(connector_types=[Vault]))
    content = json.loads(json.dumps(plane.snapshot(secrets=True)))
    other.seed(content)
    assert other.snapshot(secrets=True) == content


def test_a_file_without_secrets_says_which_are_missing(plane):
    content = plane.snapshot()
    assert "hidden" not in json.dumps(content)
    missing = {item["id"]: item["is_missing_secrets"] for item in content["connectors"]}
    assert missing["v"] is True
    assert missing["l"] is False
    other = ControlPlane(World(connector_types=[Vault]))
    other.seed(content)
    assert other._world.connectors.get(Caller(), "v")["is_missing_secrets"] is True
    assert other._world.connectors.get(Caller("ops"), "l")["is_missing_secrets"] is False
    assert other.snapshot() == content


def test_a_file_changes_nothing(plane):
    before = digest(plane)
    plane.snapshot()
    plane.save_snapshot("s")
    assert digest(plane) == before
