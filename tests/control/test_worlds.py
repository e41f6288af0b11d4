"""Worlds over HTTP: many users of one server, who never see each other."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import requests

from mockkibana.app import create_app
from mockkibana.seeds import demo_seed
from mockkibana.world import World

API = "/_mock/api"
XSRF = {"kbn-xsrf": "true"}
LOG = {"id": "l", "connector_type_id": ".server-log", "name": "Log"}
INDEX = {"id": "i", "connector_type_id": ".index", "config": {"index": "docs"}}
ROUNDS = 5


def in_world(name: str, path: str) -> str:
    return f"/_mock/worlds/{name}{path}"


def names(client: Any) -> list[str]:
    return [world["world"] for world in client.get(f"{API}/worlds").json]


def test_worlds_are_made_on_first_use_listed_with_counts_and_deleted(client):
    assert client.get(f"{API}/worlds").json == []
    seed = {"version": 1, "connectors": [LOG]}
    assert client.post(in_world("a", f"{API}/seed"), json=seed).json["world"] == "a"
    client.get(in_world("b", "/api/status"))
    listed = client.get(f"{API}/worlds").json
    assert [(world["world"], world["connectors"]) for world in listed] == [("a", 1), ("b", 0)]
    assert [world["world"] for world in client.get(in_world("b", f"{API}/worlds")).json] == [
        "a", "b",
    ]  # fmt: skip
    assert client.get(f"{API}/state").json["world"] is None
    assert client.delete(f"{API}/worlds/a").json == {"deleted": "a"}
    assert names(client) == ["b"]
    answer = client.delete(f"{API}/worlds/a")
    assert answer.status_code == 404
    assert answer.json == {"error": "The world 'a' is not there: there are b."}
    assert client.get(in_world("a", f"{API}/state")).json["connectors"] == 0


def test_a_world_can_delete_itself(client):
    assert client.delete(in_world("a", f"{API}/worlds/a")).json == {"deleted": "a"}
    assert names(client) == []


def test_a_wait_ends_when_its_world_is_deleted(serve, world):
    url = serve(world)
    waiting: list[Any] = []

    def wait() -> None:
        waiting.append(requests.get(url + in_world("a", f"{API}/journal?wait=10m"), timeout=60))

    thread = threading.Thread(target=wait)
    thread.start()
    for _ in range(200):  # the wait may begin after a deletion, in a new world
        requests.delete(f"{url}{API}/worlds/a", timeout=5)
        thread.join(0.1)
        if not thread.is_alive():
            break
    assert waiting[0].json() == []


def test_each_world_starts_as_the_default_one_did():
    client = create_app(World(seeds=[demo_seed()])).test_client()
    demo = client.get(f"{API}/state").json["connectors"]
    client.post(f"{API}/reset", json={"empty": True})
    client.put(f"{API}/settings", json={"contract": "observed"})
    assert client.get(in_world("a", f"{API}/state")).json["connectors"] == demo > 0
    assert client.get(in_world("a", f"{API}/settings")).json["contract"] == "documented"


@pytest.mark.parametrize("name", ["A", "a.b", "a%20b", "%61", "x" * 65, ""])
def test_another_name_is_refused_in_json(client, name):
    answer = client.get(
        f"/_mock/worlds/{name}/_mock/api/state",
        environ_overrides={"REQUEST_URI": f"/_mock/worlds/{name}/_mock/api/state"},
    )
    assert answer.status_code == 404
    assert "error" in answer.json
    assert names(client) == []


def test_what_is_done_to_one_world_is_not_seen_in_another(client):
    a, b = (in_world(name, API) for name in "ab")
    before = {**client.get(f"{b}/state").json, "clock": None}
    settings = client.get(f"{b}/settings").json
    client.post(f"{a}/seed", json={"version": 1, "spaces": [{"id": "s"}], "connectors": [LOG]})
    client.put(f"{a}/settings", json={"contract": "observed"})
    client.put(f"{a}/clock", json={"freeze": "2026-01-02"})
    client.put(f"{a}/snapshots/s")
    client.post(f"{a}/faults", json={"what": {"status": 503}, "when": {"first": 1}})
    assert client.get(in_world("a", "/api/status")).status_code == 503
    run = in_world("a", "/api/actions/connector/l/_execute")
    client.post(run, json={"params": {"message": "m"}}, headers=XSRF)
    client.post(in_world("a", "/_mock/elasticsearch/i/_doc"), json={})
    client.get(in_world("a", "/_mock/jira/rest/api/2/serverInfo"))
    assert client.get(f"{a}/state").json["journal"] == 4
    after = client.get(f"{b}/state").json
    assert after["clock"]["frozen"] is False
    assert {**after, "clock": None} == before
    assert client.get(f"{b}/settings").json == settings
    assert client.get(in_world("b", "/api/status")).status_code == 200


def test_the_page_lists_the_worlds_and_each_world_has_its_page(client):
    assert "<h2>Worlds</h2>" not in client.get("/_mock/").text
    client.get(in_world("a", "/api/status"))
    link = '<a href="http://localhost/_mock/worlds/a/_mock/">a</a>'
    for page in ("/_mock/", in_world("a", "/_mock/")):
        assert link in client.get(page).text
    assert "http://localhost/_mock/worlds/a/_mock/api/" in client.get(in_world("a", "/_mock/")).text


def test_eight_clients_on_eight_worlds_never_see_each_other(serve, world):
    url = serve(world)
    failures: list[str] = []
    together = threading.Barrier(8)

    def work(number: int) -> None:
        try:
            _use(url, number, together)
        except Exception as error:  # noqa: BLE001 - a thread's failure is the test's
            failures.append(f"{number}: {error!r}")
            together.abort()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert requests.get(f"{url}{API}/state", timeout=5).json()["connectors"] == 0
    assert len(requests.get(f"{url}{API}/worlds", timeout=5).json()) == 8
    assert world.bugs == []


def _use(url: str, number: int, together: threading.Barrier) -> None:
    """Work with one world; all that is there must be this client's own."""
    session, base = requests.Session(), f"{url}/_mock/worlds/client-{number}"
    api = f"{base}{API}"
    session.headers["kbn-xsrf"] = "true"
    year = 2030 + number

    def ask(method: str, target: str, body: Any = None, *, status: int = 200) -> Any:
        answer = session.request(method, target, json=body, timeout=30)
        assert answer.status_code == status, answer.text
        return answer.json()

    for lap in range(1, ROUNDS + 1):
        together.wait(30)
        ask("POST", f"{api}/reset", {"empty": True})
        ask("POST", f"{api}/seed", {"version": 1, "connectors": [LOG, INDEX]})
        ask("PUT", f"{api}/settings", {"server_name": f"kibana-{number}"})
        ask("PUT", f"{api}/clock", {"freeze": f"{year}-01-01"})
        ask(
            "POST",
            f"{api}/faults",
            {"what": {"status": 500 + number}, "when": {"first": 1}},
            status=201,
        )
        ask("GET", f"{base}/api/status", status=500 + number)
        together.wait(30)
        assert ask("GET", f"{base}/api/status")["name"] == f"kibana-{number}"
        run = f"{base}/api/actions/connector"
        message = f"{number}-{lap}"
        ask("POST", f"{run}/l/_execute", {"params": {"message": message}})
        documents = [{"client": number}] * (number + 1)
        ask("POST", f"{run}/i/_execute", {"params": {"documents": documents}})
        found = ask("GET", f"{base}/_mock/elasticsearch/docs/_search?size=100")["hits"]["hits"]
        assert [hit["_source"] for hit in found] == documents
        lines = [line for line in ask("GET", f"{api}/log") if "Server log: " in line["message"]]
        assert [line["message"] for line in lines] == [f"Server log: {message}"]
        assert lines[0]["time"].startswith(f"{year}-01-01")
        calls = ask("GET", f"{api}/journal?face=kibana")
        assert [call["status"] for call in calls] == [500 + number, 200, 200, 200]
        assert ask("POST", f"{api}/journal/_count", {"connector": "l"}) == {"count": 1}
        state = ask("GET", f"{api}/state")
        assert state["elasticsearch"] == {"indices": 1, "documents": number + 1}
