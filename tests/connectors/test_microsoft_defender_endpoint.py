"""The Defender connector: machines that are isolated, scripts, and the token that it all needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

API = "https://api.securitycenter.example.com"
LOGIN = "https://login.example.com"
CONFIG = {
    "clientId": "c",
    "tenantId": "tenant",
    "oAuthServerUrl": LOGIN,
    "oAuthScope": "scope",
    "apiUrl": API,
}
SECRETS = {"clientSecret": "secret-of-ops"}


@pytest.fixture
def defender(create) -> str:
    return create(".microsoft_defender_endpoint", CONFIG, secrets=SECRETS)["id"]


def named(sub_action: str, **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


def requests(world: Any) -> Any:
    return [delivery["request"] for delivery in world.outbox.list()]


def test_a_machine_is_isolated_and_released_with_one_token(world, defender, execute):
    data = execute(defender, named("isolateHost", id="7", comment="why")).json["data"]
    assert (data["type"], data["status"], data["machineId"]) == ("Isolate", "Pending", "7")
    data = execute(defender, named("releaseHost", id="7", comment="why")).json["data"]
    assert data["type"] == "Unisolate"
    token, isolate, release = requests(world)
    assert token["url"] == f"{LOGIN}/tenant/oauth2/v2.0/token"
    assert token["headers"]["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(token["body"]) == {
        "grant_type": ["client_credentials"],
        "client_id": ["c"],
        "scope": ["scope"],
        "client_secret": ["[redacted]"],
    }
    assert (isolate["method"], isolate["url"]) == ("POST", f"{API}/api/machines/7/isolate")
    assert isolate["body"] == {"Comment": "why", "IsolationType": "Full"}
    assert (release["url"], release["body"]) == (
        f"{API}/api/machines/7/unisolate",
        {"Comment": "why"},
    )
    assert isolate["headers"]["Authorization"] == "[redacted]"
    assert SECRETS["clientSecret"] not in str(world.outbox.list())
    kept = world.outbox.parties()["microsoft_defender_endpoint"].values()
    assert [action["type"] for action in kept] == ["Isolate", "Unisolate"]


def test_half_of_a_surrogate_pair_is_no_text_of_a_form(world, create, execute):
    config = {**CONFIG, "clientId": "a\ud800b"}
    id_ = create(".microsoft_defender_endpoint", config, secrets=SECRETS)["id"]
    assert execute(id_, named("getAgentDetails", id="7")).json["status"] == "ok"


def test_a_token_that_is_refused_is_replaced_once(world, defender, execute):
    match = {"backend": "microsoft_defender_endpoint", "path": "/api/*"}
    world.faults.add({"match": match, "what": {"status": 401}, "when": {"first": 1}})
    assert execute(defender, named("getAgentDetails", id="7")).json["data"]["id"] == "7"
    paths = [request["url"].rpartition("/")[2] for request in requests(world)]
    assert paths.count("token") == 2
    with world.store.transaction() as transaction:
        transaction.drop("outbox.of/microsoft_defender_endpoint/tokens")
    assert execute(defender, named("getAgentDetails", id="7")).json["data"]["id"] == "7"
    paths = [request["url"].rpartition("/")[2] for request in requests(world)]
    assert paths.count("token") == 3


def test_a_token_is_kept_until_it_expires(world, defender, execute):
    world.clock.freeze()
    for seconds, tokens in ((0, 1), (3598, 1), (1, 2)):
        world.clock.advance(seconds)
        assert execute(defender, named("getAgentDetails", id="7")).json["status"] == "ok"
        asked = [request["url"].rpartition("/")[2] for request in requests(world)]
        assert asked.count("token") == tokens


@pytest.mark.kibana_version("8.19.0")
def test_actions_are_listed_by_page_and_filter(world, defender, execute):
    for machine in ("7", "8", "8"):
        execute(defender, named("isolateHost", id=machine, comment="why"))
    data = execute(defender, named("getActions", machineId=["8", "9"], pageSize=1, page=2)).json[
        "data"
    ]
    assert (data["page"], data["pageSize"], data["total"]) == (2, 1, 2)
    assert [action["machineId"] for action in data["value"]] == ["8"]
    assert requests(world)[-1]["url"] == (
        f"{API}/api/machineactions?$count=true&$top=1&$skip=1&$filter=machineId+in+('8','9')"
    )
    data = execute(defender, named("getActions", machineId="7", status="Succeeded")).json["data"]
    assert (data["page"], data["pageSize"], data["total"]) == (1, 20, 1)
    assert requests(world)[-1]["url"] == (
        f"{API}/api/machineactions?$count=true&$top=20"
        "&$filter=machineId+eq+'7'+AND+status+eq+'Succeeded'"
    )
    odd = execute(defender, named("getActions", pageSize=1.5, page=3)).json
    assert odd["status"] == "ok"


def test_a_script_is_run_and_its_results_are_downloaded(world, defender, execute):
    params = named("runScript", id="7", parameters={"scriptName": "hello.sh"})
    action = execute(defender, params).json["data"]
    assert requests(world)[-1]["url"] == f"{API}/api/machines/7/runliveresponse"
    assert requests(world)[-1]["body"] == {
        "Commands": [
            {
                "type": "RunScript",
                "params": [
                    {"key": "ScriptName", "value": "hello.sh"},
                    {"key": "Args", "value": "--noargs"},
                ],
            }
        ]
    }
    assert execute(defender, named("getActionResults", id=action["id"])).json["status"] == "ok"
    urls = [request["url"] for request in requests(world)[-2:]]
    assert urls == [
        f"{API}/api/machineactions/{action['id']}/GetLiveResponseResultDownloadLink(index=0)",
        f"{API}/results/{action['id']}",
    ]


@pytest.mark.parametrize("sub_action", ["getAgentList", "getLibraryFiles"])
def test_lists_may_be_empty(defender, execute, sub_action):
    assert execute(defender, named(sub_action)).json["data"]["value"] == []


def test_only_what_has_run_a_script_has_results(defender, execute):
    isolated = execute(defender, named("isolateHost", id="7", comment="why")).json["data"]["id"]
    for id_ in (isolated, "1"):
        text = execute(defender, named("getActionResults", id=id_)).json["service_message"]
        assert text.startswith("Status code: 404. Message: API Error: [Not Found]")


def test_a_connector_is_tested_on_a_machine_that_is_not_there(world, defender, execute):
    assert execute(defender, named("testConnector")).json["data"]["results"] == [
        f"API call to {what} was successful"
        for what in (
            "Machines API",
            "Machine Isolate",
            "Machine Release",
            "Machine Actions",
            "Machine RunScript",
        )
    ]
    assert world.outbox.parties().get("microsoft_defender_endpoint", {}) == {}


def test_scripts_are_newer_than_the_rest(world, defender, execute):
    for version, has_them in (("8.18.9", False), ("8.19.0", True), ("9.0.9", False)):
        world.settings = replace(world.settings, kibana_version=version)
        results = execute(defender, named("testConnector")).json["data"]["results"]
        assert len(results) == (5 if has_them else 4)
        answer = execute(defender, named("getLibraryFiles")).json
        assert answer["status"] == ("ok" if has_them else "error")


FAILURES: list[tuple[Any, str]] = [
    (
        {"status": 401},
        (
            f"Status code: 401. Message: Unauthorized API Error (401)\nURL called:[get] {API}"
            '/api/machines/7\nResponse body: {"error":{"code":"Unauthorized","message":'
            '"The token is invalid","target":""}}'
        ),
    ),
    (
        {"status": 400, "body": {"a": "ä"}},
        (
            "Status code: 400. Message: API Error: [Bad Request] Request failed with status code "
            f'400\nURL called:[get] {API}/api/machines/7\nResponse body: {{"a":"ä"}}'
        ),
    ),
    (
        {"wire": "refused"},
        (
            "Status code: undefined. Message: connect ECONNREFUSED "
            "api.securitycenter.example.com:443\nURL called:[undefined] undefined\n"
            "Response body: {}"
        ),
    ),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0]) for row in FAILURES])
@pytest.mark.kibana_version("8.19.0")
def test_a_failure_is_thrown_with_what_was_asked(world, defender, execute, what, text):
    match = {"backend": "microsoft_defender_endpoint", "path": "/api/*"}
    world.faults.add({"match": match, "what": what})
    assert execute(defender, named("getAgentDetails", id="7")).json == {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": text,
        "retry": True,
        "errorSource": "framework",
        "connector_id": defender,
    }


def test_without_a_token_nothing_is_asked(world, defender, execute):
    match = {"backend": "microsoft_defender_endpoint"}
    world.faults.add({"match": match, "what": {"status": 200, "body": {}}})
    answer = execute(defender, named("getAgentDetails", id="7")).json
    assert answer["service_message"] == (
        "Failed to retrieve cached [access_token] after it was updated."
    )


@pytest.mark.parametrize("key", ["oAuthServerUrl", "apiUrl"])
@pytest.mark.kibana_version("8.19.0")
def test_both_hosts_have_to_be_allowed(world, post, key):
    world.settings = replace(world.settings, allowed_hosts=("ok.example.com",))
    allowed = dict.fromkeys(("oAuthServerUrl", "apiUrl"), "https://ok.example.com")
    config = {**CONFIG, **allowed, key: "https://b.example.com"}
    refused = post(".microsoft_defender_endpoint", config, secrets=SECRETS)
    assert refused.json["message"] == (
        "error validating action type config: error validating url: target url "
        '"https://b.example.com" is not added to the Kibana config xpack.actions.allowedHosts'
    )
