"""Connectors over HTTP: create, get, update, delete, list, and the order of refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from mockkibana.connectors.base import ConnectorType
from mockkibana.settings import Settings
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import Boolean, Nullable, RecordOf, Schema, String
from mockkibana.world import World

CONNECTOR = "/api/actions/connector"
CONNECTORS = "/api/actions/connectors"
UUID = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
UUID_V4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
BLANK = "value '' is not valid"


class Config(Schema):
    host = String()
    secure = Boolean(load_default=False)
    note = Nullable(String())


class Secrets(Schema):
    token = String()


class Params(Schema):
    pass


class Picky(ConnectorType):
    """A type with required config and secrets, and a say in both and in what they are together."""

    id = ".picky"
    name = "Picky"
    config = Config()
    secrets = Secrets()
    params = Params()
    seen: ClassVar[list[Any]] = []

    def validate_config(self, config: Any, settings: Settings) -> str | None:
        return "no such host" if config["host"] == "bad" else None

    def validate_secrets(self, secrets: Any, settings: Settings) -> str | None:
        return "no such token" if secrets["token"] == "bad" else None

    def validate_connector(self, config: Any, secrets: Any) -> str | None:
        Picky.seen.append((config, secrets))
        return "host and token differ" if config["host"] != secrets["token"] else None

    def execute(self, run: Any, params: Any) -> None:
        return None


class Open(ConnectorType):
    """A type whose config may hold anything."""

    id = ".open"
    config = RecordOf(AnyValue())
    params = Params()

    def execute(self, run: Any, params: Any) -> None:
        return None


class Table(ConnectorType):
    """A ServiceNow connector, as far as it can be deprecated."""

    id = ".servicenow"
    params = Params()

    class TableConfig(Schema):
        usesTableApi = Boolean(load_default=True)  # noqa: N815

    config = TableConfig()

    def execute(self, run: Any, params: Any) -> None:
        return None


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    world = World(settings, connector_types=[Picky, Table, Open])
    yield world
    assert world.bugs == []
    world.close()


def picky(**changes: Any) -> dict[str, Any]:
    return {
        "name": "p",
        "connector_type_id": ".picky",
        "config": {"host": "h"},
        "secrets": {"token": "h"},
        **changes,
    }


# Create


@pytest.mark.kibana_version("8.19.0")
def test_create_answers_200_with_the_validated_config_and_without_secrets(client, xsrf):
    answer = client.post(
        CONNECTOR, json=picky(config={"host": "h", "secure": "TRUE"}), headers=xsrf
    )
    assert answer.status_code == 200
    assert list(answer.json) == [
        "id",
        "name",
        "config",
        "connector_type_id",
        "is_preconfigured",
        "is_deprecated",
        "is_missing_secrets",
        "is_system_action",
    ]
    assert UUID_V4.fullmatch(answer.json.pop("id"))
    assert answer.json | {} == {
        "name": "p",
        "config": {"host": "h", "secure": True, "note": None},
        "connector_type_id": ".picky",
        "is_preconfigured": False,
        "is_deprecated": False,
        "is_missing_secrets": False,
        "is_system_action": False,
    } | {"id": answer.json["id"]}


def test_generated_ids_differ(create):
    assert create()["id"] != create()["id"]


def test_what_was_created_is_what_get_shows(client, create):
    made = create(".index", {"index": "t"})
    assert client.get(f"{CONNECTOR}/{made['id']}").json == made


def test_names_need_not_differ(client, create):
    create(name="same")
    create(name="same")
    assert [row["name"] for row in client.get(CONNECTORS).json] == ["same", "same"]


@pytest.mark.parametrize(
    "connector_id",
    [
        UUID,
        UUID.upper(),
        "00000000-0000-0000-0000-000000000000",
        "c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad",
    ],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_connector_may_bring_its_uuid_of_any_version(client, create, connector_id):
    assert create(id=connector_id)["id"] == connector_id
    assert client.get(f"{CONNECTOR}/{connector_id}").status_code == 200


TYPE_STRING = "expected value of type [string] but got"
TYPE_OBJECT = "expected value of type [object] but got"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": None}, f"[request body.name]: {TYPE_STRING} [null]"),
        ({"name": 5}, f"[request body.name]: {TYPE_STRING} [number]"),
        ({"name": ""}, f"[request body.name]: {BLANK}"),
        ({"name": " \t\n"}, f"[request body.name]: {BLANK}"),
        ({"name": "\ufeff\u3000"}, f"[request body.name]: {BLANK}"),
        ({"connector_type_id": ""}, f"[request body.connector_type_id]: {BLANK}"),
        ({"connector_type_id": ["a"]}, f"[request body.connector_type_id]: {TYPE_STRING} [Array]"),
        ({"config": None}, f"[request body.config]: {TYPE_OBJECT} [null]"),
        ({"config": []}, f"[request body.config]: {TYPE_OBJECT} [Array]"),
        ({"config": "x"}, "[request body.config]: could not parse record value from json input"),
        ({"config": "5"}, f"[request body.config]: {TYPE_OBJECT} [number]"),
        ({"secrets": 1}, f"[request body.secrets]: {TYPE_OBJECT} [number]"),
        ({"secrets": True}, f"[request body.secrets]: {TYPE_OBJECT} [boolean]"),
        ({"config": {"host": ""}}, f"[request body.config.host]: {BLANK}"),
        ({"config": {"a": {"b": [1, {"c": " "}]}}}, f"[request body.config.a]: {BLANK}"),
        ({"config": {"a": ["x", ""]}}, f"[request body.config.a]: {BLANK}"),
        ({"config": {"b": "", "1": ""}}, f"[request body.config.1]: {BLANK}"),
        ({"secrets": {"token": ""}}, f"[request body.secrets.token]: {BLANK}"),
        ({"foo": 1}, "[request body.foo]: definition for this key is missing"),
        ({"id": UUID}, "[request body.id]: definition for this key is missing"),
        ({"name": "", "foo": 1}, f"[request body.name]: {BLANK}"),
        ({"config": {"a": ""}, "secrets": {"a": ""}}, f"[request body.config.a]: {BLANK}"),
    ],
    ids=str,
)
@pytest.mark.kibana_version("8.19.0")
def test_a_body_that_does_not_fit_is_refused(world, client, xsrf, envelope, changes, message):
    before = world.store.digest()
    answer = client.post(CONNECTOR, json=picky(**changes), headers=xsrf)
    assert (answer.status_code, answer.json) == (400, envelope(400, message))
    assert world.store.digest() == before


def test_of_several_failures_the_first_key_of_the_schema_is_named(client, xsrf):
    answer = client.post(CONNECTOR, json={"secrets": 1, "config": 1, "x": 1}, headers=xsrf)
    assert answer.json["message"] == f"[request body.name]: {TYPE_STRING} [undefined]"
    answer = client.post(CONNECTOR, json={"secrets": 1, "config": 1, "name": "n"}, headers=xsrf)
    assert answer.json["message"] == f"[request body.connector_type_id]: {TYPE_STRING} [undefined]"


def test_a_text_is_blank_when_javascript_trims_it_away(create):
    assert create(".picky", {"host": "\x1c"}, secrets={"token": "\x1c"})


def test_keys_and_numbers_are_no_blank_strings(create):
    assert create(".open", {"": 0, " ": [], "a": {}})["config"] == {
        "": 0, " ": [], "a": {}
    }  # fmt: skip


def test_config_may_be_a_string_that_holds_an_object(client, xsrf):
    answer = client.post(CONNECTOR, json=picky(config='{"host":"h"}'), headers=xsrf)
    assert answer.json["config"] == {"host": "h", "secure": False, "note": None}


CONFIG = "error validating action type config: "
SECRETS = "error validating action type secrets: "
TOGETHER = "error validating action type connector: "
DISABLED = 'action type "{}" is not enabled in the Kibana config xpack.actions.enabledActionTypes'
NO_UUID = (
    "Predefined IDs are not allowed for saved objects with encrypted attributes unless the ID is a "
    "UUID.: Bad Request"
)

# Each row is wrong in its own way and in all the ways of the rows below it.
WORST_FIRST = [
    ("preconfigured", "ready", {"connector_type_id": ".nope"}, 400,
     "This ready already exists in a preconfigured action."),
    ("type", "no-uuid", {"connector_type_id": ".nope"}, 400,
     'Action type ".nope" is not registered.'),
    ("config", "no-uuid", {"config": {}, "secrets": {}}, 400,
     f"{CONFIG}[host]: {TYPE_STRING} [undefined]"),
    ("own config", "no-uuid", {"config": {"host": "bad"}, "secrets": {}}, 400,
     f"{CONFIG}no such host"),
    ("secrets", "no-uuid", {"secrets": {}}, 400, f"{SECRETS}[token]: {TYPE_STRING} [undefined]"),
    ("own secrets", "no-uuid", {"secrets": {"token": "bad"}}, 400, f"{SECRETS}no such token"),
    ("together", "no-uuid", {"secrets": {"token": "x"}}, 400, f"{TOGETHER}host and token differ"),
    ("disabled", "no-uuid", {}, 403, DISABLED.format(".picky")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("connector_id", "changes", "status", "message"),
    [row[1:] for row in WORST_FIRST],
    ids=[row[0] for row in WORST_FIRST],
)
@pytest.mark.kibana_version("8.19.0")
def test_create_refuses_in_kibanas_order(
    world, client, xsrf, envelope, seed, connector_id, changes, status, message
):
    world.seed(seed(preconfigured=[{"id": "ready", "connector_type_id": ".server-log"}]))
    world.settings = replace(world.settings, enabled_action_types=(".index",))
    before = world.store.digest()
    answer = client.post(f"{CONNECTOR}/{connector_id}", json=picky(**changes), headers=xsrf)
    assert (answer.status_code, answer.json) == (status, envelope(status, message))
    assert world.store.digest() == before


@pytest.mark.parametrize("connector_id", ["my-id", "x", UUID[:-1], UUID + "0", f"{{{UUID}}}", " "])
@pytest.mark.kibana_version("8.19.0")
def test_an_id_that_is_no_uuid_is_refused_last_but_one(client, xsrf, envelope, connector_id):
    answer = client.post(f"{CONNECTOR}/{connector_id}", json=picky(), headers=xsrf)
    assert (answer.status_code, answer.json) == (400, envelope(400, NO_UUID))


@pytest.mark.parametrize("space", ["", "/s/default", "/s/other"])
def test_an_id_that_is_taken_in_any_space_is_a_conflict(
    world, client, create, xsrf, envelope, space
):
    create(id=UUID)
    before = world.store.digest()
    answer = client.post(f"{space}{CONNECTOR}/{UUID}", json=picky(), headers=xsrf)
    message = f"Saved object [action/{UUID}] conflict"
    assert (answer.status_code, answer.json) == (409, envelope(409, message))
    assert world.store.digest() == before


@pytest.mark.kibana_version("8.19.0")
def test_the_cross_field_check_sees_config_and_secrets_as_they_were_sent(create):
    Picky.seen.clear()
    create(**picky(config={"host": "h", "secure": "true"}))
    assert Picky.seen == [({"host": "h", "secure": "true"}, {"token": "h"})]


# Get


def test_a_connector_that_is_not_there_is_404(client, envelope):
    answer = client.get(f"{CONNECTOR}/{UUID}")
    assert (answer.status_code, answer.json) == (
        404,
        envelope(404, f"Saved object [action/{UUID}] not found"),
    )


@pytest.mark.parametrize(
    ("config", "deprecated"),
    [({}, True), ({"usesTableApi": True}, True), ({"usesTableApi": False}, False)],
    ids=str,
)
def test_a_servicenow_connector_that_uses_the_table_api_is_deprecated(create, config, deprecated):
    made = create(".servicenow", config)
    assert made["is_deprecated"] is deprecated


# Update


def test_update_replaces_name_config_and_secrets_as_a_whole(world, client, create, xsrf):
    made = create(**picky(config={"host": "h", "note": "n"}))
    body = {"name": "q", "config": {"host": "i"}, "secrets": {"token": "i"}}
    answer = client.put(f"{CONNECTOR}/{made['id']}", json=body, headers=xsrf)
    assert answer.status_code == 200
    config = {"host": "i", "secure": False, "note": None}
    assert answer.json == {**made, "name": "q", "config": config}
    assert list(answer.json) == list(made)
    assert client.get(f"{CONNECTOR}/{made['id']}").json == answer.json
    assert world.store.table("kibana.connectors").row(made["id"])["secrets"] == {"token": "i"}


def test_config_left_out_of_an_update_is_an_empty_one(client, create, xsrf):
    made = create(".servicenow", {"usesTableApi": False})
    answer = client.put(f"{CONNECTOR}/{made['id']}", json={"name": "n"}, headers=xsrf)
    assert answer.json["config"] == {"usesTableApi": True}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, f"[request body.name]: {TYPE_STRING} [undefined]"),
        ({"name": " "}, f"[request body.name]: {BLANK}"),
        ({"name": "n", "connector_type_id": ".index"},
         "[request body.connector_type_id]: definition for this key is missing"),
        ({"name": "n", "config": None}, f"[request body.config]: {TYPE_OBJECT} [null]"),
        ({"name": "n", "config": {"host": ""}}, f"[request body.config.host]: {BLANK}"),
        ({"name": "n", "secrets": {"token": [" "]}}, f"[request body.secrets.token]: {BLANK}"),
        ({"name": "n", "config": {"host": "h"}}, f"{SECRETS}[token]: {TYPE_STRING} [undefined]"),
        ({"name": "n"}, f"{CONFIG}[host]: {TYPE_STRING} [undefined]"),
        ({"name": "n", "config": {"host": "h", "x": 1}, "secrets": {"token": "h"}},
         f"{CONFIG}[x]: definition for this key is missing"),
        ({"name": "n", "config": {"host": "h"}, "secrets": {"token": "i"}},
         f"{TOGETHER}host and token differ"),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.kibana_version("8.19.0")
def test_an_update_that_does_not_fit_changes_nothing(
    world, client, create, xsrf, envelope, body, message
):
    made = create(**picky())
    before = world.store.digest()
    answer = client.put(f"{CONNECTOR}/{made['id']}", json=body, headers=xsrf)
    assert (answer.status_code, answer.json) == (400, envelope(400, message))
    assert world.store.digest() == before


@pytest.mark.kibana_version("8.19.0")
def test_update_refuses_in_kibanas_order(world, client, create, xsrf, envelope, seed):
    made = create(**picky())
    world.seed(seed(preconfigured=[{"id": "ready", "connector_type_id": ".index"}]))
    world.settings = replace(world.settings, enabled_action_types=(".index",))

    def refusal(connector_id: str, secrets: Any, space: str = "") -> Any:
        body = {"name": "n", "config": {"host": "h"}, "secrets": secrets}
        return client.put(f"{space}{CONNECTOR}/{connector_id}", json=body, headers=xsrf).json

    assert refusal("ready", {}) == envelope(400, "Preconfigured action ready can not be updated.")
    assert refusal(UUID, {}) == envelope(404, f"Saved object [action/{UUID}] not found")
    assert refusal(made["id"], {}, "/s/b") == envelope(
        404, f"Saved object [action/{made['id']}] not found"
    )
    assert refusal(made["id"], {}) == envelope(400, f"{SECRETS}[token]: {TYPE_STRING} [undefined]")
    assert refusal(made["id"], {"token": "h"}) == envelope(403, DISABLED.format(".picky"))


def test_update_repairs_missing_secrets(world, client, xsrf, seed):
    connector = {
        "id": "imported",
        "connector_type_id": ".picky",
        "config": {"host": "h"},
        "is_missing_secrets": True,
    }
    world.seed(seed(connectors=[connector]))
    assert client.get(f"{CONNECTOR}/imported").json["is_missing_secrets"] is True
    body = {"name": "n", "config": {"host": "h"}, "secrets": {"token": "h"}}
    answer = client.put(f"{CONNECTOR}/imported", json=body, headers=xsrf)
    assert answer.json["is_missing_secrets"] is False


# Delete


def test_delete_answers_204_once_and_404_then(client, create, xsrf, envelope):
    made = create()
    path = f"{CONNECTOR}/{made['id']}"
    answer = client.delete(path, headers=xsrf)
    assert (answer.status_code, answer.data) == (204, b"")
    missing = envelope(404, f"Saved object [action/{made['id']}] not found")
    assert client.delete(path, headers=xsrf).json == missing
    assert client.get(path).json == missing
    assert client.get(CONNECTORS).json == []


def test_a_deleted_id_can_be_used_again(client, create, xsrf):
    create(id=UUID)
    client.delete(f"{CONNECTOR}/{UUID}", headers=xsrf)
    assert create(space="/s/b", id=UUID)["id"] == UUID


# Types that are gone


@pytest.fixture
def orphaned(tmp_path, seed) -> Iterator[World]:
    """A world whose file holds a connector of a type that is not installed any more."""
    path = tmp_path / "world.db"
    connector = {
        "id": "old",
        "connector_type_id": ".picky",
        "config": {"host": "h"},
        "secrets": {"token": "h"},
    }
    ready = {"id": "ready", "connector_type_id": ".picky"}
    seeds = [seed(connectors=[connector], preconfigured=[ready])]
    World(db=path, seeds=seeds, connector_types=[Picky]).close()
    world = World(db=path)
    yield world
    assert world.bugs == []
    world.close()


def test_a_connector_whose_type_is_gone_is_shown_and_deleted_but_not_changed_or_run(
    orphaned, xsrf, envelope
):
    from mockkibana.app import create_app

    client = create_app(orphaned).test_client()
    gone = envelope(400, 'Action type ".picky" is not registered.')
    assert client.get(f"{CONNECTOR}/old").json["name"] == "Picky"
    assert [row["id"] for row in client.get(CONNECTORS).json] == ["old", "ready"]
    body = {"name": "n", "config": {"host": "h"}, "secrets": {"token": "h"}}
    assert client.put(f"{CONNECTOR}/old", json=body, headers=xsrf).json == gone
    for connector_id in ("old", "ready"):
        path = f"{CONNECTOR}/{connector_id}/_execute"
        answer = client.post(path, json={"params": {}}, headers=xsrf)
        assert (answer.status_code, answer.json) == (400, gone)
    assert client.get("/_mock/").status_code == 200
    assert client.delete(f"{CONNECTOR}/old", headers=xsrf).status_code == 204


# Preconfigured connectors


READY = {
    "id": "my-index",
    "name": "Ready",
    "connector_type_id": ".index",
    "is_preconfigured": True,
    "is_deprecated": False,
    "is_system_action": False,
}


@pytest.mark.parametrize("space", ["", "/s/default", "/s/nope"])
@pytest.mark.kibana_version("8.19.0")
def test_a_preconfigured_connector_is_in_every_space_without_its_config(world, client, seed, space):
    ready = {
        "id": "my-index",
        "name": "Ready",
        "connector_type_id": ".index",
        "config": {"index": "t"},
    }
    world.seed(seed(preconfigured=[ready]))
    answer = client.get(f"{space}{CONNECTOR}/my-index")
    assert answer.json == READY
    assert list(answer.json) == list(READY)
    assert client.get(f"{space}{CONNECTORS}").json == [READY | {"referenced_by_count": 0}]


@pytest.mark.kibana_version("8.19.0")
def test_exposed_config_is_shown_by_get_and_not_by_the_list(world, client, seed):
    ready = {"id": "my-index", "name": "Ready", "connector_type_id": ".index",
             "config": {"index": "t"}, "expose_config": True}  # fmt: skip
    world.seed(seed(preconfigured=[ready]))
    assert client.get(f"{CONNECTOR}/my-index").json == READY | {"config": {"index": "t"}}
    assert client.get(CONNECTORS).json == [READY | {"referenced_by_count": 0}]


def test_a_preconfigured_connector_cannot_be_changed(world, client, xsrf, envelope, seed):
    ready = {"id": UUID, "connector_type_id": ".server-log"}
    world.seed(seed(preconfigured=[ready]))
    before = world.store.digest()
    body = {"name": "n"}
    for space in ("", "/s/a"):
        path = f"{space}{CONNECTOR}/{UUID}"
        assert client.put(path, json=body, headers=xsrf).json == envelope(
            400, f"Preconfigured action {UUID} can not be updated."
        )
        assert client.delete(path, headers=xsrf).json == envelope(
            400, f"Preconfigured action {UUID} is not allowed to delete."
        )
        made = client.post(path, json={**body, "connector_type_id": ".server-log"}, headers=xsrf)
        assert made.json == envelope(400, f"This {UUID} already exists in a preconfigured action.")
    assert world.store.digest() == before


# The list


ORDER = [
    " lead", "_under", "-dash", '"q"', "#hash", "10 x", "2 x", "a", "A", "b", "B", "eclair",
    "Éclair", "f", "jira", "my action", "My action", "Test:_Pre", "TestEmail", "zed", "Zed",
]  # fmt: skip


def test_the_list_is_sorted_as_javascript_sorts_names(client, create):
    for name in reversed(ORDER):
        create(name=name)
    rows = client.get(CONNECTORS).json
    assert [row["name"] for row in rows] == ORDER
    assert {row["referenced_by_count"] for row in rows} == {0}
    place = list(rows[0]).index("referenced_by_count")
    assert list(rows[0])[place - 1 : place + 2] == [
        "is_deprecated",
        "referenced_by_count",
        "is_missing_secrets",
    ]


def test_of_equal_names_the_saved_one_comes_first(world, client, create, seed):
    world.seed(seed(preconfigured=[{"id": "ready", "name": "same", "connector_type_id": ".index"}]))
    first, second = create(name="same"), create(name="same")
    assert [row["id"] for row in client.get(CONNECTORS).json] == [
        first["id"],
        second["id"],
        "ready",
    ]


def test_a_saved_connector_in_the_list_is_its_object_and_a_count(world, client, create, seed):
    made = create(name="a")
    assert client.get(CONNECTORS).json == [made | {"referenced_by_count": 0}]
    used = {"id": "used", "name": "b", "connector_type_id": ".server-log", "referenced_by_count": 3}
    world.seed(seed(connectors=[used]))
    assert client.get(CONNECTORS).json[1]["referenced_by_count"] == 3
    assert "referenced_by_count" not in client.get(f"{CONNECTOR}/used").json


# Spaces


def test_a_connector_lives_in_its_space_only(client, create, xsrf, envelope, execute):
    here, there = create(name="here"), create(space="/s/there", name="there")
    missing = envelope(404, f"Saved object [action/{there['id']}] not found")
    path = f"{CONNECTOR}/{there['id']}"
    assert client.get(path).json == missing
    assert client.put(path, json={"name": "n"}, headers=xsrf).json == missing
    assert client.delete(path, headers=xsrf).json == missing
    assert execute(there["id"], {"message": "m"}, status=404).json == missing
    assert [row["id"] for row in client.get(CONNECTORS).json] == [here["id"]]
    assert [row["id"] for row in client.get(f"/s/there{CONNECTORS}").json] == [there["id"]]
    assert execute(there["id"], {"message": "m"}, space="/s/there").json["status"] == "ok"


def test_in_a_space_that_nobody_made_connectors_can_be_used_all_the_same(client, create, envelope):
    assert client.get(f"/s/nope{CONNECTORS}").json == []
    answer = client.get(f"/s/nope{CONNECTOR}/x")
    assert (answer.status_code, answer.json) == (
        404,
        envelope(404, "Saved object [action/x] not found"),
    )
    made = create(space="/s/nope")
    assert client.get(f"/s/nope{CONNECTOR}/{made['id']}").json == made


def test_deleting_a_space_deletes_its_connectors_and_no_others(client, create, xsrf):
    client.post("/api/spaces/space", json={"id": "a", "name": "A"}, headers=xsrf)
    gone, kept, other = create(space="/s/a"), create(), create(space="/s/b")
    assert client.delete("/api/spaces/space/a", headers=xsrf).status_code == 204
    assert client.get(f"/s/a{CONNECTOR}/{gone['id']}").status_code == 404
    assert client.get(f"{CONNECTOR}/{kept['id']}").status_code == 200
    assert client.get(f"/s/b{CONNECTOR}/{other['id']}").status_code == 200


# Connector types


@pytest.mark.kibana_version("8.19.0")
def test_the_types_are_listed_in_the_order_of_their_registration(client):
    types = client.get("/api/actions/connector_types").json
    ids = [row["id"] for row in types]
    assert ids.index(".index") < ids.index(".server-log") < ids.index(".servicenow")
    assert ids[-2:] == [".picky", ".open"]
    assert types[ids.index(".index")] == {
        "id": ".index",
        "name": "Index",
        "enabled": True,
        "enabled_in_config": True,
        "enabled_in_license": True,
        "minimum_license_required": "basic",
        "supported_feature_ids": ["alerting", "uptime", "siem"],
        "is_system_action_type": False,
    }
    assert list(types[0]) == [
        "id",
        "name",
        "enabled",
        "enabled_in_config",
        "enabled_in_license",
        "minimum_license_required",
        "supported_feature_ids",
        "is_system_action_type",
    ]
    assert types[ids.index(".server-log")]["supported_feature_ids"] == ["alerting", "uptime"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("feature_id=siem", {".index", ".servicenow"}),
        ("feature_id=uptime", {".index", ".server-log", ".servicenow"}),
        ("feature_id=cases", {".servicenow"}),
        ("feature_id=nope", set()),
        ("feature_id=", set()),
    ],
)
def test_types_are_filtered_by_feature(client, query, expected):
    rows = client.get(f"/api/actions/connector_types?{query}").json
    assert {row["id"] for row in rows} & {".index", ".server-log", ".servicenow"} == expected


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("foo=1", "[request query.foo]: definition for this key is missing"),
        ("feature_id=a&foo", "[request query.foo]: definition for this key is missing"),
        ("feature_id=a&feature_id=b", f"[request query.feature_id]: {TYPE_STRING} [Array]"),
    ],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_query_that_does_not_fit_is_refused(client, envelope, query, message):
    answer = client.get(f"/api/actions/connector_types?{query}")
    assert (answer.status_code, answer.json) == (400, envelope(400, message))


# Templates of seeds


def test_a_url_template_is_a_seeds_right_only(client, create, xsrf, world, seed):
    made = create(".index", {"index": "{url}"})
    assert made["config"]["index"] == "{url}"
    seeded = {"id": "s", "connector_type_id": ".index", "config": {"index": "{url}"}}
    world.seed(seed(connectors=[seeded]))
    path = f"{CONNECTOR}/s"
    assert client.get(path).json["config"]["index"] == "http://localhost"
    updated = client.put(path, json={"name": "n", "config": {"index": "{url}"}}, headers=xsrf)
    assert updated.json["config"]["index"] == "{url}"
    assert client.get(path).json["config"]["index"] == "{url}"


# What the releases differ in


@pytest.mark.kibana_version("8.19.9", "9.2.0", "9.3.0", "9.5.4")
def test_a_connector_tells_since_9_3_whether_its_type_is_deprecated(
    client, create, world, seed, kibana_version
):
    world.seed(seed(preconfigured=[{"id": "p", "connector_type_id": ".index"}]))
    made = create()
    path = f"{CONNECTOR}/{made['id']}"
    updated = client.put(path, json={"name": "n"}, headers={"kbn-xsrf": "true"}).json
    told = {"is_connector_type_deprecated": False} if kibana_version >= "9.3" else {}
    for shown in (made, client.get(path).json, updated, *client.get(CONNECTORS).json,
                  client.get(f"{CONNECTOR}/p").json):  # fmt: skip
        own = {key: value for key, value in shown.items() if key.endswith("type_deprecated")}
        assert own == told
        assert list(shown)[-1] == ("is_connector_type_deprecated" if told else "is_system_action")


@pytest.mark.parametrize(
    ("version", "keys"),
    [
        ("8.19.9", ["is_system_action_type", "sub_feature"]),
        ("9.2.9", ["is_system_action_type", "sub_feature"]),
        ("9.3.0", ["is_system_action_type", "source", "sub_feature", "is_deprecated"]),
        ("9.5.4", ["is_system_action_type", "source", "sub_feature", "is_deprecated"]),
    ],
)
def test_a_connector_type_tells_its_source_since_9_3(client, world, version, keys):
    world.settings = Settings(kibana_version=version)
    types = {row["id"]: row for row in client.get("/api/actions/connector_types").json}
    edr = types[".crowdstrike"]
    assert list(edr)[7:] == keys
    assert edr.get("source", "stack") == "stack"
    assert not edr.get("is_deprecated")
    assert list(types[".index"])[7:] == [key for key in keys if key != "sub_feature"]


def test_a_type_that_a_release_does_not_have_is_not_registered(client, post, world):
    config = {"url": "https://xsoar.example.com"}
    for version, has_it in (("8.18.9", False), ("8.19.0", True), ("9.0.0", False), ("9.1.0", True)):
        world.settings = Settings(kibana_version=version)
        listed = [row["id"] for row in client.get("/api/actions/connector_types").json]
        assert (".xsoar" in listed) is has_it
        answer = post(".xsoar", config, secrets={"apiKey": "k"})
        assert answer.status_code == (200 if has_it else 400)
        if not has_it:
            assert answer.json["message"] == 'Action type ".xsoar" is not registered.'


def test_a_connector_of_a_type_that_is_gone_is_listed_and_deleted(
    client, create, execute, world, xsrf
):
    world.settings = Settings(kibana_version="9.1.0")
    id_ = create(".xsoar", {"url": "https://x.example.com"}, secrets={"apiKey": "k"})["id"]
    world.settings = Settings(kibana_version="9.0.0")
    assert [row["id"] for row in client.get(CONNECTORS).json] == [id_]
    refused = execute(id_, {"subAction": "getPlaybooks"}, status=400).json["message"]
    assert refused == 'Action type ".xsoar" is not registered.'
    assert client.delete(f"{CONNECTOR}/{id_}", headers=xsrf).status_code == 204


@pytest.mark.parametrize(
    ("version", "ids"),
    [
        ("9.2.9", []),
        ("9.3.7", [".brave-search", ".google_drive", ".notion"]),
        (
            "9.4.6",
            [
                ".abuseipdb",
                ".alienvault-otx",
                ".aws_lambda",
                ".brave-search",
                ".github",
                ".google_drive",
                ".greynoise",
                ".notion",
                ".shodan",
                ".urlvoid",
                ".virustotal",
                ".jina",
                ".salesforce",
                ".slack2",
                ".firecrawl",
                ".amazon_s3",
                ".gmail",
                ".tavily_mcp",
            ],
        ),
    ],
)
def test_types_made_of_a_specification_come_last(client, world, version, ids):
    world.settings = Settings(kibana_version=version)
    types = client.get("/api/actions/connector_types").json
    specified = [row["id"] for row in types if row.get("source") == "spec"]
    assert specified == ids
    shipped = [row["id"] for row in types if row["id"] not in (".picky", ".open")]
    assert shipped[len(shipped) - len(ids) :] == ids


def test_a_type_made_of_a_specification_tells_features_and_description_by_release(client, world):
    told = {}
    for version in ("9.3.7", "9.4.6", "9.5.4"):
        world.settings = Settings(kibana_version=version)
        rows = client.get("/api/actions/connector_types?feature_id=workflows").json
        told[version] = {row["id"]: row for row in rows}[".notion"]
    assert told["9.3.7"]["supported_feature_ids"] == ["workflows"]
    assert told["9.4.6"]["supported_feature_ids"] == ["workflows", "agentBuilder"]
    assert "description" not in told["9.4.6"]
    assert told["9.5.4"] == {
        **told["9.4.6"],
        "description": "Explore content and databases in Notion",
        "is_experimental": True,
    }


@pytest.mark.parametrize(
    ("version", "type_id"), [("9.5.4", ".github"), ("9.4.6", ".notion"), ("9.3.7", ".brave-search")]
)
def test_a_type_that_is_only_listed_is_refused_in_words_of_the_mock(
    client, post, world, version, type_id
):
    world.settings = Settings(kibana_version=version)
    answer = post(type_id, {}, secrets={"authType": "bearer", "token": "planted"})
    assert answer.status_code == 400
    assert answer.json["message"] == (
        f'mockkibana lists the connector type "{type_id}", but makes and runs no connector of it: '
        "it does not know the schema of its config, secrets and params."
    )
    assert client.get(CONNECTORS).json == []
    world.settings = Settings(kibana_version="9.2.9")
    assert post(type_id).json["message"] == f'Action type "{type_id}" is not registered.'


@pytest.mark.kibana_version("9.5.4")
def test_the_newer_system_types_are_internal_as_well(client, kibana_version):
    origin = {"x-elastic-internal-origin": "kibana"}
    types = client.get("/internal/actions/connector_types", headers=origin).json
    system = [row for row in types if row["is_system_action_type"]]
    assert [row["id"] for row in system] == [
        ".cases",
        ".observability-ai-assistant",
        ".http-system",
        ".workflows",
    ]
    assert system[-1]["allow_multiple_system_actions"] is True
    assert all(not row["is_system_action_type"] for row in types[:-4])
