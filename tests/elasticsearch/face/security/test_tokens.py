"""Tokens are made of passwords, of refresh tokens and for the caller, end, and are invalidated."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from mockkibana.clock import Clock
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.http.messages import Answer, Request
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

Ask = Callable[..., Answer]
Refused = Callable[..., dict[str, Any]]

TOKEN = "POST /_security/oauth2/token"
DELETE = "DELETE /_security/oauth2/token"
ME = "GET /_security/_authenticate"
JOE = {"grant_type": "password", "username": "joe", "password": "secret1"}


@pytest.fixture(autouse=True)
def joe(ask: Ask) -> None:
    """A user without any rights."""
    ask("PUT /_security/user/joe", {"password": "secret1", "roles": []})


def bearer(token: dict[str, Any]) -> str:
    return f"Bearer {token['access_token']}"


def refreshing(token: dict[str, Any]) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}


@pytest.mark.parametrize("settings", [Settings(security=True), Settings()], ids=["secured", "open"])
def test_a_password_gives_a_token_and_one_to_refresh_it(ask: Ask) -> None:
    token = ask(TOKEN, {**JOE, "scope": "anything"}).body
    assert list(token) == [
        "access_token",
        "type",
        "expires_in",
        "refresh_token",
        "scope",
        "authentication",
    ]
    assert (token["type"], token["expires_in"], token["scope"]) == ("Bearer", 1200, "full")
    assert token["authentication"]["username"] == "joe"
    assert token["authentication"]["authentication_type"] == "realm"
    assert "scope" not in ask(TOKEN, JOE).body


def test_a_token_tells_who_asks(ask: Ask) -> None:
    answer = ask(ME, who=bearer(ask(TOKEN, JOE).body)).body
    assert (answer["username"], answer["authentication_type"]) == ("joe", "token")


def test_a_token_for_the_caller_cannot_be_refreshed(ask: Ask) -> None:
    token = ask(TOKEN, {"grant_type": "client_credentials"}).body
    assert "refresh_token" not in token
    assert ask(ME, who=bearer(token)).body["username"] == "elastic"


def test_a_key_cannot_get_rid_of_its_limits_by_a_token(ask: Ask, refused: Refused) -> None:
    limits = {"r": {"cluster": ["manage_token"]}}
    made = ask("PUT /_security/api_key", {"name": "k", "role_descriptors": limits}).body
    error = refused(TOKEN, {"grant_type": "client_credentials"}, f"ApiKey {made['encoded']}")
    assert error["reason"] == "this mock does not support [client_credentials] for an API key"


def test_a_refresh_token_gives_the_same_tokens_for_half_a_minute(ask: Ask, clock: Clock) -> None:
    old = ask(TOKEN, JOE).body
    new = ask(TOKEN, refreshing(old)).body
    assert new["authentication"]["username"] == "joe"
    assert new["authentication"]["authentication_type"] == "token"
    assert new["access_token"] != old["access_token"]
    clock.advance("30s")
    assert ask(TOKEN, refreshing(old)).body == new
    clock.advance("1ms")
    late = ask(TOKEN, refreshing(old))
    assert (late.status, late.body) == (
        400,
        {
            "error": "invalid_grant",
            "error_description": "token has already been refreshed more than 30 seconds in the "
            "past",
        },
    )
    assert ask(ME, who=bearer(old)).status == 200
    assert ask(ME, who=bearer(new)).status == 200


def test_a_token_ends_after_twenty_minutes_and_can_be_refreshed_for_a_day(
    ask: Ask, clock: Clock
) -> None:
    token = ask(TOKEN, JOE).body
    clock.advance("1199999ms")
    assert ask(ME, who=bearer(token)).status == 200
    clock.advance("1ms")
    expired = ask(ME, who=bearer(token))
    assert expired.status == 401
    assert expired.body["error"]["reason"] == "token expired"
    assert expired.body["error"]["header"] == {
        "WWW-Authenticate": 'Bearer realm="security", error="invalid_token", '
        'error_description="The access token expired"'
    }
    assert ask(ME, who=bearer(ask(TOKEN, refreshing(token)).body)).status == 200
    old = ask(TOKEN, JOE).body
    clock.advance("1d")
    assert ask(TOKEN, refreshing(old)).body["error_description"] == "refresh token is expired"


def test_a_token_is_refreshed_by_whoever_asked_for_it(ask: Ask) -> None:
    ask("PUT /_security/role/tokens", {"cluster": ["manage_token"]})
    ask("PUT /_security/user/jim", {"password": "secret1", "roles": ["tokens"]})
    token = ask(TOKEN, JOE, "jim:secret1").body
    assert ask(TOKEN, refreshing(token)).body == {
        "error": "invalid_grant",
        "error_description": "tokens must be refreshed by the creating client",
    }
    new = ask(TOKEN, refreshing(token), "jim:secret1").body
    assert ask(TOKEN, refreshing(new), "jim:secret1").status == 200


@pytest.mark.parametrize(
    ("body", "error", "texts"),
    [
        (
            {},
            "unsupported_grant_type",
            [("grant_type only supports the values: "
             "[password, _kerberos, refresh_token, client_credentials]")],
        ),
        (
            {"grant_type": "password", "refresh_token": "x"},
            "unsupported_grant_type",
            [
                "refresh_token is not supported with the password grant_type",
                "username is missing",
                "password is missing",
            ],
        ),
        ({"grant_type": "password", "username": "x"}, "invalid_request", ["password is missing"]),
        ({"grant_type": "refresh_token"}, "invalid_request", ["refresh_token is missing"]),
        (
            {"grant_type": "refresh_token", "refresh_token": "x", "username": "joe"},
            "unsupported_grant_type",
            ["username is not supported with the refresh_token grant_type"],
        ),
        (
            {"grant_type": "client_credentials", "password": "x"},
            "unsupported_grant_type",
            ["password is not supported with the client_credentials grant_type"],
        ),
        ({"grant_type": "_kerberos"}, "invalid_request", ["kerberos_ticket is missing"]),
    ],
)  # fmt: skip
def test_a_grant_that_is_refused(ask: Ask, body: Any, error: str, texts: list[str]) -> None:
    listed = "".join(f"{number}: {text};" for number, text in enumerate(texts, 1))
    answer = ask(TOKEN, body)
    assert answer.status == 400
    assert answer.body == {"error": error, "error_description": f"Validation Failed: {listed}"}


def test_a_wrong_password_is_told_like_everywhere(refused: Refused) -> None:
    error = refused(TOKEN, {**JOE, "password": "wrong-one"})
    assert (error["status"], error["reason"]) == (
        401,
        "unable to authenticate user [joe] for action [cluster:admin/xpack/security/token/create]",
    )
    assert error["header"]["WWW-Authenticate"][1:] == ['Bearer realm="security"', "ApiKey"]


def test_who_may_not_manage_tokens_gets_none(refused: Refused) -> None:
    error = refused(TOKEN, JOE, "joe:secret1")
    assert error["status"] == 403
    assert error["reason"].startswith(
        "action [cluster:admin/xpack/security/token/create] is unauthorized for user [joe] with "
        "effective roles [], this action is granted by the cluster privileges [manage_token,"
    )


def test_an_unknown_key_is_told_its_place_but_not_its_value(refused: Refused) -> None:
    error = refused(TOKEN, {**JOE, "pasword": "hunter22"})
    assert error["reason"] == (
        "[1:70] [token_request] unknown field [pasword] did you mean [password]?"
    )


def test_an_access_token_and_its_refresh_token_end_each_for_itself(ask: Ask) -> None:
    token = ask(TOKEN, JOE).body
    assert ask(ME, who=bearer(token)).status == 200
    gone = ask(DELETE, {"token": token["access_token"]})
    assert gone.body == {
        "invalidated_tokens": 1,
        "previously_invalidated_tokens": 0,
        "error_count": 0,
    }
    again = ask(DELETE, {"token": token["access_token"]}).body
    assert (again["invalidated_tokens"], again["previously_invalidated_tokens"]) == (0, 1)
    assert ask(ME, who=bearer(token)).status == 401
    new = ask(TOKEN, refreshing(token)).body
    assert ask(DELETE, {"refresh_token": new["refresh_token"]}).body["invalidated_tokens"] == 1
    assert ask(ME, who=bearer(new)).status == 200
    description = ask(TOKEN, refreshing(new)).body["error_description"]
    assert description == "token has been invalidated"


@pytest.mark.parametrize(
    ("body", "status", "count"),
    [
        ({"username": "joe"}, 200, 4),
        ({"realm_name": "default_native"}, 200, 4),
        ({"username": "joe", "realm_name": "default_native"}, 200, 4),
        ({"username": "joe", "realm_name": "reserved"}, 404, 0),
        ({"username": "nobody"}, 404, 0),
        ({"token": "unknown"}, 404, 0),
        ({"refresh_token": "unknown"}, 404, 0),
    ],
)
def test_tokens_end_with_those_of_their_user(ask: Ask, body: Any, status: int, count: int) -> None:
    tokens = [ask(TOKEN, JOE).body for _ in range(2)]
    answer = ask(DELETE, body)
    assert (answer.status, answer.body["invalidated_tokens"]) == (status, count)
    works = ask(ME, who=bearer(tokens[0])).status == 200
    assert works is not bool(count)


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (
            {},
            ["token string must be provided when not specifying a realm name or a username"],
        ),
        (
            {"token": "a", "username": "joe"},
            [
                "token string must not be provided when realm name or username is specified",
                "token type must not be provided when realm name or username is specified",
            ],
        ),
    ],
)
def test_an_invalidation_that_is_refused(refused: Refused, body: Any, texts: list[str]) -> None:
    listed = "".join(f"{number}: {text};" for number, text in enumerate(texts, 1))
    error = refused(DELETE, body)
    assert error["type"] == "action_request_validation_exception"
    assert error["reason"] == f"Validation Failed: {listed}"


def test_one_token_at_a_time_can_be_sent(refused: Refused) -> None:
    error = refused(DELETE, {"token": "a", "refresh_token": "b"})
    assert error["type"] == "x_content_parse_exception"
    assert error["caused_by"] == {
        "type": "illegal_argument_exception",
        "reason": "only one of [token, refresh_token] may be sent per request",
    }


@pytest.mark.parametrize("line", ["DELETE /_security/user/joe", "PUT /_security/user/joe/_disable"])
def test_a_token_ends_with_its_user(ask: Ask, line: str) -> None:
    token = ask(TOKEN, JOE).body
    assert ask(ME, who=bearer(token)).status == 200
    ask(line)
    assert ask(ME, who=bearer(token)).status == 401
    description = ask(TOKEN, refreshing(token)).body["error_description"]
    assert description == "could not refresh the requested token"


@pytest.mark.parametrize("settings", [Settings(security=True, license="basic")])
def test_a_basic_licence_includes_no_tokens(refused: Refused) -> None:
    error = refused(TOKEN, JOE)
    assert (error["status"], error["type"], error["reason"]) == (
        403,
        "security_exception",
        "current license is non-compliant for [security tokens]",
    )
    assert error["license.expired.feature"] == "security tokens"


def test_a_repeated_refresh_tells_the_same_tokens_though_they_are_useless(
    ask: Ask, clock: Clock
) -> None:
    old = ask(TOKEN, JOE).body
    new = ask(TOKEN, refreshing(old)).body
    assert ask(DELETE, {"token": new["access_token"]}).status == 200
    again = ask(TOKEN, refreshing(old))
    assert (again.status, again.body) == (200, new)
    assert ask(ME, who=bearer(new)).status == 401
    clock.advance("1s")
    assert ask(TOKEN, refreshing(old)).body == new


def test_who_vanishes_while_a_token_is_refreshed_gets_none(
    store: Store, settings: Settings
) -> None:
    class Vanishing(Clock):
        """Lets something happen when the time is asked for."""

        calls: tuple[Callable[[], Any], ...] = ()

        def milliseconds(self) -> int:
            for call in self.calls:
                call()
            return super().milliseconds()

    clock = Vanishing(frozen_at="2026-01-02")
    cluster = Cluster(store, Installation(settings, clock))
    with store.transaction() as transaction:
        cluster.security.users.restore(transaction, "joe", {"roles": []})
    _, refresh = cluster.security.tokens.create("joe", client="elastic", with_refresh=True)
    credentials = b64encode(b"elastic:changeme").decode()
    headers = {"authorization": f"Basic {credentials}", "content-type": "application/json"}
    body = json.dumps({"grant_type": "refresh_token", "refresh_token": refresh}).encode()
    clock.calls = (lambda: cluster.security.users.delete("joe"),)
    face = ElasticsearchFace(cluster)
    path = "/_security/oauth2/token"
    answer = face.handle(Request("POST", path, headers=headers, body=body))
    assert (answer.status, answer.body["error"]) == (400, "invalid_grant")
