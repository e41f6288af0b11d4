"""The shapes of records: they have the keys of what they are about, and type checkers use them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from mockkibana import choices, records
from mockkibana.faults import rules
from mockkibana.journal.query import FACES
from mockkibana.settings import CONTRACTS, JIRA_FLAVOURS, LICENSES, Settings
from mockkibana.testing.handle import MockKibana
from mockkibana.world import PARTS

ROOT = Path(__file__).parent.parent
JIRA_CONFIG = {"apiUrl": "https://jira.example.com", "projectKey": "OPS"}
JIRA_SECRETS = {"email": "elastic@example.com", "apiToken": "changeme"}
WEBHOOK = {"url": "https://hooks.example.com", "hasAuth": False}
PUSH = {"subAction": "pushToService", "subActionParams": {"incident": {"summary": "a"}}}


@pytest.fixture(scope="module")
def kibana() -> Any:
    """A world with a call, an issue, a line of the log, a delivery, a rule and a space."""
    with MockKibana() as kibana:
        kibana.spaces.create("marketing", color="#aabbcc")
        jira = kibana.connectors.create(".jira", config=JIRA_CONFIG, secrets=JIRA_SECRETS)
        log = kibana.connectors.create(".server-log")
        kibana.connectors.run(jira["id"], PUSH)
        kibana.connectors.run(log["id"], {"message": "hello"})
        webhook = kibana.connectors.create(".webhook", config=WEBHOOK)
        kibana.connectors.run(webhook["id"], {"body": "hello"})
        kibana.faults.add(what={"status": 503}, match={"path": "/x"}, when={"first": 1})
        yield kibana


def misfits(shape: Any, record: Mapping[str, Any], where: str = "") -> list[str]:
    """Return the keys of a record that its shape lacks, and those that it lacks itself."""
    # The annotations are texts, so `__required_keys__` does not know of NotRequired.
    hints = get_type_hints(shape, include_extras=True)
    optional = {key for key, hint in hints.items() if get_origin(hint) is NotRequired}
    found = [f"{where}{key}" for key in record.keys() ^ hints.keys() if key not in optional]
    for key, hint in get_type_hints(shape).items():
        values = record.get(key) if isinstance(record.get(key), list) else [record.get(key)]
        inner = get_args(hint)[0] if get_origin(hint) is list else hint
        if is_typeddict(inner) and inner.__total__:
            found += [text for value in values for text in misfits(inner, value, f"{where}{key}.")]
    return found


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        (records.CallRecord, "journal.calls"),
        (records.ConnectorRecord, "connectors.list"),
        (records.SpaceRecord, "spaces.list"),
        (records.FaultRecord, "faults.list"),
        (records.LineRecord, "log.lines"),
        (records.DeliveryRecord, "outbox.deliveries"),
    ],
)
def test_what_a_handle_lists_has_the_shape(kibana: MockKibana, shape: Any, name: str) -> None:
    part, verb = name.split(".")
    found = getattr(getattr(kibana, part), verb)()
    assert found
    for record in found:
        assert misfits(shape, record) == []


def test_an_issue_and_an_answer_have_the_shape(kibana: MockKibana) -> None:
    (issue,) = kibana.jira.issues("OPS")
    assert misfits(records.IssueRecord, issue) == []
    log = kibana.connectors.create(".server-log")
    for params in ({"message": "hello"}, {}):
        answer = kibana.connectors.run(log["id"], params)
        assert misfits(records.RunAnswer, answer) == []


def test_settings_have_the_shape(kibana: MockKibana) -> None:
    names = {field.name for field in fields(Settings)}
    assert get_type_hints(records.SettingsRecord).keys() == names
    assert kibana.settings.keys() == names - {"elastic_password", "jira_users"}


@pytest.mark.parametrize(
    ("shape", "known"),
    [
        (choices.Face, FACES),
        (choices.Contract, CONTRACTS),
        (choices.LicenseType, LICENSES),
        (choices.JiraFlavour, JIRA_FLAVOURS),
        (choices.Part, PARTS),
    ],
    ids=["faces", "contracts", "licences", "flavours", "parts"],
)
def test_the_values_are_those_that_there_are(shape: Any, known: tuple[str, ...]) -> None:
    assert get_args(shape) == known


@pytest.mark.parametrize(
    ("shape", "read"),
    [
        (records.FaultMatch, lambda value: rules.read_match(value, ())),
        (records.FaultWhen, rules.read_when),
        (records.FaultWhat, lambda value: rules.read_what(value, rules.read_match({}, ()))),
    ],
    ids=["match", "when", "what"],
)
def test_a_rule_has_the_keys_that_are_read(shape: Any, read: Any) -> None:
    with pytest.raises(rules.BadRule) as caught:
        read({"nothing": 1})
    known = str(caught.value).partition("known are: ")[2].split(", ")
    assert set(known) == set(get_type_hints(shape))


WELL_TYPED = """
from mockkibana import MockKibana

with MockKibana(seed={"version": 1}) as kibana:
    kibana.configure(contract="observed", license="basic")
    kibana.faults.add(match={"path": "/x"}, what={"status": 503}, when={"first": 1})
    kibana.faults.add("jira-requires-field", field="customfield_1", name="Team")
    kibana.user("reader", actions="read", indices={"test-*": ["read"]})
    kibana.user("runner", actions=["minimal_read", "endpoint_security_execute"])
    kibana.reset(parts=["log"])
    number: int = kibana.journal.calls(status="ok", face="kibana")[0]["number"]
    place: str = kibana.journal.calls()[0]["runs"][0]["made"][0]["place"]
    answer: bool = kibana.connectors.run("a", {})["status"] == "ok"
    missing: bool = kibana.connectors.get("a").get("is_missing_secrets", False)
    key: str = kibana.jira.issues("OPS")[0]["key"]
    fired: int = kibana.faults.list()[0]["fired"]
    spaces: list[str] = [space["id"] for space in kibana.spaces.list()]
    connectors: int = kibana.state()["connectors"]
    kibana.delete_snapshot(kibana.snapshots()[0]["name"])
"""
ILL_TYPED = """
from mockkibana import MockKibana

kibana = MockKibana()
kibana.configure(contrat="observed")
kibana.configure(contract="real")
kibana.faults.add(mach={"path": "/x"})
kibana.faults.add(match={"pth": "/x"})
kibana.faults.add(what={"statsu": 503})
kibana.faults.add("jira-requires-field", feld="x")
kibana.user("reader", actions="reed")
kibana.user("reader", base="write")
kibana.user("reader", action="read")
kibana.reset(parts=["logs"])
kibana.journal.calls(conector="a")
kibana.journal.calls()[0]["numer"]
kibana.connectors.get("a")["nam"]
kibana.connectors.run("a", {})["stats"]
kibana.jira.issues("OPS")[0]["feelds"]
kibana.faults.list()[0]["fierd"]
kibana.sate()
"""


def test_a_type_checker_knows_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "well.py").write_text(WELL_TYPED)
    (tmp_path / "ill.py").write_text(ILL_TYPED)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file", "/dev/null"),
            *("--cache-dir", str(ROOT / ".mypy_cache"), "--follow-imports", "silent"),
            *(str(tmp_path / "well.py"), str(tmp_path / "ill.py")),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    wrong = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [line for line in wrong if "well.py" in line] == []
    lines = {int(line.split(":")[1]) for line in wrong if "ill.py" in line}
    assert lines == set(range(5, len(ILL_TYPED.splitlines()) + 1))
