"""The Jira connector's config, secrets and params: what is taken, and how the rest is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

CONFIG = {"apiUrl": "https://jira.example.com", "projectKey": "CK"}
SECRETS = {"email": "elastic@example.com", "apiToken": "changeme"}
IN_CONFIG = "error validating action type config: "
IN_SECRETS = "error validating action type secrets: "
STRING = "expected value of type [string] but got"
NOTHING = f"{STRING} [undefined]"
NO_KEY = "definition for this key is missing"
ACTIONS = (
    "getFields",
    "getIncident",
    "handshake",
    "pushToService",
    "issueTypes",
    "fieldsByIssueType",
    "issues",
    "issue",
)
CONTRACTS = ("documented", "observed")


@pytest.fixture
def jira(create: Any) -> str:
    """The id of a Jira connector."""
    return str(create(".jira", CONFIG, secrets=SECRETS)["id"])


@pytest.fixture
def push(execute: Any, jira: str) -> Any:
    """Push an incident and return the answer."""

    def push(incident: Any, comments: Any = None) -> Any:
        params = {"incident": incident} | ({} if comments is None else {"comments": comments})
        return execute(jira, {"subAction": "pushToService", "subActionParams": params})

    return push


# Config and secrets


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (None, f"[apiUrl]: {NOTHING}"),
        ({}, f"[apiUrl]: {NOTHING}"),
        ({"projectKey": "CK"}, f"[apiUrl]: {NOTHING}"),
        ({"apiUrl": "https://jira.example.com"}, f"[projectKey]: {NOTHING}"),
        ({**CONFIG, "apiUrl": 666}, f"[apiUrl]: {STRING} [number]"),
        ({**CONFIG, "projectKey": None}, f"[projectKey]: {STRING} [null]"),
        ({**CONFIG, "foo": "bar"}, f"[foo]: {NO_KEY}"),
        ({"foo": 1, "apiUrl": 1}, f"[apiUrl]: {STRING} [number]"),
        ({**CONFIG, "incidentConfiguration": {}}, f"[incidentConfiguration]: {NO_KEY}"),
    ],
    ids=str,
)
@pytest.mark.kibana_version("8.19.0")
def test_a_config_that_does_not_fit_is_refused_before_the_secrets(world, post, config, message):
    before = world.store.digest()
    answer = post(".jira", config)
    assert (answer.status_code, answer.json) == (
        400,
        {"statusCode": 400, "error": "Bad Request", "message": IN_CONFIG + message},
    )
    assert world.store.digest() == before


@pytest.mark.parametrize(
    ("secrets", "message"),
    [
        (None, f"[email]: {NOTHING}"),
        ({}, f"[email]: {NOTHING}"),
        ({"apiToken": "t"}, f"[email]: {NOTHING}"),
        ({"email": "a@example.com"}, f"[apiToken]: {NOTHING}"),
        ({"email": 1, "apiToken": 2}, f"[email]: {STRING} [number]"),
        ({**SECRETS, "clientId": "x"}, f"[clientId]: {NO_KEY}"),
    ],
    ids=str,
)
@pytest.mark.kibana_version("8.19.0")
def test_secrets_that_do_not_fit_are_refused(world, post, secrets, message):
    before = world.store.digest()
    answer = post(".jira", CONFIG, **({} if secrets is None else {"secrets": secrets}))
    assert (answer.status_code, answer.json) == (
        400,
        {"statusCode": 400, "error": "Bad Request", "message": IN_SECRETS + message},
    )
    assert world.store.digest() == before


def test_the_config_is_shown_and_the_secrets_are_not(client, create):
    connector_id = create(".jira", CONFIG, secrets=SECRETS)["id"]
    shown = client.get(f"/api/actions/connector/{connector_id}")
    assert shown.json["config"] == CONFIG
    assert "changeme" not in shown.text
    assert "elastic@example.com" not in shown.text


def test_kibana_lists_what_the_connector_type_is(client):
    [shown] = [
        row for row in client.get("/api/actions/connector_types").json if row["id"] == ".jira"
    ]
    assert (shown["name"], shown["minimum_license_required"]) == ("Jira", "gold")
    assert shown["supported_feature_ids"] == ["alerting", "cases", "uptime", "siem"]
    assert shown["is_system_action_type"] is False


# Params: the texts


def sentence(number: int | None = None, line: str = "") -> str:
    """Return Kibana's text, with the line of the alternative that `number` counts replaced.

    A line without a number is the whole text.
    """
    if line and number is None:
        return f"error validating action params: {line}"
    lines = [
        f"- [{at}.subAction]: expected value to equal [{name}]" for at, name in enumerate(ACTIONS)
    ]
    if number is not None:
        lines[number] = f"- [{number}.{line}"
    return "\n".join(
        ["error validating action params: types that failed validation:", *lines],
    )


def branches(path: str, first: str, inner: str = "") -> str:
    """Return the line of a value that may be null and is something else."""
    path = f"subActionParams.{path}"
    return (
        f"{path}]: types that failed validation:\n"
        f" - [{path}.0{inner}]: {first}\n"
        f" - [{path}.1]: expected value to equal [null]"
    )


def pushed(incident: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "subAction": "pushToService",
        "subActionParams": {"incident": {"summary": "s", **(incident or {})}, **more},
    }


def test_the_sentence_is_the_eight_lines():
    assert sentence() == (
        "error validating action params: types that failed validation:\n"
        "- [0.subAction]: expected value to equal [getFields]\n"
        "- [1.subAction]: expected value to equal [getIncident]\n"
        "- [2.subAction]: expected value to equal [handshake]\n"
        "- [3.subAction]: expected value to equal [pushToService]\n"
        "- [4.subAction]: expected value to equal [issueTypes]\n"
        "- [5.subAction]: expected value to equal [fieldsByIssueType]\n"
        "- [6.subAction]: expected value to equal [issues]\n"
        "- [7.subAction]: expected value to equal [issue]"
    )


# config-schema throws where a literal is absent, and what it throws is the whole text.
THROWN = "Cannot destructure property 'Symbol(Symbol.iterator)' of 'undefined' as it is undefined."
SUMMARY = f"subActionParams.incident.summary]: {NOTHING}"
INCIDENT = "incident.{}"
FORBIDDEN = "The following properties cannot be defined inside otherFields: {}."
ROWS: dict[str, tuple[Any, int | None, str]] = {
    "no params": ({}, None, THROWN),
    "unknown sub-action": ({"subAction": "unknown"}, None, ""),
    "sub-action a number": ({"subAction": 1}, None, ""),
    "push without params": ({"subAction": "pushToService"}, 3, SUMMARY),
    "push without incident": ({"subAction": "pushToService", "subActionParams": {}}, 3, SUMMARY),
    "push without summary": (
        {"subAction": "pushToService", "subActionParams": {"incident": {}}},
        3,
        SUMMARY,
    ),
    "push of nothing but comments": (
        {"subAction": "pushToService", "subActionParams": {"comments": []}},
        3,
        SUMMARY,
    ),
    "getIncident without params": (
        {"subAction": "getIncident"},
        1,
        f"subActionParams.externalId]: {NOTHING}",
    ),
    "getIncident without externalId": (
        {"subAction": "getIncident", "subActionParams": {}},
        1,
        f"subActionParams.externalId]: {NOTHING}",
    ),
    "getIncident with a number": (
        {"subAction": "getIncident", "subActionParams": {"externalId": 71778}},
        1,
        f"subActionParams.externalId]: {STRING} [number]",
    ),
    "fieldsByIssueType without id": (
        {"subAction": "fieldsByIssueType"},
        5,
        f"subActionParams.id]: {NOTHING}",
    ),
    "fieldsByIssueType with a number": (
        {"subAction": "fieldsByIssueType", "subActionParams": {"id": 10024}},
        5,
        f"subActionParams.id]: {STRING} [number]",
    ),
    "issues without title": (
        {"subAction": "issues", "subActionParams": {}},
        6,
        f"subActionParams.title]: {NOTHING}",
    ),
    "issue without id": (
        {"subAction": "issue", "subActionParams": {}},
        7,
        f"subActionParams.id]: {NOTHING}",
    ),
    "an unknown key of the incident": (
        pushed({"severity": 1}),
        3,
        f"subActionParams.incident.severity]: {NO_KEY}",
    ),
    "an unknown key comes after the known ones": (
        pushed({"severity": 1, "summary": None}),
        3,
        f"subActionParams.incident.summary]: {STRING} [null]",
    ),
    "a key where there is none": (
        {"subAction": "issueTypes", "subActionParams": {"foo": "bar"}},
        4,
        f"subActionParams.foo]: {NO_KEY}",
    ),
    "a key for getFields": (
        {"subAction": "getFields", "subActionParams": {"foo": "bar"}},
        0,
        f"subActionParams.foo]: {NO_KEY}",
    ),
    "a key beside incident and comments": (
        pushed(savedObjectId="x"),
        3,
        f"subActionParams.savedObjectId]: {NO_KEY}",
    ),
    "a key beside the sub-action": ({"subAction": "issueTypes", "foo": 1}, 4, f"foo]: {NO_KEY}"),
    "params null": (
        {"subAction": "issue", "subActionParams": None},
        7,
        "subActionParams]: expected a plain object value, but found [null] instead.",
    ),
    "params a number": (
        {"subAction": "issue", "subActionParams": 1},
        7,
        "subActionParams]: expected a plain object value, but found [number] instead.",
    ),
    "params an array": (
        {"subAction": "issue", "subActionParams": []},
        7,
        "subActionParams]: expected a plain object value, but found [Array] instead.",
    ),
    "params an array as JSON": (
        {"subAction": "issue", "subActionParams": "[]"},
        7,
        "subActionParams]: expected a plain object value, but found [Array] instead.",
    ),
    "params no JSON": (
        {"subAction": "pushToService", "subActionParams": "{"},
        3,
        "subActionParams]: could not parse object value from json input",
    ),
    "incident no JSON": (
        {"subAction": "pushToService", "subActionParams": {"incident": "x"}},
        3,
        "subActionParams.incident]: could not parse object value from json input",
    ),
    "summary a number": (
        pushed({"summary": 1}),
        3,
        f"subActionParams.incident.summary]: {STRING} [number]",
    ),
    "summary null": (
        pushed({"summary": None}),
        3,
        f"subActionParams.incident.summary]: {STRING} [null]",
    ),
    "labels a number": (
        pushed({"labels": 1}),
        3,
        branches("incident.labels", "expected value of type [array] but got [number]"),
    ),
    "a label a number": (
        pushed({"labels": ["a", 1]}),
        3,
        branches("incident.labels", f"{STRING} [number]", ".1"),
    ),
    "a label with spaces": (
        pushed({"labels": ["label with spaces"]}),
        3,
        branches("incident.labels", "The label label with spaces cannot contain spaces", ".0"),
    ),
    "a label with a line's end": (
        pushed({"labels": ["ok", "a\nb"]}),
        3,
        branches("incident.labels", "The label a\nb cannot contain spaces", ".1"),
    ),
    "a label with a byte order mark": (
        pushed({"labels": ["\ufeff"]}),
        3,
        branches("incident.labels", "The label \ufeff cannot contain spaces", ".0"),
    ),
    "a comment without an id": (
        pushed(comments=[{"comment": "c"}]),
        3,
        branches("comments", NOTHING, ".0.commentId"),
    ),
    "a comment without a text": (
        pushed(comments=[{"commentId": "1"}]),
        3,
        branches("comments", NOTHING, ".0.comment"),
    ),
    "a comment without either": (
        pushed(comments=[{}]),
        3,
        branches("comments", NOTHING, ".0.comment"),
    ),
    "the second comment": (
        pushed(comments=[{"comment": "c", "commentId": "1"}, {"comment": None, "commentId": "1"}]),
        3,
        branches("comments", f"{STRING} [null]", ".1.comment"),
    ),
    "a comment's id a fraction": (
        pushed(comments=[{"comment": "c", "commentId": 1.5}]),
        3,
        branches("comments", f"{STRING} [number]", ".0.commentId"),
    ),
    "a comment's id a boolean": (
        pushed(comments=[{"comment": "c", "commentId": True}]),
        3,
        branches("comments", f"{STRING} [boolean]", ".0.commentId"),
    ),
    "comments an object": (
        pushed(comments={}),
        3,
        branches("comments", "expected value of type [array] but got [Object]"),
    ),
    "comments no JSON": (
        pushed(comments="["),
        3,
        branches("comments", "could not parse array value from json input"),
    ),
    "more than 20 other fields": (
        pushed({"otherFields": {f"f{number}": 1 for number in range(21)}}),
        3,
        branches(
            "incident.otherFields",
            "A maximum of 20 fields in otherFields can be defined at a time.",
        ),
    ),
    "other fields a number": (
        pushed({"otherFields": 1}),
        3,
        branches("incident.otherFields", "expected value of type [object] but got [number]"),
    ),
    "title a number": (pushed({"title": 1}), 3, f"subActionParams.incident.title]: {NO_KEY}"),
    "issue type a boolean": (
        pushed({"issueType": True}),
        3,
        branches("incident.issueType", f"{STRING} [boolean]"),
    ),
    "issue type a fraction": (
        pushed({"issueType": 10006.5}),
        3,
        branches("incident.issueType", f"{STRING} [number]"),
    ),
    **{
        f"{key} a number": (
            pushed({key: 1}),
            3,
            branches(f"incident.{key}", f"{STRING} [number]"),
        )
        for key in ("description", "externalId", "priority", "parent")
    },
    **{
        f"{key} in other fields": (
            pushed({"otherFields": {"ok": 1, key: "x"}}),
            3,
            branches("incident.otherFields", FORBIDDEN.format(key), f'.key("{key}")'),
        )
        for key in (
            "summary",
            "description",
            "externalId",
            "issueType",
            "priority",
            "labels",
            "parent",
            "otherFields",
        )
    },
}


@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize(("params", "number", "line"), ROWS.values(), ids=list(ROWS))
@pytest.mark.kibana_version("8.19.0")
def test_params_that_do_not_fit_are_an_outcome(
    world, execute, jira, contract, params, number, line
):
    world.settings = replace(world.settings, contract=contract)
    before = world.store.digest()
    answer = execute(jira, params)
    assert answer.json == {
        "status": "error",
        "message": sentence(number, line),
        "errorSource": "user",
        "connector_id": jira,
        "retry": False,
    }
    assert "x-mock-warning" not in answer.headers
    assert world.store.digest() == before


# What the documentation promises and Kibana refuses

LENIENCIES = {
    "issue type": (
        pushed({"issueType": 10006}),
        "integer-issue-type",
        branches("incident.issueType", f"{STRING} [number]"),
    ),
    "title": (
        pushed({"title": "for the knowledge base"}),
        "incident-title",
        f"subActionParams.incident.title]: {NO_KEY}",
    ),
    "title null": (
        pushed({"title": None}),
        "incident-title",
        f"subActionParams.incident.title]: {NO_KEY}",
    ),
    "comment id": (
        pushed(comments=[{"comment": "c", "commentId": 1}]),
        "integer-comment-id",
        branches("comments", f"{STRING} [number]", ".0.commentId"),
    ),
    "one of the comment ids": (
        pushed(
            comments=[
                {"comment": "c", "commentId": "1"},
                {"comment": "d", "commentId": 2},
            ]
        ),
        "integer-comment-id",
        branches("comments", f"{STRING} [number]", ".1.commentId"),
    ),
    "all of them": (
        pushed(
            {"issueType": 10006, "title": "t"},
            comments=[{"comment": "c", "commentId": 1}],
        ),
        "integer-issue-type, incident-title, integer-comment-id",
        branches("incident.issueType", f"{STRING} [number]"),
    ),
}


@pytest.mark.parametrize(("params", "codes", "line"), LENIENCIES.values(), ids=list(LENIENCIES))
def test_documented_params_run_with_a_warning(world, execute, jira, params, codes, line):
    answer = execute(jira, params)
    assert answer.json["status"] == "ok", answer.text
    assert answer.headers["x-mock-warning"] == codes


@pytest.mark.parametrize(("params", "codes", "line"), LENIENCIES.values(), ids=list(LENIENCIES))
@pytest.mark.kibana_version("8.19.0")
def test_observed_refuses_what_is_only_documented(world, execute, jira, params, codes, line):
    world.settings = replace(world.settings, contract="observed")
    before = world.store.digest()
    answer = execute(jira, params)
    assert answer.json["message"] == sentence(3, line)
    assert "x-mock-warning" not in answer.headers
    assert world.store.digest() == before


def as_json(where: str, params: dict[str, Any]) -> Any:
    """Write a part of the params as a string of JSON."""
    inner = params["subActionParams"]
    incident, comments = inner["incident"], inner["comments"]
    if where == "incident":
        incident = json.dumps(incident)
    elif where == "comments":
        comments = json.dumps(comments)
    elif where == "comment":
        comments = [json.dumps(comment) for comment in comments]
    inner = {"incident": incident, "comments": comments}
    if where == "subActionParams":
        inner = json.dumps(inner)
    params = {"subAction": "pushToService", "subActionParams": inner}
    return json.dumps(params) if where == "params" else params


@pytest.mark.parametrize(
    "where", ["nothing", "comment", "comments", "incident", "subActionParams", "params"]
)
@pytest.mark.kibana_version("8.19.0")
def test_parts_of_the_params_may_be_strings_that_hold_json(client, execute, jira, where):
    params = pushed(
        {"issueType": 10023, "title": "t"},
        comments=[{"comment": "a", "commentId": 7}, {"comment": "b", "commentId": "x"}],
    )
    answer = execute(jira, as_json(where, params))
    assert answer.json["status"] == "ok", answer.text
    assert answer.headers["x-mock-warning"] == (
        "integer-issue-type, incident-title, integer-comment-id"
    )
    comments = answer.json["data"]["comments"]
    assert [comment["commentId"] for comment in comments] == ["7", "x"]
    issue = client.get("/_mock/jira/rest/api/2/issue/CK-1").json
    assert issue["fields"]["issuetype"]["id"] == "10023"
    assert issue["fields"]["summary"] == "s"
    assert [comment["body"] for comment in issue["fields"]["comment"]["comments"]] == ["a", "b"]


@pytest.mark.kibana_version("8.19.0")
def test_strings_of_json_run_under_the_observed_contract_too(world, execute, jira):
    world.settings = replace(world.settings, contract="observed")
    params = pushed(comments=[{"comment": "a", "commentId": "7"}])
    answer = execute(jira, as_json("subActionParams", params))
    assert answer.json["status"] == "ok", answer.text
    assert "x-mock-warning" not in answer.headers


def test_a_title_is_not_sent_to_jira(client, push):
    push({"summary": "s", "title": "secret title"})
    assert "secret title" not in client.get("/_mock/jira/rest/api/2/issue/CK-1").text


def test_plain_params_are_run_without_a_warning(push):
    answer = push({"summary": "s", "issueType": "10006"}, [{"comment": "c", "commentId": "1"}])
    assert "x-mock-warning" not in answer.headers


@pytest.mark.kibana_version("8.19.0")
def test_only_the_params_of_a_push_are_accommodated(execute, jira):
    answer = execute(jira, {"subAction": "issue", "subActionParams": {"incident": {"title": "x"}}})
    assert answer.json["message"] == sentence(7, f"subActionParams.id]: {NOTHING}")
    assert "x-mock-warning" not in answer.headers


# What passes


@pytest.mark.parametrize("name", ["getFields", "issueTypes", "handshake"])
@pytest.mark.parametrize("more", [{}, {"subActionParams": {}}, {"subActionParams": "{}"}], ids=str)
@pytest.mark.kibana_version("8.19.0")
def test_three_sub_actions_need_no_params(execute, jira, name, more):
    answer = execute(jira, {"subAction": name, **more})
    assert not answer.json.get("message", "").startswith("error validating")


@pytest.mark.parametrize(
    "incident",
    [
        {"summary": ""},
        {"summary": "s", "labels": ["a\x1cb", "c\x85d"]},
        {"summary": "s", "otherFields": {f"f{number}": 1 for number in range(20)}},
        {"summary": "s", "otherFields": '{"f": 1}'},
        {"summary": "s", "labels": '["a"]'},
        dict.fromkeys(
            ("description", "externalId", "issueType", "priority", "labels", "parent"), None
        )
        | {"summary": "s", "otherFields": None},
    ],
    ids=str,
)
@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.kibana_version("8.19.0")
def test_an_incident_that_fits_comes_to_jira(world, push, incident, contract):
    world.settings = replace(world.settings, contract=contract)
    answer = push(incident)
    assert not answer.json.get("message", "").startswith("error validating")
