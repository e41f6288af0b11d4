"""Date formats take the texts that Elasticsearch takes, for the same instants."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.elasticsearch.mapping import dates

DAY = 1_704_153_600_000  # 2024-01-02


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", 1_704_067_200_000),
        ("2024-01", 1_704_067_200_000),
        ("2024-01-02", DAY),
        ("2024-01-02T", DAY),
        ("2024-01-02T03", DAY + 3 * 3_600_000),
        ("2024-01-02T03:04", DAY + 11_040_000),
        ("2024-01-02T03:04:05", DAY + 11_045_000),
        ("2024-01-02T03:04:05Z", DAY + 11_045_000),
        ("2024-01-02T03:04:05.678Z", DAY + 11_045_678),
        ("2024-01-02T03:04:05,678Z", DAY + 11_045_678),
        ("2024-01-02T03:04:05.678901234Z", DAY + 11_045_678),
        ("2024-01-02T03:04:05+01:00", DAY + 11_045_000 - 3_600_000),
        ("2024-01-02T03:04:05-0130", DAY + 11_045_000 + 5_400_000),
        ("1700000000000", 1_700_000_000_000),
        ("-5", -5),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2024-01-02 03:04:05.678Z", None),
        ("2024-W01-2T03:04:05.678Z", None),
        ("2024-1-2", None),
        ("2024-02-30", None),
        ("2024-13-01", None),
        ("2024-01-02T25:00", None),
        ("20240102", 20_240_102),
        ("foo", None),
        ("", None),
    ],
    ids=repr,
)
def test_the_default_format_takes_iso_dates_and_milliseconds(
    text: str, expected: int | None
) -> None:
    assert dates.parse(text) == expected


@pytest.mark.parametrize(
    ("formats", "text", "expected"),
    [
        ("epoch_second", "1700000000", 1_700_000_000_000),
        ("epoch_second", "1.5", 1500),
        ("yyyy-MM-dd", "2024-01-02", DAY),
        ("yyyy-MM-dd", "2024-01-02T00:00", None),
        ("yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis", "2024/01/02", DAY),
        ("dd.MM.uuuu 'um' HH'h'", "02.01.2024 um 03h", DAY + 3 * 3_600_000),
        ("d MMM yyyy", "2 Jan 2024", DAY),
        ("yyyy-MM-dd hh:mm a", "2024-01-02 12:30 AM", DAY + 1_800_000),
        ("yyyy-MM-dd[ HH:mm]", "2024-01-02", DAY),
        ("yyyyMMddHHmmssSSS", "20240102000000678", DAY + 678),
        ("basic_date", "20240102", DAY),
        ("strict_date", "2024-01-02", DAY),
        ("date_time_no_millis", "2024-01-02T01:00:00+01:00", DAY),
        ("ordinal_date", "2024-002", DAY),
        ("d MMMM yyyy", "2 january 2024", DAY),
        ("d MMMM yyyy", "2 Jan 2024", None),
        ("d MMM yyyy", "2 Foo 2024", None),
        ("EEE d MMM yyyy", "Tue 2 Jan 2024", DAY),
        ("yyyy[-MM[-dd]", "2024-01-02", DAY),
        ("yyyy[-MM[-dd]", "2024-01", DAY - 86_400_000),
        ("yyyy[-MM-dd][/MM/dd]", "2024/01/02", DAY),
        ("yyyy-MM-dd yyyy", "2024-01-02 2024", DAY),
        ("yyyy-MM-dd yyyy", "2024-01-02 2025", None),
        ("M" + "'h'H" * 200, "1" + "h1" * 200, 3_600_000),
    ],
)
def test_other_formats_take_what_they_describe(
    formats: str, text: str, expected: int | None
) -> None:
    assert dates.parse(text, formats) == expected


@pytest.mark.parametrize(
    ("formats", "text"),
    [
        ("foo", "Invalid format: [foo]: Unknown pattern letter: f"),
        ("yyyy||bar", "Invalid format: [bar]: Unknown pattern letter: b"),
        ("", "No date pattern provided"),
        ("yyyy]", "Invalid format: [yyyy]]: Pattern invalid as it contains ] without previous ["),
        ("y" * 1001, f"Invalid format: [{'y' * 40}...]: longer than 1000 characters"),
    ],
)
def test_an_unknown_format_is_refused(formats: str, text: str) -> None:
    with pytest.raises(dates.BadFormat) as caught:
        dates.parsers(formats)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("formats", "text"),
    [
        ("EG" * 500, "a" * 10_000 + "!"),
        ("[a" * 500, "am" * 400 + "!"),
        ("[[[[" * 250, "!"),
        ("d" * 500, "1" * 500),
        ("H" * 900, "1" * 900),
    ],
)
def test_no_format_takes_longer_than_its_text_is_long(formats: str, text: str) -> None:
    begun = time.thread_time()
    assert dates.parse(text, formats) is None
    assert time.thread_time() - begun < 1


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_what_javascript_writes_is_read_back(milliseconds: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    text = f"{moment:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + f".{moment.microsecond // 1000:03d}Z"
    assert dates.parse(text) == milliseconds
    assert dates.parse(text.replace("Z", "+00:00")) == milliseconds
