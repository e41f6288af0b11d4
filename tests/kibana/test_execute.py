"""Runs over HTTP: every outcome, with exactly Kibana's keys in Kibana's order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mockkibana.connectors.base import ConnectorType, Failed, Run, Thrown
from mockkibana.json import Encoded
from mockkibana.settings import Settings
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import Maybe, RecordOf, Schema, String
from mockkibana.world import World

CONNECTOR = "/api/actions/connector"
UUID = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
STRING = "expected value of type [string] but got"
THREW = "an error occurred while running the action"
DISABLED = 'action type "{}" is not enabled in the Kibana config xpack.actions.enabledActionTypes'


class Config(Schema):
    host = String(load_default="localhost")


class Secrets(Schema):
    token = Maybe(String())


class Params(Schema):
    do = String()
    value = Maybe(AnyValue())


OUTCOMES: dict[str, Any] = {
    "fail": lambda _: Failed("it failed"),
    "fail-text": lambda _: Failed("it failed", "as was expected"),
    "fail-blank": lambda _: Failed("it failed", ""),
    "fail-retry": lambda _: Failed("it failed", "busy", retry=True),
    "fail-final": lambda _: Failed("it failed", retry=False),
    "fail-date": lambda _: Failed("it failed", "busy", retry="2026-01-02T03:04:05.678Z"),
    "throw": lambda _: Thrown("it threw"),
    "throw-user": lambda _: Thrown("it threw", "user"),
    "crash": lambda _: ZeroDivisionError("a bug"),
}


class Probe(ConnectorType):
    """A type that does what it is told."""

    id = ".probe"
    config = Config()
    secrets = Secrets()
    params = Params()

    def validate_secrets(self, secrets: Any, settings: Settings) -> str | None:
        return "secrets are worn out" if secrets.get("token") == "old" else None

    def validate_connector(self, config: Any, secrets: Any) -> str | None:
        # A config as it was sent has no default in it; the stored one has.
        return "host without a token" if "host" in config and "token" not in secrets else None

    def execute(self, run: Run, params: Any) -> Any:
        if params["do"] == "show":
            return {"config": run.config, "secrets": run.secrets, "id": run.connector_id}
        if params["do"] == "warn":
            run.warnings.extend(["one-code", "another-code"])
            return None
        if raised := OUTCOMES.get(params["do"]):
            run.warnings.append("a-code")
            raise raised(None)
        return params.get("value")


class Text(ConnectorType):
    """A type whose data is a text that is passed on."""

    id = ".text"
    params = RecordOf(AnyValue())

    def execute(self, run: Run, params: Any) -> Any:
        return Encoded(b'{"took": 1}')


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    world = World(settings, connector_types=[Probe, Text])
    yield world
    assert world.bugs == []
    world.close()


@pytest.fixture
def probe(create) -> str:
    return str(create(".probe", secrets={"token": "t"})["id"])


def pairs(answer: Any) -> list[tuple[str, Any]]:
    """Return the keys and values of an answer in their order on the wire."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    return json.loads(answer.data, object_pairs_hook=lambda found: found)


# What the executor does


@pytest.mark.parametrize("value", [{}, [], 0, False, "", {"b": 1, "a": [None]}], ids=str)
def test_what_the_executor_returns_is_data(execute, probe, value):
    answer = execute(probe, {"do": "return", "value": value})
    assert answer.json == {"status": "ok", "data": value, "connector_id": probe}
    assert list(answer.json) == ["status", "data", "connector_id"]
    assert "x-mock-warning" not in answer.headers


def test_without_data_there_is_no_such_key(execute, probe):
    assert pairs(execute(probe, {"do": "return"})) == [("status", "ok"), ("connector_id", probe)]


def test_a_text_is_passed_on_as_it_is(create, execute):
    connector_id = create(".text")["id"]
    answer = execute(connector_id, {})
    assert answer.text == f'{{"status":"ok","data":{{"took": 1}},"connector_id":"{connector_id}"}}'


@pytest.mark.parametrize(
    ("do", "more"),
    [
        ("fail", []),
        ("fail-blank", []),
        ("fail-text", [("service_message", "as was expected")]),
        ("fail-retry", [("retry", True), ("service_message", "busy")]),
        ("fail-final", [("retry", False)]),
        ("fail-date", [("retry", "2026-01-02T03:04:05.678Z"), ("service_message", "busy")]),
    ],
)
def test_an_error_that_the_executor_returns_is_the_users(execute, probe, do, more):
    assert pairs(execute(probe, {"do": do})) == [
        ("status", "error"),
        ("message", "it failed"),
        ("errorSource", "user"),
        ("connector_id", probe),
        *more,
    ]


@pytest.mark.parametrize(("do", "source"), [("throw", "framework"), ("throw-user", "user")])
def test_an_error_that_the_executor_throws_may_be_tried_again(execute, probe, do, source):
    assert pairs(execute(probe, {"do": do})) == [
        ("status", "error"),
        ("message", THREW),
        ("errorSource", source),
        ("connector_id", probe),
        ("retry", True),
        ("service_message", "it threw"),
    ]


