"""Date math in names of indices: what it stands for, and how a wrong one is refused."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.indices.date_math_names import resolve

MARCH_22 = 1_711_065_600_000  # 2024-03-22T00:00:00Z, a Friday


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("logs", "logs"),
        ("a<b", "a<b"),
        ("<logs>", "logs"),
        ("<logs-{now/d}>", "logs-2024.03.22"),
        ("<logs-{now/M}>", "logs-2024.03.01"),
        ("<logs-{now/y-1s{yyyy}}>", "logs-2023"),
        ("<logs-{now-3h}-x>", "logs-2024.03.21-x"),
        ("<logs-{now/M-1M{yyyy.MM}}>", "logs-2024.02"),
        ("<logs-{now+9d/M-1d{dd}}>", "logs-29"),
        ("<logs-{now/w{YYYY-'w'ww}}>", "logs-2024-w12"),
        ("<logs-{now/w}>", "logs-2024.03.18"),
        ("<logs-{now{basic_date}}>", "logs-20240322"),
        ("<logs-{now{uuuu-MM-dd|-01:00}}>", "logs-2024-03-21"),
        ("<logs-{now{HH|Europe/Berlin}}>", "logs-01"),
        ("<logs-{now/d{HH.X|+05:30}}>", "logs-00.+0530"),
        ("<logs-{2024.01.31||+1M}>", "logs-2024.02.29"),
        ("<logs-{now{epoch_second}}>", "logs-1711065600"),
        (r"<elastic\{ON\}-{now/M}>", "elastic{ON}-2024.03.01"),
        ("a,<b-{now/d}>,*,-<c-{now/d}>", "a,b-2024.03.22,*,-c-2024.03.22"),
    ],
)
def test_date_math_is_worked_out(expression: str, meant: str) -> None:
    assert resolve(expression, MARCH_22) == meant


INVALID = "invalid dynamic name expression "


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("<>", "nothing captured"),
        ("<a{now>", f"{INVALID}[a{{now>]. date math placeholder is open ended"),
        (
            "<a}>",
            (
                f"{INVALID}[a}}>]. invalid character at position [2]. `{{` and `}}` are reserved "
                "characters and should be escaped when used as part of the index name using `\\` "
                "(e.g. `\\{text\\}`)"
            ),
        ),
        (
            "<a{now{{}}}>",
            f"{INVALID}[a{{now{{{{}}}}}}>]. invalid character in placeholder at position [7]",
        ),
        ("<a{now{}}>", f"{INVALID}[now{{}}]. missing date format"),
        (
            "<a{now{yyyy}x}>",
            f"{INVALID}[now{{yyyy}}x]. missing closing `}}` for date math format",
        ),
        ("<a{now*1d}>", "operator not supported for date math [*1d]"),
        ("<a{now+}>", "truncated date math [+]"),
        ("<a{now+2}>", "truncated date math [+2]"),
        ("<a{now/2d}>", "rounding `/` can only be used on single unit types [/2d]"),
        ("<a{now+1Q}>", "unit [Q] not supported for date math [+1Q]"),
        ("<a{}>", "cannot parse empty datetime"),
        ("<a{today}>", "failed to parse date field [today] with format [uuuu.MM.dd]"),
        ("<a{now+999999999y}>", "date math leads too far [+999999999y]"),
    ],
)
def test_wrong_date_math_is_refused(expression: str, reason: str) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        resolve(expression, MARCH_22)
    error = caught.value
    assert (error.status, error.type, error.reason) == (400, "parse_exception", reason)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("<a{now{foo}}>", "Invalid format: [foo]: Unknown pattern letter: f"),
        ("<a{now{yyyy|Nowhere/X}}>", "Unknown time-zone ID: Nowhere/X"),
        ("<a{now{yyyy|../../etc/passwd}}>", "Unknown time-zone ID: ../../etc/passwd"),
        ("<a{now{yyyy|+99:00}}>", "Unknown time-zone ID: +99:00"),
    ],
)
def test_unknown_formats_and_zones_are_refused(expression: str, reason: str) -> None:
    with pytest.raises(ElasticsearchError) as caught:
        resolve(expression, MARCH_22)
    assert (caught.value.type, caught.value.reason) == ("illegal_argument_exception", reason)


def test_the_names_of_new_indices_and_their_aliases_may_have_it(cluster: Cluster) -> None:
    answer = cluster.create_index("<logs-{now/d}>", aliases={"<month-{now/M{yyyy.MM}}>": {}})
    assert answer["index"] == "logs-2023.11.14"
    assert [index.name for index in cluster.resolve("<month-{now/M{yyyy.MM}}>")] == [
        "logs-2023.11.14"
    ]
    cluster.delete_index("<logs-{now/d}>")
    assert not cluster.exists("logs-2023.11.14")
