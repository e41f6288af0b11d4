"""The store against a dict of dicts, in any order of steps, with restarts between them."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tinydb import where
from tinydb.table import Document

from mockkibana.store import Store

Model = dict[str, dict[str, dict[str, Any]]]

names = st.sampled_from(["issues", "projects", "t\u00e4ble\ud800"])
ids = st.sampled_from(["a", "b", "c", "1", "2", "3"])
texts = st.text(st.characters(), max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=5,
)
# Two surrogates that meet are one character in JSON; in Python they need not be.
documents = st.fixed_dictionaries({"n": st.integers(0, 3)}, optional={"x": values}).map(
    lambda document: json.loads(json.dumps(document))
)
changes = st.one_of(
    st.tuples(st.just("put"), names, st.dictionaries(ids, documents, max_size=4)),
    st.tuples(st.just("remove"), names, st.lists(ids, max_size=3)),
    st.tuples(st.just("drop"), names),
    st.tuples(st.just("clear")),
)


def apply(model: Model, change: tuple[Any, ...]) -> None:
    verb, *arguments = change
    if verb == "put":
        model.setdefault(arguments[0], {}).update(arguments[1])
    elif verb == "remove":
        for id_ in arguments[1]:
            model.get(arguments[0], {}).pop(id_, None)
    elif verb == "drop":
        model.pop(arguments[0], None)
    else:
        model.clear()


def copy(model: Model) -> Model:
    return {name: dict(table) for name, table in model.items()}


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        self.path = self.directory / "state.db"
        self.model: Model = {}

    @initialize()
    def begin(self) -> None:
        self.store = Store(self.path)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.directory)

    @rule(steps=st.lists(changes, max_size=4), fails=st.booleans())
    def transaction(self, steps: list[tuple[Any, ...]], fails: bool) -> None:
        expected = copy(self.model)
        try:
            with self.store.transaction() as transaction:
                for step in steps:
                    getattr(transaction, step[0])(*step[1:])
                    apply(expected, step)
                    self.compare(expected)
                if fails:
                    raise LookupError
        except LookupError:
            return
        self.model = expected

    @rule(
        before=changes,
        inner=st.lists(changes, max_size=3),
        after=changes,
        fails=st.booleans(),
    )
    def nested_transaction(
        self, before: tuple, inner: list[tuple], after: tuple, fails: bool
    ) -> None:
        with self.store.transaction() as transaction:
            getattr(transaction, before[0])(*before[1:])
            apply(self.model, before)
            expected = copy(self.model)
            try:
                with self.store.transaction():
                    for step in inner:
                        getattr(transaction, step[0])(*step[1:])
                        apply(expected, step)
                    if fails:
                        raise LookupError
                self.model = expected
            except LookupError:
                pass
            self.compare(self.model)
            getattr(transaction, after[0])(*after[1:])
            apply(self.model, after)

    @rule(content=st.dictionaries(names, st.dictionaries(ids, documents, max_size=3), max_size=2))
    def replace(self, content: Model) -> None:
        self.store.replace(content)
        self.model = copy(content)

    @rule(name=names, document=documents)
    def insert(self, name: str, document: dict[str, Any]) -> None:
        id_ = self.store.table(name).insert(document)
        assert id_ not in self.model.get(name, {})
        self.model.setdefault(name, {})[id_] = document

    @rule(name=names, id_=ids, document=documents)
    def insert_with_id(self, name: str, id_: str, document: dict[str, Any]) -> None:
        if id_ in self.model.get(name, {}):
            with pytest.raises(ValueError, match=f"ID {id_} already exists"):
                self.store.table(name).insert(Document(document, id_))
        else:
            self.store.table(name).insert(Document(document, id_))
            self.model.setdefault(name, {})[id_] = document

    @rule(name=names, n=st.integers(0, 3), document=documents)
    def update(self, name: str, n: int, document: dict[str, Any]) -> None:
        found = [id_ for id_, old in self.model.get(name, {}).items() if old["n"] == n]
        assert self.store.table(name).update(document, where("n") == n) == found
        for id_ in found:
            self.model[name][id_] = self.model[name][id_] | document

    @rule(name=names, id_=ids, document=documents)
    def upsert(self, name: str, id_: str, document: dict[str, Any]) -> None:
        assert self.store.table(name).upsert(Document(document, id_)) == [id_]
        table = self.model.setdefault(name, {})
        table[id_] = table.get(id_, {}) | document

    @rule(name=names, n=st.integers(0, 3))
    def remove(self, name: str, n: int) -> None:
        found = [id_ for id_, old in self.model.get(name, {}).items() if old["n"] == n]
        assert self.store.table(name).remove(where("n") == n) == found
        for id_ in found:
            del self.model[name][id_]

    @rule(name=names)
    def truncate(self, name: str) -> None:
        self.store.table(name).truncate()
        self.model.pop(name, None)
        self.model[name] = {}

    @rule()
    def restart(self) -> None:
        digest = self.store.digest()
        self.store.close()
        self.store = Store(self.path)
        assert self.store.digest() == digest
        assert self.store.is_new == (not self.model)

    @rule(cut=st.integers(1, 30))
    def restart_after_half_a_write(self, cut: int) -> None:
        self.store.close()
        with self.path.open("ab") as file:
            file.write(b'[["put","issues",{"half":{"n":1}}]]\n'[:cut])
        self.store = Store(self.path)

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        self.compare(self.model)

    def compare(self, model: Model) -> None:
        assert self.store.storage.names() == list(model)
        for name, table in model.items():
            assert list(self.store.table(name).rows().items()) == list(table.items())
            assert list(self.store.table(name).rows().values()) == list(table.values())
            assert len(self.store.table(name)) == len(self.store.table(name)) == len(table)
            assert self.store.table(name).all() == list(table.values())
        for id_ in ("a", "1"):
            assert self.store.table("issues").row(id_) == model.get("issues", {}).get(id_)


TestStore = Machine.TestCase
TestStore.settings = settings(max_examples=60, stateful_step_count=25, deadline=None, database=None)
