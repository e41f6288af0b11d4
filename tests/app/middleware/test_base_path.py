"""Kibana below a base path, which it takes off requests itself or leaves to a proxy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana import MockKibana
from mockkibana.settings import Settings
from mockkibana.world import World

NOT_FOUND = {"statusCode": 404, "error": "Not Found", "message": "Not Found"}
REWRITING = {"base_path": "/kib", "rewrite_base_path": True}
PROXIED = {"base_path": "/kib"}
PROJECT = "/_mock/jira/rest/api/2/project/UP"


@pytest.fixture
def below(world: World) -> Callable[..., None]:
    """Let the world's Kibana be below a path."""

    def below(**settings: Any) -> None:
        world.settings = Settings(restrict_internal_apis=False, **settings)

    return below


def project(client: FlaskClient, path: str = "") -> str:
    """Return the URL that Jira gives of a project."""
    client.post("/_mock/api/seed", json={"version": 1, "jira": {"projects": [{"key": "UP"}]}})
    answer = client.get(path + PROJECT, base_url="http://127.0.0.1:5601")
    return str(answer.json["self"]).partition("/rest/")[0]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/kib/api/status", 200),
        ("/kib/api/status?v8format=true", 200),
        ("/kib/s/default/api/actions/connectors", 200),
        ("/kib/internal/actions/connectors", 200),
        ("/kib", 302),
        ("/kib/", 302),
        ("/kib?a=b", 404),
        ("/api/status", 404),
        ("/", 404),
        ("/s/default/api/actions/connectors", 404),
        ("/s/default/kib/api/status", 404),
        ("/kibana/api/status", 404),
        ("/KIB/api/status", 404),
        ("/kib/kib/api/status", 404),
        ("/kib/nope", 404),
    ],
)
def test_kibana_that_rewrites_is_below_its_base_path_alone(
    client: FlaskClient, below: Callable[..., None], path: str, status: int
) -> None:
    below(**REWRITING)
    answer = client.get(path)
    assert answer.status_code == status
    if status == 404:
        assert answer.json == NOT_FOUND


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/status", 200), ("/s/x/api/actions/connectors", 200), ("/kib/api/status", 404)],
)
def test_kibana_that_does_not_rewrite_leaves_it_to_a_proxy(
    client: FlaskClient, below: Callable[..., None], path: str, status: int
) -> None:
    below(**PROXIED)
    assert client.get(path).status_code == status


def test_a_path_that_is_not_below_is_not_found_before_anybody_asks_who_it_is(
    client: FlaskClient, below: Callable[..., None]
) -> None:
    below(**REWRITING, security=True)
    assert client.get("/api/actions/connectors").status_code == 404
    assert client.get("/nope").status_code == 404
    assert client.get("/kib/api/actions/connectors").status_code == 401
    assert client.get("/kib/nope").status_code == 401


@pytest.mark.parametrize("based", [REWRITING, PROXIED], ids=["rewriting", "proxied"])
@pytest.mark.parametrize("prefix", ["", "/kib"])
@pytest.mark.parametrize(
    "path",
    ["/_mock/", "/_mock/api/state", "/_mock/elasticsearch/", "/_mock/jira/rest/api/2/myself"],
)
def test_what_is_the_mocks_own_is_there_with_and_without_the_base_path(
    client: FlaskClient,
    below: Callable[..., None],
    based: dict[str, Any],
    prefix: str,
    path: str,
) -> None:
    below(**based)
    assert client.get(prefix + path).status_code == 200


@pytest.mark.parametrize("based", [REWRITING, PROXIED], ids=["rewriting", "proxied"])
def test_urls_in_answers_have_the_base_path(
    client: FlaskClient, below: Callable[..., None], based: dict[str, Any]
) -> None:
    below(**based)
    url = "http://127.0.0.1:5601/kib"
    assert project(client) == project(client, "/kib") == f"{url}/_mock/jira"
    assert f"<dd>{url}</dd>" in client.get("/_mock/", base_url="http://127.0.0.1:5601").text
    home = "/kib" if based is REWRITING else "/"
    answer = client.get(home, base_url="http://127.0.0.1:5601")
    assert answer.headers["location"] == f"{url}/_mock/"


