"""Who asks, as Kibana tells it."""

from __future__ import annotations

from base64 import b64encode

import pytest

from mockkibana.app import create_app
from mockkibana.settings import Settings
from mockkibana.world import World

ME = "/internal/security/me"
HTTP = {"authentication_provider": {"type": "http", "name": "__http__"}}
RESERVED = {"name": "reserved", "type": "reserved"}
NATIVE = {"name": "default_native", "type": "native"}
ELASTIC = {
    "username": "elastic",
    "roles": ["superuser"],
    "full_name": None,
    "email": None,
    "metadata": {"_reserved": True},
    "enabled": True,
    "authentication_realm": RESERVED,
    "lookup_realm": RESERVED,
    "authentication_type": "realm",
    **HTTP,
    "elastic_cloud_user": False,
}


@pytest.fixture
def settings():
    return Settings(security=True, restrict_internal_apis=False)


def as_user(name, password):
    return {"authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def test_without_security_everybody_is_the_superuser():
    world = World(Settings(restrict_internal_apis=False))
    response = create_app(world).test_client().get(ME)
    assert response.json == ELASTIC
    assert list(response.json) == list(ELASTIC)
    assert "elastic-api-version" not in response.headers
    world.close()


@pytest.mark.parametrize("space", ["", "/s/any"])
def test_the_superuser_is_told(client, space):
    response = client.get(space + ME, headers=as_user("elastic", "changeme"))
    assert (response.status_code, response.json) == (200, ELASTIC)
    assert list(response.json) == list(ELASTIC)
    assert "elastic-api-version" not in response.headers


@pytest.fixture
def bob(world):
    """A native user without any privilege, one of whose roles does not exist."""
    world.security.users.put(
        "bob",
        {"roles": ["z", "a"], "full_name": "Bob", "email": "bob@example.com", "metadata": {"k": 1}},
        password="bob-123",
    )
    return {
        **ELASTIC,
        "username": "bob",
        "roles": ["z", "a"],
        "full_name": "Bob",
        "email": "bob@example.com",
        "metadata": {"k": 1},
        "authentication_realm": NATIVE,
        "lookup_realm": NATIVE,
    }


def test_everybody_may_ask(client, bob):
    assert client.get(ME, headers=as_user("bob", "bob-123")).json == bob


def test_a_token_is_its_user(client, world, bob):
    token, _ = world.security.tokens.create("bob", client="bob", with_refresh=False)
    answer = client.get(ME, headers={"authorization": f"Bearer {token}"}).json
    assert answer == {**bob, "authentication_type": "token"}


def test_an_api_key_is_told_with_its_owner(client, world, bob):
    owner = world.security.authentication.of(as_user("bob", "bob-123")["authorization"])
    key, secret = world.security.api_keys.create(
        owner, name="k", role_descriptors={}, limited_by=[], metadata={}, expiration=None
    )
    pair = b64encode(f"{key['id']}:{secret}".encode()).decode()
    answer = client.get(ME, headers={"authorization": f"ApiKey {pair}"}).json
    realm = {"name": "_es_api_key", "type": "_es_api_key"}
    assert answer == {
        **ELASTIC,
        "username": "bob",
        "roles": [],
        "metadata": {},
        "authentication_realm": realm,
        "lookup_realm": realm,
        "authentication_type": "api_key",
        "api_key": {"id": key["id"], "name": "k", "managed_by": "elasticsearch"},
    }
    assert list(answer)[-3:] == ["api_key", "authentication_provider", "elastic_cloud_user"]


def test_nobody_is_refused(client):
    response = client.get(ME)
    assert response.status_code == 401
    assert response.json == {
        "statusCode": 401,
        "error": "Unauthorized",
        "message": "Unauthorized",
    }
