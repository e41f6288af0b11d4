"""A search finds what its query says, in its order, or is refused with every problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana.clock import Clock
from mockkibana.jira.jql import jql, search
from mockkibana.jira.jql.search import BadSearch
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

URL = "http://jira.example.com"
READER = Viewer(url=URL)
START = datetime(2024, 5, 1, 12, tzinfo=UTC)
DATES = (
    "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', "
    "or a period format e.g. '-5d', '4w 2d'."
)


@dataclass(frozen=True)
class Known:
    """An issue as the test made it."""

    key: str
    id: str
    summary: str
    created: datetime


SUMMARIES = [
    ("CK", "disk full on host-1"),
    ("ES", "Shard failed: [index] node"),
    ("CK", "it's slow"),
    ("CK", "Disk slow on node 42"),
    ("ES", "C:\\temp is full"),
]


@pytest.fixture(scope="module")
def made() -> tuple[Site, Clock, list[Known]]:
    """Five issues, an hour apart, and a clock at the hour of the last."""
    clock = Clock(frozen_at=START)
    site = Site(Store(), Installation(clock=clock))
    site.create_project("CK", "Check")
    site.create_project("ES", "Elastic Stack")
    issues = []
    for number, (project, summary) in enumerate(SUMMARIES):
        clock.set(START + timedelta(hours=number))
        fields = {
            "project": {"key": project},
            "summary": summary,
            "issuetype": {"name": "Task"},
        }
        issue = site.create_issue({"fields": fields})
        issues.append(Known(issue["key"], issue["id"], summary, clock.now()))
    return site, clock, issues


@pytest.fixture
def keys(made: tuple[Site, Clock, list[Known]]) -> Callable[[str], list[str]]:
    site, _, _ = made

    def found(text: str) -> list[str]:
        issues = search.find(site, jql.parse(text), READER)
        return [issue["key"] for issue in issues]

    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "ES-2 CK-3 CK-2 ES-1 CK-1"),
        # projects
        ("project = CK", "CK-3 CK-2 CK-1"),
        ("project = ck", "CK-3 CK-2 CK-1"),
        ('project = "elastic stack"', "ES-2 ES-1"),
        ("project != CK", "ES-2 ES-1"),
        ("project in (CK, ES)", "ES-2 CK-3 CK-2 ES-1 CK-1"),
        ("project not in (CK)", "ES-2 ES-1"),
        ("project is empty", ""),
        ("project is not null", "ES-2 CK-3 CK-2 ES-1 CK-1"),
        # keys
        ("key = CK-2", "CK-2"),
        ("ISSUE = ck-2", "CK-2"),
        ("issuekey in (CK-2, 'ES-1', CK-2)", "CK-2 ES-1"),
        ("key not in (CK-2, ES-1)", "ES-2 CK-3 CK-1"),
        ("key != CK-2", "ES-2 CK-3 ES-1 CK-1"),
        ("key > CK-1", "CK-3 CK-2"),
        ("key <= CK-2", "CK-2 CK-1"),
        ("key is empty", ""),
        ("key = CK-2 and project = ES", ""),
        ("key = CK-2 or project = ES", "ES-2 CK-2 ES-1"),
        # words
        ("summary ~ disk", "CK-3 CK-1"),
        ("summary ~ 'disk slow'", "CK-3"),
        ("summary !~ disk", "ES-2 CK-2 ES-1"),
        ("summary ~ 42", "CK-3"),
        ("summary ~ 'sh*'", "ES-1"),
        ("summary ~ '\"slow on\"'", "CK-3"),
        ("summary is empty", ""),
        ("summary is not empty", "ES-2 CK-3 CK-2 ES-1 CK-1"),
        # what Kibana sends
        ('project="CK" and summary ~"host\\\\-1"', "CK-1"),
        ('project="CK" and summary ~"it\\\\s"', "CK-2"),
        ('project="ES" and summary ~"\\\\[index\\\\]"', "ES-1"),
        ('project="ES" and summary ~"C\\\\:\\\\temp"', "ES-2"),
        # times
        ("created >= '2024-05-01 14:00'", "ES-2 CK-3 CK-2"),
        ("created < '2024/05/01 14:00'", "ES-1 CK-1"),
        ("created = '2024-05-01 14:00'", "CK-2"),
        ("created != '2024-05-01 14:00'", "ES-2 CK-3 ES-1 CK-1"),
        ("created in ('2024-05-01 12:00', 1714572000000)", "CK-2 CK-1"),
        ("created > -2h", "ES-2 CK-3"),
        ("createdDate <= now()", "ES-2 CK-3 CK-2 ES-1 CK-1"),
        ("created < startOfDay()", ""),
        ("updated >= startOfDay(-1) and updatedDate < endOfDay('+1')", "ES-2 CK-3 CK-2 ES-1 CK-1"),
        # logic
        ("project = CK and not summary ~ slow", "CK-1"),
        ("not (project = CK or summary ~ full)", "ES-1"),
        ("not not project = ES", "ES-2 ES-1"),
        ("project = ES or project = CK and summary ~ slow", "ES-2 CK-3 CK-2 ES-1"),
        ("(project = ES or project = CK) and summary ~ slow", "CK-3 CK-2"),
        # orders
        ("order by key", "CK-1 CK-2 CK-3 ES-1 ES-2"),
        ("order by key desc", "ES-2 ES-1 CK-3 CK-2 CK-1"),
        ("order by project desc, created asc", "ES-1 ES-2 CK-1 CK-2 CK-3"),
        ("order by created", "ES-2 CK-3 CK-2 ES-1 CK-1"),
        ("order by updated asc", "CK-1 ES-1 CK-2 CK-3 ES-2"),
        ("order by summary", "ES-2 CK-1 CK-3 CK-2 ES-1"),
        ("order by project", "CK-3 CK-2 CK-1 ES-2 ES-1"),
    ],
)
def test_a_query_finds(keys: Callable[[str], list[str]], text: str, expected: str) -> None:
    assert keys(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("project = NOPE", ["The value 'NOPE' does not exist for the field 'project'."]),
        ("project = 666", ["A value with ID '666' does not exist for the field 'project'."]),
        (
            "universe = 42",
            ["Field 'universe' does not exist or you do not have permission to view it."],
        ),
        ("key = CK-99", ["An issue with key 'CK-99' does not exist for field 'key'."]),
        ("id = 666", ["A value with ID '666' does not exist for the field 'id'."]),
        ("issue = '10000'", ["The issue key '10000' for field 'issue' is invalid."]),
        ("summary = test", ["The operator '=' is not supported by the 'summary' field."]),
        ("project ~ test", ["The operator '~' is not supported by the 'project' field."]),
        ("project > CK", ["The operator '>' is not supported by the 'project' field."]),
        (
            "summary in test",
            ["Operator 'in' does not support the non-list value '\"test\"' for field 'summary'."],
        ),
        ("summary in (test)", ["The operator 'in' is not supported by the 'summary' field."]),
        (
            "project = (CK, 3)",
            ["Operator '=' does not support the list value '(\"CK\", 3)' for field 'project'."],
        ),
        (
            "created > empty",
            [
                (
                    "Operator '>' does not support the empty value representation 'EMPTY' "
                    "for field 'created'."
                )
            ],
        ),
        (
            "project is CK",
            ["Operator 'is' does not support searching for non-empty values for field 'project'."],
        ),
        ("created > foo", [f"Date value 'foo' for field 'created' is invalid. {DATES}"]),
        ("updated = ''", [f"Date value '' for field 'updated' is invalid. {DATES}"]),
        ("created > bogus()", ["Unable to find JQL function 'bogus()'."]),
        (
            "created > currentUser()",
            ["A date for the field 'created' provided by the function 'currentUser' is not valid."],
        ),
        (
            "project = now()",
            ["A value provided by the function 'now' is invalid for the field 'project'."],
        ),
        ("created > now(1)", ["Function 'now' expected '0' arguments but received '1'."]),
        (
            "created > startOfDay(x)",
            [
                (
                    "Duration for function 'startOfDay' should have the format (+/-)n(yMwdm), "
                    "e.g -1M for 1 month earlier."
                )
            ],
        ),
        ("summary ~ ''", ["The field 'summary' does not support searching for an empty string."]),
        (
            "summary ~ '?a'",
            ["The text query '?a' for field 'summary' is not allowed to start with '?'."],
        ),
        (
            "summary ~ 'session_start(): Failed' or summary !~ 'AND'",
            [
                "Unable to parse the text 'session_start(): Failed' for field 'summary'.",
                "Unable to parse the text 'AND' for field 'summary'.",
            ],
        ),
        (
            "summary ~ '[wrong TO]'",
            [
                (
                    "The text query '[wrong TO]' for field 'summary' is not valid: "
                    "probably your range query is incorrect."
                )
            ],
        ),
        ("summary was x", ["History searches do not support the 'summary' field."]),
        ("summary changed", ["History searches do not support the 'summary' field."]),
        ("order by Rank", ["Not able to sort using field 'Rank'."]),
        (
            "project in (NOPE, CK, NONE) or not foo = 1 and (foo = 2 or key = CK-99) order by Rank",
            [
                "The value 'NOPE' does not exist for the field 'project'.",
                "The value 'NONE' does not exist for the field 'project'.",
                "Field 'foo' does not exist or you do not have permission to view it.",
                "An issue with key 'CK-99' does not exist for field 'key'.",
                "Not able to sort using field 'Rank'.",
            ],
        ),
    ],
)
def test_a_query_is_refused_with_all_that_is_wrong(
    keys: Callable[[str], list[str]], text: str, expected: list[str]
) -> None:
    with pytest.raises(BadSearch) as caught:
        keys(text)
    assert caught.value.status == 400
    assert caught.value.body() == {"errorMessages": expected, "warningMessages": []}


def test_numbers_name_issues_and_projects_by_id(
    keys: Callable[[str], list[str]], made: tuple[Site, Clock, list[Known]]
) -> None:
    site, _, issues = made
    assert keys(f"id = {issues[1].id}") == [issues[1].key]
    assert keys(f"key in ({issues[1].id}, {issues[0].id})") == [issues[1].key, issues[0].key]
    assert keys(f"project = {site.project('ES', READER)['id']}") == ["ES-2", "ES-1"]


def test_a_deep_query_is_answered(keys: Callable[[str], list[str]]) -> None:
    text = "project = CK"
    for _ in range(65):
        text = f"not (({text}) or summary ~ nothing) and key is not empty"
    assert keys(text) == ["ES-2", "ES-1"]


def test_projects_of_others_stay_hidden() -> None:
    store, clock = Store(), Clock(frozen_at=START)
    site = Site(store, Installation(clock=clock))
    with store.transaction() as transaction:
        block = {"projects": [{"key": "CK", "users": ["ann"]}, {"key": "ES"}]}
        site.restore(block, transaction)
    for key in ("CK", "ES"):
        fields = {"project": {"key": key}, "summary": "a", "issuetype": {"name": "Task"}}
        site.create_issue({"fields": fields})

    def found(text: str, user: str) -> list[str]:
        issues = search.find(site, jql.parse(text), Viewer(user, URL))
        return [issue["key"] for issue in issues]

    assert found("order by key", "ann") == ["CK-1", "ES-1"]
    assert found("key = CK-1", "ann") == ["CK-1"]
    assert found("", "bob") == ["ES-1"]
    with pytest.raises(BadSearch) as caught:
        found("project = CK or key = CK-1", "bob")
    assert caught.value.error_messages == [
        "The value 'CK' does not exist for the field 'project'.",
        "An issue with key 'CK-1' does not exist for field 'key'.",
    ]
    store.close()


# A query with what it should find: its text, and a test of an issue.
Asked = tuple[str, Callable[[Known], bool]]


def _project(issue: Known) -> str:
    return issue.key.partition("-")[0]


def _words(text: str) -> set[str]:
    return set("".join(c if c.isalnum() else " " for c in text.lower()).split())


WORDS = ["disk", "full", "slow", "node", "42", "nothing"]
HOURS = [f"2024-05-01 {hour}:00" for hour in range(11, 18)]
RELATIONS: dict[str, Callable[[datetime, datetime], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _by_time(name: str, relation: str, hour: str) -> Asked:
    bound = datetime.strptime(hour, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    return f"{name} {relation} '{hour}'", lambda issue: RELATIONS[relation](issue.created, bound)


def _by_project(keys: list[str], *, inside: bool) -> Asked:
    told = "in" if inside else "not in"
    return f"project {told} ({','.join(keys)})", lambda i: (_project(i) in keys) is inside


def _by_word(word: str, *, inside: bool) -> Asked:
    told = "~" if inside else "!~"
    return f"summary {told} {word}", lambda issue: (word in _words(issue.summary)) is inside


def _by_key(key: str, *, same: bool) -> Asked:
    return f"key{'=' if same else '!='}{key}", lambda issue: (issue.key == key) is same


def _joined(told: str, parts: list[Asked], rule: Callable[[list[bool]], bool]) -> Asked:
    text = f" {told} ".join(f"({part[0]})" for part in parts)
    return text, lambda issue: rule([part[1](issue) for part in parts])


def _negated(part: Asked) -> Asked:
    return f"not ({part[0]})", lambda issue: not part[1](issue)


CLAUSES = st.one_of(
    st.builds(
        _by_time,
        st.sampled_from(["created", "updated"]),
        st.sampled_from(sorted(RELATIONS)),
        st.sampled_from(HOURS),
    ),
    st.builds(
        _by_project,
        st.lists(st.sampled_from(["CK", "ES"]), min_size=1),
        inside=st.booleans(),
    ),
    st.builds(_by_word, st.sampled_from(WORDS), inside=st.booleans()),
    st.builds(_by_key, st.sampled_from(["CK-1", "CK-3", "ES-2"]), same=st.booleans()),
)
QUERIES = st.recursive(
    CLAUSES,
    lambda parts: st.one_of(
        st.builds(_negated, parts),
        st.builds(_joined, st.just("and"), st.lists(parts, min_size=1, max_size=3), st.just(all)),
        st.builds(_joined, st.just("or"), st.lists(parts, min_size=1, max_size=3), st.just(any)),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(QUERIES)
def test_a_query_finds_what_a_plain_look_at_every_issue_finds(
    made: tuple[Site, Clock, list[Known]], asked: Asked
) -> None:
    site, _, issues = made
    text, wanted = asked
    found = search.find(site, jql.parse(text), READER)
    assert [issue["key"] for issue in found] == [i.key for i in issues[::-1] if wanted(i)]
