"""The fault rules of a handle: they bend what a tool asks, and tell whether they fired."""

from __future__ import annotations

import pytest

from mockkibana.control.errors import ControlError
from mockkibana.testing.handle import MockKibana
from mockkibana.testing.transport import NoAnswer, Refused

JIRA_CONFIG = {"apiUrl": "https://jira.example.com", "projectKey": "OPS"}
JIRA_SECRETS = {"email": "elastic@example.com", "apiToken": "changeme"}
PUSH = {"subAction": "pushToService", "subActionParams": {"incident": {"summary": "a"}}}


def test_a_fault_rule_bends_runs_and_not_what_the_handle_asks(handle: MockKibana) -> None:
    connector = handle.connectors.create(".server-log")
    with handle.faults.add(what={"status": 503}, when={"first": 1}) as rule:
        assert [each["id"] for each in handle.connectors.list()] == [connector["id"]]
        with pytest.raises(AssertionError, match="fired 0 times"):
            rule.assert_consumed()
        with pytest.raises(Refused) as refused:
            handle.connectors.run(connector["id"], {"message": "hello"})
        assert refused.value.status == 503
        handle.connectors.run(connector["id"], {"message": "hello"})
        rule.assert_consumed()
        handle.faults.assert_consumed()
        assert rule.fired == 1
    assert handle.faults.list() == []


def test_a_broken_connection_is_one_for_the_handle_too(handle: MockKibana) -> None:
    connector = handle.connectors.create(".server-log")
    handle.faults.add(what={"wire": "reset"})
    with pytest.raises(NoAnswer):
        handle.connectors.run(connector["id"], {"message": "hello"})
    handle.faults.clear()
    assert handle.connectors.run(connector["id"], {"message": "hello"})["status"] == "ok"


def test_a_domain_fault_has_a_name_and_what_it_is_given(handle: MockKibana) -> None:
    connector = handle.connectors.create(".jira", config=JIRA_CONFIG, secrets=JIRA_SECRETS)
    rule = handle.faults.add("jira-down", when={"first": 1})
    assert handle.connectors.run(connector["id"], PUSH)["status"] == "error"
    assert handle.connectors.run(connector["id"], PUSH)["status"] == "ok"
    rule.assert_consumed()


def test_a_rule_that_cannot_be_is_refused(handle: MockKibana) -> None:
    with pytest.raises(ControlError, match="jira-down"):
        handle.faults.add("jira-dwon")


def test_a_rule_shows_itself(handle: MockKibana) -> None:
    rule = handle.faults.add("jira-down", id="gone")
    assert repr(rule).startswith("<FaultRule 'gone' {")
    assert "'fault': 'jira-down'" in repr(rule)
    handle.reset()
    assert repr(rule) == "<FaultRule 'gone' (gone)>"
