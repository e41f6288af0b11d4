"""Aggregations: each kind against the same sum made in plain Python, and what is refused."""

from __future__ import annotations

import json
import math
import re
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from document_writes import index_document
from face_requests import request_of
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_values import changed

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.elasticsearch.search.aggregation_parser import PARSERS
from mockkibana.elasticsearch.search.aggregations import rounding
from mockkibana.http.messages import Answer

Source = dict[str, Any]
Ask = Callable[..., Answer]

_PROPERTIES = {
    "level": {"type": "keyword"},
    "n": {"type": "integer"},
    "price": {"type": "double"},
    "at": {"type": "date"},
    "on": {"type": "boolean"},
    "where": {"type": "ip"},
    "text": {"type": "text"},
    "comments": {
        "type": "nested",
        "properties": {"who": {"type": "keyword"}, "stars": {"type": "long"}},
    },
}
_START = datetime(2024, 1, 31, 20, 30, tzinfo=UTC)


def _document(n: int) -> Source:
    source: Source = {
        "n": n,
        "price": n * 1.25,
        "level": "abc"[n % 3],
        "at": (_START + timedelta(days=9 * n, hours=n)).isoformat().replace("+00:00", "Z"),
        "on": n % 2 == 0,
        "where": f"10.0.0.{n % 4}",
        "text": "many words",
        "comments": [{"who": "xyz"[(n + k) % 3], "stars": k} for k in range(n % 4)],
    }
    if n % 5 == 0:
        del source["level"], source["price"]
    return source


DOCUMENTS = [_document(n) for n in range(23)]


@pytest.fixture
def filled(cluster: Cluster) -> Cluster:
    """23 documents in two indices, of which every fifth has no level and no price."""
    for name, rows in (("t-1", DOCUMENTS[:9]), ("t-2", DOCUMENTS[9:])):
        cluster.create_index(name, mappings={"properties": _PROPERTIES})
        for source in rows:
            index_document(cluster, name, source, id=str(source["n"]))
    return cluster


@pytest.fixture
def ask(face: ElasticsearchFace, filled: Cluster) -> Ask:
    """Search `t-*` for aggregations; further keys of the body by name."""
    assert filled

    def ask(aggregations: Any, parameters: str = "", **body: Any) -> Answer:
        raw = json.dumps({"size": 0, "aggs": aggregations, **body}).encode()
        return face.handle(request_of(f"POST /t-*/_search?{parameters}", raw))

    return ask


@pytest.fixture
def one(ask: Ask) -> Callable[..., Any]:
    """Return what one aggregation answers: `one("terms", field="level", aggs=...)`."""

    def one(kind: str, aggs: Any = None, search: Any = None, **options: Any) -> Any:
        definition = {kind: options} | ({"aggs": aggs} if aggs else {})
        answer = ask({"x": definition}, **(search or {}))
        assert answer.status == 200, answer.body
        return answer.body["aggregations"]["x"]

    return one


def values_of(field: str, rows: list[Source] = DOCUMENTS) -> list[Any]:
    return [row[field] for row in rows if field in row]


def instant(row: Source) -> datetime:
    return datetime.fromisoformat(row["at"])


def milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)


def counts(result: Any) -> dict[Any, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in result["buckets"]}


def test_terms_are_counted_and_the_most_frequent_ones_are_first(one: Any) -> None:
    frequent = Counter(values_of("level"))

    result = one("terms", field="level", size=2)

    expected = sorted(frequent.items(), key=lambda row: (-row[1], row[0]))
    assert list(counts(result).items()) == expected[:2]
    assert result["sum_other_doc_count"] == expected[2][1]
    assert result["doc_count_error_upper_bound"] == 0


@pytest.mark.parametrize(
    ("field", "keys"),
    [
        ("n", list(range(10))),
        ("on", [1, 0]),
        ("where", [f"10.0.0.{n}" for n in range(4)]),
        ("price", [n * 1.25 for n in range(12) if n % 5]),
    ],
)
def test_terms_of_every_type_have_keys_of_their_own(one: Any, field: str, keys: list[Any]) -> None:
    result = one("terms", field=field, order={"_key": "desc" if field == "on" else "asc"})

    assert list(counts(result))[: len(keys)] == keys[:10]
    if field == "on":
        assert [bucket["key_as_string"] for bucket in result["buckets"]] == ["true", "false"]


