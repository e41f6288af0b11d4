"""The OAuth token that Kibana keeps of a connector, until it is of no use any more."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.connectors.access_token import AccessToken


@pytest.fixture
def token(world, create) -> Any:
    world.clock.freeze("2026-01-02T03:04:05Z")
    token = AccessToken(world.store, world.clock, create()["id"])
    token.keep("Bearer 1", 60)
    return token


def test_a_token_is_kept_until_it_expires(world, token):
    world.clock.advance(59)
    assert token.get() == "Bearer 1"
    assert AccessToken(world.store, world.clock, "two").get() is None
    world.clock.advance(1)
    assert token.get() is None


def test_a_token_can_be_forgotten(token):
    token.forget()
    assert token.get() is None


@pytest.mark.parametrize("what", ["update", "delete", "reset"])
def test_no_token_outlives_what_it_was_granted_for(world, client, xsrf, token, what):
    [made] = client.get("/api/actions/connectors").json
    path = f"/api/actions/connector/{made['id']}"
    if what == "update":
        body = {"name": "n", "config": {}, "secrets": {}}
        assert client.put(path, json=body, headers=xsrf).status_code == 200
    elif what == "delete":
        assert client.delete(path, headers=xsrf).status_code == 204
    else:
        world.reset(parts=["connectors"])
    assert token.get() is None
