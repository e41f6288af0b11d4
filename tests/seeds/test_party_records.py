"""What third parties keep, in a seed: records of another shape are refused, and no run trips."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockkibana.app import create_app
from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.seeds import BadSeed, parse_seed
from mockkibana.world import World
from soak.samples import SAMPLES

XSRF = {"kbn-xsrf": "true"}
ODD = (None, True, 7, 1.5, "odd", [], [7], {}, {"odd": [7]})


def named(sub_action: str, **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


def pushed(incident: Any, **more: Any) -> Any:
    comments = [{"comment": "one", "commentId": "1"}]
    return named("pushToService", incident={**incident, **more}, comments=comments)


ALERT = {"status": "open", "count": 1, "alias": "a", "message": "m"}
OF_ALERTS = (
    named("createAlert", message="m", alias="a"),
    named("closeAlert", alias="a"),
    named("createAlert", message="m", alias="a"),
)
ROW = {"sys_id": "a", "sys_class_name": "incident", "number": "INC1", "state": "1"}
SHORT = {"short_description": "s"}
ACTIVITY = {"id": "1", "activityType": 80, "agentId": "7", "createdAt": "", "data": {}}
DATES = {"discovered_date": 1, "create_date": 1, "inc_last_modified_date": 1}
HIVE = {"title": "t", "description": "d"}

# By the type: what its party keeps, by name, id and key, and runs that look at all of that.
KEPT: dict[str, tuple[dict[str, dict[str, Any]], tuple[Any, ...]]] = {
    ".opsgenie": ({"opsgenie": {"a": ALERT}}, OF_ALERTS),
    ".jira-service-management": ({"jira-service-management": {"a": ALERT}}, OF_ALERTS),
    ".pagerduty": (
        {"pagerduty": {"a": {"status": "resolved", "payload": {}, "dedup_key": "a", "at": 1}}},
        (
            {"eventAction": "trigger", "dedupKey": "a", "summary": "s"},
            {"eventAction": "acknowledge", "dedupKey": "a"},
            {"eventAction": "resolve", "dedupKey": "a"},
        ),
    ),
    ".swimlane": (
        {
            "swimlane": {
                "a": {
                    "id": "a",
                    "name": "ET-1",
                    "applicationId": "app1",
                    "values": {},
                    "comments": [],
                    "createdDate": "2026-01-02T03:04:05.000Z",
                    "modifiedDate": "2026-01-02T03:04:05.000Z",
                }
            },
            "swimlane/numbers": {"app1": {"last": 1}},
        },
        (pushed({"ruleName": "r"}, externalId="a"), pushed({"ruleName": "r"})),
    ),
    ".slack_api": (
        {
            "slack_api": {
                "C07ABCDEF12": {
                    "name": "ops",
                    "is_archived": False,
                    "is_private": False,
                    "is_member": True,
                }
            },
            "slack_api/numbers": {"message": {"last": 1}},
        },
        (
            named("postMessage", channelIds=["C07ABCDEF12"], text="t"),
            named("postMessage", channels=["ops"], text="t"),
            named("validChannelId", channelId="C07ABCDEF12"),
        ),
    ),
    ".cases-webhook": (
        {
            "cases-webhook": {"1": {"id": "1", "key": "CK-1", "json": {"a": 1}, "comments": []}},
            "cases-webhook/numbers": {"case": {"last": 1}},
        },
        (pushed({"title": "t"}, externalId="1"), pushed({"title": "t"})),
    ),
    ".servicenow": (
        {
            "servicenow": {"a": {**ROW, "work_notes": [], "correlation_id": "c"}},
            "servicenow/numbers": {"incident": {"last": 1}, "import_set": {"last": 1}},
        },
        (
            named("getIncident", externalId="a"),
            pushed(SHORT, externalId="a"),
            pushed(SHORT),
            named("closeIncident", incident={"externalId": "a"}),
            named("closeIncident", incident={"correlation_id": "c"}),
        ),
    ),
    ".servicenow-sir": (
        {
            "servicenow": {
                "a": {
                    **ROW,
                    "sys_class_name": "sn_si_incident",
                    "work_notes": [],
                    "observables": [],
                }
            }
        },
        (pushed(SHORT, externalId="a", dest_ip="10.0.0.1"),),
    ),
    ".resilient": (
        {"resilient": {"7": {"id": 7, "name": "n", "comments": [], "changes": [], **DATES}}},
        (pushed({"name": "n"}, externalId="7"), pushed({"name": "n"})),
    ),
    ".thehive": (
        {
            "thehive": {
                "~7": {
                    "_id": "~7",
                    "_type": "Case",
                    "severity": 2,
                    "tlp": 2,
                    "comments": [],
                    "title": "t",
                    "_createdAt": 1,
                    "_updatedAt": 1,
                }
            }
        },
        (
            pushed(HIVE, externalId="~7"),
            pushed(HIVE),
            named("createAlert", **HIVE, type="a", source="b", sourceRef="c"),
        ),
    ),
    ".xsoar": ({"xsoar": {"9": {"id": "9"}}}, ()),
    ".d3security": ({"d3security": {"9": {"refid": "9"}}}, ()),
    ".mcp": (
        {
            "mcp": {
                "echo": {
                    "description": "d",
                    "inputSchema": {"type": "object"},
                    "content": [{"type": "text", "text": "t"}],
                    "isError": False,
                }
            }
        },
        (named("listTools"), named("callTool", name="echo", arguments={})),
    ),
    ".sentinelone": (
        {
            "sentinelone": {"7": {"id": "7", "computerName": "h", "networkStatus": "connected"}},
            "sentinelone/activities": {"1": ACTIVITY},
            "sentinelone/tasks": {"2": {"id": "2", "parentTaskId": "3", "agentId": "7"}},
            "sentinelone/numbers": {"id": {"last": 1}},
        },
        (
            named("getAgents", ids="7"),
            named("isolateHost", ids="7"),
            named("getActivities", agentIds="7", activityTypes="80"),
            named("getRemoteScriptStatus", parentTaskId="3"),
            named("getRemoteScriptResults", taskIds=["2"]),
            named("downloadAgentFile", agentId="7", activityId="1"),
        ),
    ),
    ".crowdstrike": (
        {"crowdstrike": {"7": {"device_id": "7", "status": "normal"}}},
        (
            named("getAgentDetails", ids=["7"]),
            named("hostActions", command="contain", ids=["7"]),
        ),
    ),
    ".microsoft_defender_endpoint": (
        {
            "microsoft_defender_endpoint": {
                "a": {"id": "a", "type": "LiveResponse", "machineId": "7", "status": "Succeeded"}
            },
            "microsoft_defender_endpoint/tokens": {"a": {"expires_at": 0}},
        },
        (
            named("getActions", machineId=["7"], status="Succeeded"),
            named("getActionResults", id="a"),
        ),
    ),
    ".gen-ai": (
        {
            "ai": {
                "1": {
                    "text": "t",
                    "tool_calls": [{"name": "n", "arguments": {}}],
                    "usage": {"prompt_tokens": 1, "completion_tokens": 1},
                    "prompt": "Why*",
                    "connector_type": ".gen-ai",
                }
            },
            "ai/numbers": {"reply": {"last": 1}},
        },
        (named("invokeAI", messages=[{"role": "user", "content": "Why?"}]),),
    ),
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    world = World()
    yield world
    world.close()


def bent(records: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Iterate over records of which one lacks a key, or has an odd value."""
    for id_, record in records.items():
        for key in record:
            without = {name: value for name, value in record.items() if name != key}
            yield f"no {key}", {id_: without}
            for odd in ODD:
                yield f"{key}: {odd!r}", {id_: {**record, key: odd}}


