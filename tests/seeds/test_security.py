"""The part `security` of a seed, and what a snapshot makes of it."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from mockkibana.app import create_app
from mockkibana.clock import parse_time
from mockkibana.control.plane import ControlPlane
from mockkibana.security.passwords import SALT_BYTES, hashed
from mockkibana.seeds import BadSeed, parse_seed, read_seed
from mockkibana.settings import Settings
from mockkibana.world import World

SEED: dict[str, Any] = {
    "version": 1,
    "security": {
        "roles": {
            "runner": {
                "elasticsearch": {"indices": [{"names": ["test-*"], "privileges": ["create"]}]},
                "kibana": [{"feature": {"actions": ["read"]}, "spaces": ["default"]}],
            },
            "watcher": {"cluster": ["monitor"], "indices": []},
        },
        "users": {
            "reader": {"password": "planted-secret-1", "roles": ["runner"]},
            "sleeper": {"password": "planted-secret-2", "enabled": False},
            "elastic": {"password": "planted-secret-3"},
        },
        "api_keys": [
            {
                "id": "key-1",
                "name": "ci",
                "api_key": "planted-secret-4",
                "username": "reader",
            }
        ],
    },
}
APPLICATION = {"application": "kibana-.kibana", "privileges": ["read"], "resources": ["*"]}
HASH = hashed("password", b"0" * SALT_BYTES)
CONNECTORS = "/api/actions/connectors"


def basic(user: str, password: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def api_key(key_id: str, secret: str) -> dict[str, str]:
    return {"authorization": f"ApiKey {b64encode(f'{key_id}:{secret}'.encode()).decode()}"}


def status(world: World, headers: dict[str, str]) -> int:
    return create_app(world).test_client().get(CONNECTORS, headers=headers).status_code


@pytest.fixture
def world() -> World:
    return World(seeds=[parse_seed(SEED)], frozen_at=parse_time("2026-01-02"))


def test_a_seed_with_security_switches_it_on(world: World) -> None:
    assert world.is_secured
    assert status(world, {}) == 401
    assert status(world, basic("reader", "planted-secret-1")) == 200
    assert status(world, basic("reader", "planted-secret-2")) == 401
    assert status(world, basic("sleeper", "planted-secret-2")) == 401
    assert status(world, api_key("key-1", "planted-secret-4")) == 200
    assert status(world, api_key("key-1", "planted-secret-5")) == 401


def test_a_seed_can_change_the_superusers_password(world: World) -> None:
    assert status(world, basic("elastic", "changeme")) == 401
    assert status(world, basic("elastic", "planted-secret-3")) == 200


@pytest.mark.parametrize("security", [{}, {"users": {}}])
def test_an_empty_part_switches_security_on_as_well(security: dict[str, Any]) -> None:
    world = World(seeds=[parse_seed({"version": 1, "security": security})])
    assert status(world, {}) == 401
    assert status(world, basic("elastic", "changeme")) == 200


def test_a_seed_can_bring_users_and_leave_security_off() -> None:
    content = {**SEED, "security": {**SEED["security"], "enabled": False}}
    world = World(seeds=[parse_seed(content)])
    assert status(world, {}) == 200
    world.settings = Settings(security=True)
    assert status(world, {}) == 401
    assert status(world, basic("reader", "planted-secret-1")) == 200


def test_a_role_may_be_written_as_kibana_has_it_or_as_elasticsearch_has_it(world: World) -> None:
    assert world.security.roles.get("runner") == {
        "cluster": [],
        "indices": [
            {
                "names": ["test-*"],
                "privileges": ["create"],
                "allow_restricted_indices": False,
            }
        ],
        "applications": [
            {
                "application": "kibana-.kibana",
                "privileges": ["feature_actions.read"],
                "resources": ["space:default"],
            }
        ],
        "run_as": [],
        "metadata": {},
    }
    watcher = world.security.roles.get("watcher")
    assert watcher is not None
    assert watcher["cluster"] == ["monitor"]


def test_reset_brings_back_what_the_seed_has_and_nothing_else(world: World) -> None:
    world.security.users.put("intruder", {"roles": ["superuser"]}, password="planted-secret-6")
    world.security.users.delete("reader")
    assert status(world, basic("intruder", "planted-secret-6")) == 200
    world.reset()
    assert status(world, basic("intruder", "planted-secret-6")) == 401
    assert status(world, basic("reader", "planted-secret-1")) == 200
    world.reset(empty=True)
    assert not world.is_secured
    assert status(world, {}) == 200


def test_security_can_be_reset_alone(world: World) -> None:
    digest = world.store.digest()
    world.security.users.put("intruder", {"roles": []}, password="planted-secret-6")
    world.reset(parts=["connectors"])
    assert world.security.users.get("intruder") is not None
    world.reset(parts=["security"])
    assert world.store.digest() == digest


def test_the_same_seed_leads_to_the_same_state(world: World) -> None:
    assert World(seeds=[parse_seed(SEED)]).security.users.all() == world.security.users.all()


def test_a_later_seed_adds_to_an_earlier_one(world: World) -> None:
    more = {"users": {"other": {"password": "planted-secret-7"}}}
    world.seed(parse_seed({"version": 1, "security": more}))
    assert status(world, basic("other", "planted-secret-7")) == 403
    assert status(world, basic("reader", "planted-secret-1")) == 200


def test_a_snapshot_with_secrets_leads_to_the_same_state(world: World) -> None:
    world.security.tokens.create("reader", client="elastic", with_refresh=True)
    snapshot = ControlPlane(world).snapshot(secrets=True)
    assert "planted-secret" not in json.dumps(snapshot)
    again = World(seeds=[parse_seed(snapshot)])
    assert again.dump() == world.dump()
    assert status(again, basic("reader", "planted-secret-1")) == 200
    assert status(again, api_key("key-1", "planted-secret-4")) == 200


def test_a_key_of_the_superuser_comes_back_from_a_snapshot(world: World) -> None:
    key = {"id": "key-2", "name": "all", "api_key": "planted-secret-8", "username": "elastic"}
    world.seed(parse_seed({"version": 1, "security": {"api_keys": [key]}}))
    again = World(seeds=[parse_seed(ControlPlane(world).snapshot(secrets=True))])
    assert again.dump() == world.dump()
    assert status(again, api_key("key-2", "planted-secret-8")) == 200


def test_a_snapshot_without_secrets_has_users_without_passwords(world: World) -> None:
    world.security.tokens.create("reader", client="elastic", with_refresh=True)
    snapshot = ControlPlane(world).snapshot()
    assert "scrypt" not in json.dumps(snapshot)
    assert snapshot["security"]["users"]["reader"] == {
        "roles": ["runner"],
        "full_name": None,
        "email": None,
        "metadata": {},
        "enabled": True,
    }
    assert (snapshot["security"]["api_keys"], snapshot["security"]["tokens"]) == ([], [])
    again = World(seeds=[parse_seed(snapshot)])
    assert status(again, basic("reader", "planted-secret-1")) == 401
    assert status(again, basic("elastic", "changeme")) == 200


def test_a_snapshot_in_memory_keeps_users(world: World) -> None:
    plane = ControlPlane(world)
    plane.save_snapshot("before")
    world.security.users.delete("reader")
    assert status(world, basic("reader", "planted-secret-1")) == 401
    plane.restore_snapshot("before")
    assert status(world, basic("reader", "planted-secret-1")) == 200


def test_a_later_seed_leaves_the_password_of_a_user_alone(world: World) -> None:
    more = {"users": {"reader": {"roles": ["viewer"]}}}
    world.seed(parse_seed({"version": 1, "security": more}))
    assert status(world, basic("reader", "planted-secret-1")) == 200
    assert (world.security.users.get("reader") or {})["roles"] == ["viewer"]


def test_a_fault_of_several_lines_is_told_in_one() -> None:
    key = {"id": "a", "name": "a", "api_key": "b", "username": "elastic", "expiration": "1d"}
    with pytest.raises(BadSeed) as caught:
        parse_seed({"version": 1, "security": {"api_keys": [key]}})
    assert "\n" not in str(caught.value)
    assert "[security.api_keys.0.expiration]" in str(caught.value)


@pytest.mark.parametrize("key", ["off", "no", "Yes", "null"])
def test_a_user_whose_name_is_a_word_of_yaml_has_to_be_in_quotes(tmp_path, key: str) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text(f"version: 1\nsecurity: {{users: {{{key}: {{password: secret-1}}}}}}\n")
    with pytest.raises(BadSeed) as caught:
        read_seed(file)
    assert str(caught.value).endswith("write it in quotes")
    file.write_text(f"version: 1\nsecurity: {{users: {{'{key}': {{password: secret-1}}}}}}\n")
    world = World(seeds=[read_seed(file)])
    assert status(world, basic(key, "secret-1")) == 403


def test_a_world_without_users_says_nothing_of_security() -> None:
    assert "security" not in World().dump()


def test_a_restart_knows_users_and_that_security_is_on(tmp_path) -> None:
    file = tmp_path / "db"
    world = World(db=file, seeds=[parse_seed(SEED)])
    world.security.users.put("other", {"roles": []}, password="planted-secret-7")
    world.close()
    assert b"planted-secret" not in file.read_bytes()
    world = World(db=file)
    assert status(world, {}) == 401
    assert status(world, basic("other", "planted-secret-7")) == 403
    assert status(world, basic("reader", "planted-secret-1")) == 200
    world.close()


@pytest.mark.parametrize(
    ("security", "text"),
    [
        (
            {"roles": {"r": {"kibana": [{"feature": {"actions": ["read"]}, "base": ["all"]}]}}},
            (
                "seed: [security.roles.r]: [kibana.0]: definition of [feature] isn't allowed when "
                "non-empty [base] is defined."
            ),
        ),
        (
            {"roles": {"r": {"elasticsearch": {}, "kibana": [{"feature": {"acton": ["read"]}}]}}},
            (
                "seed: [security.roles.r.kibana.0.feature.acton]: there is no such feature; did "
                "you mean [actions]?"
            ),
        ),
        (
            {"roles": {"r": {"elasticsearch": {}, "kibana": [{"feature": {"actions": ["raed"]}}]}}},
            (
                "seed: [security.roles.r.kibana.0.feature.actions]: there is no privilege [raed]; "
                "did you mean [read]? Expected one of: all, endpoint_security_execute, "
            ),
        ),
        (
            {"roles": {"r": {"indices": [{"names": ["a"], "privileges": ["wirte"]}]}}},
            "seed: [security.roles.r]: Validation Failed: 1: unknown index privilege [wirte].",
        ),
        (
            {"api_keys": [{"id": "a", "name": "a", "username": "elastic"}]},
            "seed: [security.api_keys.0]: expected api_key, the secret of the key",
        ),
        (
            {"api_keys": [{"id": "a", "name": "a", "api_key": "abc", "username": "bob"}]},
            "seed: [security.api_keys.0.username]: there is no user [bob] who could own the key",
        ),
        (
            {
                "api_keys": [
                    {
                        "id": "a",
                        "name": "a",
                        "api_key": "abc",
                        "username": "elastic",
                        "role_descriptors": {"superuser": {"cluster": ["zz"]}},
                    }
                ]
            },
            "seed: [security.api_keys.0.role_descriptors.superuser]: Validation Failed: 1: unknown",
        ),
        (
            {
                "api_keys": [
                    {
                        "id": "a",
                        "name": "a",
                        "api_key": "abc",
                        "username": "elastic",
                        "limited_by": [{"name": "r", "indices": [{}]}],
                    }
                ]
            },
            "seed: [security.api_keys.0.limited_by]: failed to parse indices privileges for",
        ),
        (
            {"roles": {"r": {"indices": [{"names": ["a"], "privileges": "write"}]}}},
            (
                "seed: [security.roles.r]: failed to parse role [r]: could not parse [privileges] "
                "field. expected a string array but found [VALUE_STRING]"
            ),
        ),
        (
            {"roles": {"r": {"applications": [APPLICATION | {"resources": ["/(/"]}]}}},
            "seed: [security.roles.r]: Validation Failed: 1: ",
        ),
        (
            {"users": {"a": {"metadata": {"_a": 1}}}},
            "seed: [security.users.a]: metadata keys may not start with [_]",
        ),
        (
            {"users": {" a": {}}},
            "seed: [security.users. a]: User names must be at least 1",
        ),
        (
            {"users": {"a": {"password_hash": "planted"}}},
            "[security.users.a.password_hash",
        ),
    ],
)
def test_a_part_that_cannot_be_is_refused_and_changes_nothing(
    security: dict[str, Any], text: str
) -> None:
    world = World()
    digest = world.store.digest()
    with pytest.raises(BadSeed) as caught:
        world.seed(parse_seed({"version": 1, "security": security}))
    assert text in str(caught.value)
    assert world.store.digest() == digest
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(
    "user", [{"enabled": False}, {"enabled": True}, {"password_hash": HASH}, {}], ids=str
)
def test_what_was_changed_of_a_reserved_user_is_all_that_a_snapshot_holds(user: Any) -> None:
    seed = {"version": 1, "security": {"users": {"kibana_system": user}}}
    world = World(seeds=[parse_seed(seed)])
    assert world.dump()["security"]["users"] == {"kibana_system": user}
