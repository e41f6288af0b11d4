"""The ServiceNow ITSM connector: incidents by both APIs, OAuth, and what it says of failures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://acme.service-now.com"
TABLE = f"{URL}/api/now/v2/table/incident"
IMPORT = f"{URL}/api/now/import/x_elas2_inc_int_elastic_incident"
HEALTH = f"{URL}/api/x_elas2_inc_int/elastic_api/health"
BASIC = {"username": "ann", "password": "secret-of-ann"}
OAUTH = {
    "isOAuth": True,
    "clientId": "client",
    "jwtKeyId": "key",
    "userIdentifierValue": "ann@example.com",
}
OAUTH_SECRETS = {"clientSecret": "secret-of-client", "privateKey": "secret-of-the-key"}
SUMMARY = {"short_description": "disk full"}


@pytest.fixture
def servicenow(world, create) -> Any:
    world.clock.freeze("2026-01-02T03:04:05.678Z")

    def servicenow(secrets: Any = None, **config: Any) -> str:
        made = create(".servicenow", {"apiUrl": f"{URL}/", **config}, secrets=secrets or BASIC)
        return made["id"]

    return servicenow


def push(comments: Any = None, **incident: Any) -> Any:
    params = {"incident": {**SUMMARY, **incident}, "comments": comments}
    return {"subAction": "pushToService", "subActionParams": params}


def close(**incident: Any) -> Any:
    return {"subAction": "closeIncident", "subActionParams": {"incident": incident}}


def sent(world: Any) -> list[tuple[str, str]]:
    requests = [delivery["request"] for delivery in world.outbox.list()]
    return [(request["method"], request["url"]) for request in requests]


def rows(world: Any, table: str = "incident") -> list[Any]:
    kept = world.outbox.parties().get("servicenow", {}).values()
    return [row for row in kept if row["sys_class_name"] == table]


@pytest.mark.kibana_version("8.19.0")
def test_an_incident_is_created_by_the_table_api(world, servicenow, execute):
    data = execute(servicenow(), push(urgency="2")).json["data"]
    assert data == {
        "title": "INC0010001",
        "id": data["id"],
        "pushedDate": "2026-01-02T03:04:05.000Z",
        "url": f"{URL}/nav_to.do?uri=incident.do?sys_id={data['id']}",
    }
    assert sent(world) == [("POST", TABLE), ("GET", f"{TABLE}/{data['id']}")]
    created, _ = world.outbox.list()
    assert created["request"]["body"] == {
        "short_description": "disk full",
        "description": None,
        "category": None,
        "subcategory": None,
        "correlation_id": None,
        "correlation_display": None,
        "severity": None,
        "urgency": "2",
        "impact": None,
        "caller_id": "ann",
        "opened_by": "ann",
    }
    assert created["request"]["headers"]["Authorization"] == "Basic [redacted]"
    assert "secret-of" not in str(world.outbox.list())
    [row] = rows(world)
    assert (row["sys_id"], row["number"], row["state"]) == (data["id"], "INC0010001", "1")
    assert (row["urgency"], row["description"]) == ("2", "")
    assert row["sys_created_on"] == "2026-01-02 03:04:05"


@pytest.mark.parametrize("uses_table_api", [True, False], ids=["table", "import set"])
def test_an_incident_is_updated_and_gets_comments(world, servicenow, execute, uses_table_api):
    id_ = servicenow(usesTableApi=uses_table_api)
    incident = execute(id_, push()).json["data"]["id"]
    world.clock.advance(60)
    comments = [{"comment": "full", "commentId": "7"}, {"comment": "empty", "commentId": "8"}]
    data = execute(id_, push(comments, externalId=incident, impact="3")).json["data"]
    now = "2026-01-02T03:05:05.000Z"
    assert (data["id"], data["title"], data["pushedDate"]) == (incident, "INC0010001", now)
    assert data["comments"] == [
        {"commentId": "7", "pushedDate": now},
        {"commentId": "8", "pushedDate": now},
    ]
    [row] = rows(world)
    assert (row["impact"], row["work_notes"]) == ("3", ["full", "empty"])
    assert row["sys_updated_on"] == "2026-01-02 03:05:05"


@pytest.mark.kibana_version("8.19.0", "9.5.0")
def test_additional_fields_go_into_an_import_set_alone(kibana_version, world, servicenow, execute):
    more = {"additional_fields": {"u_cmdb_ci": "host", "u_short_description": "other"}}
    id_ = servicenow(usesTableApi=False)
    comment = [{"comment": "c", "commentId": "1"}]
    answer = execute(id_, push(comment, correlation_id="k", **more)).json
    assert answer["status"] == "ok"
    bodies = [delivery["request"]["body"] for delivery in world.outbox.list()]
    imported = [body for body in bodies if body and "u_short_description" in body]
    assert [body["u_cmdb_ci"] for body in imported] == ["host", "host"]
    assert [body["u_short_description"] for body in imported] == ["disk full"] * 2
    assert not any("u_additional_fields" in body for body in imported)
    text = execute(servicenow(), push(**more)).json["service_message"]
    assert "ServiceNow additional fields are not supported for deprecated connectors." in text
    assert execute(servicenow(), push(additional_fields=None)).json["status"] == "ok"


def test_an_import_set_asks_for_the_app_first(world, servicenow, execute):
    id_ = servicenow(usesTableApi=False)
    incident = execute(id_, push()).json["data"]["id"]
    assert sent(world) == [("GET", HEALTH), ("POST", IMPORT), ("GET", f"{TABLE}/{incident}")]
    _, imported, _ = world.outbox.list()
    assert imported["request"]["body"]["u_short_description"] == "disk full"
    assert imported["request"]["body"]["u_caller_id"] == "ann"
    assert imported["response"]["body"] == {
        "import_set": "ISET0010001",
        "staging_table": "x_elas2_inc_int_elastic_incident",
        "result": [
            {
                "transform_map": "Elastic Incident",
                "table": "incident",
                "status": "inserted",
                "display_name": "number",
                "display_value": "INC0010001",
                "record_link": f"{URL}/api/now/table/incident/{incident}",
                "sys_id": incident,
            }
        ],
    }
    execute(id_, push(externalId=incident))
    update = world.outbox.list()[4]["request"]["body"]
    assert update["elastic_incident_id"] == incident
    assert "u_caller_id" not in update


@pytest.mark.parametrize("by", ["externalId", "correlation_id"])
def test_an_incident_is_closed_once(world, servicenow, execute, by):
    id_ = servicenow(usesTableApi=False)
    made = execute(id_, push(correlation_id="rule:1")).json["data"]
    execute(id_, push(correlation_id="rule:2"))
    world.clock.advance(60)
    which = {by: made["id"] if by == "externalId" else "rule:1"}
    data = execute(id_, close(**which)).json["data"]
    assert data == {**made, "pushedDate": "2026-01-02T03:05:05.000Z"}
    closed, other = rows(world)
    assert (closed["state"], closed["close_code"], closed["close_notes"]) == (
        "7",
        "Closed/Resolved by Caller",
        "Closed by Caller",
    )
    assert other["state"] == "1"
    world.clock.advance(60)
    assert execute(id_, close(**which)).json["data"] == data
    assert rows(world)[0]["sys_updated_on"] == "2026-01-02 03:05:05"


@pytest.mark.parametrize("which", [{"externalId": "0"}, {"correlation_id": "rule:9"}], ids=str)
def test_nothing_is_closed_where_there_is_nothing(servicenow, execute, which):
    id_ = servicenow()
    answer = {"status": "ok", "data": {}, "connector_id": id_}
    assert execute(id_, close(**which)).json == answer


def test_fields_and_choices_are_told(world, servicenow, execute):
    id_ = servicenow()
    fields = execute(id_, {"subAction": "getFields", "subActionParams": {}}).json["data"]
    assert fields[0] == {
        "column_label": "Short description",
        "mandatory": "false",
        "max_length": "160",
        "element": "short_description",
    }
    params = {"subAction": "getChoices", "subActionParams": {"fields": ["urgency", "subcategory"]}}
    choices = execute(id_, params).json["data"]
    assert choices[0] == {
        "dependent_value": "",
        "label": "1 - High",
        "value": "1",
        "element": "urgency",
    }
    assert {choice["element"] for choice in choices} == {"urgency", "subcategory"}
    assert {"software", "hardware", "network"} <= {c["dependent_value"] for c in choices}
    assert sent(world) == [
        (
            "GET",
            (
                f"{URL}/api/now/table/sys_dictionary?sysparm_query=name=task^ORname=incident"
                "^internal_type=string&active=true&array=false&read_only=false"
                "&sysparm_fields=max_length,element,column_label,mandatory"
            ),
        ),
        (
            "GET",
            (
                f"{URL}/api/now/table/sys_choice?sysparm_query=name=task^ORname=incident"
                "^element=urgency^ORelement=subcategory^language=en"
                "&sysparm_fields=label,value,dependent_value,element"
            ),
        ),
    ]


def test_getting_an_incident_asks_nobody_and_a_handshake_is_not_implemented(
    world, servicenow, execute
):
    id_ = servicenow()
    params = {"subAction": "getIncident", "subActionParams": {"externalId": "1"}}
    assert execute(id_, params).json["data"] == {}
    answer = execute(id_, {"subAction": "handshake", "subActionParams": {}}).json
    assert answer["service_message"] == (
        "[Action][ExternalService] subAction handshake not implemented."
    )
    assert world.outbox.list() == []


def test_a_token_is_granted_and_used_until_it_expires(world, servicenow, execute):
    id_ = servicenow(OAUTH_SECRETS, **OAUTH)
    granted = ("POST", f"{URL}/oauth_token.do")
    assert execute(id_, push()).json["status"] == "ok"
    assert sent(world)[0] == granted
    token, created, _ = world.outbox.list()
    assert token["request"]["headers"]["Content-Type"] == (
        "application/x-www-form-urlencoded; charset=UTF-8"
    )
    assert (
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
        in (token["request"]["body"])
    )
    assert token["response"]["body"] == {
        "access_token": "[redacted]",
        "scope": "useraccount",
        "token_type": "Bearer",
        "expires_in": 1799,
    }
    assert created["request"]["headers"]["Authorization"] == "[redacted]"
    assert created["request"]["body"]["caller_id"] is None
    assert "secret-of" not in str(world.outbox.list())
    world.clock.advance(1798)
    execute(id_, push())
    assert sent(world).count(granted) == 1
    world.clock.advance(1)
    assert execute(id_, push()).json["status"] == "ok"
    assert sent(world).count(granted) == 2


def test_a_token_that_is_refused_is_forgotten(world, servicenow, execute):
    id_ = servicenow(OAUTH_SECRETS, **OAUTH)
    execute(id_, push())
    with world.store.transaction() as transaction:
        transaction.drop("outbox.of/servicenow/tokens")
    assert execute(id_, push()).json["service_message"] == (
        "[Action][ServiceNow]: Unable to create incident. Error: Request failed with status code "
        "401 Reason: User Not Authenticated: Required to provide Auth information"
    )
    assert execute(id_, push()).json["status"] == "ok"


def test_a_token_that_is_not_granted_is_said(world, servicenow, execute):
    body = {"error": "invalid_grant", "error_description": "User not found"}
    match = {"backend": "servicenow", "path": "/oauth_token.do"}
    world.faults.add({"match": match, "what": {"status": 401, "body": body}})
    id_ = servicenow(OAUTH_SECRETS, **OAUTH)
    assert execute(id_, push()).json["service_message"] == (
        '[Action][ServiceNow]: Unable to create incident. Error: {"error":"invalid_grant",'
        '"error_description":"User not found"} Reason: unknown: errorResponse was null'
    )


NULL = " Reason: unknown: errorResponse was null"
NO_RESULT = (
    f"There is an issue with your Service Now Instance. Please check acme.service-now.com.{NULL}"
)
FAILURES: list[tuple[Any, str]] = [
    (
        {"status": 400, "body": {"error": {"message": "Bad", "detail": "field"}}},
        "Request failed with status code 400 Reason: Bad: field",
    ),
    (
        {"status": 500, "body": {"error": {"message": "Bad", "detail": None}}},
        "Request failed with status code 500 Reason: Bad: null",
    ),
    (
        {"status": 502, "body": "<html>"},
        "Request failed with status code 502 Reason: unknown: no error in error response",
    ),
    ({"wire": "refused"}, f"connect ECONNREFUSED acme.service-now.com:443{NULL}"),
    ({"status": 200, "body": {}}, NO_RESULT),
    ({"status": 200, "body": "hibernating"}, NO_RESULT),
]
STEPS = [
    (push(), "Unable to create incident"),
    (push(externalId="1"), "Unable to update incident with id 1"),
    ({"subAction": "getFields", "subActionParams": {}}, "Unable to get fields"),
    ({"subAction": "getChoices", "subActionParams": {"fields": []}}, "Unable to get choices"),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0]) for row in FAILURES])
@pytest.mark.parametrize(("params", "step"), STEPS, ids=[row[1] for row in STEPS])
def test_a_failure_is_thrown_with_its_reason(world, servicenow, execute, params, step, what, text):
    world.faults.add({"match": {"backend": "servicenow"}, "what": what})
    id_ = servicenow()
    assert execute(id_, params).json == {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": f"[Action][ServiceNow]: {step}. Error: {text}",
        "retry": True,
        "errorSource": "framework",
        "connector_id": id_,
    }


def test_an_unknown_incident_is_not_updated(world, servicenow, execute):
    reason = "No Record found: Record doesn't exist or ACL restricts the record retrieval"
    assert execute(servicenow(), push(externalId="9")).json["service_message"] == (
        "[Action][ServiceNow]: Unable to update incident with id 9. Error: Request failed with "
        f"status code 404 Reason: {reason}"
    )
    assert rows(world) == []


def test_an_unknown_incident_is_not_imported(servicenow, execute):
    answer = execute(servicenow(usesTableApi=False), push(externalId="9")).json
    assert answer["service_message"] == (
        "[Action][ServiceNow]: Unable to update incident with id 9. Error: No Record found with "
        f"id 9{NULL}"
    )


NESTED = [
    (
        "/api/x_elas2_inc_int/*",
        {"status": 404, "body": {}},
        (
            "[Action][ServiceNow]: Unable to get application version. Error: Request failed with "
            "status code 404 Reason: unknown: no error in error response Reason: unknown: no "
            "error in error response"
        ),
    ),
    ("/api/now/import/*", {"status": 201, "body": {"result": []}}, f"Unexpected result{NULL}"),
    (
        "/api/now/import/*",
        {"status": 201, "body": {"result": {}}},
        f"Cannot read properties of undefined (reading 'status'){NULL}",
    ),
    (
        "/api/now/v2/table/incident/*",
        {"status": 200, "body": {"result": {"sys_created_on": "soon"}}},
        f"Invalid time value{NULL}",
    ),
]


@pytest.mark.parametrize(("path", "what", "text"), NESTED)
def test_a_step_of_an_import_says_why_it_fails(world, servicenow, execute, path, what, text):
    world.faults.add({"match": {"backend": "servicenow", "path": path}, "what": what})
    answer = execute(servicenow(usesTableApi=False), push()).json
    assert answer["service_message"] == (
        f"[Action][ServiceNow]: Unable to create incident. Error: {text}"
    )


def test_an_incident_that_has_no_id_gets_no_comments(world, servicenow, execute):
    match = {"backend": "servicenow", "path": "/api/now/v2/table/incident/*", "method": "GET"}
    world.faults.add({"match": match, "what": {"status": 200, "body": {"result": {}}}})
    comments = [{"comment": "full", "commentId": "7"}]
    answer = execute(servicenow(), push(comments)).json["service_message"]
    assert answer.startswith(
        "[Action][ServiceNow]: Unable to update incident with id undefined. Error: Request failed "
        "with status code 404 Reason: No Record found: "
    )


@pytest.mark.parametrize(
    ("which", "text"),
    [
        ({}, f"No correlationId or incidentId found.{NULL}"),
        (
            {"externalId": " "},
            (
                "[Action][ServiceNow]: Unable to get incident with id  . Error: Incident id is "
                f"empty.{NULL}{NULL}"
            ),
        ),
        (
            {"correlation_id": " "},
            (
                "[Action][ServiceNow]: Unable to get incident by correlation ID  . Error: "
                f"Correlation ID is empty.{NULL}{NULL}"
            ),
        ),
    ],
    ids=str,
)
@pytest.mark.kibana_version("8.19.0")
def test_what_names_no_incident_is_not_closed(servicenow, execute, which, text):
    assert execute(servicenow(), close(**which)).json["service_message"] == (
        f"[Action][ServiceNow]: Unable to close incident. Error: {text}"
    )


def test_the_table_api_is_deprecated(create):
    config = {"apiUrl": URL}
    assert create(".servicenow", config, secrets=BASIC)["is_deprecated"] is True
    config["usesTableApi"] = False
    assert create(".servicenow", config, secrets=BASIC)["is_deprecated"] is False


@pytest.mark.kibana_version("8.19.0")
def test_its_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".servicenow", {"apiUrl": URL}, secrets=BASIC)
    assert refused.json["message"] == (
        "error validating action type config: error configuring connector action: target url "
        f'"{URL}" is not added to the Kibana config xpack.actions.allowedHosts'
    )
