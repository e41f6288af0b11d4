"""The params of the `.jira` connector, against the sentences that Kibana answers."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.connectors.jira import Jira
from mockkibana.validation import load, missing

JIRA = Jira.params
RESERVED = {
    "summary",
    "description",
    "externalId",
    "issueType",
    "priority",
    "labels",
    "parent",
    "otherFields",
}


NAMES = [
    "getFields",
    "getIncident",
    "handshake",
    "pushToService",
    "issueTypes",
    "fieldsByIssueType",
    "issues",
    "issue",
]


def jira_text(name: str | None = None, *lines: str) -> str:
    rows = [
        f"- [{n}.subAction]: expected value to equal [{other}]" for n, other in enumerate(NAMES)
    ]
    if name is not None:
        index = NAMES.index(name)
        rows[index] = "\n".join([f"- [{index}.{lines[0]}", *(f" - [{line}" for line in lines[1:])])
    return "\n".join(["types that failed validation:", *rows])


def push(*lines: str) -> str:
    first, *rest = lines
    return jira_text(
        "pushToService", f"subActionParams.{first}", *(f"subActionParams.{line}" for line in rest)
    )


def sent(incident: Any = missing, **others: Any) -> dict[str, Any]:
    incident = {"summary": "s"} if incident is missing else incident
    return {"subAction": "pushToService", "subActionParams": {"incident": incident, **others}}


UNION = "types that failed validation:"
UNDEFINED = "expected value of type [string] but got [undefined]"
NUMBER = "expected value of type [string] but got [number]"
UNKNOWN = "definition for this key is missing"
THROWN = "Cannot destructure property 'Symbol(Symbol.iterator)' of 'undefined' as it is undefined."


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({}, THROWN),
        ({"subActionParams": {}}, THROWN),
        ({"subAction": "unknown"}, jira_text()),
        ({"subAction": None}, jira_text()),
        ({"subAction": 1, "subActionParams": {}}, jira_text()),
        ({"subAction": "pushToService"}, push(f"incident.summary]: {UNDEFINED}")),
        (
            {"subAction": "pushToService", "subActionParams": {}},
            push(f"incident.summary]: {UNDEFINED}"),
        ),
        (sent({}), push(f"incident.summary]: {UNDEFINED}")),
        (
            {"subAction": "getIncident"},
            jira_text("getIncident", f"subActionParams.externalId]: {UNDEFINED}"),
        ),
        (
            {"subAction": "getIncident", "subActionParams": {}},
            jira_text("getIncident", f"subActionParams.externalId]: {UNDEFINED}"),
        ),
        (
            {"subAction": "fieldsByIssueType", "subActionParams": {}},
            jira_text("fieldsByIssueType", f"subActionParams.id]: {UNDEFINED}"),
        ),
        (
            {"subAction": "issues", "subActionParams": {}},
            jira_text("issues", f"subActionParams.title]: {UNDEFINED}"),
        ),
        (
            {"subAction": "issue", "subActionParams": {}},
            jira_text("issue", f"subActionParams.id]: {UNDEFINED}"),
        ),
        (
            {"subAction": "fieldsByIssueType", "subActionParams": {"id": 10006}},
            jira_text("fieldsByIssueType", f"subActionParams.id]: {NUMBER}"),
        ),
        (sent({"title": "t", "summary": "s"}), push(f"incident.title]: {UNKNOWN}")),
        (sent({"title": "t"}), push(f"incident.summary]: {UNDEFINED}")),
        (
            {"subAction": "issueTypes", "subActionParams": {"foo": 1}},
            jira_text("issueTypes", f"subActionParams.foo]: {UNKNOWN}"),
        ),
        (sent(savedObjectId="x"), push(f"savedObjectId]: {UNKNOWN}")),
        *(
            (
                {"subAction": "issue", "subActionParams": value},
                jira_text(
                    "issue",
                    f"subActionParams]: expected a plain object value, but found [{word}] instead.",
                ),
            )
            for value, word in [(None, "null"), (1, "number"), ([], "Array"), ("[1]", "Array")]
        ),
        (
            {"subAction": "pushToService", "subActionParams": "text"},
            jira_text(
                "pushToService", "subActionParams]: could not parse object value from json input"
            ),
        ),
        (sent({"summary": 1}), push(f"incident.summary]: {NUMBER}")),
        (
            sent({"summary": None}),
            push("incident.summary]: expected value of type [string] but got [null]"),
        ),
        *(
            (
                sent({"summary": "s", key: 10006}),
                push(
                    f"incident.{key}]: {UNION}",
                    f"incident.{key}.0]: {NUMBER}",
                    f"incident.{key}.1]: expected value to equal [null]",
                ),
            )
            for key in ("description", "externalId", "issueType", "priority", "parent")
        ),
        (
            sent({"summary": "s", "labels": 1}),
            push(
                f"incident.labels]: {UNION}",
                "incident.labels.0]: expected value of type [array] but got [number]",
                "incident.labels.1]: expected value to equal [null]",
            ),
        ),
        (
            sent({"summary": "s", "labels": ["fine", 5]}),
            push(
                f"incident.labels]: {UNION}",
                f"incident.labels.0.1]: {NUMBER}",
                "incident.labels.1]: expected value to equal [null]",
            ),
        ),
        (
            sent({"summary": "s", "labels": ["label with spaces"]}),
            push(
                f"incident.labels]: {UNION}",
                "incident.labels.0.0]: The label label with spaces cannot contain spaces",
                "incident.labels.1]: expected value to equal [null]",
            ),
        ),
        *(
            (
                sent(comments=[comment]),
                push(
                    f"comments]: {UNION}",
                    f"comments.0.0.{key}]: {text}",
                    "comments.1]: expected value to equal [null]",
                ),
            )
            for comment, key, text in [
                ({"comment": "c"}, "commentId", UNDEFINED),
                ({"commentId": "1"}, "comment", UNDEFINED),
                ({"comment": "c", "commentId": 1}, "commentId", NUMBER),
            ]
        ),
        (
            sent({"summary": "s", "otherFields": {str(n): n for n in range(21)}}),
            push(
                f"incident.otherFields]: {UNION}",
                "incident.otherFields.0]: A maximum of 20 fields in otherFields can be defined"
                " at a time.",
                "incident.otherFields.1]: expected value to equal [null]",
            ),
        ),
        *(
            (
                sent({"summary": "s", "otherFields": {key: 1}}),
                push(
                    f"incident.otherFields]: {UNION}",
                    f'incident.otherFields.0.key("{key}")]: The following properties cannot be'
                    f" defined inside otherFields: {key}.",
                    "incident.otherFields.1]: expected value to equal [null]",
                ),
            )
            for key in sorted(RESERVED)
        ),
    ],
)
def test_jira_params_are_refused(sentence: Any, params: Any, text: str) -> None:
    assert sentence(JIRA, params) == text


DEFAULTS = dict.fromkeys(sorted(RESERVED - {"summary"}))


@pytest.mark.parametrize(
    ("params", "loaded"),
    [
        ({"subAction": "issueTypes"}, {"subAction": "issueTypes", "subActionParams": {}}),
        (
            {"subAction": "issue", "subActionParams": '{"id":"1"}'},
            {"subAction": "issue", "subActionParams": {"id": "1"}},
        ),
        (sent(), sent({"summary": "s", **DEFAULTS}, comments=None)),
        (
            sent({"summary": "", "otherFields": '{ "foo": "bar" }', "labels": []}, comments=[]),
            sent(
                {**DEFAULTS, "summary": "", "otherFields": {"foo": "bar"}, "labels": []},
                comments=[],
            ),
        ),
        (
            sent({"summary": "s", "otherFields": {str(n): n for n in range(20)}}),
            sent(
                {"summary": "s", **DEFAULTS, "otherFields": {str(n): n for n in range(20)}},
                comments=None,
            ),
        ),
    ],
    ids=["no params", "json", "defaults", "empty", "twenty"],
)
def test_jira_params_are_loaded(params: Any, loaded: Any) -> None:
    assert load(JIRA, params) == loaded
