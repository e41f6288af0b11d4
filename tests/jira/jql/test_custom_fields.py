"""Custom fields are searched by number and by name, as their kind allows."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cf[10001] = Berlin", "CK-1"),
        ('site = "new york"', "CK-2"),
        ("Site in (1, 2)", "CK-2 CK-1"),
        ("Site is empty", "ES-1 CK-3"),
        ("Points > 3", "CK-2"),
        ("cf[10002] = 3.0", "CK-1"),
        ("Points in (8.5, empty)", "ES-1 CK-3 CK-2"),
        ("Points != 3", "CK-2"),
        ("Note ~ small", "CK-1"),
        ("Note is empty", "ES-1 CK-3 CK-2"),
        ("Day = 2024-05-03", "CK-1"),
        ("Moment > '2024-05-03 09:00'", "CK-1"),
        ("Tags = RED", "CK-1"),
        ("Tester = currentUser()", "CK-1"),
        ("'Epic Name' is empty and cf[10011] is empty", "ES-1 CK-3 CK-2 CK-1"),
        ("order by Points, key", "CK-1 CK-2 CK-3 ES-1"),
        ("order by Site desc, key", "CK-3 ES-1 CK-2 CK-1"),
        ("order by Tags, Tester, Day asc, cf[10003], key", "CK-1 CK-2 CK-3 ES-1"),
    ],
)
def test_a_query_finds_by_a_custom_field(
    keys: Callable[[str], list[str]], text: str, expected: str
) -> None:
    assert keys(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Site = Rome", "The option 'Rome' for field 'Site' does not exist."),
        (
            "Site = now()",
            "An option provided by the function 'now' for the field 'Site' does not exist.",
        ),
        ("Points = x", "The value 'x' for the field 'Points' is not a valid number."),
        (
            "Points = now()",
            "A value provided by the function 'now' for the field 'Points' is not a valid number.",
        ),
        ("Note = x", "The operator '=' is not supported by the 'Note' field."),
        ("cf[10003] was x", "History searches do not support the 'cf[10003]' field."),
        ("cf[99] = 1", "Field 'cf[99]' does not exist or you do not have permission to view it."),
        (
            "Odd = 1",
            (
                "The mock keeps the field 'Odd' but cannot search it: it is of the type "
                "'com.atlassian.jira.plugin.system.customfieldtypes:textfield'."
            ),
        ),
    ],
)
def test_what_a_custom_field_cannot_be_asked_is_refused(
    problems: Callable[[str], list[str]], text: str, expected: str
) -> None:
    assert problems(text) == [expected]
