"""The APIs about privileges tell which ones the caller has, and which ones there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockkibana.elasticsearch.face.face import TABLE
from mockkibana.http.messages import Answer
from mockkibana.settings import Settings

Ask = Callable[..., Answer]
Refused = Callable[..., dict[str, Any]]

HAS = "POST /_security/user/_has_privileges"
ROLE = {
    "cluster": ["monitor"],
    "indices": [
        {"names": ["logs-*"], "privileges": ["read", "create_doc"]},
        {"names": ["logs-2"], "privileges": ["write"]},
    ],
    "applications": [
        {
            "application": "kibana-.kibana",
            "privileges": ["feature_actions.read"],
            "resources": ["space:default"],
        }
    ],
    "run_as": ["jim"],
}


@pytest.fixture
def joe(ask: Ask) -> str:
    """A user with a few rights."""
    ask("PUT /_security/role/r", ROLE)
    ask("PUT /_security/user/joe", {"password": "secret1", "roles": ["r", "missing"]})
    return "joe:secret1"


def test_somebody_may_ask_for_the_own_privileges(ask: Ask, joe: str) -> None:
    asked = {
        "cluster": ["monitor", "manage", "cluster:monitor/main"],
        "index": [
            {"names": ["logs-2", "logs-1"], "privileges": ["read", "write", "index"]},
            {"names": "logs-1*", "privileges": ["create_doc"]},
            {"names": ["*"], "privileges": ["read"]},
        ],
        "application": [
            {
                "application": "kibana-.kibana",
                "privileges": ["feature_actions.read", "all"],
                "resources": ["space:default", "space:other"],
            }
        ],
    }
    answer = ask(HAS, asked, joe).body
    assert answer == {
        "username": "joe",
        "has_all_requested": False,
        "cluster": {"monitor": True, "manage": False, "cluster:monitor/main": True},
        "index": {
            "*": {"read": False},
            "logs-1": {"read": True, "write": False, "index": False},
            "logs-1*": {"create_doc": True},
            "logs-2": {"read": True, "write": True, "index": True},
        },
        "application": {
            "kibana-.kibana": {
                "space:default": {"feature_actions.read": True, "all": False},
                "space:other": {"feature_actions.read": False, "all": False},
            }
        },
    }
    assert list(answer) == ["username", "has_all_requested", "cluster", "index", "application"]
    assert list(answer["index"]) == sorted(answer["index"])


@pytest.mark.parametrize("settings", [Settings(security=True), Settings()], ids=["secured", "open"])
def test_the_superuser_has_all_of_them(ask: Ask) -> None:
    asked = {
        "cluster": ["all"],
        "index": [{"names": ["*"], "privileges": ["all"]}],
        "applications": [{"application": "shop-main", "privileges": ["x"], "resources": ["*"]}],
    }
    assert ask(HAS, asked).body["has_all_requested"] is True


def test_a_pattern_is_not_taken_for_a_name(ask: Ask, joe: str) -> None:
    groups = [{"names": ["logs-?", "/~(secret.*)/"], "privileges": ["read"]}]
    entry = {"application": "shop", "privileges": ["x"], "resources": ["item-?"]}
    ask("PUT /_security/role/r", {"indices": groups, "applications": [entry]})
    asked = {
        "index": [{"names": ["*", "logs-*", "logs-1", "logs-?"], "privileges": ["read"]}],
        "application": [{**entry, "resources": ["*", "item-*", "item-1"]}],
    }
    answer = ask(HAS, asked, joe).body
    assert {name: row["read"] for name, row in answer["index"].items()} == {
        "*": False,
        "logs-*": False,
        "logs-1": True,
        "logs-?": True,
    }
    assert {name: row["x"] for name, row in answer["application"]["shop"].items()} == {
        "*": False,
        "item-*": False,
        "item-1": True,
    }


def test_system_indices_are_not_among_those_of_a_pattern_unless_asked_for(ask: Ask) -> None:
    def has(privilege: str, **more: Any) -> list[bool]:
        group = {"names": ["*", ".security"], "privileges": [privilege], **more}
        rows = ask(HAS, {"index": [group]}).body["index"]
        return [rows[name][privilege] for name in ("*", ".security")]

    assert has("all") == [True, False]
    assert has("all", allow_restricted_indices=True) == [False, False]
    assert has("read", allow_restricted_indices=True) == [True, True]


def test_a_key_has_what_both_it_and_its_owner_have(ask: Ask, joe: str) -> None:
    asked = {"cluster": ["monitor", "all"]}
    limits = {"all": {"cluster": ["all"]}}
    ask("PUT /_security/role/r", {**ROLE, "cluster": ["monitor", "manage_own_api_key"]})
    made = ask("PUT /_security/api_key", {"name": "k", "role_descriptors": limits}, joe).body
    answer = ask(HAS, asked, f"ApiKey {made['encoded']}").body
    assert (answer["username"], answer["cluster"]) == ("joe", {"monitor": True, "all": False})


PARSE = "parse_exception"


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (None, PARSE, "request body or source parameter is required"),
        ({"zz": 1}, PARSE, "failed to parse privileges check [elastic]. unexpected field [zz]"),
        (
            {},
            PARSE,
            (
                "failed to parse privileges check [elastic]. All privilege fields "
                "[cluster,index,applications] are missing"
            ),
        ),
        (
            {"cluster": []},
            "action_request_validation_exception",
            "Validation Failed: 1: must specify at least one privilege;",
        ),
        (
            {"application": [{"application": "a*", "privileges": ["x"], "resources": ["*"]}]},
            "action_request_validation_exception",
            ("Validation Failed: 1: Application names may not contain '*' (found 'a*');"),
        ),
        (
            {"index": [{"privileges": ["read"]}]},
            PARSE,
            "failed to parse indices privileges for role [elastic]. missing required [names] field",
        ),
        (
            {"index": [{"names": ["x"], "privileges": ["read"], "query": "{}"}]},
            PARSE,
            "Field [query] is not supported in a has_privileges request",
        ),
    ],
)
def test_a_question_that_is_refused(refused: Refused, body: Any, kind: str, reason: str) -> None:
    error = refused(HAS, body)
    assert (error["status"], error["type"], error["reason"]) == (400, kind, reason)


def test_unknown_privileges_are_refused(refused: Refused) -> None:
    for body in ({"cluster": ["zz"]}, {"index": [{"names": ["x"], "privileges": ["zz"]}]}):
        error = refused(HAS, body)
        assert error["type"] == "illegal_argument_exception"
        assert (
            " privilege [zz]. a privilege must be either one of the predefined " in error["reason"]
        )


def test_nobody_may_ask_for_the_privileges_of_others(ask: Ask, refused: Refused, joe: str) -> None:
    asked = {"cluster": ["monitor"]}
    line = "GET /_security/user/{}/_has_privileges"
    assert ask(line.format("joe"), asked, joe).status == 200
    assert refused(line.format("elastic"), asked, joe)["status"] == 403
    assert refused(line.format("joe"), asked)["reason"] == (
        "users may only check the privileges of their own account"
    )


def test_the_own_privileges_are_listed(ask: Ask, joe: str) -> None:
    answer = ask("GET /_security/user/_privileges", who=joe).body
    assert answer == {
        "cluster": ["monitor"],
        "global": [],
        "indices": [
            {
                "names": ["logs-*"],
                "privileges": ["create_doc", "read"],
                "allow_restricted_indices": False,
            },
            {"names": ["logs-2"], "privileges": ["write"], "allow_restricted_indices": False},
        ],
        "applications": ROLE["applications"],
        "run_as": ["jim"],
    }


def test_those_of_a_key_with_roles_of_its_own_are_not(ask: Ask, refused: Refused) -> None:
    limits = {"r": {"cluster": ["all"]}}
    made = ask("PUT /_security/api_key", {"name": "k", "role_descriptors": limits}).body
    error = refused("GET /_security/user/_privileges", who=f"ApiKey {made['encoded']}")
    assert error["type"] == "illegal_argument_exception"
    whole = ask("PUT /_security/api_key", {"name": "k"}).body
    answer = ask("GET /_security/user/_privileges", who=f"ApiKey {whole['encoded']}").body
    assert answer["cluster"] == ["all"]


def test_the_known_privileges_are_listed(ask: Ask) -> None:
    answer = ask("GET /_security/privilege/_builtin").body
    assert list(answer) == ["cluster", "index", "remote_cluster"]
    assert answer["cluster"] == sorted(answer["cluster"])
    assert {"read", "create_doc", "all"} < {*answer["index"]}
    assert ask("GET /_security/privilege").body == {}
    assert ask("GET /_security/privilege/my-app/read").status == 404


_GRANT = {"grant_type": "password", "username": "elastic", "password": "changeme"}
_BODIES: dict[str, Any] = {
    "_has_privileges": {"cluster": ["all"]},
    "_password": {"password": "secret1"},
    "PUT /_security/user/{username}": {"password": "secret1", "roles": []},
    "POST /_security/user/{username}": {"password": "secret1", "roles": []},
    "POST /_security/role": {"roles": {}},
    "DELETE /_security/role": {"names": []},
    "PUT /_security/role/{name}": {},
    "POST /_security/role/{name}": {},
    "PUT /_security/api_key": {"name": "k"},
    "POST /_security/api_key": {"name": "k"},
    "DELETE /_security/api_key": {"ids": ["x"]},
    "PUT /_security/api_key/{id}": {},
    "POST /_security/api_key/_bulk_update": {"ids": ["x"]},
    "POST /_security/api_key/grant": {**_GRANT, "api_key": {"name": "k"}},
    "POST /_security/_query/api_key": {},
    "POST /_security/_query/user": {},
    "POST /_security/_query/role": {},
    "POST /_security/oauth2/token": _GRANT,
    "DELETE /_security/oauth2/token": {"token": "x"},
}


@pytest.fixture
def nobody(ask: Ask) -> str:
    """A user who may do nothing at all."""
    ask("PUT /_security/user/nobody", {"password": "secret1", "roles": []})
    return "nobody:secret1"


_OPEN_TO_ALL = {
    "GET /_security/_authenticate",
    "GET /_security/user/_has_privileges",
    "POST /_security/user/_has_privileges",
    "GET /_security/user/_privileges",
    "PUT /_security/user/_password",
    "POST /_security/user/_password",
}


@pytest.mark.parametrize(
    "line",
    [
        f"{method} {pattern}"
        for method, pattern in TABLE.patterns()
        if pattern.startswith("/_security") and f"{method} {pattern}" not in _OPEN_TO_ALL
    ],
)
def test_who_may_do_nothing_gets_no_further(
    ask: Ask, refused: Refused, nobody: str, line: str
) -> None:
    method, _, path = line.partition(" ")
    for name in ("username", "name", "id", "application"):
        path = path.replace(f"{{{name}}}", "elastic")
    body = _BODIES.get(line, _BODIES.get(line.rpartition("/")[2]))
    assert refused(f"{method} {path}", body, nobody)["status"] == 403
