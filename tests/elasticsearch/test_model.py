"""The documents of an index are those of a simple model, whatever is written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.journal.made import BulkCreated
from mockkibana.json import Json
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

IDS = st.sampled_from(["1", "2", "3"])
SOURCES = st.dictionaries(st.sampled_from("ab"), st.integers(0, 3), max_size=2)
OPS = st.sampled_from(["index", "create", "update", "delete"])


class Model:
    """What one index holds: (version, seq_no, source or None for a deleted one) by id."""

    def __init__(self) -> None:
        self.documents: dict[str, tuple[int, int, Json]] = {}
        self.next = 0

    def apply(self, op: str, id_: str, source: Json) -> tuple[str, int, int] | int:
        """Return (result, version, seq_no), or the status of the error."""
        version, seq_no, current = self.documents.get(id_, (0, -1, None))
        if op == "create" and current is not None:
            return 409
        if op == "update":
            if current is None:
                return 404
            if current | source == current:
                return "noop", version, seq_no
            source = current | source
        result = "updated" if current is not None else "created"
        if op == "delete":
            result, source = ("not_found" if current is None else "deleted"), None
        self.documents[id_] = (version + 1, self.next, source)
        self.next += 1
        return result, version + 1, self.next - 1


def body(op: str, source: Json) -> Json:
    return {"doc": source} if op == "update" else None if op == "delete" else source


class Documents(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        self.cluster = Cluster(self.store, Installation())
        self.cluster.create_index("t")
        self.model = Model()

    @rule(op=OPS, id_=IDS, source=SOURCES)
    def write(self, op: str, id_: str, source: Json) -> None:
        expected = self.model.apply(op, id_, source)
        if isinstance(expected, int):
            with pytest.raises(ElasticsearchError) as caught:
                self._write(op, id_, source)
            assert caught.value.status == expected
            return
        result = self._write(op, id_, source)
        assert (result.result, result.version, result.seq_no) == expected

    def _write(self, op: str, id_: str, source: Json) -> Any:
        return self.cluster.write(Action(op=op, index="t", id=id_, source=body(op, source)))

    @rule(writes=st.lists(st.tuples(OPS, IDS, SOURCES), min_size=1, max_size=6))
    def bulk(self, writes: list[tuple[str, str, Json]]) -> None:
        expected = [self.model.apply(*write) for write in writes]
        answer = self.cluster.bulk(
            [
                Action(op=op, index="t", id=id_, source=body(op, source))
                for op, id_, source in writes
            ]
        )
        items = [next(iter(item.values())) for item in answer["items"]]
        assert expected == [
            item["status"]
            if "error" in item
            else (item["result"], item["_version"], item["_seq_no"])
            for item in items
        ]
        assert answer["errors"] is any("error" in item for item in items)

    @rule(sources=st.lists(SOURCES, min_size=1, max_size=4))
    def create_all(self, sources: list[Json]) -> None:
        answer = self.cluster.create_all("t", sources, refresh=False)
        assert isinstance(answer, BulkCreated)
        for source, item in zip(sources, answer.encoded().value()["items"], strict=True):
            created = item["create"]
            expected = self.model.apply("create", created["_id"], source)
            assert (created["result"], created["_version"], created["_seq_no"]) == expected

    @rule()
    def restart_from_a_snapshot(self) -> None:
        dump = self.cluster.dump()
        self.store.drop_tables()
        with self.store.transaction():
            for name, record in dump.items():
                self.cluster.restore(name, record)

    @invariant()
    def the_documents_are_those_of_the_model(self) -> None:
        index = self.cluster.resolve("t")[0]
        stored = {
            id_: (record["_version"], record["_seq_no"], record["_source"])
            for id_, record in self.cluster.documents(index)
        }
        expected = {id_: kept for id_, kept in self.model.documents.items() if kept[2] is not None}
        assert stored == expected
        assert list(stored) == sorted(expected, key=lambda id_: expected[id_][1])
        assert self.cluster.count(index) == len(expected)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
class TestDocuments(Documents.TestCase):
    settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
