"""`WAS` and `CHANGED` find what issues have been, by their histories."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mockkibana.clock import Clock
from mockkibana.jira.jql import jql, search
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

DATES = (
    "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', "
    "or a period format e.g. '-5d', '4w 2d'."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('status was "In Progress"', "CK-2 CK-1"),
        ("status was 3", "CK-2 CK-1"),
        ('status was not "In Progress"', "ES-1 CK-3"),
        ('not status was "In Progress"', "ES-1 CK-3"),
        ('status was in ("In Progress", Done)', "ES-1 CK-2 CK-1"),
        ('status was not in ("In Progress", Done)', "CK-3"),
        ('status was "In Progress" by ann', "CK-1"),
        ('status was "In Progress" before 2024-05-03', "CK-1"),
        ('status was "In Progress" after 2024-05-05', "CK-2"),
        ('status was "To Do" on 2024-05-01', "CK-1"),
        ('status was "In Progress" during (2024-05-03, 2024-05-04)', "CK-1"),
        ('status was not "In Progress" before 2024-05-03', "ES-1 CK-3 CK-2"),
        ("assignee was ann", "CK-1"),
        ("assignee was empty", "ES-1 CK-3"),
        ("resolution was Unresolved and key in (CK-1, CK-2)", "CK-2"),
        ("fixVersion was 1.0", "ES-1 CK-1"),
        ("status changed", "CK-2 CK-1"),
        ("not status changed", "ES-1 CK-3"),
        ("status changed to Done", "CK-1"),
        ('status changed from "In Progress" to Done by bob', "CK-1"),
        ('status changed from "In Progress" to Done by ann', ""),
        ("status changed after 2024-05-05", "CK-2"),
        ("status changed before -7d", "CK-1"),
        ("status changed on 2024-05-04", "CK-1"),
        ("status changed during (2024-05-01, startOfDay(-6d))", "CK-1"),
        ("status changed by (ann, bob) order by key", "CK-1 CK-2"),
        ("status changed by currentUser() before now()", "CK-1"),
    ],
)
def test_a_query_finds_by_the_past(
    keys: Callable[[str], list[str]], text: str, expected: str
) -> None:
    assert keys(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("summary was x", "History searches do not support the 'summary' field."),
        ("created changed", "History searches do not support the 'created' field."),
        ("status was Nope", "The value 'Nope' does not exist for the field 'status'."),
        ("status changed to Nope", "The value 'Nope' does not exist for the field 'status'."),
        (
            "status was (Done)",
            "Operator 'was' does not support the list value '(\"Done\")' for field 'status'.",
        ),
        (
            "status was in Done",
            "Operator 'was in' does not support the non-list value '\"Done\"' for field 'status'.",
        ),
        (
            "status was Done from Done",
            "The predicate 'from' is not supported by the operator 'was'.",
        ),
        ("status changed by nobody", "The value 'nobody' does not exist for the predicate 'by'."),
        (
            "status changed by now()",
            "A value provided by the function 'now' is invalid for the predicate 'by'.",
        ),
        ("status changed after x", f"Date value 'x' for predicate 'after' is invalid. {DATES}"),
        (
            "status changed on currentUser()",
            "A date for the predicate 'on' provided by the function 'currentUser' is not valid.",
        ),
        ("status changed during (2024-05-03)", "The predicate 'during' takes exactly two dates."),
        ("status changed before (-1d, -2d)", "The predicate 'before' takes exactly one date."),
    ],
)
def test_what_the_past_cannot_be_asked_is_refused(
    problems: Callable[[str], list[str]], text: str, expected: str
) -> None:
    assert problems(text) == [expected]


def test_every_problem_of_a_clause_about_the_past_is_told(
    problems: Callable[[str], list[str]],
) -> None:
    assert len(problems("status was in (Nope, None) by (x, y) after z")) == 5


def test_what_requests_change_is_found_again() -> None:
    site = Site(Store(), Installation(clock=Clock(frozen_at="2024-05-01T12:00:00Z")))
    site.ensure_project("CK", "ann@example.com")
    fields = {"project": {"key": "CK"}, "summary": "a", "issuetype": {"name": "Task"}}
    for _ in range(2):
        site.create_issue({"fields": fields}, Viewer("ann"))
    site.edit_issue("CK-1", {"fields": {"assignee": {"name": "ann"}}}, Viewer("ann"))
    site.edit_issue("CK-1", {"fields": {"priority": {"name": "High"}}}, Viewer("bob"))
    site.transition("CK-1", {"transition": {"id": "31"}}, Viewer("bob"))
    site.transition("CK-1", {"transition": {"id": "11"}}, Viewer("ann"))

    def keys(text: str) -> list[str]:
        return [issue["key"] for issue in search.find(site, jql.parse(text))]

    for text in (
        "assignee changed from EMPTY to ann by ann",
        "assignee was EMPTY and assignee = ann",
        "priority changed from Medium to High by bob",
        "priority was Medium and priority = High",
        "status was Done by bob and status = 'To Do'",
        "status changed from Done to 'To Do' by ann",
        "resolution changed to Done",
        "resolution changed from Done to Unresolved by ann",
        "resolution was Done and resolution was Unresolved",
    ):
        assert keys(text) == ["CK-1"], text
    assert keys("status was not Done") == keys("assignee was not ann") == ["CK-2"]
    assert keys("priority was High before -1d") == []
