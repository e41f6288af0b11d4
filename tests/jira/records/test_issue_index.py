"""The index of the issues finds what a look at all of them finds, whatever was written."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana.jira.records.issue_index import IssueIndex
from mockkibana.jira.records.records import ISSUES
from mockkibana.store import Store

IDS = st.sampled_from("123")
LABELS = st.lists(st.sampled_from("abc"), unique=True)
WRITES = st.one_of(
    st.tuples(st.just("put"), st.dictionaries(IDS, LABELS, min_size=1)),
    st.tuples(st.just("remove"), st.lists(IDS)),
    st.tuples(st.sampled_from(["drop", "clear", "undo", "other"]), st.none()),
)


def labels(issue: dict[str, Any]) -> Collection[str]:
    found: list[str] = issue["labels"]
    return found


def write(store: Store, verb: str, what: Any) -> None:
    try:
        with store.transaction() as transaction:
            match verb:
                case "put":
                    rows = {id_: {"labels": found} for id_, found in what.items()}
                    transaction.put(ISSUES, rows)
                case "remove":
                    transaction.remove(ISSUES, what)
                case "drop":
                    transaction.drop(ISSUES)
                case "clear":
                    transaction.clear()
                case "undo":
                    transaction.put(ISSUES, {"1": {"labels": ["c"]}})
                    raise LookupError
                case _:
                    transaction.put("other", {"1": {}})
    except LookupError:
        pass


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(WRITES, st.booleans())))
def test_it_follows_every_write(writes: list[tuple[tuple[str, Any], bool]]) -> None:
    store = Store()
    index = IssueIndex(store)
    for (verb, what), looks in [*writes, (("other", None), True)]:
        write(store, verb, what)
        if looks:
            rows = store.table(ISSUES).rows()
            for wanted in ("a", "b", "ac"):
                plain = {id_ for id_, row in rows.items() if set(wanted) & set(row["labels"])}
                assert index.ids("labels", labels, wanted) == plain


def test_a_field_is_read_once_for_each_write() -> None:
    store = Store()
    with store.transaction() as transaction:
        transaction.put(ISSUES, {str(n): {"labels": ["a"]} for n in range(100)})
    index, read = IssueIndex(store), []

    def noted(issue: dict[str, Any]) -> Collection[str]:
        read.append(issue)
        return labels(issue)

    assert len(index.ids("labels", noted, "a")) == len(read) == 100
    read.clear()
    with store.transaction() as transaction:
        transaction.put(ISSUES, {"7": {"labels": ["b"]}})
    assert index.ids("labels", noted, "b") == {"7"}
    assert read == [{"labels": ["b"]}]
