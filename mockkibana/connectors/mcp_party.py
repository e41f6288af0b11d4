"""A server of the Model Context Protocol: tools that a seed gives it, and answers to calls."""

from __future__ import annotations

from mockkibana.connectors.ai import take_reply
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Record, dumps
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import Any, ArrayOf, Boolean, Maybe, Object, RecordOf, String
from mockkibana.version import __version__

_HEADERS = {"content-type": "application/json"}
_ECHO: Record = {
    "description": "Says what it is told",
    "inputSchema": {"type": "object", "properties": {"message": {"type": "string"}}},
}


class McpServer(Party):
    """The one server of a world; what it keeps are its tools, by name. Without any there is `echo`.

    A tool is `{"description", "inputSchema", "content", "isError"}`, of which all may be left out.
    A call of it is answered by what a test has scripted (`outbox.ai.reply`, whose `prompt` is the
    name of the tool), else by its `content`, else by the call's own arguments.
    """

    name = "mcp"
    records = {  # noqa: RUF012
        "mcp": Object(
            {
                "description": Maybe(String()),
                "inputSchema": Maybe(RecordOf(Any())),
                "content": Maybe(ArrayOf(RecordOf(Any()))),
                "isError": Maybe(Boolean()),
            },
            unknowns="allow",
        )
    }

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Answer a request in JSON-RPC."""
        body = message.body
        if not isinstance(body, dict) or "method" not in body:
            return Answer(400, {"error": {"code": -32700, "message": "Parse error"}}, _HEADERS)
        if "id" not in body:
            return Answer(202, None)
        session = box.ids.uuid("mcp-session") if body["method"] == "initialize" else None
        headers = _HEADERS if session is None else {**_HEADERS, "mcp-session-id": session}
        return Answer(200, {**self._said(body, box), "jsonrpc": "2.0", "id": body["id"]}, headers)

    def _said(self, body: Record, box: Box) -> Record:
        params: Record = body.get("params", {})
        tools = box.state(self).rows() or {"echo": _ECHO}
        match body["method"]:
            case "initialize":
                result: Json = {
                    "protocolVersion": params["protocolVersion"],
                    "capabilities": {"tools": {}},
                    "serverInfo": {"name": "mockkibana", "version": __version__},
                }
            case "tools/list":
                result = {"tools": [_shown(name, tool) for name, tool in tools.items()]}
            case "tools/call":
                result = _called(params, tools, box)
            case _:
                return {"error": {"code": -32601, "message": "Method not found"}}
        return {"result": result}


def _shown(name: str, tool: Record) -> Record:
    described = {"description": tool["description"]} if "description" in tool else {}
    return {"name": name, **described, "inputSchema": tool.get("inputSchema", {"type": "object"})}


def _called(params: Record, tools: dict[str, Record], box: Box) -> Record:
    name = params["name"]
    if name not in tools:
        text = f"MCP error -32602: Tool {name} not found"
        return {"content": [{"type": "text", "text": text}], "isError": True}
    if (reply := take_reply(name, box)) is not None:
        return {"content": [{"type": "text", "text": reply.get("text", "")}]}
    tool = tools[name]
    told = [{"type": "text", "text": dumps(params.get("arguments", {}))}]
    failed = {"isError": True} if tool.get("isError") else {}
    return {"content": tool.get("content", told), **failed}
