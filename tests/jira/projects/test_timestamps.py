"""Times are written as Jira writes them, and read with any offset."""

from __future__ import annotations

import pytest

from mockkibana.jira.projects import timestamps


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        pytest.param(0, "1970-01-01T00:00:00.000+0000", id="the epoch"),
        pytest.param(1_714_566_896_789, "2024-05-01T12:34:56.789+0000", id="milliseconds"),
        pytest.param(1_714_566_896_009, "2024-05-01T12:34:56.009+0000", id="leading zeros"),
    ],
)
def test_a_time_has_milliseconds_and_an_offset_without_a_colon(milliseconds, text):
    assert timestamps.from_milliseconds(milliseconds) == text
    assert timestamps.to_milliseconds(text) == milliseconds


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2024-05-01T12:34:56.789+0000", id="jira"),
        pytest.param("2024-05-01T14:34:56.789+02:00", id="another offset"),
        pytest.param("2024-05-01T12:34:56.789Z", id="zulu"),
        pytest.param("2024-05-01T12:34:56.789", id="without an offset"),
    ],
)
def test_a_time_may_be_written_in_any_iso_form(text):
    assert timestamps.to_milliseconds(text) == 1_714_566_896_789


def test_what_is_no_time_is_refused():
    with pytest.raises(ValueError, match="yesterday"):
        timestamps.to_milliseconds("yesterday")


def test_a_number_is_milliseconds():
    assert timestamps.utc(1_242_604_510_000).isoformat() == "2009-05-17T23:55:10+00:00"
    with pytest.raises(OverflowError):
        timestamps.utc(2**63 - 1)
