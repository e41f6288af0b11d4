"""`GET /api/stats`: the metrics of a Kibana."""

from __future__ import annotations

import base64

import pytest

from mockkibana.settings import Settings

STATS = "/api/stats"
ELASTIC = {"authorization": f"Basic {base64.b64encode(b'elastic:changeme').decode()}"}


def test_the_metrics_have_the_names_of_the_api(client):
    answer = client.get(STATS)
    body = answer.json
    assert (answer.status_code, answer.headers["elastic-api-version"]) == (200, "2023-10-31")
    assert list(body) == [
        "process",
        "processes",
        "os",
        "requests",
        "response_times",
        "concurrent_connections",
        "elasticsearch_client",
        "kibana",
        "last_updated",
        "collection_interval_ms",
    ]
    assert body["processes"] == [body["process"]]
    assert set(body["process"]["memory"]["heap"]) == {"total_bytes", "used_bytes", "size_limit"}
    assert list(body["os"]["load"]) == ["1m", "5m", "15m"]
    assert list(body["response_times"]) == ["avg_ms", "max_ms"]


def test_kibana_tells_who_it_is_as_its_status_does(client, world):
    world.settings = Settings(server_name="mine", kibana_version="8.18.2")
    status = client.get("/api/status").json
    assert client.get(STATS, headers={"host": "kibana.example.com:5601"}).json["kibana"] == {
        "uuid": status["uuid"],
        "name": "mine",
        "index": ".kibana",
        "host": "kibana.example.com",
        "locale": "en",
        "transport_address": "kibana.example.com:5601",
        "version": "8.18.2",
        "snapshot": False,
        "status": "green",
    }


def test_the_time_is_that_of_the_worlds_clock(client, world):
    world.clock.freeze("2024-02-29T12:00:00Z")
    assert client.get(STATS).json["last_updated"] == "2024-02-29T12:00:00.000Z"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("extended=true", "cluster_uuid"),
        ("extended", "cluster_uuid"),
        ("extended=true&exclude_usage=false", "cluster_uuid"),
        ("extended=true&legacy=false&exclude_usage=true", "cluster_uuid"),
        ("extended&legacy&exclude_usage", "clusterUuid"),
        ("extended=true&legacy=true&exclude_usage=false", "clusterUuid"),
    ],
)
def test_extended_stats_have_the_id_of_the_cluster_and_no_usage(client, query, name):
    body = client.get(f"{STATS}?{query}").json
    assert list(body)[-2:] == ["usage", name]
    assert body["usage"] == {}
    assert body[name] == client.get("/_mock/elasticsearch/").json["cluster_uuid"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "extended=x",
            """[request query.extended]: types that failed validation:
- [request query.extended.0]: expected value to equal []
- [request query.extended.1]: expected value of type [boolean] but got [string]""",
        ),
        ("foo", "[request query.foo]: definition for this key is missing"),
    ],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_query_that_does_not_fit_is_refused(client, envelope, query, message):
    answer = client.get(f"{STATS}?{query}")
    assert (answer.status_code, answer.json) == (400, envelope(400, message))


def test_with_security_only_known_users_see_them(client, world):
    world.settings = Settings(security=True)
    assert client.get(STATS).status_code == 401
    assert client.get(f"{STATS}?extended", headers=ELASTIC).status_code == 200
