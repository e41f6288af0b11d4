"""The functions of JQL return what Jira's return, and refuse what Jira's refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reporter = currentUser() order by key", "CK-2 CK-3"),
        ("type in standardIssueTypes()", "ES-1 CK-3 CK-2 CK-1"),
        ("type in subtaskIssueTypes()", ""),
        ("fixVersion in releasedVersions()", "CK-1"),
        ("fixVersion in unreleasedVersions()", "ES-1 CK-2"),
        ("fixVersion in unreleasedVersions(ck)", "CK-2"),
        ("affectedVersion = latestReleasedVersion('check')", "CK-1"),
        ("fixVersion = earliestUnreleasedVersion(CK, ES)", "ES-1 CK-2"),
        ("project in projectsLeadByUser() order by key", "CK-1 CK-2 CK-3"),
        ("project in projectsLeadByUser(bob)", "ES-1"),
        ("issue in updatedBy(bob)", "ES-1 CK-2 CK-1"),
        ("key in updatedBy(bob, 2024-05-05)", "ES-1 CK-2"),
        ("key in updatedBy(bob, 2024-05-05, 2024-05-07)", "CK-2"),
        ("key not in updatedBy(bob)", "CK-3"),
        ("created >= startOfYear() and created < endOfMonth('+1M')", "ES-1 CK-3 CK-2 CK-1"),
    ],
)
def test_a_query_finds_by_a_function(
    keys: Callable[[str], list[str]], text: str, expected: str
) -> None:
    assert keys(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "type in standardIssueTypes(x)",
            "Function 'standardIssueTypes' expected '0' arguments but received '1'.",
        ),
        (
            "assignee = CurrentUser(x)",
            "Function 'CurrentUser' expected '0' arguments but received '1'.",
        ),
        (
            "project in projectsLeadByUser(a, b)",
            (
                "Function 'projectsLeadByUser' expected between '0' and '1' arguments "
                "but received '2'."
            ),
        ),
        (
            "fixVersion in releasedVersions(XX)",
            "Could not resolve the project 'XX' provided to function 'releasedVersions'.",
        ),
        ("project in noSuch(a, 1)", "Unable to find JQL function 'noSuch(a, 1)'."),
        (
            "issue in issueHistory()",
            (
                "The mock knows Jira's function 'issueHistory' but cannot answer it: "
                "who looks at an issue is not kept."
            ),
        ),
        (
            "project in projectsLeadByUser(x)",
            "Function 'projectsLeadByUser' cannot find the user 'x'.",
        ),
    ],
)
def test_a_function_is_refused(
    problems: Callable[[str], list[str]], text: str, expected: str
) -> None:
    assert problems(text) == [expected]
