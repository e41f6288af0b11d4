"""`prefix`, `wildcard`, `regexp` and `fuzzy`: terms that look like something."""

from __future__ import annotations

import re
from random import Random
from time import monotonic

import pytest
from searched import Searched

PROPERTIES = {
    "k": {"type": "keyword"},
    "l": {"type": "keyword", "normalizer": "lowercase"},
    "t": {"type": "text"},
    "n": {"type": "long"},
}
DOCUMENTS = {
    "1": {"k": "Apple", "t": "An apple a day", "l": "APPLE"},
    "2": {"k": ["apple", "ap*le"], "t": "Apples and pears"},
    "3": {"k": "apply", "t": "pear"},
    "4": {"k": "maple", "n": 1},
    "5": {"k": "", "t": "grape"},
}


@pytest.fixture(scope="module")
def searched() -> Searched:
    return Searched(PROPERTIES, DOCUMENTS)


def test_each_finds_the_documents_of_its_terms(searched: Searched) -> None:
    assert (
        searched.differing(
            [
                ({"prefix": {"k": "app"}}, "23"),
                ({"prefix": {"k": {"value": "APP", "case_insensitive": True}}}, "123"),
                ({"prefix": {"k": ""}}, "12345"),
                ({"prefix": {"t": "app"}}, "12"),
                ({"prefix": {"t": "App"}}, ""),
                ({"prefix": {"l": "Ap"}}, "1"),
                ({"prefix": {"nowhere": "a"}}, ""),
                ({"wildcard": {"k": "*pl*"}}, "1234"),
                ({"wildcard": {"k": {"wildcard": "?aple"}}}, "4"),
                ({"wildcard": {"k": r"ap\*le"}}, "2"),
                ({"wildcard": {"k": "ap*le"}}, "2"),
                ({"wildcard": {"k": {"value": "A*E", "case_insensitive": True}}}, "12"),
                ({"wildcard": {"t": "?ear*"}}, "23"),
                ({"regexp": {"k": "[aA]ppl(e|y)"}}, "123"),
                ({"regexp": {"k": "app"}}, ""),
                (
                    {"regexp": {"k": {"value": "APPL.", "case_insensitive": True, "flags": "ALL"}}},
                    "123",
                ),
                ({"regexp": {"t": "pears?"}}, "23"),
                ({"regexp": {"k": "~(a.*)"}}, "145"),
                ({"fuzzy": {"k": "aple"}}, "24"),
                ({"fuzzy": {"k": {"value": "aple", "fuzziness": 0}}}, ""),
                ({"fuzzy": {"k": {"value": "aple", "fuzziness": 1}}}, "24"),
                ({"fuzzy": {"k": {"value": "aplpe", "fuzziness": 1}}}, "2"),
                ({"fuzzy": {"k": {"value": "aplpe", "fuzziness": 1, "transpositions": False}}}, ""),
                ({"fuzzy": {"k": {"value": "aple", "prefix_length": 1}}}, "2"),
                ({"fuzzy": {"k": "appple"}}, "123"),
                ({"fuzzy": {"t": "grapes"}}, "5"),
            ]
        )
        == []
    )


def test_patterns_find_what_a_loop_finds() -> None:
    random = Random(5)
    words = ["".join(random.choices("abc", k=random.randint(1, 6))) for _ in range(80)]
    searched = Searched(PROPERTIES, {str(n): {"k": word} for n, word in enumerate(words)})
    for _ in range(40):
        pattern = "".join(random.choices("abc*?", k=random.randint(1, 5)))
        expression = pattern.replace("*", ".*").replace("?", ".")
        expected = [str(n) for n, word in enumerate(words) if re.fullmatch(expression, word)]
        assert searched.ids({"wildcard": {"k": pattern}}) == expected, pattern
        assert searched.ids({"regexp": {"k": expression}}) == expected, pattern
        start = pattern.strip("*?").partition("*")[0].partition("?")[0]
        expected = [str(n) for n, word in enumerate(words) if word.startswith(start)]
        assert searched.ids({"prefix": {"k": start}}) == expected, start
        near = {str(n) for n, word in enumerate(words) if _distance(start, word) <= 1}
        query = {"value": start, "fuzziness": 1, "max_expansions": 1000}
        assert {*searched.ids({"fuzzy": {"k": query}})} == near, start


def _distance(one: str, other: str) -> int:
    """The definition, without memory: edits, and swaps of neighbours."""
    if not one or not other:
        return len(one) + len(other)
    if one[0] == other[0]:
        return _distance(one[1:], other[1:])
    best = 1 + min(
        _distance(one[1:], other), _distance(one, other[1:]), _distance(one[1:], other[1:])
    )
    if one[:2] == other[1::-1] and len(other) > 1:
        best = min(best, 1 + _distance(one[2:], other[2:]))
    return best


def test_nearer_terms_score_higher(searched: Searched) -> None:
    assert searched.ids({"fuzzy": {"k": "apply"}})[0] == "3"
    assert searched.scores({"prefix": {"k": {"value": "app", "boost": 2}}}) == {"2": 2.0, "3": 2.0}


def test_they_are_refused_on_what_is_no_text(searched: Searched) -> None:
    kinds = "keyword, text and wildcard"
    on = "fields - not on [n] which is of type [long]"
    created = "failed to create query: "
    assert (
        searched.wrongly_refused(
            [
                ({"prefix": {"n": "1"}}, f"Can only use prefix queries on {kinds} {on}"),
                ({"wildcard": {"n": "1"}}, f"Can only use wildcard queries on {kinds} {on}"),
                ({"regexp": {"n": "1"}}, f"Can only use regexp queries on keyword and text {on}"),
                (
                    {"fuzzy": {"n": "1"}},
                    f"{created}Can only use fuzzy queries on keyword and text {on}",
                ),
                ({"prefix": {"k": {"foo": 1}}}, "[prefix] query does not support [foo]"),
                ({"wildcard": {"k": {}}}, "value cannot be null"),
                ({"regexp": {"k": {"value": "a", "flags": "X"}}}, "Unknown regexp flag [X]"),
                (
                    {"regexp": {"k": "a&b"}},
                    "this mock does not support [&] in the expression [a&b]",
                ),
                (
                    {"fuzzy": {"k": {"value": "a", "fuzziness": 3}}},
                    "Valid edit distances are [0, 1, 2] but was [3]",
                ),
                ({"fuzzy": {"k": {"value": "a", "fuzziness": "x"}}}, "fuzziness cannot be [x]."),
                (
                    {"regexp": {"k": "a" * 1001}},
                    (
                        "The length of regex [1001] used in the Regexp Query request has exceeded "
                        "the allowed maximum of [1000]. This maximum can be set by changing the "
                        "[index.max_regex_length] index level setting."
                    ),
                ),
            ]
        )
        == []
    )


def test_an_expression_that_takes_for_ever_is_stopped() -> None:
    searched = Searched(PROPERTIES, {"1": {"k": "a" * 40}})
    begun = monotonic()
    status, answer = searched.answer({"regexp": {"k": "(a|aa)+b"}})
    assert (status, monotonic() - begun < 4) == (429, True)
    assert answer["error"]["root_cause"][0]["type"] == "search_timeout_exception"
