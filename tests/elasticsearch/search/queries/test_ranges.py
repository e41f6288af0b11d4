"""`range`: values between two bounds, of every type that has an order."""

from __future__ import annotations

import ipaddress
import operator
from random import Random
from typing import Any

import pytest
from searched import Searched

PROPERTIES = {
    "n": {"type": "integer"},
    "f": {"type": "double"},
    "s": {"type": "scaled_float", "scaling_factor": 10},
    "k": {"type": "keyword"},
    "t": {"type": "text"},
    "b": {"type": "boolean"},
    "ip": {"type": "ip"},
    "at": {"type": "date"},
    "day": {"type": "date", "format": "dd/MM/yyyy"},
    "v": {"type": "version"},
    "place": {"type": "geo_point"},
}
DOCUMENTS = {
    "1": {"at": "2024-03-14T23:59:59.999Z", "day": "31/12/2023", "ip": "10.0.0.1", "b": False},
    "2": {"at": "2024-03-15T00:00:00Z", "day": "01/01/2024", "ip": "10.0.0.9", "n": 5, "s": 0.5},
    "3": {"at": ["2024-03-15T12:30:45Z", "2020-01-01"], "ip": "10.0.1.1", "f": 0.5, "b": True},
    "4": {"at": "2024-03-15T23:59:59.999Z", "day": "15/03/2024", "ip": "::1", "n": [1, 9]},
    "5": {"at": "2024-03-16T00:00:00.000Z", "k": "b", "t": "Blue moon"},
    "6": {"k": ["a", "c"], "t": "green"},
}


@pytest.fixture(scope="module")
def searched() -> Searched:
    return Searched(PROPERTIES, DOCUMENTS)


def at(**options: Any) -> Any:
    return {"range": {"at": options}}


def test_ranges_of_dates_know_math_formats_and_zones(searched: Searched) -> None:
    assert (
        searched.differing(
            [
                (at(gte="2024-03-15"), "2345"),
                # what a date leaves out is its first or its last moment, whichever is farther away
                (at(gt="2024-03-15"), "5"),
                (at(lte="2024-03-15"), "1234"),
                (at(lt="2024-03-15"), "13"),
                (at(lte="2024-03"), "12345"),
                (at(gte="2024-03", lt="2024-04"), "12345"),
                (at(gte="2024", lte="2024"), "12345"),
                (at(gte="now"), "345"),
                (at(gt="now"), "45"),
                (at(gte="now/d"), "2345"),
                (at(gt="now/d"), "5"),
                (at(lte="now/d"), "1234"),
                (at(lt="now/d"), "13"),
                (at(gte="now-1d/d", lt="now/d"), "1"),
                (at(gte="now-13h"), "12345"),
                (at(gte="now/w", lte="now/w"), "12345"),
                (at(gte="2024-03-14||+1d"), "2345"),
                (at(gte="2024-03-14||+1d/M", lt="2024-03-14||/M"), ""),
                (at(gte="2024-03-15||/M"), "12345"),
                (at(gte=1710460800000), "2345"),
                (at(gte="1710460800000"), "2345"),
                (at(gte="15/03/2024", format="dd/MM/yyyy"), "2345"),
                (at(lte="15/03/2024", format="dd/MM/yyyy||yyyy"), "1234"),
                (at(gte="2024", format="dd/MM/yyyy||yyyy"), "12345"),
                (at(gte="2024-03-15", time_zone="+01:00", lt="2024-03-16"), "123"),
                (at(gte="2024-03-15T01:00:00", time_zone="Europe/Berlin"), "2345"),
                (at(gte="2024-03-15T01:00:00Z", time_zone="Europe/Berlin"), "345"),
                (at(lt="now/d", time_zone="-12:00"), "123"),
                ({"range": {"day": {"gte": "01/01/2024"}}}, "24"),
                ({"range": {"day": {"lt": "01/01/2024||+1d"}}}, "12"),
                ({"range": {"day": {"gt": "2024-01-01", "format": "yyyy-MM-dd"}}}, "4"),
            ]
        )
        == []
    )


