"""Worlds have plain names, and there is an end to their number."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

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
