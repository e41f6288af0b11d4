"""Users are put, shown, searched, changed and deleted over HTTP, and bad ones are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockkibana.http.messages import Answer
from mockkibana.security import passwords
from mockkibana.settings import Settings

Ask = Callable[..., Answer]
Refused = Callable[..., dict[str, Any]]

JOE = {"password": "secret1", "roles": ["viewer"]}
SHOWN = {
    "username": "joe",
    "roles": ["viewer"],
    "full_name": None,
    "email": None,
    "metadata": {},
    "enabled": True,
}


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One entry for every time that a password is hashed."""
    done: list[None] = []
    scrypt = passwords.scrypt

    def counted(*args: Any, **options: Any) -> bytes:
        done.append(None)
        return scrypt(*args, **options)

    monkeypatch.setattr(passwords, "scrypt", counted)
    return done


@pytest.mark.parametrize("settings", [Settings(security=True), Settings()], ids=["secured", "open"])
def test_a_user_is_created_shown_replaced_and_deleted(ask: Ask) -> None:
    path = "/_security/user/j%20%2F"
    assert ask(f"PUT {path}", JOE).body == {"created": True}
    assert ask(f"GET {path}").body == {"j /": {**SHOWN, "username": "j /"}}
    assert ask(f"POST {path}", {"roles": "a,b", "full_name": "Joe"}).body == {"created": False}
    shown = ask(f"GET {path}").body["j /"]
    assert (shown["roles"], shown["full_name"]) == (["a", "b"], "Joe")
    assert list(shown) == list(SHOWN)
    assert ask(f"DELETE {path}").body == {"found": True}
    gone = ask(f"DELETE {path}")
    assert (gone.status, gone.body) == (404, {"found": False})
    missing = ask(f"GET {path}")
    assert (missing.status, missing.body) == (404, {})


def test_all_users_begin_with_those_of_elasticsearch(ask: Ask) -> None:
    ask("PUT /_security/user/joe", JOE)
    users = ask("GET /_security/user").body
    assert list(users) == [
        "elastic",
        "kibana",
        "kibana_system",
        "logstash_system",
        "beats_system",
        "apm_system",
        "remote_monitoring_user",
        "joe",
    ]
    assert users["elastic"] == {
        "username": "elastic",
        "roles": ["superuser"],
        "full_name": None,
        "email": None,
        "metadata": {"_reserved": True},
        "enabled": True,
    }
    assert list(ask("GET /_security/user/zz,joe,elastic").body) == ["elastic", "joe"]


def test_every_put_enables_a_user_and_forgets_what_it_leaves_out(ask: Ask) -> None:
    ask("PUT /_security/user/joe", {**JOE, "email": "joe@example.com", "enabled": False})
    assert ask("GET /_security/_authenticate", who="joe:secret1").status == 401
    ask("PUT /_security/user/joe", {"roles": ["viewer"]})
    assert ask("GET /_security/user/joe").body == {"joe": SHOWN}
    assert ask("GET /_security/_authenticate", who="joe:secret1").status == 200


PARSE, ILLEGAL = "parse_exception", "illegal_argument_exception"
INVALID, REQUEST = "validation_exception", "action_request_validation_exception"
NAME_RULE = (
    "{} names must be at least 1 and no more than 507 characters. They can contain alphanumeric "
    "characters (a-z, A-Z, 0-9), spaces, punctuation, and printable symbols in the Basic Latin "
    "(ASCII) block. Leading or trailing whitespace is not allowed."
)


def one(text: str) -> str:
    return f"Validation Failed: 1: {text};"


