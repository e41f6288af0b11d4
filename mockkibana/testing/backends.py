"""The systems behind Kibana as a handle shows them: documents and issues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mockkibana.errors import MockKibanaError
from mockkibana.json import Json
from mockkibana.testing.transport import Refused, Transport, segment

if TYPE_CHECKING:
    from mockkibana.records import IssueRecord

_MOST = 10_000
_PAGE = 1000
_ELASTICSEARCH = "/_mock/elasticsearch"
_JIRA = "/_mock/jira"


class TooMany(MockKibanaError, ValueError):
    """There are more than 10,000 documents, which is all that a search shows."""


class Document(dict[str, Any]):
    """The source of a document: a dict that also knows its `index` and its `id`."""

    def __init__(self, index: str, id: str, source: dict[str, Any]) -> None:
        super().__init__(source)
        self.index = index
        self.id = id


class Elasticsearch:
    """The fake Elasticsearch of a world; `url` is for clients."""

    def __init__(self, transport: Transport, url: str) -> None:
        self._transport = transport
        self.url = url

    def documents(self, index: str) -> list[Document]:
        """Return the documents of an index, an alias or a pattern, in the order they came in.

        Each is its source, with `id` and `index` beside; without such an index there are none.
        Raises `mockkibana.TooMany` for more than 10,000: a search shows no more.
        """
        target = f"{_ELASTICSEARCH}/{quote(index, safe='*,')}/_search?ignore_unavailable=true"
        body = {"size": _MOST, "sort": ["_doc"], "track_total_hits": True}
        found = self._transport.send("POST", target, body)["hits"]
        if found["total"]["value"] > _MOST:
            raise TooMany(
                f"[{index}] holds {found['total']['value']} documents, more than the {_MOST} that "
                "one search can show: search for some of them with a client"
            )
        return [
            Document(hit["_index"], hit["_id"], hit.get("_source") or {}) for hit in found["hits"]
        ]

    def indices(self) -> list[str]:
        """Return the names of the indices, sorted."""
        return sorted(self._transport.send("GET", f"{_ELASTICSEARCH}/_all"))


class Jira:
    """The fake Jira of a world; `url` is for clients."""

    def __init__(self, transport: Transport, url: str) -> None:
        self._transport = transport
        self.url = url

    def issues(self, project: str, jql: str = "") -> list[IssueRecord]:
        """Return the issues of a project, oldest first, as Jira's REST API 2 shows them.

        All fields are there, comments too; `jql` narrows them down. Without such a project there
        are none.
        """
        if self._found(f"/rest/api/2/project/{segment(project)}") is None:
            return []
        narrowed = f"({jql}) AND " if jql else ""
        query = f'{narrowed}project = "{project}" ORDER BY key ASC'
        issues: list[IssueRecord] = []
        while True:
            body = {
                "jql": query,
                "fields": ["*all"],
                "startAt": len(issues),
                "maxResults": _PAGE,
            }
            page = self._transport.send("POST", f"{_JIRA}/rest/api/2/search", body)
            issues += page["issues"]
            if not page["issues"] or len(issues) >= page["total"]:
                return issues

    def issue(self, key: str) -> IssueRecord | None:
        """Return an issue by its key or id, or None."""
        found: IssueRecord | None = self._found(f"/rest/api/2/issue/{segment(key)}")
        return found

    def comments(self, key: str) -> list[str]:
        """Return the texts of the comments on an issue, oldest first."""
        found = self._transport.send("GET", f"{_JIRA}/rest/api/2/issue/{segment(key)}/comment")
        return [comment["body"] for comment in found["comments"]]

    def _found(self, path: str) -> Json:
        try:
            return self._transport.send("GET", _JIRA + path)
        except Refused as refused:
            if refused.status != 404:
                raise
            return None
