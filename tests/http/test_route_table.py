"""The route table: which handler a path finds, and which methods a path allows."""

from __future__ import annotations

import pytest

from mockkibana.http.messages import Request
from mockkibana.http.route_table import NoRoute, Table, WrongMethod


@pytest.fixture
def table() -> Table[str]:
    table: Table[str] = Table()
    table.add("GET HEAD", "/", "root")
    table.add("GET PUT", "/{index}", "index")
    table.add("POST PUT", "/_bulk", "bulk")
    table.add("GET", "/{index}/_doc/{id}", "document")
    table.add("GET", "/_cluster/health", "health")
    return table


@pytest.mark.parametrize(
    ("method", "path", "handler", "names"),
    [
        ("GET", "/", "root", {}),
        ("GET", "", "root", {}),
        ("GET", "/logs", "index", {"index": "logs"}),
        ("GET", "/logs/", "index", {"index": "logs"}),
        ("GET", "//logs", "index", {"index": "logs"}),
        ("PUT", "/_bulk", "bulk", {}),
        ("PUT", "/%5Fbulk", "bulk", {}),
        ("GET", "/logs/_doc/1", "document", {"index": "logs", "id": "1"}),
        ("GET", "/logs/_doc/a%2Fb%25", "document", {"index": "logs", "id": "a/b%"}),
        ("GET", "/_cluster/_doc/1", "document", {"index": "_cluster", "id": "1"}),
        ("GET", "/{}", "index", {"index": "{}"}),
    ],
)
def test_a_path_finds_its_handler(
    table: Table[str], method: str, path: str, handler: str, names: dict[str, str]
) -> None:
    assert table.match(method, path)[:2] == (handler, names)


@pytest.mark.parametrize("path", ["/a/b", "/logs/_doc", "/logs/_doc/1/2", "/_cluster/health/x"])
def test_a_path_that_fits_no_pattern_has_no_route(table: Table[str], path: str) -> None:
    with pytest.raises(NoRoute):
        table.match("GET", path)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/", ("GET", "HEAD")),
        ("DELETE", "/logs", ("GET", "PUT")),
        # a literal wins over the placeholder that would take the method
        ("GET", "/_bulk", ("POST", "PUT")),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    table: Table[str], method: str, path: str, allowed: tuple[str, ...]
) -> None:
    with pytest.raises(WrongMethod) as caught:
        table.match(method, path)
    assert caught.value.allowed == allowed


def test_a_table_lists_its_patterns(table: Table[str]) -> None:
    assert ("PUT", "/_bulk") in table.patterns()
    assert len(table.patterns()) == 8


@pytest.mark.parametrize(
    ("raw_query", "uri"), [("", "/a%2Fb"), ("x=1", "/a%2Fb?x=1")], ids=["bare", "query"]
)
def test_a_request_knows_its_uri(raw_query: str, uri: str) -> None:
    assert Request("GET", "/a%2Fb", raw_query=raw_query).uri == uri