@pytest.mark.parametrize(
    ("name", "body", "kind", "reason"),
    [
        ("joe", {"zz": 1}, PARSE, "failed to parse add user request. unexpected field [zz]"),
        (
            "joe",
            {"password": 123456},
            PARSE,
            "expected field [password] to be of type string, but found [VALUE_NUMBER] instead",
        ),
        (
            "joe",
            {"metadata": None},
            PARSE,
            "expected field [metadata] to be of type object, but found [VALUE_NULL] instead",
        ),
        (
            "joe",
            {"enabled": "true"},
            PARSE,
            "expected field [enabled] to be of type boolean, but found [VALUE_STRING] instead",
        ),
        (
            "joe",
            {"full_name": []},
            PARSE,
            "expected field [full_name] to be of type string, but found [START_ARRAY] instead",
        ),
        (
            "joe",
            {"roles": [1]},
            PARSE,
            (
                "could not parse [roles] field. expected a string array but one of the value "
                "in the "
                "array is [VALUE_NUMBER]"
            ),
        ),
        (
            "joe",
            {"roles": None},
            PARSE,
            "could not parse [roles] field. expected a string array but found null value instead",
        ),
        (
            "joe",
            {"username": "jim"},
            ILLEGAL,
            "[username] in source does not match the username provided [joe]",
        ),
        (
            "joe",
            {"password_hash": "$2a$10$x"},
            ILLEGAL,
            "this mock does not support [password_hash]",
        ),
        ("joe", [], PARSE, "expected an object, but found token [START_ARRAY]"),
        ("joe", None, PARSE, "request body is required"),
        (
            "joe",
            {"password": "short"},
            INVALID,
            one("passwords must be at least [6] characters long"),
        ),
        ("joe", {"password": "secret1"}, REQUEST, one("roles are missing")),
        (
            "joe",
            {"metadata": {"_a": 1}},
            REQUEST,
            "Validation Failed: 1: roles are missing;2: metadata keys may not start with [_];",
        ),
        (
            "joe",
            {"roles": []},
            INVALID,
            one("password must be specified unless you are updating an existing user"),
        ),
        (
            "elastic",
            JOE,
            REQUEST,
            one("user [elastic] is reserved and only the password can be changed"),
        ),
        ("_system", JOE, REQUEST, one("user [_system] is internal")),
        ("%20joe", JOE, REQUEST, one(NAME_RULE.format("User"))),
        ("%C3%A9", JOE, REQUEST, one(NAME_RULE.format("User"))),
        ("x" * 508, JOE, REQUEST, one(NAME_RULE.format("User"))),
        ("joe", {**JOE, "roles": [" r"]}, REQUEST, one(NAME_RULE.format("Role"))),
    ],
)
def test_a_user_that_is_refused(
    refused: Refused, name: str, body: Any, kind: str, reason: str
) -> None:
    error = refused(f"PUT /_security/user/{name}", body)
    assert (error["status"], error["type"], error["reason"]) == (400, kind, reason)
    assert error["root_cause"] == [{"type": kind, "reason": reason}]


@pytest.mark.parametrize(
    ("line", "body", "kind", "reason"),
    [
        (
            "DELETE /_security/user/elastic",
            None,
            ILLEGAL,
            "user [elastic] is reserved and cannot be deleted",
        ),
        (
            "PUT /_security/user/elastic/_disable",
            None,
            ILLEGAL,
            "users may not update the enabled status of their own account",
        ),
        (
            "PUT /_security/user/joe/_enable",
            None,
            INVALID,
            one("only existing users can be enabled"),
        ),
        (
            "PUT /_security/user/joe/_disable",
            None,
            INVALID,
            one("only existing users can be disabled"),
        ),
        (
            "PUT /_security/user/joe/_password",
            {"password": "secret1"},
            INVALID,
            one("user must exist in order to change password"),
        ),
        ("PUT /_security/user/_password", {}, REQUEST, one("password is missing")),
        (
            "PUT /_security/user/_password",
            {"roles": []},
            PARSE,
            "failed to parse change password request. unexpected field [roles]",
        ),
        (
            "PUT /_security/user/_password",
            {"password": "short"},
            INVALID,
            one("passwords must be at least [6] characters long"),
        ),
        (
            "PUT /_security/user/joe?refresh=maybe",
            JOE,
            ILLEGAL,
            "Unknown value for refresh: [maybe].",
        ),
    ],
)
def test_a_change_that_is_refused(
    refused: Refused, line: str, body: Any, kind: str, reason: str
) -> None:
    error = refused(line, body)
    assert (error["status"], error["type"], error["reason"]) == (400, kind, reason)


@pytest.mark.parametrize("body", [b'{"password":"hunter22', b'{"password":hunter22}', b"hunter22"])
def test_a_body_that_is_no_json_is_not_repeated(refused: Refused, body: bytes) -> None:
    error = refused("PUT /_security/user/joe", body)
    assert error["status"] == 400
    assert "hunter22" not in str(error)
    assert "caused_by" in error


def test_whoever_asks_learns_who_it_is(ask: Ask) -> None:
    ask("PUT /_security/user/joe", {**JOE, "roles": ["b", "a"], "metadata": {"k": 1}})
    answer = ask("GET /_security/_authenticate", who="joe:secret1")
    realm = {"name": "default_native", "type": "native"}
    assert answer.body == {
        **SHOWN,
        "roles": ["b", "a"],
        "metadata": {"k": 1},
        "authentication_realm": realm,
        "lookup_realm": realm,
        "authentication_type": "realm",
    }
    assert list(answer.body)[-3:] == ["authentication_realm", "lookup_realm", "authentication_type"]


