"""`terms` that stand in another document."""

from __future__ import annotations

import pytest
from document_writes import index_document
from searched import Searched


@pytest.fixture(scope="module")
def searched() -> Searched:
    documents = {"1": {"user": "a"}, "2": {"user": ["b", "c"]}, "3": {"user": "d"}}
    searched = Searched({"user": {"type": "keyword"}}, documents)
    source = {"followers": [{"id": "a"}, {"id": "c"}], "one": "d", "none": None}
    index_document(searched.cluster, "users", source, id="u")
    return searched


def lookup(path: str = "followers.id", id_: str = "u", **options: object) -> dict[str, object]:
    return {"terms": {"user": {"index": "users", "id": id_, "path": path, **options}}}


def test_the_terms_of_a_document_are_looked_up(searched: Searched) -> None:
    assert (
        searched.differing(
            [
                (lookup(), "12"),
                (lookup("one"), "3"),
                (lookup("none"), ""),
                (lookup("nowhere"), ""),
                (lookup(id_="nobody"), ""),
            ]
        )
        == []
    )


def test_a_malformed_lookup_is_refused(searched: Searched) -> None:
    assert (
        searched.wrongly_refused(
            [
                ({"terms": {"user": {"index": "users", "id": "u"}}}, "[1:58] Required [path]"),
                (lookup(foo=1), "[1:84] [terms_lookup] unknown field [foo]"),
            ]
        )
        == []
    )
    status, answer = searched.answer({"terms": {"user": {"index": "no", "id": "u", "path": "x"}}})
    assert (status, answer["error"]["type"]) == (404, "index_not_found_exception")
