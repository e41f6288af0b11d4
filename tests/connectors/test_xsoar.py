"""The XSOAR connector: incidents that are created, on premises and in the cloud."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://xsoar.example.com"
SECRETS = {"apiKey": "api-key-of-ops"}
INCIDENT = {"name": "disk full", "createInvestigation": True, "severity": 0.5}


@pytest.fixture
def xsoar(create) -> Any:
    return lambda **secrets: create(".xsoar", {"url": URL}, secrets={**SECRETS, **secrets})["id"]


def incident(**params: Any) -> Any:
    return {"subAction": "run", "subActionParams": {**INCIDENT, **params}}


PLAYBOOKS = {"subAction": "getPlaybooks"}


def test_an_incident_is_created(world, xsoar, execute):
    id_ = xsoar()
    body = '{"details": "sda", "name": "other"}'
    params = incident(playbookId="playbook0", isRuleSeverity=True, body=body)
    assert execute(id_, params).json == {"status": "ok", "data": {}, "connector_id": id_}
    [delivery] = world.outbox.list(connector_type_id=".xsoar")
    request = delivery["request"]
    assert (request["method"], request["url"]) == ("POST", f"{URL}/incident")
    sent = {**INCIDENT, "details": "sda", "playbookId": "playbook0"}
    assert request["body"] == sent
    assert request["headers"]["Authorization"] == "[redacted]"
    assert "x-xdr-auth-id" not in request["headers"]
    assert SECRETS["apiKey"] not in str(delivery)
    kept = world.outbox.parties()["xsoar"]["1"]
    assert {key: kept[key] for key in sent} == sent


def test_playbooks_are_listed(xsoar, execute):
    data = execute(xsoar(), PLAYBOOKS).json["data"]
    assert data["playbooks"][0]["id"] == "playbook0"
    assert data["total"] == 2


@pytest.mark.parametrize(
    ("params", "path"),
    [(incident(), "incident"), (PLAYBOOKS, "playbook/search")],
    ids=["run", "playbooks"],
)
@pytest.mark.parametrize(("key_id", "prefix"), [("7", "xsoar/public/v1/"), (None, "")], ids=str)
def test_a_key_with_an_id_is_one_of_the_cloud(world, xsoar, execute, params, path, key_id, prefix):
    execute(xsoar(apiKeyID=key_id), params)
    [delivery] = world.outbox.list()
    assert delivery["request"]["url"] == f"{URL}/{prefix}{path}"
    assert ("x-xdr-auth-id" in delivery["request"]["headers"]) is bool(key_id)


def thrown(id_: str, text: str) -> Any:
    return {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": text,
        "retry": True,
        "errorSource": "framework",
        "connector_id": id_,
    }


def test_a_body_that_is_no_json_is_thrown(world, xsoar, execute):
    id_ = xsoar()
    assert execute(id_, incident(body="{")).json == thrown(
        id_,
        (
            "Error parsing alert body for xSOAR: SyntaxError: Expected property name or '}' in "
            "JSON at position 1"
        ),
    )
    assert world.outbox.list() == []


FAILURES: list[tuple[Any, str]] = [
    ({"status": 401}, "Status code: 401. Message: API Error: Unauthorized"),
    ({"status": 500}, "Status code: 500. Message: API Error: Internal Server Error"),
    (
        {"wire": "refused"},
        "Status code: undefined. Message: AxiosError: connect ECONNREFUSED xsoar.example.com:443",
    ),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0]) for row in FAILURES])
@pytest.mark.parametrize("params", [incident(), PLAYBOOKS], ids=["run", "playbooks"])
@pytest.mark.kibana_version("8.19.0")
def test_a_failure_is_thrown(world, xsoar, execute, what, text, params):
    world.faults.add({"match": {"backend": "xsoar"}, "what": what})
    id_ = xsoar()
    assert execute(id_, params).json == thrown(id_, text)


@pytest.mark.kibana_version("8.19.0")
def test_an_answer_without_playbooks_is_thrown(world, xsoar, execute):
    world.faults.add({"match": {"backend": "xsoar"}, "what": {"status": 200, "body": {}}})
    id_ = xsoar()
    text = "[playbooks]: expected value of type [array] but got [undefined]"
    answer = execute(id_, PLAYBOOKS).json
    assert answer == thrown(id_, f"Response validation failed (Error: {text})")


@pytest.mark.kibana_version("8.19.0")
def test_the_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".xsoar", {"url": URL}, secrets=SECRETS)
    assert refused.json["message"] == (
        f'error validating action type config: error validating url: target url "{URL}" is not '
        "added to the Kibana config xpack.actions.allowedHosts"
    )
