"""The ServiceNow SecOps connector: security incidents, and what was observed."""

from __future__ import annotations

from typing import Any

import pytest

URL = "https://acme.service-now.com"
TABLE = f"{URL}/api/now/v2/table/sn_si_incident"
IMPORT = f"{URL}/api/now/import/x_elas2_sir_int_elastic_si_incident"
APP = f"{URL}/api/x_elas2_sir_int/elastic_api"
OBSERVED = {
    "source_ip": ["10.0.0.1", "10.0.0.2"],
    "dest_ip": "10.0.0.3, 10.0.0.1",
    "malware_hash": "a|b",
    "malware_url": None,
}


@pytest.fixture
def sir(create) -> Any:
    def sir(**config: Any) -> str:
        secrets = {"username": "ann", "password": "secret-of-ann"}
        return create(".servicenow-sir", {"apiUrl": URL, **config}, secrets=secrets)["id"]

    return sir


def push(**incident: Any) -> Any:
    incident = {"short_description": "malware", **incident}
    return {"subAction": "pushToService", "subActionParams": {"incident": incident}}


def sent(world: Any) -> list[tuple[str, str]]:
    requests = [delivery["request"] for delivery in world.outbox.list()]
    return [(request["method"], request["url"]) for request in requests]


def row(world: Any, id_: str) -> Any:
    return world.outbox.parties()["servicenow"][id_]


def test_the_table_api_gets_what_was_observed_as_texts(world, sir, execute):
    data = execute(sir(), push(priority="1", **OBSERVED)).json["data"]
    assert data["title"] == "SIR0010001"
    assert data["url"] == f"{URL}/nav_to.do?uri=sn_si_incident.do?sys_id={data['id']}"
    assert sent(world) == [("POST", TABLE), ("GET", f"{TABLE}/{data['id']}")]
    kept = row(world, data["id"])
    assert (kept["source_ip"], kept["dest_ip"]) == ("10.0.0.1,10.0.0.2", "10.0.0.3, 10.0.0.1")
    assert (kept["malware_url"], kept["priority"]) == ("", "1")


def test_the_app_gets_each_thing_that_was_observed_once(world, sir, execute):
    data = execute(sir(usesTableApi=False), push(**OBSERVED)).json["data"]
    id_ = data["id"]
    assert sent(world) == [
        ("GET", f"{APP}/health"),
        ("POST", IMPORT),
        ("GET", f"{TABLE}/{id_}"),
        ("GET", f"{APP}/health"),
        ("POST", f"{APP}/incident/{id_}/observables/bulk"),
    ]
    assert row(world, id_)["source_ip"] == ""
    assert row(world, id_)["observables"] == [
        {"value": "10.0.0.3", "type": "ipv4-addr"},
        {"value": "10.0.0.1", "type": "ipv4-addr"},
        {"value": "10.0.0.2", "type": "ipv4-addr"},
        {"value": "a", "type": "SHA256"},
        {"value": "b", "type": "SHA256"},
    ]


def test_where_nothing_was_observed_nothing_is_added(world, sir, execute):
    execute(sir(usesTableApi=False), push(malware_url="", dest_ip=[""]))
    assert len(sent(world)) == 3


def test_what_cannot_be_added_is_said(world, sir, execute):
    match = {"backend": "servicenow", "path": "*/observables/bulk"}
    world.faults.add({"match": match, "what": {"status": 404}})
    answer = execute(sir(usesTableApi=False), push(malware_url="http://evil")).json
    [id_] = [id_ for id_, kept in world.outbox.parties()["servicenow"].items()]
    assert answer["service_message"] == (
        f"[Action][ServiceNow]: Unable to add observables to security incident with id {id_}. "
        "Error: Request failed with status code 404 Reason: No Record found: Record doesn't exist "
        "or ACL restricts the record retrieval"
    )


@pytest.mark.kibana_version("8.19.0")
def test_its_choices_are_those_of_its_table(world, sir, execute):
    id_ = sir()
    params = {"subAction": "getChoices", "subActionParams": {"fields": ["priority"]}}
    choices = execute(id_, params).json["data"]
    assert [choice["label"] for choice in choices][:2] == ["1 - Critical", "2 - High"]
    assert "^ORname=sn_si_incident^element=priority^" in sent(world)[0][1]
    refused = execute(id_, {"subAction": "closeIncident", "subActionParams": {}}).json
    assert refused["message"].startswith("error validating action params: types that failed")


def test_the_table_api_is_deprecated(create):
    secrets = {"username": "ann", "password": "secret-of-ann"}
    assert create(".servicenow-sir", {"apiUrl": URL}, secrets=secrets)["is_deprecated"] is True
