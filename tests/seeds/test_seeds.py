"""Seeds: what they may hold, what is wrong with a bad one, and what a world makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockkibana.app import create_app
from mockkibana.connectors.base import ConnectorType
from mockkibana.kibana.caller import Caller
from mockkibana.seeds import BadSeed, Seed, demo_seed, parse_seed, read_seed
from mockkibana.settings import Settings
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import RecordOf, Schema, String
from mockkibana.world import World

XSRF = {"kbn-xsrf": "1"}
HERE = Caller(url="http://mock.example.com")
STRING = "expected value of type [string] but got"


class Locked(ConnectorType):
    """A type with a required secret that its config has to go with."""

    id = ".locked"
    name = "Locked"

    class Config(Schema):
        url = String()

    class Secrets(Schema):
        token = String()

    config = Config()
    secrets = Secrets()
    params = RecordOf(AnyValue())

    def validate_connector(self, config: Any, secrets: Any) -> str | None:
        return "they differ" if secrets["token"] == "other" else None

    def execute(self, run: Any, params: Any) -> Any:
        return {"url": run.config["url"], "token": run.secrets["token"]}


LOCKED = {
    "id": "l",
    "connector_type_id": ".locked",
    "config": {"url": "{url}/x"},
    "secrets": {"token": "t"},
}
LOG = {"id": "s", "connector_type_id": ".server-log"}


@pytest.fixture
def make() -> Iterator[Any]:
    """Make worlds, and close them."""
    worlds: list[World] = []

    def make(*seeds: Seed, **options: Any) -> World:
        world = World(seeds=seeds, connector_types=[Locked], **options)
        worlds.append(world)
        return world

    yield make
    for world in worlds:
        assert world.bugs == []
        world.close()


@pytest.fixture
def world(make, settings) -> World:
    return make(settings=settings)


def seed(name: str = "seed", **parts: Any) -> Seed:
    return parse_seed({"version": 1, **parts}, name)


# Bad seeds


SENT = {
    "at": "2026-01-02T03:04:05.000Z",
    "connector_id": "a",
    "connector_name": "A",
    "connector_type_id": ".webhook",
    "request": {},
    "response": {},
}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({}, "[version]: expected value to equal [1]"),
        ({"version": 2}, "[version]: expected value to equal [1] but got [2]"),
        ({"version": "1"}, "[version]: expected value to equal [1] but got ['1']"),
        ({"version": True}, "[version]: expected value to equal [1] but got [True]"),
        ([], "expected a plain object value, but found [Array] instead."),
        (None, "expected a plain object value, but found [null] instead."),
        (
            {"version": 1, "conectors": []},
            (
                "[conectors]: definition for this key is missing; did you mean [connectors]? "
                "Expected one of: version, spaces, connectors, preconfigured, indices, "
                "elasticsearch, jira, security, outbox, parties"
            ),
        ),
        (
            {"version": 1, "spaces": [{"id": "a", "colour": "#aabbcc"}]},
            (
                "[spaces.0.colour]: definition for this key is missing; did you mean [color]? "
                "Expected one of: id, name, description, initials, color, disabledFeatures, "
                "_reserved, imageUrl, solution"
            ),
        ),
        (
            {"version": 1, "security": {"users": {"a": {"pasword": "secret-1"}}}},
            (
                "[security.users.a.pasword]: definition for this key is missing; did you mean "
                "[password]? Expected one of: password, password_hash, roles, full_name, email, "
                "metadata, enabled"
            ),
        ),
        (
            {"version": 1, "outbox": [{**SENT, "to": "x"}]},
            (
                "[outbox.0.to]: definition for this key is missing; expected one of: seq, at, "
                "space, connector_id, connector_name, connector_type_id, request, response"
            ),
        ),
        (
            {"version": 1, "jira": None},
            "[jira]: expected value of type [object] but got [null]",
        ),
        (
            {"version": 1, "security": {"users": []}},
            "[security.users]: expected value of type [object] but got [Array]",
        ),
        (
            {"version": 1, "security": {"users": {"a": {"password": "short"}}}},
            (
                "[security.users.a.password]: value has length [5] but it must have a minimum "
                "length of [6]."
            ),
        ),
        (
            {"version": 1, "connectors": {}},
            "[connectors]: expected value of type [array] but got [Object]",
        ),
        (
            {"version": 1, "connectors": [1]},
            "[connectors.0]: expected a plain object value, but found [number] instead.",
        ),
        (
            {"version": 1, "connectors": [LOG, {"id": "x"}]},
            f"[connectors.1.connector_type_id]: {STRING} [undefined]",
        ),
        (
            {"version": 1, "connectors": [{**LOG, "id": ""}]},
            "[connectors.0.id]: value has length [0] but it must have a minimum length of [1].",
        ),
        (
            {"version": 1, "connectors": [{**LOG, "foo": 1}]},
            (
                "[connectors.0.foo]: definition for this key is missing; expected one of: id, "
                "name, connector_type_id, config, secrets, space, is_missing_secrets, "
                "referenced_by_count, expands_url"
            ),
        ),
        (
            {"version": 1, "connectors": [{**LOG, "config": []}]},
            "[connectors.0.config]: expected value of type [object] but got [Array]",
        ),
        (
            {"version": 1, "connectors": [{**LOG, "space": "A B"}]},
            "[connectors.0.space]: must be lower case, a-z, 0-9, '_', and '-' are allowed",
        ),
        (
            {"version": 1, "connectors": [{**LOG, "referenced_by_count": -1}]},
            "[connectors.0.referenced_by_count]: Value must be equal to or greater than [0].",
        ),
        (
            {"version": 1, "preconfigured": [{"connector_type_id": ".index"}]},
            f"[preconfigured.0.id]: {STRING} [undefined]",
        ),
        (
            {"version": 1, "preconfigured": [{**LOG, "expose_config": "maybe"}]},
            "[preconfigured.0.expose_config]: expected value of type [boolean] but got [string]",
        ),
        (
            {"version": 1, "spaces": [{"id": "A"}]},
            "[spaces.0.id]: must be lower case, a-z, 0-9, '_', and '-' are allowed",
        ),
        (
            {"version": 1, "spaces": [{"id": "a", "color": "red"}]},
            "[spaces.0.color]: must be a 6 digit hex color, starting with a #",
        ),
        (
            {"version": 1, "indices": {"t": []}},
            "[indices.t]: expected a plain object value, but found [Array] instead.",
        ),
        (
            {"version": 1, "indices": {"t": {"documents": [{}]}}},
            "[indices.t.documents.0._source]: expected value of type [object] but got [undefined]",
        ),
        (
            {"version": 1, "indices": {"t": {"documents": [{"_source": [1]}]}}},
            "[indices.t.documents.0._source]: expected value of type [object] but got [Array]",
        ),
    ],
    ids=str,
)
def test_a_seed_that_does_not_fit_says_where_and_why(content, text):
    with pytest.raises(BadSeed) as bad:
        parse_seed(content, "my.json")
    assert str(bad.value) == f"my.json: {text}"


CONFIG = "error validating action type config: "
SECRETS = "error validating action type secrets: "


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (
            {"connectors": [LOG, {"connector_type_id": ".nope"}]},
            '[connectors.1]: Action type ".nope" is not registered. Registered are .email, ',
        ),
        (
            {"preconfigured": [{"id": "p", "connector_type_id": ".nope"}]},
            '[preconfigured.0]: Action type ".nope" is not registered. Registered are .email, ',
        ),
        (
            {"connectors": [{"connector_type_id": ".index"}]},
            f"[connectors.0]: {CONFIG}[index]: {STRING} [undefined]",
        ),
        (
            {"connectors": [{"connector_type_id": ".index", "config": {"indx": "a"}}]},
            (
                f"[connectors.0]: {CONFIG}[index]: {STRING} [undefined]; did you mean [index]? "
                "Expected one of: index, refresh, executionTimeField"
            ),
        ),
        (
            {
                "connectors": [
                    {"connector_type_id": ".index", "config": {"index": "a", "refesh": True}}
                ]
            },
            (
                f"[connectors.0]: {CONFIG}[refesh]: definition for this key is missing; did you "
                "mean [refresh]? Expected one of: index, refresh, executionTimeField"
            ),
        ),
        (
            {"connectors": [{"connector_type_id": ".webhook", "config": {"ulr": "https://a"}}]},
            (
                f"[connectors.0]: {CONFIG}[url]: {STRING} [undefined]; did you mean [url]? "
                "Expected one of: url, method, headers, hasAuth, authType, certType, ca, "
                "verificationMode"
            ),
        ),
        (
            {"connectors": [{**LOCKED, "secrets": {}}]},
            f"[connectors.0]: {SECRETS}[token]: {STRING} [undefined]",
        ),
        (
            {"connectors": [{**LOCKED, "secrets": {"token": "other"}}]},
            "[connectors.0]: error validating action type connector: they differ",
        ),
        (
            {"connectors": [LOG, LOG]},
            "[connectors.1]: the id s appears twice in this seed",
        ),
        (
            {"connectors": [LOG], "preconfigured": [LOG]},
            "[preconfigured.0]: the id s appears twice in this seed",
        ),
        (
            {"indices": {"UPPER": {}}},
            "[indices.UPPER]: Invalid index name [UPPER], must be lowercase",
        ),
        (
            {"indices": {"t": {"mappings": {"properties": {"a": {"type": "nope"}}}}}},
            "[indices.t]: ",
        ),
        (
            {
                "indices": {
                    "t": {
                        "mappings": {"properties": {"a": {"type": "long"}}},
                        "documents": [{"_source": {"a": 1}}, {"_source": {"a": "x"}}],
                    }
                }
            },
            "[indices.t]: [documents.1] [1:6] failed to parse field [a] of type [long]",
        ),
        (
            {"indices": {"t": {"documents": [{"_id": "1", "_source": {}}] * 2}}},
            "[indices.t]: [documents.1] the _id [1] appears twice",
        ),
        (
            {"indices": {"t": {"mapping": {}}}},
            "[indices.t]: [mapping] is unknown; did you mean [mappings]? Expected one of: settings",
        ),
        (
            {"jira": {"projects": [{"key": "P", "issuetypes": ["Task"]}]}},
            "[jira.projects[0].issuetypes]: there is no such key; did you mean [issue_types]? ",
        ),
        ({"jira": {"projects": [{"name": "X"}]}}, "[jira.projects[0]"),
    ],
    ids=str,
)
@pytest.mark.kibana_version("8.19.0")
def test_a_seed_that_the_world_refuses_says_where_and_why_and_changes_nothing(
    world, settings, make, parts, text
):
    world.seed(seed(connectors=[{**LOG, "id": "before"}]))
    before = world.store.digest()
    bad = seed("bad.yaml", spaces=[{"id": "new"}], **parts)
    with pytest.raises(BadSeed) as refused:
        world.seed(seed(connectors=[{**LOG, "id": "good"}]), bad)
    assert str(refused.value).startswith(f"bad.yaml: {text}")
    assert world.store.digest() == before
    with pytest.raises(BadSeed):
        make(bad, settings=settings)


def test_a_bad_seed_leaves_a_file_without_data(tmp_path: Path):
    path = tmp_path / "w.db"
    with pytest.raises(BadSeed):
        World(db=path, seeds=[seed(spaces=[{"id": "a"}], indices={"UPPER": {}})])
    assert path.read_bytes().count(b"\n") == 1  # its header


# Files


def test_json_and_yaml_say_the_same(tmp_path: Path):
    content = {"version": 1, "connectors": [{**LOCKED, "name": "grün"}], "indices": {"t": {}}}
    as_json = tmp_path / "a.json"
    as_json.write_text(json.dumps(content))
    as_yaml = tmp_path / "a.yaml"
    as_yaml.write_text(
        """