def test_somebody_may_change_the_own_password_and_no_other(ask: Ask, refused: Refused) -> None:
    ask("PUT /_security/user/joe", JOE)
    new = {"password": "secret2"}
    error = refused("PUT /_security/user/elastic/_password", new, who="joe:secret1")
    assert error["status"] == 403
    assert error["reason"].startswith(
        "action [cluster:admin/xpack/security/user/change_password] is unauthorized for user [joe] "
        "with effective roles [viewer], this action is granted by the cluster privileges ["
    )
    assert ask("POST /_security/user/_password", new, who="joe:secret1").body == {}
    assert ask("POST /_security/user/joe/_password", JOE | new, who="joe:secret2").status == 400
    assert ask("GET /_security/_authenticate", who="joe:secret1").status == 401
    assert ask("GET /_security/_authenticate", who="joe:secret2").status == 200


def test_the_password_of_a_reserved_user_can_be_changed(ask: Ask) -> None:
    assert ask("GET /_security/_authenticate", who="kibana_system:secret1").status == 401
    ask("PUT /_security/user/kibana_system/_password", {"password": "secret1"})
    answer = ask("GET /_security/_authenticate", who="kibana_system:secret1")
    assert answer.body["authentication_realm"] == {"name": "reserved", "type": "reserved"}
    ask("PUT /_security/user/_password", {"password": "another"})
    assert ask("GET /_security/_authenticate").status == 401
    assert ask("GET /_security/_authenticate", who="elastic:another").status == 200


@pytest.mark.parametrize("who", ["nobody:secret1", "joe:wrong-one", "elastic:wrong-one"])
def test_who_is_unknown_costs_as_much_as_who_errs(ask: Ask, hashings: list[None], who: str) -> None:
    ask("PUT /_security/user/joe", JOE)
    hashings.clear()
    name = who.partition(":")[0]
    answer = ask("GET /_security/_authenticate?pretty=false", who=who)
    assert answer.status == 401
    assert answer.body["error"]["reason"] == (
        f"unable to authenticate user [{name}] for REST request "
        "[/_security/_authenticate?pretty=false]"
    )
    assert len(hashings) == 1


def test_credentials_that_were_good_are_not_hashed_again(ask: Ask, hashings: list[None]) -> None:
    ask("PUT /_security/user/joe", JOE)
    hashings.clear()
    for _ in range(3):
        assert ask("GET /_security/_authenticate", who="joe:secret1").status == 200
    assert len(hashings) == 1


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("PUT /_security/user/joe/_password", {"password": "secret2"}),
        ("PUT /_security/user/joe/_disable", None),
        ("DELETE /_security/user/joe", None),
        ("PUT /_security/user/joe", {"roles": []}),
        ("PUT /_security/role/reader", {"cluster": []}),
        ("DELETE /_security/role/reader", None),
    ],
)
def test_whoever_was_verified_is_forgotten_with_a_change(ask: Ask, line: str, body: Any) -> None:
    ask("PUT /_security/role/reader", {"cluster": ["read_security"]})
    ask("PUT /_security/user/joe", {**JOE, "roles": ["reader"]})
    assert ask("GET /_security/role/reader", who="joe:secret1").status == 200
    assert ask(line, body).status == 200
    assert ask("GET /_security/role/reader", who="joe:secret1").status in (401, 403)


def test_native_users_can_be_searched(ask: Ask) -> None:
    for name in ("jim", "joe"):
        ask(f"PUT /_security/user/{name}", {"roles": [name], "password": "secret1"})
    body = {"query": {"term": {"roles": "joe"}}}
    found = ask("POST /_security/_query/user", body).body
    assert found == {"total": 1, "count": 1, "users": [{**SHOWN, "roles": ["joe"]}]}
    body = {"sort": [{"username": "desc"}], "size": 1}
    found = ask("GET /_security/_query/user", body).body
    assert (found["total"], found["count"]) == (2, 1)
    assert found["users"][0]["_sort"] == ["joe"]


def test_a_search_takes_no_other_keys(refused: Refused) -> None:
    error = refused("GET /_security/_query/user", {"aggs": {}})
    assert error["reason"] == "[1:2] [query_user_request_payload] unknown field [aggs]"
