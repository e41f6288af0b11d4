"""A watch tells what of a table was written since it was last asked."""

from __future__ import annotations

from mockkibana.store import Store


def test_a_watch_begins_with_the_whole_table_and_goes_on_with_what_is_written() -> None:
    store = Store()
    with store.transaction() as transaction:
        transaction.put("a", {"1": {"n": 1}, "2": {"n": 2}})
    watch = store.storage.watch("a")
    assert watch.take() == (True, {"1": {"n": 1}, "2": {"n": 2}})
    assert watch.take() == (False, {})
    with store.transaction() as transaction:
        transaction.put("a", {"2": {"n": 3}, "3": {}})
        transaction.put("b", {"1": {}})
    with store.transaction() as transaction:
        transaction.remove("a", ["3"])
    assert watch.take() == (False, {"2": {"n": 3}, "3": None})


def test_a_watch_knows_nothing_of_what_was_undone() -> None:
    store = Store()
    watch = store.storage.watch("a")
    watch.take()
    try:
        with store.transaction() as transaction:
            transaction.put("a", {"1": {}})
            raise LookupError
    except LookupError:
        pass
    assert watch.take() == (False, {})


def test_a_table_that_is_dropped_is_told_as_a_whole() -> None:
    store = Store()
    watch = store.storage.watch("a")
    for drop in ("drop", "clear"):
        watch.take()
        with store.transaction() as transaction:
            transaction.drop("a") if drop == "drop" else transaction.clear()
            transaction.put("a", {"9": {}})
        assert watch.take() == (True, {"9": {}})
