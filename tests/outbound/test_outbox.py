"""The outbox: what was sent to third parties is kept, without secrets, and no longer than that."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockkibana.http.messages import Answer
from mockkibana.journal import RunRecord
from mockkibana.outbound import outbox as outbox_module
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.outbox import DELIVERIES, Outbox
from mockkibana.outbound.state import State
from mockkibana.store import Store
from mockkibana.world import World

PIN = "1234-pin-5678"


@pytest.fixture
def phone(create) -> str:
    return create(".phone", {"line": "red"}, secrets={"pin": PIN})["id"]


def test_a_delivery_is_the_request_and_what_answered_it(world, phone, execute, client):
    world.clock.freeze("2026-01-02T03:04:05Z")
    execute(phone, {"text": "hi"})
    assert client.get("/_mock/api/outbox").json == [
        {
            "seq": 1,
            "at": "2026-01-02T03:04:05.000Z",
            "space": "default",
            "connector_id": phone,
            "connector_name": "My connector",
            "connector_type_id": ".phone",
            "request": {
                "method": "POST",
                "url": "https://phone.example.com/v1/ring?to=all",
                "headers": {
                    "Accept": "application/json, text/plain, */*",
                    "User-Agent": "axios/1.12.1",
                    "Content-Type": "application/json",
                    "X-Pin": "[redacted]",
                    "X-Api-Key": "[redacted]",
                },
                "body": {"text": "hi"},
            },
            "response": {"status": 201, "headers": {}, "body": {"rung": "hi", "line": "red"}},
        }
    ]


def test_a_secret_is_nowhere_in_a_delivery(world, phone, execute):
    execute(phone, {"text": f"my pin is {PIN}"})
    assert PIN not in json.dumps(world.outbox.list())


def test_basic_credentials_are_a_header_without_them() -> None:
    outbox, run = Outbox(Store(), World().clock), RunRecord("i", ".x", "X", "default")
    message = Outbound("GET", "https://x.example.com", auth=("ann", "secret-of-ann"))
    headers = outbox.add(run, message, Answer(200))["request"]["headers"]
    assert headers["Authorization"] == "Basic [redacted]"
    assert "Content-Type" not in headers


def test_a_message_that_got_no_answer_is_no_delivery(world, phone, execute):
    world.faults.add({"fault": "exchange-down"})
    execute(phone, {"text": "hi"})
    assert world.outbox.list() == []
    world.faults.clear()
    world.faults.add({"fault": "exchange-busy"})
    execute(phone, {"text": "hi"})
    assert [each["response"]["status"] for each in world.outbox.list()] == [486]


def test_what_goes_to_elasticsearch_and_jira_is_no_delivery(world, create, execute):
    index = create(".index", {"index": "logs"})["id"]
    assert execute(index, {"documents": [{}]}).json["status"] == "ok"
    assert world.outbox.list() == []


@pytest.mark.parametrize(
    ("query", "numbers"),
    [("", [1, 2, 3]), ("?type=.card", [2]), ("?connector=phone", [1, 3]), ("?space=ops", [3])],
)
def test_deliveries_are_asked_for_by_type_connector_and_space(world, client, query, numbers):
    deliver(world, ".phone", "phone")
    deliver(world, ".card", "card")
    deliver(world, ".phone", "phone", "ops")
    found = client.get(f"/_mock/api/outbox{query}").json
    assert [delivery["seq"] for delivery in found] == numbers


def deliver(world: World, type_id: str, connector: str, space: str = "default") -> Any:
    run = RunRecord(connector, type_id, "name", space)
    return world.outbox.add(run, Outbound("POST", "https://x.example.com"), Answer(200))


def test_an_unknown_condition_is_refused(client):
    answer = client.get("/_mock/api/outbox?color=red")
    assert answer.status_code == 400
    assert "'color'" in answer.json["error"]


def test_the_oldest_deliveries_go(world, monkeypatch):
    monkeypatch.setattr(outbox_module, "KEPT", 3)
    for _ in range(5):
        deliver(world, ".phone", "p")
    assert [delivery["seq"] for delivery in world.outbox.list()] == [3, 4, 5]


def test_deliveries_go_with_a_reset_and_by_themselves(world, client):
    deliver(world, ".phone", "p")
    assert client.post("/_mock/api/reset", json={"parts": ["outbox"]}).json["outbox"] == 0
    assert deliver(world, ".phone", "p")["seq"] == 1
    assert client.delete("/_mock/api/outbox").json == {"cleared": "outbox"}
    assert client.get("/_mock/api/state").json["outbox"] == 0
    deliver(world, ".phone", "p")
    world.reset()
    assert world.outbox.list() == []


def test_a_seed_and_a_snapshot_hold_them(world, client):
    deliver(world, ".phone", "p")
    deliver(world, ".card", "c")
    file = client.get("/_mock/api/snapshot").json
    before = client.get("/_mock/api/outbox").json
    assert file["outbox"] == before
    client.put("/_mock/api/snapshots/two")
    world.reset(empty=True)
    assert client.post("/_mock/api/seed", json=file).status_code == 200
    assert client.get("/_mock/api/outbox").json == before
    world.outbox.clear()
    client.post("/_mock/api/snapshots/two/_restore")
    assert client.get("/_mock/api/outbox").json == before


def test_they_survive_a_restart_and_are_numbered_on(tmp_path):
    for expected in (1, 2):
        world = World(db=tmp_path / "state.db")
        assert deliver(world, ".phone", "p")["seq"] == expected
        world.close()
    world = World(db=tmp_path / "state.db")
    assert len(world.store.table(DELIVERIES)) == 2
    world.close()


def test_a_handle_shows_and_forgets_them():
    from mockkibana import MockKibana

    with MockKibana() as kibana:
        deliver(kibana.source.world, ".phone", "p")
        assert [each["connector_id"] for each in kibana.outbox.deliveries(".phone")] == ["p"]
        attached = MockKibana.attach(kibana.url)
        assert attached.outbox.deliveries(connector="p") == kibana.outbox.deliveries()
        assert attached.outbox.deliveries(".card") == []
        attached.outbox.clear()
        assert kibana.outbox.deliveries() == []


def test_what_a_party_keeps_is_a_part_of_the_world(world, client):
    state = State(world.store, "pager")
    state.put("1", {"open": True})
    state.put("1", {"open": False})
    assert (state.get("1"), state.get("2"), list(state.rows())) == ({"open": False}, None, ["1"])
    file = client.get("/_mock/api/snapshot").json
    assert file["parties"] == {"pager": {"1": {"open": False}}}
    world.reset(parts=["outbox"])
    assert state.rows() == {}
    assert client.post("/_mock/api/seed", json=file).status_code == 200
    assert state.rows() == {"1": {"open": False}}
