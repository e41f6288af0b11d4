"""The handle `MockKibana`: every verb of it, on a world in this process and on one over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from jira import JIRA
from tinydb import where

from mockkibana.control.errors import ControlError
from mockkibana.seeds import BadSeed
from mockkibana.settings import Settings
from mockkibana.testing.handle import MockKibana
from mockkibana.testing.interception import intercept
from mockkibana.testing.transport import Refused

INDEX = {"index": "test-index"}
JIRA_CONFIG = {"apiUrl": "https://jira.example.com", "projectKey": "OPS"}
JIRA_SECRETS = {"email": "elastic@example.com", "apiToken": "changeme"}
SEED_YAML = """
version: 1
connectors:
  - id: my-index
    connector_type_id: .index
    config: {index: test-index}
"""
SEED = {
    "version": 1,
    "connectors": [{"id": "my-index", "connector_type_id": ".index", "config": INDEX}],
}


def push(summary: str) -> dict[str, object]:
    incident = {"summary": summary}
    return {"subAction": "pushToService", "subActionParams": {"incident": incident}}


def ids(handle: MockKibana) -> list[str]:
    return [connector["id"] for connector in handle.connectors.list()]


def test_a_tool_finds_kibana_at_the_url(handle: MockKibana) -> None:
    connector = handle.connectors.create(".index", name="Mine", config=INDEX)
    shown = requests.get(f"{handle.url}/api/actions/connector/{connector['id']}", timeout=10).json()
    assert shown == connector
    assert shown["name"] == "Mine"


def test_a_new_world_is_empty(handle: MockKibana) -> None:
    assert handle.connectors.list() == []
    assert [space["id"] for space in handle.spaces.list()] == ["default"]
    assert handle.elasticsearch.indices() == []
    assert handle.log.messages == []
    assert handle.journal.calls() == []


def test_connectors_are_made_changed_and_deleted_in_a_space(handle: MockKibana) -> None:
    handle.spaces.create("marketing")
    wanted = "d6f1c6a0-2a4c-4d6b-9d5f-0f6c1f2a3b4c"
    handle.connectors.create(".server-log", id=wanted, space="marketing")
    handle.connectors.update(wanted, name="Renamed", space="marketing")
    assert handle.connectors.get(wanted, space="marketing")["name"] == "Renamed"
    assert handle.connectors.list() == []
    handle.connectors.delete(wanted, space="marketing")
    assert handle.connectors.list(space="marketing") == []


def test_a_space_is_made_and_deleted(handle: MockKibana) -> None:
    handle.spaces.create("marketing", name="Marketing", color="#aabbcc")
    assert handle.spaces.get("marketing")["color"] == "#aabbcc"
    handle.spaces.delete("marketing")
    with pytest.raises(Refused) as refused:
        handle.spaces.get("marketing")
    assert refused.value.status == 404


def test_what_kibana_refuses_is_raised_with_its_words(handle: MockKibana) -> None:
    with pytest.raises(Refused, match="Saved object \\[action/nothing\\] not found") as refused:
        handle.connectors.get("nothing")
    assert refused.value.status == 404
    assert refused.value.body["error"] == "Not Found"


def test_what_was_probably_meant_is_said_with_a_refusal(handle: MockKibana) -> None:
    with pytest.raises(Refused, match=r"not registered\. \(did you mean `\.index`\?") as refused:
        handle.connectors.create("index")
    assert refused.value.hint == "did you mean `.index`? The id of a type begins with a dot"
    handle.connectors.create(".server-log", name="Jürgen", id="hero")
    with pytest.raises(Refused) as refused:
        handle.connectors.run("Jürgen", {"message": "a"})
    assert refused.value.hint == "`Jürgen` is the name of a connector, its id is `hero`"
    assert len(handle.journal.calls()) == 1  # the run: what the handle does itself leaves no trace


def test_a_setting_as_a_keyword_is_told_where_it_goes() -> None:
    make: Any = MockKibana
    with pytest.raises(TypeError, match=r"settings=\{'kibana_version': '9.5.4'\}"):
        make(kibana_version="9.5.4")
    with pytest.raises(TypeError, match=r"no kibana_versoin; .*\[kibana_version\]"):
        make(kibana_versoin="9.5.4")


def test_documents_are_sources_that_know_their_ids(handle: MockKibana) -> None:
    connector = handle.connectors.create(".index", config=INDEX)
    run = handle.connectors.run(connector["id"], {"documents": [{"a": 1}, {"a": 2}]})
    documents = handle.elasticsearch.documents("test-index")
    assert documents == [{"a": 1}, {"a": 2}]
    assert [document.id for document in documents] == [
        item["create"]["_id"] for item in run["data"]["items"]
    ]
    assert {document.index for document in handle.elasticsearch.documents("test-*")} == {
        "test-index"
    }
    assert handle.elasticsearch.documents("missing") == []


def test_issues_are_those_of_jira(handle: MockKibana) -> None:
    connector = handle.connectors.create(".jira", config=JIRA_CONFIG, secrets=JIRA_SECRETS)
    assert handle.jira.issues("OPS") == []
    for summary in ("Disk full", "Disk fuller"):
        assert handle.connectors.run(connector["id"], push(summary))["status"] == "ok"
    issues = handle.jira.issues("OPS")
    assert [issue["key"] for issue in issues] == ["OPS-1", "OPS-2"]
    assert issues[0]["fields"]["summary"] == "Disk full"
    assert [issue["key"] for issue in handle.jira.issues("OPS", "summary ~ fuller")] == ["OPS-2"]
    assert handle.jira.issues("OTHER") == []
    client = JIRA(handle.jira.url, basic_auth=("elastic@example.com", "changeme"))
    client.add_comment("OPS-1", "94 %")
    assert handle.jira.comments("OPS-1") == ["94 %"]
    found = handle.jira.issue("OPS-2")
    assert found is not None
    assert found["fields"]["summary"] == "Disk fuller"
    assert handle.jira.issue("OPS-9") is None


def test_the_journal_has_the_runs_and_not_what_the_handle_asks(handle: MockKibana) -> None:
    connector = handle.connectors.create(".index", config=INDEX)
    handle.connectors.run(connector["id"], {"documents": [{"a": 1}]})
    handle.elasticsearch.documents("test-index")
    handle.jira.issues("OPS")
    call = handle.journal.assert_called_once(connector=connector["id"])
    assert [made["kind"] for made in call["runs"][0]["made"]] == ["document"]
    assert handle.journal.count(face="all") == 1


def test_reset_forgets_everything(handle: MockKibana) -> None:
    connector = handle.connectors.create(".server-log")
    handle.connectors.run(connector["id"], {"message": "hello"})
    handle.clock.freeze()
    handle.faults.add(what={"status": 503})
    handle.configure(contract="observed")
    handle.reset()
    assert handle.connectors.list() == []
    assert handle.journal.calls() == []
    assert handle.log.messages == []
    assert handle.faults.list() == []
    assert not handle.clock.frozen
    assert handle.settings["contract"] == "documented"


def test_a_part_is_reset_on_its_own(handle: MockKibana) -> None:
    connector = handle.connectors.create(".server-log")
    handle.connectors.run(connector["id"], {"message": "hello"})
    handle.reset(parts=["log"])
    assert handle.log.messages == []
    assert ids(handle) == [connector["id"]]


def test_a_snapshot_is_restored(handle: MockKibana) -> None:
    kept = handle.connectors.create(".server-log")
    handle.snapshot("one")
    handle.connectors.create(".server-log")
    handle.restore("one")
    assert ids(handle) == [kept["id"]]


def test_what_a_snapshot_holds_is_no_name_to_restore(handle: MockKibana) -> None:
    with pytest.raises(TypeError, match=r"restore takes the name .* use seed\(\)"):
        handle.restore(handle.snapshot())  # type: ignore[arg-type]


def test_a_snapshot_is_a_seed_file(handle: MockKibana, tmp_path: Path) -> None:
    connector = handle.connectors.create(".index", config=INDEX)
    handle.connectors.run(connector["id"], {"documents": [{"a": 1}]})
    content = handle.snapshot(path=tmp_path / "state.json")
    assert json.loads((tmp_path / "state.json").read_text()) == content
    handle.reset()
    handle.seed(tmp_path / "state.json")
    assert ids(handle) == [connector["id"]]
    assert handle.elasticsearch.documents("test-index") == [{"a": 1}]


@pytest.mark.parametrize("kind", ["content", "text", "path", "path as text"])
def test_a_seed_is_content_text_or_a_file(handle: MockKibana, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(SEED_YAML)
    handle.seed({"content": SEED, "text": SEED_YAML, "path": path, "path as text": str(path)}[kind])
    assert ids(handle) == ["my-index"]


def test_a_seed_that_cannot_be_changes_nothing(handle: MockKibana, tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="version"):
        handle.seed({"version": 2})
    with pytest.raises(BadSeed, match="nowhere"):
        handle.seed("nowhere.yaml")
    (tmp_path / "bad.yaml").write_text("version: 2")
    for path in (tmp_path / "bad.yaml", str(tmp_path / "bad.yaml")):
        with pytest.raises(ControlError, match=r"bad\.yaml: seed: \[version\]"):
            handle.seed(path)
    assert handle.connectors.list() == []


def test_settings_are_changed_one_at_a_time(handle: MockKibana) -> None:
    handle.configure(contract="observed")
    handle.configure(kibana_version="8.18.1")
    assert handle.settings["contract"] == "observed"
    status = requests.get(f"{handle.url}/api/status", timeout=10).json()
    assert status["version"]["number"] == "8.18.1"


def test_the_state_says_how_much_there_is(handle: MockKibana) -> None:
    handle.seed(SEED)
    assert handle.state()["connectors"] == 1


@pytest.mark.parametrize("seed", [SEED, SEED_YAML], ids=["content", "text"])
def test_a_world_goes_back_to_the_seed_it_was_made_with(seed: object) -> None:
    with MockKibana(seed=seed, settings=Settings(contract="observed")) as handle:  # type: ignore[arg-type]
        handle.connectors.delete("my-index")
        handle.configure(contract="documented")
        handle.reset()
        assert ids(handle) == ["my-index"]
        assert handle.settings["contract"] == "observed"
        handle.reset(empty=True)
        assert ids(handle) == []


def test_settings_may_be_a_dict() -> None:
    handle = MockKibana(settings={"security": True, "allowed_hosts": ["example.com"]})
    assert handle.state()["security"]["enabled"]
    assert handle.settings["allowed_hosts"] == ["example.com"]
    handle.close()


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({"secruity": True}, ControlError, "secruity is unknown; expected one of contract, "),
        ({"security": "yes"}, ControlError, "security is 'yes'; expected true or false"),
        ("security", TypeError, "settings is 'security'; expected a mockkibana.Settings, or a dic"),
        (["security"], TypeError, "settings is ['security']; expected a mockkibana.Settings, or a"),
    ],
    ids=str,
)
@pytest.mark.parametrize("make", [MockKibana, intercept])
def test_settings_that_cannot_be_are_refused_at_once(
    make: Callable[..., object], settings: object, error: type[Exception], text: str
) -> None:
    with pytest.raises(error) as caught:
        make(settings=settings)
    assert str(caught.value).startswith(text)


def test_ids_and_time_are_repeatable() -> None:
    def made() -> str:
        with MockKibana(seed_ids=1, frozen_at="2026-01-02T03:04:05Z") as handle:
            assert handle.clock.now() == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
            return str(handle.connectors.create(".server-log")["id"])

    assert made() == made()


def test_secrets_are_in_a_snapshot_only_when_asked_for() -> None:
    handle = MockKibana()
    handle.connectors.create(".jira", config=JIRA_CONFIG, secrets=JIRA_SECRETS)
    assert "changeme" not in json.dumps(handle.snapshot())
    assert "changeme" in json.dumps(handle.snapshot(secrets=True))
    handle.close()


def test_a_world_without_a_server_has_state_but_no_url() -> None:
    handle = MockKibana(seed=SEED)
    assert ids(handle) == ["my-index"]
    assert repr(handle) == "<MockKibana (not started)>"
    with pytest.raises(RuntimeError, match="with MockKibana"):
        handle.url  # noqa: B018 - it is the access that fails
    handle.close()


def test_two_handles_never_meet() -> None:
    with MockKibana() as one, MockKibana() as other:
        one.connectors.create(".server-log")
        assert other.connectors.list() == []


def test_a_world_elsewhere_has_no_app() -> None:
    handle = MockKibana.attach("http://127.0.0.1:9")
    with pytest.raises(TypeError, match="attached"):
        handle.app  # noqa: B018 - it is the access that fails
    handle.close()


def test_the_database_is_the_tinydb_that_the_world_lives_in() -> None:
    with MockKibana() as handle:
        made = handle.connectors.create(".server-log", name="Audit")
        table = handle.database.table("kibana.connectors")
        (found,) = table.search(where("name") == "Audit")
        assert found.doc_id == made["id"]
        found["name"] = "changed in a copy"
        assert handle.connectors.get(made["id"])["name"] == "Audit"
        table.update({"name": "Changed"}, doc_ids=[made["id"]])
        assert handle.connectors.get(made["id"])["name"] == "Changed"
        elsewhere = handle.at("http://kibana.example.com")
        assert elsewhere.database is handle.database


def test_a_handle_on_a_server_has_no_database(server: MockKibana) -> None:
    with (
        MockKibana.attach(server.url) as handle,
        pytest.raises(TypeError, match="its world is not in this process"),
    ):
        handle.database.tables()
