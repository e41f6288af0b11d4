"""The outbox: what was sent to third parties is kept, without secrets, and no longer than that."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from threading import Timer
from typing import Any

import pytest

from mockkibana.app import create_app
from mockkibana.clock import monotonic
from mockkibana.control.plane import ControlPlane
from mockkibana.http.messages import Answer
from mockkibana.journal import RunRecord
from mockkibana.outbound import outbox as outbox_module
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.outbox import DELIVERIES, Outbox
from mockkibana.outbound.state import State
from mockkibana.seeds import parse_seed
from mockkibana.store import Store
from mockkibana.world import World
from soak.samples import SAMPLES

XSRF = {"kbn-xsrf": "true"}
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


def test_a_secret_that_was_changed_is_nowhere_either(world, phone, execute, client):
    execute(phone, {"text": f"my pin is {PIN}"})
    body = {"name": "n", "config": {"line": "red"}, "secrets": {"pin": "8765-pin-4321"}}
    client.put(f"/api/actions/connector/{phone}", json=body, headers=XSRF)
    execute(phone, {"text": "my pin is 8765-pin-4321"})
    first, second = world.outbox.list()
    assert first["request"] == second["request"]
    assert "8765-pin-4321" not in json.dumps(second)


def test_headers_that_differ_from_run_to_run_are_those_of_each() -> None:
    outbox, run = Outbox(Store(), World().clock), RunRecord("i", ".x", "X", "default")
    run.secrets, headers = {"key": "key-of-ops"}, {"X-Number": "1", "X-Api-Key": "key-of-ops"}
    for number in ("1", "2"):
        headers["X-Number"] = number
        delivery = outbox.add(run, Outbound("GET", "https://x.org", headers), Answer(200))
        assert delivery["request"]["headers"]["X-Number"] == number
        assert delivery["request"]["headers"]["X-Api-Key"] == "[redacted]"


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


def test_the_oldest_deliveries_go_where_all_of_them_are_too_much(world, monkeypatch):
    deliver(world, ".phone", "a")
    (size,) = (outbox_module._size(each) for each in world.outbox.list())
    monkeypatch.setattr(outbox_module, "KEPT_TOTAL", 3 * size)
    for _ in range(4):
        deliver(world, ".phone", "p")
    assert [delivery["seq"] for delivery in world.outbox.list()] == [3, 4, 5]
    # One that is too much by itself is the only one.
    deliver(world, ".phone", "p", "o" * 4 * size)
    assert [delivery["seq"] for delivery in world.outbox.list()] == [6]
    deliver(world, ".phone", "p")
    assert [delivery["seq"] for delivery in world.outbox.list()] == [7]


def test_what_is_kept_is_counted_after_a_restart_a_clear_and_a_change_by_hand(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(outbox_module, "KEPT_TOTAL", 1_000)
    monkeypatch.setattr(outbox_module, "KEPT", 4)
    for _ in range(3):
        world = World(db=tmp_path / "state.db")
        deliver(world, ".phone", "p")
        world.close()
    world = World(db=tmp_path / "state.db")
    kept = world.outbox.list()
    assert sum(map(outbox_module._size, kept)) <= 1_000 < sum(map(outbox_module._size, kept)) * 2
    world.store.table(DELIVERIES).remove(doc_ids=[kept[0]["seq"]])
    deliver(world, ".phone", "p")
    assert world.outbox.list()[-1]["seq"] == kept[-1]["seq"] + 1
    world.store.table(DELIVERIES).truncate()
    assert deliver(world, ".phone", "p") in world.outbox.list()
    world.outbox.clear()
    assert [deliver(world, ".phone", "p") for _ in range(2)] == world.outbox.list()
    world.close()


def test_what_a_file_holds_is_counted_when_it_is_added_to(tmp_path, monkeypatch):
    world = World(db=tmp_path / "state.db")
    for _ in range(3):
        deliver(world, ".phone", "p")
    world.close()
    monkeypatch.setattr(outbox_module, "KEPT", 2)
    world = World(db=tmp_path / "state.db")
    deliver(world, ".phone", "p")
    assert [delivery["seq"] for delivery in world.outbox.list()] == [3, 4]
    world.close()


def test_a_number_that_was_given_by_hand_is_gone_on_from(world):
    table = world.store.table(DELIVERIES)
    table.insert(table.document_class({"seq": 10**12}, doc_id=str(10**12)))
    table.insert(table.document_class({"seq": 1}, doc_id="1"))
    assert deliver(world, ".phone", "p")["seq"] == 10**12 + 1
    assert [delivery["seq"] for delivery in world.outbox.list()] == [10**12, 10**12 + 1]


def test_a_snapshot_of_more_or_less_is_counted_when_it_is_added_to(world, client, monkeypatch):
    monkeypatch.setattr(outbox_module, "KEPT", 3)
    deliver(world, ".phone", "p")
    client.put("/_mock/api/snapshots/one")
    for _ in range(3):
        deliver(world, ".phone", "p")
    client.put("/_mock/api/snapshots/three")
    for name, numbers in (("one", [1, 2]), ("three", [3, 4, 5]), ("one", [1, 2])):
        client.post(f"/_mock/api/snapshots/{name}/_restore")
        deliver(world, ".phone", "p")
        assert [delivery["seq"] for delivery in world.outbox.list()] == numbers


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
        deliver(kibana.source.world, ".webhook", "p")
        assert [each["connector_id"] for each in kibana.outbox.deliveries(".webhook")] == ["p"]
        attached = MockKibana.attach(kibana.url)
        assert attached.outbox.deliveries(connector="p") == kibana.outbox.deliveries()
        assert attached.outbox.deliveries(".slack") == []
        attached.outbox.clear()
        assert kibana.outbox.deliveries() == []


def test_deliveries_are_asked_for_from_a_number_or_a_time_on(world, client):
    world.clock.freeze("2026-01-02T03:04:05Z")
    deliver(world, ".phone", "p")
    world.clock.advance("1h")
    deliver(world, ".phone", "p")
    for since in ("1", "2026-01-02T04:04:05Z", "2026-01-02T05:04:05%2b01:00"):
        (found,) = client.get(f"/_mock/api/outbox?since={since}").json
        assert found["seq"] == 2
    assert len(client.get("/_mock/api/outbox?since=0").json) == 2
    assert client.get("/_mock/api/outbox?since=2").json == []


def test_a_delivery_is_waited_for(world, client):
    timer = Timer(0.02, deliver, (world, ".email", "p"))
    timer.start()
    (found,) = client.get("/_mock/api/outbox?type=.email&wait=10s").json
    assert found["connector_id"] == "p"
    timer.join()
    began = monotonic()
    assert len(client.get("/_mock/api/outbox?type=.email&wait=50ms&count=2").json) == 1
    assert monotonic() - began >= 0.05


def test_a_seed_that_comes_ends_a_wait(world, client):
    deliver(world, ".email", "p")
    file = client.get("/_mock/api/snapshot").json
    world.outbox.clear()
    timer = Timer(0.02, world.seed, (parse_seed(file),))
    timer.start()
    assert len(client.get("/_mock/api/outbox?wait=10s").json) == 1
    timer.join()


def test_nobody_waits_for_a_caller_that_has_left_or_a_world_that_has_ended():
    world, began = World(), monotonic()
    assert ControlPlane(world, has_left=lambda: True).outbox(wait="60s") == []
    world.close()
    assert ControlPlane(world).outbox(wait="60s") == []
    assert monotonic() - began < 5


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("wait=soon", "wait: "),
        ("wait=11m", "wait is '11m'; expected 10 minutes at most."),
        ("count=0", "count is '0'; expected a number from 1 on."),
        ("since=noon", "since is 'noon'; expected a number, or a time in ISO 8601."),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(client, query, text):
    answer = client.get(f"/_mock/api/outbox?{query}")
    assert answer.status_code == 400
    assert answer.json["error"].startswith(text)


def test_worlds_have_outboxes_of_their_own(world, client):
    deliver(world, ".phone", "p")
    assert client.get("/_mock/worlds/other/_mock/api/outbox").json == []


def test_the_same_runs_are_the_same_deliveries():
    told = []
    for _ in range(2):
        world = World(seed_ids=1, frozen_at=datetime(2026, 1, 2, tzinfo=UTC))
        client = create_app(world).test_client()
        for type_id, (config, secrets) in SAMPLES.items():
            body = {"name": "x", "connector_type_id": type_id, "config": config}
            url = "/api/actions/connector"
            made = client.post(url, json={**body, "secrets": secrets}, headers=XSRF).json
            example = world.connector_types.get(type_id).example
            client.post(f"{url}/{made['id']}/_execute", json={"params": example}, headers=XSRF)
        told.append((world.outbox.list(), world.outbox.parties()))
        assert world.bugs == []
        world.close()
    assert told[0] == told[1]
    assert len({each["connector_type_id"] for each in told[0][0]}) == len(SAMPLES) - 3


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
