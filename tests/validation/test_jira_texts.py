"""The Jira connector's params as a schema, against the sentences that Kibana answers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mockkibana.validation import Any as AnyValue
from mockkibana.validation import (
    ArrayOf,
    Literal,
    Nullable,
    Object,
    OneOf,
    RecordOf,
    Schema,
    String,
    missing,
)

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


def no_spaces(label: str) -> str | None:
    return f"The label {label} cannot contain spaces" if re.search(r"\s", label) else None


def not_reserved(key: str) -> str | None:
    if key not in RESERVED:
        return None
    return f"The following properties cannot be defined inside otherFields: {key}."


def at_most_twenty(record: dict[str, Any]) -> str | None:
    if len(record) <= 20:
        return None
    return "A maximum of 20 fields in otherFields can be defined at a time."


class Incident(Schema):
    summary = String()
    description = Nullable(String())
    externalId = Nullable(String())  # noqa: N815 - the name on the wire
    issueType = Nullable(String())  # noqa: N815
    priority = Nullable(String())
    labels = Nullable(ArrayOf(String(validate=no_spaces)))
    parent = Nullable(String())
    otherFields = Nullable(  # noqa: N815
        RecordOf(AnyValue(), keys=String(validate=not_reserved), validate=at_most_twenty)
    )


class Comment(Schema):
    comment = String()
    commentId = String()  # noqa: N815


class PushToService(Schema):
    incident = Object(Incident())
    comments = Nullable(ArrayOf(Comment()))


ACTIONS: dict[str, Schema | dict[str, Any]] = {
    "getFields": {},
    "getIncident": {"externalId": String()},
    "handshake": {},
    "pushToService": PushToService(),
    "issueTypes": {},
    "fieldsByIssueType": {"id": String()},
    "issues": {"title": String()},
    "issue": {"id": String()},
}
JIRA = OneOf(
    [
        Object({"subAction": Literal(name), "subActionParams": Object(params)})
        for name, params in ACTIONS.items()
    ]
)
NAMES = list(ACTIONS)


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


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({}, jira_text()),
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
    assert JIRA.deserialize(params) == loaded
