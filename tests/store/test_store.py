"""The store: transactions over tables of documents, all or nothing."""

from __future__ import annotations

import sys
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from mockkibana.store import ReadOnly, Store

Opened = Callable[..., Store]


def put(store: Store, table: str, **documents: dict) -> None:
    with store.transaction() as transaction:
        transaction.put(table, documents)


def everything(store: Store) -> dict[str, dict[str, dict]]:
    return {table: store.table(table).rows() for table in store.tables()}


def test_a_document_is_found_by_its_table_and_id(store: Store) -> None:
    put(store, "issues", a={"n": 1})
    assert store.table("issues").row("a") == {"n": 1}
    assert store.table("issues").row("b") is None
    assert store.table("projects").row("a") is None


def test_values_and_items_come_in_the_order_of_insertion(store: Store) -> None:
    put(store, "t", b={"n": 1}, a={"n": 2})
    put(store, "t", c={"n": 3}, b={"n": 4})
    assert list(store.table("t").rows().values()) == [{"n": 4}, {"n": 2}, {"n": 3}]
    assert list(store.table("t").rows().items()) == [
        ("b", {"n": 4}),
        ("a", {"n": 2}),
        ("c", {"n": 3}),
    ]
    assert len(store.table("t")) == 3
    assert (
        list(store.table("none").rows().values()),
        list(store.table("none").rows().items()),
        len(store.table("none")),
    ) == ([], [], 0)


def test_a_list_of_values_is_a_snapshot(store: Store) -> None:
    put(store, "t", a={"n": 1})
    before = list(store.table("t").rows().values())
    put(store, "t", a={"n": 2}, b={"n": 3})
    assert before == [{"n": 1}]


def test_documents_are_shared_not_copied(store: Store) -> None:
    document = {"n": 1}
    put(store, "t", a=document)
    assert store.table("t").row("a") is document
    assert next(iter(store.table("t").rows().values())) is document


def test_a_mapping_may_be_reused_after_it_was_put(store: Store) -> None:
    documents = {"a": {"n": 1}}
    with store.transaction() as transaction:
        transaction.put("t", documents)
        documents["b"] = {"n": 2}
    documents["c"] = {"n": 3}
    assert list(store.table("t").rows().items()) == [("a", {"n": 1})]


@pytest.mark.parametrize(
    "documents",
    [
        pytest.param({1: {}}, id="an id that is a number"),
        pytest.param({"a": {}, "b": None}, id="a document that is null"),
        pytest.param({"a": ["list"]}, id="a document that is a list"),
    ],
)
def test_only_dicts_by_text_ids_are_taken(store: Store, documents: dict) -> None:
    with pytest.raises(TypeError, match="The table t takes dicts by text ids"):
        put_all(store, documents)
    assert store.tables() == set()


def put_all(store: Store, documents: dict) -> None:
    with store.transaction() as transaction:
        transaction.put("t", {"good": {}})
        transaction.put("t", documents)


def test_an_exception_in_a_transaction_changes_nothing(store: Store) -> None:
    put(store, "t", a={"n": 1})
    before = store.digest()
    with pytest.raises(LookupError), store.transaction() as transaction:  # noqa: PT012
        transaction.put("t", {"b": {}})
        transaction.remove("t", ["a"])
        transaction.put("u", {"c": {}})
        raise LookupError
    assert store.digest() == before


def test_a_transaction_reads_what_it_wrote_and_others_do_not(store: Store) -> None:
    put(store, "t", a={"n": 1}, b={"n": 2})
    put(store, "u", x={})
    with store.transaction() as transaction:
        transaction.put("t", {"a": {"n": 3}, "c": {"n": 4}})
        transaction.remove("t", ["b", "nothing"])
        transaction.drop("u")
        transaction.put("v", {})
        for get in (transaction.get, lambda table, id_: store.table(table).row(id_)):
            assert [get("t", id_) for id_ in "abc"] == [{"n": 3}, None, {"n": 4}]
            assert get("u", "x") is None
        assert list(store.table("t").rows().items()) == [("a", {"n": 3}), ("c", {"n": 4})]
        assert (len(store.table("t")), len(store.table("u"))) == (2, 0)
        assert store.storage.names() == ["t", "v"]
        assert in_a_thread(lambda: list(store.table("t").rows().items())) == [
            ("a", {"n": 1}),
            ("b", {"n": 2}),
        ]
        assert in_a_thread(store.storage.names) == ["t", "u"]
    assert everything(store) == {"t": {"a": {"n": 3}, "c": {"n": 4}}, "v": {}}


