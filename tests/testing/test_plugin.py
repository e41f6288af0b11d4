"""The pytest plugin, seen from suites that use it: fixtures, marker, ini options, warnings."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

import pytest
import requests

from mockkibana.testing.handle import MockKibana

pytestmark = pytest.mark.xdist_group("plugin")

TOOL = """
import warnings
import pytest
import requests

HEADERS = {"kbn-xsrf": "true"}

def run(kibana, connector, params):
    url = f"{kibana.url}/api/actions/connector/{connector}/_execute"
    return requests.post(url, json={"params": params}, headers=HEADERS, timeout=10).json()

def index(kibana):
    connector = kibana.connectors.create(".index", config={"index": "test-index"})
    return run(kibana, connector["id"], {"documents": [{"a": 1}]})
"""
SEED = """
version: 1
connectors:
  - {id: my-log, connector_type_id: .server-log}
"""
Outcome = Any  # of conftest.py
RunPytest = Callable[..., Outcome]


@pytest.fixture(scope="module")
def sample(run_pytest: RunPytest) -> str:
    """What pytest says of one module in which tests pass, fail and are warned."""
    text = f"""{TOOL}
def test_state_is_made(mock_kibana):
    assert index(mock_kibana)["status"] == "ok"
    assert mock_kibana.elasticsearch.documents("test-index") == [{{"a": 1}}]
    mock_kibana.configure(contract="observed")
    mock_kibana.clock.freeze("2026-01-02T03:04:05Z")
    mock_kibana.faults.add(what={{"latency": 0}})

def test_state_is_gone(mock_kibana):
    assert mock_kibana.connectors.list() == []
    assert mock_kibana.elasticsearch.indices() == []
    assert mock_kibana.journal.calls() == []
    assert mock_kibana.faults.list() == []
    assert mock_kibana.settings["contract"] == "documented"
    assert not mock_kibana.clock.frozen

def test_a_bulk_is_not_warned_of(mock_kibana):
    index(mock_kibana)

def test_the_url_is_the_fixtures(mock_kibana, mock_kibana_url, mock_kibana_server):
    assert mock_kibana.url == mock_kibana_url == mock_kibana_server.url

@pytest.mark.mock_kibana(seed="seed.yaml", contract="observed", kibana_version="8.18.1")
def test_the_marker_says_what_there_is(mock_kibana):
    assert run(mock_kibana, "my-log", {{"message": "hi"}})["status"] == "ok"
    assert mock_kibana.settings["contract"] == "observed"
    assert mock_kibana.settings["kibana_version"] == "8.18.1"

@pytest.mark.mock_kibana(seed={{"version": 1, "spaces": [{{"id": "outer"}}]}}, contract="observed")
class TestMarkers:
    @pytest.mark.mock_kibana(seed={{"version": 1, "spaces": [{{"id": "inner"}}]}})
    @pytest.mark.mock_kibana(contract="documented")
    def test_of_class_and_test_are_merged(self, mock_kibana):
        ids = {{space["id"] for space in mock_kibana.spaces.list()}}
        assert ids == {{"default", "outer", "inner"}}
        assert mock_kibana.settings["contract"] == "documented"

@pytest.mark.mock_kibana(security=True, license="basic")
def test_the_marker_switches_security_on(mock_kibana):
    url = f"{{mock_kibana.url}}/api/actions/connector_types"
    assert requests.get(url, timeout=10).status_code == 401
    types = requests.get(url, auth=("elastic", "changeme"), timeout=10).json()
    licensed = {{row["id"]: row["enabled_in_license"] for row in types}}
    assert licensed.items() >= {{".index": True, ".server-log": True, ".jira": False}}.items()

def test_security_is_off_again(mock_kibana):
    url = f"{{mock_kibana.url}}/api/actions/connectors"
    assert requests.get(url, timeout=10).status_code == 200
    nobody = mock_kibana.user("nobody")
    assert requests.get(url, auth=nobody, timeout=10).status_code == 403

@pytest.mark.mock_kibana(seed={{"version": 1, "security": {{"users": {{"one": {{}}}}}}}})
class TestSecurity:
    def test_of_a_seed_is_on(self, mock_kibana):
        assert mock_kibana.state()["security"]["enabled"]

    @pytest.mark.mock_kibana(security=False)
    def test_is_off_when_the_marker_says_so(self, mock_kibana):
        security = mock_kibana.state()["security"]
        assert (security["enabled"], security["users"]) == (False, 1)

