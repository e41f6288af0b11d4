"""The xMatters connector: the flow that it triggers, and which secrets go with which URL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://acme.xmatters.com/api/integration/1/functions/2/triggers"
SECRET_URL = f"{URL}?apiKey=secret-of-acme"
BASIC = {"user": "ann-of-ops", "password": "secret-of-ann"}
PARAMS = {"ruleName": "disk", "severity": "Low"}


@pytest.fixture
def flow(create) -> str:
    return create(".xmatters", {"configUrl": URL, "usesBasic": True}, secrets=BASIC)["id"]


@pytest.fixture
def secret_flow(create) -> str:
    config = {"usesBasic": False}
    return create(".xmatters", config, secrets={"secretsUrl": SECRET_URL})["id"]


def test_a_flow_is_triggered_with_the_params(world, flow, execute):
    assert execute(flow, PARAMS).json == {"status": "ok", "data": PARAMS, "connector_id": flow}
    [delivery] = world.outbox.list(connector_type_id=".xmatters")
    request, response = delivery["request"], delivery["response"]
    assert (request["method"], request["url"], request["body"]) == ("POST", URL, PARAMS)
    assert request["headers"]["Authorization"] == "Basic [redacted]"
    assert response["status"] == 202
    assert response["body"].keys() == {"requestId"}
    assert "secret" not in str(delivery)


def test_a_secret_url_needs_no_user_and_stays_secret(world, secret_flow, execute):
    assert execute(secret_flow, {"severity": ""}).json["data"] == {"severity": "High"}
    [delivery] = world.outbox.list()
    assert "Authorization" not in delivery["request"]["headers"]
    assert delivery["request"]["url"] == f"{URL}?apiKey=[redacted]"
    assert "secret-of-acme" not in str(delivery)


FAILURES: list[tuple[Any, str, str | None, Any]] = [
    ({"status": 429}, "Error triggering xMatters flow: http status 429, retry later", None, True),
    ({"status": 500}, "Error triggering xMatters flow: http status 500, retry later", None, True),
    ({"status": 418}, "Error triggering xMatters flow: unexpected status 418", None, None),
    (
        {"wire": "refused"},
        "Error triggering xMatters workflow",
        "connect ECONNREFUSED acme.xmatters.com:443",
        None,
    ),
]


@pytest.mark.parametrize(
    ("what", "message", "service_message", "retry"), FAILURES, ids=[str(row[0]) for row in FAILURES]
)
def test_a_failure_is_told_as_kibana_tells_it(
    world, flow, execute, what, message, service_message, retry
):
    world.faults.add({"match": {"backend": "xmatters"}, "what": what})
    assert execute(flow, PARAMS).json == {
        "status": "error",
        "message": message,
        "errorSource": "user",
        "connector_id": flow,
        **({} if service_message is None else {"service_message": service_message}),
        **({} if retry is None else {"retry": retry}),
    }


def test_a_preconfigured_connector_without_any_url_fails(world, seed, execute):
    row = {"id": "flow", "name": "Flow", "connector_type_id": ".xmatters"}
    world.seed(seed(preconfigured=[{**row, "secrets": {"secretsUrl": SECRET_URL}}]))
    answer = execute("flow", PARAMS).json
    assert (answer["message"], answer["service_message"]) == (
        "Error triggering xMatters workflow",
        "Error: no url provided",
    )
    assert world.outbox.list() == []


@pytest.mark.parametrize(
    ("config", "secrets", "kind", "url"),
    [
        (
            {"configUrl": URL, "usesBasic": True},
            BASIC,
            "config: Error configuring xMatters action",
            URL,
        ),
        ({"usesBasic": False}, {"secretsUrl": SECRET_URL}, "secrets", SECRET_URL),
    ],
    ids=["config", "secrets"],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_host_has_to_be_allowed(world, post, config, secrets, kind, url):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".xmatters", config, secrets=secrets)
    assert refused.json["message"] == (
        f'error validating action type {kind}: target url "{url}" is not added to the Kibana '
        "config xpack.actions.allowedHosts"
    )


def test_without_basic_nobody_asks_about_the_url_of_the_config(world, post):
    world.settings = replace(world.settings, allowed_hosts=("acme.xmatters.com",))
    config = {"configUrl": "https://example.com", "usesBasic": False}
    refused = post(".xmatters", config, secrets={"secretsUrl": SECRET_URL})
    assert refused.json["message"] == (
        "error validating action type connector: configUrl should not be provided when usesBasic "
        "is false"
    )