def test_a_bug_in_an_executor_is_answered_like_a_thrown_error_and_kept(world, execute, probe):
    assert pairs(execute(probe, {"do": "crash"})) == [
        ("status", "error"),
        ("message", THREW),
        ("errorSource", "framework"),
        ("connector_id", probe),
        ("retry", True),
        ("service_message", "a bug"),
    ]
    [bug] = world.bugs
    world.bugs.clear()
    assert "ZeroDivisionError: a bug" in bug
    assert "in execute" in bug


def test_the_codes_of_warnings_are_in_a_header(execute, probe):
    answer = execute(probe, {"do": "warn"})
    assert answer.headers["x-mock-warning"] == "one-code, another-code"
    assert answer.json == {"status": "ok", "connector_id": probe}
    assert execute(probe, {"do": "fail"}).headers["x-mock-warning"] == "a-code"


# What comes before


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, f"[do]: {STRING} [undefined]"),
        ({"do": 1}, f"[do]: {STRING} [number]"),
        ({"do": "fail", "x": 1, "y": 2}, "[x]: definition for this key is missing"),
    ],
    ids=str,
)
@pytest.mark.kibana_version("8.19.0")
def test_bad_params_are_an_outcome_not_a_400(execute, probe, params, message):
    assert pairs(execute(probe, params)) == [
        ("status", "error"),
        ("message", f"error validating action params: {message}"),
        ("errorSource", "user"),
        ("connector_id", probe),
        ("retry", False),
    ]


def test_params_may_hold_blank_strings(execute, probe):
    value = {"a": ["", " "]}
    assert execute(probe, {"do": "return", "value": value}).json["data"] == value


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "[request body.params]: expected value of type [object] but got [undefined]"),
        ({"params": None}, "[request body.params]: expected value of type [object] but got [null]"),
        ({"params": []}, "[request body.params]: expected value of type [object] but got [Array]"),
        ({"params": 1}, "[request body.params]: expected value of type [object] but got [number]"),
        ({"params": "x"}, "[request body.params]: could not parse record value from json input"),
        ({"params": {}, "x": 1}, "[request body.x]: definition for this key is missing"),
        ({"x": 1}, "[request body.params]: expected value of type [object] but got [undefined]"),
    ],
    ids=str,
)
@pytest.mark.kibana_version("8.19.0")
def test_a_body_that_does_not_fit_is_a_400(client, probe, xsrf, envelope, body, message):
    answer = client.post(f"{CONNECTOR}/{probe}/_execute", json=body, headers=xsrf)
    assert (answer.status_code, answer.json) == (400, envelope(400, message))


def test_params_may_be_a_string_that_holds_an_object(client, probe, xsrf):
    body = {"params": '{"do":"return","value":1}'}
    answer = client.post(f"{CONNECTOR}/{probe}/_execute", json=body, headers=xsrf)
    assert answer.json == {"status": "ok", "data": 1, "connector_id": probe}


def test_an_unknown_connector_is_404(execute, envelope):
    answer = execute(UUID, {"do": "return"}, status=404)
    assert answer.json == envelope(404, f"Saved object [action/{UUID}] not found")


def test_a_disabled_type_is_403_whatever_the_params(world, execute, probe, envelope):
    world.settings = Settings(enabled_action_types=(".index",))
    answer = execute(probe, {}, status=403)
    assert answer.json == envelope(403, DISABLED.format(".probe"))


# Stored config and secrets

STORED = {"id": UUID, "name": "stored", "connector_type_id": ".probe"}
CONFIG = "error validating action type config: "
SECRETS = "error validating action type secrets: "
TOGETHER = "error validating action type connector: "


