"""API keys are created, shown, searched, changed and invalidated over HTTP by who may do it."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from mockkibana.clock import Clock
from mockkibana.elasticsearch.face.security.api_key_bodies import read_grant
from mockkibana.http.messages import Answer
from mockkibana.settings import Settings

Ask = Callable[..., Answer]
Refused = Callable[..., dict[str, Any]]

NOW = 1_700_000_000_000
KEYS = "/_security/api_key"
ILLEGAL, REQUEST = "illegal_argument_exception", "action_request_validation_exception"
X_CONTENT = "x_content_parse_exception"
DAY = 86_400_000


def make(ask: Ask, who: str = "elastic:changeme", **body: Any) -> tuple[str, str]:
    """Create a key; returns its id and the header that it is used with."""
    answer = ask(f"POST {KEYS}", {"name": "k", **body}, who)
    assert answer.status == 200
    return answer.body["id"], f"ApiKey {answer.body['encoded']}"


@pytest.fixture
def joe(ask: Ask) -> str:
    """A user who may manage nothing but API keys of the own."""
    ask("PUT /_security/role/own", {"cluster": ["manage_own_api_key"]})
    ask("PUT /_security/user/joe", {"password": "secret1", "roles": ["own"]})
    return "joe:secret1"


@pytest.mark.parametrize("settings", [Settings(security=True), Settings()], ids=["secured", "open"])
def test_a_key_is_created_shown_and_invalidated(ask: Ask, clock: Clock) -> None:
    created = ask(f"PUT {KEYS}", {"name": "k", "expiration": "1d", "metadata": {"a": 1}}).body
    assert list(created) == ["id", "name", "expiration", "api_key", "encoded"]
    assert (len(created["id"]), len(created["api_key"])) == (20, 22)
    assert b64decode(created["encoded"]).decode() == f"{created['id']}:{created['api_key']}"
    entry = {
        "id": created["id"],
        "name": "k",
        "type": "rest",
        "creation": NOW,
        "expiration": NOW + DAY,
        "invalidated": False,
        "username": "elastic",
        "realm": "reserved",
        "realm_type": "reserved",
        "metadata": {"a": 1},
        "role_descriptors": {},
    }
    shown = ask(f"GET {KEYS}?id={created['id']}").body["api_keys"]
    assert shown == [entry]
    assert list(shown[0]) == list(entry)
    clock.advance("5ms")
    ids = [created["id"], "unknown"]
    body = {
        "invalidated_api_keys": [created["id"]],
        "previously_invalidated_api_keys": [],
        "error_count": 0,
    }
    assert ask(f"DELETE {KEYS}", {"ids": ids}).body == body
    assert ask(f"DELETE {KEYS}", {"ids": ids}).body == {**body, "invalidated_api_keys": []}
    shown = ask(f"GET {KEYS}").body["api_keys"][0]
    assert (shown["invalidated"], shown["invalidation"]) == (True, NOW + 5)
    assert ask(f"GET {KEYS}?active_only=true").body == {"api_keys": []}


def test_an_unknown_key_is_missing_but_an_unknown_name_is_not(ask: Ask) -> None:
    assert ask(f"GET {KEYS}?id=zz").status == 404
    assert ask(f"GET {KEYS}?id=zz").body == {"api_keys": []}
    assert ask(f"GET {KEYS}?name=zz").status == 200
    assert ask(f"GET {KEYS}").status == 200


def test_a_key_says_whose_it_is(ask: Ask, joe: str) -> None:
    key_id, key = make(ask, joe)
    realm = {"name": "_es_api_key", "type": "_es_api_key"}
    assert ask("GET /_security/_authenticate", who=key).body == {
        "username": "joe",
        "roles": [],
        "full_name": None,
        "email": None,
        "metadata": {},
        "enabled": True,
        "authentication_realm": realm,
        "lookup_realm": realm,
        "authentication_type": "api_key",
        "api_key": {"id": key_id, "name": "k", "managed_by": "elasticsearch"},
    }


def test_a_key_does_what_both_it_and_its_owner_may_do(ask: Ask) -> None:
    reader = {"r": {"cluster": ["read_security"]}}
    for name, role in {"reader": reader["r"], "own": {"cluster": ["manage_own_api_key"]}}.items():
        ask(f"PUT /_security/role/{name}", role)
    ask("PUT /_security/user/joe", {"password": "secret1", "roles": ["own"]})
    ask("PUT /_security/user/jim", {"password": "secret1", "roles": ["own", "reader"]})
    allowed = {
        who: ask("GET /_security/role", who=make(ask, f"{who}:secret1", role_descriptors=given)[1])
        for who, given in (("joe", reader), ("jim", reader))
    }
    assert {who: answer.status for who, answer in allowed.items()} == {"joe": 403, "jim": 200}
    _, narrow = make(ask, "jim:secret1", role_descriptors={"n": {"cluster": ["monitor"]}})
    assert ask("GET /_security/role", who=narrow).status == 403
    _, whole = make(ask, "jim:secret1", role_descriptors={})
    assert ask("GET /_security/role", who=whole).status == 200
    ask("PUT /_security/role/reader", {})
    assert ask("GET /_security/role", who=whole).status == 200


def test_a_key_ends_when_its_time_is_over_or_it_is_invalidated(ask: Ask, clock: Clock) -> None:
    me = "GET /_security/_authenticate"
    _, short = make(ask, expiration="90s")
    assert ask(me, who=short).status == 200
    clock.advance("89999ms")
    assert ask(me, who=short).status == 200
    clock.advance("1ms")
    assert ask(me, who=short).body["error"]["reason"] == "api key is expired"
    key_id, key = make(ask)
    assert ask(me, who=key).status == 200
    ask(f"DELETE {KEYS}", {"ids": [key_id]})
    reason = ask(me, who=key).body["error"]["reason"]
    assert reason == f"api key [{key_id}] has been invalidated"


def test_the_secret_of_a_key_is_told_once(ask: Ask) -> None:
    created = ask(f"POST {KEYS}", {"name": "k"}).body
    for line in (f"GET {KEYS}?with_limited_by=true", "GET /_security/_query/api_key"):
        text = str(ask(line).body)
        assert created["id"] in text
        assert created["api_key"] not in text
        assert "hash" not in text
        assert "scrypt" not in text


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        ({}, ILLEGAL, "Required [name]"),
        (
            {"name": None},
            X_CONTENT,
            "[1:10] [api_key_request] name doesn't support values of type: VALUE_NULL",
        ),
        (
            {"nam": "k"},
            X_CONTENT,
            "[1:2] [api_key_request] unknown field [nam] did you mean [name]?",
        ),
        (
            [],
            X_CONTENT,
            "[1:1] [api_key_request] Expected START_OBJECT but was: START_ARRAY",
        ),
        ({"name": ""}, REQUEST, "Validation Failed: 1: api key name is required;"),
        (
            {"name": "x" * 257},
            REQUEST,
            "Validation Failed: 1: api key name may not be more than 256 characters long;",
        ),
        (
            {"name": "_k ", "metadata": {"_a": 1}},
            REQUEST,
            (
                "Validation Failed: 1: api key name may not begin or end with whitespace;"
                "2: api key name may not begin with an underscore;"
                "3: API key metadata keys may not start with [_];"
            ),
        ),
        (
            {"name": "k", "expiration": "1 fortnight"},
            X_CONTENT,
            "Failed to build [api_key_request] after last required field arrived",
        ),
        (
            {"name": "k", "role_descriptors": {"r": {"description": "x"}}},
            X_CONTENT,
            "[1:57] [api_key_request] failed to parse field [role_descriptors]",
        ),
    ],
)
def test_a_key_that_is_refused(refused: Refused, body: Any, kind: str, reason: str) -> None:
    error = refused(f"POST {KEYS}", body)
    assert (error["status"], error["type"], error["reason"]) == (400, kind, reason)


@pytest.mark.parametrize(
    ("expiration", "reason"),
    [
        (
            "5",
            (
                "failed to parse setting [expiration] with value [5] as a time value: unit is "
                "missing "
                "or unrecognized"
            ),
        ),
        (
            "-5d",
            (
                "failed to parse setting [expiration] with value [-5d] as a time value: negative "
                "durations are not supported"
            ),
        ),
        ("1.5d", "failed to parse [1.5d], fractional time values are not supported"),
        ("xd", "failed to parse [xd]"),
    ],
)
def test_an_expiration_that_is_no_duration(refused: Refused, expiration: str, reason: str) -> None:
    error = refused(f"POST {KEYS}", {"name": "k", "expiration": expiration})
    assert error["caused_by"]["type"] == ILLEGAL
    assert error["caused_by"]["reason"] == reason


def test_a_bad_role_of_a_key_is_the_root_of_the_error(refused: Refused) -> None:
    body = {"name": "k", "role_descriptors": {"r": {"zz": 1}}}
    error = refused(f"POST {KEYS}", body)
    inner = {
        "type": "parse_exception",
        "reason": "failed to parse role [r]. unexpected field [zz]",
    }
    assert error["root_cause"] == [inner]
    assert error["caused_by"]["caused_by"] == inner


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            {},
            (
                "One of [api key id(s), api key name, username, realm name] must be specified if "
                "[owner] flag is false"
            ),
        ),
        ({"ids": []}, "Field [ids] cannot be an empty array"),
        (
            {"ids": ["a", " "]},
            "Field [ids] must not contain blank id, but got blank id at index position: [1]",
        ),
        (
            {"ids": ["a"], "username": "joe"},
            (
                "username or realm name must not be specified when the api key id(s) or api "
                "key name "
                "are specified"
            ),
        ),
        (
            {"owner": True, "realm_name": "x"},
            "neither username nor realm-name may be specified when invalidating owned API keys",
        ),
        (
            {"ids": ["a"], "name": "k"},
            "only one of [api key id(s), api key name] can be specified",
        ),
    ],
)
def test_an_invalidation_that_is_refused(refused: Refused, body: Any, text: str) -> None:
    error = refused(f"DELETE {KEYS}", body)
    assert (error["type"], error["reason"]) == (REQUEST, f"Validation Failed: 1: {text};")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (
            "id=a&username=joe",
            (
                "username or realm name must not be specified when the api key id or api key "
                "name is "
                "specified"
            ),
        ),
        (
            "owner=true&realm_name=x",
            "neither username nor realm-name may be specified when retrieving owned API keys",
        ),
        ("id=a&name=k", "only one of [api key id, api key name] can be specified"),
    ],
)
def test_a_question_that_is_refused(refused: Refused, query: str, text: str) -> None:
    error = refused(f"GET {KEYS}?{query}")
    assert (error["type"], error["reason"]) == (REQUEST, f"Validation Failed: 1: {text};")


def test_who_manages_its_own_keys_has_to_ask_for_them(ask: Ask, joe: str) -> None:
    mine, _ = make(ask, joe, name="mine")
    theirs, _ = make(ask, name="theirs")
    for query in ("", f"?id={mine}", "?name=mine", "?username=joe"):
        assert ask(f"GET {KEYS}{query}", who=joe).status == 403
    for query in ("?owner=true", "?username=joe&realm_name=default_native"):
        keys = ask(f"GET {KEYS}{query}", who=joe).body["api_keys"]
        assert [key["id"] for key in keys] == [mine]
    found = ask("GET /_security/_query/api_key", who=joe).body
    assert [key["id"] for key in found["api_keys"]] == [mine]
    assert ask("GET /_security/_query/api_key").body["total"] == 2
    assert ask(f"DELETE {KEYS}", {"ids": [mine]}, joe).status == 403
    both = ask(f"DELETE {KEYS}", {"ids": [mine, theirs], "owner": True}, joe).body
    assert both["invalidated_api_keys"] == [mine]


@pytest.mark.parametrize(
    ("line", "body", "privileges"),
    [
        (f"GET {KEYS}", None, "read_security,manage_api_key"),
        (f"GET {KEYS}?id=x", None, "read_security,manage_api_key"),
        (f"GET {KEYS}?owner=true", None, "manage_own_api_key,read_security,manage_api_key"),
        (f"DELETE {KEYS}", {"ids": ["x"]}, "manage_api_key"),
        (f"DELETE {KEYS}", {"owner": True}, "manage_own_api_key,manage_api_key"),
        (f"PUT {KEYS}", {"name": "k"}, "manage_own_api_key,manage_api_key"),
        (f"PUT {KEYS}/x", {}, "manage_own_api_key,manage_api_key"),
        (
            f"POST {KEYS}/grant",
            {
                "grant_type": "password",
                "username": "joe",
                "password": "secret1",
                "api_key": {"name": "k"},
            },
            "grant_api_key,manage_api_key",
        ),
    ],
)
def test_a_denial_names_the_privilege_for_own_keys_where_that_would_do(
    ask: Ask, refused: Refused, line: str, body: Any, privileges: str
) -> None:
    ask("PUT /_security/user/jim", {"password": "secret1", "roles": []})
    reason = refused(line, body, "jim:secret1")["reason"]
    assert reason.endswith(f"granted by the cluster privileges [{privileges},manage_security,all]")


def test_a_key_may_look_at_itself_only(ask: Ask) -> None:
    other, _ = make(ask)
    own, key = make(ask, role_descriptors={"n": {}})
    assert ask(f"GET {KEYS}?id={own}", who=key).status == 200
    assert ask(f"GET {KEYS}?id={own}&with_limited_by=true", who=key).status == 403
    assert ask(f"GET {KEYS}?id={other}", who=key).status == 403
    _, manager = make(ask, role_descriptors={"n": {"cluster": ["manage_own_api_key"]}})
    assert ask(f"GET {KEYS}?owner=true", who=manager).status == 403


def test_names_of_keys_may_end_in_a_star(ask: Ask) -> None:
    for name in ("logs-1", "logs-2", "other"):
        make(ask, name=name)
    for name, count in (("logs-*", 2), ("logs-1", 1), ("*", 3), ("logs-", 0)):
        assert len(ask(f"GET {KEYS}?name={name}").body["api_keys"]) == count


def test_what_the_owner_could_do_is_shown_when_asked_for(ask: Ask, joe: str) -> None:
    key_id, _ = make(ask, joe)
    (key,) = ask(f"GET {KEYS}?id={key_id}&with_limited_by=true").body["api_keys"]
    (limits,) = key["limited_by"]
    assert list(limits) == ["own"]
    assert limits["own"]["cluster"] == ["manage_own_api_key"]
    assert limits["own"]["transient_metadata"] == {"enabled": True}


def test_a_key_made_by_a_key_may_do_nothing(ask: Ask, refused: Refused) -> None:
    _, key = make(ask)
    for given in ({}, {"role_descriptors": {"r": {"cluster": ["monitor"]}}}):
        error = refused(f"POST {KEYS}", {"name": "d", **given}, key)
        assert (error["type"], error["reason"]) == (
            ILLEGAL,
            (
                "creating derived api keys requires an explicit role descriptor that is empty "
                "(has no "
                "privileges)"
            ),
        )
    _, derived = make(ask, key, role_descriptors={"r": {}})
    assert ask("GET /", who=derived).status == 403


def test_an_owner_may_change_a_key(ask: Ask, joe: str, clock: Clock) -> None:
    key_id, key = make(ask, joe, role_descriptors={"r": {"cluster": ["manage_own_api_key"]}})
    path = f"{KEYS}/{key_id}"
    assert ask(f"PUT {path}", who=joe).body == {"updated": False}
    body = {"role_descriptors": {}, "metadata": {"a": 1}, "expiration": "1h"}
    assert ask(f"PUT {path}", body, joe).body == {"updated": True}
    assert ask(f"PUT {path}", body, joe).body == {"updated": False}
    (shown,) = ask(f"GET {KEYS}?id={key_id}").body["api_keys"]
    assert (shown["role_descriptors"], shown["metadata"]) == ({}, {"a": 1})
    assert shown["expiration"] == NOW + 3_600_000
    ask("PUT /_security/role/own", {"cluster": ["manage_own_api_key", "read_security"]})
    assert ask("GET /_security/role", who=key).status == 403
    assert ask(f"PUT {path}", who=joe).body == {"updated": True}
    assert ask("GET /_security/role", who=key).status == 200


def test_a_key_that_cannot_be_changed(ask: Ask, refused: Refused, joe: str, clock: Clock) -> None:
    theirs, _ = make(ask)
    gone, _ = make(ask, joe)
    short, _ = make(ask, joe, expiration="1s")
    _, key = make(ask, joe)
    ask(f"DELETE {KEYS}", {"ids": [gone]})
    clock.advance("1s")
    for key_id in (theirs, "zz"):
        error = refused(f"PUT {KEYS}/{key_id}", {}, joe)
        assert (error["status"], error["type"], error["reason"]) == (
            404,
            "resource_not_found_exception",
            f"no API key owned by requesting user found for ID [{key_id}]",
        )
    for key_id, word in ((gone, "invalidated"), (short, "expired")):
        error = refused(f"PUT {KEYS}/{key_id}", {}, joe)
        assert error["reason"] == f"cannot update {word} API key [{key_id}]"
    error = refused(f"PUT {KEYS}/{theirs}", {}, key)
    assert error["reason"] == (
        "authentication via API key not supported: only the owner user can update an API key"
    )


def test_many_keys_are_changed_but_for_those_that_cannot(ask: Ask) -> None:
    new, _ = make(ask)
    same, _ = make(ask, metadata={"a": 1})
    body = {"ids": [new, same, "zz"], "metadata": {"a": 1}}
    assert ask(f"POST {KEYS}/_bulk_update", body).body == {
        "updated": [new],
        "noops": [same],
        "errors": {
            "count": 1,
            "details": {
                "zz": {
                    "type": "resource_not_found_exception",
                    "reason": "no API key owned by requesting user found for ID [zz]",
                }
            },
        },
    }


def test_a_key_is_granted_to_whom_the_credentials_belong(
    ask: Ask, refused: Refused, joe: str
) -> None:
    body = {"grant_type": "password", "username": "joe", "password": "secret1"}
    token = ask("POST /_security/oauth2/token", body).body["access_token"]
    by_token = {"grant_type": "access_token", "access_token": token}
    for credentials in (body, by_token):
        made = ask(f"POST {KEYS}/grant", {**credentials, "api_key": {"name": "g"}}).body
        answer = ask("GET /_security/_authenticate", who=f"ApiKey {made['encoded']}")
        assert answer.body["username"] == "joe"
    wrong = {**body, "password": "wrong-one", "api_key": {"name": "g"}}
    error = refused(f"POST {KEYS}/grant", wrong)
    assert (error["status"], error["reason"]) == (
        401,
        "unable to authenticate user [joe] for action [cluster:admin/xpack/security/api_key/grant]",
    )
    assert refused(f"POST {KEYS}/grant", {**body, "api_key": {"name": "g"}}, joe)["status"] == 403


def test_keys_can_be_searched(ask: Ask) -> None:
    for name in ("b", "a"):
        make(ask, name=name)
    body = {"query": {"term": {"name": "a"}}}
    found = ask("POST /_security/_query/api_key", body).body
    assert (found["total"], found["count"], found["api_keys"][0]["name"]) == (1, 1, "a")
    found = ask("POST /_security/_query/api_key", {"sort": ["name"], "size": 1}).body
    assert (found["total"], found["count"]) == (2, 1)
    assert (found["api_keys"][0]["name"], found["api_keys"][0]["_sort"]) == ("a", ["a"])


def test_who_grants_a_key_is_shown_without_the_credentials() -> None:
    body = {
        "grant_type": "password",
        "username": "joe",
        "password": "hunter22",
        "api_key": {"name": "k"},
    }
    found = read_grant(b"", body)
    assert found.credentials["password"] == "hunter22"
    assert "hunter22" not in repr(found)


@pytest.mark.parametrize("name", ["resources", "names"])
def test_a_bad_expression_in_a_role_of_a_key_is_refused(refused: Refused, name: str) -> None:
    entry = {"application": "shop", "privileges": ["x"], "resources": ["/(/"]}
    group = {"names": ["/(/"], "privileges": ["read"]}
    role = {"applications": [entry]} if name == "resources" else {"indices": [group]}
    error = refused(f"PUT {KEYS}", {"name": "k", "role_descriptors": {"r": role}})
    assert (error["status"], error["type"]) == (400, REQUEST)
    assert "[/(/] is no regular expression: " in error["reason"]
