"""Why a caller was refused, as the journal tells it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.journal.rendering import line, render
from mockkibana.settings import Settings
from mockkibana.world import World

CONNECTORS = "/api/actions/connectors"
SEARCH = "/_mock/elasticsearch/{}/_search"


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
        ("Basic %%%", "the header Authorization holds no base64"),
        ("Bearer secret-1", "nobody is known by the credentials that came under 'Bearer'"),
        ("Digest secret-1", "nobody is known by the credentials that came under 'Digest'"),
    ],
)
@pytest.mark.parametrize("path", [CONNECTORS, SEARCH.format("logs"), "/api/nothing"])
def test_who_is_not_known_is_told_why(
    client: FlaskClient, world: World, authorization: str | None, hint: str, path: str
) -> None:
    world.security.users.put("sleeper", {"enabled": False}, password="secret-1")
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
