"""Whoever was verified once is verified anew after a reset, or when the time is over."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from mockkibana.http.messages import Answer, Request
from mockkibana.json import dumps
from mockkibana.settings import Settings
from mockkibana.world import World


def ask(world: World, line: str, body: Any = None, who: str = "elastic:changeme") -> Answer:
    method, _, path = line.partition(" ")
    scheme = who if " " in who else f"Basic {b64encode(who.encode()).decode()}"
    headers = {"authorization": scheme, "content-type": "application/json"}
    sent = b"" if body is None else dumps(body).encode()
    return world.elasticsearch_face.handle(Request(method, path, headers=headers, body=sent))


ME = "GET /_security/_authenticate"
GRANT = {"grant_type": "password", "username": "joe", "password": "secret1"}


@pytest.fixture
def world() -> World:
    world = World(Settings(security=True))
    ask(world, "PUT /_security/user/joe", {"password": "secret1", "roles": []})
    return world


@pytest.mark.parametrize("kind", ["password", "key", "token"])
def test_whoever_was_verified_is_forgotten_with_a_reset(world: World, kind: str) -> None:
    who = "joe:secret1"
    if kind == "key":
        made = ask(world, "PUT /_security/api_key", {"name": "k"}).body
        who = f"ApiKey {made['encoded']}"
    elif kind == "token":
        who = f"Bearer {ask(world, 'POST /_security/oauth2/token', GRANT).body['access_token']}"
    assert ask(world, ME, who=who).status == 200
    world.reset()
    assert ask(world, ME, who=who).status == 401
    assert ask(world, ME).status == 200


def test_the_clock_of_the_world_ends_a_token_that_was_just_used(world: World) -> None:
    world.clock.freeze()
    token = ask(world, "POST /_security/oauth2/token", GRANT).body["access_token"]
    key = ask(world, "PUT /_security/api_key", {"name": "k", "expiration": "10m"}).body["encoded"]
    for who in (f"Bearer {token}", f"ApiKey {key}"):
        assert ask(world, ME, who=who).status == 200
    world.clock.advance("10m")
    assert ask(world, ME, who=f"ApiKey {key}").status == 401
    assert ask(world, ME, who=f"Bearer {token}").status == 200
    world.clock.advance("10m")
    assert ask(world, ME, who=f"Bearer {token}").status == 401
