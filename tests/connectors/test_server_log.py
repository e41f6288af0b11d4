"""The server log connector: params, and what is in Kibana's log afterwards."""

from __future__ import annotations

import datetime

import pytest
import time_machine

LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"]
LEVEL = """[level]: types that failed validation:
- [level.0]: expected value to equal [trace]
- [level.1]: expected value to equal [debug]
- [level.2]: expected value to equal [info]
- [level.3]: expected value to equal [warn]
- [level.4]: expected value to equal [error]
- [level.5]: expected value to equal [fatal]"""
STRING = "expected value of type [string] but got"


@pytest.fixture
def connector_id(create) -> str:
    return create(".server-log")["id"]


@pytest.mark.parametrize("part", ["config", "secrets"])
@pytest.mark.kibana_version("8.19.0")
def test_there_is_neither_config_nor_secrets(post, part):
    assert post(".server-log").json["config"] == {}
    answer = post(".server-log", **{part: {"KEY": 1}})
    assert (answer.status_code, answer.json["message"]) == (
        400,
        f"error validating action type {part}: [KEY]: definition for this key is missing",
    )


@pytest.mark.parametrize("level", LEVELS)
def test_the_message_is_logged_at_its_level(world, execute, connector_id, level):
    answer = execute(connector_id, {"level": level, "message": "Test warning message"})
    assert answer.text == f'{{"status":"ok","connector_id":"{connector_id}"}}'
    [line] = world.log.lines
    assert (line.level, line.logger, line.message) == (
        level,
        "plugins.actions.server-log",
        "Server log: Test warning message",
    )


def test_without_a_level_it_is_info(world, execute, connector_id):
    execute(connector_id, {"message": ""})
    assert [(line.level, line.message) for line in world.log.lines] == [("info", "Server log: ")]


def test_the_line_has_the_worlds_time(world, execute, connector_id):
    now = datetime.datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=datetime.UTC)
    with time_machine.travel(now, tick=False):
        execute(connector_id, {"message": "m"})
    assert world.log.lines[0].time == now


@pytest.mark.parametrize(
    ("message", "logged"),
    [
        ("a\nb", "a;b"),
        ("a\r\nb", "a;;b"),
        ("\x00\x1f\x7f\x80\x9f", ";;;;;"),
        ("\u2028\u2029", ";;"),
        ("a\tb", "a;b"),
        ("\xa0 ~ü😀\u2027\u202a", "\xa0 ~ü😀\u2027\u202a"),
    ],
    ids=ascii,
)
def test_each_control_character_becomes_a_semicolon(world, execute, connector_id, message, logged):
    execute(connector_id, {"message": message})
    assert world.log.lines[0].message == f"Server log: {logged}"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, f"[message]: {STRING} [undefined]"),
        ({"message": 1}, f"[message]: {STRING} [number]"),
        ({"message": None}, f"[message]: {STRING} [null]"),
        ({"message": 1, "level": 2}, f"[message]: {STRING} [number]"),
        ({"message": "m", "level": 2}, LEVEL),
        ({"message": "m", "level": "foo"}, LEVEL),
        ({"message": "m", "level": "INFO"}, LEVEL),
        ({"message": "m", "level": None}, LEVEL),
        ({"message": "m", "foo": 1}, "[foo]: definition for this key is missing"),
    ],
    ids=str,
)
@pytest.mark.kibana_version("8.19.0")
def test_bad_params_are_an_outcome_and_nothing_is_logged_as_a_message(
    world, execute, connector_id, params, message
):
    text = f"error validating action params: {message}"
    assert list(execute(connector_id, params).json.items()) == [
        ("status", "error"),
        ("message", text),
        ("errorSource", "user"),
        ("connector_id", connector_id),
        ("retry", False),
    ]
    label = f".server-log:{connector_id}: My connector"
    assert [(line.level, line.message) for line in world.log.lines] == [
        ("warn", f"action execution failure: {label}: {text}")
    ]
