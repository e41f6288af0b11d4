"""Time zones are read by name as Java's `ZoneId.of` reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mockkibana.elasticsearch.mapping.time_zones import zone


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("Z", 0),
        ("UTC", 0),
        ("+01:00", 1),
        ("-0130", -1.5),
        ("+5", 5),
        ("UTC+02:00", 2),
        ("GMT-3", -3),
        ("Europe/Berlin", 2),
        ("America/New_York", -4),
    ],
)
def test_a_name_means_an_offset(name: str, hours: float) -> None:
    offset = datetime(2024, 7, 1, tzinfo=UTC).astimezone(zone(name)).utcoffset()
    assert offset == timedelta(hours=hours)


def test_other_names_are_refused() -> None:
    for name in ("", "Mars", "../etc", "/", "+19:00", "+01:60", "Europe", "a\0b", "ab" * 200):
        with pytest.raises(ValueError, match=r".*"):
            zone(name)