@pytest.mark.mock_kibana(security=False)
class TestNoSecurity:
    @pytest.mark.mock_kibana(seed={{"version": 1, "security": {{}}}})
    def test_is_on_by_the_seed_of_the_test(self, mock_kibana):
        assert mock_kibana.state()["security"]["enabled"]

    def test_is_off_without_seeds(self, mock_kibana):
        assert not mock_kibana.state()["security"]["enabled"]

def test_users_are_gone(mock_kibana):
    assert mock_kibana.state()["security"]["users"] == 0
    url = f"{{mock_kibana.url}}/api/actions/connectors"
    assert requests.get(url, timeout=10).status_code == 200

def test_fails(mock_kibana):
    index(mock_kibana)
    requests.get(f"{{mock_kibana.url}}/api/typo", timeout=10)
    assert False, "on purpose"

def test_asks_for_nothing_there_is(mock_kibana):
    requests.get(f"{{mock_kibana.url}}/api/actions/conector/1", timeout=10)

@pytest.mark.mock_kibana(unmatched="warn")
def test_is_warned_of_nothing_there_is(mock_kibana):
    requests.get(f"{{mock_kibana.url}}/api/typo-warned", timeout=10)

@pytest.mark.mock_kibana(unmatched="ignore")
def test_may_ask_for_nothing_there_is(mock_kibana):
    requests.get(f"{{mock_kibana.url}}/api/typo-ignored", timeout=10)

def test_may_use_the_backends(mock_kibana):
    for url in (
        f"{{mock_kibana.elasticsearch.url}}/missing/_search",
        f"{{mock_kibana.jira.url}}/rest/api/2/issue/X-1",
    ):
        assert requests.get(url, timeout=10).status_code == 404

def test_may_bend_what_is_not_there(mock_kibana):
    mock_kibana.faults.add(match={{"path": "/api/new"}}, what={{"status": 201}})
    assert requests.get(f"{{mock_kibana.url}}/api/new", timeout=10).status_code == 201

def test_meets_a_bug(mock_kibana_server, mock_kibana):
    mock_kibana_server.source.world.bugs.append("Traceback: on purpose")

@pytest.mark.mock_kibana(unmatched="never")
def test_has_a_marker_that_cannot_be(mock_kibana):
    pass

@pytest.mark.mock_kibana(sed="seed.yaml")
def test_has_a_marker_with_a_typo(mock_kibana):
    pass

@pytest.mark.mock_kibana(seed=5)
def test_has_a_seed_that_cannot_be(mock_kibana):
    pass

@pytest.mark.mock_kibana(contract="real")
def test_has_a_setting_that_cannot_be(mock_kibana):
    pass
