"""A `fields` parameter says which fields of an issue are shown."""

from __future__ import annotations

import pytest

from mockkibana.jira.issues.requested_fields import RequestedFields

IDS = ["summary", "status", "comment", "worklog", "customfield_10011"]


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        pytest.param(None, IDS, id="nothing said"),
        pytest.param([], IDS, id="an empty list"),
        pytest.param(["*all"], IDS, id="all"),
        pytest.param(["*navigable"], ["summary", "status", "customfield_10011"], id="navigable"),
        pytest.param(
            ["*navigable", "comment"],
            ["summary", "status", "comment", "customfield_10011"],
            id="navigable and one more",
        ),
        pytest.param(["*none"], [], id="none"),
        pytest.param(["summary", "key"], ["summary"], id="names"),
        pytest.param(["-comment"], [name for name in IDS if name != "comment"], id="all but one"),
        pytest.param(
            ["*all", "-comment", "-status"],
            ["summary", "worklog", "customfield_10011"],
            id="all but some",
        ),
        pytest.param(["summary", "status", "-status"], ["summary"], id="names but one"),
        pytest.param([" summary "], ["summary"], id="spaces around a name"),
    ],
)
def test_the_fields_that_are_asked_for_come_in_the_order_of_those_there_are(wanted, chosen):
    assert list(RequestedFields(wanted).among(IDS)) == chosen
