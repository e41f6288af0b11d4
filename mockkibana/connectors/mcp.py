"""The `.mcp` connector: lists and calls the tools of a server of the Model Context Protocol."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from mockkibana.connectors.base import Thrown
from mockkibana.connectors.mcp_party import McpServer
from mockkibana.connectors.sub_action_framework import Service, SubActionConnector
from mockkibana.json import Json, Record, dumps
from mockkibana.outbound.axios import AxiosError
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.validation import (
    Any,
    Boolean,
    Maybe,
    Object,
    RecordOf,
    Schema,
    String,
    literals,
)

_PROTOCOL = "2025-06-18"
_HEADERS = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
_SHOWN = ("text", "resource_link", "resource")
_TEXTS = RecordOf(String())
# Guess: what the client says to an answer that is none of the protocol's.
_UNREADABLE = "MCP error -32603: the answer is none of the Model Context Protocol's"


class Config(Schema):
    """Where the server is, and how Kibana logs in there."""

    unknowns = "ignore"

    serverUrl = String()  # noqa: N815 - Kibana's own names, here and below
    hasAuth = Boolean(load_default=True)  # noqa: N815
    authType = Maybe(literals("none", "bearer", "apiKey", "basic"))  # noqa: N815
    apiKeyHeaderName = Maybe(String(min_length=1))  # noqa: N815
    headers = Maybe(_TEXTS)


class Secrets(Schema):
    """What each way of logging in needs."""

    unknowns = "ignore"

    token = Maybe(String())
    apiKey = Maybe(String())  # noqa: N815
    user = Maybe(String())
    password = Maybe(String())
    secretHeaders = Maybe(_TEXTS)  # noqa: N815


_LIST = Object({"forceRefresh": Maybe(Boolean())}, unknowns="ignore")
_CALL = Object({"name": String(), "arguments": Maybe(RecordOf(Any()))}, unknowns="ignore")


class _Session:
    """A session with a server (`mcp/src/client.ts`): `connect`, then `ask`. Raises `Thrown`."""

    def __init__(self, service: Service) -> None:
        self._run = service.run
        self._url: str = service.config["serverUrl"]
        self._headers = {**_HEADERS, **_auth_headers(service.config, service.secrets)}
        self._asked = 0

    def connect(self) -> Json:
        """Shake hands, and return the capabilities of the server."""
        name = f"kibana-mcp-connector-{self._run.connector_id}"
        said = self.ask(
            "initialize",
            {
                "protocolVersion": _PROTOCOL,
                "capabilities": {},
                "clientInfo": {"name": name, "version": "1.0.0"},
            },
        )
        self._send({"method": "notifications/initialized", "jsonrpc": "2.0"})
        return said.get("capabilities")

    def ask(self, method: str, params: Record) -> Record:
        """Return the result of a request."""
        id_, self._asked = self._asked, self._asked + 1
        body = self._send({"method": method, "params": params, "jsonrpc": "2.0", "id": id_})
        if isinstance(body, dict) and isinstance(error := body.get("error"), dict):
            raise Thrown(f"MCP error {error.get('code')}: {error.get('message')}")
        result = body.get("result") if isinstance(body, dict) else None
        if not isinstance(result, dict):
            raise Thrown(_UNREADABLE)
        return result

    def _send(self, body: Record) -> Json:
        try:
            answer = self._run.send(Outbound("POST", self._url, self._headers, body))
        except Unreachable as error:
            text = f"fetch failed (cause: {error})"
            raise Thrown(f"Error connecting to MCP server: {text}") from None
        if session := answer.headers.get("mcp-session-id"):
            self._headers["mcp-session-id"] = str(session)
            self._headers["mcp-protocol-version"] = _PROTOCOL
        if answer.status >= 300:
            told = answer.body if isinstance(answer.body, str) else dumps(answer.body or "")
            # Guess: these are the words of the client of 9.3.
            raise Thrown(f"Streamable HTTP error: Error POSTing to endpoint: {told}")
        return answer.body


def _objects(said: Record, key: str) -> list[Record]:
    found = said.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Thrown(_UNREADABLE)
    return found


def _auth_headers(config: Record, secrets: Record) -> dict[str, str]:
    """Return the headers that a config has, and those that log in (`auth_helpers.ts`)."""
    headers: dict[str, str] = dict(config.get("headers", {}))
    if not config["hasAuth"]:
        return headers
    kind = config.get("authType")
    if kind == "bearer" and secrets.get("token"):
        headers["Authorization"] = f"Bearer {secrets['token']}"
    elif kind == "apiKey" and secrets.get("apiKey"):
        headers[config.get("apiKeyHeaderName", "X-API-Key")] = secrets["apiKey"]
    elif kind == "basic" and secrets.get("user") and secrets.get("password"):
        account = f"{secrets['user']}:{secrets['password']}".encode("utf-8", "replace")
        headers["Authorization"] = f"Basic {b64encode(account).decode()}"
    more: Mapping[str, str] = secrets.get("secretHeaders", {})
    return headers | dict(more)


def _test(service: Service, params: Json) -> Json:  # noqa: ARG001 - there are none
    return {"connected": True, "capabilities": _Session(service).connect()}


def _list_tools(service: Service, params: Json) -> Json:  # noqa: ARG001
    """Return the tools, all pages of them.

    Kibana keeps the list of a server for 15 minutes unless `forceRefresh` says otherwise; here it
    is always that of the moment, as tests change it.
    """
    session = _Session(service)
    session.connect()
    tools: list[Json] = []
    cursor: Json = None
    while True:
        said = session.ask("tools/list", {} if cursor is None else {"cursor": cursor})
        tools += [
            {key: tool[key] for key in ("description", "inputSchema", "name") if key in tool}
            for tool in _objects(said, "tools")
        ]
        cursor = said.get("nextCursor")
        if not cursor:
            return {"tools": tools}


def _call_tool(service: Service, params: Json) -> Json:
    session = _Session(service)
    session.connect()
    said = session.ask("tools/call", params)
    parts = [part for part in _objects(said, "content") if part.get("type") in _SHOWN]
    if said.get("isError"):
        texts = (str(part.get("text", "")) for part in parts if part["type"] == "text")
        told = "\n".join(texts) or "Unknown tool error"
        arguments = dumps(params["arguments"]) if "arguments" in params else "undefined"
        raise Thrown(f"Error calling tool '{params['name']}' with arguments '{arguments}': {told}")
    return {"content": parts}


class Mcp(SubActionConnector):
    """Does one sub-action a run, in a session of its own."""

    id = ".mcp"
    config = Config()
    secrets = Secrets()
    party = McpServer()
    url_keys = ("serverUrl",)
    sub_actions = {  # noqa: RUF012
        "test": (Object({}), _test),
        "listTools": (_LIST, _list_tools),
        "callTool": (_CALL, _call_tool),
    }
    example = {  # noqa: RUF012
        "subAction": "callTool",
        "subActionParams": {"name": "echo", "arguments": {"message": "hello, world"}},
    }

    def error_text(self, error: AxiosError) -> str:
        """Return axios's message, which no session has."""
        return f"API Error: {error.message}"
