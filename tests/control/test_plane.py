"""The control plane in process: its verbs, and what it refuses."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from mockkibana.app import create_app
from mockkibana.clock import parse_time
from mockkibana.control.plane import ControlError, ControlPlane
from mockkibana.jira.viewer import Viewer
from mockkibana.kibana.caller import Caller
from mockkibana.seeds import demo_seed
from mockkibana.settings import BadSetting, CustomHost, PreconfiguredConnector, Settings
from mockkibana.world import PARTS, World

SEED: dict[str, Any] = {
    "version": 1,
    "spaces": [{"id": "ops"}],
    "connectors": [{"id": "l", "connector_type_id": ".server-log", "name": "Log"}],
    "preconfigured": [{"id": "p", "connector_type_id": ".server-log"}],
    "indices": {"i": {"documents": [{"_id": "1", "_source": {"a": 1}}]}},
    "jira": {"projects": [{"key": "P"}]},
}
FAULT = {"id": "down", "match": {"path": "/api/status"}, "what": {"status": 503}}


@pytest.fixture
def plane(world: World) -> ControlPlane:
    return ControlPlane(world)


def refused(call: Any, *args: Any, **kwargs: Any) -> tuple[int, str]:
    with pytest.raises(ControlError) as caught:
        call(*args, **kwargs)
    assert str(caught.value) == caught.value.message
    return caught.value.status, caught.value.message


def filled(plane: ControlPlane, world: World) -> None:
    """Put something into each part."""
    plane.seed(SEED)
    plane.add_fault(FAULT)
    plane.put_clock({"freeze": "2026-01-02T03:04:05Z"})
    plane.put_settings({"contract": "observed"})
    world.log.write("info", "test", "line")
    world.bugs.append("bug")


def test_the_state_counts_what_is_in_each_part(plane, world):
    empty = {
        "world": None,
        "connectors": 0,
        "preconfigured": 0,
        "spaces": 1,
        "elasticsearch": {"indices": 0, "documents": 0},
        "jira": {"projects": 0, "issues": 0, "comments": 0},
        "security": {"enabled": False, "users": 0, "roles": 0, "api_keys": 0, "tokens": 0},
        "outbox": 0,
        "journal": 0,
        "log": 0,
        "faults": 0,
        "bugs": 0,
        "snapshots": [],
    }
    state = plane.state()
    clock = state.pop("clock")
    assert clock["frozen"] is False
    assert state == empty
    filled(plane, world)
    assert plane.state() == {
        "world": None,
        "connectors": 1,
        "preconfigured": 1,
        "spaces": 2,
        "elasticsearch": {"indices": 1, "documents": 1},
        "jira": {"projects": 1, "issues": 0, "comments": 0},
        "security": {"enabled": False, "users": 0, "roles": 0, "api_keys": 0, "tokens": 0},
        "outbox": 0,
        "journal": 0,
        "log": 1,
        "faults": 1,
        "bugs": 1,
        "snapshots": [],
        "clock": {"now": "2026-01-02T03:04:05.000Z", "frozen": True},
    }
    plane.reset()


def test_issues_and_comments_are_counted(plane, world):
    world.jira.create_project("PR")
    fields = {"project": {"key": "PR"}, "issuetype": {"name": "Task"}, "summary": "s"}
    issue = world.jira.create_issue({"fields": fields})
    world.jira.add_comment(issue["key"], {"body": "c"}, Viewer(url="http://jira.example.com"))
    assert plane.state()["jira"] == {"projects": 1, "issues": 1, "comments": 1}


def test_every_verb_returns_plain_json(plane, world):
    filled(plane, world)
    plane.save_snapshot("s")
    verbs = ("state", "snapshot", "snapshots", "settings", "journal", "count", "har", "faults",
             "clock", "log", "bugs", "worlds")  # fmt: skip
    for verb in verbs:
        value = getattr(plane, verb)()
        assert json.loads(json.dumps(value)) == value, verb
    plane.reset()


# Reset


def test_a_reset_goes_back_to_the_start(settings):
    world = World(Settings(contract="observed"), seeds=[demo_seed()])
    plane = ControlPlane(world)
    start, digest = plane.state(), world.store.digest()
    filled(plane, world)
    plane.put_settings({"contract": "documented"})
    state = plane.reset()
    assert {**state, "clock": None} == {**start, "clock": None}
    assert world.store.digest() == digest
    assert plane.settings()["contract"] == "observed"
    assert plane.clock()["frozen"] is False


def test_an_empty_reset_goes_back_to_nothing():
    world = World(seeds=[demo_seed()])
    assert len(world.store.table("kibana.connectors")) > 0
    assert ControlPlane(world).reset(empty=True)["connectors"] == 0
    assert ControlPlane(world).reset()["connectors"] > 0


@pytest.mark.parametrize(
    ("part", "look"),
    [
        ("connectors", lambda state: (state["connectors"], state["preconfigured"]) == (0, 0)),
        ("spaces", lambda state: state["spaces"] == 1),
        ("elasticsearch", lambda state: state["elasticsearch"] == {"indices": 0, "documents": 0}),
        ("jira", lambda state: state["jira"]["projects"] == 0),
        ("log", lambda state: state["log"] == 0),
        ("faults", lambda state: state["faults"] == 0),
        ("bugs", lambda state: state["bugs"] == 0),
        ("clock", lambda state: not state["clock"]["frozen"]),
        ("settings", lambda state: state["settings"]["contract"] == "documented"),
    ],
)
def test_a_part_is_reset_and_the_others_stay(plane, world, part, look):
    filled(plane, world)

    def seen() -> dict[str, Any]:
        state = {**plane.state(), "settings": plane.settings()}
        return state | {"clock": {"frozen": state["clock"]["frozen"]}}

    before = seen()
    assert not look(before)
    plane.reset(parts=[part])
    after = seen()
    assert look(after)
    changed = {key for key in before if before[key] != after[key]}
    assert changed == ({"connectors", "preconfigured"} if part == "connectors" else {part})
    plane.reset()


def test_a_reset_of_no_part_changes_nothing(plane, world):
    filled(plane, world)
    digest = world.store.digest()
    plane.reset(parts=[])
    assert world.store.digest() == digest
    assert plane.state()["faults"] == 1
    plane.reset()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            {"parts": ["users"]},
            f"'users' is no part that can be reset; expected some of {', '.join(PARTS)}.",
        ),
        ({"parts": "log"}, f"parts is 'log'; expected a list of {', '.join(PARTS)}."),
        ({"parts": [1]}, f"parts is [1]; expected a list of {', '.join(PARTS)}."),
        ({"empty": "yes"}, "empty is 'yes'; expected true or false."),
    ],
    ids=["unknown part", "text", "number", "empty"],
)
def test_a_reset_of_something_else_is_refused(plane, world, arguments, text):
    filled(plane, world)
    digest = world.store.digest()
    assert refused(plane.reset, **arguments) == (400, text)
    assert world.store.digest() == digest
    plane.reset()


# Seeds


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(SEED, id="value"),
        pytest.param(json.dumps(SEED), id="JSON"),
        pytest.param(
            "version: 1\nconnectors:\n- {id: l, connector_type_id: .server-log}", id="YAML"
        ),
    ],
)
def test_a_seed_is_added_to_what_is_there(plane, world, content):
    plane.seed({"version": 1, "spaces": [{"id": "before"}]})
    state = plane.seed(content)
    assert state["connectors"] == 1
    assert any(space["id"] == "before" for space in world.spaces.get_all(Caller()))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"version": 2}, "seed: [version]: expected value to equal [1] but got [2]. Nothing was"),
        ("{", "seed: the seed is no YAML"),
        ({**SEED, "connectors": [{"connector_type_id": ".nope"}]}, "seed: [connectors.0]: "),
    ],
    ids=["version", "neither JSON nor YAML", "unknown type"],
)
def test_a_bad_seed_is_refused_and_changes_nothing(plane, world, content, text):
    digest = world.store.digest()
    status, message = refused(plane.seed, content)
    assert status == 400
    assert message.startswith(text)
    assert message.endswith("Nothing was changed.")
    assert world.store.digest() == digest


# Settings


def test_settings_are_replaced_and_stay_until_the_next_reset(plane, world):
    start = plane.settings()
    assert start["contract"] == "documented"
    assert start["allowed_hosts"] == ["*"]
    told = plane.put_settings({"contract": "observed", "allowed_hosts": ["a.example.com"]})
    assert told == plane.settings() == {
        **start, "contract": "observed", "allowed_hosts": ["a.example.com"],
    }  # fmt: skip
    assert world.settings.allowed_hosts == ("a.example.com",)
    assert plane.put_settings({"max_spaces": 7}) == {**start, "max_spaces": 7}
    plane.reset(parts=["connectors"])
    assert plane.settings()["max_spaces"] == 7
    plane.reset()
    assert plane.settings() == start


def test_the_password_of_the_superuser_can_be_set_and_is_never_shown(plane, world):
    told = plane.put_settings({"elastic_password": "hidden-1", "security": True})
    assert "hidden-1" not in json.dumps([told, plane.settings()])
    assert "hidden-1" not in repr(world.settings)
    assert world.settings.elastic_password == "hidden-1"
    plane.put_settings({**told, "license": "gold"})
    assert world.settings.elastic_password == "hidden-1"
    plane.reset()
    assert world.settings.elastic_password == "changeme"


def test_settings_can_be_put_as_they_were_got(plane, world):
    connector = PreconfiguredConnector(
        id="p", name="P", connector_type_id=".server-log", secrets={"a": "hidden"}
    )
    world.settings = before = Settings(
        preconfigured=(connector,),
        response_timeout=2,
        public_url="https://kibana.example.com",
        proxy_url="http://ann:hidden@proxy.example.com",
        custom_host_settings=(CustomHost(url="https://a.example.com:443", has_authority=True),),
    )
    told = plane.settings()
    assert "hidden" not in json.dumps(told)
    assert plane.put_settings(json.loads(json.dumps(told))) == told
    assert world.settings == before
    told["preconfigured"][0]["secrets"] = {"a": "other"}
    plane.put_settings(told)
    assert world.settings.preconfigured[0].secrets == {"a": "other"}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ([], "the body is []; expected an object"),
        ({"contract": "real"}, "contract is 'real'; expected one of documented, observed"),
        ({"contract": 1}, "contract is 1; expected a text"),
        ({"contract": None}, "contract is None; expected a text"),
        ({"max_payload": "1"}, "max_payload is '1'; expected a whole number"),
        ({"max_payload": True}, "max_payload is True; expected a whole number"),
        ({"max_payload": 1.5}, "max_payload is 1.5; expected a whole number"),
        ({"max_payload": 0}, "max_payload is 0; expected a positive number"),
        ({"response_timeout": "1s"}, "response_timeout is '1s'; expected a number"),
        ({"allowed_hosts": "*"}, "allowed_hosts is '*'; expected an array"),
        ({"allowed_hosts": ["*", 1]}, "allowed_hosts.1 is 1; expected a text"),
        ({"preconfigured": [1]}, "preconfigured.0 is 1; expected an object"),
        (
            {"preconfigured": [{"id": "a", "name": "A"}]},
            "preconfigured.0 lacks connector_type_id",
        ),
        (
            {"preconfigured": [{"id": ["a"], "name": "A", "connector_type_id": "."}]},
            "preconfigured.0.id is ['a']; expected a text",
        ),
        (
            {"preconfigured": [{"id": "a", "name": "A", "connector_type_id": ".", "config": 1}]},
            "preconfigured.0.config is 1; expected an object",
        ),
        (
            {"preconfigured": [{"id": "", "name": "A", "connector_type_id": "."}]},
            'invalid preconfigured action id ""',
        ),
    ],
)
def test_wrong_settings_are_refused_and_change_nothing(plane, world, body, text):
    before = world.settings
    status, message = refused(plane.put_settings, body)
    assert (status, message) == (400, f"{text}. GET /_mock/api/settings shows what is set now.")
    assert world.settings is before


def test_an_unknown_setting_is_refused_with_those_that_there_are(plane):
    _, message = refused(plane.put_settings, {"contrat": "observed"})
    assert message.startswith("contrat is unknown; expected one of contract, kibana_version, ")


# Clock


@pytest.mark.parametrize(
    ("changes", "now"),
    [
        ([{"freeze": "2026-01-02T03:04:05Z"}], "2026-01-02T03:04:05.000Z"),
        ([{"freeze": "2026-01-02"}, {"advance": "21h"}], "2026-01-02T21:00:00.000Z"),
        ([{"freeze": "2026-01-02"}, {"advance": 1.5}], "2026-01-02T00:00:01.500Z"),
        ([{"freeze": "2026-01-02"}, {"set": "2026-02-01T00:00:00Z"}], "2026-02-01T00:00:00.000Z"),
        ([{"freeze": "2026-01-02"}, {"freeze": True}], "2026-01-02T00:00:00.000Z"),
    ],
)
def test_a_frozen_clock_is_moved(plane, changes, now):
    for change in changes:
        told = plane.put_clock(change)
    assert told == plane.clock() == {"now": now, "frozen": True}


def test_a_clock_is_resumed(plane):
    plane.put_clock({"freeze": "2026-01-02T00:00:00Z"})
    assert plane.put_clock({"resume": True})["frozen"] is False
    assert plane.clock()["now"].startswith("2026-01-02")


def test_a_clock_that_runs_is_set(plane):
    assert plane.put_clock({"set": "2031-01-02"})["frozen"] is False
    assert plane.clock()["now"].startswith("2031-01-02")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        *[
            (change, " is no change of a clock; expected one of ")
            for change in (
                {}, [], None, "freeze", {"stop": 1}, {"set": 5}, {"advance": []},
                {"resume": False}, {"freeze": False}, {"freeze": True, "advance": 1},
            )
        ],
        ({"freeze": "noon"}, "freeze: expected a time in ISO 8601"),
        ({"set": "1901-01-01"}, "set: a clock tells the years"),
        ({"advance": "soon"}, "advance: expected a duration"),
        ({"advance": True}, "advance: expected a duration"),
        ({"advance": -1}, "advance: expected a duration"),
        ({"advance": 1e15}, "advance: "),
    ],
)  # fmt: skip
def test_another_change_of_the_clock_is_refused(plane, change, text):
    plane.put_clock({"freeze": "2026-01-02"})
    status, message = refused(plane.put_clock, change)
    assert status == 400
    assert text in message
    assert plane.clock()["now"] == "2026-01-02T00:00:00.000Z"


# Log, bugs, faults


def test_the_log_is_told_and_forgotten(plane, world):
    plane.put_clock({"freeze": "2026-01-02"})
    world.log.write("warn", "plugins.actions", "careful")
    assert plane.log() == [
        {
            "time": "2026-01-02T00:00:00.000Z",
            "level": "warn",
            "logger": "plugins.actions",
            "message": "careful",
        }
    ]
    assert plane.clear_log() == {"cleared": "log"}
    assert plane.log() == []


def test_bugs_are_told(plane, world):
    world.bugs.append("Traceback")
    assert plane.bugs() == ["Traceback"]
    plane.reset(parts=["bugs"])
    assert plane.bugs() == []


def test_what_is_told_is_the_callers_own(plane, world):
    world.bugs.append("Traceback")
    plane.bugs().clear()
    plane.settings()["allowed_hosts"].clear()
    assert world.bugs == ["Traceback"]
    assert world.settings.allowed_hosts == ("*",)
    plane.reset()


def test_a_rule_is_added_told_and_removed(plane, world):
    added = plane.add_fault(FAULT)
    assert added["id"] == "down"
    assert (added["matched"], added["fired"]) == (0, 0)
    assert plane.fault("down") == added
    assert plane.faults() == [added]
    assert plane.remove_fault("down") == added
    assert plane.faults() == []
    assert not world.faults.active


def test_all_rules_are_removed(plane):
    plane.add_fault(FAULT)
    plane.add_fault({**FAULT, "id": "other"})
    assert plane.clear_faults() == {"cleared": "faults"}
    assert plane.faults() == []


def test_a_bad_rule_is_refused(plane):
    status, message = refused(plane.add_fault, {"what": {"status": "high"}})
    assert status == 400
    assert "high" in message
    assert plane.faults() == []


@pytest.mark.parametrize("verb", ["fault", "remove_fault"])
def test_a_rule_that_is_not_there_is_refused_with_those_that_are(plane, verb):
    plane.add_fault(FAULT)
    status, message = refused(getattr(plane, verb), "up")
    assert status == 404
    assert "up" in message
    assert "down" in message
    plane.clear_faults()


def test_a_fault_bends_what_kibana_answers(plane, client):
    plane.add_fault(FAULT)
    assert client.get("/api/status").status_code == 503
    assert plane.fault("down")["fired"] == 1
    plane.remove_fault("down")
    assert client.get("/api/status").status_code == 200


def test_a_plane_without_worlds_has_none(plane):
    assert plane.worlds() == []
    assert refused(plane.delete_world, "a") == (
        404, "The world 'a' is not there: there is none.",
    )  # fmt: skip


def test_a_connector_of_a_seed_is_there_at_once(plane, world):
    plane.seed(SEED)
    assert world.connectors.get(Caller(), "l")["name"] == "Log"


def test_a_journal_that_is_off_cannot_be_asked():
    with pytest.raises(ControlError, match="switched off") as refused:
        ControlPlane(World(journal=0)).journal(wait="10m")
    assert refused.value.status == 409


# What JSON has no number for

INFINITE = [
    ("POST", "seed", b'{"version":1,"security":{"users":{"u":{"metadata":{"a":1e400}}}}}'),
    ("POST", "seed", b'{"version":1,"spaces":[{"id":"a","name":"A","x":1e400}]}'),
    (
        "POST",
        "seed",
        (
            b'{"version":1,"preconfigured":[{"id":"p","connector_type_id":".index",'
            b'"config":{"z":1e400}}]}'
        ),
    ),
    ("POST", "seed", b"version: 1\nindices: {a: {documents: [{_source: {a: .inf}}]}}"),
    ("POST", "faults", b'{"what":{"status":500,"body":{"a":1e400}}}'),
    ("POST", "faults", b'{"what":{"latency":1e400}}'),
    ("POST", "faults", b'{"match":{"body":{"a":-1e400}},"what":{"status":500}}'),
    ("POST", "faults", b'{"fault":"kibana-starting","with":{"calls":1e400}}'),
    ("PUT", "settings", b'{"response_timeout":1e400}'),
    ("PUT", "settings", b'{"response_timeout":1%b}' % (b"0" * 400)),
    (
        "PUT",
        "settings",
        (
            b'{"preconfigured":[{"id":"p","name":"p","connector_type_id":".index",'
            b'"config":{"a":1e400}}]}'
        ),
    ),
    ("PUT", "clock", b'{"advance":1e400}'),
    ("PUT", "clock", b'{"advance":1e300}'),
]


@pytest.mark.parametrize(
    ("method", "path", "body"), INFINITE, ids=lambda value: str(value)[:60].replace("1e400", "")
)
def test_a_number_that_json_does_not_have_is_refused_and_changes_nothing(
    method: str, path: str, body: bytes
) -> None:
    world = World(frozen_at=parse_time("2026-01-02"))
    client = create_app(world).test_client()

    def parts() -> list[str]:
        return [client.get(f"/_mock/api/{each}").text for each in ("state", "faults", "settings")]

    before, digest = parts(), world.store.digest()
    kind = "application/yaml" if body.startswith(b"version") else "application/json"
    answer = client.open(f"/_mock/api/{path}", method=method, data=body, content_type=kind)
    assert answer.status_code == 400, answer.text
    assert (parts(), world.store.digest(), world.bugs) == (before, digest, [])


@pytest.mark.parametrize("number", [math.inf, math.nan])
def test_python_has_numbers_that_json_does_not_have(number: float) -> None:
    plane = ControlPlane(World())
    for refused in (
        lambda: plane.add_fault({"what": {"status": 500, "body": [number]}}),
        lambda: plane.seed({"version": 1, "outbox": [{"a": number}]}),
        lambda: plane.put_settings({"response_timeout": number}),
    ):
        with pytest.raises(ControlError):
            refused()
    with pytest.raises(BadSetting, match="infinite"):
        PreconfiguredConnector(id="p", name="p", connector_type_id=".a", config={"a": number})


def test_what_no_double_holds_is_null_in_the_journal_as_kibana_reads_it() -> None:
    client = create_app(World()).test_client()
    client.post(
        "/api/actions/connector",
        data=b'{"a":1e400,"apiToken":"abcdefgh"}',
        content_type="application/json",
        headers={"kbn-xsrf": "x"},
    )
    [call] = client.get("/_mock/api/journal").json
    assert call["request"]["body"] == {"a": None, "apiToken": "[redacted]"}
    assert client.get("/_mock/api/journal/_har").status_code == 200
