"""Who is let in to a cluster with security, and what the others are told."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from face_requests import request_of

from mockkibana.clock import Clock
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.http.messages import Answer, Request
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

Ask = Callable[..., Answer]

CHALLENGES = ['Basic realm="security", charset="UTF-8"', 'Bearer realm="security"', "ApiKey"]
NOBODY = (
    "unable to authenticate with provided credentials and anonymous access is not allowed for "
    "this request"
)
MISSING = "missing authentication credentials for REST request [/logs/_doc/1?refresh=true]"
WRONG = "unable to authenticate user [{}] for REST request [/logs/_doc/1?refresh=true]"


@pytest.fixture
def settings() -> Settings:
    return Settings(security=True)


@pytest.fixture
def ask(face: ElasticsearchFace) -> Ask:
    def ask(authorization: str | None, method: str = "GET", path: str = "", **more: Any) -> Answer:
        headers = {} if authorization is None else {"authorization": authorization}
        headers |= more.pop("headers", {})
        line = f"{method} {path or '/logs/_doc/1?refresh=true'}"
        return face.handle(request_of(line, headers=headers, **more))

    return ask


def coded(text: str) -> str:
    return b64encode(text.encode()).decode()


def refusal(reason: str, challenges: Any = None, unsuccessful: str | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"type": "security_exception", "reason": reason}
    if unsuccessful is not None:
        error["additional_unsuccessful_credentials"] = unsuccessful
    error["header"] = {"WWW-Authenticate": CHALLENGES if challenges is None else challenges}
    return {"error": {"root_cause": [error], **error}, "status": 401}


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        (None, MISSING),
        ("", MISSING),
        ("Digest x", MISSING),
        (f"Basic {coded('elastic:wrong')}", WRONG.format("elastic")),
        (f"basic {coded('nobody:changeme')}", WRONG.format("nobody")),
        (f"Basic {coded('kibana_system:')}", WRONG.format("kibana_system")),
        (f"Basic {coded('elastic')}", "invalid basic authentication header value"),
        ("Basic ", "invalid basic authentication header value"),
        ("Basic %%%", "invalid basic authentication header encoding"),
        ("Bearer nonsense", NOBODY),
        ("ApiKey %%%", "error attempting to authenticate request"),
        (f"ApiKey {coded('x')}", "error attempting to authenticate request"),
    ],
    ids=str,
)
def test_who_is_not_known_is_told_how_to_log_in(
    ask: Ask, authorization: str | None, reason: str
) -> None:
    answer = ask(authorization)
    assert (answer.status, answer.body) == (401, refusal(reason))
    assert list(answer.body["error"]) == ["root_cause", "type", "reason", "header"]
    assert answer.headers["WWW-Authenticate"] == CHALLENGES
    assert answer.headers["X-elastic-product"] == "Elasticsearch"


def test_a_disabled_user_is_told_the_same_as_a_wrong_password(ask: Ask, cluster: Cluster) -> None:
    cluster.security.users.put("joe", {"roles": []}, password="secret1")
    header = f"Basic {coded('joe:secret1')}"
    assert ask(header).status == 403
    cluster.security.users.change("joe", enabled=False)
    assert ask(header).body == refusal(WRONG.format("joe"))


def test_bad_api_keys_are_told_apart(ask: Ask, cluster: Cluster, clock: Clock) -> None:
    security = cluster.security
    key, secret = security.api_keys.create(
        security.authentication.superuser(),
        name="k",
        role_descriptors={},
        limited_by=[{"cluster": ["all"], "indices": []}],
        metadata={},
        expiration=clock.milliseconds() + 1_000,
    )
    id_ = key["id"]
    good = f"ApiKey {coded(f'{id_}:{secret}')}"
    assert ask(good, path="/").status == 200

    wrong = ask(f"ApiKey {coded(f'{id_}:wrong')}")
    assert wrong.body == refusal(
        NOBODY, unsuccessful=f"API key: invalid credentials for API key [{id_}]"
    )
    assert list(wrong.body["error"]) == [
        "root_cause",
        "type",
        "reason",
        "additional_unsuccessful_credentials",
        "header",
    ]
    unknown = ask(f"ApiKey {coded('x:y')}")
    assert unknown.body == refusal(NOBODY, unsuccessful="API key: unable to find apikey with id x")

    clock.advance("1s")
    assert ask(good).body == refusal("api key is expired")
    security.api_keys.invalidate([security.api_keys.get(id_) or {}])
    assert ask(good).body == refusal(f"api key [{id_}] has been invalidated")


def test_a_token_that_is_over_is_told_in_a_challenge_of_its_own(
    ask: Ask, cluster: Cluster, clock: Clock
) -> None:
    access, _ = cluster.security.tokens.create("elastic", client="elastic", with_refresh=False)
    assert ask(f"Bearer {access}", path="/").status == 200
    clock.advance("20m")
    challenge = (
        'Bearer realm="security", error="invalid_token", '
        'error_description="The access token expired"'
    )
    answer = ask(f"Bearer {access}")
    assert answer.body == refusal("token expired", challenge)
    assert answer.headers["WWW-Authenticate"] == [challenge]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/no/such/route"), ("DELETE", "/_bulk"), ("OPTIONS", "/_bulk"), ("GET", "/?foo=1")],
)
def test_who_asks_is_asked_before_what(ask: Ask, method: str, path: str) -> None:
    assert ask(None, method, path).status == 401
    assert ask(f"Basic {coded('elastic:changeme')}", method, path).status != 401


def test_who_asks_is_asked_before_in_which_form(ask: Ask) -> None:
    bad = {"accept": "application/vnd.elasticsearch+json; compatible-with=8, x/y;;"}
    assert ask(None, headers=bad).status == 401
    assert ask(None, path="/?format=yaml").status == 401
    vendored = {"accept": "application/vnd.elasticsearch+json; compatible-with=8"}
    answer = ask(None, headers=vendored)
    assert answer.headers["content-type"] == "application/vnd.elasticsearch+json;compatible-with=8"
    assert isinstance(ask(None, path="/?pretty").body, str)


def test_running_as_another_user_is_not_supported_and_says_so(ask: Ask) -> None:
    headers = {"es-security-runas-user": "joe"}
    assert ask(None, headers=headers).status == 401
    answer = ask(f"Basic {coded('elastic:changeme')}", headers=headers)
    assert (answer.status, answer.body["error"]["reason"]) == (
        400,
        "this mock does not support the header [es-security-runas-user]",
    )


def test_a_trusted_request_needs_no_credentials(ask: Ask) -> None:
    assert ask(None, path="/", trusted=True).status == 200


def test_without_security_credentials_are_not_looked_at(store: Store) -> None:
    face = ElasticsearchFace(Cluster(store, Installation()))
    headers = {"authorization": "Basic %%%", "es-security-runas-user": "joe"}
    request = Request("GET", "/", headers=headers)
    answer = face.handle(request)
    assert answer.status == 200
    assert request.user is None


def test_the_request_knows_who_sent_it(face: ElasticsearchFace) -> None:
    headers = {"authorization": f"Basic {coded('elastic:changeme')}"}
    request = Request("GET", "/", headers=headers)
    assert face.handle(request).status == 200
    assert request.user == "elastic"