def in_a_thread(read: Callable[[], object]) -> object:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read).result(timeout=10)


def test_a_dropped_table_can_be_filled_again_in_the_same_transaction(store: Store) -> None:
    put(store, "t", a={"n": 1}, b={"n": 2})
    with store.transaction() as transaction:
        transaction.drop("t")
        transaction.put("t", {"b": {"n": 3}})
        assert transaction.get("t", "a") is None
        assert transaction.get("t", "b") == {"n": 3}
    assert everything(store) == {"t": {"b": {"n": 3}}}


def test_a_transaction_may_clear_and_begin_anew(store: Store) -> None:
    put(store, "t", a={"n": 1})
    with store.transaction() as transaction:
        transaction.put("u", {"b": {}})
        transaction.clear()
        assert transaction.get("t", "a") is transaction.get("u", "b") is None
        transaction.put("v", {"c": {}})
        assert store.tables() == {"v"}
    assert everything(store) == {"v": {"c": {}}}


def test_a_nested_transaction_joins_the_outer_one(store: Store) -> None:
    with pytest.raises(LookupError), store.transaction() as outer:  # noqa: PT012
        with store.transaction() as inner:
            inner.put("t", {"a": {}})
        assert inner is outer
        assert outer.get("t", "a") == {}
        raise LookupError
    assert everything(store) == {}


def test_an_exception_that_leaves_a_nested_transaction_undoes_only_that(store: Store) -> None:
    put(store, "t", kept={"n": 0})
    with store.transaction() as outer:
        outer.put("t", {"a": {"n": 1}})
        with pytest.raises(LookupError), store.transaction() as inner:  # noqa: PT012
            inner.put("t", {"a": {"n": 2}, "b": {"n": 3}})
            inner.put("t", {"c": {"n": 4}})
            inner.clear()
            with store.transaction() as innermost:
                innermost.put("t", {"d": {"n": 5}})
            raise LookupError
        assert [outer.get("t", id_) for id_ in ("kept", "a", "b")] == [{"n": 0}, {"n": 1}, None]
        outer.put("t", {"e": {"n": 6}})
    assert everything(store) == {"t": {"kept": {"n": 0}, "a": {"n": 1}, "e": {"n": 6}}}


def test_the_next_transaction_after_a_failed_one_works(store: Store) -> None:
    with pytest.raises(LookupError), store.transaction():
        raise LookupError
    put(store, "t", a={})
    assert len(store.table("t")) == 1


def test_clear_removes_everything_at_once(store: Store) -> None:
    put(store, "t", **{f"d{n}": {"n": n} for n in range(5_000)})
    put(store, "u", a={})
    store.drop_tables()
    assert everything(store) == {}
    assert store.digest() == Store().digest()
    put(store, "t", a={})
    assert everything(store) == {"t": {"a": {}}}


def test_what_was_cleared_is_freed_in_the_background_of_the_next_write(store: Store) -> None:
    class Watched(dict):
        pass

    put(store, "t", **{f"d{n}": Watched(n=n) for n in range(3_000)})
    last = weakref.ref(store.table("t").row("d0"))
    store.drop_tables()
    put(store, "t", next={})
    for _ in range(1_000):
        if last() is None:
            break
        time.sleep(0.01)
    assert last() is None


def test_replace_makes_a_new_content(store: Store) -> None:
    put(store, "t", a={"n": 1})
    store.replace({"u": {"b": {"n": 2}}, "empty": {}})
    assert everything(store) == {"u": {"b": {"n": 2}}, "empty": {}}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda t: t.put("t", {"a": {"n": 2}}), id="another value"),
        pytest.param(lambda t: t.put("t", {"c": {"n": 1}}), id="another document"),
        pytest.param(lambda t: t.put("u", {}), id="another table"),
        pytest.param(lambda t: t.remove("t", ["a"]), id="one document less"),
        pytest.param(lambda t: t.drop("t"), id="one table less"),
    ],
)
def test_the_digest_tells_contents_apart(store: Store, change: Callable) -> None:
    put(store, "t", a={"n": 1}, b={"n": 1})
    before = store.digest()
    with store.transaction() as transaction:
        change(transaction)
    assert store.digest() != before
    store.replace({"t": {"a": {"n": 1}, "b": {"n": 1}}})
    assert store.digest() == before