def test_ranges_of_other_types_compare_as_their_values_do(searched: Searched) -> None:
    assert (
        searched.differing(
            [
                ({"range": {"n": {"gte": 5}}}, "24"),
                ({"range": {"n": {"gt": 5}}}, "4"),
                ({"range": {"n": {"gt": 4.5, "lt": 5.5}}}, "2"),
                ({"range": {"n": {"gt": "4", "lt": "6"}}}, "2"),
                ({"range": {"n": {"gte": -1e30, "lte": 1e30}}}, "24"),
                ({"range": {"n": {"gt": 2, "lt": 4}}}, ""),
                ({"range": {"n": {"from": 5, "to": 9, "include_upper": False}}}, "2"),
                ({"range": {"n": {"from": 5, "to": 9, "include_lower": False}}}, "4"),
                ({"range": {"n": {"gte": None, "lte": 1}}}, "4"),
                ({"range": {"n": {}}}, "24"),
                ({"range": {"f": {"gte": 0.5}}}, "3"),
                ({"range": {"f": {"gt": 0.5}}}, ""),
                ({"range": {"s": {"gt": 0.45, "lt": 0.55}}}, "2"),
                ({"range": {"k": {"gt": "a", "lte": "b"}}}, "5"),
                ({"range": {"k": {"gte": "b"}}}, "56"),
                ({"range": {"t": {"gte": "g", "lt": "h"}}}, "6"),
                ({"range": {"b": {"gte": True}}}, "3"),
                ({"range": {"ip": {"gte": "10.0.0.0", "lt": "10.0.1.0"}}}, "12"),
                ({"range": {"ip": {"lt": "10.0.0.0"}}}, "4"),
                ({"range": {"nowhere": {"gte": 1}}}, ""),
            ]
        )
        == []
    )


def test_a_range_finds_what_a_loop_finds() -> None:
    random = Random(7)
    numbers = {
        str(n): [random.randint(-9, 9) for _ in range(random.randint(0, 3))] for n in range(60)
    }
    as_ip = {id_: [f"10.0.0.{n + 20}" for n in some] for id_, some in numbers.items()}
    documents = {
        id_: {
            "n": some,
            "f": [n / 2 for n in some],
            "k": [f"{n:+}" for n in some],
            "ip": as_ip[id_],
        }
        for id_, some in numbers.items()
    }
    searched = Searched(PROPERTIES, documents)
    tests = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
    order = {"ip": ipaddress.ip_address}
    for _ in range(60):
        field = random.choice(["n", "f", "k", "ip"])
        key = order.get(field, lambda value: value)
        values = [value for document in documents.values() for value in document[field]]
        bounds = {
            random.choice(["gt", "gte"]): random.choice(values),
            random.choice(["lt", "lte"]): random.choice(values),
        }
        expected = {
            id_
            for id_, document in documents.items()
            if any(
                all(tests[name](key(value), key(bound)) for name, bound in bounds.items())
                for value in document[field]
            )
        }
        assert {*searched.ids({"range": {field: bounds}})} == expected, (field, bounds)


def test_a_range_scores_its_boost(searched: Searched) -> None:
    assert searched.scores({"range": {"n": {"gte": 5, "boost": 2.5}}}) == {"2": 2.5, "4": 2.5}


def test_a_malformed_range_is_refused(searched: Searched) -> None:
    date = "failed to parse date field [soon] with format "
    assert (
        searched.wrongly_refused(
            [
                ({"range": {}}, "field name is null or empty"),
                ({"range": {"n": 1}}, "[range] query does not support [n]"),
                ({"range": {"n": {"foo": 1}}}, "[range] query does not support [foo]"),
                (
                    {"range": {"n": {"gt": 1}, "f": {"gt": 1}}},
                    "[range] query doesn't support multiple fields, found [n] and [f]",
                ),
                ({"range": {"n": {"gt": "x"}}}, 'failed to create query: For input string: "x"'),
                (
                    {"range": {"ip": {"gt": "x"}}},
                    "failed to create query: 'x' is not an IP string literal.",
                ),
                (at(gt="soon"), f"{date}[strict_date_optional_time||epoch_millis]"),
                (at(gt="now-1x"), "unit [x] not supported for date math [-1x]"),
                (at(gt="soon", format="yyyy"), f"{date}[yyyy]"),
                (
                    at(gt="now", format="bogus"),
                    "Invalid format: [bogus]: Unknown pattern letter: b",
                ),
                (
                    at(gt="now", time_zone="Mars"),
                    "java.time.zone.ZoneRulesException: Unknown time-zone ID: Mars",
                ),
                (at(gt="now", relation="x"), "x is not a valid relation"),
                (
                    {"range": {"place": {"gt": 1}}},
                    "this mock does not search fields of type [geo_point]: [place]",
                ),
                (
                    {"range": {"v": {"gt": "1"}}},
                    "this mock does not support [range] on fields of type [version]",
                ),
            ]
        )
        == []
    )