def test_terms_are_chosen_by_lists_by_expressions_and_by_how_many_there_must_be(one: Any) -> None:
    assert set(counts(one("terms", field="level", include="[ab]"))) == {"a", "b"}
    assert set(counts(one("terms", field="level", exclude=["a"]))) == {"b", "c"}
    assert set(counts(one("terms", field="n", include=[1, 2.0]))) == {1, 2}
    none = {"query": {"term": {"level": "a"}}}
    assert counts(one("terms", search=none, field="level", min_doc_count=0))["b"] == 0
    assert counts(one("terms", field="level", missing="none"))["none"] == len(
        [row for row in DOCUMENTS if "level" not in row]
    )


def test_terms_are_in_the_order_of_what_is_in_their_buckets(one: Any) -> None:
    result = one("terms", {"s": {"sum": {"field": "n"}}}, field="level", order={"s": "desc"})

    sums = {
        level: sum(row["n"] for row in DOCUMENTS if row.get("level") == level) for level in "abc"
    }
    assert list(counts(result)) == sorted(sums, key=lambda level: -sums[level])
    assert {bucket["key"]: bucket["s"]["value"] for bucket in result["buckets"]} == sums


def test_combinations_of_terms_and_rare_ones(one: Any) -> None:
    pairs = Counter((row["level"], row["on"]) for row in DOCUMENTS if "level" in row)

    several = one("multi_terms", terms=[{"field": "level"}, {"field": "on"}])
    rare = one("rare_terms", field="n", max_doc_count=1)

    assert {tuple(bucket["key"]): bucket["doc_count"] for bucket in several["buckets"]} == pairs
    assert several["buckets"][0]["key_as_string"].split("|")[1] in ("true", "false")
    assert counts(rare) == dict.fromkeys(range(23), 1)


_PRICES = values_of("price")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("sum", sum(_PRICES)),
        ("avg", statistics.fmean(_PRICES)),
        ("min", min(_PRICES)),
        ("max", max(_PRICES)),
        ("value_count", len(_PRICES)),
        ("cardinality", len(set(_PRICES))),
        (
            "median_absolute_deviation",
            statistics.median(abs(each - statistics.median(_PRICES)) for each in _PRICES),
        ),
    ],
)
def test_a_metric_is_one_number(one: Any, kind: str, expected: float) -> None:
    assert one(kind, field="price") == {"value": pytest.approx(expected)}


def test_metrics_of_nothing_and_of_dates(one: Any) -> None:
    nothing = {"query": {"match_none": {}}}

    assert one("sum", search=nothing, field="price") == {"value": 0.0}
    assert one("avg", search=nothing, field="price") == {"value": None}
    assert one("stats", search=nothing, field="price") == {
        "count": 0, "min": None, "max": None, "avg": None, "sum": 0.0,
    }  # fmt: skip
    first = one("min", field="at")
    assert first == {
        "value": float(milliseconds(_START)),
        "value_as_string": "2024-01-31T20:30:00.000Z",
    }
    assert one("sum", field="price", missing=100)["value"] == sum(_PRICES) + 500


def test_statistics_of_a_field(one: Any) -> None:
    result = one("extended_stats", field="price", sigma=3)

    wide = statistics.pstdev(_PRICES)
    mean = statistics.fmean(_PRICES)
    assert result["count"] == len(_PRICES)
    assert result["variance_sampling"] == pytest.approx(statistics.variance(_PRICES))
    assert result["variance"] == result["variance_population"] == pytest.approx(wide**2)
    assert result["std_deviation_bounds"]["upper"] == pytest.approx(mean + 3 * wide)
    assert result["sum_of_squares"] == pytest.approx(sum(each**2 for each in _PRICES))
    assert {key: result[key] for key in ("min", "max", "avg", "sum")} == {
        key: value for key, value in one("stats", field="price").items() if key != "count"
    }


def test_percentiles_and_their_ranks(one: Any) -> None:
    quartiles = statistics.quantiles(range(23), n=4, method="inclusive")

    found = one("percentiles", field="n", percents=[25, 50, 75])["values"]
    ranks = one("percentile_ranks", field="n", values=[22], keyed=False)["values"]

    assert found == dict(zip(("25.0", "50.0", "75.0"), quartiles, strict=True))
    assert ranks == [{"key": 22.0, "value": 100.0}]


