"""A fault rule that can match nothing is doubted at once, and one that can is not."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana import MockKibana, MockKibanaWarning
from mockkibana.world import World

CONNECTOR = "c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad"
TYPES = ", ".join(World().connector_types.ids())
EXECUTE = "/api/actions/connector/{id}/_execute"


@pytest.fixture
def doubts(world: World, create: Any) -> Any:
    """Add a rule of what it matches; return what is doubted about it."""
    create(".index", {"index": "logs"}, id=CONNECTOR)

    def doubts(**match: Any) -> list[str]:
        return list(world.faults.add({"match": match, "what": {"status": 503}}).warnings)

    return doubts


@pytest.mark.parametrize(
    ("match", "doubt"),
    [
        ({"connector": "nope"}, f"there is no connector 'nope' yet; known are: {CONNECTOR}"),
        (
            {"connector_type": ".nope"},
            f"no type '.nope' is registered; expected one of {TYPES}",
        ),
        (
            {"connector": CONNECTOR, "connector_type": ".jira"},
            f"the connector {CONNECTOR!r} is of the type .index",
        ),
        (
            {"connector": CONNECTOR, "backend": "jira"},
            "connectors of the type .index send nothing to jira",
        ),
        (
            {"connector_type": ".server-log", "backend": "jira"},
            "connectors of the type .server-log send nothing to jira",
        ),
        ({"space": "ops"}, "there is no space 'ops' yet"),
        ({"route": "/api/actions/conector"}, "no route of Kibana is '/api/actions/conector'"),
        (
            {"route": "PUT /api/actions/connectors"},
            "no route of Kibana is 'PUT /api/actions/connectors'",
        ),
        (
            {"method": "FETCH"},
            (
                "no face is asked with FETCH; expected one of GET, HEAD, POST, PUT, PATCH, "
                "DELETE, OPTIONS"
            ),
        ),
        (
            {"backend": "email", "method": "SEND"},
            (
                "email is sent nothing with SEND; expected one of GET, HEAD, POST, PUT, PATCH, "
                "DELETE, OPTIONS, SMTP"
            ),
        ),
        (
            {"face": "jira", "connector": CONNECTOR},
            "a call to jira has no connector; `backend` is what runs send there",
        ),
    ],
    ids=str,
)
def test_what_can_match_nothing_is_doubted(doubts: Any, match: Any, doubt: str) -> None:
    assert doubts(**match) == [doubt]


@pytest.mark.parametrize(
    "match",
    [
        {},
        {"connector": CONNECTOR, "connector_type": ".index", "backend": "elasticsearch"},
        {"space": "default", "route": EXECUTE},
        {"route": f"POST /api/actions/connector/{CONNECTOR}/_execute"},
        {"route": "/api/actions/connector/*"},
        {"route": "post *"},
        {"path": "/api/alerting/rules/_find"},
        {"face": "jira", "path": "/rest/api/2/issue"},
        {"backend": "webhook"},
        {"backend": "email", "method": "SMTP"},
    ],
    ids=str,
)
def test_what_can_match_something_is_not(doubts: Any, match: Any) -> None:
    assert doubts(**match) == []


def test_no_domain_fault_is_doubted(world: World, create: Any) -> None:
    create(".index", {"index": "logs"})
    given = {
        "jira-requires-field": {"field": "components"},
        "elasticsearch-read-only-index": {"index": "logs"},
        "elasticsearch-flood-stage": {"index": "logs"},
        "elasticsearch-mapping-conflict": {"field": "a", "index": "logs"},
    }
    for name in ("jira-down", "elasticsearch-down", "webhook-down", "kibana-starting", *given):
        rule = {"fault": name, **({"with": given[name]} if name in given else {})}
        assert world.faults.add(rule).warnings == ()
        world.faults.clear()


def test_a_handle_warns_and_http_says_it() -> None:
    with MockKibana() as kibana:
        rule = {"match": {"connector": "nope"}, "what": {"status": 503}}
        with pytest.warns(MockKibanaWarning, match="can match nothing: there is no connector"):
            kibana.faults.add(rule)
        [listed] = kibana.faults.list()
        assert listed["warnings"] == ["there is no connector 'nope' yet; known are: none"]
