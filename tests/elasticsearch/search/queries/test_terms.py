"""`terms`: those of another document, too many of them, and what every document has."""

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


def test_too_many_terms_are_refused() -> None:
    searched = Searched({"k": {"type": "keyword"}}, {"1": {}}, settings={"max_terms_count": 2})
    assert searched.ids({"terms": {"k": ["a", "b"]}}) == []
    assert searched.reason({"terms": {"k": ["a", "b", "c"]}}) == (
        "The number of terms [3] used in the Terms Query request has exceeded the allowed maximum "
        "of [2]. This maximum can be set by changing the [index.max_terms_count] index level "
        "setting."
    )


def test_what_is_true_of_all_documents_finds_all() -> None:
    properties = {"env": {"type": "constant_keyword", "value": "test"}, "at": {"type": "date"}}
    searched = Searched(properties, {"1": {}, "2": {"env": "test", "at": "2024-03-15"}})
    assert (
        searched.differing(
            [
                ({"term": {"env": "test"}}, "12"),
                ({"term": {"env": "other"}}, ""),
                ({"exists": {"field": "env"}}, "12"),
                ({"term": {"_index": "t"}}, "12"),
                ({"prefix": {"_index": "t"}}, "12"),
                ({"match": {"at": "now/d"}}, "2"),
                ({"term": {"at": "now/d"}}, "2"),
            ]
        )
        == []
    )


def test_a_network_stands_for_its_addresses() -> None:
    addresses = ["10.0.0.1", "10.0.0.200", "10.0.1.1", "2001:db8::1", ["192.168.0.1", "10.0.0.9"]]
    documents = {str(n): {"ip": address} for n, address in enumerate(addresses, 1)}
    searched = Searched({"ip": {"type": "ip"}}, documents)
    assert (
        searched.differing(
            [
                ({"term": {"ip": "10.0.0.0/24"}}, "125"),
                ({"term": {"ip": "10.0.0.7/24"}}, "125"),
                ({"term": {"ip": "0.0.0.0/0"}}, "1235"),
                ({"term": {"ip": "::/0"}}, "12345"),
                ({"terms": {"ip": ["10.0.1.0/24", "2001:db8::/32", "10.0.0.1"]}}, "134"),
                ({"match": {"ip": "10.0.0.0/25"}}, "15"),
                ({"match_phrase": {"ip": "10.0.0.0/25"}}, "15"),
                ({"query_string": {"query": 'ip:"10.0.0.0/24"'}}, "125"),
                ({"query_string": {"query": r"ip:10.0.0.0\/24"}}, "125"),
                ({"simple_query_string": {"query": '"10.0.0.0/24"'}}, "125"),
            ]
        )
        == []
    )
    for network, told in (
        ("10.0.0/8", "'10.0.0' is not an IP string literal."),
        ("fe80::1%1/64", "'fe80::1%1' is not an IP string literal."),
        ("10.0.0.0/x", 'For input string: "x"'),
        ("10.0.0.0/", "Expected [ip/prefix] but was [10.0.0.0/]"),
        ("10.0.0.0/8/9", "Expected [ip/prefix] but was [10.0.0.0/8/9]"),
        (
            "10.0.0.0/33",
            (
                "Illegal prefix length [33] in [10.0.0.0/33]. Must be 0-32 for IPv4 ranges, "
                "0-128 for IPv6 ranges"
            ),
        ),
        (
            "::ffff:10.0.0.1/8",
            (
                "CIDR notation is not allowed with IPv6-mapped IPv4 address [::ffff:10.0.0.1 as it "
                "introduces ambiguity as to whether the prefix length should be interpreted as a "
                "v4 prefix length or a v6 prefix length"
            ),
        ),
    ):
        reason = searched.reason({"term": {"ip": network}})
        assert reason == f"failed to create query: {told}"
