"""Errors as Java prints them: what `_validate/query` tells of a query that cannot be run."""

from __future__ import annotations

from collections.abc import Iterator

from mockkibana.elasticsearch.errors import Error

#: The package of an exception's class, by the type that answers have for it.
_PACKAGES = {
    "date_time_parse_exception": "java.time.format",
    "named_object_not_found_exception": "org.elasticsearch.xcontent",
    "parsing_exception": "org.elasticsearch.common",
    "query_shard_exception": "org.elasticsearch.index.query",
    "x_content_parse_exception": "org.elasticsearch.xcontent",
}
_LUCENE_PARSE = "org.apache.lucene.queryparser.classic.ParseException"
_ELASTICSEARCH_PARSE = "org.elasticsearch.ElasticsearchParseException"


def detailed_message(error: Error) -> str:
    """Return the detailed message of an error object, `caused_by` included.

    An error without a cause has the class in full, one with a cause says itself, what is nested in
    it, and then the cause in full: Graylog, which reads these texts, has examples of both.
    """
    inner: Error | None = error.get("caused_by")
    if inner is None:
        return f"{_class(error)}: {error['reason']}"
    where = f"[{error['index']}/{error['index_uuid']}] " if "index" in error else ""
    nested = "; nested: ".join(
        f"{_class(one).rpartition('.')[2]}[{one['reason']}]" for one in _chain(error)
    )
    return f"{where}{nested};; {_class(inner)}: {inner['reason']}"


def _chain(error: Error | None) -> Iterator[Error]:
    while error is not None:
        yield error
        error = error.get("caused_by")


def _class(error: Error) -> str:
    kind: str = error["type"]
    if kind == "parse_exception":  # of two classes
        is_lucene = error["reason"].startswith("Cannot parse '")
        return _LUCENE_PARSE if is_lucene else _ELASTICSEARCH_PARSE
    name = "".join(word.capitalize() for word in kind.split("_"))
    return f"{_PACKAGES.get(kind, 'java.lang')}.{name}"
