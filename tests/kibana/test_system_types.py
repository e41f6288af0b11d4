"""System actions: listed on internal routes, refused on all others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockkibana.seeds import BadSeed
from mockkibana.settings import PreconfiguredConnector

pytestmark = pytest.mark.kibana_version("8.19.0")

TYPES = [".cases", ".observability-ai-assistant"]
UUID = "c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad"
BASES = ["/api/actions/connector", "/api/actions/action"]


@pytest.fixture(params=TYPES)
def type_id(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["", "/s/any"], ids=["default", "space"])
def space(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def forbidden(type_id: str) -> str:
    return f"System action creation is forbidden. Action type: {type_id}."


@pytest.mark.parametrize("connector_id", ["", f"/{UUID}", "/no-uuid"])
def test_a_system_action_cannot_be_created(client, xsrf, envelope, space, type_id, connector_id):
    path = f"{space}/api/actions/connector{connector_id}"
    body = {"name": "n", "connector_type_id": type_id, "config": {"un": "known"}}
    answer = client.post(path, json=body, headers=xsrf)
    assert (answer.status_code, answer.json) == (400, envelope(400, forbidden(type_id)))


def test_a_system_action_cannot_be_created_by_the_legacy_route(client, xsrf, envelope, type_id):
    body = {"name": "n", "actionTypeId": type_id}
    answer = client.post("/api/actions/action", json=body, headers=xsrf)
    assert (answer.status_code, answer.json) == (400, envelope(400, forbidden(type_id)))


@pytest.mark.parametrize("other", [".server-log", ".nope"])
def test_nothing_can_be_created_under_the_id_of_a_system_action(
    client, xsrf, envelope, type_id, other
):
    path = f"/api/actions/connector/system-connector-{type_id}"
    answer = client.post(path, json={"name": "n", "connector_type_id": other}, headers=xsrf)
    assert (answer.status_code, answer.json) == (400, envelope(400, forbidden(other)))


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    ("method", "tail", "body", "status", "message"),
    [
        ("GET", "", None, 404, "Connector {id} not found"),
        ("PUT", "", {"name": "n"}, 400, "System action {id} can not be updated."),
        ("DELETE", "", None, 400, "System action {id} is not allowed to delete."),
        (
            "POST",
            "/_execute",
            {"params": {"any": "thing"}},
            400,
            "Execution of system action is not allowed",
        ),
    ],
    ids=["get", "update", "delete", "execute"],
)
def test_a_system_action_is_refused_by_its_id(
    client, world, xsrf, envelope, space, type_id, base, method, tail, body, status, message
):
    before = world.store.digest()
    connector_id = f"system-connector-{type_id}"
    path = f"{space}{base}/{connector_id}{tail}"
    answer = client.open(path, method=method, json=body, headers=xsrf)
    expected = envelope(status, message.format(id=connector_id))
    assert (answer.status_code, answer.json) == (status, expected)
    assert world.store.digest() == before


def test_the_body_is_looked_at_first(client, xsrf):
    path = "/api/actions/connector/system-connector-.cases"
    answer = client.post(f"{path}/_execute", json={}, headers=xsrf)
    assert answer.json["message"].startswith("[request body.params]: ")
    answer = client.put(path, json={}, headers=xsrf)
    assert answer.json["message"].startswith("[request body.name]: ")


@pytest.mark.parametrize("connector_id", ["system-connector-.nope", "system-connector-", "cases"])
def test_another_id_is_an_unknown_connector(client, connector_id):
    answer = client.get(f"/api/actions/connector/{connector_id}")
    assert answer.json["message"] == f"Saved object [action/{connector_id}] not found"


def test_settings_do_not_change_what_is_refused(client, world, xsrf, envelope, type_id):
    world.settings = replace(
        world.settings,
        enabled_action_types=(".index",),
        preconfigured=(
            PreconfiguredConnector(
                id=f"system-connector-{type_id}", name="n", connector_type_id=".server-log"
            ),
        ),
    )
    path = f"/api/actions/connector/system-connector-{type_id}"
    answer = client.delete(path, headers=xsrf)
    message = f"System action system-connector-{type_id} is not allowed to delete."
    assert answer.json == envelope(400, message)


def test_a_seed_cannot_hold_one(world, seed, type_id):
    with pytest.raises(BadSeed, match="is not registered"):
        world.seed(seed(connectors=[{"connector_type_id": type_id}]))