"""
    outcome = run_pytest(text, "-rA", "-vv", files={"seed.yaml": SEED})
    return outcome.text


def line_of(sample: str, test: str) -> str:
    """Return how a test went: `PASSED`, `FAILED`, `ERROR`, or `PASSED ERROR` (at teardown)."""
    return " ".join(re.findall(rf"^test_it.py::(?:\w+::)?{test} (?:\S+ )?(\w+)", sample, re.M))


@pytest.mark.parametrize(
    "test",
    [
        "test_state_is_made",
        "test_state_is_gone",
        "test_a_bulk_is_not_warned_of",
        "test_the_url_is_the_fixtures",
        "test_the_marker_says_what_there_is",
        "test_of_class_and_test_are_merged",
        "test_the_marker_switches_security_on",
        "test_security_is_off_again",
        "test_of_a_seed_is_on",
        "test_is_off_when_the_marker_says_so",
        "test_is_on_by_the_seed_of_the_test",
        "test_is_off_without_seeds",
        "test_users_are_gone",
        "test_is_warned_of_nothing_there_is",
        "test_may_ask_for_nothing_there_is",
        "test_may_use_the_backends",
        "test_may_bend_what_is_not_there",
    ],
)
def test_a_test_that_does_no_wrong_passes(sample: str, test: str) -> None:
    assert line_of(sample, test) == "PASSED", sample


def test_a_failed_test_shows_its_journal(sample: str) -> None:
    section = sample.partition("--- mockkibana ---")[2].partition("\n_____")[0]
    lines = section.splitlines()
    assert lines[1].startswith("#")
    assert "/_execute 200 (" in lines[1]
    assert "1 document in test-index" in lines[1]
    assert "GET /api/typo 404" in lines[2]


def test_a_failed_test_is_not_blamed_for_its_requests_as_well(sample: str) -> None:
    assert line_of(sample, "test_fails") == "FAILED"


def test_a_request_that_reached_no_route_fails_the_test(sample: str) -> None:
    assert line_of(sample, "test_asks_for_nothing_there_is") == "PASSED ERROR"
    assert 'mark the test with @pytest.mark.mock_kibana(unmatched="ignore")' in sample
    assert "GET /api/actions/conector/1 404" in sample


def test_a_bug_of_ours_fails_the_test(sample: str) -> None:
    assert line_of(sample, "test_meets_a_bug") == "PASSED ERROR"
    assert "Traceback: on purpose" in sample


@pytest.mark.parametrize(
    ("test", "text"),
    [
        ("test_has_a_marker_that_cannot_be", "unmatched is 'never'; expected fail, warn, ignore"),
        ("test_has_a_marker_with_a_typo", "knows no sed; expected seed, unmatched or a setting"),
        ("test_has_a_seed_that_cannot_be", "takes as seed a dict, a text, or the path of a file"),
        ("test_has_a_setting_that_cannot_be", "contract is 'real'; expected one of documented"),
    ],
)
def test_a_marker_that_cannot_be_is_refused(sample: str, test: str, text: str) -> None:
    assert line_of(sample, test) == "ERROR"
    assert text in sample


def test_a_request_that_reached_no_route_can_be_a_warning(sample: str) -> None:
    warnings = sample.partition("warnings summary")[2]
    assert warnings.count("MockKibanaWarning: These requests reached no route") == 1
    assert "GET /api/typo-warned 404" in warnings


OLDER = "[pytest]\nmock_kibana_kibana_version = 8.19.0\n"
BULKS = f"""{TOOL}
@pytest.mark.parametrize("number", range(4))
def test_index(mock_kibana, number):
    index(mock_kibana)

def test_log(mock_kibana):
    mock_kibana.connectors.create(".server-log")
"""


@pytest.fixture(scope="module")
def in_workers(run_pytest: RunPytest) -> Outcome:
    """What pytest says of nine tests that two workers of xdist run."""
    text = f"""{TOOL}
@pytest.mark.parametrize("number", range(8))
def test_it(mock_kibana, number):
    assert index(mock_kibana)["status"] == "ok"
    assert len(mock_kibana.elasticsearch.documents("test-index")) == 1
    print("server", mock_kibana.url)

def test_log(mock_kibana):
    mock_kibana.connectors.create(".server-log")
"""
    options = ("-W", "error", "-pxdist", "-n2", "-rP")
    return run_pytest(text, *options, files={"pytest.ini": OLDER}, apart=True)


def test_the_key_of_a_bulk_item_is_one_line_at_the_end(
    run_pytest: RunPytest, in_workers: Outcome
) -> None:
    alone = run_pytest(BULKS, "-W", "error", files={"pytest.ini": OLDER})
    for outcome, tests in ((alone, 4), (in_workers, 8)):
        assert (outcome.code, outcome.count("passed")) == (0, tests + 1), outcome.text
        (line,) = [line for line in outcome.text.splitlines() if "bulk-item-key" in line]
        assert line == (
            f"mockkibana: in {tests} tests, bulk-item-key: the items of an index connector's "
            "answer are under `index`, as documented; a real Kibana 8.x has `create`; "
            "mock_kibana_contract = observed, or documented, in the ini file ends this line"
        )


@pytest.mark.parametrize("contract", ["documented", "observed"])
def test_who_has_chosen_a_contract_is_not_asked_to(run_pytest: RunPytest, contract: str) -> None:
    ini = f"{OLDER}mock_kibana_contract = {contract}\n"
    outcome = run_pytest(BULKS, files={"pytest.ini": ini})
    assert outcome.code == 0
    assert "bulk-item-key" not in outcome.text


LEFT = """
import threading
import pytest
import requests

HEADERS = {"kbn-xsrf": "true"}
LOG = {"name": "left", "connector_type_id": ".server-log"}

