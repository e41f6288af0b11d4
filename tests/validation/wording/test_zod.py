"""The sentences of connector types' schemas from 9.3 on: compact at first, then pretty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from mockkibana import validation as v
from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.settings.release import release_of
from mockkibana.validation import Failure, Refused, load, missing
from mockkibana.validation.failure import several
from mockkibana.validation.releases import of_type
from mockkibana.validation.wording import javascript_error, type_sentence

COMPACT, FIRST_PRETTY, PRETTY = release_of("9.3.0"), release_of("9.4.0"), release_of("9.5.0")
TYPES = ConnectorTypes()


def said(type_id: str, part: str, value: Any, release: Any) -> str:
    with pytest.raises(Refused) as caught:
        load(of_type(getattr(TYPES.get(type_id), part), release), value)
    return type_sentence(caught.value.failure, release)


def block(message: str, place: str = "") -> str:
    return f"✖ {message}" + (f"\n  → at {place}" if place else "")


def expected(type_: str, received: str, place: str = "") -> str:
    return block(f"Invalid input: expected {type_}, received {received}", place)


def push(incident: Any = missing, **others: Any) -> Any:
    incident = {"summary": "s"} if incident is missing else incident
    return {"subAction": "pushToService", "subActionParams": {"incident": incident, **others}}


LEVELS = ("trace", "debug", "info", "warn", "error", "fatal")
OF_LEVELS = " | ".join(f"'{level}'" for level in LEVELS)
NO_LEVEL = block(
    "Invalid option: expected one of " + "|".join(f'"{level}"' for level in LEVELS), "level"
)
ACTIONS = (
    "'getFields' | 'getIncident' | 'handshake' | 'pushToService' | 'issueTypes' | "
    "'fieldsByIssueType' | 'issues' | 'issue'"
)
NO_HISTORY = 'index must start with "kibana-alert-history-"'
INCIDENT = "subActionParams.incident"
COMMENT = "subActionParams.comments"
FORBIDDEN = "The following properties cannot be defined inside otherFields"
MANY = dict.fromkeys(map(str, range(21)))
TOO_MANY = "A maximum of 20 fields in otherFields can be defined at a time."


@pytest.mark.parametrize(
    ("type_id", "part", "value", "compact", "pretty"),
    [
        (".index", "config", {"index": 666},
         'Field "index": Expected string, received number', expected("string", "number", "index")),
        (".index", "config", {},
         'Field "index": Required', expected("string", "undefined", "index")),
        (".index", "config", {"indeX": "a"},
         ("2 errors:\n [1]: Unrecognized key(s) in object: 'indeX';\n"
          ' [2]: Field "index": Required'),
         block('Unrecognized key: "indeX"') + "\n" + expected("string", "undefined", "index")),
        (".index", "config", {"index": "i", "KEY": 1},
         "Unrecognized key(s) in object: 'KEY'", block('Unrecognized key: "KEY"')),
        (".index", "config", {"index": "i", "refresh": "true"},
         'Field "refresh": Expected boolean, received string',
         expected("boolean", "string", "refresh")),
        (".index", "config", {"index": "i", "executionTimeField": True},
         'Field "executionTimeField": Expected string, received boolean',
         expected("string", "boolean", "executionTimeField")),
        (".index", "secrets", {"KEY": 1},
         "Unrecognized key(s) in object: 'KEY'", block('Unrecognized key: "KEY"')),
        (".index", "params", {},
         'Field "documents": Required', expected("array", "undefined", "documents")),
        (".index", "params", {"documents": [5, "x", {}]},
         ('2 errors:\n [1]: Field "documents.0": Expected object, received number;\n'
         ' [2]: Field "documents.1": Expected object, received string'),
         expected("record", "number", "documents[0]") + "\n"
         + expected("record", "string", "documents[1]")),
        (".index", "params", {"documents": [5] * 7},
         "7 errors:\n" + ";\n".join(
             f' [{n + 1}]: Field "documents.{n}": Expected object, received number'
             for n in range(5)) + ";\n [6]: and 2 more",
         "\n".join(expected("record", "number", f"documents[{n}]") for n in range(7))),
        (".index", "params", {"documents": "[{}]"},
         'Field "documents": Expected array, received string',
         expected("array", "string", "documents")),
        (".index", "params", {"documents": [{}], "indexOverride": ""},
         f'Field "indexOverride": {NO_HISTORY}', block(NO_HISTORY, "indexOverride")),
        (".server-log", "params", {},
         'Field "message": Required', expected("string", "undefined", "message")),
        (".server-log", "params", {"message": "m", "level": "foo"},
         f"Field \"level\": Invalid enum value. Expected {OF_LEVELS}, received 'foo'", NO_LEVEL),
        (".server-log", "params", {"message": "m", "level": 2},
         f'Field "level": Expected {OF_LEVELS}, received number', NO_LEVEL),
        (".server-log", "params", {"message": "m", "level": None},
         f'Field "level": Expected {OF_LEVELS}, received null', NO_LEVEL),
        (".jira", "config", {},
         '2 errors:\n [1]: Field "apiUrl": Required;\n [2]: Field "projectKey": Required',
         expected("string", "undefined", "apiUrl") + "\n"
         + expected("string", "undefined", "projectKey")),
        (".jira", "params", {},
         f'Field "subAction": Invalid discriminator value. Expected {ACTIONS}',
         block(f"Invalid discriminator value. Expected {ACTIONS}", "subAction")),
        (".jira", "params", {"subAction": "issueTypes"},
         'Field "subActionParams": Required', expected("object", "undefined", "subActionParams")),
        (".jira", "params", {"subAction": "getFields", "subActionParams": "{}"},
         'Field "subActionParams": Expected object, received string',
         expected("object", "string", "subActionParams")),
        (".jira", "params", {"subAction": "pushToService", "subActionParams": {}},
         f'Field "{INCIDENT}": Required', expected("object", "undefined", INCIDENT)),
        (".jira", "params", push({}),
         f'Field "{INCIDENT}.summary": Required',
         expected("string", "undefined", f"{INCIDENT}.summary")),
        (".jira", "params", push({"summary": "s", "title": "t"}),
         f"Field \"{INCIDENT}\": Unrecognized key(s) in object: 'title'",
         block('Unrecognized key: "title"', INCIDENT)),
        (".jira", "params", {**push(), "foo": 1},
         "Unrecognized key(s) in object: 'foo'", block('Unrecognized key: "foo"')),
        (".jira", "params", push({"summary": "s", "labels": ["a b"]}),
         f'Field "{INCIDENT}.labels.0": The label a b cannot contain spaces',
         block("The label a b cannot contain spaces", f"{INCIDENT}.labels[0]")),
        (".jira", "params", push(comments=[{"comment": "c", "commentId": 1}]),
         f'Field "{COMMENT}.0.commentId": Expected string, received number',
         expected("string", "number", f"{COMMENT}[0].commentId")),
        (".jira", "params", push({"summary": "s", "otherFields": MANY}),
         f'Field "{INCIDENT}.otherFields": {TOO_MANY}', block(TOO_MANY, f"{INCIDENT}.otherFields")),
        (".jira", "params", push({"summary": "s", "otherFields": {"summary": 1, "labels": 2}}),
         (f'2 errors:\n [1]: Field "{INCIDENT}.otherFields.summary": {FORBIDDEN}: summary.;\n'
         f' [2]: Field "{INCIDENT}.otherFields.labels": {FORBIDDEN}: labels.'),
         block(f"{FORBIDDEN}: summary.", f"{INCIDENT}.otherFields.summary") + "\n"
         + block(f"{FORBIDDEN}: labels.", f"{INCIDENT}.otherFields.labels")),
        (".jira", "params", push({"summary": "s", "otherFields": "tru"}),
         (f'Field "{INCIDENT}.otherFields": Unexpected end of JSON input, '
         "Expected object, received string"),
         block("Unexpected end of JSON input", f"{INCIDENT}.otherFields")),
    ],
)  # fmt: skip
def test_a_connector_type_says_all_that_is_wrong_with_a_value(
    type_id: str, part: str, value: Any, compact: str, pretty: str
) -> None:
    assert said(type_id, part, value, COMPACT) == compact
    assert said(type_id, part, value, PRETTY) == pretty


def test_the_first_release_of_zod_4_does_not_name_the_words_of_a_discriminator() -> None:
    assert said(".jira", "params", {}, FIRST_PRETTY) == block("Invalid input", "subAction")


EVERY = several(
    [
        Failure("min", 1, 0, ("n",)),
        Failure("max", 1.5, 2, ("n",)),
        Failure("min_length", 1, "", ("s",)),
        Failure("max_length", 3, "xxxx", ("s",)),
        Failure("min_size", 1, [], ("a",)),
        Failure("max_size", 2, [1, 2, 3], ("a",)),
        Failure("format", "url", "x", ("u",)),
        Failure("format", "email", "x", ("u",)),
        Failure("literal", "x", 5, ("l",)),
        Failure("literals", ("x", 1), True, ("l",)),
        Failure("union", None, 5, ("o",), (Failure("literal", 1, 5), Failure("type", "array", 5))),
        Failure("union", "Neither.", 5, ("o",), (Failure("type", "string", 5),) * 2),
        Failure("custom", "Not so.", 5, ("c", "x-y", "", "é", "$a_1")),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("release", "lines"),
    [
        (COMPACT, [
            "Number must be greater than or equal to 1",
            "Number must be less than or equal to 1.5",
            "String must contain at least 1 character(s)",
            "String must contain at most 3 character(s)",
            "Array must contain at least 1 element(s)",
            "Array must contain at most 2 element(s)",
            "Invalid url", "Invalid email",
            'Invalid literal value, expected "x"', "Expected 'x' | 1, received boolean",
            "Invalid input", "Neither.", "Not so.",
        ]),
        (PRETTY, [
            "Too small: expected number to be >=1",
            "Too big: expected number to be <=1.5",
            "Too small: expected string to have >=1 characters",
            "Too big: expected string to have <=3 characters",
            "Too small: expected array to have >=1 items",
            "Too big: expected array to have <=2 items",
            "Invalid URL", "Invalid email address",
            'Invalid input: expected "x"', 'Invalid option: expected one of "x"|1',
            "Invalid input", "Neither.", "Not so.",
        ]),
    ],
    ids=["9.3", "9.5"],
)  # fmt: skip
def test_every_kind_of_failure_has_its_words(release: Any, lines: Sequence[str]) -> None:
    assert [type_sentence(each, release).partition('": ')[2] or
            type_sentence(each, release).partition("✖ ")[2].partition("\n")[0]
            for each in EVERY.branches] == list(lines)  # fmt: skip


def test_a_place_is_written_as_javascript_would_reach_it() -> None:
    failure = Failure("custom", "t", path=("a", 0, "x-y", "", "é", "$b_1"))
    assert type_sentence(failure, PRETTY) == block("t", 'a[0]["x-y"].["é"].$b_1')
    assert type_sentence(failure, COMPACT) == 'Field "a.0.x-y..é.$b_1": t'


def test_the_compact_text_leaves_out_what_is_below_a_field_with_a_problem_of_its_own() -> None:
    failure = several(
        [Failure("custom", "inner", path=("a", "b")), Failure("custom", "own", path=("a",))]
    )
    assert type_sentence(failure, COMPACT) == 'Field "a": own'
    assert type_sentence(failure, PRETTY) == block("own", "a") + "\n" + block("inner", "a.b")


UNION = v.OneOf([v.Object({"a": v.String()}), v.Object({"b": v.String(min_length=1)})])


@pytest.mark.parametrize(
    ("value", "compact", "pretty"),
    [
        ({"b": ""}, 'Field "b": String must contain at least 1 character(s)',
         block("Too small: expected string to have >=1 characters", "b")),
        ({"a": "", "b": "x", "c": 1}, "Unrecognized key(s) in object: 'b', 'c'",
         block("Invalid input")),
        ({}, "Invalid input", block("Invalid input")),
    ],
    ids=["one has the type", "unknown keys", "none"],
)  # fmt: skip
def test_a_union_speaks_for_the_only_alternative_that_has_the_right_type(
    value: Any, compact: str, pretty: str
) -> None:
    for release, text in ((COMPACT, compact), (PRETTY, pretty)):
        with pytest.raises(Refused) as caught:
            load(of_type(UNION, release), value)
        assert type_sentence(caught.value.failure, release) == text


def test_an_error_of_zod_prints_its_issues_as_indented_json() -> None:
    failure = Failure("type", "string", missing, ("message", 0))
    assert javascript_error(failure, COMPACT) == (
        '[\n  {\n    "code": "invalid_type",\n    "expected": "string",\n'
        '    "received": "undefined",\n    "path": [\n      "message",\n      0\n    ],\n'
        '    "message": "Required"\n  }\n]'
    )
    assert javascript_error(failure, PRETTY) == (
        '[\n  {\n    "expected": "string",\n    "code": "invalid_type",\n'
        '    "path": [\n      "message",\n      0\n    ],\n'
        '    "message": "Invalid input: expected string, received undefined"\n  }\n]'
    )
