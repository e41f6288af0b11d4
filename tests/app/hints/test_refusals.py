"""Why a caller was refused, as the journal tells it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.journal.rendering import line, render
from mockkibana.seeds import parse_seed
from mockkibana.settings import Settings
from mockkibana.world import World

CONNECTORS = "/api/actions/connectors"
SEARCH = "/_mock/elasticsearch/{}/_search"


SEED = parse_seed(
    {
        "version": 1,
        "security": {
            "users": {
                "sleeper": {"password": "secret-1", "enabled": False},
                "blank": {},
            },
            "api_keys": [
                {"id": "mine", "name": "m", "api_key": "secret-1", "username": "elastic"},
                {
                    "id": "ended",
                    "name": "e",
                    "api_key": "secret-1",
                    "username": "elastic",
                    "expiration": 1,
                },
            ],
        },
    }
)


@pytest.fixture
def settings() -> Settings:
    return Settings(security=True)


def credentials(text: str) -> str:
    return b64encode(text.encode()).decode()


def hint_of(world: World) -> str | None:
    return world.journal.records()[-1].hint


@pytest.mark.parametrize(
    ("authorization", "hint"),
    [
        (None, "security is on: send credentials, such as those of the user `elastic`"),
        (f"Basic {credentials('bob:secret-1')}", "there is no user `bob`"),
        (
            f"Basic {credentials('elastic:secret-1')}",
            "the password of the user `elastic` is another",
        ),
        (f"Basic {credentials('sleeper:secret-1')}", "the user `sleeper` is disabled"),
        (f"Basic {credentials('blank:')}", "the user `blank` has no password"),
        ("Basic %%%", "what follows the scheme in the header Authorization is no base64"),
        (
            f"Basic {credentials('secret-1')}",
            "the header Authorization has no colon in what its base64 stands for",
        ),
        ("Bearer secret-1", "no such token was handed out"),
        ("Digest secret-1", "the header Authorization has to begin with Basic, ApiKey or Bearer"),
        ("secret-1", "the header Authorization has to begin with Basic, ApiKey or Bearer"),
        (f"ApiKey {credentials('nothing:secret-1')}", "there is no API key `nothing`"),
        (f"ApiKey {credentials('ended:secret-1')}", "the api key is expired"),
        (f"ApiKey {credentials('mine:secret-2')}", "the secret of `mine` is another"),
    ],
)
@pytest.mark.parametrize("path", [CONNECTORS, SEARCH.format("logs"), "/api/nothing"])
def test_who_is_not_known_is_told_why(
    client: FlaskClient, world: World, authorization: str | None, hint: str, path: str
) -> None:
    world.seed(SEED)
    headers = {} if authorization is None else {"authorization": authorization}
    assert client.get(path, headers=headers).status_code == 401
    assert hint_of(world) == hint


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        (
            SEARCH.format("logs,metrics"),
            (
                "the user `joe` needs one of the index privileges read, all on `logs`, `metrics` "
                "(indices:data/read/search); roles that grant it: editor, reader, superuser, viewer"
            ),
        ),
        (
            "/_mock/elasticsearch/_security/user",
            (
                "the user `joe` needs one of the cluster privileges read_security, "
                "manage_security, all (cluster:admin/xpack/security/user/get); "
                "roles that grant it: superuser"
            ),
        ),
        (
            "/api/security/role",
            (
                "the user `joe` needs one of the cluster privileges read_security, "
                "manage_security, all (cluster:admin/xpack/security/role/get); "
                "roles that grant it: superuser"
            ),
        ),
    ],
)
def test_what_elasticsearch_denies_is_told_with_the_roles_that_would_help(
    client: FlaskClient, world: World, path: str, hint: str
) -> None:
    reader: dict[str, Any] = {"indices": [{"names": ["*"], "privileges": ["read"]}]}
    world.security.roles.put("reader", reader)
    world.security.users.put("joe", {"roles": []}, password="secret-1")
    answer = client.get(path, auth=("joe", "secret-1"))
    assert answer.status_code == 403
    told = hint_of(world)
    assert told is not None
    start, _, roles = hint.partition("; ")
    assert told.startswith(start)
    wanted = set(roles.partition(": ")[2].split(", "))
    assert wanted <= set(told.partition("; roles that grant it: ")[2].split(", "))


def test_a_line_of_the_journal_names_the_user_and_what_is_missing(
    client: FlaskClient, world: World
) -> None:
    world.security.users.put("joe", {"roles": []}, password="secret-1")
    client.get(CONNECTORS, auth=("joe", "secret-1"))
    told = line(render(world.journal.records()[-1]))
    assert told.startswith("#1 GET /api/actions/connectors 403 by joe [the user `joe` needs the ")
    client.get(CONNECTORS)
    assert line(render(world.journal.records()[-1])).startswith(
        "#2 GET /api/actions/connectors 401 [security is on: "
    )


def test_a_request_that_is_not_refused_has_no_hint(client: FlaskClient, world: World) -> None:
    assert client.get(CONNECTORS, auth=("elastic", "changeme")).status_code == 200
    assert hint_of(world) is None


def test_many_roles_are_not_all_told(client: FlaskClient, world: World) -> None:
    for number in range(30):
        role = {"indices": [{"names": ["*"], "privileges": ["read"]}]}
        world.security.roles.put(f"aa-{number:02}", role)
    world.security.users.put("joe", {"roles": []}, password="secret-1")
    client.get(SEARCH.format("logs"), auth=("joe", "secret-1"))
    told = hint_of(world) or ""
    assert "roles that grant it: aa-00, aa-01" in told
    assert told.partition("aa-09 and ")[2].endswith(" more")


def test_without_security_nothing_is_refused_and_nothing_told(
    client: FlaskClient, world: World
) -> None:
    world.settings = Settings()
    assert client.get(CONNECTORS).status_code == 200
    assert hint_of(world) is None


ELASTICSEARCH = "/_mock/elasticsearch"
ELASTIC = ("elastic", "changeme")
XSRF = {"kbn-xsrf": "true"}


def granting(privilege: str, resource: str = "*") -> dict[str, Any]:
    application = {
        "application": "kibana-.kibana",
        "privileges": [privilege],
        "resources": [resource],
    }
    return {"applications": [application]}


def make(world: World, name: str, *roles: str, **descriptors: dict[str, Any]) -> tuple[str, str]:
    """Make a user with roles, and these roles; return its credentials."""
    for role, descriptor in descriptors.items():
        world.security.roles.put(role, descriptor)
    world.security.users.put(name, {"roles": [*roles]}, password="secret-1")
    return name, "secret-1"


def test_all_that_a_document_needs_is_told_at_once(client: FlaskClient, world: World) -> None:
    reader = granting("feature_actions.read") | {
        "indices": [{"names": ["test-*"], "privileges": ["read"]}]
    }
    maker = {"indices": [{"names": ["test-*"], "privileges": ["create", "auto_configure"]}]}
    writer = {"indices": [{"names": ["test-*"], "privileges": ["create"]}]}
    joe = make(world, "joe", "reader", reader=reader, maker=maker, writer=writer)
    body = {"name": "one", "connector_type_id": ".index", "config": {"index": "test-1"}}
    made = client.post("/api/actions/connector", json=body, headers=XSRF, auth=ELASTIC).json
    run = f"/api/actions/connector/{made['id']}/_execute"
    params = {"params": {"documents": [{"a": 1}]}}
    client.post(run, json=params, headers=XSRF, auth=joe)
    assert hint_of(world) == (
        "the user `joe` needs one of the index privileges create_doc, create, index, write, all on "
        "`test-1` (indices:data/write/index:op_type/create) and one of the index privileges "
        "auto_configure, create_index, manage, all on `test-1` (indices:admin/auto_create); "
        "roles that grant it: maker, superuser"
    )
    client.put(f"{ELASTICSEARCH}/test-1", auth=ELASTIC)
    client.post(run, json=params, headers=XSRF, auth=joe)
    assert hint_of(world) == (
        "the user `joe` needs one of the index privileges create_doc, create, index, write, all on "
        "`test-1` (indices:data/write/index:op_type/create); "
        "roles that grant it: maker, superuser, writer"
    )
    make(world, "joe", "reader", "writer")
    client.delete(f"{ELASTICSEARCH}/test-1", auth=ELASTIC)
    client.post(run, json=params, headers=XSRF, auth=joe)
    assert hint_of(world) == (
        "the user `joe` needs one of the index privileges auto_configure, create_index, manage, "
        "all on `test-1` (indices:admin/auto_create); roles that grant it: maker, superuser"
    )


@pytest.mark.parametrize(
    ("role", "oddity"),
    [
        (granting("feature_actions.reed"), ("the role `mine` has the privilege "
         "`feature_actions.reed`, which does not exist")),
        (granting("feature_action.read"), ("the role `mine` has the privilege "
         "`feature_action.read`, which does not exist")),
        (granting("feature_actions.read", "space:other"), "it has that in `other` only"),
        (granting("feature_dashboard.all"), None),
    ],
)  # fmt: skip
def test_what_is_odd_about_the_roles_of_a_user_is_told(
    client: FlaskClient, world: World, role: dict[str, Any], oddity: str | None
) -> None:
    joe = make(world, "joe", "mine", "nope", mine=role)
    assert client.get(CONNECTORS, auth=joe).status_code == 403
    told = (hint_of(world) or "").split("; ")
    assert told[0] == (
        "the user `joe` needs the privilege `read` of the Kibana feature `actions` in the space "
        "`default` (saved_object:action/get)"
    )
    expected = ["the role `nope` does not exist", *([] if oddity is None else [oddity])]
    assert told[1:-1] == expected


@pytest.mark.parametrize(
    ("owner", "descriptors", "why"),
    [
        (
            "rich",
            {"a": {"cluster": ["monitor"]}},
            "the role_descriptors of the key do not grant it",
        ),
        ("poor", {}, "the roles of its owner did not grant it when the key was made"),
        (
            "poor",
            {"a": granting("all")},
            "the roles of its owner did not grant it when the key was made",
        ),
    ],
)
def test_of_an_api_key_it_is_told_what_limits_it(
    client: FlaskClient, world: World, owner: str, descriptors: dict[str, Any], why: str
) -> None:
    keys = {"cluster": ["manage_own_api_key"]}
    make(world, "rich", "all", "keys", all=granting("all"), keys=keys)
    make(world, "poor", "keys")
    body = {"name": "ci", "role_descriptors": descriptors}
    path = f"{ELASTICSEARCH}/_security/api_key"
    key = client.post(path, json=body, auth=(owner, "secret-1")).json
    headers = {"authorization": f"ApiKey {key['encoded']}"}
    assert client.get(CONNECTORS, headers=headers).status_code == 403
    assert (hint_of(world) or "").startswith(f"the API key `{key['id']}` of the user `{owner}` ")
    assert (hint_of(world) or "").endswith(f"; {why}")
    assert client.get(f"{ELASTICSEARCH}/logs/_search", headers=headers).status_code == 403
    assert (hint_of(world) or "").startswith(f"the API key `{key['id']}` of the user `{owner}` ")
    assert (hint_of(world) or "").endswith(
        "; its role_descriptors and the roles of its owner have to grant it"
    )


def test_of_a_token_the_user_whose_password_was_wrong_is_named(
    client: FlaskClient, world: World
) -> None:
    make(world, "joe")
    grant = {"grant_type": "password", "username": "joe", "password": "secret-2"}
    path = f"{ELASTICSEARCH}/_security/oauth2/token"
    assert client.post(path, json=grant, auth=ELASTIC).status_code == 401
    assert hint_of(world) == "the password of the user `joe` is another"


def test_what_a_token_has_come_to_is_told(client: FlaskClient, world: World) -> None:
    grant = {"grant_type": "password", "username": "elastic", "password": "changeme"}
    path = f"{ELASTICSEARCH}/_security/oauth2/token"
    token = client.post(path, json=grant, auth=ELASTIC).json["access_token"]
    world.clock.advance("21m")
    assert client.get(CONNECTORS, headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert (hint_of(world) or "").startswith("the token of the user `elastic` has expired")


def test_head_is_explained_although_it_has_no_body(client: FlaskClient, world: World) -> None:
    joe = make(world, "joe")
    assert client.head(f"{ELASTICSEARCH}/logs", auth=joe).status_code == 403
    assert "needs one of the index privileges" in (hint_of(world) or "")


def test_items_of_a_bulk_request_are_explained(client: FlaskClient, world: World) -> None:
    writer = {"indices": [{"names": ["mine"], "privileges": ["create", "create_index"]}]}
    joe = make(world, "joe", "writer", writer=writer)
    lines = '{"create":{"_index":"mine"}}\n{}\n{"create":{"_index":"yours"}}\n{}\n'
    answer = client.post(
        f"{ELASTICSEARCH}/_bulk",
        data=lines,
        auth=joe,
        headers={"content-type": "application/x-ndjson"},
    )
    assert [item["create"]["status"] for item in answer.json["items"]] == [201, 403]
    assert "on `yours` (indices:admin/auto_create)" in (hint_of(world) or "")


def test_a_licence_that_refuses_is_told_with_one_that_would_do(
    client: FlaskClient, world: World
) -> None:
    jira = {
        "name": "Jira",
        "connector_type_id": ".jira",
        "config": {"apiUrl": "https://jira.example.com", "projectKey": "OPS"},
        "secrets": {"email": "elastic@example.com", "apiToken": "changeme"},
    }
    world.settings = Settings(license="basic")
    assert client.post("/api/actions/connector", json=jira, headers=XSRF).status_code == 403
    assert hint_of(world) == "`.jira` needs a gold license, and this one is basic (--license)"
    world.settings = Settings(license="gold", license_expires="2020-01-01")
    assert client.get(CONNECTORS).status_code == 403
    assert hint_of(world) == (
        "the gold license has expired (--license-expires, or the world's clock)"
    )