@pytest.fixture(scope="module")
def prepared(mock_kibana_server):
    mock_kibana_server.snapshot("prepared")
    made = f"{mock_kibana_server.url}/_mock/worlds/prepared/api/actions/connector"
    requests.post(made, json=LOG, headers=HEADERS, timeout=10)

def test_leaves_things(prepared, mock_kibana):
    mock_kibana.snapshot("left")
    left = f"{mock_kibana.url}/_mock/worlds/left/api/actions/connector"
    requests.post(left, json=LOG, headers=HEADERS, timeout=10)
    mock_kibana.faults.add({"match": {"face": "elasticsearch"}, "what": {"latency": "10m"}})
    def write():
        requests.put(f"{mock_kibana.elasticsearch.url}/late/_doc/1", json={}, timeout=60)
        written.set()
    global written
    written = threading.Event()
    threading.Thread(target=write).start()
    while not mock_kibana.faults.list()[0]["fired"]:
        pass

def test_finds_nothing_of_it(mock_kibana):
    assert written.wait(30)
    assert mock_kibana.elasticsearch.indices() == []
    assert mock_kibana.journal.calls() == []
    assert [each["name"] for each in mock_kibana.snapshots()] == ["prepared"]
    assert [each["world"] for each in mock_kibana.worlds()] == ["prepared"]
"""


def test_nothing_that_no_reset_takes_away_reaches_the_next_test(run_pytest: RunPytest) -> None:
    outcome = run_pytest(LEFT, "-W", "error")
    assert (outcome.code, outcome.count("passed")) == (0, 2), outcome.text


def test_other_leniencies_are_warnings_of_their_test(run_pytest: RunPytest) -> None:
    text = f"""{TOOL}
def test_title(mock_kibana):
    connector = mock_kibana.connectors.create(
        ".jira",
        config={{"apiUrl": "https://jira.example.com", "projectKey": "OPS"}},
        secrets={{"email": "elastic@example.com", "apiToken": "changeme"}},
    )
    incident = {{"summary": "Disk full", "title": "Disk full"}}
    push = {{"subAction": "pushToService", "subActionParams": {{"incident": incident}}}}
    assert run(mock_kibana, connector["id"], push)["status"] == "ok"
"""
    as_error = run_pytest(text, "-W", "error")
    assert (as_error.count("passed"), as_error.count("error")) == (1, 1)
    assert "MockKibanaWarning: incident-title: `incident.title` was sent" in as_error.text
    ignored = run_pytest(
        text, "-W", "error", "-W", "ignore:incident-title:mockkibana.MockKibanaWarning"
    )
    assert (ignored.code, ignored.count("passed")) == (0, 1)


def test_a_client_of_a_newer_elasticsearch_is_warned_of(run_pytest: RunPytest) -> None:
    text = """
import requests

def test_it(mock_kibana):
    accept = "application/vnd.elasticsearch+json; compatible-with=9"
    answer = requests.get(mock_kibana.elasticsearch.url, headers={"accept": accept})
    assert answer.headers["x-mock-warning"] == "media-type-version"
"""
    outcome = run_pytest(text, files={"pytest.ini": OLDER})
    assert outcome.code == 0
    assert "MockKibanaWarning: media-type-version: a real Elasticsearch 8.x" in outcome.text


@pytest.mark.parametrize(
    "assertion",
    [
        "mock_kibana.journal.assert_called(status=500)",
        "mock_kibana.journal.assert_called_once()",
        "mock_kibana.journal.assert_not_called(path='/api/status')",
        "mock_kibana.journal.wait_for(status=500, timeout=0)",
        "mock_kibana.faults.assert_consumed()",
        "rule.assert_consumed()",
    ],
)
def test_a_failed_assertion_ends_in_the_line_of_the_test(
    run_pytest: RunPytest, assertion: str
) -> None:
    outcome = run_pytest(f"""
import requests

def test_it(mock_kibana):
    rule = mock_kibana.faults.add(what={{"status": 503}}, match={{"path": "/x"}}, when={{"nth": 1}})
    for _ in range(2):
        requests.get(mock_kibana.url + "/api/status", timeout=10)
    {assertion}
""")
    assert outcome.count("failed") == 1
    assert f">       {assertion}" in outcome.text
    assert re.findall(r"^\S+\.py:\d+: .*", outcome.text, re.M) == ["test_it.py:8: AssertionError"]


FAULTS = """
import pytest
import requests

