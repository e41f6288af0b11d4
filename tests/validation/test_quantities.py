"""Sizes in bytes and durations, as numbers and as texts with a unit."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.validation import ByteSize, Duration, missing

KINDS = [
    (missing, "undefined"),
    (None, "null"),
    (True, "boolean"),
    ([], "Array"),
    ({}, "Object"),
]
BYTES_FORMAT = (
    "Failed to parse value as byte value. Value must be either number of bytes, or follow the"
    " format <count>[b|kb|mb|gb] (e.g., '1024kb', '200mb', '1gb'), where the number is a safe"
    " positive integer."
)
DURATION_FORMAT = (
    "Failed to parse value as time value. Value must be a duration in milliseconds, or follow the"
    " format <count>[ms|s|m|h|d|w|M|Y] (e.g. '70ms', '5s', '3d', '1Y'), where the duration is a"
    " safe positive integer."
)


@pytest.mark.parametrize(("value", "word"), KINDS, ids=[word for _, word in KINDS])
@pytest.mark.parametrize(
    ("field", "name"),
    [(ByteSize(), "ByteSize"), (Duration(), "moment.Duration")],
    ids=["bytes", "duration"],
)
def test_a_quantity_is_a_number_or_a_string(
    sentence: Any, field: Any, name: str, value: Any, word: str
) -> None:
    assert sentence(field, value) == f"expected value of type [{name}] but got [{word}]"


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (0, 0),
        (1024, 1024),
        (1.0, 1),
        ("", 0),
        ("123", 123),
        (" 1e3 ", 1000),
        ("0x10", 16),
        ("1b", 1),
        ("1KB", 1024),
        ("200mb", 200 * 1024**2),
        ("1gb", 1024**3),
    ],
)
def test_a_size_is_loaded_in_bytes(value: Any, size: int) -> None:
    assert ByteSize().deserialize(value) == size


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1tb", BYTES_FORMAT),
        ("0kb", BYTES_FORMAT),
        ("1.5mb", BYTES_FORMAT),
        ("1kb!", BYTES_FORMAT),
        ("mb", BYTES_FORMAT),
        (-1, "Value in bytes is expected to be a safe positive integer."),
        (1.5, "Value in bytes is expected to be a safe positive integer."),
        (2**53, "Value in bytes is expected to be a safe positive integer."),
        ("-1", "Value in bytes is expected to be a safe positive integer."),
        ("Infinity", "Value in bytes is expected to be a safe positive integer."),
        ("9999999999999gb", "Value in bytes is expected to be a safe positive integer."),
        ("x" * 19, "Value in bytes is expected to be a safe positive integer."),
    ],
)
def test_no_size(sentence: Any, value: Any, text: str) -> None:
    assert sentence(ByteSize(), value) == text


@pytest.mark.parametrize(
    ("options", "value", "text"),
    [
        ({"min": "1kb"}, 1023, "Value must be equal to or greater than [1kb]"),
        ({"max": "1kb"}, "2kb", "Value must be equal to or less than [1kb]"),
        ({"max": 1536}, "2kb", "Value must be equal to or less than [1.5kb]"),
        ({"min": 12}, 0, "Value must be equal to or greater than [12b]"),
        ({"min": "3mb"}, 0, "Value must be equal to or greater than [3mb]"),
        ({"min": "2048gb"}, 0, "Value must be equal to or greater than [2048gb]"),
    ],
)
def test_a_size_outside_its_limits_is_refused(
    sentence: Any, options: dict[str, Any], value: Any, text: str
) -> None:
    assert sentence(ByteSize(**options), value) == text
    assert ByteSize(min="1kb", max="1kb").deserialize(1024) == 1024


@pytest.mark.parametrize(
    ("value", "milliseconds"),
    [
        (0, 0),
        (70, 70),
        ("70", 70),
        ("70ms", 70),
        ("5s", 5_000),
        ("2m", 120_000),
        ("1h", 3_600_000),
        ("3d", 3 * 86_400_000),
        ("1w", 7 * 86_400_000),
        ("1M", 30 * 86_400_000),
        ("2M", 61 * 86_400_000),
        ("1Y", 365 * 86_400_000),
        ("400Y", 146_097 * 86_400_000),
        ("0s", 0),
    ],
)
def test_a_duration_is_loaded_in_milliseconds(value: Any, milliseconds: int) -> None:
    assert Duration().deserialize(value) == milliseconds


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5 s", DURATION_FORMAT),
        ("5y", DURATION_FORMAT),
        ("1.5h", DURATION_FORMAT),
        ("01s", DURATION_FORMAT),
        ("1m30s", DURATION_FORMAT),
        ("soon", DURATION_FORMAT),
        (-1, "Value in milliseconds is expected to be a safe positive integer."),
        (0.5, "Value in milliseconds is expected to be a safe positive integer."),
        ("-1", "Value in milliseconds is expected to be a safe positive integer."),
        (2**53, "Value in milliseconds is expected to be a safe positive integer."),
        ("9" * 5000 + "s", "Value in milliseconds is expected to be a safe positive integer."),
    ],
    ids=lambda value: str(value)[:12],
)
def test_no_duration(sentence: Any, value: Any, text: str) -> None:
    assert sentence(Duration(), value) == text


@pytest.mark.parametrize(
    ("field", "loaded"),
    [
        (ByteSize(load_default="1mb"), 1024**2),
        (ByteSize(load_default=lambda: 7), 7),
        (Duration(load_default="5s"), 5_000),
        (Duration(load_default=lambda: 7), 7),
    ],
)
def test_the_default_of_a_quantity_is_written_like_a_value(field: Any, loaded: int) -> None:
    assert field.deserialize(missing) == loaded