def test_a_mean_with_weights(one: Any) -> None:
    rows = [row for row in DOCUMENTS if "price" in row]
    expected = sum(row["price"] * row["n"] for row in rows) / sum(row["n"] for row in DOCUMENTS)

    result = one("weighted_avg", value={"field": "price", "missing": 0}, weight={"field": "n"})

    assert result["value"] == pytest.approx(expected)


def test_a_histogram_fills_its_gaps(one: Any) -> None:
    result = one("histogram", {"m": {"max": {"field": "n"}}}, field="price", interval=4, offset=1)

    places = Counter(math.floor((price - 1) / 4) * 4 + 1.0 for price in _PRICES)
    assert counts(result) == {
        key: places[key] for key in map(float, range(1, int(max(places)) + 1, 4))
    }
    some = one("histogram", field="price", interval=1, min_doc_count=1)
    assert counts(some) == Counter(float(math.floor(price)) for price in _PRICES)
    far = one("histogram", field="n", interval=10, extended_bounds={"min": -15, "max": 45})
    assert list(counts(far)) == [-20.0, -10.0, 0.0, 10.0, 20.0, 30.0, 40.0]
    near = one("histogram", field="n", interval=5, hard_bounds={"min": 5, "max": 10}, keyed=True)
    assert near["buckets"] == {
        "5.0": {"key": 5.0, "doc_count": 5},
        "10.0": {"key": 10.0, "doc_count": 5},
    }


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "-05:00"])
@pytest.mark.parametrize("unit", ["day", "week", "month", "quarter", "year"])
def test_a_date_histogram_of_calendar_units(one: Any, unit: str, zone: str) -> None:
    own = (
        ZoneInfo(zone)
        if zone != "-05:00"
        else datetime.fromisoformat("2024-01-01T00:00-05:00").tzinfo
    )
    assert own is not None

    def start(row: Source) -> int:
        time = instant(row).astimezone(own)
        day = datetime(time.year, time.month, time.day, tzinfo=own)
        if unit == "week":
            day -= timedelta(days=day.weekday())
        elif unit != "day":
            months = {"month": 1, "quarter": 3, "year": 12}[unit]
            day = day.replace(month=(day.month - 1) // months * months + 1, day=1)
        return milliseconds(day)

    result = one(
        "date_histogram", field="at", calendar_interval=unit, time_zone=zone, min_doc_count=1
    )
    filled = one("date_histogram", field="at", calendar_interval=unit, time_zone=zone)

    assert counts(result) == Counter(map(start, DOCUMENTS))
    assert {key: count for key, count in counts(filled).items() if count} == counts(result)
    keys = list(counts(filled))
    longest = {"day": 25, "week": 169, "month": 745, "quarter": 2209, "year": 8785}[unit]
    gaps = [after - before for before, after in pairwise(keys)]
    assert all(0 < gap <= longest * 3_600_000 for gap in gaps)


def test_a_date_histogram_writes_its_keys_in_its_zone_and_format(one: Any) -> None:
    plain = one("date_histogram", field="at", calendar_interval="1M")
    there = one("date_histogram", field="at", calendar_interval="1M", time_zone="Asia/Tokyo")
    short = one("date_histogram", field="at", calendar_interval="1M", format="yyyy-MM", keyed=True)

    assert plain["buckets"][0] == {
        "key_as_string": "2024-01-01T00:00:00.000Z",
        "key": 1704067200000,
        "doc_count": 1,
    }
    assert there["buckets"][0]["key_as_string"] == "2024-02-01T00:00:00.000+09:00"
    assert list(short["buckets"])[:2] == ["2024-01", "2024-02"]


def test_a_date_histogram_of_fixed_intervals(one: Any) -> None:
    width = 36 * 3_600_000
    result = one("date_histogram", field="at", fixed_interval="36h", offset="+2h", min_doc_count=1)

    shift = 2 * 3_600_000
    starts = ((milliseconds(instant(row)) - shift) // width * width + shift for row in DOCUMENTS)
    assert counts(result) == Counter(starts)
    bounds = {"min": "2024-01-29", "max": "2024-01-29||+1M/M"}
    far = one(
        "date_histogram",
        search={"query": {"match_none": {}}},
        field="at",
        fixed_interval="1d",
        extended_bounds=bounds,
    )
    assert len(far["buckets"]) == 4


@settings(deadline=None)
@given(
    st.integers(-(10**15), 10**15),
    st.sampled_from(["hour", "day", "week", "month", "quarter", "year"]),
    st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"]),
)
def test_an_instant_is_in_its_interval_and_the_next_one_follows(
    milliseconds: int, unit: str, zone: str
) -> None:
    intervals = rounding.calendar(unit, UTC if zone == "UTC" else ZoneInfo(zone))

    start = intervals.start(milliseconds)
    after = intervals.after(start)

    assert start <= milliseconds < after
    assert intervals.start(start) == start
    assert intervals.start(after) == after


def test_ranges_of_numbers_and_of_dates(one: Any) -> None:
    result = one(
        "range", field="n", ranges=[{"from": 7}, {"to": 3}, {"from": 3, "to": 7, "key": "some"}]
    )
    dated = one(
        "date_range",
        field="at",
        format="yyyy-MM-dd",
        ranges=[{"to": "2024-03-01||-1M/M"}, {"from": "2024-02-01", "key": "later"}],
        keyed=True,
    )

    assert result["buckets"] == [
        {"key": "*-3.0", "to": 3.0, "doc_count": 3},
        {"key": "some", "from": 3.0, "to": 7.0, "doc_count": 4},
        {"key": "7.0-*", "from": 7.0, "doc_count": 16},
    ]
    assert dated["buckets"] == {
        "*-2024-02-01": {"to": 1706745600000.0, "to_as_string": "2024-02-01", "doc_count": 1},
        "later": {"from": 1706745600000.0, "from_as_string": "2024-02-01", "doc_count": 22},
    }


def test_buckets_by_queries(ask: Ask) -> None:
    number = {"v": {"value_count": {"field": "n"}}}
    answer = ask(
        {
            "even": {"filter": {"term": {"on": True}}, "aggs": number},
            "both": {
                "filters": {
                    "filters": {"a": {"term": {"level": "a"}}, "few": {"range": {"n": {"lt": 4}}}},
                    "other_bucket_key": "rest",
                }
            },
            "list": {"filters": {"filters": [{"term": {"level": "a"}}]}},
            "none": {"missing": {"field": "level"}},
            "all": {"global": {}, "aggs": number},
        },
        query={"range": {"n": {"lt": 10}}},
    )

    rows = DOCUMENTS[:10]
    results = answer.body["aggregations"]
    by_level = [row["n"] for row in rows if row.get("level") == "a"]
    assert results["even"] == {"doc_count": 5, "v": {"value": 5}}
    assert results["both"]["buckets"] == {
        "a": {"doc_count": len(by_level)},
        "few": {"doc_count": 4},
        "rest": {"doc_count": len({*range(10)} - {*by_level} - {*range(4)})},
    }
    assert results["list"]["buckets"] == [{"doc_count": len(by_level)}]
    assert results["none"] == {"doc_count": 2}
    assert results["all"] == {"doc_count": 23, "v": {"value": 23}}


def test_nested_objects_are_documents_of_their_own_and_there_is_a_way_back(one: Any) -> None:
    back = {"documents": {"reverse_nested": {}, "aggs": {"n": {"sum": {"field": "n"}}}}}
    inner = {"who": {"terms": {"field": "comments.who"}, "aggs": back}}

    result = one("nested", inner, path="comments")

    comments = [(row, comment) for row in DOCUMENTS for comment in row["comments"]]
    assert result["doc_count"] == len(comments)
    for bucket in result["who"]["buckets"]:
        own = [row for row, comment in comments if comment["who"] == bucket["key"]]
        documents = {row["n"] for row in own}
        assert bucket["doc_count"] == len(own)
        assert bucket["documents"] == {
            "doc_count": len(documents),
            "n": {"value": float(sum(documents))},
        }
    assert one("nested", path="nowhere") == {"doc_count": 0}


@pytest.mark.parametrize("size", [1, 4, 100])
def test_pages_of_a_composite_are_all_of_its_buckets_once(one: Any, size: int) -> None:
    sources = [
        {"level": {"terms": {"field": "level", "missing_bucket": True, "order": "desc"}}},
        {"month": {"date_histogram": {"field": "at", "calendar_interval": "1M"}}},
        {"tens": {"histogram": {"field": "n", "interval": 10}}},
        {"on": {"terms": {"field": "on"}}},
    ]
    rows: list[Any] = []
    options: dict[str, Any] = {"sources": sources, "size": size}
    while page := one("composite", **options)["buckets"]:
        assert len(page) <= size
        rows += [(tuple(bucket["key"].values()), bucket["doc_count"]) for bucket in page]
        options["after"] = page[-1]["key"]

    def month(row: Source) -> int:
        return milliseconds(instant(row).replace(day=1, hour=0, minute=0))

    expected = Counter(
        (row.get("level"), month(row), row["n"] // 10 * 10.0, row["on"]) for row in DOCUMENTS
    )
    assert dict(rows) == expected
    assert len(rows) == len(expected)
    levels = [key for key, _ in groupby(level for (level, *_), _ in rows)]
    assert levels == ["c", "b", "a", None]


def test_hits_of_a_bucket(one: Any) -> None:
    top = {"top": {"top_hits": {"size": 1, "sort": [{"n": "desc"}], "_source": ["n"]}}}

    result = one("terms", top, field="level", order={"_key": "asc"})

    for bucket in result["buckets"]:
        last = max(row["n"] for row in DOCUMENTS if row.get("level") == bucket["key"])
        hits = bucket["top"]["hits"]
        assert hits["total"] == {"value": bucket["doc_count"], "relation": "eq"}
        assert [hit["_source"] for hit in hits["hits"]] == [{"n": last}]
        assert hits["hits"][0]["sort"] == [last]


def test_pipelines_work_on_the_buckets_they_are_in_and_on_those_beside_them(ask: Ask) -> None:
    inner = {
        "s": {"sum": {"field": "n"}},
        "total": {"cumulative_sum": {"buckets_path": "s"}},
        "change": {"derivative": {"buckets_path": "s", "unit": "day"}},
    }
    months = {"date_histogram": {"field": "at", "calendar_interval": "month"}, "aggs": inner}
    beside = {
        name: {f"{name}_bucket": {"buckets_path": "months>s"}}
        for name in ("sum", "avg", "min", "max", "stats", "percentiles")
    }
    answer = ask(
        {"months": months, **beside, "n": {"sum_bucket": {"buckets_path": "months._count"}}}
    )

    results = answer.body["aggregations"]
    buckets = results["months"]["buckets"]
    sums = [bucket["s"]["value"] for bucket in buckets]
    assert [bucket["total"]["value"] for bucket in buckets] == [
        sum(sums[: end + 1]) for end in range(len(sums))
    ]
    assert "change" not in buckets[0]
    assert [bucket["change"]["value"] for bucket in buckets[1:]] == [
        after - before for before, after in pairwise(sums)
    ]
    assert buckets[1]["change"]["normalized_value"] == pytest.approx((sums[1] - sums[0]) / 31)
    assert results["sum"] == {"value": sum(sums)}
    assert results["avg"] == {"value": sum(sums) / len(sums)}
    assert results["max"]["value"] == max(sums)
    assert results["min"] == {"value": min(sums), "keys": [buckets[0]["key_as_string"]]}
    assert results["stats"]["count"] == len(sums)
    assert results["percentiles"]["values"]["99.0"] == max(sums)
    assert results["n"] == {"value": 23.0}


def test_buckets_are_put_in_order_and_a_page_of_them_is_shown(one: Any) -> None:
    inner = {
        "s": {"sum": {"field": "n"}},
        "page": {"bucket_sort": {"sort": [{"s": "desc"}], "from": 1, "size": 1}},
    }

    result = one("terms", inner, field="level")

    sums = Counter(
        {level: sum(row["n"] for row in DOCUMENTS if row.get("level") == level) for level in "abc"}
    )
    assert list(counts(result)) == [sums.most_common()[1][0]]


def test_scripts_make_numbers_of_those_of_a_bucket_and_choose_buckets(one: Any) -> None:
    paths = {"total": "s", "count": "_count"}
    inner = {
        "s": {"sum": {"field": "n"}},
        "mean": {"bucket_script": {"buckets_path": paths, "script": "params.total / params.count"}},
        "some": {
            "bucket_selector": {
                "buckets_path": paths,
                "script": {"source": "params.total > params.least", "params": {"least": 70}},
            }
        },
    }

    result = one("terms", inner, field="level")

    sums = {level: [row["n"] for row in DOCUMENTS if row.get("level") == level] for level in "abc"}
    assert {bucket["key"]: bucket["mean"]["value"] for bucket in result["buckets"]} == {
        level: sum(numbers) / len(numbers) for level, numbers in sums.items() if sum(numbers) > 70
    }


def test_results_carry_their_kind_and_their_meta_when_asked(ask: Ask) -> None:
    answer = ask(
        {
            "levels": {
                "terms": {"field": "level"},
                "meta": {"for": "me"},
                "aggs": {"top": {"top_hits": {}}, "a": {"avg": {"field": "n"}}},
            },
            "numbers": {"terms": {"field": "n"}},
            "nowhere": {"terms": {"field": "nowhere"}},
            "p": {"percentiles": {"field": "n"}},
        },
        "typed_keys=true",
    )

    results = answer.body["aggregations"]
    assert list(results) == [
        "sterms#levels", "lterms#numbers", "umterms#nowhere", "tdigest_percentiles#p",
    ]  # fmt: skip
    assert results["sterms#levels"]["meta"] == {"for": "me"}
    assert {"top_hits#top", "avg#a"} < set(results["sterms#levels"]["buckets"][0])
    assert results["umterms#nowhere"]["buckets"] == []


def test_a_filter_of_the_hits_leaves_the_aggregations_alone(ask: Ask) -> None:
    answer = ask(
        {"n": {"value_count": {"field": "n"}}},
        query={"range": {"n": {"lt": 10}}},
        post_filter={"term": {"n": 3}},
        size=5,
    )

    assert answer.body["hits"]["total"]["value"] == 1
    assert answer.body["aggregations"]["n"]["value"] == 10


@pytest.mark.parametrize(
    ("definition", "type_", "reason"),
    [
        ({"foo": {}}, "parsing_exception", "Unknown aggregation type [foo]"),
        (
            {"significant_terms": {"field": "level"}},
            "illegal_argument_exception",
            "this mock does not support the [significant_terms] aggregation yet",
        ),
        (
            {"date_histogram": {"field": "at"}},
            "illegal_argument_exception",
            (
                "Required one of fields [interval, calendar_interval, fixed_interval], but none "
                "were specified. "
            ),
        ),
        (
            {"terms": {"field": "level", "size": 0}},
            "illegal_argument_exception",
            "[size] must be greater than 0. Found [0] in [x]",
        ),
        (
            {"terms": {"field": "level"}, "avg": {"field": "n"}},
            "parsing_exception",
            "Found two aggregation type definitions in [x]: [terms] and [avg]",
        ),
        ({}, "parsing_exception", "Missing definition for aggregation [x]"),
        (
            {"avg": {"field": "n"}, "aggs": {"y": {"avg": {"field": "n"}}}},
            "aggregation_initialization_exception",
            "Aggregator [x] of type [avg] cannot accept sub-aggregations",
        ),
        (
            {"cumulative_sum": {"buckets_path": "y"}},
            "action_request_validation_exception",
            (
                "Validation Failed: 1: cumulative_sum aggregation [x] must be declared inside of "
                "another aggregation;"
            ),
        ),
        (
            {"sum_bucket": {"buckets_path": "y>z"}},
            "action_request_validation_exception",
            (
                "Validation Failed: 1: buckets_path aggregation does not exist for aggregation "
                "[x]: y>z;"
            ),
        ),
        (
            {"terms": {"field": "level", "order": {"nope": "asc"}}},
            "aggregation_execution_exception",
            (
                "Invalid aggregator order path [nope]. The provided aggregation [nope] either "
                "does not exist, or is a pipeline aggregation and cannot be used to sort the "
                "buckets of [x]."
            ),
        ),
        (
            {"histogram": {"field": "n", "interval": 0}},
            "illegal_argument_exception",
            "[interval] must be >0 for histogram aggregation [x]",
        ),
        (
            {"histogram": {"field": "n", "interval": 1e-9}},
            "too_many_buckets_exception",
            (
                "Trying to create too many buckets. Must be less than or equal to: [65536] but was "
                "[65537]. This limit can be set by changing the [search.max_buckets] cluster level "
                "setting."
            ),
        ),
        (
            {"composite": {"sources": [{"a": {"terms": {"field": "n"}}}], "after": {"b": 1}}},
            "illegal_argument_exception",
            "Missing value for [after.a]",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value), "nothing"),
)
def test_what_makes_no_sense_is_refused_as_a_node_does(
    ask: Ask, definition: Any, type_: str, reason: str
) -> None:
    answer = ask({"x": definition})

    assert answer.status == 400
    assert (answer.body["error"]["type"], answer.body["error"]["reason"]) == (type_, reason)


def test_an_interval_that_is_none_says_where(ask: Ask) -> None:
    answer = ask({"x": {"date_histogram": {"field": "at", "calendar_interval": "2d"}}})

    error = answer.body["error"]
    assert error["reason"].endswith("[date_histogram] failed to parse field [calendar_interval]")
    assert error["caused_by"]["reason"] == (
        "The supplied interval [2d] could not be parsed as a calendar interval."
    )


def test_the_words_of_a_text_are_not_aggregated(ask: Ask) -> None:
    error = ask({"x": {"terms": {"field": "text"}}}).body["error"]

    assert error["type"] == "search_phase_execution_exception"
    reason = error["failed_shards"][0]["reason"]
    assert reason["type"] == "illegal_argument_exception"
    assert reason["reason"].startswith("Fielddata is disabled on [text] in [t-1].")


_VALID: dict[str, Any] = {
    "terms": {"field": "level", "size": 3, "order": {"_count": "asc"}, "include": "a.*"},
    "multi_terms": {"terms": [{"field": "level"}, {"field": "on", "missing": True}]},
    "rare_terms": {"field": "n", "max_doc_count": 2, "exclude": [1]},
    "avg": {"field": "n", "missing": 1, "format": "0.0"},
    "cardinality": {"field": "where", "precision_threshold": 10},
    "extended_stats": {"field": "at", "sigma": 1},
    "percentiles": {"field": "price", "percents": [1, 50.5], "keyed": False},
    "percentile_ranks": {"field": "price", "values": [3]},
    "weighted_avg": {"value": {"field": "price", "missing": 1}, "weight": {"field": "n"}},
    "histogram": {
        "field": "n",
        "interval": 5,
        "offset": 1,
        "min_doc_count": 0,
        "extended_bounds": {"min": 0, "max": 30},
        "hard_bounds": {"min": -10, "max": 99},
    },
    "date_histogram": {
        "field": "at",
        "fixed_interval": "30d",
        "time_zone": "Europe/Berlin",
        "offset": "-1h",
        "format": "yyyy-MM-dd",
        "missing": "2024-01-01",
        "extended_bounds": {"min": "2024-01-01", "max": 1709251200000},
    },
    "range": {"field": "n", "ranges": [{"from": 1, "to": 3, "key": "k"}], "keyed": True},
    "date_range": {"field": "at", "ranges": [{"from": "now-1y/d"}], "time_zone": "+01:00"},
    "filter": {"range": {"n": {"gt": 3}}},
    "filters": {"filters": {"a": {"term": {"n": 1}}}, "other_bucket": True},
    "missing": {"field": "level"},
    "nested": {"path": "comments"},
    "composite": {
        "size": 2,
        "sources": [{"a": {"terms": {"field": "level", "missing_bucket": True}}}],
        "after": {"a": "b"},
    },
    "top_hits": {"size": 2, "sort": [{"n": "asc"}], "_source": ["n"], "from": 1},
    "sum_bucket": {"buckets_path": "y>m", "gap_policy": "skip", "format": "#"},
    "percentiles_bucket": {"buckets_path": "y>m", "percents": [50]},
}
_ODDITIES: list[Any] = [
    None,
    True,
    "",
    "n",
    "at",
    "comments",
    "1d",
    "-",
    "x",
    "_count",
    "a[",
    "NaN",
]
_ODDITIES += ["now||/d", 0, -1, 1e308, -5.5, 10**20, [], {}, [None], {"a": 1}, ["n", 1], [[[]]]]
_ODD = st.sampled_from(_ODDITIES)


def test_any_options_of_any_aggregation_are_answered(ask: Ask) -> None:
    inner = {"m": {"max": {"field": "n"}}}
    beside = {"terms": {"field": "level"}, "aggs": inner}

    @settings(deadline=None)
    @given(st.sampled_from(sorted(_VALID)), st.integers(0, 20), _ODD)
    def answers(kind: str, place: int, odd: Any) -> None:
        options, _ = changed({kind: _VALID[kind]}, place, odd)
        answer = ask({"x": options, "y": beside})
        assert answer.status in (200, 400), answer.body

    answers()


def test_the_docs_name_every_aggregation_that_is_served() -> None:
    page = (Path(__file__).parents[3] / "docs" / "coverage.md").read_text("utf-8")
    [row] = [line for line in page.splitlines() if line.startswith("| aggregations |")]

    assert re.findall(r"`(\w+)`", row) == list(PARSERS.every())
