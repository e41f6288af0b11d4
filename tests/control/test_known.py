"""What there is not cannot be asked for: a question that nothing ever meets is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mockkibana.connectors.base import ConnectorType, Run
from mockkibana.control.errors import ControlError
from mockkibana.testing.handle import MockKibana
from mockkibana.testing.wsgi import call
from mockkibana.validation import Schema, String

ROUTE = "/api/actions/connector/{id}/_execute"
NOT_THERE: dict[str, tuple[Callable[[MockKibana], Any], str]] = {
    "deliveries": (lambda k: k.outbox.deliveries("email"), "type is 'email'"),
    "sent": (lambda k: k.outbox.sent("email"), "did you mean [.email]?"),
    "assert_sent": (lambda k: k.outbox.assert_sent("email"), "did you mean [.email]?"),
    "assert_not_sent": (lambda k: k.outbox.assert_not_sent("email"), "did you mean [.email]?"),
    "wait_for": (lambda k: k.outbox.wait_for("email"), "did you mean [.email]?"),
    "runs": (
        lambda k: k.journal.assert_not_called(connector_type="index"),
        "connector_type is 'index', which is no connector type; did you mean [.index]?",
    ),
    "runs of a face": (
        lambda k: k.journal.calls(connector_type="index", face="all"),
        "did you mean [.index]?",
    ),
    "count": (lambda k: k.count(connector_type="index"), "did you mean [.index]?"),
    "har": (lambda k: k.har(connector_type="index"), "did you mean [.index]?"),
    "a route": (
        lambda k: k.journal.assert_not_called(route="/api/nope"),
        "route is '/api/nope', which is no route of Kibana's",
    ),
    "a placeholder": (
        lambda k: k.journal.calls(route="/api/actions/connector/{connector}/_execute"),
        f"did you mean [{ROUTE}]?",
    ),
    "a reply": (
        lambda k: k.outbox.ai.reply("a", connector_type="gen-ai"),
        "did you mean [.gen-ai]?",
    ),
    "a reply to a mail": (
        lambda k: k.outbox.ai.reply("a", connector_type=".email"),
        "reply.connector_type is '.email', which is no type of an AI connector",
    ),
    "what a reply used": (
        lambda k: k.outbox.ai.reply("a", usage={"tokens": 3}),
        "did you mean [prompt_tokens]? Expected one of: prompt_tokens, completion_tokens.",
    ),
    "calls of tools": (
        lambda k: k.outbox.ai.reply("a", tool_calls={"name": "look"}),  # type: ignore[arg-type]
        "[reply.tool_calls]: expected value of type [array] but got [Object]",
    ),
}


class Params(Schema):
    """Of a type that another package brings along."""

    text = String()


@pytest.fixture(scope="module")
def kibana() -> MockKibana:
    class Own(ConnectorType):
        id = "acme"
        params = Params()

        def execute(self, run: Run, params: Any) -> None: ...

    return MockKibana(connector_types=[Own], settings={"kibana_version": "8.19.0"})


@pytest.mark.parametrize("name", NOT_THERE)
def test_what_there_is_not_is_refused_with_what_was_meant(kibana: MockKibana, name: str) -> None:
    ask, text = NOT_THERE[name]
    with pytest.raises(ControlError, match=re.escape(text)) as refused:
        ask(kibana)
    assert refused.value.status == 400


def test_what_there_is_can_be_asked_for(kibana: MockKibana) -> None:
    # The MCP type came with 9.3: a test may say of both releases that it was not used.
    for type_id in (None, ".email", "acme", ".mcp"):
        kibana.outbox.assert_not_sent(type_id)
        assert kibana.count(connector_type=type_id) == {"count": 0}
    for route in (ROUTE, ROUTE.replace("{", "<segment:").replace("}", ">"), "*/_execute", "*"):
        kibana.journal.assert_not_called(route=route)
    kibana.journal.assert_not_called(route="/_search", face="elasticsearch")
    for type_id in (".gen-ai", ".inference", ".mcp"):
        kibana.outbox.ai.reply("a", connector_type=type_id)


def test_so_it_is_over_http() -> None:
    asked = {
        "outbox?type=email": "did you mean [.email]?",
        "journal?connector_type=index": "did you mean [.index]?",
        "journal?route=/api/nope": "is no route of Kibana's",
    }
    with MockKibana() as kibana:
        for target, text in asked.items():
            reply = call(kibana.app, kibana.url, "GET", f"/_mock/api/{target}")
            assert (reply.status, text in reply.body.decode()) == (400, True), target


def test_what_is_kept_of_a_type_that_is_not_there_can_be_asked_for() -> None:
    told = {"connector_id": "p", "connector_name": "p", "connector_type_id": ".phone"}
    sent = {"at": "2026-01-02T03:04:05.000Z", **told, "request": {}, "response": {}}
    kibana = MockKibana(seed={"version": 1, "outbox": [sent]})
    assert len(kibana.outbox.deliveries(".phone")) == 1
    assert kibana.outbox.deliveries(".phone", since=1) == []