RULE = {"id": "down", "match": {"path": "/api/status"}, "what": {"status": 503}}

def status(kibana):
    return requests.get(f"{kibana.url}/api/status", timeout=10).status_code
"""
NEVER = "fault-not-fired: the fault rule down matched 0 and fired 0 times, expected at least 1"


def test_a_failed_test_shows_its_fault_rules_also_those_that_are_gone(
    run_pytest: RunPytest,
) -> None:
    outcome = run_pytest(f"""{FAULTS}
def test_fails(mock_kibana):
    mock_kibana.faults.add(RULE)
    with mock_kibana.faults.add({{**RULE, "id": "gone"}}, when={{"nth": 5}}):
        assert status(mock_kibana) == 200
""")
    section = outcome.text.partition("--- mockkibana ---")[2].splitlines()
    assert section[2:4] == [
        "the fault rule down matched 1 and fired 1 times, expected at least 1",
        "the fault rule gone matched 1 and fired 0 times, expected 1",
    ]
    assert "fault-not-fired" not in outcome.text


@pytest.mark.parametrize(
    ("body", "warned"),
    [
        ("mock_kibana.faults.add(RULE)", True),
        ("with mock_kibana.faults.add(RULE): pass", True),
        ("mock_kibana.faults.add(RULE); mock_kibana.faults.clear()", True),
        ("mock_kibana.faults.add(RULE); status(mock_kibana)", False),
        ("with mock_kibana.faults.add(RULE): status(mock_kibana)", False),
        ("mock_kibana.faults.add(RULE); mock_kibana.reset()", False),
    ],
)
def test_a_fault_rule_that_never_fired_is_a_warning(
    run_pytest: RunPytest, body: str, warned: bool
) -> None:
    outcome = run_pytest(f"{FAULTS}\ndef test_it(mock_kibana):\n    {body}\n")
    assert outcome.count("passed") == 1
    assert (NEVER in outcome.text) is warned
    assert outcome.count("warning") == warned


def test_a_world_of_a_module_lasts_and_is_not_emptied(run_pytest: RunPytest) -> None:
    text = f"""{TOOL}
@pytest.fixture(scope="module")
def kibana(mock_kibana_world):
    return mock_kibana_world(seed="seed.yaml", contract="observed")

def test_makes(kibana, mock_kibana):
    assert kibana.url != mock_kibana.url
    assert [each["id"] for each in kibana.connectors.list()] == ["my-log"]
    assert kibana.settings["contract"] == "observed"
    index(kibana)
    assert mock_kibana.connectors.list() == []

def test_finds(kibana, mock_kibana):
    assert kibana.elasticsearch.documents("test-index") == [{{"a": 1}}]
    assert mock_kibana.elasticsearch.indices() == []

def test_another_is_another(kibana, mock_kibana_world):
    other = mock_kibana_world()
    assert other.url != kibana.url
    assert other.connectors.list() == []

def test_fails(kibana):
    assert False
"""
    outcome = run_pytest(text, files={"seed.yaml": SEED})
    assert (outcome.count("passed"), outcome.count("failed")) == (3, 1), outcome.text
    section = outcome.text.partition("--- mockkibana ---")[2]
    assert "1 document in test-index" in section
    with MockKibana() as server:
        elsewhere = run_pytest(text, files={"seed.yaml": SEED}, MOCKKIBANA_URL=server.url)
        assert (elsewhere.count("passed"), elsewhere.count("failed")) == (3, 1), elsewhere.text
        assert requests.get(f"{server.url}/_mock/api/worlds", timeout=10).json() == []


def test_a_world_of_a_session_is_judged_at_its_end(run_pytest: RunPytest) -> None:
    outcome = run_pytest(
        """
import requests

def test_typo(mock_kibana_world):
    requests.get(mock_kibana_world().url + "/api/typo", timeout=10)

def test_misspelt(mock_kibana_world):
    mock_kibana_world(sed="seed.yaml")
"""
    )
    assert (outcome.count("passed"), outcome.count("failed"), outcome.count("error")) == (1, 1, 1)
    assert "GET /api/typo 404" in outcome.text
    assert "mock_kibana_world knows no sed; expected seed, unmatched or a setting" in outcome.text


def test_ini_options_hold_for_every_test(run_pytest: RunPytest) -> None:
    outcome = run_pytest(
        """
import requests

