"""The Jira Service Management connector: Opsgenie's alerts, at Atlassian's own address."""

from __future__ import annotations

from typing import Any

import pytest

TYPE = ".jira-service-management"
SECRETS = {"apiKey": "planted-key"}
URL = "https://api.atlassian.com"
API = f"{URL}/jsm/ops/integration/v2/alerts"


@pytest.fixture
def jsm(create) -> Any:
    return create(TYPE, {"apiUrl": URL}, secrets=SECRETS)["id"]


def alert(**params: Any) -> Any:
    return {"subAction": "createAlert", "subActionParams": {"message": "disk full", **params}}


@pytest.mark.kibana_version("9.2.0", "9.5.4")
def test_an_alert_is_opened_and_closed(world, jsm, execute):
    answer = execute(jsm, alert(alias="disk", responders=[{"id": "7", "type": "team"}])).json
    assert (answer["status"], answer["data"]["result"]) == ("ok", "Request will be processed")
    close = {"subAction": "closeAlert", "subActionParams": {"alias": "disk", "note": "done"}}
    assert execute(jsm, close).json["status"] == "ok"
    opened, closed = (each["request"] for each in world.outbox.list())
    assert (opened["method"], opened["url"]) == ("POST", API)
    assert opened["headers"]["Authorization"] == "[redacted]"
    assert closed["url"] == f"{API}/disk/close?identifierType=alias"
    [(alias, kept)] = world.outbox.parties()["jira-service-management"].items()
    assert (alias, kept["status"], kept["closed"]) == ("disk", "closed", {"note": "done"})


def test_people_have_ids_alone(jsm, execute):
    told = execute(jsm, alert(responders=[{"name": "ops", "type": "team"}])).json
    assert told["service_message"].startswith("Request validation failed (")
    assert '"path": [\n      "responders",\n      0,\n      "id"\n    ]' in told["service_message"]


def test_its_own_outage_fails_the_run(world, jsm, execute):
    world.faults.add({"match": {"backend": "jira-service-management"}, "what": {"status": 429}})
    assert execute(jsm, alert()).json["service_message"] == (
        "Status code: 429. Message: You are making too many requests!"
    )


@pytest.mark.kibana_version("9.1.9")
def test_before_9_2_there_is_no_such_type(post):
    answer = post(TYPE, {"apiUrl": URL}, secrets=SECRETS)
    assert answer.json["message"] == f'Action type "{TYPE}" is not registered.'
