"""Domain faults: what goes wrong by name, in a world that its connectors run in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mockkibana.control.plane import ControlPlane
from mockkibana.faults import BadRule, CallFacts, Faults, OutboundFacts
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.jira.errors import JiraError
from mockkibana.jira.viewer import Viewer
from mockkibana.journal import RunRecord
from mockkibana.kibana.caller import Caller
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box
from mockkibana.seeds import demo_seed
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store
from mockkibana.world import World

JIRA = OutboundFacts(
    "POST",
    "/rest/api/2/issue",
    backend="jira",
    errors=partial(ErrorAnswers.shipped, "jira"),
)
BULK = OutboundFacts("POST", "/logs/_bulk?refresh=false", backend="elasticsearch")
DEMO = "b3aad810-edbe-11ec-82d1-11348ecbf4a6"
CALLER = Caller("default", "http://127.0.0.1:5601")


@pytest.fixture
def faults(world: World) -> Faults:
    return Faults(world.clock, world.parties)


@pytest.fixture
def index(world: World) -> Callable[..., list[Any]]:
    """Index documents and return the error of each, None for one that was taken."""

    def index(name: str, *documents: Any) -> list[Any]:
        results = [world.elasticsearch.create_all(name, [one], refresh=True) for one in documents]
        return [
            result["items"][0]["create"]["error"] if isinstance(result, dict) else None
            for result in results
        ]

    return index


def connector(world: World, secrets: Any) -> str:
    kind = ".jira" if secrets else ".index"
    config = (
        {"apiUrl": "https://jira.example.com", "projectKey": "CK"} if secrets else {"index": "i"}
    )
    made = world.connectors.create(
        CALLER, name="c", connector_type_id=kind, config=config, secrets=secrets
    )
    return str(made["id"])


# Rules by name


@pytest.mark.parametrize(
    ("name", "facts", "text"),
    [
        ("jira-down", JIRA, "connect ECONNREFUSED jira.example.com:443"),
        ("elasticsearch-down", BULK, "connect ECONNREFUSED 127.0.0.1:9200"),
    ],
)
def test_a_backend_that_is_down_refuses_connections(world, faults, name, facts, text):
    assert faults.add({"fault": name}).id == name
    effect = faults.on_outbound(facts)
    url = "https://jira.example.com/rest" if facts is JIRA else facts.path
    party = world.parties[facts.backend]
    assert str(party.unreachable(effect, url, Settings())) == text
    assert faults.on_outbound(BULK if facts is JIRA else JIRA) is None
    assert faults.on_call(CallFacts("GET", "/", face=facts.backend)) is None


def test_jira_takes_no_credentials(faults):
    faults.add({"fault": "jira-unauthorized"})
    answer = faults.on_outbound(JIRA).answer
    assert answer.status == 401
    assert answer.body["message"] == "Client must be authenticated to access this resource."
    assert answer.headers["x-seraph-loginreason"] == "AUTHENTICATED_FAILED"


def test_jira_wants_a_captcha(faults):
    faults.add({"fault": "jira-captcha"})
    for effect in (faults.on_outbound(JIRA), faults.on_call(CallFacts("GET", "/", face="jira"))):
        answer = effect.answer
        assert answer.status == 403
        assert "Basic Authentication Failure - Reason : AUTHENTICATION_DENIED" in answer.body
        assert answer.headers["x-seraph-loginreason"] == "AUTHENTICATION_DENIED"
        assert answer.headers["x-authentication-denied-reason"].startswith("CAPTCHA_CHALLENGE; ")


def test_a_domain_fault_can_be_narrowed_and_timed(faults):
    rule = {"fault": "jira-down", "match": {"connector": "c1"}, "when": {"first": 1}}
    assert faults.add(rule).shown()["match"] == {"connector": "c1"}
    mine = OutboundFacts("GET", "/", connector_id="c1", backend="jira")
    assert faults.on_outbound(JIRA) is None
    assert faults.on_outbound(mine).refused
    assert faults.on_outbound(mine) is None


def test_kibana_is_starting_for_so_many_calls(faults):
    faults.add({"fault": "kibana-starting", "with": {"calls": 2}})
    answer = faults.on_call(CallFacts("GET", "/api/actions/connectors")).answer
    assert (answer.status, answer.body) == (503, "Kibana server is not ready yet")
    assert answer.headers == {"content-type": "text/html; charset=utf-8", "retry-after": "30"}
    status = faults.on_call(CallFacts("GET", "/api/status?v8format=true")).answer
    assert (status.status, status.body) == (503, {"status": {"overall": {"level": "unavailable"}}})
    assert faults.on_call(CallFacts("GET", "/api/status")) is None
    faults.assert_consumed("kibana-starting")


def test_kibana_is_starting_until_the_rule_goes(faults):
    rule = faults.add({"fault": "kibana-starting"})
    assert all(faults.on_call(CallFacts("GET", "/")).answer.status == 503 for _ in range(5))
    assert faults.on_call(CallFacts("GET", "/", face="jira")) is None
    faults.remove(rule.id)
    assert faults.on_call(CallFacts("GET", "/")) is None


def test_a_second_rule_of_a_fault_gets_a_number(faults):
    ids = [faults.add({"fault": "jira-down"}).id for _ in range(3)]
    assert ids == ["jira-down", "jira-down-1", "jira-down-2"]


# Elasticsearch

BLOCKED = {
    "type": "cluster_block_exception",
    "reason": "index [logs] blocked by: [FORBIDDEN/8/index write (api)];",
}


def test_a_read_only_index_refuses_documents_until_the_rule_goes(faults, index):
    assert index("logs", {"a": 1}) == [None]
    rule = faults.add({"fault": "elasticsearch-read-only-index", "with": {"index": "logs"}})
    assert index("logs", {"a": 1}) == [BLOCKED]
    assert index("other", {"a": 1}) == [None]
    faults.remove(rule.id)
    assert index("logs", {"a": 1}) == [None]


def test_a_missing_index_is_created_read_only_and_goes_with_the_rule(world, faults, index):
    rule = faults.add({"fault": "elasticsearch-read-only-index", "with": {"index": "logs"}})
    assert index("logs", {"a": 1}) == [BLOCKED]
    faults.remove(rule.id)
    assert not world.elasticsearch.exists("logs")


def test_a_block_that_was_there_before_stays(world, faults, index):
    world.elasticsearch.create_index("logs", settings={"index.blocks.write": True})
    rule = faults.add({"fault": "elasticsearch-read-only-index", "with": {"index": "logs"}})
    faults.remove(rule.id)
    assert index("logs", {"a": 1}) == [BLOCKED]


def test_several_indices_are_read_only_at_once(faults, index):
    assert index("logs-a", {"a": 1}) == index("logs-b", {"a": 1}) == [None]
    faults.add({"fault": "elasticsearch-read-only-index", "with": {"index": "logs-*"}})
    assert all(index(name, {"a": 1}) != [None] for name in ("logs-a", "logs-b"))
    faults.clear()
    assert index("logs-a", {"a": 1}) == index("logs-b", {"a": 1}) == [None]


def test_an_index_that_is_gone_does_not_mind(world, faults):
    world.elasticsearch.create_index("logs")
    faults.add({"fault": "elasticsearch-read-only-index", "with": {"index": "logs"}})
    faults.add({"fault": "elasticsearch-mapping-conflict", "with": {"index": "logs", "field": "a"}})
    world.elasticsearch.delete_index("logs")
    world.elasticsearch.create_index("logs", mappings={"properties": {"a": {"type": "long"}}})
    faults.clear()
    mapping = world.elasticsearch.get_index("logs")["logs"]["mappings"]
    assert mapping == {"properties": {"a": {"type": "long"}}}


FLOOD = (
    "index [logs] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, "
    "index has read-only-allow-delete block];"
)


def test_a_full_disk_refuses_documents_until_there_is_room(world, faults, index):
    assert index("logs", {"a": 1}) == [None]
    faults.add({"fault": "elasticsearch-flood-stage", "with": {"index": "logs"}})
    [error] = index("logs", {"a": 1})
    assert (error["type"], error["reason"]) == ("cluster_block_exception", FLOOD)
    world.elasticsearch.put_settings("logs", {"index.blocks.read_only_allow_delete": None})
    assert index("logs", {"a": 1}) == [None]
    faults.clear()
    assert index("logs", {"a": 1}) == [None]


def test_a_fault_of_the_state_counts_the_requests_that_meet_it(faults):
    faults.add({"fault": "elasticsearch-read-only-index", "with": {"index": "logs"}})
    effect = faults.on_outbound(BULK)
    assert effect.rule_ids == ("elasticsearch-read-only-index",)
    assert not effect.ends
    faults.on_call(CallFacts("PUT", "/logs/_doc/1", face="elasticsearch"))
    faults.on_call(CallFacts("GET", "/logs/_search", face="elasticsearch"))
    faults.on_outbound(OutboundFacts("POST", "/other/_bulk", backend="elasticsearch"))
    assert (faults.list()[0]["matched"], faults.list()[0]["fired"]) == (2, 2)
    faults.assert_consumed()


@pytest.mark.parametrize("value", ["web-1", 7, True, "2026-01-02", ["a"]], ids=repr)
def test_whatever_value_a_document_has_clashes_with_the_mapping(faults, index, value):
    assert index("logs", {"host": value}) == [None]
    given = {"index": "logs", "field": "host"}
    rule = faults.add({"fault": "elasticsearch-mapping-conflict", "with": given})
    [error] = index("logs", {"host": value})
    assert error["type"] == "document_parsing_exception"
    text = "tried to parse field [host] as object, but found a concrete value"
    assert error["reason"].endswith(f"object mapping for [host] {text}")
    assert index("logs", {"other": value}) == [None]
    faults.remove(rule.id)
    assert index("logs", {"host": value}) == [None]


def test_the_clash_can_have_another_type(faults, index):
    given = {"index": "logs", "field": "bytes", "type": "long"}
    faults.add({"fault": "elasticsearch-mapping-conflict", "with": given})
    [error, taken] = index("logs", {"bytes": "foo"}, {"bytes": 5})
    assert "failed to parse field [bytes] of type [long]" in error["reason"]
    assert error["caused_by"]["reason"] == 'For input string: "foo"'
    assert taken is None


def test_a_field_of_an_object_clashes_and_its_neighbours_do_not(world, faults, index):
    assert index("logs", {"host": {"name": "a", "ip": "b"}}) == [None]
    before = world.elasticsearch.get_index("logs")
    given = {"index": "logs", "field": "host.name"}
    rule = faults.add({"fault": "elasticsearch-mapping-conflict", "with": given})
    [error, taken] = index("logs", {"host": {"name": "a"}}, {"host": {"ip": "b"}})
    assert "object mapping for [host.name]" in error["reason"]
    assert taken is None
    faults.remove(rule.id)
    assert world.elasticsearch.get_index("logs") == before


def test_a_field_below_a_value_clashes_as_it_is(world, faults, index):
    assert index("logs", {"host": "a"}) == [None]
    before = world.elasticsearch.get_index("logs")
    given = {"index": "logs", "field": "host.name"}
    faults.add({"fault": "elasticsearch-mapping-conflict", "with": given})
    assert index("logs", {"host": {"name": "a"}}) != [None]
    assert world.elasticsearch.get_index("logs") == before


def test_without_an_index_each_that_a_run_writes_to_has_the_conflict(world, faults, index):
    assert index("logs", {"host": "a"}) == [None]
    rule = faults.add({"fault": "elasticsearch-mapping-conflict", "with": {"field": "host"}})
    assert index("logs", {"host": "a"}) == [None]
    for path in ("/logs/_bulk", "/other/_bulk?refresh=true", "/BAD/_bulk", "/logs/_bulk"):
        faults.on_outbound(OutboundFacts("POST", path, backend="elasticsearch"))
    assert index("logs", {"host": "a"}) != [None]
    assert index("other", {"host": "a"}) != [None]
    faults.remove(rule.id)
    assert index("logs", {"host": "a"}) == [None]
    assert not world.elasticsearch.exists("other")


@pytest.mark.parametrize(
    "query",
    [
        {"match": {"host": "web"}},
        {"term": {"host": "web"}},
        {"exists": {"field": "host"}},
        {"match_all": {}},
    ],
    ids=str,
)
def test_documents_from_before_can_still_be_searched(client, faults, index, query):
    assert index("logs", {"host": "web"}) == [None]
    faults.add(
        {"fault": "elasticsearch-mapping-conflict", "with": {"index": "logs", "field": "host"}}
    )
    answer = client.post("/_mock/elasticsearch/logs/_search", json={"query": query})
    assert answer.status_code == 200


# Jira


def create(world: World, key: str = "CK", **more: Any) -> dict[str, str]:
    """Create a task and return what the site says against its fields."""
    world.jira.ensure_project(key, "a@example.com")
    fields = {"project": {"key": key}, "summary": "s", "issuetype": {"name": "Task"}, **more}
    try:
        world.jira.create_issue({"fields": fields})
    except JiraError as error:
        return error.errors
    return {}


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"field": "components"}, {"components": "Components is required."}),
        ({"field": "Fix versions"}, {"fixVersions": "Fix versions is required."}),
        ({"field": "priority"}, {"priority": "Priority is required."}),
        ({"field": "customfield_10011"}, {"customfield_10011": "Epic Name is required."}),
        (
            {"field": "customfield_10200", "name": "Team"},
            {"customfield_10200": "Team is required."},
        ),
        ({"field": "customfield_10200"}, {"customfield_10200": "customfield_10200 is required."}),
        ({"field": "labels", "name": "Tags"}, {"labels": "Tags is required."}),
    ],
    ids=str,
)
def test_jira_requires_a_field_of_old_projects_and_new_until_the_rule_goes(
    world, faults, given, errors
):
    assert create(world) == {}
    before = world.jira.dump()["projects"][0]["fields"]
    rule = faults.add({"fault": "jira-requires-field", "with": given})
    assert create(world) == errors
    assert create(world, key="NEW") == errors
    faults.remove(rule.id)
    assert create(world) == create(world, key="NEW") == create(world, key="NEWER") == {}
    assert all(project["fields"] == before for project in world.jira.dump()["projects"])


def test_a_required_field_is_in_the_create_metadata_and_can_be_given(world, faults):
    given = {"field": "customfield_10200", "name": "Team"}
    faults.add({"fault": "jira-requires-field", "with": given})
    assert create(world, customfield_10200="blue") == {}
    [shown] = [
        field
        for field in world.jira.catalogue.create_meta_fields("CK", "10006", Viewer(url="http://x"))
        if field["fieldId"] == "customfield_10200"
    ]
    assert (shown["required"], shown["name"], shown["schema"]["type"]) == (True, "Team", "string")


def test_a_projects_own_field_comes_back_as_it_was(world, faults):
    own = {"fieldId": "customfield_10300", "name": "Size", "schema": {"type": "number"}}
    with world.store.transaction() as transaction:
        world.jira.restore({"projects": [{"key": "CK", "fields": [own]}]}, transaction)
    before = world.jira.dump()
    rule = faults.add({"fault": "jira-requires-field", "with": {"field": "Size"}})
    assert create(world) == {"customfield_10300": "Size is required."}
    faults.remove(rule.id)
    assert world.jira.dump()["projects"] == before["projects"]


def test_an_empty_site_stays_empty(world, faults):
    digest = world.store.digest()
    faults.add({"fault": "jira-requires-field", "with": {"field": "components"}})
    assert world.store.digest() == digest
    faults.clear()
    assert world.store.digest() == digest


def test_a_connector_meets_the_required_field(world, faults):
    faults.add({"fault": "jira-requires-field", "with": {"field": "components"}})
    fields = {"project": {"key": "CK"}, "summary": "s", "issuetype": {"name": "Task"}}
    url = "https://jira.example.com"
    message = Outbound("POST", f"{url}/rest/api/2/issue", body={"fields": fields}, base=url)
    box = Box(
        RunRecord("j", ".jira", "Jira", "default"), {"projectKey": "CK"}, Installation(), Store()
    )
    answer = world.parties["jira"].receive(message, box)
    assert (answer.status, answer.body["errors"]) == (
        400,
        {"components": "Components is required."},
    )


# Kibana


def test_secrets_are_missing_until_the_rule_goes(world, faults):
    id_ = connector(world, {"email": "a@example.com", "apiToken": "t"})
    rule = faults.add({"fault": "secrets-missing", "with": {"connector": id_}})
    assert world.connectors.get(CALLER, id_)["is_missing_secrets"] is True
    assert world.connectors.find(CALLER, id_).secrets == {}
    execute = CallFacts("POST", f"/api/actions/connector/{id_}/_execute", connector_id=id_)
    assert not faults.on_call(execute).ends
    faults.remove(rule.id)
    assert world.connectors.get(CALLER, id_)["is_missing_secrets"] is False
    assert world.connectors.find(CALLER, id_).secrets == {"email": "a@example.com", "apiToken": "t"}


def test_secrets_that_were_given_in_the_meantime_stay(world, faults):
    id_ = connector(world, {"email": "a@example.com", "apiToken": "t"})
    faults.add({"fault": "secrets-missing", "with": {"connector": id_}})
    config = {"apiUrl": "https://jira.example.com", "projectKey": "CK"}
    secrets = {"email": "b@example.com", "apiToken": "u"}
    world.connectors.update(CALLER, id_, name="c", config=config, secrets=secrets)
    faults.clear()
    assert world.connectors.find(CALLER, id_).secrets == secrets


def test_a_deleted_connector_does_not_come_back(world, faults):
    id_ = connector(world, {"email": "a@example.com", "apiToken": "t"})
    faults.add({"fault": "secrets-missing", "with": {"connector": id_}})
    world.connectors.delete(CALLER, id_)
    faults.clear()
    assert world.connectors.find(CALLER, id_) is None


# Refusals

NAMES = (
    "jira-down, jira-timeout, jira-untrusted, jira-rate-limited, jira-failing, "
    "jira-unauthorized, jira-captcha, jira-requires-field, "
    "elasticsearch-down, elasticsearch-timeout, elasticsearch-untrusted, "
    "elasticsearch-rate-limited, elasticsearch-failing, elasticsearch-read-only-index, "
    "elasticsearch-flood-stage, elasticsearch-mapping-conflict, "
    "secrets-missing, "
    "kibana-starting"
)
# The connector types' own come after these.
OTHERS = [f", {name}" for party in World().connector_types.parties() for name in party.presets]
READ_ONLY = {"fault": "elasticsearch-read-only-index", "with": {"index": "logs"}}
BAD = [
    (
        {"fault": "jira-dwn"},
        (
            "fault: there is no [jira-dwn]; did you mean [jira-down]? Expected one of: "
            f"{NAMES}{''.join(OTHERS)}"
        ),
    ),
    ({"fault": 5}, "fault: expected a text such as jira-down but got [5]"),
    (
        {"fault": "jira-down", "what": {}},
        "the rule: there is no key [what]; known are: id, fault, with, match, when",
    ),
    ({"fault": "jira-down", "with": 5}, "with: expected an object but got [5]"),
    ({"fault": "jira-down", "with": {"a": 1}}, "with: there is no key [a]; known are: "),
    (
        {"fault": "jira-down", "match": {"backend": "jira"}},
        "match: jira-down says itself what [backend] is",
    ),
    (
        {"fault": "jira-down", "match": {"face": "kibana"}},
        ("match: `face` is about calls that arrive, `backend` about what runs send: choose one"),
    ),
    (
        {**READ_ONLY, "when": {"nth": 1}},
        (
            "fault: elasticsearch-read-only-index changes the state of the world: no `match`, "
            "no `when`"
        ),
    ),
    (
        {**READ_ONLY, "when": {"nth": 0}},
        "when.nth: expected a whole number of 1 or more but got [0]",
    ),
    (
        {"fault": "kibana-starting", "with": {"calls": 1}, "when": {"nth": 1}},
        "when: what kibana-starting is given `with` says it already",
    ),
    (
        {"fault": "kibana-starting", "with": {"calls": 0}},
        "with.calls: expected a whole number of 1 or more but got [0]",
    ),
    ({"fault": "jira-requires-field"}, "with.field: expected a text such as customfield_10100"),
    (
        {"fault": "elasticsearch-read-only-index"},
        "with.index: expected a text such as my-index",
    ),
    (
        {"fault": "elasticsearch-read-only-index", "with": {"index": "BAD"}},
        "with.index: Invalid index name [BAD], must be lowercase",
    ),
    (
        {"fault": "elasticsearch-read-only-index", "with": {"index": "none-*"}},
        "with.index: no index is there for [none-*]",
    ),
    (
        {"fault": "elasticsearch-mapping-conflict", "with": {"field": "a", "index": "none-*"}},
        "with.index: no index is there for [none-*]",
    ),
    (
        {"fault": "elasticsearch-mapping-conflict", "with": {"field": "a..b"}},
        "with.field: expected the name of a field, such as host.name but got [a..b]",
    ),
    (
        {"fault": "secrets-missing", "with": {"connector": "x"}},
        "with.connector: there is no saved connector [x]; known are: none",
    ),
]


@pytest.mark.parametrize(("rule", "text"), BAD, ids=[text[:70] for _, text in BAD])
def test_a_bad_domain_fault_is_told_so_and_changes_nothing(world, faults, rule, text):
    with pytest.raises(BadRule) as refused:
        faults.add(rule)
    assert str(refused.value) == text
    assert faults.list() == []
    assert not world.elasticsearch.exists("logs")


def test_an_unknown_type_of_a_mapping_is_told(faults):
    given = {"field": "a", "type": "strange"}
    with pytest.raises(BadRule, match=r"^with\.type: .*\[strange\]"):
        faults.add({"fault": "elasticsearch-mapping-conflict", "with": given})


@pytest.mark.parametrize("field", ["Team", "customfield_x", "customfield_²"])
def test_an_unknown_field_is_told_with_the_known_ones(faults, field):
    text = rf"^with\.field: there is no field \[{field}\]; expected .* one of: summary, issuetype, "
    with pytest.raises(BadRule, match=text):
        faults.add({"fault": "jira-requires-field", "with": {"field": field}})


def test_a_field_is_required_once(faults):
    faults.add({"fault": "jira-requires-field", "with": {"field": "components"}})
    with pytest.raises(BadRule, match=r"every project requires the field \[Components\] already"):
        faults.add({"fault": "jira-requires-field", "with": {"field": "Components"}})


def test_a_connector_without_secrets_cannot_lose_them(world, faults):
    id_ = connector(world, {})
    with pytest.raises(BadRule, match=r"has no secrets that could be missing$"):
        faults.add({"fault": "secrets-missing", "with": {"connector": id_}})
    with pytest.raises(BadRule, match=f"known are: {id_}$"):
        faults.add({"fault": "secrets-missing", "with": {"connector": "x"}})


def test_a_taken_id_leaves_the_state_alone(world, faults):
    faults.add({"id": "a", "fault": "jira-down"})
    with pytest.raises(BadRule, match=r"^id: there is a rule a already$"):
        faults.add({**READ_ONLY, "id": "a"})
    assert not world.elasticsearch.exists("logs")


LASTING = [
    {"fault": "secrets-missing", "with": {"connector": DEMO}},
    {"fault": "elasticsearch-read-only-index", "with": {"index": "logs"}},
    {"fault": "elasticsearch-flood-stage", "with": {"index": "logs"}},
    {"fault": "elasticsearch-mapping-conflict", "with": {"index": "logs", "field": "a"}},
    {"fault": "elasticsearch-read-only-index", "with": {"index": "missing"}},
    {"fault": "elasticsearch-flood-stage", "with": {"index": "missing"}},
    {"fault": "elasticsearch-mapping-conflict", "with": {"index": "missing", "field": "a"}},
    {"fault": "jira-requires-field", "with": {"field": "customfield_10100"}},
]
lasting = pytest.mark.parametrize(
    "fault", LASTING, ids=lambda fault: "-".join([fault["fault"], *fault["with"].values()])
)


def demo(db: Path | None = None) -> World:
    world = World(db=db, seeds=[demo_seed()])
    if not world.elasticsearch.exists("logs"):
        world.elasticsearch.create_all("logs", [{"a": 1}], refresh=True)
    return world


@lasting
@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_no_fault_outlives_its_process(tmp_path: Path, fault: dict[str, Any], how: str) -> None:
    world = demo(tmp_path / "db")
    before = world.store.digest()
    world.faults.add(fault)
    assert world.store.digest() != before
    if how == "stopped":
        world.close()
    file = shutil.copy(tmp_path / "db", tmp_path / "left")
    again = World(db=file)
    assert again.store.digest() == before
    again.close()
    world.close()


def test_an_index_that_a_fault_has_created_stays_with_the_documents_in_it(tmp_path: Path) -> None:
    world = demo(tmp_path / "db")
    world.faults.add(
        {"fault": "elasticsearch-mapping-conflict", "with": {"index": "new", "field": "a"}}
    )
    world.elasticsearch.create_all("new", [{}], refresh=True)
    again = World(db=shutil.copy(tmp_path / "db", tmp_path / "left"))
    assert again.elasticsearch.get_index("new")["new"]["mappings"] == {}
    assert again.elasticsearch.count(*again.elasticsearch.resolve("new")) == 1
    assert again.elasticsearch.create_all("new", [{"a": 1}], refresh=True)
    again.close()
    world.close()


@lasting
def test_a_snapshot_knows_nothing_of_a_fault(fault: dict[str, Any]) -> None:
    world = demo()
    plane = ControlPlane(world)
    before, digest = plane.snapshot(secrets=True), world.store.digest()
    world.faults.add(fault)
    bent = world.store.digest()
    assert plane.snapshot(secrets=True) == before
    plane.save_snapshot("one")
    assert world.store.digest() == bent
    plane.restore_snapshot("one")
    assert world.store.digest() == digest
    assert plane.faults() == []


def test_other_faults_stay_when_a_snapshot_is_restored() -> None:
    plane = ControlPlane(demo())
    plane.save_snapshot("one")
    plane.add_fault({"fault": "jira-down"})
    plane.add_fault(LASTING[0])
    plane.restore_snapshot("one")
    assert [rule["fault"] for rule in plane.faults()] == ["jira-down"]
