"""The official client of Node.js, @elastic/elasticsearch 8 and 9, does its ordinary work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mockkibana.world import World

sys.path.insert(0, str(Path(__file__).parent))

from node import run_node


@pytest.mark.parametrize("name", ["elasticsearch8", "@elastic/elasticsearch"])
def test_the_client_of_node_does_its_work_in_two_worlds_at_once(
    name: str, world: World, serve: Callable[[World], str]
) -> None:
    url = serve(world)
    hosts = [f"{url}{prefix}/_mock/elasticsearch" for prefix in ("", "/_mock/worlds/other")]
    for seen in run_node("elasticsearch_js.mjs", f"{name}/index.js", *hosts):
        assert seen == {
            "ping": True,
            "tagline": "You Know, for Search",
            "exists": [False, True],
            "aliases": {"logs": {"aliases": {"warnings": {"filter": {"term": {"level": "warn"}}}}}},
            "alias": False,
            "bulk": [250, 250, 0],
            "dropped": [
                [409, "version_conflict_engine_exception"],
                [404, "document_missing_exception"],
                [400, "document_parsing_exception"],
            ],
            "levels": [["info", 199, 248], ["warn", 50, 245]],
            "pages": [[249, 100], [249, 100], [249, 49]],
            "scrolled": True,
            "sources": [
                {"_id": "0", "id": "0", "n": 0, "level": "warn"},
                {"_id": "1", "id": "1", "n": 1, "level": "info"},
            ],
            "frozen": True,
            "closed": 1,
            "counts": [198, 50],
            "wrong": [404, "index_not_found_exception"],
            "updated": ["updated", 2, {"text": "disk full", "seen": True}],
            "queries": [10, 20, 228],
            "refused": [
                [404, "index_not_found_exception"],
                [404, False],
                [404, "not_found"],
                [409, "version_conflict_engine_exception"],
                [400, "resource_already_exists_exception"],
                [400, "parsing_exception"],
            ],
            "ignored": False,
            "deleted": True,
        }