def test_a_public_url_has_the_base_path_already(
    client: FlaskClient, below: Callable[..., None]
) -> None:
    below(**REWRITING, public_url="https://kibana.example.com/kib")
    assert project(client) == "https://kibana.example.com/kib/_mock/jira"


@pytest.mark.parametrize(
    ("based", "path", "location"),
    [
        (REWRITING, "/kib/api/nope/", "/kib/api%2Fnope"),
        (REWRITING, "/kib/s/x/api/nope/?a=b", "/kib/s/x/api%2Fnope?a=b"),
        (PROXIED, "/api/nope/", "/kib/api%2Fnope"),
        (PROXIED, "/s/x/api/nope/", "/kib/s/x/api%2Fnope"),
        (PROXIED, "/kib/api/nope/", "/kib/api%2Fnope"),
    ],
)
def test_a_slash_is_cut_off_below_the_base_path(
    client: FlaskClient,
    below: Callable[..., None],
    based: dict[str, Any],
    path: str,
    location: str,
) -> None:
    below(**based)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (302, location)


def test_a_named_world_has_its_kibana_below_its_own_base_path(
    client: FlaskClient, world: World
) -> None:
    a = "/_mock/worlds/a"
    start = client.get(f"{a}/_mock/api/settings").json
    client.put(f"{a}/_mock/api/settings", json={**start, **REWRITING})
    assert client.get(f"{a}/kib/api/status").status_code == 200
    assert client.get(f"{a}/api/status").status_code == 404
    assert client.get("/api/status").status_code == 200
    text = client.get(f"{a}/kib/_mock/", base_url="http://127.0.0.1:5601").text
    assert f"<dd>http://127.0.0.1:5601{a}/kib</dd>" in text
    assert f'href="http://127.0.0.1:5601{a}/_mock/"' in text
    world.settings = Settings(**PROXIED)
    assert client.get(f"/kib{a}/_mock/api/state").status_code == 200


def test_the_journal_and_the_fault_rules_see_what_is_below_the_base_path(
    client: FlaskClient, below: Callable[..., None], world: World
) -> None:
    below(**REWRITING)
    rule = {"match": {"path": "/api/status"}, "what": {"status": 503}}
    client.post("/_mock/api/faults", json=rule)
    assert client.get("/kib/s/x/api/status").status_code == 503
    assert world.journal.records()[-1].target == "/s/x/api/status"


def test_a_handle_finds_kibana_wherever_it_is() -> None:
    with MockKibana() as kibana:
        kibana.configure(**REWRITING)
        connector = kibana.connectors.create(".server-log", name="a")
        assert kibana.connectors.run(connector["id"], {"message": "m"})["status"] == "ok"


@pytest.mark.parametrize(
    ("based", "path", "hint"),
    [
        (REWRITING, "/api/status", "did you mean `GET /kib/api/status`?"),
        (REWRITING, "/s/x/api/status", "did you mean `GET /kib/s/x/api/status`?"),
        (REWRITING, "/kib/api/statuss", "did you mean `GET /kib/api/status`?"),
        (REWRITING, "/kib/status", "did you mean `GET /kib/api/status`?"),
        (REWRITING, "/kib/x/api/status", "did you mean `GET /kib/s/x/api/status`?"),
        (PROXIED, "/api/statuss", "did you mean `GET /api/status`?"),
        (
            PROXIED,
            "/kib/api/status",
            "did you mean `GET /api/status`? A proxy takes `/kib` off, or --rewrite-base-path",
        ),
        (
            REWRITING,
            "/_mock/jira/rest/api/2/myselff",
            "did you mean `GET /_mock/jira/rest/api/2/myself`?",
        ),
    ],
)
def test_hints_know_the_base_path(
    client: FlaskClient,
    below: Callable[..., None],
    world: World,
    based: dict[str, Any],
    path: str,
    hint: str,
) -> None:
    below(**based)
    client.get(path)
    assert world.journal.records()[-1].hint == hint
