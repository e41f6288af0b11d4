"""API keys and tokens in Kibana: each may do what it and its owner may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.app import create_app
from mockkibana.settings import Settings
from mockkibana.world import World

CONNECTORS = "/api/actions/connectors"
MINE = {"name": "mine", "connector_type_id": ".server-log"}
ELASTICSEARCH = "/_mock/elasticsearch"
XSRF = {"kbn-xsrf": "true"}


def granting(*privileges: str, indices: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "applications": [
            {"application": "kibana-.kibana", "privileges": [*privileges], "resources": ["*"]}
        ],
        "indices": [
            {"names": [name], "privileges": [privilege]}
            for name, privilege in (indices or {}).items()
        ],
        "cluster": ["manage_own_api_key", "manage_token"],
    }


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    world = World(Settings(security=True))
    for name, role in {
        "reader": granting("feature_actions.read", indices={"test-*": "all"}),
        "writer": granting("all", indices={"test-*": "read"}),
    }.items():
        world.security.roles.put(name, role)
        world.security.users.put(name, {"roles": [name]}, password=f"{name}-password")
    yield world
    assert world.bugs == []
    world.close()


@pytest.fixture(scope="module")
def client(world: World) -> FlaskClient:
    return create_app(world).test_client()


def key_of(client: FlaskClient, owner: str, descriptors: dict[str, Any]) -> dict[str, str]:
    """Return headers with a new API key of a user."""
    answer = client.post(
        f"{ELASTICSEARCH}/_security/api_key",
        json={"name": "ci", "role_descriptors": descriptors},
        auth=(owner, f"{owner}-password"),
    )
    assert answer.status_code == 200, answer.text
    return {**XSRF, "authorization": f"ApiKey {answer.json['encoded']}"}


def may(client: FlaskClient, headers: dict[str, str]) -> tuple[bool, bool]:
    """Return whether somebody may see connectors, and create one."""
    seen = client.get(CONNECTORS, headers=headers).status_code
    made = client.post("/api/actions/connector", json=MINE, headers=headers).status_code
    assert {seen, made} <= {200, 403}
    return seen == 200, made == 200


@pytest.mark.parametrize(
    ("owner", "descriptors", "expected"),
    [
        ("reader", {}, (True, False)),
        ("writer", {}, (True, True)),
        ("writer", {"a": granting("feature_actions.read")}, (True, False)),
        ("writer", {"a": granting("feature_dashboard.all")}, (False, False)),
        ("writer", {"a": granting("feature_dashboard.all"), "b": granting("read")}, (True, False)),
        ("reader", {"a": granting("all")}, (True, False)),
        ("reader", {"a": granting("*")}, (True, False)),
    ],
)
def test_a_key_may_do_what_both_it_and_its_owner_may(
    client: FlaskClient, owner: str, descriptors: dict[str, Any], expected: tuple[bool, bool]
) -> None:
    assert may(client, key_of(client, owner, descriptors)) == expected


@pytest.mark.parametrize(
    ("descriptors", "text"),
    [
        ({}, None),
        (
            {"a": granting("all", indices={"test-*": "read"})},
            (
                "action [indices:data/write/bulk] is unauthorized for API key id [{id}] of user "
                "[reader], this action is granted by the index privileges "
                "[create_doc,create,delete,index,write,all]"
            ),
        ),
    ],
    ids=["its owner's rights", "rights of its own"],
)
def test_a_run_writes_with_the_rights_of_the_key(
    client: FlaskClient, world: World, descriptors: dict[str, Any], text: str | None
) -> None:
    body = {"name": "one", "connector_type_id": ".index", "config": {"index": "test-1"}}
    made = client.post(
        "/api/actions/connector", json=body, headers=XSRF, auth=("elastic", "changeme")
    ).json
    headers = key_of(client, "reader", descriptors)
    answer = client.post(
        f"/api/actions/connector/{made['id']}/_execute",
        json={"params": {"documents": [{"a": 1}]}},
        headers=headers,
    ).json
    if text is None:
        assert answer["status"] == "ok"
    else:
        text = text.format(id=world.security.api_keys.all()[-1]["id"])
        start = "security_exception\n\tRoot causes:\n\t\tsecurity_exception: "
        assert answer["service_message"] == start + text


def test_a_token_stands_for_its_user_until_it_ends(client: FlaskClient, world: World) -> None:
    grant = {"grant_type": "password", "username": "writer", "password": "writer-password"}
    tokens = client.post(
        f"{ELASTICSEARCH}/_security/oauth2/token",
        json=grant,
        auth=("writer", "writer-password"),
    ).json
    headers = {**XSRF, "authorization": f"Bearer {tokens['access_token']}"}
    assert may(client, headers) == (True, True)
    world.clock.advance("21m")
    answer = client.get(CONNECTORS, headers=headers)
    assert answer.status_code == 401
    assert answer.json["message"].endswith(": token expired")
    again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    tokens = client.post(
        f"{ELASTICSEARCH}/_security/oauth2/token",
        json=again,
        auth=("writer", "writer-password"),
    ).json
    headers = {**XSRF, "authorization": f"Bearer {tokens['access_token']}"}
    assert may(client, headers) == (True, True)


def test_a_key_that_was_invalidated_is_of_no_more_use(client: FlaskClient, world: World) -> None:
    headers = key_of(client, "reader", {})
    assert may(client, headers) == (True, False)
    (key,) = world.security.api_keys.all()[-1:]
    world.security.api_keys.invalidate([key])
    answer = client.get(CONNECTORS, headers=headers)
    assert answer.status_code == 401
    assert f"api key [{key['id']}] has been invalidated" in answer.json["message"]