def test_ini(mock_kibana):
    assert [each["id"] for each in mock_kibana.connectors.list()] == ["my-log"]
    assert mock_kibana.settings["contract"] == "observed"
    assert mock_kibana.settings["kibana_version"] == "8.18.0"
    assert mock_kibana.settings["jira_flavour"] == "cloud"
    requests.get(f"{mock_kibana.url}/api/typo", timeout=10)
""",
        files={
            "seed.yaml": SEED,
            "pytest.ini": """[pytest]
mock_kibana_seed = seed.yaml
mock_kibana_contract = observed
mock_kibana_kibana_version = 8.18.0
mock_kibana_jira_flavour = cloud
mock_kibana_unmatched = ignore
""",
        },
    )
    assert (outcome.code, outcome.count("passed")) == (0, 1), outcome.text


def test_workers_of_xdist_have_servers_of_their_own(in_workers: Outcome) -> None:
    assert in_workers.code == 0, in_workers.text
    assert len(set(re.findall(r"server (\S+)", in_workers.text))) == 2


def test_a_server_that_runs_elsewhere_is_used_and_left_as_it_was(run_pytest: RunPytest) -> None:
    with MockKibana() as server:
        kept = server.connectors.create(".server-log")
        outcome = run_pytest(
            f"""{TOOL}
@pytest.mark.parametrize("number", range(4))
def test_it(mock_kibana, number):
    assert mock_kibana.connectors.list() == []
    index(mock_kibana)
    print("server", mock_kibana.url)

def test_fails(mock_kibana):
    index(mock_kibana)
    assert False
""",
            "-pxdist",
            "-n2",
            "-rA",
            apart=True,
            MOCKKIBANA_URL=server.url,
        )
        assert (outcome.count("passed"), outcome.count("failed")) == (4, 1), outcome.text
        assert "1 document in test-index" in outcome.text
        urls = set(re.findall(r"server (\S+)", outcome.text))
        assert {url.rpartition("/pytest-")[0] for url in urls} == {f"{server.url}/_mock/worlds"}
        assert len(urls) == 2
        assert requests.get(f"{server.url}/_mock/api/worlds", timeout=10).json() == []
        assert [each["id"] for each in server.connectors.list()] == [kept["id"]]


def test_a_server_that_is_not_there_is_an_error_of_one_line(run_pytest: RunPytest) -> None:
    outcome = run_pytest("def test_it(mock_kibana): pass", MOCKKIBANA_URL="http://127.0.0.1:9")
    assert outcome.count("error") == 1
    told = outcome.text.partition("ERROR at setup of test_it")[2].partition("\n=====")[0]
    (line,) = told.splitlines()[1:]
    assert line.startswith("MOCKKIBANA_URL: Nothing answers at http://127.0.0.1:9/_mock/worlds/pyt")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:9", ["mockkibana: worlds of http://127.0.0.1:9 (MOCKKIBANA_URL)"]),
        ("http://u:p@a:1", ["mockkibana: worlds of http://a:1 (MOCKKIBANA_URL)"]),
        ("", []),
    ],
    ids=["set", "with a password", "not set"],
)
def test_the_header_says_whose_worlds_are_used(
    run_pytest: RunPytest, url: str, shown: list[str]
) -> None:
    outcome = run_pytest("def test_it(): pass", MOCKKIBANA_URL=url)
    assert [line for line in outcome.text.splitlines() if "mockkibana" in line] == shown


def test_the_plugin_imports_nothing_heavy_until_a_fixture_is_used(run_pytest: RunPytest) -> None:
    conftest = """
import sys

def pytest_sessionfinish():
    print("ours", sorted(name for name in sys.modules if name.startswith("mockkibana")))
    heavy = "flask werkzeug marshmallow requests responses urllib3 yaml lark tinydb click regex"
    print("heavy", [name for name in heavy.split() if name in sys.modules])
"""
    files = {"conftest.py": conftest}
    outcome = run_pytest("def test_it(): pass", "-s", files=files, apart=True)
    assert "heavy []" in outcome.text, outcome.text
    assert "ours ['mockkibana', 'mockkibana.testing', 'mockkibana.testing.plugin']" in outcome.text


def test_pytest_finds_the_plugin_on_its_own() -> None:
    found = {point.name: point.value for point in entry_points(group="pytest11")}
    assert found["mockkibana"] == "mockkibana.testing.plugin"
