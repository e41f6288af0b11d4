"""`/_mock/api`: every verb over HTTP."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from dataclasses import replace
from typing import Any

import pytest
import requests

from mockkibana.app import create_app
from mockkibana.control.guard import ControlAccess
from mockkibana.control.verbs import VERBS
from mockkibana.seeds import demo_seed
from mockkibana.server import Server
from mockkibana.world import World

API = "/_mock/api"
XSRF = {"kbn-xsrf": "true"}
LOG = {"id": "l", "connector_type_id": ".server-log", "name": "Log"}
SEED: dict[str, Any] = {"version": 1, "connectors": [LOG]}
FAULT = {"id": "down", "match": {"path": "/api/status"}, "what": {"status": 503}}


def run(client: Any, connector: str = "l", message: str = "hello", prefix: str = "") -> Any:
    return client.post(
        f"{prefix}/api/actions/connector/{connector}/_execute",
        json={"params": {"message": message}},
        headers=XSRF,
    )


@pytest.fixture
def seeded(client: Any, world: World) -> Any:
    """A client of a world with one connector."""
    assert client.post(f"{API}/seed", json=SEED).status_code == 200
    return client


# The list


@pytest.mark.parametrize("path", [API, f"{API}/"])
def test_everything_is_listed(client, path):
    listed = client.get(path).json
    assert listed[1] == {
        "method": "GET", "path": "/_mock/api/state", "does": "How much there is of each part.",
    }  # fmt: skip
    assert [(line["method"], line["path"]) for line in listed] == [
        (verb.method, f"{API}{verb.path}") for verb in VERBS.values()
    ]
    assert all(line["does"].endswith(".") for line in listed)


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: f"{verb.method} {verb.path}")
def test_every_route_answers_json_whatever_is_asked(client, world, verb):
    path = API + verb.path.replace("{name}", "x").replace("{id}", "x")
    answer = client.open(path, method=verb.method, data=b"\xff{", content_type="x/y")
    assert answer.content_type == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.status_code in (200, 400, 404)
    if answer.status_code != 200:
        assert answer.json["error"].endswith(".")


def test_an_unknown_path_is_answered_with_the_nearest(client):
    answer = client.get(f"{API}/setings")
    assert answer.status_code == 404
    assert answer.json["error"] == (
        "There is nothing at GET /_mock/api/setings. GET /_mock/api/ lists what there is."
    )
    assert answer.json["nearest"][0] == "GET /_mock/api/settings"
    assert len(answer.json["nearest"]) == 4


@pytest.mark.parametrize("path", ["/_mock/apis", "/_mock/api2/state", "/_mock/ap"])
def test_what_only_begins_like_the_api_is_not_the_api(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "See /_mock/ for what there is" in answer.json["error"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/reset", "POST"), ("PATCH", "/settings", "GET, PUT"), ("PUT", "/seed", "POST"),
     ("OPTIONS", "/faults", "DELETE, GET, POST")],
)  # fmt: skip
def test_a_wrong_method_is_answered_with_the_right_ones(client, method, path, allowed):
    answer = client.open(API + path, method=method)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert answer.json == {"error": f"/_mock/api{path} takes {allowed}, and not {method}."}


def test_a_head_is_a_get_without_a_body(client):
    answer = client.head(f"{API}/state")
    assert (answer.status_code, answer.data) == (200, b"")


# State


def test_reset_takes_nothing_or_an_object(seeded, world):
    assert seeded.get(f"{API}/state").json["connectors"] == 1
    assert seeded.post(f"{API}/reset").json["connectors"] == 0
    seeded.post(f"{API}/seed", json=SEED)
    assert seeded.post(f"{API}/reset", json={"parts": ["log"]}).json["connectors"] == 1
    assert seeded.post(f"{API}/reset", json={"empty": True}).json["connectors"] == 0


def test_reset_goes_back_to_the_demo():
    client = create_app(World(seeds=[demo_seed()])).test_client()
    demo = client.get(f"{API}/state").json["connectors"]
    assert client.post(f"{API}/reset", json={"empty": True}).json["connectors"] == 0
    assert client.post(f"{API}/reset").json["connectors"] == demo > 0


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"[]", "The body is b'[]'; expected an object."),
        (b"{", "The body is no JSON: Expecting property name"),
        (b'{"all": true}', "'all' is an unknown key; expected some of empty, parts."),
        (b'{"parts": ["users"]}', "'users' is no part that can be reset; expected some of"),
    ],
)
def test_a_bad_reset_changes_nothing(seeded, body, text):
    answer = seeded.post(f"{API}/reset", data=body)
    assert answer.status_code == 400
    assert answer.json["error"].startswith(text)
    assert seeded.get(f"{API}/state").json["connectors"] == 1


YAML = "version: 1\nconnectors:\n  - id: l\n    connector_type_id: .server-log\n"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (json.dumps(SEED), "application/json"),
        (json.dumps(SEED), "application/json; charset=utf-8"),
        (json.dumps(SEED), None),
        (json.dumps(SEED), "application/x-www-form-urlencoded"),
        (YAML, "application/yaml"),
        (YAML, "text/x-yaml"),
        (YAML, None),
        (YAML, "application/x-www-form-urlencoded"),
    ],
)
def test_a_seed_is_json_or_yaml(client, body, content_type):
    answer = client.post(f"{API}/seed", data=body, content_type=content_type)
    assert (answer.status_code, answer.json["connectors"]) == (200, 1)
    assert client.get("/api/actions/connector/l").status_code == 200


def test_a_seed_may_be_compressed(client):
    body = gzip.compress(json.dumps(SEED).encode(), mtime=0)
    answer = client.post(f"{API}/seed", data=body, headers={"content-encoding": "gzip"})
    assert answer.json["connectors"] == 1
    assert (
        client.post(f"{API}/seed", data=b"nonsense", headers={"content-encoding": "gzip"})
        .json["error"]
        .startswith("The body is not what its content-encoding says: ")
    )


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (b"", "application/json", "The body is no JSON"),
        (YAML, "application/json", "The body is no JSON"),
        (b"\xff\xfe", None, "The seed is no UTF-8 text; expected JSON or YAML."),
        (YAML.replace("\n", ""), "application/x-www-form-urlencoded", "With curl use --data-"),
        (b'{"version":1,"conectors":[]}', None, "[conectors]: definition for this key is missing"),
    ],
    ids=["nothing", "YAML as JSON", "no text", "curl -d", "unknown key"],
)  # fmt: skip
def test_a_bad_seed_is_refused(client, body, content_type, text):
    answer = client.post(f"{API}/seed", data=body, content_type=content_type)
    assert answer.status_code == 400
    assert text in answer.json["error"]


# Snapshots


def test_a_snapshot_is_kept_restored_and_forgotten(seeded, world):
    before = world.store.digest()
    saved = seeded.put(f"{API}/snapshots/s").json
    assert (saved["name"], saved["records"]) == ("s", 1)
    seeded.post(f"{API}/reset", json={"empty": True})
    assert seeded.get(f"{API}/snapshots").json == [saved]
    assert seeded.post(f"{API}/snapshots/s/_restore").json == saved
    assert world.store.digest() == before
    assert seeded.delete(f"{API}/snapshots/s").json == {"deleted": "s"}
    assert seeded.post(f"{API}/snapshots/s/_restore").status_code == 404
    assert seeded.put(f"{API}/snapshots/a%2Fb").status_code == 400


def test_a_snapshot_is_a_seed_file(seeded, world):
    answer = seeded.get(f"{API}/snapshot")
    assert answer.headers["content-disposition"] == 'attachment; filename="mockkibana-seed.json"'
    before = world.store.digest()
    seeded.post(f"{API}/reset", json={"empty": True})
    assert seeded.post(f"{API}/seed", data=answer.data).status_code == 200
    assert world.store.digest() == before


JIRA = {
    "id": "j",
    "connector_type_id": ".jira",
    "config": {"apiUrl": "https://jira.example.com", "projectKey": "PR"},
    "secrets": {"email": "me@example.com", "apiToken": "hidden"},
}


def test_secrets_leave_with_the_token_only(serve_guarded):
    url = serve_guarded(ControlAccess(token="t"))
    requests.post(f"{url}{API}/seed", json={"version": 1, "connectors": [JIRA]}, timeout=5)
    plain = requests.get(f"{url}{API}/snapshot", timeout=5)
    assert "hidden" not in plain.text
    assert plain.json()["connectors"][0]["is_missing_secrets"] is True
    refused = requests.get(f"{url}{API}/snapshot?secrets=true", timeout=5)
    assert refused.status_code == 403
    assert "--token" in refused.json()["error"]
    headers = {"Authorization": "Bearer t"}
    told = requests.get(f"{url}{API}/snapshot?secrets=true", headers=headers, timeout=5)
    assert told.json()["connectors"][0]["secrets"]["apiToken"] == "hidden"
    told = requests.get(f"{url}{API}/snapshot?secrets=false", headers=headers, timeout=5)
    assert "hidden" not in told.text


def test_without_a_token_secrets_never_leave(client):
    headers = {"Authorization": "Bearer "}
    assert client.get(f"{API}/snapshot?secrets=true", headers=headers).status_code == 403
    assert client.get(f"{API}/snapshot?secrets", headers=headers).status_code == 403
    assert client.get(f"{API}/snapshot?secrets=no").status_code == 400
    assert client.get(f"{API}/snapshot?secret=true").json["error"] == (
        "'secret' is an unknown parameter; expected some of secrets."
    )


# Settings, clock, faults, log, bugs


def test_settings_are_read_and_replaced(client, world):
    settings = client.get(f"{API}/settings").json
    assert settings["contract"] == "documented"
    answer = client.put(f"{API}/settings", json={**settings, "contract": "observed"})
    assert answer.json == client.get(f"{API}/settings").json == {**settings, "contract": "observed"}
    assert world.settings.contract == "observed"
    answer = client.put(f"{API}/settings", json={"kibana_version": "9.6.0"})
    assert answer.status_code == 400
    assert answer.json["error"].startswith("kibana_version is '9.6.0'; expected 8.17.0 to 8.19.x,")
    client.post(f"{API}/reset", json={"parts": ["settings"]})
    assert client.get(f"{API}/settings").json == settings


def test_the_version_that_is_set_is_kibanas(client):
    client.put(f"{API}/settings", json={"kibana_version": "8.17.3"})
    assert client.get("/api/status").json["version"]["number"] == "8.17.3"


def test_the_clock_is_frozen_moved_and_resumed(client):
    frozen = {"now": "2026-01-02T00:00:00.000Z", "frozen": True}
    assert client.put(f"{API}/clock", json={"freeze": "2026-01-02"}).json == frozen
    assert client.get(f"{API}/clock").json == frozen
    moved = client.put(f"{API}/clock", json={"advance": "2m"}).json
    assert moved["now"] == "2026-01-02T00:02:00.000Z"
    assert client.put(f"{API}/clock", json={"resume": True}).json["frozen"] is False
    assert client.put(f"{API}/clock", json={}).status_code == 400


def test_faults_are_added_counted_and_removed(client):
    added = client.post(f"{API}/faults", json=FAULT)
    assert (added.status_code, added.json["id"]) == (201, "down")
    assert client.get("/api/status").status_code == 503
    assert client.get(f"{API}/faults/down").json["fired"] == 1
    assert [rule["id"] for rule in client.get(f"{API}/faults").json] == ["down"]
    assert client.delete(f"{API}/faults/down").json["fired"] == 1
    assert client.delete(f"{API}/faults/down").status_code == 404
    assert client.get("/api/status").status_code == 200
    client.post(f"{API}/faults", json=FAULT)
    assert client.delete(f"{API}/faults").json == {"cleared": "faults"}
    assert client.get(f"{API}/faults").json == []
    assert client.post(f"{API}/faults", json={"what": 1}).status_code == 400


def test_a_rule_never_bends_the_control_plane(client):
    client.post(f"{API}/faults", json={"id": "all", "what": {"status": 503}})
    assert client.get("/api/status").status_code == 503
    assert client.get(f"{API}/faults/all").json["fired"] == 1
    assert client.delete(f"{API}/faults").status_code == 200


def test_the_log_is_told_and_forgotten(seeded):
    run(seeded)
    [line] = [line for line in seeded.get(f"{API}/log").json if "hello" in line["message"]]
    assert line["message"] == "Server log: hello"
    assert set(line) == {"time", "level", "logger", "message"}
    seeded.delete(f"{API}/log")
    assert seeded.get(f"{API}/log").json == []


def test_bugs_are_told(client, world):
    world.bugs.append("Traceback")
    assert client.get(f"{API}/bugs").json == ["Traceback"]
    client.post(f"{API}/reset", json={"parts": ["bugs"]})


# Journal


def test_the_journal_is_asked_counted_and_forgotten(seeded):
    run(seeded)
    run(seeded, "nope")
    seeded.get("/api/status")
    assert len(seeded.get(f"{API}/journal").json) == 3
    [call] = seeded.get(f"{API}/journal?connector=l&status=200&space=default").json
    assert call["runs"][0]["status"] == "ok"
    assert len(seeded.get(f"{API}/journal?limit=1&path=/api/actions/*").json) == 1
    assert len(seeded.get(f"{API}/journal?since={call['number']}").json) == 2
    assert seeded.post(f"{API}/journal/_count").json == {"count": 3}
    assert seeded.post(f"{API}/journal/_count", json={"status": 404}).json == {"count": 1}
    assert seeded.post(f"{API}/journal/_count?status=404&method=GET").json == {"count": 0}
    har = seeded.get(f"{API}/journal/_har?connector=l")
    assert har.headers["content-disposition"] == 'attachment; filename="mockkibana.har"'
    assert len(har.json["log"]["entries"]) == 1
    assert seeded.delete(f"{API}/journal").json == {"cleared": "journal"}
    assert seeded.get(f"{API}/journal").json == []


def test_the_journal_is_asked_for_a_user(client, world):
    world.settings = replace(world.settings, security=True)
    client.get("/api/actions/connectors", auth=("elastic", "changeme"))
    client.get("/api/actions/connectors")
    [call] = client.get(f"{API}/journal?user=elastic").json
    assert (call["user"], call["status"]) == ("elastic", 200)
    assert client.get(f"{API}/journal?user=elasti").json == []
    assert client.post(f"{API}/journal/_count", json={"user": "elastic"}).json == {"count": 1}
    answer = client.post(f"{API}/journal/_count", json={"user": 5})
    assert answer.json == {"error": "user is 5; expected a text."}


def test_control_is_not_in_the_journal(client):
    client.get(f"{API}/state")
    client.get("/_mock/")
    assert client.get(f"{API}/journal?face=all").json == []


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("conector=l", "'conector' is nothing to ask the journal for; expected some of connector,"),
        ("status=fine", "status is 'fine'; expected a status such as 200, or ok or error"),
        ("since=noon", "since is 'noon'; expected a number, or a time in ISO 8601."),
        ("wait=soon", "wait: expected a duration such as"),
        ("wait=11m", "wait is '11m'; expected 10 minutes at most."),
        ("limit=0", "limit is '0'; expected a number from 1 on."),
        ("count=many", "count is 'many'; expected a number from 1 on."),
        ("face=page", "face is 'page'; expected one of kibana, elasticsearch, jira, all."),
    ],
)
def test_a_question_that_the_journal_does_not_know_is_refused(client, query, text):
    answer = client.get(f"{API}/journal?{query}")
    assert answer.status_code == 400
    assert answer.json["error"].startswith(text)


def test_a_count_may_be_asked_with_json(client):
    for body in ({"status": [200]}, {"path": 1}, {"count": True}, {"since": False}, [1]):
        assert client.post(f"{API}/journal/_count", json=body).status_code == 400, body
    client.put(f"{API}/clock", json={"freeze": "2026-01-02T00:00:00Z"})
    client.get("/api/status")
    for since, count in (("2026-01-01", 1), ("2026-01-03T00:00:00+01:00", 0), (0, 1), (None, 1)):
        body = {"since": since, "status": 200}
        assert client.post(f"{API}/journal/_count", json=body).json == {"count": count}


def test_a_wait_ends_as_soon_as_the_call_is_there(serve, world):
    url = serve(world)
    answers: list[Any] = []

    def wait(query: str) -> None:
        answers.append(requests.get(f"{url}{API}/journal?{query}", timeout=60).json())

    waiting = threading.Thread(target=wait, args=("wait=50s&path=/api/status&count=2",))
    waiting.start()
    for _ in range(2):
        assert waiting.is_alive()
        requests.get(f"{url}/api/features", timeout=5)
        requests.get(f"{url}/api/status", timeout=5)
    waiting.join(30)
    assert [call["status"] for call in answers[0]] == [200, 200]


def test_a_wait_for_what_is_there_does_not_wait(client):
    client.get("/api/status")
    assert len(client.get(f"{API}/journal?wait=10m").json) == 1


def test_a_wait_ends_empty_when_nothing_comes(client):
    client.get("/api/status")
    assert client.get(f"{API}/journal?wait=20ms&path=/x").json == []
    # With some, but too few, those are told.
    assert len(client.get(f"{API}/journal?wait=20ms&count=2").json) == 1


def test_a_wait_ends_when_whoever_waits_leaves(world):
    with Server(create_app(world).wsgi_app, max_connections=1) as server:
        with socket.create_connection((server.host, server.port)) as client:
            client.sendall(
                f"GET {API}/journal?wait=10m HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
            )
        # Its place is the only one.
        assert requests.get(f"{server.url}/api/status", timeout=30).status_code == 200


def test_a_wait_ends_with_its_world(world):
    client = create_app(world).test_client()
    answers: list[Any] = []
    waiting = threading.Thread(
        target=lambda: answers.append(client.get(f"{API}/journal?wait=10m").json)
    )
    waiting.start()
    world.waits.stop()
    waiting.join(30)
    assert answers == [[]]


@pytest.fixture
def serve_guarded() -> Any:
    """Serve a new world with a `ControlAccess`; returns the URL."""
    servers: list[Server] = []

    def start(access: ControlAccess) -> str:
        server = Server(create_app(World(), access))
        servers.append(server)
        server.start()
        return server.url

    yield start
    for server in servers:
        server.stop()
