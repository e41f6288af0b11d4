"""Hints for a request that reached no route: the nearest route, a missing header, a misspelt id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockkibana.app.hints.hints import explain
from mockkibana.journal import Call, RunRecord
from mockkibana.seeds import parse_seed
from mockkibana.world import World

EXECUTE = "/api/actions/connector/<segment:id>/_execute"


def routes() -> list[tuple[str, str]]:
    return [
        ("GET", "/api/actions/connector/{id}"),
        ("PUT", "/api/actions/connector/{id}"),
        ("POST", EXECUTE),
        ("GET", "/api/actions/connectors"),
        ("GET", "/api/actions/connector_types"),
        ("GET", "/api/status"),
        ("POST", "/internal/actions/connector/{id}/_execute"),
    ]


@pytest.fixture
def world() -> Iterator[World]:
    """A world with two connectors in the default space, and one in the space `a`."""
    log = {"connector_type_id": ".server-log", "config": {}, "secrets": {}}
    connectors = [
        {"id": "here", "name": "Server log", **log},
        {"id": "jira-1", "name": "Jira", **log},
        {"id": "there", "name": "There", "space": "a", **log},
    ]
    world = World(seeds=[parse_seed({"version": 1, "connectors": connectors})])
    yield world
    world.close()


def refused(method: str, target: str, status: int = 404, **values: Any) -> Call:
    call = Call(0, 0.0, method, target, {}, "kibana", "default")
    call.status = status
    for name, value in values.items():
        setattr(call, name, value)
    return call


@pytest.mark.parametrize(
    ("method", "target", "meant"),
    [
        ("GET", "/api/actions/connector/a/_execute", "POST /api/actions/connector/a/_execute"),
        ("DELETE", "/s/x/api/status?a=b", "GET /s/x/api/status"),
        ("POST", "/api/actions/connector/a/execute", "POST /api/actions/connector/a/_execute"),
        ("GET", "/api/action/connectors", "GET /api/actions/connectors"),
        ("GET", "/api/actions/conectors", "GET /api/actions/connectors"),
        ("GET", "/api/actions/connectors/", "GET /api/actions/connectors"),
        ("GET", "//api//status", "GET /api/status"),
        ("GET", "/actions/connectors", "GET /api/actions/connectors"),
        ("GET", "/s/x/actions/connectors", "GET /s/x/api/actions/connectors"),
        ("POST", "/ops/api/actions/connectors", "GET /s/ops/api/actions/connectors"),
        ("GET", "/s/Ops/api/status", "GET /s/ops/api/status"),
        ("GET", "/s/my space/api/status", "GET /api/status"),
        ("GET", "/api/s/ops/actions/connectors", "GET /s/ops/api/actions/connectors"),
        ("GET", "/api/s/ops/api/actions/connectors", "GET /s/ops/api/actions/connectors"),
    ],
)
def test_the_nearest_route_is_named(world: World, method: str, target: str, meant: str) -> None:
    assert explain(refused(method, target), world, routes) == f"did you mean `{meant}`?"


def test_a_very_long_path_is_compared_with_nothing(world: World) -> None:
    # It would take a minute, by the square of its length.
    assert explain(refused("POST", f"/api/actions/conector/{'x' * 8_000}"), world, routes) is None


def test_all_methods_of_a_path_are_named(world: World) -> None:
    assert explain(refused("PATCH", "/api/actions/connector/a"), world, routes) == (
        "did you mean `GET /api/actions/connector/a` or `PUT /api/actions/connector/a`?"
    )


@pytest.mark.parametrize("target", ["/", "/favicon.ico", "/app/home", "/s/x", "/api/s/"])
def test_nothing_is_said_where_nothing_is_near(world: World, target: str) -> None:
    assert explain(refused("GET", target), world, routes) is None


@pytest.mark.parametrize(
    ("headers", "more"),
    [
        ({"HTTP_HOST": "a"}, ""),
        ({"HTTP_KBN_XSFR": "true"}, "; the request has `kbn-xsfr`"),
    ],
)
def test_a_missing_xsrf_header_is_named(world: World, headers: dict[str, str], more: str) -> None:
    call = refused(
        "POST",
        "/api/actions/connector/here/_execute",
        400,
        route=EXECUTE,
        headers=headers,
        response=b'{"message":"Request must contain a kbn-xsrf header."}',
    )
    expected = f"add the header `kbn-xsrf: true` (any value will do){more}"
    assert explain(call, world, routes) == expected


@pytest.mark.parametrize(
    ("connector", "space", "hint"),
    [
        ("there", "default", "connector exists in space `a`"),
        ("here", "a", "connector exists in space `default`"),
        ("hero", "default", "did you mean the connector `here`?"),
        ("Jira", "default", "`Jira` is the name of a connector, its id is `jira-1`"),
        ("server-log", "default", "did you mean the connector `here`, whose name is 'Server log'?"),
        (
            "xyz",
            "default",
            "in space `default` there are `jira-1` ('Jira'), `here` ('Server log')",
        ),
        ("xyz", "b", "there is no connector in space `b`"),
        ("here", "default", None),
    ],
)
def test_an_unknown_connector_is_told_with_the_nearest(
    world: World, connector: str, space: str, hint: str | None
) -> None:
    call = refused("POST", "/", route=EXECUTE, connector_id=connector, space=space)
    assert explain(call, world, routes) == hint


def test_of_many_connectors_five_are_named(world: World) -> None:
    rows = [{"id": f"c{n}", "name": f"N{n}", "connector_type_id": ".server-log"} for n in range(9)]
    world.seed(parse_seed({"version": 1, "connectors": [{**row, "space": "b"} for row in rows]}))
    call = refused("GET", "/", route=EXECUTE, connector_id="nowhere", space="b")
    told = ", ".join(f"`c{n}` ('N{n}')" for n in range(5))
    assert explain(call, world, routes) == f"in space `b` there are {told} and 4 more"


def test_a_very_long_id_is_compared_with_no_long_name(world: World) -> None:
    # It would take seconds, by the square of their length.
    row = {"id": "long", "name": "ab" * 5_000, "connector_type_id": ".server-log", "space": "b"}
    world.seed(parse_seed({"version": 1, "connectors": [row]}))
    call = refused("GET", "/", route=EXECUTE, connector_id="ba" * 5_000, space="b")
    assert str(explain(call, world, routes)).startswith("in space `b` there are `long` ('abab")


def test_nothing_is_said_where_a_fault_rule_answered(world: World) -> None:
    assert explain(refused("GET", "/api/status", faults=["r1"]), world, routes) is None


@pytest.mark.parametrize("status", [200, 302, None])
def test_nothing_is_said_of_what_did_not_fail(world: World, status: int) -> None:
    assert explain(refused("GET", "/api/actions/conectors", status), world, routes) is None


def test_nothing_is_said_of_another_refusal(world: World) -> None:
    call = refused("POST", "/", 400, route=EXECUTE, response=b"{}", connector_id="hero")
    assert explain(call, world, routes) is None
    ran = refused("POST", "/", 404, route=EXECUTE, connector_id="hero")
    ran.runs.append(RunRecord("hero", ".index", "", "default"))
    assert explain(ran, world, routes) is None
