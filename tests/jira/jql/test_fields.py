"""Every field of Jira's is searched and sorted by, with the operators that Jira gives it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mockkibana.jira.jql.clauses import HISTORY
from mockkibana.jira.jql.system_fields import SYSTEM_FIELDS

Keys = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # statuses and types
        ("status = done", "ES-1 CK-1"),
        ('status in ("to do", 3)', "CK-3 CK-2"),
        ("status != Done", "CK-3 CK-2"),
        ("status is empty", ""),
        ('statusCategory = "In Progress"', "CK-2"),
        ("statusCategory = new", "CK-3"),
        ("statusCategory != done", "CK-3 CK-2"),
        ("type = bug", "CK-1"),
        ("issuetype in (Epic, 10006)", "ES-1 CK-3 CK-2"),
        # what is ranked
        ("priority = high", "CK-1"),
        ("priority > Medium", "CK-1"),
        ("priority < High", "CK-3 CK-2"),
        ("priority >= 3", "CK-3 CK-1"),
        ("priority is empty", "ES-1"),
        ("priority not in (High)", "CK-3 CK-2"),
        ("resolution = Unresolved", "CK-3 CK-2"),
        ("resolution != unresolved", "ES-1 CK-1"),
        ("resolution in (Unresolved, Duplicate)", "ES-1 CK-3 CK-2"),
        ("resolution is empty", "CK-3 CK-2"),
        ("resolution > Duplicate", "CK-1"),
        # labels
        ("labels = OPS", "CK-2 CK-1"),
        ("labels != ops", ""),
        ("labels is empty", "ES-1 CK-3"),
        ("labels in (disk, none)", "CK-1"),
        ("labels not in (disk)", "CK-2"),
        ("labels = disk and labels = ops", "CK-1"),
        ("labels = disk or labels = ops", "CK-2 CK-1"),
        # people
        ("assignee = ann", "CK-1"),
        ("assignee = 'ANN@example.com'", "CK-1"),
        ("assignee = currentUser()", "CK-1"),
        ("assignee in (currentUser(), EMPTY)", "ES-1 CK-3 CK-1"),
        ("assignee not in (ann)", "CK-2"),
        ("assignee not in (ann, empty)", "CK-2"),
        ("assignee != empty", "CK-2 CK-1"),
        ("not assignee = ann", "CK-2"),
        ("assignee = eve", ""),
        ("reporter = 'bob@example.com'", "CK-1"),
        ("reporter is null", "ES-1"),
        ("creator = ann", "CK-3 CK-2 CK-1"),
        # components and versions
        ("component = Disk", "CK-2 CK-1"),
        ("component = disk and component = net", "CK-2"),
        ("component not in (Net)", "CK-1"),
        ("component = 101", "CK-2 CK-1"),
        ("fixVersion = 1.0", "ES-1 CK-1"),
        ("fixVersion > 1.0", "CK-2"),
        ("fixVersion <= 203", "CK-2 CK-1"),
        ('affectedVersion = "1.1"', "CK-1"),
        # issues
        ("parent = CK-2", "CK-3"),
        ("parent in (CK-1, CK-2)", "CK-3"),
        ("parent is empty", "ES-1 CK-2 CK-1"),
        ('"Epic Link" = CK-2', "CK-3"),
        ("issue in (CK-1) and workItem is not empty", "CK-1"),
        # words
        ("description ~ host", "CK-1"),
        ("description is empty", "ES-1 CK-3 CK-2"),
        ("environment ~ lab", "CK-2"),
        ("comment ~ logs", "CK-1"),
        ("comment ~ 'looking logs'", ""),
        ("comment !~ looking", ""),
        ("text ~ host", "CK-1"),
        ("text ~ cleaned or text ~ lab", "CK-2 CK-1"),
        ("text ~ small", "CK-1"),
        # times
        ("due = 2024-05-10", "CK-1"),
        ("duedate <= now()", "CK-1"),
        ("due > endOfDay()", "CK-2"),
        ("due in (2024-05-10, EMPTY)", "ES-1 CK-3 CK-1"),
        ("due not in (2024-05-10)", "CK-2"),
        ("due is empty", "ES-1 CK-3"),
        ("resolved >= 2024-05-01 and resolutiondate < 2024-05-05", "CK-1"),
        ("resolved is empty", "CK-3 CK-2"),
        ("statusCategoryChangedDate > 2024-05-05", "ES-1 CK-3 CK-2"),
        # orders
        ("order by priority, key", "CK-1 CK-3 CK-2 ES-1"),
        ("order by priority desc", "ES-1 CK-2 CK-3 CK-1"),
        ("order by status, key", "CK-3 CK-2 CK-1 ES-1"),
        ("order by statusCategory desc, key", "CK-1 ES-1 CK-2 CK-3"),
        ("order by type, key", "CK-1 CK-2 CK-3 ES-1"),
        ("order by assignee, key", "CK-1 CK-2 CK-3 ES-1"),
        ("order by labels, key", "CK-1 CK-2 CK-3 ES-1"),
        ("order by fixVersion desc, key", "CK-3 ES-1 CK-2 CK-1"),
        ("order by component, resolution", "CK-1 CK-2 ES-1 CK-3"),
        ("order by due asc, key", "CK-1 CK-2 CK-3 ES-1"),
        ("order by due", "ES-1 CK-3 CK-2 CK-1"),
        ("order by parent, key", "CK-3 CK-1 CK-2 ES-1"),
        ("order by environment, key", "CK-2 CK-1 CK-3 ES-1"),
    ],
)
def test_a_query_finds(keys: Keys, text: str, expected: str) -> None:
    assert keys(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status = Nope", "The value 'Nope' does not exist for the field 'status'."),
        ("type = 666", "A value with ID '666' does not exist for the field 'type'."),
        ("priority = Huge", "The value 'Huge' does not exist for the field 'priority'."),
        ("assignee = nobody", "The value 'nobody' does not exist for the field 'assignee'."),
        ("component = 3", "A value with ID '3' does not exist for the field 'component'."),
        (
            "assignee = now()",
            "A value provided by the function 'now' is invalid for the field 'assignee'.",
        ),
        (
            "parent = currentUser()",
            (
                "A value provided by the function 'currentUser' for the field 'parent' "
                "is not a valid issue key."
            ),
        ),
        ("parent = CK-99", "An issue with key 'CK-99' does not exist for field 'parent'."),
        ("labels ~ a", "The operator '~' is not supported by the 'labels' field."),
        ("assignee > ann", "The operator '>' is not supported by the 'assignee' field."),
        ("text !~ a", "The operator '!~' is not supported by the 'text' field."),
        ("comment is empty", "The operator 'is' is not supported by the 'comment' field."),
        (
            "assignee in currentUser()",
            (
                "Operator 'in' does not support the non-list value 'currentUser()' for "
                "field 'assignee'."
            ),
        ),
        (
            "type = standardIssueTypes()",
            "Operator '=' does not support the list value 'standardIssueTypes()' for field 'type'.",
        ),
        ("order by comment", "Not able to sort using field 'comment'."),
        (
            "sprint = 1",
            "The mock knows Jira's field 'sprint' but cannot search by it: there are no sprints.",
        ),
        (
            "'Request Type' is empty",
            (
                "The mock knows Jira's field 'Request Type' but cannot search by it: "
                "there is no service desk."
            ),
        ),
    ],
)
def test_what_a_field_cannot_be_asked_is_refused(
    problems: Callable[[str], list[str]], text: str, expected: str
) -> None:
    assert problems(text) == [expected]


def test_no_two_fields_share_a_name() -> None:
    names = [name.casefold() for field in SYSTEM_FIELDS for name in field.names]
    assert len(names) == len(set(names))


def test_only_fields_with_a_history_are_searched_in_the_past() -> None:
    for field in SYSTEM_FIELDS:
        assert (field.history is not None) == (field.operators >= HISTORY)
