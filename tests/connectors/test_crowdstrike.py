"""The CrowdStrike connector: hosts that are found and contained, and commands that they run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://api.crowdstrike.com"
SECRETS = {"clientId": "client-of-ops", "clientSecret": "secret-of-ops"}


@pytest.fixture
def falcon(create) -> str:
    return create(".crowdstrike", {"url": URL}, secrets=SECRETS)["id"]


def named(sub_action: str, **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


def requests(world: Any) -> Any:
    return [delivery["request"] for delivery in world.outbox.list()]


def test_a_host_is_contained_with_a_token_and_released(world, falcon, execute):
    params = named(
        "hostActions", command="contain", ids=["7"], actionParameters={"a": 1}, comment="why"
    )
    data = execute(falcon, params).json["data"]
    assert data["resources"] == [{"id": "7", "path": "/devices/entities/devices/v1?ids=7"}]
    assert data["errors"] == []
    token, action = requests(world)
    assert (token["method"], token["url"]) == ("POST", f"{URL}/oauth2/token")
    assert (token["body"], token["headers"]["Authorization"]) == ("", "Basic [redacted]")
    assert token["headers"]["Content-Type"] == "application/x-www-form-urlencoded"
    assert action["url"] == f"{URL}/devices/entities/devices-actions/v2?action_name=contain"
    assert action["body"] == {"ids": ["7"], "action_parameters": [{"name": "a", "value": 1}]}
    assert action["headers"]["Authorization"] == "[redacted]"
    assert SECRETS["clientSecret"] not in str(world.outbox.list())
    assert world.outbox.list()[0]["response"]["body"]["access_token"] == "[redacted]"
    hosts = world.outbox.parties()["crowdstrike"]
    assert hosts["7"]["status"] == "contained"
    execute(falcon, named("hostActions", command="lift_containment", ids=["7"]))
    assert world.outbox.parties()["crowdstrike"]["7"]["status"] == "normal"


def test_a_token_is_kept_for_29_minutes_even_where_it_is_refused(world, falcon, execute):
    world.clock.freeze()
    params = named("getAgentDetails", ids=["7"])

    def grants() -> int:
        return sum("/oauth2/" in request["url"] for request in requests(world))

    execute(falcon, params)
    world.clock.advance(29 * 60 - 1)
    assert execute(falcon, params).json["status"] == "ok"
    assert grants() == 1
    with world.store.transaction() as transaction:
        transaction.drop("outbox.of/crowdstrike/tokens")
    refused = execute(falcon, params).json
    assert refused["service_message"] == "access denied, invalid token"
    world.clock.advance(1)
    assert execute(falcon, params).json["status"] == "ok"
    assert grants() == 2


@pytest.mark.parametrize(
    ("params", "method", "path"),
    [
        (
            named("getAgentDetails", ids=["7", "8"]),
            "GET",
            "devices/entities/devices/v2?ids=7%2C8",
        ),
        (
            named("getAgentOnlineStatus", ids=["7"]),
            "GET",
            "devices/entities/online-state/v1?ids=7",
        ),
        (named("getRTRCloudScripts"), "GET", "real-time-response/entities/scripts/v1"),
    ],
    ids=["details", "status", "scripts"],
)
def test_what_is_known_is_read(world, falcon, execute, params, method, path):
    data = execute(falcon, params).json["data"]
    assert data.keys() == {"resources", "meta", "errors"}
    *_, request = requests(world)
    assert (request["method"], request["url"]) == (method, f"{URL}/{path}")
    assert len(data["resources"]) == len(params["subActionParams"].get("ids", "1"))


def test_8_17_runs_no_commands(world, falcon, execute):
    for version, status in (("8.17.9", "error"), ("8.18.0", "ok"), ("9.0.0", "ok")):
        world.settings = replace(world.settings, kibana_version=version)
        assert execute(falcon, named("getRTRCloudScripts")).json["status"] == status


@pytest.mark.parametrize(
    ("sub_action", "path"),
    [
        ("executeRTRCommand", "batch-command"),
        ("batchActiveResponderExecuteRTR", "batch-active-responder-command"),
        ("batchAdminExecuteRTR", "batch-admin-command"),
    ],
)
def test_a_command_runs_in_a_session(world, falcon, execute, sub_action, path):
    params = named(sub_action, command="runscript -Raw=x", endpoint_ids=["7"])
    data = execute(falcon, params).json["data"]
    assert data["combined"]["resources"]["7"]["base_command"] == "runscript"
    _, session, command = requests(world)
    combined = f"{URL}/real-time-response/combined"
    assert session["url"] == f"{combined}/batch-init-session/v1"
    assert session["body"] == {"host_ids": ["7"]}
    assert command["url"] == f"{combined}/{path}/v1"
    batch = world.outbox.list()[1]["response"]["body"]["batch_id"]
    assert command["body"] == {
        "base_command": "runscript",
        "command_string": "runscript -Raw=x",
        "batch_id": batch,
        "hosts": ["7"],
        "persist_all": False,
    }


def thrown(id_: str, text: str) -> Any:
    return {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": text,
        "retry": True,
        "errorSource": "framework",
        "connector_id": id_,
    }


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"command": "ls -l"}, "Command not supported"),
        ({}, "Cannot read properties of undefined (reading 'split')"),
        ({"command": None}, "Cannot read properties of null (reading 'split')"),
        ({"command": 5}, "payload.command.split is not a function"),
    ],
    ids=["ls", "absent", "null", "number"],
)
def test_another_command_is_refused(falcon, execute, params, text):
    assert execute(falcon, named("executeRTRCommand", **params)).json == thrown(falcon, text)


FAILURES: list[tuple[Any, str]] = [
    ({"status": 403}, "access denied, authorization failed"),
    ({"status": 401}, "access denied, invalid token"),
    ({"status": 500, "body": {"a": "ä"}}, 'API Error: {"a":"ä"}'),
    ({"status": 502, "body": "no\nno"}, 'API Error: "no\\nno"'),
    (
        {"wire": "refused"},
        ("Status code: undefined. Message: Connection Refused: api.crowdstrike.com:443"),
    ),
    ({"wire": "reset"}, "Status code: undefined. Message: Unknown API Error: {}"),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0]) for row in FAILURES])
def test_a_failure_is_thrown_by_its_message_alone(world, falcon, execute, what, text):
    world.faults.add({"match": {"backend": "crowdstrike"}, "what": what})
    assert execute(falcon, named("getAgentDetails", ids=["7"])).json == thrown(falcon, text)


@pytest.mark.kibana_version("8.19.0")
def test_the_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".crowdstrike", {"url": URL}, secrets=SECRETS)
    assert refused.json["message"] == (
        f'error validating action type config: error validating url: target url "{URL}" is not '
        "added to the Kibana config xpack.actions.allowedHosts"
    )