@pytest.mark.parametrize(
    ("config", "secrets", "message"),
    [
        ({"host": 1}, {"token": 1}, f"{CONFIG}[host]: {STRING} [number]"),
        ({}, {"token": 1}, f"{SECRETS}[token]: {STRING} [number]"),
        ({"host": "h"}, {"token": "old"}, f"{SECRETS}secrets are worn out"),
        ({"host": "h"}, {}, f"{TOGETHER}host without a token"),
    ],
    ids=["config", "secrets", "own", "together"],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_preconfigured_connector_is_checked_when_it_runs(
    world, execute, seed, config, secrets, message
):
    world.seed(seed(preconfigured=[{**STORED, "config": config, "secrets": secrets}]))
    assert pairs(execute(UUID, {"do": "return"})) == [
        ("status", "error"),
        ("message", message),
        ("errorSource", "framework"),
        ("connector_id", UUID),
        ("retry", False),
    ]
    # The params are looked at first.
    assert execute(UUID, {}).json["message"].startswith("error validating action params: ")


def test_the_cross_field_check_of_a_run_sees_the_defaults(create, execute):
    made = create(".probe")
    assert made["config"] == {"host": "localhost"}
    assert execute(made["id"], {"do": "return"}).json == {
        "status": "error",
        "message": f"{TOGETHER}host without a token",
        "errorSource": "framework",
        "connector_id": made["id"],
        "retry": False,
    }


class Locked(ConnectorType):
    """A type that cannot do without its secret."""

    id = ".locked"
    params = RecordOf(AnyValue())

    class Secrets(Schema):
        token = String()

    secrets = Secrets()

    def execute(self, run: Run, params: Any) -> None:
        return None


@pytest.mark.kibana_version("8.19.0")
def test_a_connector_without_its_secrets_fails_until_they_come_back(settings, seed, xsrf):
    from mockkibana.app import create_app

    imported = {"id": UUID, "connector_type_id": ".locked", "is_missing_secrets": True}
    open_one = {"id": "b", "connector_type_id": ".server-log", "is_missing_secrets": True}
    world = World(settings, connector_types=[Locked], seeds=[seed(connectors=[imported, open_one])])
    client = create_app(world).test_client()
    path = f"{CONNECTOR}/{UUID}"
    assert client.get(path).json["is_missing_secrets"] is True
    run = {"json": {"params": {}}, "headers": xsrf}
    assert client.post(f"{path}/_execute", **run).json == {
        "status": "error",
        "message": f"{SECRETS}[token]: {STRING} [undefined]",
        "errorSource": "framework",
        "connector_id": UUID,
        "retry": False,
    }
    body = {"name": "n", "secrets": {"token": "t"}}
    assert client.put(path, json=body, headers=xsrf).json["is_missing_secrets"] is False
    assert client.post(f"{path}/_execute", **run).json == {"status": "ok", "connector_id": UUID}
    # A type that needs no secrets runs all the same.
    ran = client.post(f"{CONNECTOR}/b/_execute", json={"params": {"message": "m"}}, headers=xsrf)
    assert ran.json["status"] == "ok"
    assert world.bugs == []
    world.close()


def test_the_executor_sees_validated_config_and_secrets(create, execute):
    made = create(".probe", {"host": "h"}, secrets={"token": "t"})
    assert execute(made["id"], {"do": "show"}).json["data"] == {
        "config": {"host": "h"},
        "secrets": {"token": "t"},
        "id": made["id"],
    }


def test_the_executor_sees_urls_expanded(world, execute, seed):
    connector = {**STORED, "config": {"host": "{url}/x"}, "secrets": {"token": "{url}"}}
    world.seed(seed(connectors=[connector]))
    assert execute(UUID, {"do": "show"}).json["data"] == {
        "config": {"host": "http://localhost/x"},
        "secrets": {"token": "{url}"},
        "id": UUID,
    }


# The log


def test_a_failed_run_is_logged_as_kibana_logs_it(world, create, execute):
    made = create(".probe", name="My probe", secrets={"token": "t"})
    label = f"action execution failure: .probe:{made['id']}: My probe"
    expected = {
        "fail": [("warn", f"{label}: it failed")],
        "fail-text": [("warn", f"{label}: it failed: as was expected")],
        "fail-date": [("warn", f"{label}: it failed: busy; retry at 2026-01-02T03:04:05.678Z")],
        "fail-retry": [("warn", f"{label}: it failed: busy; retry: true")],
        "return": [],
    }
    for do, lines in expected.items():
        world.log.clear()
        execute(made["id"], {"do": do})
        assert [(line.level, line.message) for line in world.log.lines] == lines, do
        assert {line.logger for line in world.log.lines} <= {"plugins.actions.probe"}
    world.log.clear()
    execute(made["id"], {"do": "throw"})
    assert [line.level for line in world.log.lines] == ["error", "warn"]


def test_a_run_changes_nothing_in_kibana(world, execute, probe):
    before = world.store.digest()
    for do in OUTCOMES:
        execute(probe, {"do": do})
    world.bugs.clear()
    assert world.store.digest() == before


# Preconfigured connectors


def test_a_preconfigured_connector_of_a_disabled_type_runs(world, execute, seed):
    world.seed(seed(preconfigured=[{**STORED, "secrets": {"token": "t"}}]))
    world.settings = Settings(enabled_action_types=(".index",))
    assert execute(UUID, {"do": "return"}, space="/s/a").json == {
        "status": "ok",
        "connector_id": UUID,
    }


def test_an_id_with_a_slash_is_run_by_its_escaped_path(world, client, seed, xsrf):
    ready = {**STORED, "id": "a/b %", "secrets": {"token": "t"}}
    world.seed(seed(preconfigured=[ready]))
    path = f"{CONNECTOR}/a%2Fb%20%25/_execute"
    answer = client.post(path, json={"params": {"do": "return"}}, headers=xsrf)
    assert answer.json == {"status": "ok", "connector_id": "a/b %"}