# A comment.
version: 1
connectors:
  - id: l
    name: grün
    connector_type_id: .locked
    config: {url: "{url}/x"}
    secrets:
      token: t
indices:
  t: {}
""",
        "utf-8",
    )
    assert read_seed(as_json).content == read_seed(str(as_yaml)).content
    assert read_seed(as_json).name == str(as_json)


@pytest.mark.parametrize("suffix", [".json", ".yml", ".yaml", ".seed", ""])
def test_json_is_read_whatever_the_name(tmp_path: Path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_text('{"version": 1}')
    assert read_seed(path).content["connectors"] == []


def test_a_date_in_yaml_stays_a_text(tmp_path: Path):
    path = tmp_path / "a.yaml"
    path.write_text(
        "version: 1\n"
        "indices: {t: {documents: [{_source: {d: 2026-01-02, t: 2026-01-02 03:04:05}}]}}"
    )
    [document] = read_seed(path).content["indices"]["t"]["documents"]
    assert document["_source"] == {"d": "2026-01-02", "t": "2026-01-02 03:04:05"}


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.json", b"{", "the seed is no JSON: "),
        ("a.json", b"version: 1", "the seed is no JSON: "),
        ("a.json", b"", "the seed is no JSON: "),
        ("a.json", b'{"version": 1, "x": NaN}', "the seed is no JSON: NaN is not valid JSON"),
        ("a.yaml", b"a: [", "the seed is no YAML: "),
        ("a.yaml", b"a: !!python/object:os.system {}", "the seed is no YAML: "),
        ("a.yaml", b"{version: 1, 1: 2, ? [a] : 2}", "the seed is no YAML: "),
        ("a.yaml", b"version: 1\nindices: .nan", "the seed is no YAML: "),
        ("a.yaml", b"a: &a [*a]", "the seed is no YAML: "),
        ("a.yaml", b"a: !!binary AA==", "the seed is no YAML: "),
        ("a.yaml", b"a: !!set {b}", "the seed is no YAML: "),
        ("a.yaml", b"a: 1\n---\nb: 2", "the seed is no YAML: "),
        ("a.yaml", b"", "expected a plain object value, but found [null] instead."),
        ("a.txt", b"just text", "expected "),
        ("a.json", b"\xff", "the seed cannot be read: it is no UTF-8 text"),
        ("a.yaml", b"\xff", "the seed cannot be read: it is no UTF-8 text"),
    ],
    ids=str,
)
def test_a_file_that_is_no_seed_says_its_name_and_why(tmp_path: Path, name, content, text):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadSeed) as bad:
        read_seed(path)
    if name != "a.txt":
        assert str(bad.value).startswith(f"{path}: {text}")
    assert str(bad.value).startswith(f"{path}: ")
    assert "\n" not in str(bad.value)


def test_a_file_that_is_not_there_says_so(tmp_path: Path):
    path = tmp_path / "nope.json"
    with pytest.raises(BadSeed) as bad:
        read_seed(path)
    assert str(bad.value) == f"{path}: the seed cannot be read: No such file or directory"


# What a world makes of them


def test_what_a_seed_leaves_out_is_filled_in(make):
    world = make(seed(connectors=[{"connector_type_id": ".index", "config": {"index": "t"}}]))
    [connector] = world.connectors.get_all(HERE)
    assert len(connector.pop("id")) == 36
    assert connector == {
        "name": "Index",
        "connector_type_id": ".index",
        "config": {"index": "t", "refresh": False, "executionTimeField": None},
        "is_preconfigured": False,
        "is_deprecated": False,
        "is_missing_secrets": False,
        "is_system_action": False,
        "is_connector_type_deprecated": False,
        "referenced_by_count": 0,
    }


def test_every_part_of_a_seed_is_there_afterwards(make):
    world = make(
        seed(
            spaces=[{"id": "ops"}, {"id": "dev", "name": "Developers", "color": "#aabbcc"}],
            connectors=[{**LOG, "name": "Mine", "space": "ops", "referenced_by_count": 2}],
            preconfigured=[{**LOG, "id": "ready", "name": "Ready"}],
            indices={
                "t": {
                    "aliases": {"all": {}},
                    "mappings": {"properties": {"a": {"type": "keyword"}}},
                    "documents": [{"_id": "1", "_source": {"a": "x"}}, {"_source": {"a": "y"}}],
                }
            },
        )
    )
    client = create_app(world).test_client()
    names = [space["name"] for space in client.get("/api/spaces/space").json]
    assert names == ["Default", "Developers", "ops"]
    listed = client.get("/s/ops/api/actions/connectors").json
    assert [(row["id"], row["referenced_by_count"]) for row in listed] == [("s", 2), ("ready", 0)]
    assert client.get("/_mock/elasticsearch/all/_doc/1").json["_source"] == {"a": "x"}
    assert client.get("/_mock/elasticsearch/t/_count").json["count"] == 2


SHOWN = [
    {
        "id": "alert-history", "name": "Alert history", "connector_type_id": ".index",
        "is_preconfigured": True, "is_deprecated": False, "is_system_action": False,
        "is_connector_type_deprecated": False, "referenced_by_count": 0,
    },
    {
        "id": "system-cases", "name": "Cases", "connector_type_id": ".cases",
        "is_preconfigured": False, "is_deprecated": False, "is_system_action": True,
        "referenced_by_count": 0,
    },
    {
        "id": "log", "name": "Log", "connector_type_id": ".server-log", "config": {},
        "is_preconfigured": False, "is_deprecated": False, "is_missing_secrets": False,
        "is_system_action": False, "referenced_by_count": 2, "auth_mode": "shared",
    },
    {
        "id": "jira", "name": "Jira", "connector_type_id": ".jira",
        "config": {"apiUrl": "https://jira.example.com", "projectKey": "OPS"},
        "is_preconfigured": False, "is_deprecated": False, "is_missing_secrets": False,
        "is_system_action": False, "referenced_by_count": 0,
    },
]  # fmt: skip


@pytest.mark.parametrize("content", [SHOWN, {"version": 1, "connectors": SHOWN}], ids=["a", "b"])
def test_what_kibana_says_of_its_connectors_is_a_seed(make, content):
    world = make(parse_seed(json.loads(json.dumps(content))))
    shown = {connector["id"]: connector for connector in world.connectors.get_all(Caller())}
    assert shown.keys() - {"alert-history", "log", "jira"} == set()
    assert (shown["alert-history"]["is_preconfigured"], "config" in shown["alert-history"]) == (
        True, False,
    )  # fmt: skip
    assert shown["log"]["referenced_by_count"] == 2
    # Secrets are never shown, so a connector that needs some has to get them again.
    missing = {id_: connector.get("is_missing_secrets") for id_, connector in shown.items()}
    assert missing == {"alert-history": None, "log": False, "jira": True}


def test_a_connector_that_kibana_shows_is_checked_all_the_same():
    bad = [{**SHOWN[3], "config": {}}]
    with pytest.raises(BadSeed, match=r"\[connectors.0\]: error validating connector type config"):
        World(seeds=[parse_seed(bad)])


def test_what_this_kibana_shows_is_a_seed_of_the_same_connectors(make):
    world = make(demo_seed())
    shown = world.connectors.get_all(Caller())
    again = make(parse_seed(json.loads(json.dumps(shown)))).connectors.get_all(Caller())
    unknown = {"is_missing_secrets": None}
    assert [{**each, **unknown} for each in again] == [{**each, **unknown} for each in shown]


def test_of_two_seeds_the_later_one_wins(make):
    first = seed(
        spaces=[{"id": "a", "name": "First"}],
        connectors=[{**LOG, "name": "First"}, {**LOG, "id": "kept"}],
        preconfigured=[{**LOG, "id": "p", "name": "First"}],
    )
    second = seed(
        spaces=[{"id": "a", "name": "Second"}],
        connectors=[{**LOG, "name": "Second"}],
        preconfigured=[{**LOG, "id": "p", "name": "Second"}],
    )
    world = make(first, second)
    found = {row["id"]: row["name"] for row in world.connectors.get_all(HERE)}
    assert found == {"s": "Second", "kept": "Server log", "p": "Second"}
    assert world.spaces.get(Caller(), "a")["name"] == "Second"


@pytest.mark.parametrize(
    ("first", "second", "is_preconfigured"),
    [("connectors", "preconfigured", True), ("preconfigured", "connectors", False)],
)
def test_an_id_is_that_of_one_connector_only(make, first, second, is_preconfigured):
    world = make(seed(**{first: [LOG]}), seed(**{second: [LOG]}))
    [connector] = world.connectors.get_all(HERE)
    assert (connector["id"], connector["is_preconfigured"]) == ("s", is_preconfigured)


def test_an_index_of_a_later_seed_takes_the_place_of_the_earlier_one(make):
    def index(text: str) -> Seed:
        return seed(indices={"t": {"documents": [{"_id": "1", "_source": {"a": text}}]}})

    client = create_app(make(index("first"), index("second"))).test_client()
    answer = client.get("/_mock/elasticsearch/t/_doc/1").json
    assert answer["_source"] == {"a": "second"}


def test_a_url_is_expanded_when_it_is_read_and_never_stored(make, tmp_path: Path):
    path = tmp_path / "w.db"
    world = make(seed(connectors=[LOCKED], preconfigured=[
        {**LOCKED, "id": "p", "expose_config": True}]), db=path)  # fmt: skip
    for url in ("http://one.example.com", "https://two.example.com:8443"):
        for connector_id in ("l", "p"):
            shown = world.connectors.get(Caller(url=url), connector_id)
            assert shown["config"] == {"url": f"{url}/x"}
    client = create_app(world).test_client()
    ran = client.post(
        "/api/actions/connector/l/_execute", json={"params": {}}, headers=XSRF,
        base_url="http://three.example.com",
    )  # fmt: skip
    assert ran.json["data"] == {"url": "http://three.example.com/x", "token": "t"}
    assert "example.com" not in json.dumps(world.dump())
    assert b"example.com" not in path.read_bytes()


def test_settings_do_not_keep_a_seed_from_loading(make):
    world = make(
        seed(connectors=[LOG]), settings=Settings(enabled_action_types=(), allowed_hosts=())
    )
    assert world.connectors.get(HERE, "s")["id"] == "s"


def test_the_demo_holds_the_documented_connectors(make):
    world = make(demo_seed())
    found = {row["id"]: row["connector_type_id"] for row in world.connectors.get_all(HERE)}
    assert found["c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad"] == ".index"
    assert found["7fc7b9a0-ecc9-11ec-8736-e7d63118c907"] == ".server-log"
    assert world.connectors.get(HERE, "c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad")["config"] == {
        "index": "test-index",
        "refresh": False,
        "executionTimeField": None,
    }


def test_the_demo_is_shipped_as_it_looks_when_it_was_checked_and_loaded(make):
    demo = demo_seed()
    assert parse_seed(demo.content).content == demo.content
    assert make(demo).store.digest() == make(Seed(demo.name, demo.content)).store.digest()


def test_the_demo_is_added_to_what_is_there(make):
    before = seed(connectors=[LOG], jira={"projects": [{"key": "A"}]})
    world = make(before, demo_seed())
    assert {project["key"] for project in world.jira.projects()} == {"A", "CK", "ES"}
    assert len(world.connectors.get_all(HERE)) == 1 + len(demo_seed().content["connectors"])
    world.reset(parts=["jira"])
    assert {project["key"] for project in world.jira.projects()} == {"A", "CK", "ES"}


# Dump and restore


def liven(world: World) -> None:
    """Use a world in all the ways that leave a trace."""
    client = create_app(world).test_client()
    elasticsearch = "/_mock/elasticsearch"

    def ask(method: str, path: str, body: Any = None) -> Any:
        answer = client.open(path, method=method, json=body, headers=XSRF)
        assert answer.status_code < 300, answer.text
        return answer.json

    create = {"name": "n", "connector_type_id": ".index", "config": {"index": "logs"}}
    made = ask("POST", "/api/actions/connector", create)
    other = ask("POST", "/s/ops/api/actions/connector", {**create, "config": {"index": "{url}"}})
    gone = ask("POST", "/api/actions/connector", create)
    ask("DELETE", f"/api/actions/connector/{gone['id']}")
    ask("POST", "/api/spaces/space", {"id": "ops", "name": "Operations", "initials": "O"})
    ask(
        "PUT",
        "/api/spaces/space/default",
        {"id": "default", "name": "H", "solution": "es", "imageUrl": ""},
    )
    ask(
        "PUT",
        f"/s/ops/api/actions/connector/{other['id']}",
        {"name": "m", "config": {"index": "u"}},
    )
    run = f"/api/actions/connector/{made['id']}/_execute"
    ask("POST", run, {"params": {"documents": [{"a": 1, "ü": "\u2028"}, {"a": 2.5}]}})
    ask("PUT", f"{elasticsearch}/logs/_doc/1", {"b": {"c": [1, None, 2]}})
    ask("PUT", f"{elasticsearch}/logs/_doc/1", {"b": {"c": []}})
    ask("PUT", f"{elasticsearch}/logs/_doc/2", {})
    ask("DELETE", f"{elasticsearch}/logs/_doc/2")
    ask("PUT", f"{elasticsearch}/empty", {"mappings": {"dynamic": "strict"}, "aliases": {"e": {}}})
    world.connectors.get(HERE, "l")


STATE = [
    seed(
        spaces=[{"id": "seeded"}],
        connectors=[LOCKED, {**LOG, "is_missing_secrets": True, "space": "seeded"}],
        preconfigured=[{**LOCKED, "id": "p", "expose_config": True}],
        indices={"t": {"documents": [{"_id": "x", "_source": {"a": 1}, "_version": 7}]}},
    )
]


def test_a_dump_of_a_lively_world_makes_the_same_world_again(make):
    world = make(*STATE)
    liven(world)
    dump = json.loads(json.dumps(world.dump()))
    again = make(parse_seed(dump))
    assert again.dump() == world.dump()
    assert again.store.digest() == world.store.digest()


def test_a_dump_of_an_empty_world_is_an_empty_seed(world, make):
    assert world.dump() == {
        "version": 1,
        "spaces": [],
        "connectors": [],
        "preconfigured": [],
        "indices": {},
        "jira": {},
    }
    assert make(parse_seed(world.dump())).store.digest() == world.store.digest()


def test_reset_puts_a_world_back_to_its_seeds_and_settings(make):
    world = make(*STATE, settings=Settings(contract="observed"))
    before, dump = world.store.digest(), world.dump()
    liven(world)
    world.settings = replace(world.settings, max_payload=1)
    world.log.write("info", "a", "m")
    world.bugs.append("a bug")
    world.reset()
    assert world.settings == Settings(contract="observed")
    assert (world.log.lines, world.bugs) == ([], [])
    after = world.dump()
    # What a seed leaves open is made anew: the index has another id and another time of creation.
    for state in (dump, after):
        for index in state["indices"].values():
            del index["uuid"], index["creation_date"]
    assert after == dump
    assert before


def test_an_empty_reset_leaves_nothing(make):
    world = make(*STATE)
    liven(world)
    world.reset(empty=True)
    assert world.dump() == make().dump()
    assert world.store.tables() == set()
    assert world.settings == Settings()
    world.reset()
    assert world.connectors.get(HERE, "l")["id"] == "l"


# Files of a world


def test_a_world_whose_file_holds_data_skips_its_seeds(make, tmp_path: Path):
    path = tmp_path / "w.db"
    first = World(db=path, seeds=[seed(connectors=[LOG])])
    assert first.seeds_skipped is False
    first.connectors.delete(HERE, "s")
    before = first.store.digest()
    first.close()
    world = make(seed(connectors=[{**LOG, "id": "other"}]), db=path)
    assert world.seeds_skipped is True
    assert world.store.digest() == before
    assert world.connectors.get_all(HERE) == []
    world.reset()
    assert [row["id"] for row in world.connectors.get_all(HERE)] == ["other"]


def test_without_seeds_nothing_is_skipped(tmp_path: Path):
    path = tmp_path / "w.db"
    World(db=path, seeds=[seed(connectors=[LOG])]).close()
    world = World(db=path)
    assert world.seeds_skipped is False
    world.close()


def test_a_file_keeps_what_happened(make, tmp_path: Path):
    path = tmp_path / "w.db"
    world = World(db=path, seeds=STATE, connector_types=[Locked])
    liven(world)
    before, dump = world.store.digest(), world.dump()
    world.close()
    again = make(db=path)
    assert (again.store.digest(), again.dump()) == (before, dump)


def test_a_connector_without_a_name_is_loaded_as_it_was_written():
    record = {"id": "a", "connector_type_id": ".server-log", "name": ""}
    world = World(seeds=[parse_seed({"version": 1, "connectors": [record]})])
    assert world.dump()["connectors"][0]["name"] == ""


def test_a_misspelt_party_is_refused_with_the_one_that_was_meant(make) -> None:
    world = make()
    with pytest.raises(BadSeed, match=r"\[parties.slak_api\]: .* did you mean \[slack_api\]\?"):
        world.seed(parse_seed({"version": 1, "parties": {"slak_api": {"1": {}}}}))
    kept = {"slack_api/numbers": {"message": {"last": 1}}, "acme": {"1": {}}}
    world.seed(parse_seed({"version": 1, "parties": kept}))
    assert world.outbox.parties() == kept
