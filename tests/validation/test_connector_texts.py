"""Schemas as connectors declare them, against the sentences that Kibana answers."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.connectors.index import Index
from mockkibana.connectors.server_log import ServerLog
from mockkibana.validation import (
    ArrayOf,
    Field,
    Literal,
    Maybe,
    Number,
    Object,
    OneOf,
    RecordOf,
    Schema,
    String,
    load,
)

UNDEFINED = "expected value of type [string] but got [undefined]"
NUMBER = "expected value of type [string] but got [number]"
UNKNOWN = "definition for this key is missing"


LEVELS = (
    "[level]: types that failed validation:\n"
    "- [level.0]: expected value to equal [trace]\n"
    "- [level.1]: expected value to equal [debug]\n"
    "- [level.2]: expected value to equal [info]\n"
    "- [level.3]: expected value to equal [warn]\n"
    "- [level.4]: expected value to equal [error]\n"
    "- [level.5]: expected value to equal [fatal]"
)


@pytest.mark.parametrize(
    ("schema", "value", "text"),
    [
        (Index.config, {"index": 666}, f"[index]: {NUMBER}"),
        (Index.config, {}, f"[index]: {UNDEFINED}"),
        (Index.config, {"indeX": "a"}, f"[index]: {UNDEFINED}"),
        (Index.config, {"index": "a", "x": 1}, f"[x]: {UNKNOWN}"),
        *(
            (
                Index.config,
                {"index": "a", "refresh": value},
                f"[refresh]: expected value of type [boolean] but got [{word}]",
            )
            for value, word in [("foo", "string"), (None, "null"), (0, "number"), ({}, "Object")]
        ),
        (
            Index.config,
            {"index": "a", "executionTimeField": True},
            (
                "[executionTimeField]: types that failed validation:\n"
                "- [executionTimeField.0]: expected value of type [string] but got [boolean]\n"
                "- [executionTimeField.1]: expected value to equal [null]"
            ),
        ),
        (ServerLog.config, {"key": 1}, f"[key]: {UNKNOWN}"),
        (
            Index.params,
            {},
            "[documents]: expected value of type [array] but got [undefined]",
        ),
        (Index.params, {"documents": [{}], "jim": "bob"}, f"[jim]: {UNKNOWN}"),
        (
            Index.params,
            {"documents": ["should be an object"]},
            "[documents.0]: could not parse record value from json input",
        ),
        (
            Index.params,
            {"documents": [{}, 5, "x"]},
            "[documents.1]: expected value of type [object] but got [number]",
        ),
        (
            Index.params,
            {"documents": 12},
            "[documents]: expected value of type [array] but got [number]",
        ),
        (
            Index.params,
            {"documents": {}},
            "[documents]: expected value of type [array] but got [Object]",
        ),
        (
            Index.params,
            {"documents": "test"},
            "[documents]: could not parse array value from json input",
        ),
        (
            Index.params,
            {"documents": [{}], "indexOverride": "foo"},
            (
                "[indexOverride]: types that failed validation:\n"
                '- [indexOverride.0]: index must start with "kibana-alert-history-"\n'
                "- [indexOverride.1]: expected value to equal [null]"
            ),
        ),
        (ServerLog.params, {}, f"[message]: {UNDEFINED}"),
        (ServerLog.params, {"message": 1}, f"[message]: {NUMBER}"),
        (ServerLog.params, {"message": "m", "level": 2}, LEVELS),
        (ServerLog.params, {"message": "m", "level": "foo"}, LEVELS),
        (ServerLog.params, {"message": "m", "level": None}, LEVELS),
    ],
)
def test_index_and_server_log_are_refused(
    sentence: Any, schema: Field | Schema, value: Any, text: str
) -> None:
    assert sentence(schema, value) == text


@pytest.mark.parametrize(
    ("schema", "value", "loaded"),
    [
        (
            Index.config,
            {"index": "x"},
            {"index": "x", "refresh": False, "executionTimeField": None},
        ),
        (
            Index.config,
            {"executionTimeField": "t", "refresh": "TRUE", "index": ""},
            {"index": "", "refresh": True, "executionTimeField": "t"},
        ),
        (Index.params, {"documents": []}, {"documents": [], "indexOverride": None}),
        (
            Index.params,
            {"documents": ['{"a":1}'], "indexOverride": "kibana-alert-history-x"},
            {"documents": [{"a": 1}], "indexOverride": "kibana-alert-history-x"},
        ),
        (
            Index.params,
            {"documents": '[{"a":1},"{}"]'},
            {"documents": [{"a": 1}, {}], "indexOverride": None},
        ),
        (ServerLog.params, {"message": ""}, {"message": "", "level": "info"}),
        (ServerLog.params, {"level": "fatal", "message": "m"}, {"message": "m", "level": "fatal"}),
    ],
)
def test_index_and_server_log_are_loaded(schema: Field | Schema, value: Any, loaded: Any) -> None:
    assert load(schema, value) == loaded


def test_documents_are_passed_on_uncopied() -> None:
    documents = [{"n": n} for n in range(10_000)]
    assert load(Index.params, {"documents": documents})["documents"] is documents


RESPONDER_TYPES = ("team", "user", "escalation", "schedule")
RESPONDER_TYPE = OneOf([Literal(word) for word in RESPONDER_TYPES])
ALERT = Object(
    {
        "responders": Maybe(
            ArrayOf(
                OneOf(
                    [
                        Object({"name": String(), "type": RESPONDER_TYPE}),
                        Object({"id": String(), "type": RESPONDER_TYPE}),
                        Object({"username": String(), "type": Literal("user")}),
                    ]
                )
            )
        ),
        "visibleTo": Maybe(
            ArrayOf(
                OneOf(
                    [
                        Object({"name": String(), "type": Literal("team")}),
                        Object({"id": String(), "type": Literal("team")}),
                        Object({"id": String(), "type": Literal("user")}),
                        Object({"username": String(), "type": Literal("user")}),
                    ]
                )
            )
        ),
        "details": Maybe(RecordOf(String(), keys=String())),
    }
)


@pytest.mark.parametrize(
    ("params", "lines"),
    [
        (
            {"responders": [{"name": "sam", "type": "invalid"}]},
            [
                "[responders.0]: types that failed validation:",
                "- [responders.0.0.type]: types that failed validation:",
                " - [responders.0.type.0]: expected value to equal [team]",
                " - [responders.0.type.1]: expected value to equal [user]",
                " - [responders.0.type.2]: expected value to equal [escalation]",
                " - [responders.0.type.3]: expected value to equal [schedule]",
                f"- [responders.0.1.id]: {UNDEFINED}",
                f"- [responders.0.2.username]: {UNDEFINED}",
            ],
        ),
        (
            {"visibleTo": [{"name": "sam", "type": "user"}]},
            [
                "[visibleTo.0]: types that failed validation:",
                "- [visibleTo.0.0.type]: expected value to equal [team]",
                f"- [visibleTo.0.1.id]: {UNDEFINED}",
                f"- [visibleTo.0.2.id]: {UNDEFINED}",
                f"- [visibleTo.0.3.username]: {UNDEFINED}",
            ],
        ),
        ({"details": {"bananas": 5}}, [f"[details.bananas]: {NUMBER}"]),
    ],
)
def test_opsgenie_alerts_are_refused(sentence: Any, params: Any, lines: list[str]) -> None:
    assert sentence(ALERT, params) == "\n".join(lines)


PROVIDERS = OneOf(
    [
        Object({"apiProvider": OneOf([Literal("Azure OpenAI")]), "apiUrl": String()}),
        Object(
            {
                "apiProvider": OneOf([Literal("OpenAI")]),
                "apiUrl": String(),
                "defaultModel": String(load_default="gpt-4.1"),
            }
        ),
    ]
)


@pytest.mark.parametrize(
    ("config", "lines"),
    [
        (
            {},
            [
                "- [0.apiProvider]: expected at least one defined value but got [undefined]",
                "- [1.apiProvider]: expected at least one defined value but got [undefined]",
            ],
        ),
        (
            {"apiProvider": "OpenAI"},
            [
                "- [0.apiProvider]: expected value to equal [Azure OpenAI]",
                f"- [1.apiUrl]: {UNDEFINED}",
            ],
        ),
    ],
)
def test_an_openai_config_is_refused(sentence: Any, config: Any, lines: list[str]) -> None:
    assert sentence(PROVIDERS, config) == "\n".join(["types that failed validation:", *lines])


def test_a_tines_webhook_needs_its_keys_in_order(sentence: Any) -> None:
    webhook = Object({"id": Number(), "name": String(), "storyId": Number(), "path": String()})
    value = {"webhook": {"storyId": 1, "id": "7", "name": "n"}}
    assert sentence(Object({"webhook": Maybe(webhook)}), value) == f"[webhook.path]: {UNDEFINED}"
