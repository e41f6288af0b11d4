"""Filters keep queries under a name, and searches search by them."""

from __future__ import annotations

import pytest


def test_a_filter_is_kept_changed_and_forgotten(server):
    made = server.ask("POST", "filter", {"name": "Mine", "jql": "project = CK", "favourite": True})
    assert (made["owner"]["name"], made["favourite"], made["id"]) == ("ann", True, "10000")
    assert "description" not in made
    assert server.get("filter/10000") == server.get("filter/favourite")[0] == made
    assert server.get("filter/my", "bob") == server.get("filter/favourite", "bob") == []
    edited = server.ask("PUT", "filter/10000", {"jql": "labels = a", "description": "d"})
    assert (edited["name"], edited["jql"], edited["description"]) == ("Mine", "labels = a", "d")
    assert server.ask("PUT", "filter/10000/favourite", user="bob")["favouritedCount"] == 2
    assert server.ask("DELETE", "filter/10000/favourite")["favourite"] is False
    assert [row["id"] for row in server.get("filter/search?filterName=min")["values"]] == ["10000"]
    server.copy()
    assert server.refused("PUT", "filter/10000", {"name": "x"}, "bob")[0] == 400
    assert server.refused("DELETE", "filter/10000", user="bob")[0] == 400
    server.ask("DELETE", "filter/10000")
    assert server.refused("GET", "filter/10000") == (
        400,
        ["The selected filter with id '10000' does not exist."],
    )


def test_a_search_searches_by_filters(server):
    one, two = server.make(labels=["a"]), server.make(labels=["b"])
    server.ask("POST", "filter", {"name": "A", "jql": "labels = a order by key"})
    server.ask("POST", "filter", {"name": "Not A", "jql": "filter != A"})
    assert server.found("filter = 10000") == server.found("savedFilter = a") == [one]
    assert server.found("filter = 'not a'") == server.found("not filter in (A)") == [two]
    server.ask("PUT", "filter/10000", {"jql": "filter = 'Not A'"})
    assert server.refused("POST", "search", {"jql": "filter = A"}) == (
        400,
        ["A filter cannot search for itself."],
    )


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"jql": "project = CK"}, {"filterName": "The filter must have a name."}),
        ({"name": "A"}, {"filterName": "Filter with same name already exists."}),
    ],
    ids=str,
)
def test_a_filter_that_cannot_be_is_refused(server, body, errors):
    server.ask("POST", "filter", {"name": "A", "jql": ""})
    assert server.refused("POST", "filter", body) == (400, errors)


def test_a_filter_of_no_query_is_refused_with_jiras_reason(server):
    (told,) = server.refused("POST", "filter", {"name": "A", "jql": "project ="})[1]
    assert told.startswith("Error in JQL Query: Expecting either a value, list or function")
