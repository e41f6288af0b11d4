"""The Brave Search connector: the web is searched, page by page."""

from __future__ import annotations

from typing import Any

import pytest

FOUND = [{"title": f"Page {number}", "url": f"https://example.com/{number}"} for number in range(3)]


@pytest.fixture
def search(create, execute) -> Any:
    secrets = {"authType": "api_key_header", "X-Subscription-Token": "k"}
    id_ = create(".brave-search", {}, secrets=secrets)["id"]

    def search(sub_action: str = "webSearch", **params: Any) -> Any:
        return execute(id_, {"subAction": sub_action, "subActionParams": params}).json

    return search


@pytest.mark.kibana_version("9.4.6", "9.5.4")
def test_a_query_finds_what_a_seed_has_of_it(world, search, seed):
    world.seed(seed(parties={"brave-search": {"red & blue": {"results": FOUND}}}))
    data = search(q="red & blue")["data"]
    assert data == {"query": {"original": "red & blue"}, "results": FOUND, "type": "search"}
    assert search(q="red & blue", count=2, offset=1)["data"]["results"] == FOUND[2:]
    assert search(q="other")["data"]["results"] == []
    world.seed(seed(parties={"brave-search": {"odd": {"results": "x"}}}))
    assert search(q="odd")["data"]["results"] == []


@pytest.mark.parametrize("body", [None, "text", [], {"web": []}, {"web": {"results": None}}])
def test_an_odd_answer_has_no_results(world, search, body):
    what = {"status": 200, **({} if body is None else {"body": body})}
    world.faults.add({"match": {"backend": "brave-search"}, "what": what})
    assert search(q="x")["data"] == {"results": []}


def test_a_connection_is_tested_with_a_search(world, search):
    assert search("_test")["data"] == {
        "ok": True,
        "message": "Successfully connected to Brave Search API",
    }
    world.faults.add({"match": {"backend": "brave-search"}, "what": {"status": 500}})
    text = "Failed to connect to Brave Search API: Request failed with status code 500"
    assert search("_test")["data"] == {"ok": False, "message": text}
