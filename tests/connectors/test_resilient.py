"""The Resilient connector: incidents that are pushed, and the fields that they may have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://resilient.example.com"
ORG = f"{URL}/rest/orgs/201"
SECRETS = {"apiKeyId": "key-id-of-ops", "apiKeySecret": "key-secret-of-ops"}
CONVERTED = "?text_content_output_format=objects_convert"
NOW = 1_767_323_045_000


@pytest.fixture
def resilient(world, create) -> str:
    world.clock.freeze("2026-01-02T03:04:05Z")
    return create(".resilient", {"apiUrl": f"{URL}/", "orgId": "201"}, secrets=SECRETS)["id"]


def pushing(incident: Any, comments: Any = None) -> Any:
    params = {"incident": {"name": "disk full", **incident}, "comments": comments}
    return {"subAction": "pushToService", "subActionParams": params}


def named(sub_action: str) -> Any:
    return {"subAction": sub_action, "subActionParams": {}}


def requests(world: Any) -> Any:
    return [delivery["request"] for delivery in world.outbox.list(connector_type_id=".resilient")]


def test_an_incident_is_created_with_its_comments(world, resilient, execute):
    incident = {"description": "<b>sda</b>", "incidentTypes": [1001, "17"], "severityCode": 6}
    comments = [{"comment": "one", "commentId": "a"}, {"comment": "two", "commentId": "b"}]
    answer = execute(resilient, pushing(incident, comments)).json
    at = "2026-01-02T03:04:05.000Z"
    assert answer["data"] == {
        "id": "2095",
        "title": "2095",
        "url": f"{URL}/#incidents/2095",
        "pushedDate": at,
        "comments": [{"commentId": "a", "pushedDate": at}, {"commentId": "b", "pushedDate": at}],
    }
    create, *commented = requests(world)
    assert (create["method"], create["url"]) == ("POST", f"{ORG}/incidents{CONVERTED}")
    assert create["body"] == {
        "name": "disk full",
        "discovered_date": NOW,
        "description": {"format": "html", "content": "<b>sda</b>"},
        "incident_type_ids": [{"id": 1001}, {"id": 17}],
        "severity_code": {"id": 6},
    }
    assert create["headers"]["Authorization"] == "Basic [redacted]"
    assert [request["url"] for request in commented] == [f"{ORG}/incidents/2095/comments"] * 2
    assert commented[0]["body"] == {"text": {"format": "text", "content": "one"}}
    assert SECRETS["apiKeySecret"] not in str(world.outbox.list())
    kept = world.outbox.parties()["resilient"]["2095"]
    assert (kept["severity_code"], kept["incident_type_ids"]) == (6, [1001, 17])
    assert [comment["text"]["content"] for comment in kept["comments"]] == ["one", "two"]


def test_the_least_incident_has_a_name_and_no_comments(world, resilient, execute):
    answer = execute(resilient, pushing({})).json
    assert "comments" not in answer["data"]
    [create] = requests(world)
    assert create["body"] == {"name": "disk full", "discovered_date": NOW}


def test_an_incident_is_updated(world, resilient, execute):
    execute(resilient, pushing({"description": "old", "severityCode": 4}))
    world.clock.advance(60)
    answer = execute(
        resilient,
        pushing({"externalId": "2095", "description": "new", "severityCode": 5}),
    ).json
    assert answer["data"] == {
        "id": "2095",
        "title": "2095",
        "url": f"{URL}/#incidents/2095",
        "pushedDate": "2026-01-02T03:05:05.000Z",
    }
    _, get, fields, patch, again = requests(world)
    assert [(get["method"], get["url"])] == [("GET", f"{ORG}/incidents/2095{CONVERTED}")]
    assert fields["url"] == f"{ORG}/types/incident/fields"
    assert (patch["method"], patch["url"]) == ("PATCH", f"{ORG}/incidents/2095")
    assert again["url"] == get["url"]
    text = {"format": "html"}
    changes = {change["field"]["name"]: change for change in patch["body"]["changes"]}
    assert changes["name"]["new_value"] == {"text": "disk full"}
    assert changes["description"] == {
        "field": {"name": "description"},
        "old_value": {"textarea": {**text, "content": "old"}},
        "new_value": {"textarea": {**text, "content": "new"}},
    }
    assert changes["severity_code"]["old_value"] == {"id": 4}
    kept = world.outbox.parties()["resilient"]["2095"]
    assert (kept["description"]["content"], kept["severity_code"]) == ("new", 5)


MORE = {"additionalFields": {"resolution_summary": "done", "properties": {"region": "north"}}}


@pytest.mark.kibana_version("9.2.0")
def test_later_an_incident_has_fields_of_which_kibana_knows_nothing(
    kibana_version, world, resilient, execute
):
    assert execute(resilient, pushing(MORE)).json["status"] == "ok"
    fields, create = requests(world)
    assert fields["url"] == f"{ORG}/types/incident/fields"
    assert create["body"] == {
        "name": "disk full",
        "discovered_date": NOW,
        "resolution_summary": "done",
        "region": "north",
    }
    kept = world.outbox.parties()["resilient"]["2095"]
    assert (kept["resolution_summary"], kept["id"]) == ("done", 2095)


@pytest.mark.kibana_version("9.2.0")
def test_later_an_update_writes_fields_by_their_kinds(kibana_version, world, resilient, execute):
    execute(resilient, pushing({"description": "old", "severityCode": 4, "incidentTypes": [17]}))
    update = {"externalId": "2095", "description": "new", "severityCode": 5, "incidentTypes": [21]}
    more = {"additionalFields": {"discovered_date": 1}}
    assert execute(resilient, pushing({**update, **more})).json["status"] == "ok"
    [patch] = [request for request in requests(world) if request["method"] == "PATCH"]
    html = {"format": "html"}
    assert {each["field"]["name"]: each for each in patch["body"]["changes"]} == {
        name: {"field": {"name": name}, "old_value": old, "new_value": new}
        for name, old, new in [
            ("discovered_date", {"date": NOW}, {"date": 1}),
            ("name", {"text": "disk full"}, {"text": "disk full"}),
            (
                "description",
                {"textarea": {**html, "content": "old"}},
                {"textarea": {**html, "content": "new"}},
            ),
            ("incident_type_ids", {"ids": [17]}, {"ids": [21]}),
            ("severity_code", {"id": 4}, {"id": 5}),
        ]
    }
    kept = world.outbox.parties()["resilient"]["2095"]
    assert (kept["discovered_date"], kept["severity_code"]) == (1, 5)


@pytest.mark.kibana_version("9.2.0")
@pytest.mark.parametrize(
    ("incident", "text"),
    [
        ({"additionalFields": {"color": "red"}}, "No metadata found for field color"),
        (
            {"severityCode": 7},
            (
                "Invalid values provided to severity_code: [\n  7\n]. Accepted values: "
                '4 (for "Low"),5 (for "Medium"),6 (for "High")'
            ),
        ),
    ],
    ids=["field", "value"],
)
def test_later_an_update_refuses_what_resilient_does_not_have(
    kibana_version, resilient, execute, incident, text
):
    execute(resilient, pushing({}))
    answer = execute(resilient, pushing({"externalId": "2095", **incident})).json
    assert answer["service_message"] == (
        f"[Action][IBM Resilient]: Unable to update incident with id 2095. Error: {text}."
    )


def test_what_fields_may_hold_is_listed(resilient, execute):
    types = execute(resilient, named("incidentTypes")).json["data"]
    assert {"id": "17", "name": "Communication error (fax; email)"} in types
    assert execute(resilient, named("severity")).json["data"] == [
        {"id": "4", "name": "Low"},
        {"id": "5", "name": "Medium"},
        {"id": "6", "name": "High"},
    ]
    name, *_ = execute(resilient, named("getFields")).json["data"]
    assert name == {
        "name": "name",
        "input_type": "text",
        "read_only": False,
        "required": "always",
        "text": "Name",
        "prefix": None,
        "values": [],
    }


def thrown(id_: str, text: str) -> Any:
    return {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": f"[Action][IBM Resilient]: Unable to {text}.",
        "retry": True,
        "errorSource": "framework",
        "connector_id": id_,
    }


REASONS: list[tuple[Any, str]] = [
    ({"status": 401}, "Status code: 401. Message: Unauthorized API Error"),
    ({"status": 400, "body": {"message": "no"}}, "Status code: 400. Message: API Error: no"),
    ({"status": 502, "body": "no"}, "Status code: 502. Message: API Error: Bad Gateway"),
    ({"wire": "refused"}, "Status code: undefined. Message: Unknown API Error"),
]


@pytest.mark.parametrize(("what", "reason"), REASONS, ids=[str(row[0]) for row in REASONS])
@pytest.mark.parametrize(
    ("params", "unable"),
    [
        (pushing({}), "create incident"),
        (named("incidentTypes"), "get incident types"),
        (named("severity"), "get severity"),
        (named("getFields"), "get fields"),
    ],
    ids=["create", "types", "severity", "fields"],
)
def test_a_failure_is_thrown_with_what_could_not_be_done(
    world, resilient, execute, what, reason, params, unable
):
    world.faults.add({"match": {"backend": "resilient"}, "what": what})
    assert execute(resilient, params).json == thrown(resilient, f"{unable}. Error: {reason}")


def test_an_incident_that_is_not_there_cannot_be_updated(resilient, execute):
    text = (
        "update incident with id 7. Error: [Action][IBM Resilient]: Unable to get incident with "
        "id 7. Error: Status code: 404. Message: API Error: Unable to find incident with ID 7."
    )
    answer = execute(resilient, pushing({"externalId": "7"})).json
    assert answer == thrown(resilient, text)


def test_an_update_that_is_refused_is_thrown(world, resilient, execute):
    execute(resilient, pushing({}))
    body = {"success": False, "message": "conflict"}
    match = {"backend": "resilient", "method": "PATCH"}
    world.faults.add({"match": match, "what": {"status": 200, "body": body}})
    answer = execute(resilient, pushing({"externalId": "2095"})).json
    text = "update incident with id 2095. Error: Error while updating incident: conflict"
    assert answer == thrown(resilient, text)


def test_a_comment_that_fails_is_thrown(world, resilient, execute):
    match = {"backend": "resilient", "path": "*/comments"}
    world.faults.add({"match": match, "what": {"status": 401}})
    comments = [{"comment": "one", "commentId": "a"}]
    answer = execute(resilient, pushing({}, comments)).json
    text = (
        "create comment at incident with id 2095. Error: Status code: 401. Message: "
        "Unauthorized API Error"
    )
    assert answer == thrown(resilient, text)


@pytest.mark.kibana_version("8.19.0")
def test_the_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".resilient", {"apiUrl": URL, "orgId": "201"}, secrets=SECRETS)
    assert refused.json["message"] == (
        f'error validating action type config: error validating url: target url "{URL}" is not '
        "added to the Kibana config xpack.actions.allowedHosts"
    )