@pytest.mark.parametrize("type_id", KEPT)
def test_an_odd_record_is_refused_or_no_bug_to_any_run(world: World, type_id: str) -> None:
    tables, runs = KEPT[type_id]
    client = create_app(world).test_client()
    config, secrets = SAMPLES[type_id]
    body = {"name": "n", "connector_type_id": type_id, "config": config, "secrets": secrets}
    made = client.post("/api/actions/connector", json=body, headers=XSRF).json
    url = f"/api/actions/connector/{made['id']}/_execute"
    example = ConnectorTypes().get(type_id).example  # type: ignore[union-attr]

    def outcomes(parties: dict[str, Any]) -> list[str]:
        world.reset(parts=["outbox", "bugs", "journal"])
        world.seed(parse_seed({"version": 1, "parties": parties}))
        return [
            client.post(url, json={"params": params}, headers=XSRF).json.get("status", "")
            for params in (*runs, example)
        ]

    told = outcomes(tables)
    assert set(told) == {"ok"}, [line.message for line in world.log.lines[-4:]]
    wrong = []
    for name, records in tables.items():
        for what, odd in bent(records):
            try:
                outcomes({**tables, name: odd})
            except BadSeed as refused:
                assert f"[parties.{name}." in str(refused)  # noqa: PT017
            if world.bugs:
                wrong.append((name, what, world.bugs[-1].strip().splitlines()[-1]))
                world.bugs.clear()
            # What a run leaves can be loaded again.
            kept = world.outbox.parties()
            world.seed(parse_seed({"version": 1, "parties": kept}))
    assert wrong == []


def test_every_party_with_a_state_is_tried() -> None:
    known = {name for tables, _ in KEPT.values() for name in tables}
    said = {name for party in ConnectorTypes().parties() for name in party.records}
    assert said <= known


def test_a_refusal_tells_what_came_and_what_was_expected(world: World) -> None:
    parties = {"opsgenie": {"a": {**ALERT, "count": "many"}}}
    with pytest.raises(BadSeed) as refused:
        world.seed(parse_seed({"version": 1, "parties": parties}, "s"))
    assert str(refused.value) == (
        "s: [parties.opsgenie.a.count]: expected value of type [number] but got [string]"
    )
