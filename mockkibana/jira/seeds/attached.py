"""What hangs on the issues of a seed: work, files, links, watchers."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable

from mockkibana.data import data
from mockkibana.jira.errors import BadSeed
from mockkibana.jira.links.link_types import TABLE, TEXTS
from mockkibana.jira.records import records
from mockkibana.jira.records.records import CONTENTS
from mockkibana.jira.seeds.record import Record, expect, named
from mockkibana.jira.seeds.writer import SiteWriter
from mockkibana.jira.work.durations import seconds
from mockkibana.json import Json
from mockkibana.store import Document

WORKLOG = (
    *("id", "author", "updateAuthor", "created", "updated", "started"),
    *("timeSpent", "timeSpentSeconds", "comment", "visibility"),
)
ATTACHMENT = ("id", "author", "created", "filename", "mimeType", "size", "content", "base64")
REMOTE_LINK = ("id", "url", "title", "globalId", "application", "relationship", "object")
LINK = ("id", "type", "inward", "outward")
_ESTIMATES = {"originalEstimate": "timeoriginalestimate", "remainingEstimate": "timeestimate"}

Person = Callable[[Record, str], str | None]


class Attached:
    """Reads what hangs on an issue into records. Methods raise `BadSeed`."""

    def __init__(self, writer: SiteWriter, person: Person) -> None:
        self._writer = writer
        self._person = person

    def estimates(self, record: Record) -> Document:
        """Return the stored fields about time: seconds, or a `timetracking` in words."""
        told = Record.of(record.get("timetracking", dict, {}), record.at("timetracking"))
        known: Document = {}
        for name, key in _ESTIMATES.items():
            known[key] = record.get(key, int, _span(told, name))
        if known["timeestimate"] is None:
            known["timeestimate"] = known["timeoriginalestimate"]
        if "timeestimate" in record.values:
            known["timeestimate"] = record.get("timeestimate", int)
        return {**known, "timespent": record.get("timespent", int)}

    def worklog(self, value: Json, path: str, issue: Document) -> Document:
        """Return work that was logged."""
        record = Record.of(value, path, WORKLOG)
        author = self._person(record, "author") or issue["fields"]["creator"]
        time = record.time("created", issue["fields"]["created"])
        spent = record.get("timeSpentSeconds", int, _span(record, "timeSpent"))
        if not spent or spent < 0:
            raise BadSeed(record.at("timeSpent"), 'expected a span of time such as "1h 30m"')
        worklog = records.worklog(
            self._writer.numbered("worklog", record.id()),
            issue["id"],
            author,
            time,
            started=record.time("started", time),
            seconds=spent,
            comment=record.get("comment", str),
            visibility=record.get("visibility", dict),
        )
        worklog["updateAuthor"] = self._person(record, "updateAuthor") or author
        worklog["updated"] = record.time("updated", time)
        return worklog

    def attachment(self, value: Json, path: str, issue: Document) -> Document:
        """Return a file; its content, a text or `base64`, is stored."""
        record = named(value, path, "filename", ATTACHMENT)
        filename = record.get("filename", str)
        if not filename:
            raise BadSeed(record.at("filename"), "expected the name of a file")
        content = record.get("content", str, "").encode("utf-8", "replace")
        if "base64" in record:
            try:
                content = b64decode(record.get("base64", str), validate=True)
            except ValueError:
                raise BadSeed(record.at("base64"), "expected Base64") from None
        attachment = records.attachment(
            self._writer.numbered("attachment", record.id()),
            issue["id"],
            self._person(record, "author") or issue["fields"]["creator"],
            record.time("created", issue["fields"]["created"]),
            filename=filename,
            size=len(content),
            mime_type=record.get("mimeType", str, "application/octet-stream"),
        )
        encoded = {"base64": b64encode(content).decode()}
        self._writer.transaction.put(CONTENTS, {attachment["id"]: encoded})
        return attachment

    def remote_link(self, value: Json, path: str, issue: Document) -> Document:
        """Return a link to something elsewhere: a URL, or more about it."""
        record = named(value, path, "url", REMOTE_LINK)
        target = record.get("object", dict, {})
        url = record.get("url", str, target.get("url"))
        if not isinstance(url, str) or not url:
            raise BadSeed(record.at("url"), 'expected a URL such as "https://example.com"')
        content: Document = {}
        for key, kind in (("globalId", str), ("application", dict), ("relationship", str)):
            if key in record:
                content[key] = record.get(key, kind)
        title = record.get("title", str, target.get("title", url))
        content["object"] = {**target, "title": title, "url": url}
        id_ = self._writer.numbered("remote_link", record.id())
        return records.remote_link(id_, issue["id"], content)

    def people(self, record: Record, key: str, default: list[str]) -> list[str]:
        """Return the account ids of users that a list names."""
        if key not in record:
            return default
        return list(dict.fromkeys(map(self._writer.account, record.texts(key))))

    def link(self, value: Json, path: str, find: Callable[[str], Document | None]) -> Document:
        """Return a link between two issues, which `find` finds by id or key."""
        record = Record.of(value, path, LINK)
        kind = record.get("type", str, None, '"Blocks"')
        made = self._writer.transaction.documents(TABLE).values()
        kinds = [*data("jira")["link_types"], *made]
        found = [row["id"] for row in kinds if kind in (row["id"], row["name"])]
        if not found:
            told = ", ".join(row["name"] for row in kinds)
            raise BadSeed(record.at("type"), f"there is no {kind!r}; expected one of: {told}")
        ends = []
        for end in ("inward", "outward"):
            name = record.get(end, str, None, '"CK-1"')
            issue = find(name) if name else None
            if issue is None:
                raise BadSeed(record.at(end), f"there is no issue {name!r}")
            ends.append(issue["id"])
        if ends[0] == ends[1]:
            raise BadSeed(path, "an issue cannot be linked to itself")
        return records.link(self._writer.numbered("link", record.id()), found[0], *ends)


def restore_link_type(writer: SiteWriter, value: Json, path: str) -> None:
    """Put a type of links into the store. Raises `BadSeed`."""
    record = named(value, path, known=("id", *TEXTS))
    name = record.get("name", str)
    if not name:
        raise BadSeed(record.at("name"), "expected the name of a type of links")
    row = {
        "id": writer.numbered("link_type", record.id()),
        **{key: record.get(key, str, name) for key in TEXTS},
    }
    writer.transaction.put(TABLE, {row["id"]: row})


def _span(record: Record, key: str) -> int | None:
    value = record.values.get(key)
    if value is None:
        return None
    text = str(value) if type(value) is int else expect(value, record.at(key), str, '"1h 30m"')
    found = seconds(text)
    if found is None:
        raise BadSeed(record.at(key), f'expected a span of time such as "1h 30m", got {text!r:.60}')
    return int(found)
