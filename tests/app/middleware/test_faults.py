"""Fault rules on whole requests: broken connections, bent answers, and which faces they touch."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
import requests
from flask.testing import FlaskClient

from mockkibana.world import World

STATUS = "/api/status"


def bend(world: World, **what: object) -> None:
    world.faults.add({"id": "bent", "match": {"path": STATUS}, "what": what})


@pytest.mark.parametrize("wire", ["reset", "empty", "garbage", "partial"])
def test_a_wire_fault_breaks_a_connection_of_our_server(
    world: World, serve: Callable[[World], str], wire: str
) -> None:
    url = serve(world)
    bend(world, wire=wire)
    with pytest.raises(requests.RequestException):
        requests.get(url + STATUS, timeout=10)
    (call,) = world.journal.records()
    assert call.faults == ["bent"]


CONNECTORS = "/api/actions/connector"


@pytest.mark.parametrize("wire", ["reset", "empty", "garbage", "partial", "hold"])
@pytest.mark.parametrize(("work", "made"), [("done", 1), ("not-done", 0)])
def test_what_was_asked_for_happens_or_not_while_its_answer_is_lost(
    world: World, serve: Callable[[World], str], wire: str, work: str, made: int
) -> None:
    url = serve(world)
    world.faults.add({"match": {"path": CONNECTORS}, "what": {"wire": wire, "work": work}})
    body = {"name": "log", "connector_type_id": ".server-log"}
    with pytest.raises(requests.RequestException):
        requests.post(url + CONNECTORS, json=body, headers={"kbn-xsrf": "1"}, timeout=0.5)
    assert len(world.store.table("kibana.connectors")) == made


def test_a_time_out_holds_the_connection_until_the_client_leaves(
    world: World, serve: Callable[[World], str]
) -> None:
    url = serve(world)
    bend(world, timeout=True)
    with pytest.raises(requests.ReadTimeout):
        requests.get(url + STATUS, timeout=0.2)


def leave(url: str, path: str) -> None:
    """Ask, and close the connection without waiting for the answer."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())


def test_a_delay_ends_when_its_client_leaves(world: World, serve: Callable[[World], str]) -> None:
    url = serve(world)
    bend(world, latency="600s")
    leave(url, STATUS)
    (call,) = world.journal.wait(lambda call: True, 30)
    assert (call.status, call.faults) == (200, ["bent"])


def test_a_delay_ends_with_its_world(world: World, client: FlaskClient) -> None:
    bend(world, latency="600s")
    world.waits.stop()
    assert client.get(STATUS).status_code == 503


def test_a_reset_ends_a_delay_and_what_waited_is_neither_done_nor_remembered(
    world: World, serve: Callable[[World], str]
) -> None:
    url = serve(world)
    document = f"{url}/_mock/elasticsearch/late/_doc/1"
    world.faults.add({"match": {"face": "elasticsearch"}, "what": {"latency": "600s"}})
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(requests.put, document, json={}, timeout=30)
        while not (answer.done() or world.faults.list()[0]["fired"]):
            sleep(0.01)
        world.reset(empty=True)
        assert answer.result().status_code == 503
    assert world.journal.records() == []
    assert requests.get(document, timeout=5).status_code == 404


def test_a_short_delay_lasts(world: World, client: FlaskClient) -> None:
    bend(world, latency="50ms")
    client.get(STATUS)
    assert world.journal.records()[-1].seconds >= 0.05


def test_another_server_says_which_rule_wanted_a_wire_fault(
    world: World, client: FlaskClient
) -> None:
    bend(world, wire="reset")
    answer = client.get(STATUS)
    assert answer.status_code == 502
    assert "the fault rule bent" in answer.get_json()["error"].lower()


def test_a_bent_answer_has_kibanas_headers(world: World, client: FlaskClient) -> None:
    bend(world, status=503, retry_after=30)
    answer = client.get(STATUS)
    assert answer.status_code == 503
    assert answer.headers["kbn-name"] == "kibana"
    assert answer.headers["retry-after"] == "30"


def test_a_rule_for_one_face_leaves_the_others_alone(world: World, client: FlaskClient) -> None:
    world.faults.add({"match": {"face": "jira"}, "what": {"status": 500}})
    assert client.get("/_mock/jira/rest/api/2/serverInfo").status_code == 500
    assert client.get(STATUS).status_code == 200
    assert client.get("/_mock/elasticsearch/").status_code == 200


def test_a_rule_that_does_not_match_leaves_a_system_action_as_it_is(
    world: World, client: FlaskClient
) -> None:
    path = "/api/actions/connector/system-connector-.cases"
    before = client.get(path)
    world.faults.add({"match": {"path": "/nowhere"}, "what": {"status": 500}})
    assert client.get(path).data == before.data
    world.faults.add({"match": {"connector_type": ".cases"}, "what": {"status": 503}})
    assert client.get(path).status_code == 503