def test_after_a_restart_everything_is_there(path: Path, opened: Opened) -> None:
    store = opened(path)
    put(store, "t", a={"n": 1}, b={"deep": [{"x": None}, 1.5, True, "ä\ud800\n\u2028"]})
    put(store, "t", c={"n": 10**4000})
    put(store, "floats", a={"big": float("inf")})
    put(store, "gone", a={})
    put(store, "empty", a={})
    with store.transaction() as transaction:
        transaction.remove("t", ["a"])
        transaction.drop("gone")
        transaction.remove("empty", ["a"])
    before, digest = everything(store), store.digest()
    store.close()
    again = opened(path)
    assert everything(again) == before
    assert again.digest() == digest


def test_a_long_integer_is_read_under_any_limit(path: Path, opened: Opened) -> None:
    store = opened(path)
    put(store, "t", a={"n": 10**4000})
    store.close()
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        assert opened(path).table("t").row("a") == {"n": 10**4000}
    finally:
        sys.set_int_max_str_digits(limit)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        pytest.param(object(), TypeError, id="no JSON"),
        pytest.param(b"bytes", TypeError, id="bytes"),
        pytest.param(10**5000, ValueError, id="an integer that Python does not write"),
    ],
)
def test_a_value_that_cannot_be_written_changes_nothing(
    path: Path, opened: Opened, value: object, error: type[Exception]
) -> None:
    store = opened(path)
    put(store, "t", a={"n": 1})
    before = path.read_bytes()
    with pytest.raises(error):
        put(store, "t", b={"n": value})
    assert path.read_bytes() == before
    assert everything(store) == {"t": {"a": {"n": 1}}}
    put(store, "t", c={})
    store.close()
    assert len(opened(path).table("t")) == 2


def test_a_store_is_new_until_it_holds_data(path: Path, opened: Opened) -> None:
    assert opened().is_new
    first = opened(path)
    assert first.is_new
    first.close()
    second = opened(path)
    assert second.is_new
    put(second, "t", a={})
    second.close()
    assert not opened(path).is_new


def test_an_empty_file_becomes_a_database(path: Path, opened: Opened) -> None:
    path.touch()
    store = opened(path)
    assert store.is_new
    put(store, "t", a={})
    store.close()
    assert len(opened(path).table("t")) == 1


def test_one_transaction_is_one_line(path: Path, opened: Opened) -> None:
    store = opened(path)
    assert path.read_bytes().count(b"\n") == 1
    with store.transaction() as transaction:
        transaction.put("t", {str(n): {"text": "one\ntwo"} for n in range(100)})
        transaction.put("u", {"a": {}})
        transaction.remove("t", ["1", "2"])
    assert path.read_bytes().count(b"\n") == 2
    store.replace({"t": {"a": {}}, "u": {"b": {}}})
    assert path.read_bytes().count(b"\n") == 3
    store.drop_tables()
    assert path.read_bytes().count(b"\n") == 4


def test_a_transaction_without_changes_writes_nothing(path: Path, opened: Opened) -> None:
    store = opened(path)
    before = path.read_bytes()
    with store.transaction() as transaction:
        assert transaction.get("t", "a") is None
    assert path.read_bytes() == before


def test_a_path_may_be_a_string_and_lead_through_a_link(path: Path, opened: Opened) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    store = opened(str(link))
    put(store, "t", a={"n": 1})
    put(store, "t", a={"n": 2})
    store.close()
    opened(str(link)).close()
    assert link.is_symlink()
    assert opened(path).table("t").row("a") == {"n": 2}


def test_with_fsync_everything_works_too(path: Path, opened: Opened) -> None:
    store = opened(path, fsync=True)
    put(store, "t", a={"n": 1})
    put(store, "t", a={"n": 2})
    store.close()
    assert opened(path, fsync=True).table("t").row("a") == {"n": 2}


def test_a_closed_store_reads_and_says_why_it_does_not_write(path: Path, opened: Opened) -> None:
    store = opened(path)
    put(store, "t", a={"n": 1})
    store.close()
    store.close()
    assert store.table("t").row("a") == {"n": 1}
    assert store.read_only == "it is closed"
    with pytest.raises(ReadOnly, match="takes no more writes: it is closed"):
        put(store, "t", b={})
    assert len(store.table("t")) == 1


def test_a_store_in_memory_is_never_read_only(opened: Opened) -> None:
    store = opened()
    store.close()
    put(store, "t", a={})
    assert store.read_only is None


def test_a_store_is_true_however_little_is_in_its_default_table(store: Store) -> None:
    assert store
    assert len(store) == 0


def test_a_table_that_was_kept_sees_what_came_after_it_was_dropped(store: Store) -> None:
    kept = store.table("t")
    kept.insert({"n": 1})
    store.drop_table("t")
    assert (kept.rows(), len(kept)) == ({}, 0)
    put(store, "t", a={"n": 2})
    assert kept.row("a") == {"n": 2}
