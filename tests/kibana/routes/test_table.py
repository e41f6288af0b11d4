"""Which routes a release has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.kibana.routes.table import FREQUENT, RARE, routes_of
from mockkibana.settings import Settings
from mockkibana.settings.release import release_of
from mockkibana.world import World

NOT_FOUND = {"statusCode": 404, "error": "Not Found", "message": "Not Found"}
LEGACY = [
    ("POST", "/api/actions/action"),
    ("GET", "/api/actions/action/x"),
    ("PUT", "/api/actions/action/x"),
    ("DELETE", "/api/actions/action/x"),
    ("POST", "/api/actions/action/x/_execute"),
    ("GET", "/api/actions"),
    ("GET", "/api/actions/list_action_types"),
]


@pytest.mark.kibana_version("9.0.0", "9.5.4")
@pytest.mark.parametrize(("method", "path"), LEGACY)
def test_the_legacy_routes_are_gone_as_if_they_had_never_been(
    client: FlaskClient, method: str, path: str
) -> None:
    # Without kbn-xsrf: who asks for what is not there is not told of it.
    for body in (None, "{"):
        answer = client.open(path, method=method, data=body)
        assert (answer.status_code, answer.json) == (404, NOT_FOUND)
        assert "warning" not in answer.headers


@pytest.mark.parametrize(("method", "path"), LEGACY)
def test_whom_kibana_does_not_know_it_tells_of_gone_routes_what_it_tells_of_unknown_ones(
    client: FlaskClient, world: World, method: str, path: str
) -> None:
    world.settings = Settings(kibana_version="9.5.4", security=True)
    assert client.open(path, method=method).status_code == (401 if method == "GET" else 404)


def test_worlds_of_other_versions_have_their_own_routes(client: FlaskClient, world: World) -> None:
    for version, status in (("8.19.9", 200), ("9.0.0", 404), ("8.17.0", 200)):
        world.settings = Settings(kibana_version=version)
        assert client.get("/api/actions").status_code == status


def test_every_need_is_an_attribute_of_a_release() -> None:
    oldest, newest = release_of("8.17.0"), release_of("9.5.4")
    rows = (*FREQUENT, *RARE)
    gone = set(routes_of(oldest, rows)) - set(routes_of(newest, rows))
    new = set(routes_of(newest, rows)) - set(routes_of(oldest, rows))
    assert {(row.method, row.rule.partition("<")[0].rstrip("/")) for row in gone} == {
        (method, path.partition("/x")[0]) for method, path in LEGACY
    }
    assert {row.rule.rpartition("/")[2] for row in new} == {
        "_check_availability",
        "_oauth_callback",
        "_oauth_callback_script",
    }


@pytest.mark.kibana_version("9.4.0", "9.5.4")
def test_one_can_ask_whether_an_id_is_free(
    client: FlaskClient, create: Callable[..., Any], world: World
) -> None:
    path = "/api/actions/connector/{}/_check_availability"
    create(id="taken")
    for id_, available in (("taken", False), ("free", True), ("system-connector-.cases", False)):
        answer = client.get(path.format(id_))
        assert (answer.status_code, answer.json) == (200, {"connectorIdAvailable": available})
    assert client.get(f"/s/any{path.format('taken')}").json == {"connectorIdAvailable": True}
    world.settings = Settings(kibana_version="9.3.9")
    assert client.get(path.format("taken")).json == NOT_FOUND
