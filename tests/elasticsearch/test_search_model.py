"""Whatever is written, get, search, count and by-query requests see what a plain dict holds."""

from __future__ import annotations

import itertools
from typing import Any

from face_requests import request_of
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

IDS = st.sampled_from("123456")
LEVELS = st.sampled_from(["low", "high"])
SOURCES = st.fixed_dictionaries(
    {"n": st.integers(0, 4)},
    optional={
        "level": LEVELS,
        "text": st.lists(st.sampled_from(["red", "blue"]), max_size=3).map(" ".join),
    },
)
PROPERTIES = {
    "n": {"type": "long"},
    "level": {"type": "keyword"},
    "text": {"type": "text"},
}
Source = dict[str, Any]


class Searches(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        cluster = Cluster(Store(), Installation())
        cluster.create_index("t", mappings={"properties": PROPERTIES})
        self.face = ElasticsearchFace(cluster)
        self.model: dict[str, Source] = {}

    def ask(self, line: str, body: Any = None) -> tuple[int, Any]:
        answer = self.face.handle(request_of(line, body))
        return answer.status, answer.body

    @rule(id_=IDS, source=SOURCES)
    def index(self, id_: str, source: Source) -> None:
        status, _ = self.ask(f"PUT /t/_doc/{id_}", source)
        assert status == (200 if id_ in self.model else 201)
        self.model[id_] = source

    @rule(id_=IDS, part=SOURCES)
    def update(self, id_: str, part: Source) -> None:
        status, _ = self.ask(f"POST /t/_update/{id_}", {"doc": part})
        assert status == (200 if id_ in self.model else 404)
        if id_ in self.model:
            self.model[id_] = self.model[id_] | part

    @rule(id_=IDS)
    def delete(self, id_: str) -> None:
        status, _ = self.ask(f"DELETE /t/_doc/{id_}")
        assert status == (200 if id_ in self.model else 404)
        self.model.pop(id_, None)

    @rule(id_=IDS)
    def get(self, id_: str) -> None:
        _, body = self.ask(f"GET /t/_doc/{id_}")
        assert body.get("_source") == self.model.get(id_)

    @rule(n=st.integers(-1, 5))
    def find_a_number(self, n: int) -> None:
        self.check({"term": {"n": n}}, {i for i, s in self.model.items() if s["n"] == n})
        self.check({"range": {"n": {"gte": n}}}, {i for i, s in self.model.items() if s["n"] >= n})

    @rule(level=LEVELS)
    def find_a_keyword(self, level: str) -> None:
        having = {id_ for id_, source in self.model.items() if source.get("level") == level}
        self.check({"term": {"level": level}}, having)
        self.check({"query_string": {"query": f"-level:{level}"}}, {*self.model} - having)

    @rule(word=st.sampled_from(["red", "blue"]))
    def find_a_word(self, word: str) -> None:
        texts = {id_: source.get("text", "").split() for id_, source in self.model.items()}
        self.check({"match": {"text": word}}, {i for i, words in texts.items() if word in words})
        twice = {
            id_
            for id_, words in texts.items()
            if [word, word] in map(list, itertools.pairwise(words))
        }
        self.check({"match_phrase": {"text": f"{word} {word}"}}, twice)

    @invariant()
    def everything_is_found(self) -> None:
        self.check({"match_all": {}}, {*self.model})
        self.check(
            {"exists": {"field": "level"}}, {i for i, s in self.model.items() if "level" in s}
        )

    def check(self, query: Any, expected: set[str]) -> None:
        status, body = self.ask("POST /t/_search", {"query": query})
        assert status == 200, body
        hits = body["hits"]["hits"]
        assert {hit["_id"]: hit["_source"] for hit in hits} == {i: self.model[i] for i in expected}
        assert body["hits"]["total"] == {"value": len(expected), "relation": "eq"}
        assert self.ask("POST /t/_count", {"query": query})[1]["count"] == len(expected)


class TestSearches(Searches.TestCase):
    settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
