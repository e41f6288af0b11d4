"""Tools ask which issues a query matches, and what queries may say."""

from __future__ import annotations

import pytest

from mockkibana.jira.jql.functions import all_functions


def test_queries_are_matched_against_issues(server):
    one, two = (server.get(f"issue/{server.make(labels=[name])}") for name in ("a", "b"))
    body = {
        "jqls": ["labels = a", "labels = b", "project = NO", "a b"],
        "issueIds": [int(one["id"]), int(two["id"]), 99999],
    }
    *found, unknown, wrong = server.ask("POST", "jql/match", body)["matches"]
    assert found == [
        {"matchedIssues": [int(one["id"])], "errors": []},
        {"matchedIssues": [int(two["id"])], "errors": []},
    ]
    assert unknown["errors"] == ["The value 'NO' does not exist for the field 'project'."]
    assert wrong["errors"][0].startswith("Error in JQL Query: Expecting operator but got 'b'.")


def test_queries_are_checked(server):
    body = {"queries": ["project = CK", "project ="]}
    good, bad = server.ask("POST", "jql/parse", body)["queries"]
    assert good == {"query": "project = CK"}
    assert bad["errors"][0].startswith("Error in JQL Query: Expecting either a value")


@pytest.mark.parametrize("body", [{}, {"jqls": "a", "issueIds": []}, {"queries": [1]}], ids=str)
def test_what_names_no_queries_is_refused(server, body):
    for target in ("jql/match", "jql/parse"):
        assert server.refused("POST", target, body)[0] == 400


def test_what_queries_may_say_is_listed(server):
    shown = server.get("jql/autocompletedata")
    fields = {row["value"]: row for row in shown["visibleFieldNames"]}
    assert fields["labels"]["types"] == ["com.atlassian.jira.issue.label.Label"]
    assert fields['"Epic Name"']["cfid"] == "cf[10011]"
    assert len(shown["visibleFunctionNames"]) == len(all_functions())
    assert "abort" in shown["jqlReservedWords"]
