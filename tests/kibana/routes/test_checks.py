"""What is checked before a route: pages of Kibana's own, and versions of the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.settings import Settings
from mockkibana.world import World

CONNECTORS = "/internal/actions/connectors"
TOKEN = "/internal/actions/connector/_oauth_access_token"
REFUSED = "uri [{}] with method [{}] exists but is not available with the current configuration"
SPACES, SPACE = "/api/spaces/space", "/api/spaces/space/default"
VERSION = "elastic-api-version"


@pytest.mark.kibana_version("9.0.0", "9.5.4")
def test_an_internal_route_is_for_pages_of_kibanas_own_only(
    client: FlaskClient, xsrf: dict[str, str]
) -> None:
    answer = client.get(CONNECTORS)
    assert (answer.status_code, answer.json) == (
        400,
        {"statusCode": 400, "error": "Bad Request", "message": REFUSED.format(CONNECTORS, "get")},
    )
    assert VERSION not in answer.headers
    found = client.get(f"/s/any{CONNECTORS}?x=1").json["message"]
    assert found == REFUSED.format(CONNECTORS, "get")
    assert client.post(TOKEN, json={}, headers=xsrf).json["message"] == REFUSED.format(
        TOKEN, "post"
    )


@pytest.mark.kibana_version("9.5.4")
@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("", {"x-elastic-internal-origin": "Kibana"}, 200),
        ("", {"x-elastic-internal-origin": ""}, 200),
        ("?elasticInternalOrigin=true", {}, 200),
        ("?elasticInternalOrigin", {}, 200),
        ("?elasticInternalOrigin=false", {}, 400),
        ("?elasticInternalOrigin=false", {"x-elastic-internal-origin": "x"}, 200),
    ],
    ids=repr,
)
def test_a_page_says_what_it_is(
    client: FlaskClient, query: str, headers: dict[str, str], status: int
) -> None:
    for path in (CONNECTORS, "/internal/actions/connector_types"):
        assert client.get(path + query, headers=headers).status_code == status
    # No route sees it, whose query is checked.
    assert client.get(f"/api/actions/connector_types{query}", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("version", "restricted", "status"),
    [("8.19.9", None, 200), ("8.19.9", True, 400), ("9.5.4", None, 400), ("9.5.4", False, 200)],
)
def test_the_setting_wins_over_the_default_of_a_version(
    client: FlaskClient, world: World, version: str, restricted: bool | None, status: int
) -> None:
    world.settings = Settings(kibana_version=version, restrict_internal_apis=restricted)
    assert client.get(CONNECTORS).status_code == status
    assert client.get("/api/actions/connectors").status_code == 200


@pytest.mark.kibana_version("9.5.4")
def test_it_is_checked_after_the_body_and_the_other_headers(
    client: FlaskClient, xsrf: dict[str, str]
) -> None:
    assert client.post(TOKEN, json={}).json["message"] == "Request must contain a kbn-xsrf header."
    old = client.get(CONNECTORS, headers={"kbn-version": "8.19.0"})
    assert old.json["message"].startswith("Browser client is out of date")
    broken = client.post(TOKEN, data="{", content_type="application/json", headers=xsrf)
    assert broken.json["message"] == "Invalid request payload JSON format"


def none_available(version: str, method: str, route: str) -> str:
    return (
        f'No version "{version}" available for [{method}] [{route}]. Available versions are: '
        "[2023-10-31]"
    )


def invalid(version: str) -> str:
    return (
        f'Invalid version. Received "{version}", expected a valid date string formatted as '
        "YYYY-MM-DD."
    )


@pytest.mark.kibana_version("8.19.9", "9.5.4")
@pytest.mark.parametrize(
    ("method", "path", "version", "message"),
    [
        ("GET", SPACES, "1", invalid("1")),
        ("GET", SPACES, "abc", invalid("abc")),
        ("GET", SPACES, "2023-13-45", invalid("2023-13-45")),
        ("GET", SPACES, "2024-01-01", none_available("2024-01-01", "get", "/api/spaces/space")),
        ("GET", f"/s/any{SPACE}", "2024-01-01",
         none_available("2024-01-01", "get", "/api/spaces/space/{id}")),
        ("PUT", SPACE, "2022-02-28", none_available("2022-02-28", "put", "/api/spaces/space/{id}")),
        ("GET", "/api/security/role/x", "2022-02-28",
         none_available("2022-02-28", "get", "/api/security/role/{name}")),
        ("POST", "/api/security/roles", "2", invalid("2")),
        ("DELETE", SPACE, "", "The default space cannot be deleted because it is reserved."),
        ("DELETE", SPACE, "2023-10-31",
         "The default space cannot be deleted because it is reserved."),
    ],
)  # fmt: skip
def test_a_versioned_route_has_one_version(
    client: FlaskClient, xsrf: dict[str, str], method: str, path: str, version: str, message: str
) -> None:
    headers = {**xsrf, VERSION: version}
    answer = client.open(path, method=method, json={}, headers=headers)
    assert (answer.status_code, answer.json["message"]) == (400, message)
    assert (VERSION in answer.headers) is message.startswith("The default space")


@pytest.mark.kibana_version("8.19.9", "9.5.4")
def test_the_version_is_told_in_a_header_only(client: FlaskClient) -> None:
    answer = client.get(f"{SPACES}?apiVersion=2023-10-31")
    assert answer.status_code == 400
    assert answer.json["message"] == (
        'Use of query parameter "apiVersion" is not allowed. Please specify the API version using '
        'the "elastic-api-version" header.'
    )


@pytest.mark.kibana_version("8.19.9", "9.5.4")
@pytest.mark.parametrize("path", ["/api/actions/connectors", "/api/status", "/api/features"])
def test_other_routes_do_not_look_at_the_version(client: FlaskClient, path: str) -> None:
    answer: Any = client.get(path, headers={VERSION: "1"})
    assert answer.status_code == 200
