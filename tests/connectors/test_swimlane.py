"""The Swimlane connector: the records that it makes, and what it says where that fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://swimlane.example.com"
TOKEN = "secret-of-swimlane"


def field(id_: str, type_: str = "text") -> dict[str, str]:
    return {"id": id_, "key": id_, "name": id_, "fieldType": type_}


CONFIG = {
    "apiUrl": f"{URL}/",
    "appId": "app1",
    "connectorType": "all",
    "mappings": {
        "ruleNameConfig": field("a1"),
        "severityConfig": field("a2", "numeric"),
        "commentsConfig": field("a3", "comments"),
    },
}


@pytest.fixture
def swimlane(world, create) -> Any:
    world.clock.freeze("2026-01-02T03:04:05Z")
    return lambda **config: create(".swimlane", {**CONFIG, **config}, secrets={"apiToken": TOKEN})[
        "id"
    ]


def push(comments: Any = None, **incident: Any) -> Any:
    params = {"incident": incident, "comments": comments}
    return {"subAction": "pushToService", "subActionParams": params}


def test_an_incident_becomes_a_record(world, swimlane, execute):
    answer = execute(swimlane(), push(ruleName="disk", severity=" 1.50 ", caseName="unmapped"))
    data = answer.json["data"]
    assert data == {
        "id": data["id"],
        "title": "ET-1",
        "url": f"{URL}/record/app1/{data['id']}",
        "pushedDate": "2026-01-02T03:04:05.000Z",
    }
    assert world.outbox.parties()["swimlane"][data["id"]] == {
        "id": data["id"],
        "name": "ET-1",
        "applicationId": "app1",
        "values": {"a1": "disk", "a2": 1.5},
        "comments": [],
        "createdDate": "2026-01-02T03:04:05.000Z",
        "modifiedDate": "2026-01-02T03:04:05.000Z",
    }
    [delivery] = world.outbox.list(connector_type_id=".swimlane")
    request = delivery["request"]
    assert (request["method"], request["url"]) == ("POST", f"{URL}/api/app/app1/record")
    assert request["body"] == {"applicationId": "app1", "values": {"a1": "disk", "a2": 1.5}}
    assert request["headers"]["Private-Token"] == "[redacted]"
    assert TOKEN not in str(delivery)


def test_a_record_is_updated_and_gets_comments(world, swimlane, execute):
    id_ = swimlane(apiUrl=f"{URL}/api")
    record = execute(id_, push(ruleName="disk")).json["data"]["id"]
    world.clock.advance(60)
    comments = [{"comment": "full", "commentId": "7"}, {"comment": "empty", "commentId": "8"}]
    data = execute(id_, push(comments, severity="2", externalId=record)).json["data"]
    now = "2026-01-02T03:05:05.000Z"
    assert (data["id"], data["title"], data["pushedDate"]) == (record, "ET-1", now)
    assert data["comments"] == [
        {"commentId": "7", "pushedDate": now},
        {"commentId": "8", "pushedDate": now},
    ]
    kept = world.outbox.parties()["swimlane"][record]
    assert (kept["values"], kept["modifiedDate"]) == ({"a1": "disk", "a2": 2}, now)
    assert [comment["message"] for comment in kept["comments"]] == ["full", "empty"]
    _, update, comment, _ = world.outbox.list()
    assert update["request"]["method"] == "PATCH"
    assert update["request"]["url"] == f"{URL}/api/app/app1/record/{record}"
    assert update["request"]["body"] == {
        "applicationId": "app1",
        "id": record,
        "values": {"a2": 2},
    }
    assert comment["request"]["url"] == f"{URL}/api/app/app1/record/{record}/a3/comment"
    assert comment["request"]["body"] == {
        "createdDate": now,
        "fieldId": "a3",
        "isRichText": True,
        "message": "full",
    }


@pytest.mark.parametrize(
    ("severity", "sent"),
    [
        ("high", 0),
        ("   ", 0),
        ("0x1F", 31),
        ("-1e3", -1000),
        ("Infinity", None),
        ("infinity", 0),
        ("1e999", None),
        ("1_0", 0),
        ("0x" + "f" * 300, None),
    ],
)
def test_a_numeric_field_gets_what_javascript_makes_of_a_text(
    world, swimlane, execute, severity, sent
):
    record = execute(swimlane(), push(severity=severity)).json["data"]["id"]
    assert world.outbox.parties()["swimlane"][record]["values"] == {"a2": sent}


CREATE = "[Action][Swimlane]: Unable to create record in application with id app1. Status: "
FAILURES: list[tuple[Any, str]] = [
    (
        {"status": 400, "body": {"ErrorCode": 5, "Argument": "No value"}},
        "400. Error: Request failed with status code 400. Reason: No value (5)",
    ),
    ({"status": 503}, "503. Error: Request failed with status code 503. Reason: unknown"),
    (
        {"wire": "refused"},
        "500. Error: connect ECONNREFUSED swimlane.example.com:443. Reason: unknown",
    ),
    (
        {"status": 200, "body": {"id": "1"}, "headers": {"content-type": "application/json"}},
        (
            "500. Error: Response is missing at least one of the expected fields: "
            "id,name,createdDate. Reason: unknown"
        ),
    ),
    (
        {
            "status": 200,
            "body": {"id": "1", "name": "n", "createdDate": "soon"},
            "headers": {"content-type": "application/json"},
        },
        "500. Error: Invalid time value. Reason: unknown",
    ),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0]) for row in FAILURES])
def test_a_failure_is_thrown_with_its_reason(world, swimlane, execute, what, text):
    world.faults.add({"match": {"backend": "swimlane"}, "what": what})
    id_ = swimlane()
    assert execute(id_, push(ruleName="disk")).json == {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": CREATE + text,
        "retry": True,
        "errorSource": "framework",
        "connector_id": id_,
    }


def test_an_unknown_record_is_not_updated(world, swimlane, execute):
    answer = execute(swimlane(), push(externalId="nope")).json
    assert answer["service_message"] == (
        "[Action][Swimlane]: Unable to update record in application with id app1. Status: 404. "
        "Error: Request failed with status code 404. Reason: nope (3002)"
    )
    assert "swimlane" not in world.outbox.parties()


def test_comments_need_a_field_of_their_own(swimlane, execute):
    comments = [{"comment": "full", "commentId": "7"}]
    answer = execute(swimlane(mappings={}), push(comments)).json
    assert answer["service_message"] == (
        "[Action][Swimlane]: Unable to create comment in application with id app1. Status: 500. "
        "Error: No comment field mapped in Swimlane connector. Reason: unknown"
    )


@pytest.mark.kibana_version("8.19.0")
def test_its_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".swimlane", CONFIG, secrets={"apiToken": TOKEN})
    assert refused.json["message"] == (
        "error validating action type config: error configuring connector action: target url "
        f'"{URL}/" is not added to the Kibana config xpack.actions.allowedHosts'
    )
