"""Hints for a request that reached no route: the nearest route, a missing header, a misspelt id."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.app.hints.hints import explain
from mockkibana.journal import Call, RunRecord

EXECUTE = "/api/actions/connector/<segment:id>/_execute"


class World:
    """What hints look up."""

    def routes(self) -> list[tuple[str, str]]:
        return [
            ("GET", "/api/actions/connector/{id}"),
            ("PUT", "/api/actions/connector/{id}"),
            ("POST", EXECUTE),
            ("GET", "/api/actions/connectors"),
            ("GET", "/api/actions/connector_types"),
            ("GET", "/api/status"),
            ("POST", "/internal/actions/connector/{id}/_execute"),
        ]

    def spaces_of_connector(self, id: str) -> list[str]:  # noqa: A002
        return {"elsewhere": ["a", "b"], "here": ["default"], "there": ["a"]}.get(id, [])

    def connector_names(self, space: str) -> dict[str, str]:
        return {"here": "Server log", "jira-1": "Jira"} if space == "default" else {}


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
def test_the_nearest_route_is_named(method: str, target: str, meant: str) -> None:
    assert explain(refused(method, target), World()) == f"did you mean `{meant}`?"


def test_a_very_long_path_is_compared_with_nothing() -> None:
    # It would take a minute, by the square of its length.
    assert explain(refused("POST", f"/api/actions/conector/{'x' * 8_000}"), World()) is None


def test_all_methods_of_a_path_are_named() -> None:
    assert explain(refused("PATCH", "/api/actions/connector/a"), World()) == (
        "did you mean `GET /api/actions/connector/a` or `PUT /api/actions/connector/a`?"
    )


@pytest.mark.parametrize("target", ["/", "/favicon.ico", "/app/home", "/s/x", "/api/s/"])
def test_nothing_is_said_where_nothing_is_near(target: str) -> None:
    assert explain(refused("GET", target), World()) is None


@pytest.mark.parametrize(
    ("headers", "more"),
    [
        ({"HTTP_HOST": "a"}, ""),
        ({"HTTP_KBN_XSFR": "true"}, "; the request has `kbn-xsfr`"),
    ],
)
def test_a_missing_xsrf_header_is_named(headers: dict[str, str], more: str) -> None:
    call = refused(
        "POST",
        "/api/actions/connector/here/_execute",
        400,
        route=EXECUTE,
        headers=headers,
        response=b'{"message":"Request must contain a kbn-xsrf header."}',
    )
    expected = f"add the header `kbn-xsrf: true` (any value will do){more}"
    assert explain(call, World()) == expected


@pytest.mark.parametrize(
    ("connector", "space", "hint"),
    [
        ("elsewhere", "default", "connector exists in spaces `a`, `b`"),
        ("there", "default", "connector exists in space `a`"),
        ("here", "a", "connector exists in space `default`"),
        ("hero", "default", "did you mean the connector `here`?"),
        ("Jira", "default", "`Jira` is the name of a connector, its id is `jira-1`"),
        ("server-log", "default", "did you mean the connector `here`, whose name is 'Server log'?"),
        ("xyz", "default", None),
        ("xyz", "a", "there is no connector in space `a`"),
        ("here", "default", None),
    ],
)
def test_an_unknown_connector_is_told_with_the_nearest(
    connector: str, space: str, hint: str | None
) -> None:
    call = refused("POST", "/", route=EXECUTE, connector_id=connector, space=space)
    assert explain(call, World()) == hint


@pytest.mark.parametrize("status", [200, 302, None])
def test_nothing_is_said_of_what_did_not_fail(status: int) -> None:
    assert explain(refused("GET", "/api/actions/conectors", status), World()) is None


def test_nothing_is_said_of_another_refusal() -> None:
    call = refused("POST", "/", 400, route=EXECUTE, response=b"{}", connector_id="hero")
    assert explain(call, World()) is None
    ran = refused("POST", "/", 404, route=EXECUTE, connector_id="hero")
    ran.runs.append(RunRecord("hero", ".index", "", "default"))
    assert explain(ran, World()) is None
