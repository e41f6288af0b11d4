"""The store under many threads: no update is lost, and no read sees half a transaction."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from mockkibana.store import Store

THREADS, INSERTS = 8, 200


def by_table(store: Store, thread: int) -> None:
    table = store.table("t")
    for n in range(INSERTS):
        table.insert({"thread": thread, "n": n})


def by_bulk(store: Store, thread: int) -> None:
    for n in range(0, INSERTS, 10):
        store.table("t").insert_multiple({"thread": thread, "n": n + i} for i in range(10))


def by_transaction(store: Store, thread: int) -> None:
    for n in range(INSERTS):
        with store.transaction() as transaction:
            transaction.put("t", {f"{thread}-{n}": {"thread": thread, "n": n}})
            last = transaction.get("counter", "t") or {"value": 0}
            transaction.put("counter", {"t": {"value": last["value"] + 1}})


@pytest.mark.parametrize("insert", [by_table, by_bulk, by_transaction])
def test_eight_threads_lose_nothing(
    store: Store, path: Path, opened: Callable[..., Store], insert: Callable[[Store, int], None]
) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(insert, [store] * THREADS, range(THREADS)))

    def check(store: Store) -> None:
        seen = {
            (document["thread"], document["n"]) for document in store.table("t").rows().values()
        }
        assert seen == {(thread, n) for thread in range(THREADS) for n in range(INSERTS)}
        assert len(store.table("t")) == THREADS * INSERTS
        if insert is by_transaction:
            assert store.table("counter").row("t") == {"value": THREADS * INSERTS}

    check(store)
    if path.exists():
        store.close()
        check(opened(path))


def test_threads_that_update_one_document_lose_no_update(store: Store) -> None:
    table = store.table("t")
    id_ = table.insert({"n": 0})

    def add(_: int) -> None:
        for _ in range(INSERTS):
            table.update(lambda document: document.update(n=document["n"] + 1), doc_ids=[id_])

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(add, range(THREADS)))
    assert store.table("t").row(id_) == {"n": THREADS * INSERTS}


@contextmanager
def writer(store: Store) -> Iterator[None]:
    """Writes the same number into some documents of many tables, over and over."""
    over = Event()

    def write() -> int:
        n = 0
        while not over.is_set():
            n += 1
            with store.transaction() as transaction:
                transaction.put("one", {id_: {"n": n} for id_ in "abc"})
                for between in range(50):
                    transaction.put(f"between {between}", {"x": {"n": n}})
                if n % 3 == 0:
                    transaction.drop("two")
                transaction.put("two", {id_: {"n": n} for id_ in "de"})
        return n

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write)
        try:
            yield
        finally:
            over.set()
        assert written.result() > 1


@pytest.fixture
def restless() -> Iterator[None]:
    """Lets the threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def until(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield


def numbers(documents: list[dict]) -> list[int]:
    return [document["n"] for document in documents]


@pytest.mark.usefixtures("restless")
def test_a_read_sees_a_transaction_whole_or_not_at_all(store: Store) -> None:
    with writer(store):
        for _ in until(0.1):
            for table, count in (("one", 3), ("two", 2)):
                seen = numbers(list(store.table(table).rows().values()))
                assert len(set(seen)) <= 1
                assert len(seen) in (0, count)
                assert len(store.table(table).all()) in (0, count)


@pytest.mark.usefixtures("restless")
def test_who_has_seen_some_of_a_transaction_sees_all_of_it(store: Store) -> None:
    with writer(store):
        for _ in until(0.1):
            for first, second in (("one", "two"), ("two", "one")):
                before = max(numbers(list(store.table(first).rows().values())), default=0)
                after = min(numbers(list(store.table(second).rows().values())), default=0)
                assert before <= after


@pytest.mark.usefixtures("restless")
def test_reads_inside_of_a_transaction_are_of_one_moment(store: Store) -> None:
    with writer(store):
        for _ in until(0.1):
            with store.transaction():
                seen = numbers(
                    list(store.table("one").rows().values())
                    + list(store.table("two").rows().values())
                )
            assert len(set(seen)) <= 1


def test_a_reader_does_not_wait_for_an_open_transaction(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.put("t", {"a": {}})
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(store.table("t").row, "a").result(timeout=10) is None
            assert pool.submit(store.table("t").search, bool).result(timeout=10) == []
    assert store.table("t").row("a") == {}


def test_a_search_does_not_hold_up_writers(store: Store) -> None:
    table = store.table("t")
    table.insert({"n": 1})

    def slow(_: dict) -> bool:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(table.insert, {"n": 2}).result(timeout=10) is not None

    assert len(table.search(slow)) == 1
    assert len(table) == 2
