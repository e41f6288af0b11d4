"""Worlds have plain names, and there is an end to their number."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from mockkibana.app import create_app
from mockkibana.control.guard import ControlAccess
from mockkibana.world import World

STATUS = "/api/status"


@pytest.mark.parametrize(
    ("name", "status"),
    [("a", 200), ("A", 404), ("a" * 64, 200), ("a" * 65, 404), ("%61", 404)],
)
def test_a_world_has_a_plain_name(client: FlaskClient, name: str, status: int) -> None:
    assert client.get(f"/_mock/worlds/{name}{STATUS}").status_code == status


def test_named_worlds_are_limited(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockkibana.world.worlds.LIMIT", 1)
    assert client.get(f"/_mock/worlds/a{STATUS}").status_code == 200
    answer = client.get(f"/_mock/worlds/b{STATUS}")
    assert answer.status_code == 429
    assert "DELETE /_mock/api/worlds/" in answer.get_json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"origin": "http://evil.example"},
        {"sec-fetch-site": "cross-site"},
    ],
    ids=["host", "origin", "site"],
)
@pytest.mark.parametrize("path", [STATUS, "/_mock/api/state", "/_mock/jira/", "/"])
def test_a_foreign_page_makes_no_world(
    client: FlaskClient, headers: dict[str, str], path: str
) -> None:
    answer = client.get(f"/_mock/worlds/a{path}", headers=headers)
    assert answer.status_code == 403
    assert "Start the server with --token" in answer.get_json()["error"].replace("Or s", "S")
    assert client.get("/_mock/api/worlds").get_json() == []
    client.get(f"/_mock/worlds/a{STATUS}")
    assert client.get(f"/_mock/worlds/a{STATUS}", headers=headers).status_code == 200


def test_who_sends_the_token_makes_a_world_under_any_name(world: World) -> None:
    client = create_app(world, ControlAccess(token="t")).test_client()
    path, host = f"/_mock/worlds/a{STATUS}", {"host": "kibana.example.com"}
    assert client.get(path, headers=host).status_code == 403
    token = {**host, "authorization": "Bearer t"}
    assert client.get(path, headers=token).status_code == 200


def test_beyond_loopback_any_name_will_do_but_no_foreign_page(world: World) -> None:
    client = create_app(world, ControlAccess(loopback=False)).test_client()
    path, host = f"/_mock/worlds/a{STATUS}", {"host": "kibana.example.com"}
    foreign = {**host, "sec-fetch-site": "cross-site"}
    assert client.get(path, headers=foreign).status_code == 403
    assert client.get(path, headers=host).status_code == 200
