"""Schemas as connectors declare them, against the sentences that Kibana answers."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.validation import Any as AnyValue
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    Literal,
    Maybe,
    Nullable,
    Number,
    Object,
    OneOf,
    RecordOf,
    Schema,
    String,
)

UNDEFINED = "expected value of type [string] but got [undefined]"
NUMBER = "expected value of type [string] but got [number]"
UNKNOWN = "definition for this key is missing"


class IndexConfig(Schema):
    index = String()
    refresh = Boolean(load_default=False)
    executionTimeField = Nullable(String())  # noqa: N815


class IndexParams(Schema):
    documents = ArrayOf(RecordOf(AnyValue()))
    indexOverride = Nullable(  # noqa: N815
        String(
            validate=lambda index: (
                None
                if index.startswith("kibana-alert-history-")
                else 'index must start with "kibana-alert-history-"'
            )
        )
    )


class LogParams(Schema):
    message = String()
    level = OneOf(
        [Literal(level) for level in ("trace", "debug", "info", "warn", "error", "fatal")],
        load_default="info",
    )


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
        (IndexConfig(), {"index": 666}, f"[index]: {NUMBER}"),
        (IndexConfig(), {}, f"[index]: {UNDEFINED}"),
        (IndexConfig(), {"indeX": "a"}, f"[index]: {UNDEFINED}"),
        (IndexConfig(), {"index": "a", "x": 1}, f"[x]: {UNKNOWN}"),
        *(
            (
                IndexConfig(),
                {"index": "a", "refresh": value},
                f"[refresh]: expected value of type [boolean] but got [{word}]",
            )
            for value, word in [("foo", "string"), (None, "null"), (0, "number"), ({}, "Object")]
        ),
        (
            IndexConfig(),
            {"index": "a", "executionTimeField": True},
            (
                "[executionTimeField]: types that failed validation:\n"
                "- [executionTimeField.0]: expected value of type [string] but got [boolean]\n"
                "- [executionTimeField.1]: expected value to equal [null]"
            ),
        ),
        (Object({}), {"key": 1}, f"[key]: {UNKNOWN}"),
        (
            IndexParams(),
            {},
            "[documents]: expected value of type [array] but got [undefined]",
        ),
        (IndexParams(), {"documents": [{}], "jim": "bob"}, f"[jim]: {UNKNOWN}"),
        (
            IndexParams(),
            {"documents": ["should be an object"]},
            "[documents.0]: could not parse record value from json input",
        ),
        (
            IndexParams(),
            {"documents": [{}, 5, "x"]},
            "[documents.1]: expected value of type [object] but got [number]",
        ),
        (
            IndexParams(),
            {"documents": 12},
            "[documents]: expected value of type [array] but got [number]",
        ),
        (
            IndexParams(),
            {"documents": {}},
            "[documents]: expected value of type [array] but got [Object]",
        ),
        (
            IndexParams(),
            {"documents": "test"},
            "[documents]: could not parse array value from json input",
        ),
        (
            IndexParams(),
            {"documents": [{}], "indexOverride": "foo"},
            (
                "[indexOverride]: types that failed validation:\n"
                '- [indexOverride.0]: index must start with "kibana-alert-history-"\n'
                "- [indexOverride.1]: expected value to equal [null]"
            ),
        ),
        (LogParams(), {}, f"[message]: {UNDEFINED}"),
        (LogParams(), {"message": 1}, f"[message]: {NUMBER}"),
        (LogParams(), {"message": "m", "level": 2}, LEVELS),
        (LogParams(), {"message": "m", "level": "foo"}, LEVELS),
        (LogParams(), {"message": "m", "level": None}, LEVELS),
    ],
)
def test_index_and_server_log_are_refused(
    sentence: Any, schema: Schema, value: Any, text: str
) -> None:
    assert sentence(schema, value) == text


@pytest.mark.parametrize(
    ("schema", "value", "loaded"),
    [
        (
            IndexConfig(),
            {"index": "x"},
            {"index": "x", "refresh": False, "executionTimeField": None},
        ),
        (
            IndexConfig(),
            {"executionTimeField": "t", "refresh": "TRUE", "index": ""},
            {"index": "", "refresh": True, "executionTimeField": "t"},
        ),
        (IndexParams(), {"documents": []}, {"documents": [], "indexOverride": None}),
        (
            IndexParams(),
            {"documents": ['{"a":1}'], "indexOverride": "kibana-alert-history-x"},
            {"documents": [{"a": 1}], "indexOverride": "kibana-alert-history-x"},
        ),
        (
            IndexParams(),
            {"documents": '[{"a":1},"{}"]'},
            {"documents": [{"a": 1}, {}], "indexOverride": None},
        ),
        (LogParams(), {"message": ""}, {"message": "", "level": "info"}),
        (LogParams(), {"level": "fatal", "message": "m"}, {"message": "m", "level": "fatal"}),
    ],
)
def test_index_and_server_log_are_loaded(schema: Schema, value: Any, loaded: Any) -> None:
    assert schema.load(value) == loaded


def test_documents_are_passed_on_uncopied() -> None:
    documents = [{"n": n} for n in range(10_000)]
    assert IndexParams().load({"documents": documents})["documents"] is documents


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
