"""`GET /api/status`."""

from __future__ import annotations

import re

import pytest

from mockkibana.settings import Settings

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_kibana_is_up_and_says_so_in_the_shape_of_version_8(client):
    answer = client.get("/api/status")
    assert answer.status_code == 200
    body = answer.json
    assert list(body) == ["name", "uuid", "version", "status", "metrics"]
    assert body["name"] == "kibana"
    assert UUID.fullmatch(body["uuid"])
    version = body["version"]
    assert version["number"] == "9.5.4"
    assert re.fullmatch(r"[0-9a-f]{40}", version["build_hash"])
    assert version["build_number"] > 0
    assert (version["build_snapshot"], version["build_flavor"]) == (False, "traditional")
    assert ISO.fullmatch(version["build_date"])
    status = body["status"]
    assert status["overall"] == {
        "level": "available",
        "summary": "All services and plugins are available",
    }
    assert set(status["core"]) == {"elasticsearch", "savedObjects"}
    parts = [*status["core"].values(), *status["plugins"].values()]
    assert {part["level"] for part in parts} == {"available"}
    assert all(part["summary"] for part in parts)
    assert "actions" in status["plugins"]
    metrics = body["metrics"]
    assert ISO.fullmatch(metrics["last_updated"])
    assert metrics["collection_interval_in_millis"] == 5000
    assert metrics["requests"] == {
        "disconnects": 0,
        "total": 0,
        "statusCodes": {},
        "status_codes": {},
    }


def test_an_installation_keeps_its_uuid(client, world):
    first = client.get("/api/status").json["uuid"]
    assert client.get("/api/status").json["uuid"] == first
    world.settings = Settings(server_name="another")
    other = client.get("/api/status").json
    assert (other["name"], other["uuid"] == first) == ("another", False)


@pytest.mark.parametrize("version", ["8.17.0", "8.18.4", "8.19.12", "9.0.0", "9.5.4"])
def test_the_version_is_the_worlds(client, world, version):
    world.settings = Settings(kibana_version=version)
    assert client.get("/api/status").json["version"]["number"] == version


def test_the_shape_of_version_7_is_given_on_request(client):
    status = client.get("/api/status?v7format=true").json["status"]
    assert status["overall"]["state"] == "green"
    assert {row["state"] for row in status["statuses"]} == {"green"}
    assert client.get("/api/status?v8format=true").json["status"]["overall"]["level"] == "available"


@pytest.mark.parametrize(
    "query", ["v7format=true&v8format=false", "v7format=FALSE", "v8format=true"]
)
def test_one_format_option_is_fine(client, query):
    assert client.get(f"/api/status?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "v7format=true&v8format=true",
            "[request query]: provide only one format option: v7format or v8format",
        ),
        (
            "v7format=x",
            "[request query.v7format]: expected value of type [boolean] but got [string]",
        ),
        (
            "v7format=",
            "[request query.v7format]: expected value of type [boolean] but got [string]",
        ),
        ("foo", "[request query.foo]: definition for this key is missing"),
    ],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_query_that_does_not_fit_is_refused(client, envelope, query, message):
    answer = client.get(f"/api/status?{query}")
    assert (answer.status_code, answer.json) == (400, envelope(400, message))


REDACTED = {"status": {"overall": {"level": "available"}}}


@pytest.mark.parametrize(
    ("version", "cluster", "more", "told"),
    [
        ("8.19.9", [], {}, True),
        ("9.4.6", [], {}, True),
        ("9.5.0", [], {}, False),
        ("9.5.4", ["manage_ilm"], {}, False),
        ("9.5.4", ["monitor"], {}, True),
        ("9.5.4", ["all"], {}, True),
        ("9.5.4", [], {"status_bypasses_monitor": True}, True),
    ],
)
def test_all_of_it_is_for_those_who_may_monitor_the_cluster_since_9_5(
    client, world, seed, version, cluster, more, told
):
    roles = {"r": {"elasticsearch": {"cluster": cluster}}}
    users = {"bob": {"password": "secret1", "roles": ["r"]}}
    world.seed(seed(security={"roles": roles, "users": users}))
    world.settings = Settings(kibana_version=version, security=True, **more)
    answer = client.get("/api/status", auth=("bob", "secret1"))
    assert answer.status_code == 200
    assert answer.json == REDACTED if not told else answer.json["version"]["number"] == version
    assert client.get("/api/status").json == REDACTED
    admin = client.get("/api/status", auth=("elastic", "changeme")).json
    assert admin["version"]["number"] == version
