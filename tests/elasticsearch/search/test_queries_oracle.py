"""Every query finds the documents that the same question in plain Python finds."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from searched import Searched

from mockkibana.elasticsearch.search.query_parser import PARSERS

KEYWORDS = ["ant", "ape", "bee", "cat"]
WORDS = ["red", "fox", "blue", "box"]
#: Relations have a mapping of their own, and oracles beside their other tests.
ELSEWHERE = {"has_child", "has_parent", "parent_id"}

_PROPERTIES = {
    "k": {"type": "keyword"},
    "n": {"type": "long"},
    "t": {"type": "text"},
    "u": {"type": "text"},
    "on": {"type": "boolean"},
    "o": {"type": "nested", "properties": {"x": {"type": "long"}, "y": {"type": "keyword"}}},
}


def _document(random: Random) -> dict[str, Any]:
    source: dict[str, Any] = {
        "k": random.sample(KEYWORDS, random.randint(0, 2)),
        "t": " ".join(random.choices(WORDS, k=random.randint(0, 4))),
        "u": " ".join(random.choices(WORDS, k=random.randint(0, 2))),
        "o": [
            {"x": random.randint(0, 3), "y": random.choice(KEYWORDS)}
            for _ in range(random.randint(0, 2))
        ],
    }
    if random.random() < 0.8:
        source["n"] = random.randint(0, 5)
    if random.random() < 0.5:
        source["on"] = random.random() < 0.5
    return source


DOCUMENTS = {str(n): _document(Random(n)) for n in range(40)}


@cache
def searched() -> Searched:
    return Searched(_PROPERTIES, DOCUMENTS)


def distance(one: str, other: str) -> int:
    """Return how many signs have to be put in, taken out, changed, or swapped with the next."""
    rows = [list(range(len(other) + 1))]
    for i, sign in enumerate(one, 1):
        row = [i]
        for j, opposite in enumerate(other, 1):
            best = min(row[-1] + 1, rows[-1][j] + 1, rows[-1][j - 1] + (sign != opposite))
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def values(source: dict[str, Any], field: str) -> list[Any]:
    found = source.get(field, [])
    return found if isinstance(found, list) else [found]


def words(source: dict[str, Any], field: str) -> list[str]:
    return str(source.get(field, "")).split()


def _in_a_row(source: dict[str, Any], field: str, phrase: list[str], *, prefix: bool) -> bool:
    text = words(source, field)
    for start in range(len(text) - len(phrase) + 1):
        part = text[start : start + len(phrase)]
        whole = part == phrase
        begun = part[:-1] == phrase[:-1] and part[-1].startswith(phrase[-1])
        if whole or (prefix and begun):
            return True
    return False


def finds(query: dict[str, Any], id_: str, source: dict[str, Any]) -> bool:
    """Return whether a query finds a document."""
    [(kind, body)] = query.items()
    return ORACLES[kind](body, id_, source)


def _bool(body: Any, id_: str, source: Any) -> bool:
    def each(name: str) -> list[bool]:
        return [finds(query, id_, source) for query in body.get(name, [])]

    if not any(isinstance(queries, list) and queries for queries in body.values()):
        return True  # as `match_all`, whatever the minimum
    should, must = each("should"), each("must") + each("filter")
    least = body.get("minimum_should_match", 0 if must else min(1, len(should)))
    return all(must) and not any(each("must_not")) and sum(should) >= least


def _range(body: Any, source: Any) -> bool:
    [(field, ends)] = body.items()
    return any(
        ends.get("gte", -9) <= value <= ends.get("lte", 99) for value in values(source, field)
    )


def _match(body: Any, source: Any) -> bool:
    [(field, options)] = body.items()
    wanted = options["query"].split()
    found = [word in words(source, field) for word in wanted]
    return all(found) if options["operator"] == "and" else any(found)


def _nested(body: Any, id_: str, source: Any) -> bool:
    def inner(value: dict[str, Any]) -> bool:
        seen = {f"o.{name}": each for name, each in value.items()}
        return finds(body["query"], id_, seen)

    return any(map(inner, source["o"]))


def one(body: Any) -> tuple[str, Any]:
    """Return the field and the value of a query that has one of each."""
    [(field, value)] = body.items()
    return field, value


def _term(body: Any, source: Any) -> bool:
    field, value = one(body)
    return value in (words(source, field) if field in "tu" else values(source, field))


def _bool_prefix(body: Any, source: Any) -> bool:
    field, text = one(body)
    *whole, last = text.split()
    found = words(source, field)
    return any(word in found for word in whole) or any(word.startswith(last) for word in found)


def _phrase(body: Any, source: Any, *, prefix: bool) -> bool:
    field, text = one(body)
    return _in_a_row(source, field, text.split(), prefix=prefix)


def _any_word(text: str, fields: list[str], source: Any) -> bool:
    return any(word in words(source, field) for word in text.split() for field in fields)


ORACLES: dict[str, Any] = {
    "bool": _bool,
    "boosting": lambda body, id_, source: finds(body["positive"], id_, source),
    "constant_score": lambda body, id_, source: finds(body["filter"], id_, source),
    "dis_max": lambda body, id_, source: any(finds(each, id_, source) for each in body["queries"]),
    "exists": lambda body, id_, source: values(source, body["field"]) != [],
    "function_score": lambda body, id_, source: finds(body["query"], id_, source),
    "fuzzy": lambda body, id_, source: any(
        distance(one(body)[1]["value"], word) <= 1 for word in words(source, one(body)[0])
    ),
    "ids": lambda body, id_, source: id_ in body["values"],
    "match": lambda body, id_, source: _match(body, source),
    "match_all": lambda body, id_, source: True,
    "match_bool_prefix": lambda body, id_, source: _bool_prefix(body, source),
    "match_none": lambda body, id_, source: False,
    "match_phrase": lambda body, id_, source: _phrase(body, source, prefix=False),
    "match_phrase_prefix": lambda body, id_, source: _phrase(body, source, prefix=True),
    "multi_match": lambda body, id_, source: _any_word(body["query"], body["fields"], source),
    "nested": _nested,
    "prefix": lambda body, id_, source: any(
        str(value).startswith(one(body)[1]) for value in values(source, one(body)[0])
    ),
    "query_string": lambda body, id_, source: _any_word(body["query"], body["fields"], source),
    "range": lambda body, id_, source: _range(body, source),
    "regexp": lambda body, id_, source: any(
        value[0] == one(body)[1][0] for value in values(source, one(body)[0])
    ),
    "script": lambda body, id_, source: source.get("n", -1) > body["script"]["params"]["n"],
    "script_score": lambda body, id_, source: finds(body["query"], id_, source),
    "simple_query_string": lambda body, id_, source: _any_word(
        body["query"], body["fields"], source
    ),
    "term": lambda body, id_, source: _term(body, source),
    "terms": lambda body, id_, source: any(
        value in one(body)[1] for value in values(source, one(body)[0])
    ),
    "wildcard": lambda body, id_, source: any(
        fnmatchcase(value, one(body)[1]) for value in values(source, one(body)[0])
    ),
}

_word, _text = st.sampled_from(WORDS), st.sampled_from(["t", "u"])
_phrases = st.lists(_word, min_size=1, max_size=3).map(" ".join)
_number = st.integers(0, 6)
_keyword = st.sampled_from(KEYWORDS)
_of_texts = st.fixed_dictionaries(
    {"query": _phrases, "fields": st.sampled_from([["t"], ["u"], ["t", "u"]])}
)
_script = {"source": "doc['n'].size() > 0 && doc['n'].value > params.n"}


def _about(fields: st.SearchStrategy[str], value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(lambda field, found: {field: found}, fields, value)


_LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "exists": st.fixed_dictionaries({"field": st.sampled_from(["k", "n", "t", "u", "on"])}),
    "fuzzy": _about(
        _text, st.fixed_dictionaries({"value": st.sampled_from(["ref", "fxo", "xob"])})
    ),
    "ids": st.fixed_dictionaries({"values": st.lists(st.sampled_from(sorted(DOCUMENTS)))}),
    "match": _about(
        _text,
        st.fixed_dictionaries({"query": _phrases, "operator": st.sampled_from(["and", "or"])}),
    ),
    "match_all": st.just({}),
    "match_bool_prefix": _about(_text, st.sampled_from(["red b", "fo", "blue bo x"])),
    "match_none": st.just({}),
    "match_phrase": _about(_text, _phrases),
    "match_phrase_prefix": _about(_text, st.sampled_from(["red b", "fo", "box blu", "b"])),
    "multi_match": _of_texts,
    "prefix": _about(st.just("k"), st.sampled_from(["a", "be", "z", "cat"])),
    "query_string": _of_texts,
    "range": _about(
        st.just("n"), st.fixed_dictionaries({}, optional={"gte": _number, "lte": _number})
    ),
    "regexp": _about(st.just("k"), st.sampled_from(["a.*", "b[a-f]+", "c.t?"])),
    "script": st.fixed_dictionaries(
        {"script": st.builds(lambda n: {**_script, "params": {"n": n}}, _number)}
    ),
    "simple_query_string": _of_texts,
    "term": st.one_of(
        _about(st.just("k"), _keyword), _about(st.just("n"), _number), _about(_text, _word),
        _about(st.just("on"), st.booleans()),
    ),
    "terms": _about(st.just("k"), st.lists(_keyword, max_size=3)),
    "wildcard": _about(st.just("k"), st.sampled_from(["a*", "?ee", "*t", "*"])),
}  # fmt: skip
_leaf = st.one_of(st.fixed_dictionaries({kind: body}) for kind, body in _LEAVES.items())
_inside = st.one_of(
    st.builds(lambda x: {"range": {"o.x": {"gte": x}}}, st.integers(0, 3)),
    st.builds(lambda y: {"term": {"o.y": y}}, _keyword),
)


def _around(query: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(query, max_size=2)
    parts = dict.fromkeys(("must", "filter", "should", "must_not"), several)
    bodies: dict[str, st.SearchStrategy[Any]] = {
        "bool": st.fixed_dictionaries({}, optional={**parts, "minimum_should_match": st.just(1)}),
        "boosting": st.fixed_dictionaries(
            {"positive": query, "negative": query, "negative_boost": st.just(0.5)}
        ),
        "constant_score": st.fixed_dictionaries({"filter": query}),
        "dis_max": st.fixed_dictionaries({"queries": st.lists(query, min_size=1, max_size=2)}),
        "function_score": st.fixed_dictionaries({"query": query, "weight": st.just(2)}),
        "script_score": st.fixed_dictionaries({"query": query, "script": st.just("_score + 1")}),
        "nested": st.fixed_dictionaries({"path": st.just("o"), "query": _inside}),
    }
    return st.one_of(st.fixed_dictionaries({kind: body}) for kind, body in bodies.items())


QUERIES = st.recursive(_leaf, _around, max_leaves=5)


def test_every_query_has_an_oracle() -> None:
    assert set(ORACLES) | ELSEWHERE == set(PARSERS.every())


@settings(max_examples=200, deadline=None)
@given(QUERIES)
def test_a_query_finds_what_plain_python_finds(query: Any) -> None:
    found = set(searched().ids(query))

    assert found == {id_ for id_, source in DOCUMENTS.items() if finds(query, id_, source)}
