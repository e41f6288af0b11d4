"""The systems behind Kibana as a handle shows them: documents and issues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import quote

from mockkibana.choices import FieldType
from mockkibana.errors import MockKibanaError
from mockkibana.json import Json, Record
from mockkibana.spelling import expected
from mockkibana.testing.transport import Refused, Transport, segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockkibana.control.plane import ControlPlane
    from mockkibana.records import IssueRecord

_MOST = 10_000
_PAGE = 1000
_ELASTICSEARCH = "/_mock/elasticsearch"
_JIRA = "/_mock/jira"
_FIRST_FIELD = 10100


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

    def __init__(self, transport: Transport, plane: ControlPlane, url: str) -> None:
        self._transport = transport
        self._plane = plane
        self.url = url

    def project(self, key: str, **about: Json) -> Record:
        """Make a project, or change one; return it, as Jira's REST API 2 shows it.

        `about` is what a seed says of a project: `users=[...]` are all who see it,
        `roles={"Users": []}` leaves nobody who may create issues, `required=["duedate"]`,
        `versions=["1.0"]`, `screens={"Done": ["customfield_10100"]}`.
        Raises `mockkibana.ControlError`.
        """
        self._plane.seed({"version": 1, "jira": {"projects": [{"key": key, **about}]}})
        found: Record = self._transport.send("GET", f"{_JIRA}/rest/api/2/project/{segment(key)}")
        return found

    def field(
        self,
        name: str,
        *,
        project: str | None = None,
        required: bool | None = None,
        options: Sequence[str] = (),
        type: FieldType | None = None,
        issue_types: Sequence[str] | None = None,
        id: str | None = None,
    ) -> str:
        """Put a field on the screens of a project, or of all that there will be; return its id.

        A field of that name, such as `Epic Name` or `Due date`, or of that id (`duedate`), is
        changed, else a custom field is made. It is of issues of all types, or of the
        `issue_types`: of none for `[]`. `type` is that of its values (`string`, `number`, `date`,
        `datetime`, `user`, `array`, `option`): `option` if there are `options`, else a string.
        Raises ValueError, and `mockkibana.ControlError`.
        """
        if type is not None and type not in get_args(FieldType):
            raise ValueError(f"type is {type!r}; expected one of {', '.join(get_args(FieldType))}")
        if not name:
            raise ValueError("name is ''; expected the name of a field")
        _check_list("options", options)
        _check_list("issue_types", issue_types)
        if issue_types:
            self._check_types(issue_types)
        known = self._transport.send("GET", f"{_JIRA}/rest/api/2/field")
        found = next((row for row in known if name in (row["name"], row["id"])), None)
        if id is None and found is not None:
            id, name = found["id"], found["name"]  # noqa: A001
        field_id = id or _next_id(known)
        field: Record = {"id": field_id, "name": name}
        if options:
            field["allowedValues"] = list(options)
        if type is not None:
            items = {"items": "option" if options else "string"} if type == "array" else {}
            field["schema"] = {"type": type, **items}
        if required is not None:
            field["required"] = required
        if required:
            field["hasDefaultValue"] = False
        if issue_types is not None:
            field["issue_types"] = list(issue_types)
        block: Record = {"fields": [field]}
        if project is not None:
            block = {"projects": [{"key": project, **block}]}
        self._plane.seed({"version": 1, "jira": block})
        return field_id

    def _check_types(self, named: Sequence[str]) -> None:
        """Raise ValueError for a type of issues that no project has."""
        rows = self._transport.send("GET", f"{_JIRA}/rest/api/2/issuetype")
        types = {row["name"] for row in rows}
        for name in named:
            if name not in types and name not in {row["id"] for row in rows}:
                told = expected(str(name), sorted(types))
                raise ValueError(f"issue_types has {name!r}, which no project has; {told}")

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

    def issue(self, key: str, **fields: Json) -> IssueRecord | None:
        """Return an issue by its key or id, or None.

        With `fields` make one first: `key` is then that of its project, or the issue's own, and
        `fields` are what a seed says of an issue (`summary="Disk full", status="Done",
        comments=["why?"], worklogs=[{"timeSpent": "1h"}]`). Raises `mockkibana.ControlError`.
        """
        if fields:
            named = {"key" if "-" in key else "project": key}
            self._plane.seed({"version": 1, "jira": {"issues": [{**named, **fields}]}})
            if "-" not in key:
                body = {"jql": f'project = "{key}" ORDER BY key DESC', "maxResults": 1}
                page = self._transport.send("POST", f"{_JIRA}/rest/api/2/search", body)
                key = page["issues"][0]["key"]
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


def _check_list(key: str, value: Sequence[str] | None) -> None:
    if isinstance(value, str):
        raise ValueError(f"{key} is {value!r}; expected a list of texts")


def _next_id(fields: list[Record]) -> str:
    """Return the id of the next custom field."""
    numbers = (row["id"].removeprefix("customfield_") for row in fields)
    last = max((int(number) for number in numbers if number.isdecimal()), default=0)
    return f"customfield_{max(last + 1, _FIRST_FIELD)}"
