"""The SentinelOne connector: agents that are found, isolated and released, and their scripts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://s1.example.com"
API = f"{URL}/web/api/v2.1"
SECRETS = {"token": "token of/ops"}
AGENT = "1913920934584665209"
SHOWN = "APIToken=[redacted]"


@pytest.fixture
def s1(create) -> str:
    return create(".sentinelone", {"url": URL}, secrets=SECRETS)["id"]


def named(sub_action: str, **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


def requests(world: Any) -> Any:
    return [delivery["request"] for delivery in world.outbox.list()]


def test_a_host_is_isolated_once_and_released_once(world, s1, execute):
    isolated = execute(s1, named("isolateHost", ids=AGENT, alertIds=["a"])).json
    assert isolated == {"status": "ok", "data": {"data": {"affected": 1}}, "connector_id": s1}
    find, disconnect = requests(world)
    assert (find["method"], find["url"]) == ("GET", f"{API}/agents?ids={AGENT}&{SHOWN}")
    assert disconnect["url"] == f"{API}/agents/actions/disconnect?{SHOWN}"
    assert disconnect["body"] == {"filter": {"ids": AGENT}}
    assert world.outbox.parties()["sentinelone"][AGENT]["networkStatus"] == "disconnected"
    again = execute(s1, named("isolateHost", ids=AGENT)).json
    assert again["service_message"] == "Agent already isolated"
    assert execute(s1, named("releaseHost", ids=AGENT)).json["status"] == "ok"
    again = execute(s1, named("releaseHost", ids=AGENT)).json
    assert again["service_message"] == "Agent not isolated"


def test_agents_are_found(s1, execute):
    data = execute(s1, named("getAgents", ids=f"{AGENT},7")).json["data"]
    assert [agent["id"] for agent in data["data"]] == [AGENT, "7"]
    assert data["pagination"] == {"totalItems": 2, "nextCursor": None}
    answer = execute(s1, named("isolateHost", computerName="who?")).json
    assert answer["service_message"] == "No agents found"


@pytest.mark.parametrize(
    ("params", "method", "path", "body"),
    [
        (named("getActivities", agentIds="7"), "GET", "activities?agentIds=7&", {}),
        (named("getRemoteScripts", limit=5), "GET", "remote-scripts?limit=5&", {}),
        (
            named("getRemoteScriptStatus", parentTaskId="7"),
            "GET",
            "remote-scripts/status?parent_task_id=7&",
            {},
        ),
        (
            named("getRemoteScriptResults", taskIds=["7"]),
            "POST",
            "remote-scripts/fetch-files?",
            {"data": {"taskIds": ["7"]}},
        ),
        (
            named("executeScript", filter={"ids": "7"}, script={"scriptId": "8"}),
            "POST",
            "remote-scripts/execute?",
            {
                "data": {"outputDestination": "SentinelCloud", "scriptId": "8"},
                "filter": {"ids": "7"},
            },
        ),
    ],
    ids=lambda value: (
        value["subAction"] if isinstance(value, dict) and "subAction" in value else None
    ),
)
def test_every_sub_action_has_its_request(world, s1, execute, params, method, path, body):
    assert execute(s1, params).json["status"] == "ok"
    [request] = requests(world)
    assert (request["method"], request["url"]) == (method, f"{API}/{path}{SHOWN}")
    assert request["body"] == body
    for secret in ("token of", "token+of", "token%20of"):
        assert secret not in str(world.outbox.list())


def test_files_of_an_agent_are_fetched(world, s1, execute):
    params = named("fetchAgentFiles", agentId="7", zipPassCode="0123456789", files=["/etc/x"])
    assert execute(s1, params).json["data"] == {"data": {"success": True}}
    [request] = requests(world)
    assert request["url"] == f"{API}/agents/7/actions/fetch-files?{SHOWN}"
    assert request["body"]["data"]["files"] == ["/etc/x"]
    wanted = named("getActivities", activityTypes="80", agentIds="7")
    [activity] = execute(s1, wanted).json["data"]["data"]
    assert activity["data"]["filePath"] == f"/agents/7/uploads/{activity['id']}"
    file = {"agentId": "7", "activityId": activity["id"]}
    assert execute(s1, named("downloadAgentFile", **file)).json["data"] == "a file"
    assert requests(world)[-1]["url"] == f"{API}/agents/7/uploads/{activity['id']}?{SHOWN}"
    for other in ({"agentId": "8"}, {"activityId": "1"}):
        refused = execute(s1, named("downloadAgentFile", **{**file, **other})).json
        assert refused["service_message"].startswith("Status code: 404. Message: API Error: ")


def test_what_was_done_is_listed_newest_first(s1, execute):
    for agent in ("7", "8"):
        execute(s1, named("isolateHost", ids=agent))
    execute(s1, named("releaseHost", ids="7"))

    def done(**params: str) -> list[tuple[int, str]]:
        rows = execute(s1, named("getActivities", **params)).json["data"]["data"]
        return [(row["activityType"], row["agentId"]) for row in rows]

    assert done() == [(1002, "7"), (1001, "8"), (1001, "7")]
    assert done(activityTypes="1001", agentIds="7,9") == [(1001, "7")]


def test_the_results_of_a_script_are_downloaded(world, s1, execute):
    run = named("executeScript", filter={"ids": "7,8"}, script={"scriptId": "9"})
    executed = execute(s1, run).json["data"]["data"]
    assert executed["affected"] == 2
    parent = executed["parentTaskId"]
    status = execute(s1, named("getRemoteScriptStatus", parentTaskId=parent)).json["data"]["data"]
    assert [(task["agentId"], task["status"]) for task in status] == [
        ("7", "completed"),
        ("8", "completed"),
    ]
    task = status[0]["id"]
    results = execute(s1, named("getRemoteScriptResults", taskIds=[task, "1"])).json["data"]["data"]
    assert [link["taskId"] for link in results["download_links"]] == [task]
    assert [error["taskId"] for error in results["errors"]] == ["1"]
    answer = execute(s1, named("downloadRemoteScriptResults", taskId=task)).json
    assert answer["data"] == "a file"
    urls = [request["url"] for request in requests(world)][-2:]
    assert urls == [f"{API}/remote-scripts/fetch-files?{SHOWN}", f"{API}/downloads/{task}"]
    unknown = execute(s1, named("downloadRemoteScriptResults", taskId="7")).json
    assert unknown["service_message"] == (
        "Download URL for script results of task id [7] not found"
    )


@pytest.mark.kibana_version("8.19.0")
def test_a_script_needs_a_filter(s1, execute):
    params = named("executeScript", filter={}, script={"scriptId": "8"})
    assert execute(s1, params).json["service_message"] == (
        "A filter must be defined; either 'ids' or 'uuids'"
    )
    params = named("executeScript", script={"scriptId": "8"})
    assert execute(s1, params).json["service_message"] == (
        "Cannot read properties of undefined (reading 'ids')"
    )


FAILURES: list[tuple[Any, str]] = [
    (
        {"status": 401},
        (
            "Status code: 401. Message: Unauthorized API Error (401)\nResponse body: "
            '{"errors":[{"code":4010010,"detail":null,"title":"Authentication Failed"}]}'
        ),
    ),
    (
        {"status": 400, "body": {"a": "ä"}},
        (
            "Status code: 400. Message: API Error: [Bad Request] Request failed with status code "
            '400\nResponse body: {"a":"ä"}'
        ),
    ),
    (
        {"wire": "refused"},
        (
            "Status code: undefined. Message: connect ECONNREFUSED s1.example.com:443\n"
            "Response body: {}"
        ),
    ),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0]) for row in FAILURES])
@pytest.mark.kibana_version("8.19.0")
def test_a_failure_is_thrown_with_the_answer(world, s1, execute, what, text):
    world.faults.add({"match": {"backend": "sentinelone"}, "what": what})
    assert execute(s1, named("getAgents")).json == {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": text,
        "retry": True,
        "errorSource": "framework",
        "connector_id": s1,
    }


@pytest.mark.parametrize(
    "params",
    [named("isolateHost", ids=AGENT), named("downloadRemoteScriptResults", taskId="7")],
    ids=["isolate", "download"],
)
@pytest.mark.parametrize("body", [{}, {"data": None}, [], "text"], ids=str)
def test_an_answer_without_a_list_is_thrown_as_v8_throws(world, s1, execute, params, body):
    world.faults.add({"match": {"backend": "sentinelone"}, "what": {"status": 200, "body": body}})
    assert execute(s1, params).json["service_message"] == (
        "Cannot read properties of undefined (reading 'length')"
    )


@pytest.mark.kibana_version("8.19.0")
def test_the_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".sentinelone", {"url": URL}, secrets=SECRETS)
    assert refused.json["message"] == (
        f'error validating action type config: error validating url: target url "{URL}" is not '
        "added to the Kibana config xpack.actions.allowedHosts"
    )
