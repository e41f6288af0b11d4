"""The public tables, held against TinyDB's own, method by method."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb import Query, TinyDB, where
from tinydb.operations import add, delete, increment
from tinydb.storages import MemoryStorage
from tinydb.table import Document
from tinydb.table import Table as PlainTable

from mockkibana.store import Store

ADA = {"name": "ada", "age": 36, "tags": ["a", {"b": 1}]}
BOB = {"name": "bob", "age": 17, "tags": []}
EVE = {"name": "eve", "age": 36}


def plain(result: Any) -> Any:
    """What a call returned, with ids as text and documents with their ids."""
    if isinstance(result, Document):
        return (str(result.doc_id), dict(result))
    if isinstance(result, list):
        return [plain(item) for item in result]
    return str(result) if type(result) is int else result


def outcome(call: Callable[[Any], Any], target: Any) -> Any:
    try:
        return plain(call(target))
    except Exception as error:  # noqa: BLE001
        return type(error)


def set_twice(document: dict) -> None:
    document["age"] *= 2
    document["tags"] = ["changed"]


TABLE_CALLS: dict[str, Callable[[PlainTable], Any]] = {
    "insert": lambda t: t.insert({"new": 1}),
    "insert an empty document": lambda t: t.insert({}),
    "insert another mapping": lambda t: t.insert(MappingProxyType({"new": 1})),
    "insert with an id": lambda t: [t.insert(Document({"new": 1}, 10)), t.insert({"next": 2})],
    "insert with a taken id": lambda t: t.insert(Document({"new": 1}, 2)),
    "insert no mapping": lambda t: t.insert(["no", "mapping"]),
    "insert_multiple": lambda t: t.insert_multiple([{"a": 1}, {"a": 2}]),
    "insert_multiple of a generator": lambda t: t.insert_multiple({"a": n} for n in range(3)),
    "insert_multiple of nothing": lambda t: t.insert_multiple([]),
    "insert_multiple with ids": lambda t: t.insert_multiple(Document({}, n) for n in (7, 5)),
    "insert_multiple with a taken id": lambda t: t.insert_multiple([Document({"a": 1}, 1)]),
    "insert_multiple with no mapping": lambda t: t.insert_multiple([7]),
    "insert after a removal": lambda t: [t.remove(doc_ids=[3]), t.insert({"new": 1})],
    "update": lambda t: t.update({"age": 1}, where("age") == 36),
    "update with nothing found": lambda t: t.update({"age": 1}, where("age") == 99),
    "update all": lambda t: t.update({"age": 1, "more": {"deep": []}}),
    "update by id": lambda t: t.update({"age": 1}, doc_ids=[3, 1]),
    "update by an unknown id": lambda t: t.update({"age": 1}, doc_ids=[99, 2]),
    "update by id and condition": lambda t: t.update({"age": 1}, where("age") == 17, [1]),
    "update with a function": lambda t: t.update(set_twice, where("name") == "ada"),
    "update with increment": lambda t: t.update(increment("age")),
    "update with add": lambda t: t.update(add("age", 3), doc_ids=[2]),
    "update with delete": lambda t: t.update(delete("age"), where("name") == "bob"),
    "update_multiple": lambda t: t.update_multiple(
        [({"age": 1}, where("age") == 36), (increment("age"), where("age") < 18)]
    ),
    "update_multiple of nothing": lambda t: t.update_multiple([]),
    "upsert that updates": lambda t: t.upsert({"age": 1}, where("age") == 36),
    "upsert that inserts": lambda t: t.upsert({"age": 1}, where("age") == 99),
    "upsert by id that updates": lambda t: t.upsert(Document({"age": 1}, 2)),
    "upsert by id that inserts": lambda t: t.upsert(Document({"age": 1}, 20)),
    "upsert without condition": lambda t: t.upsert({"age": 1}),
    "remove": lambda t: t.remove(where("age") == 36),
    "remove with nothing found": lambda t: t.remove(where("age") == 99),
    "remove by id": lambda t: t.remove(doc_ids=[3, 99, 1]),
    "remove without condition": lambda t: t.remove(),
    "truncate": lambda t: [t.truncate(), t.insert({"a": 1})],
    "get by id": lambda t: t.get(doc_id=2),
    "get by an unknown id": lambda t: t.get(doc_id=99),
    "get by ids": lambda t: t.get(doc_ids=[3, 1, 99]),
    "get": lambda t: t.get(where("age") == 36),
    "get with nothing found": lambda t: t.get(where("age") == 99),
    "get without condition": lambda t: t.get(),
    "search": lambda t: t.search((where("age") == 36) & ~(where("name") == "eve")),
    "search with a query": lambda t: t.search(Query().tags.any([{"b": 1}])),
    "search with a function": lambda t: t.search(lambda document: "tags" in document),
    "search twice": lambda t: [t.search(where("age") > 1), t.search(where("age") > 1)],
    "search after a change": lambda t: [
        t.search(where("age") == 1),
        t.update({"age": 1}),
        t.search(where("age") == 1),
    ],
    "contains": lambda t: [t.contains(where("age") == age) for age in (17, 99)],
    "contains by id": lambda t: [t.contains(doc_id=n) for n in (2, 99)],
    "contains without condition": lambda t: t.contains(),
    "count": lambda t: t.count(where("age") == 36),
    "all": lambda t: t.all(),
    "len": lambda t: len(t),
    "iteration": lambda t: list(t),
    "name": lambda t: t.name,
    "clear_cache": lambda t: t.clear_cache(),
}

DATABASE_CALLS: dict[str, Callable[[TinyDB], Any]] = {
    "tables": lambda db: sorted(db.tables()),
    "drop_table": lambda db: [
        db.drop_table("people"),
        sorted(db.tables()),
        len(db.table("people")),
    ],
    "drop_table and fill": lambda db: [db.drop_table("people"), db.table("people").insert({})],
    "drop_table that is not there": lambda db: [db.drop_table("none"), sorted(db.tables())],
    "drop_tables": lambda db: [db.drop_tables(), sorted(db.tables())],
    "drop_tables and fill": lambda db: [db.drop_tables(), db.insert({"a": 1}), db.all()],
    "the default table": lambda db: [db.insert({"a": 1}), db.search(where("a") == 1), len(db)],
    "iteration": lambda db: [db.insert({"a": 1}), list(db)],
    "a table that must exist": lambda db: [db.table("e", persist_empty=True), sorted(db.tables())][
        1
    ],
    "the same table": lambda db: db.table("people") is db.table("people"),
    "storage": lambda db: {t: len(d) for t, d in db.storage.read().items()},
}


@pytest.fixture
def plain_database() -> Iterator[TinyDB]:
    with TinyDB(storage=MemoryStorage) as database:
        yield database


@pytest.mark.parametrize("call", TABLE_CALLS.values(), ids=TABLE_CALLS)
def test_a_table_does_what_tinydbs_own_does(
    store: Store, plain_database: TinyDB, call: Callable[[Any], Any]
) -> None:
    tables = plain_database.table("people"), store.table("people")
    for table in tables:
        table.insert_multiple([ADA, BOB, EVE])
    theirs, ours = (outcome(call, table) for table in tables)
    assert ours == theirs
    assert plain(tables[1].all()) == plain(tables[0].all())


@pytest.mark.parametrize("call", DATABASE_CALLS.values(), ids=DATABASE_CALLS)
def test_the_database_does_what_tinydbs_own_does(
    store: Store, plain_database: TinyDB, call: Callable[[Any], Any]
) -> None:
    databases = plain_database, store
    for database in databases:
        database.table("people").insert_multiple([ADA, BOB])
        database.table("places").insert({"name": "here"})
    theirs, ours = (outcome(call, database) for database in databases)
    assert ours == theirs


names = st.sampled_from(["ada", "bob", "eve"])
documents = st.fixed_dictionaries({"name": names, "age": st.integers(0, 3)})
conditions = st.builds(lambda name: where("name") == name, names) | st.builds(
    lambda age: where("age") > age, st.integers(0, 3)
)
ids = st.lists(st.integers(1, 8), max_size=3, unique=True)
fields = st.fixed_dictionaries({"age": st.integers(0, 3)}) | st.just(increment("age"))
calls = st.one_of(
    st.tuples(st.just("insert"), documents),
    st.tuples(st.just("insert_multiple"), st.lists(documents, max_size=3)),
    st.tuples(st.just("update"), fields, st.none() | conditions),
    st.tuples(st.just("update"), fields, st.none(), ids),
    st.tuples(st.just("update_multiple"), st.lists(st.tuples(fields, conditions), max_size=3)),
    st.tuples(st.just("upsert"), documents, conditions),
    st.tuples(st.just("remove"), conditions),
    st.tuples(st.just("remove"), st.none(), ids),
    st.tuples(st.just("truncate")),
    st.tuples(st.just("get"), st.none() | conditions, st.none() | st.integers(1, 8)),
    st.tuples(st.just("get"), st.none(), st.none(), ids),
    st.tuples(st.just("search"), conditions),
    st.tuples(st.just("count"), conditions),
    st.tuples(st.just("contains"), st.none() | conditions, st.none() | st.integers(1, 8)),
    st.tuples(st.just("all")),
)


@settings(deadline=None, database=None)
@given(st.lists(calls, max_size=20))
def test_any_calls_do_what_tinydbs_own_do(steps: list[tuple[Any, ...]]) -> None:
    ours, theirs = Store().table("t"), TinyDB(storage=MemoryStorage).table("t")
    for name, *arguments in steps:

        def call(table: PlainTable, name: str = name, arguments: list[Any] = arguments) -> Any:
            return getattr(table, name)(*arguments)

        assert outcome(call, ours) == outcome(call, theirs)
        assert plain(ours.all()) == plain(theirs.all())
        assert len(ours) == len(theirs)


def test_ids_are_text(store: Store) -> None:
    table = store.table("t")
    assert table.insert({"a": 1}) == "1"
    assert table.insert(Document({"a": 2}, "some-id")) == "some-id"
    assert [document.doc_id for document in table.all()] == ["1", "some-id"]
    assert table.get(doc_id=1) == table.get(doc_id="1") == {"a": 1}


def test_ids_begin_at_1_again_after_the_store_was_cleared(store: Store) -> None:
    table = store.table("t")
    table.insert_multiple([{}, {}])
    store.drop_tables()
    assert table.insert({}) == "1"


def test_an_id_that_a_transaction_took_is_not_given_out(store: Store) -> None:
    table = store.table("t")
    table.insert({"n": 1})
    with store.transaction() as transaction:
        transaction.put("t", {"2": {}, "3": {}})
    assert table.insert({"n": 2}) == "4"


def test_a_table_shows_what_the_store_holds_and_the_other_way_round(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.put("t", {"a": {"n": 1}})
    table = store.table("t")
    assert table.get(doc_id="a") == {"n": 1}
    assert table.search(where("n") == 1) == [{"n": 1}]
    table.update({"n": 2}, doc_ids=["a"])
    assert store.table("t").row("a") == {"n": 2}
    assert table.search(where("n") == 1) == []


def test_a_table_joins_a_transaction(store: Store) -> None:
    table = store.table("t")
    table.insert({"n": 1})
    before = store.digest()
    with pytest.raises(LookupError), store.transaction() as transaction:  # noqa: PT012
        transaction.put("t", {"x": {"n": 2}})
        table.insert({"n": 3})
        table.update({"n": 4}, doc_ids=["1"])
        assert [document["n"] for document in table] == [4, 2, 3]
        assert len(table) == 3
        raise LookupError
    assert store.digest() == before
    assert table.all() == [{"n": 1}]


def test_a_documents_mutation_does_not_edit_the_store(store: Store) -> None:
    table = store.table("t")
    mine = {"list": [{"deep": 1}], "tags": {"a": 1}}
    id_ = table.insert(mine)
    before = store.digest()
    mine["list"][0]["deep"] = 2
    for read in (
        lambda: table.get(doc_id=id_),
        lambda: table.get(where("tags").exists()),
        lambda: table.get(doc_ids=[id_])[0],
        lambda: table.search(where("tags").exists())[0],
        lambda: table.all()[0],
        lambda: next(iter(table)),
    ):
        document = read()
        document["list"][0]["deep"] = 2
        document["tags"].clear()
        document["new"] = True
    assert store.digest() == before


def test_a_value_that_an_update_brought_is_a_copy_too(store: Store) -> None:
    table = store.table("t")
    table.insert({})
    mine: list[int] = []
    table.update({"list": mine})
    table.update(lambda document: document.update(more=mine))
    mine.append(1)
    assert table.all() == [{"list": [], "more": []}]


def test_an_update_replaces_the_document_that_others_hold(store: Store) -> None:
    table = store.table("t")
    id_ = table.insert({"list": [1]})
    held = store.table("t").row(id_)
    table.update({"n": 1})
    table.update(lambda document: document["list"].append(2))
    assert held == {"list": [1]}
    assert store.table("t").row(id_) == {"list": [1, 2], "n": 1}


def failing(document: dict) -> None:
    document["n"] = 9
    if document["last"]:
        raise LookupError


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda t: t.update(failing), id="update"),
        pytest.param(lambda t: t.update_multiple([(failing, where("n") == 1)]), id="multiple"),
        pytest.param(lambda t: t.insert_multiple([{"n": 1}, "no mapping"]), id="insert_multiple"),
        pytest.param(
            lambda t: t.insert_multiple([{"n": 1}, Document({}, "1")]), id="insert_multiple, taken"
        ),
        pytest.param(lambda t: t.insert({"n": object()}), id="insert no JSON"),
        pytest.param(lambda t: t.update({"n": object()}), id="update to no JSON"),
        pytest.param(lambda t: t.remove(lambda d: 1 / (not d["last"])), id="remove"),
    ],
)
def test_a_call_that_raises_changes_nothing(store: Store, call: Callable[[Any], Any]) -> None:
    table = store.table("t")
    table.insert_multiple([{"n": 1, "last": False}, {"n": 1, "last": True}])
    before = store.digest()
    with pytest.raises((LookupError, ValueError, TypeError, ZeroDivisionError)):
        call(table)
    assert store.digest() == before


def test_a_document_goes_in_as_a_file_would_give_it_back(store: Store) -> None:
    table = store.table("t")
    table.insert({"tuple": (1, (2,)), 3: "number"})
    assert list(store.table("t").rows().values()) == [{"tuple": [1, [2]], "3": "number"}]


def test_code_for_tinydbs_storages_can_write_the_whole_content(store: Store) -> None:
    storage = store.storage
    store.table("t").insert({"n": 1})
    data = storage.read()
    data["u"] = {7: {"n": 2}}
    del data["t"]
    storage.write(data)
    assert store.tables() == {"u"}
    assert store.table("u").row("7") == {"n": 2}


def test_a_version_tells_that_rows_are_others(store: Store) -> None:
    people, others = store.table("people"), store.table("others")
    seen = [people.version]
    for change in (
        lambda: people.insert(ADA),
        lambda: people.update({"age": 37}),
        people.truncate,
        lambda: people.insert(BOB),
        lambda: people.remove(doc_ids=["1"]),
        store.drop_tables,
        lambda: people.insert(EVE),
    ):
        others.insert(BOB)
        assert people.version == seen[-1]
        change()
        assert people.version not in (seen[-1], None)
        seen.append(people.version)
    assert people.snapshot() == (people.version, people.rows())
    with store.transaction():
        assert people.version is None


def test_closing_the_database_closes_the_store(store: Store) -> None:
    with store as database:
        database.insert({"n": 1})
    assert store.read_only in (None, "it is closed")
    assert store.table("_default").all() == [{"n": 1}]
