"""What an administrator's settings change in Kibana's answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mockkibana.connectors.base import ConnectorType
from mockkibana.outbound.allowed_hosts import refused_hostname, refused_url
from mockkibana.settings import Settings
from mockkibana.validation import Any, Maybe, RecordOf, Schema, String
from mockkibana.world import World

CONNECTOR = "/api/actions/connector"
HISTORY = "preconfigured-alert-history-es-index"
SHOWN = {
    "id": HISTORY,
    "name": "Alert history Elasticsearch index",
    "connector_type_id": ".index",
    "is_preconfigured": True,
    "is_deprecated": False,
    "is_system_action": False,
}


def disabled(connector_type_id: str) -> str:
    return (
        f'action type "{connector_type_id}" is not enabled in the Kibana config '
        "xpack.actions.enabledActionTypes"
    )


# enabled_action_types


def test_a_type_that_is_not_enabled_is_listed_so(client, world):
    world.settings = replace(world.settings, enabled_action_types=(".index",))
    types = {row["id"]: row for row in client.get("/api/actions/connector_types").json}
    flags = ("enabled", "enabled_in_config", "enabled_in_license")
    assert [types[".index"][flag] for flag in flags] == [True, True, True]
    assert [types[".server-log"][flag] for flag in flags] == [False, False, True]


@pytest.mark.parametrize("enabled", [(), (".nope",), ("server-log",)])
def test_a_type_that_is_not_enabled_cannot_be_created(world, post, envelope, enabled):
    world.settings = replace(world.settings, enabled_action_types=enabled)
    answer = post(".server-log")
    assert (answer.status_code, answer.json) == (403, envelope(403, disabled(".server-log")))


@pytest.mark.parametrize("enabled", [("*",), ("*", ".index"), (".index", ".server-log")])
def test_a_star_or_its_name_enables_a_type(create, world, enabled):
    world.settings = replace(world.settings, enabled_action_types=enabled)
    assert create()["connector_type_id"] == ".server-log"


def test_a_connector_of_a_type_that_was_disabled_stays_but_does_not_run(
    client, world, create, execute, envelope, xsrf
):
    connector_id = create()["id"]
    world.settings = replace(world.settings, enabled_action_types=(".index",))
    refused = (403, envelope(403, disabled(".server-log")))
    answer = execute(connector_id, {"message": "m"}, status=403)
    assert (answer.status_code, answer.json) == refused
    answer = client.put(f"{CONNECTOR}/{connector_id}", json={"name": "n"}, headers=xsrf)
    assert (answer.status_code, answer.json) == refused
    assert client.get(f"{CONNECTOR}/{connector_id}").status_code == 200
    assert client.delete(f"{CONNECTOR}/{connector_id}", headers=xsrf).status_code == 204


# max_payload


def test_the_largest_payload_is_set(client, world, xsrf, envelope):
    world.settings = replace(world.settings, max_payload=50)
    message = "Payload content length greater than maximum allowed: 50"
    for path in (CONNECTOR, f"{CONNECTOR}/x/_execute", "/api/spaces/space"):
        answer = client.post(path, data=b"x" * 51, headers=xsrf, content_type="application/json")
        assert (answer.status_code, answer.json) == (413, envelope(413, message))
        answer = client.post(path, data=b"x" * 50, headers=xsrf, content_type="application/json")
        assert answer.status_code == 400


# preconfigured_alert_history_es_index


def test_the_alert_history_connector_is_off_unless_asked_for(client, envelope):
    answer = client.get(f"{CONNECTOR}/{HISTORY}")
    message = f"Saved object [action/{HISTORY}] not found"
    assert (answer.status_code, answer.json) == (404, envelope(404, message))


@pytest.mark.parametrize("space", ["", "/s/any"])
@pytest.mark.kibana_version("8.19.0")
def test_the_alert_history_connector_is_a_preconfigured_one(client, world, xsrf, envelope, space):
    world.settings = replace(world.settings, preconfigured_alert_history_es_index=True)
    path = f"{space}{CONNECTOR}/{HISTORY}"
    assert client.get(path).json == SHOWN
    assert client.get(f"{space}/api/actions/connectors").json == [
        SHOWN | {"referenced_by_count": 0}
    ]
    assert client.delete(path, headers=xsrf).json == envelope(
        400, f"Preconfigured action {HISTORY} is not allowed to delete."
    )
    assert client.put(path, json={"name": "n"}, headers=xsrf).json == envelope(
        400, f"Preconfigured action {HISTORY} can not be updated."
    )
    body = {"name": "n", "connector_type_id": ".server-log"}
    assert client.post(path, json=body, headers=xsrf).json == envelope(
        400, f"This {HISTORY} already exists in a preconfigured action."
    )


# public_url and the host


@pytest.mark.parametrize(
    ("public_url", "expected"),
    [
        (None, "https://kibana.example.com:1234"),
        ("https://other.example.com/kibana/", "https://other.example.com/kibana"),
    ],
)
def test_urls_are_built_from_the_host_or_the_public_url(client, world, seed, public_url, expected):
    world.settings = replace(world.settings, public_url=public_url)
    connector = {"id": "i", "connector_type_id": ".index", "config": {"index": "{url}/x"}}
    world.seed(seed(connectors=[connector]))
    answer = client.get(f"{CONNECTOR}/i", base_url="https://kibana.example.com:1234")
    assert answer.json["config"]["index"] == f"{expected}/x"


# allowed_hosts


class Config(Schema):
    apiUrl = String()  # noqa: N815
    hostname = Maybe(String())


class Caller(ConnectorType):
    """A type that talks to a URL."""

    id = ".caller"
    config = Config()
    params = RecordOf(Any())

    def validate_config(self, config: dict[str, str], settings: Settings) -> str | None:
        text = refused_url(config["apiUrl"], settings)
        if text is None and "hostname" in config:
            text = refused_hostname(config["hostname"], settings)
        return text and f"error configuring the caller: {text}"

    def execute(self, run: object, params: object) -> None:
        return None


@pytest.fixture
def world(settings) -> Iterator[World]:
    world = World(settings, connector_types=[Caller])
    yield world
    assert world.bugs == []
    world.close()


ONE_HOST = ("jira.example.com",)
PREFIX = "error validating action type config: error configuring the caller: "


@pytest.mark.parametrize(
    ("allowed", "url"),
    [
        (("*",), "https://anywhere.example.com"),
        (("*",), "no url at all"),
        (("a", "*"), "https://anywhere.example.com"),
        (ONE_HOST, "https://jira.example.com"),
        (ONE_HOST, "http://jira.example.com:8080/a?b=c#d"),
        (ONE_HOST, "https://JIRA.example.com/"),
        (ONE_HOST, "https://user:secret@jira.example.com/"),
        (ONE_HOST, "//jira.example.com/x"),
    ],
)
def test_a_url_of_an_allowed_host_is_accepted(world, create, allowed, url):
    world.settings = replace(world.settings, allowed_hosts=allowed)
    assert create(".caller", {"apiUrl": url})["config"] == {"apiUrl": url}


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://evil.jira.example.com",
        "https://jira.example.com.evil.example.org",
        "https://jira.example.com@evil.example.org/",
        "jira.example.com",
        "mailto:jira.example.com",
        "/jira.example.com",
        "http://[",
    ],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_url_of_another_host_is_refused(world, post, envelope, url):
    world.settings = replace(world.settings, allowed_hosts=ONE_HOST)
    answer = post(".caller", {"apiUrl": url})
    text = f'target url "{url}" is not added to the Kibana config xpack.actions.allowedHosts'
    assert (answer.status_code, answer.json) == (400, envelope(400, PREFIX + text))


def test_each_run_looks_at_the_hosts_that_are_allowed_by_then(world, create, execute, client):
    connector = create(".caller", {"apiUrl": "https://a.example.com"})
    assert execute(connector["id"], {}).json["status"] == "ok"
    world.settings = replace(world.settings, allowed_hosts=ONE_HOST)
    assert execute(connector["id"], {}).json["status"] == "error"
    body = {"name": "n", "config": {"apiUrl": "https://jira.example.com"}}
    url = f"/api/actions/connector/{connector['id']}"
    assert client.put(url, json=body, headers={"kbn-xsrf": "x"}).status_code == 200
    assert execute(connector["id"], {}).json["status"] == "ok"


@pytest.mark.kibana_version("8.19.0")
def test_a_hostname_is_compared_as_it_is(world, post):
    world.settings = replace(world.settings, allowed_hosts=ONE_HOST)
    answer = post(".caller", {"apiUrl": "https://jira.example.com", "hostname": "other"})
    assert answer.json["message"] == (
        f'{PREFIX}target hostname "other" is not added to the Kibana config '
        "xpack.actions.allowedHosts"
    )


@pytest.mark.kibana_version("8.19.0")
def test_a_host_that_is_not_allowed_any_more_fails_the_run(world, create, execute):
    connector_id = create(".caller", {"apiUrl": "https://a.example.com"})["id"]
    world.settings = replace(world.settings, allowed_hosts=ONE_HOST)
    text = 'target url "https://a.example.com" is not added to the Kibana config '
    assert execute(connector_id, {}).json == {
        "status": "error",
        "message": f"{PREFIX}{text}xpack.actions.allowedHosts",
        "errorSource": "framework",
        "connector_id": connector_id,
        "retry": False,
    }
