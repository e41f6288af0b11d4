"""The MCP connector: the tools of a server, listed and called."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://mcp.example.com/mcp"
TOOLS = {
    "search": {"description": "Finds", "inputSchema": {"type": "object", "required": ["q"]}},
    "fail": {"content": [{"type": "text", "text": "out of order"}], "isError": True},
    "draw": {"content": [{"type": "image", "data": "x"}, {"type": "text", "text": "a cat"}]},
}


@pytest.fixture
def mcp(create) -> Any:
    def mcp(secrets: Any = None, **config: Any) -> str:
        return create(".mcp", {"serverUrl": URL, **config}, secrets=secrets or {})["id"]

    return mcp


def named(sub_action: str, **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


def call(name: str, **arguments: Any) -> Any:
    return named("callTool", name=name, arguments=arguments)


@pytest.mark.kibana_version("9.3.0", "9.5.4")
def test_a_server_of_which_nothing_is_said_has_an_echo(mcp, execute):
    id_ = mcp()
    assert execute(id_, named("test")).json["data"] == {
        "connected": True,
        "capabilities": {"tools": {}},
    }
    [tool] = execute(id_, named("listTools")).json["data"]["tools"]
    assert list(tool) == ["description", "inputSchema", "name"]
    assert execute(id_, call("echo", message="hello")).json["data"] == {
        "content": [{"type": "text", "text": '{"message":"hello"}'}]
    }


def test_each_run_is_a_session(world, mcp, execute):
    execute(mcp({"token": "planted"}, authType="bearer"), call("echo"))
    requests = [each["request"] for each in world.outbox.list()]
    assert [each["body"]["method"] for each in requests] == [
        "initialize",
        "notifications/initialized",
        "tools/call",
    ]
    assert {each["url"] for each in requests} == {URL}
    assert "mcp-session-id" not in requests[0]["headers"]
    assert requests[1]["headers"]["mcp-session-id"] == requests[2]["headers"]["mcp-session-id"]
    assert "planted" not in str(world.outbox.list())


@pytest.mark.parametrize(
    ("config", "secrets", "header"),
    [
        ({"authType": "apiKey"}, {"apiKey": "k"}, "X-API-Key"),
        ({"authType": "apiKey", "apiKeyHeaderName": "X-Mine"}, {"apiKey": "k"}, "X-Mine"),
        ({"authType": "basic"}, {"user": "u", "password": "p"}, "Authorization"),
        ({"headers": {"X-Team": "ops"}, "hasAuth": False}, {}, "X-Team"),
        ({}, {"secretHeaders": {"X-Secret": "s"}}, "X-Secret"),
    ],
)
def test_a_config_says_how_to_log_in(world, mcp, execute, config, secrets, header):
    execute(mcp(secrets, **config), named("test"))
    assert header in world.outbox.list()[0]["request"]["headers"]


def test_the_tools_are_those_of_a_seed(world, mcp, execute, seed):
    world.seed(seed(parties={"mcp": TOOLS}))
    id_ = mcp()
    tools = execute(id_, named("listTools", forceRefresh=True)).json["data"]["tools"]
    assert [tool["name"] for tool in tools] == ["search", "fail", "draw"]
    assert tools[0] == {"name": "search", **TOOLS["search"]}
    assert execute(id_, call("draw")).json["data"]["content"] == [{"type": "text", "text": "a cat"}]
    failed = execute(id_, call("fail", n=1)).json
    assert (failed["status"], failed["retry"]) == ("error", True)
    assert failed["service_message"] == (
        "Error calling tool 'fail' with arguments '{\"n\":1}': out of order"
    )
    assert "Tool nope not found" in execute(id_, call("nope")).json["service_message"]


def test_what_a_tool_says_can_be_scripted(world, client, mcp, execute, seed):
    world.seed(seed(parties={"mcp": TOOLS}))
    for reply in ({"text": "first"}, {"text": "found", "prompt": "sea*", "connector_type": ".mcp"}):
        assert client.post("/_mock/api/outbox/ai", json=reply).status_code == 201
    id_ = mcp()
    said = [execute(id_, call(tool)).json for tool in ("search", "fail", "fail")]
    texts = [each["data"]["content"][0]["text"] for each in said[:2]]
    assert texts == ["found", "first"]
    assert said[2]["status"] == "error"


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ({"wire": "refused"}, "Error connecting to MCP server: fetch failed (cause: connect"),
        ({"status": 401, "body": {"error": "no"}}, "Streamable HTTP error: Error POSTing to"),
        ({"status": 200, "body": {"result": {"tools": "x"}}}, "MCP error -32603: "),
        ({"status": 200, "body": {"result": {"tools": [1]}}}, "MCP error -32603: "),
        ({"status": 200, "body": "<html>"}, "MCP error -32603: "),
        ({"status": 200, "body": {"error": {"code": -32601, "message": "no"}}}, "MCP error -32601"),
    ],
)
def test_a_failure_is_thrown(world, mcp, execute, what, text):
    world.faults.add({"match": {"backend": "mcp"}, "what": what})
    answer = execute(mcp(), named("listTools")).json
    assert answer["message"] == "an error occurred while running the action"
    assert answer["service_message"].startswith(text)


def test_its_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("other.example.com",))
    answer = post(".mcp", {"serverUrl": URL})
    assert "is not added to the Kibana config" in answer.json["message"]


def test_params_are_checked(mcp, execute):
    told = execute(mcp(), named("callTool", arguments={})).json["service_message"]
    assert told.startswith("Request validation failed (")
