"""Issues of a seed, with their comments and changes."""

from __future__ import annotations

import re

from mockkibana.jira.errors import BadSeed
from mockkibana.jira.issues import adf
from mockkibana.jira.issues.values import BadValue, Place, read
from mockkibana.jira.projects import fields, metadata, projects
from mockkibana.jira.records import records
from mockkibana.jira.records.linked_rows import LinkedRows
from mockkibana.jira.records.records import (
    ATTACHMENTS,
    CHILDREN,
    COMMENTS,
    CONTENTS,
    HISTORIES,
    ISSUE_KEYS,
    ISSUES,
    LINKS,
    REMOTE_LINKS,
    WORKLOGS,
)
from mockkibana.jira.seeds.attached import Attached
from mockkibana.jira.seeds.field_names import NO_VALUES, by_id
from mockkibana.jira.seeds.projects import restore_project, type_for
from mockkibana.jira.seeds.record import Record, expect, named
from mockkibana.jira.seeds.writer import SiteWriter
from mockkibana.jira.viewer import ADMINISTRATOR
from mockkibana.json import Json
from mockkibana.spelling import expected
from mockkibana.store import Document

_KEY = re.compile(r"([A-Z][A-Z0-9_]*)-([1-9][0-9]*)", re.ASCII)
_LISTS = ("comments", "changelog", "worklogs", "attachments", "remoteLinks")
_APART = ("id", "key", "project", "fields", *_LISTS, "watchers", "voters", "properties")
_CHECKED_HERE = ("labels", "duedate")
_LISTED = {"component": "components", "version": "versions"}
_HISTORY = ("id", "author", "created", "items")
_COMMENT = ("id", "author", "body", "updateAuthor", "created", "updated", "visibility")


class SeedIssues:
    """Reads issues one after another, and then stores them all: a parent may follow its child."""

    def __init__(self, writer: SiteWriter) -> None:
        self._writer = writer
        self._read: list[tuple[Record, Document]] = []
        self._rows: list[tuple[LinkedRows, Document]] = []
        self._links: list[Document] = []
        self._attached = Attached(writer, self._person)
        self._by_name: dict[str, Document] = {}

    def add(self, value: Json, path: str) -> None:
        """Read one issue. Raises `BadSeed`."""
        outer = Record.of(value, path)
        flat = {key: found for key, found in outer.values.items() if key not in _APART}
        inner = {**flat, **outer.get("fields", dict, {})}
        where = outer.at("fields") if "fields" in outer else path
        project, number = self._place(outer)
        id_ = self._writer.numbered("issue", outer.id())
        self._writer.projects.count(self._writer.transaction, project, number)
        issue = records.issue(id_, project, number, {})
        for name, key in ((id_, "id"), (issue["key"], "key")):
            if name in self._by_name or self._find(name) is not None:
                raise BadSeed(outer.at(key), f"there is an issue {name} already")
            self._by_name[name] = issue
        record = by_id(Record(where, inner), project)
        issue["fields"] = self._fields(record, project)
        self._read.append((record, issue))
        for value, where in outer.rows("comments"):
            comment = self._comment(named(value, where, "body", _COMMENT), issue)
            self._rows.append((COMMENTS, comment))
            if "updated" not in record:
                latest = max(issue["fields"]["updated"], comment["updated"])
                issue["fields"]["updated"] = latest
        for value, where in outer.rows("changelog"):
            history = self._history(Record.of(value, where, _HISTORY), issue)
            self._rows.append((HISTORIES, history))
        self._attach(outer, issue)

    def _attach(self, record: Record, issue: Document) -> None:
        """Read what hangs on an issue."""
        attached = self._attached
        spent = 0
        for value, where in record.rows("worklogs"):
            worklog = attached.worklog(value, where, issue)
            spent += worklog["timeSpentSeconds"]
            self._rows.append((WORKLOGS, worklog))
        if spent and issue["fields"]["timespent"] is None:
            issue["fields"]["timespent"] = spent
        for value, where in record.rows("attachments"):
            self._rows.append((ATTACHMENTS, attached.attachment(value, where, issue)))
        for value, where in record.rows("remoteLinks"):
            self._rows.append((REMOTE_LINKS, attached.remote_link(value, where, issue)))
        issue["watchers"] = attached.people(record, "watchers", [issue["fields"]["creator"]])
        issue["voters"] = attached.people(record, "voters", [])
        issue["properties"] = record.get("properties", dict, {})

    def link(self, value: Json, path: str) -> None:
        """Read a link between issues that have been read, or are there. Raises `BadSeed`."""
        link = self._attached.link(
            value, path, lambda name: self._by_name.get(name) or self._find(name)
        )
        if any(link["id"] == other["id"] for other in self._links):
            raise BadSeed(path, f"there is a link {link['id']} already")
        self._links.append(link)

    def store(self) -> None:
        """Store what was read. Raises `BadSeed` for a parent that is not there."""
        transaction = self._writer.transaction
        for record, issue in self._read:
            self._name_parent(record, issue)
            transaction.put(ISSUES, {issue["id"]: issue})
            transaction.put(ISSUE_KEYS, {issue["key"]: {"id": issue["id"]}})
        children = [issue for _, issue in self._read if issue["fields"]["parent"]]
        for child in sorted(children, key=lambda row: int(row["id"])):
            current = self._stored(child["id"])
            self._join(CHILDREN, self._stored(child["fields"]["parent"]), current)
        for row in sorted(self._rows, key=lambda each: int(each[1]["id"])):
            kept, member = row
            self._join(kept, self._stored(member["issue"]), member)
        for table in {kept.table for kept, _ in self._rows}:
            self._sort(table)
        self._sort_contents()
        for link in sorted(self._links, key=lambda each: int(each["id"])):
            transaction.put(LINKS, {link["id"]: link})
            for end in ("inward", "outward"):
                issue = self._stored(link[end])
                links = [*records.links(issue), link["id"]]
                transaction.put(ISSUES, {issue["id"]: {**issue, "links": links}})

    def _sort_contents(self) -> None:
        if any(kept is ATTACHMENTS for kept, _ in self._rows):
            self._sort(CONTENTS)

    def _place(self, record: Record) -> tuple[Document, int]:
        """Return the project of an issue and its number there."""
        key = record.get("key", str, None, '"CK-1"')
        found = _KEY.fullmatch(key) if key is not None else None
        if key is not None and found is None:
            raise BadSeed(record.at("key"), f'expected an issue key such as "CK-1", got {key!r}')
        project = self._project(record, found.group(1) if found else None)
        if found is not None:
            return project, int(found.group(2))
        return project, self._writer.projects.last_number(project) + 1

    def _project(self, record: Record, key: str | None) -> Document:
        known = self._writer.projects
        value = record.values.get("project", record.get("fields", dict, {}).get("project"))
        if isinstance(value, dict):
            value = value.get("key") or value.get("id")
        name = expect(value, record.at("project"), str, '"CK"') if value is not None else key
        if name is None:
            every = known.all()
            if len(every) == 1:
                return every[0]
            raise BadSeed(record.at("project"), 'expected the key of a project such as "CK"')
        project = known.find(name) or restore_project(self._writer, name, record.at("project"))
        if key is not None and project["key"] != key:
            raise BadSeed(
                record.at("key"), f"expected a key of the project {project['key']}, got {key!r}"
            )
        return project

    def _fields(self, record: Record, project: Document) -> Document:
        known = fields.of_project(project)
        place = Place(project, self._writer.projects, self._writer.users, ADMINISTRATOR)
        values: Document = {}
        for name, value in record.values.items():
            if name in records.NO_FIELDS and (name not in _CHECKED_HERE or value is None):
                continue
            if name not in NO_VALUES:
                values[name] = self._value(known.get(name), value, record.at(name), place)
        created = self._created(record)
        updated = record.time("updated", created)
        status = (
            _row(record, "status", metadata.shipped()["statuses"])
            or (metadata.shipped()["initial_status"])
        )
        resolution = _row(record, "resolution", metadata.shipped()["resolutions"])
        if metadata.category(status)["key"] == "done":
            resolution = resolution or metadata.shipped()["default_resolution"]
        creator = (
            self._person(record, "creator") or project["lead"] or self._writer.account("admin")
        )
        priority = _row(record, "priority", metadata.shipped()["priorities"])
        if "priority" not in record.values:
            priority = metadata.shipped()["default_priority"]
        reporter = self._person(record, "reporter")
        return {
            **records.NO_FIELDS,
            "summary": self._value(
                known["summary"], _text(record, "summary"), record.at("summary"), place
            ),
            "issuetype": self._issue_type(record, project),
            "status": status,
            "priority": priority,
            "resolution": resolution,
            "resolutiondate": record.time("resolutiondate", updated) if resolution else None,
            "statuscategorychangedate": record.time("statuscategorychangedate", created),
            "created": created,
            "updated": updated,
            "creator": creator,
            "reporter": creator if "reporter" not in record.values else reporter,
            "assignee": self._person(record, "assignee"),
            "description": _rich(record.values.get("description"), record.at("description")),
            "environment": _rich(record.values.get("environment"), record.at("environment")),
            "components": _rows(record, "components", project["components"]),
            "fixVersions": _rows(record, "fixVersions", project["versions"]),
            "versions": _rows(record, "versions", project["versions"]),
            **self._attached.estimates(record),
            **values,
        }

    def _issue_type(self, record: Record, project: Document) -> str:
        found = _row(record, "issuetype", projects.issue_types(project))
        if found is not None:
            return found
        level = 0
        parent = self._by_name.get(_name_of(record.values.get("parent")) or "")
        if parent is not None and parent["project"] == project["id"]:
            above = projects.issue_type(project, parent["fields"]["issuetype"])
            level = above["hierarchyLevel"] - 1
        id_: str = type_for(project, level)["id"]
        return id_

    def _created(self, record: Record) -> str:
        if "created" in record:
            return record.time("created", "")
        return self._writer.counters.time(self._writer.transaction)

    def _person(self, record: Record, key: str) -> str | None:
        value = record.values.get(key)
        return None if value is None else self._account(value, record.at(key))

    def _value(self, field: Document | None, value: Json, path: str, place: Place) -> Json:
        """Return what is stored of a value, which a request could give too. Raises `BadSeed`."""
        if field is None or value is None:
            return value
        kind = field["schema"]["type"]
        items = field["schema"].get("items")
        if kind == "user":
            return self._account(value, path)
        if fields.is_rich(field):
            return _rich(value, path)
        if kind == "array":
            expect(value, path, list)
        if items in _LISTED:
            rows = place.project[_LISTED[items]]
            return [_one(each, f"{path}[{index}]", rows) for index, each in enumerate(value)]
        if items == "user":
            return [self._account(each, f"{path}[{index}]") for index, each in enumerate(value)]
        given = value
        if items == "option":
            given = [_option(each) for each in value]
        elif kind == "option":
            given = _option(value)
        try:
            return read(field, given, place)
        except BadValue as problem:
            told = f"{str(problem).rstrip('.')}; got {value!r:.60} for a field of type {kind}"
            raise BadSeed(path, told) from None

    def _account(self, value: Json, path: str) -> str:
        """Return the account of somebody whom a seed names, as a text or as REST does."""
        name = value
        if isinstance(value, dict):
            names = (value.get(name) for name in ("accountId", "name", "emailAddress"))
            name = next((name for name in names if name), value)
        return self._writer.account(expect(name, path, str, '"ann@example.com"'))

    def _history(self, record: Record, issue: Document) -> Document:
        author = self._person(record, "author") or issue["fields"]["creator"]
        time = record.time("created", issue["fields"]["updated"])
        id_ = self._writer.numbered("history", record.id())
        return records.history(id_, issue["id"], author, time, record.get("items", list, []))

    def _comment(self, record: Record, issue: Document) -> Document:
        author = self._person(record, "author") or issue["fields"]["creator"]
        time = self._created(record)
        id_ = self._writer.numbered("comment", record.id())
        visibility = record.get("visibility", dict)
        comment = records.comment(id_, issue["id"], author, _text(record, "body"), time, visibility)
        comment["updateAuthor"] = self._person(record, "updateAuthor") or author
        comment["updated"] = record.time("updated", time)
        return comment

    def _name_parent(self, record: Record, issue: Document) -> None:
        name = _name_of(record.values.get("parent"))
        if name is None:
            return
        parent = self._by_name.get(name) or self._find(name)
        if parent is None or parent is issue:
            raise BadSeed(record.at("parent"), f"there is no issue {name!r} to be the parent")
        issue["fields"]["parent"] = parent["id"]

    def _find(self, name: str) -> Document | None:
        transaction = self._writer.transaction
        found = transaction.get(ISSUE_KEYS, name)
        return transaction.get(ISSUES, found["id"] if found else name)

    def _stored(self, id: str) -> Document:  # noqa: A002
        found = self._writer.transaction.get(ISSUES, id)
        assert found is not None  # noqa: S101 - it was put before
        return found

    def _join(self, rows: LinkedRows, owner: Document, member: Document) -> None:
        owner = rows.add(self._writer.transaction, owner, member)
        self._writer.transaction.put(ISSUES, {owner["id"]: owner})

    def _sort(self, table: str) -> None:
        """Keep a table in the order of its ids, in which requests fill it."""
        transaction = self._writer.transaction
        rows = transaction.documents(table)
        ids = sorted(rows, key=int)
        if list(rows) != ids:
            in_order = {id_: rows[id_] for id_ in ids}
            transaction.remove(table, ids)
            transaction.put(table, in_order)


def _option(value: Json) -> Json:
    """Return an option, which a person may name by its text alone."""
    return {"value": value} if isinstance(value, str) else value


def _name_of(value: Json) -> str | None:
    if isinstance(value, dict):
        value = value.get("key") or value.get("id")
    return None if value is None else str(value)


def _row(record: Record, key: str, rows: list[Document]) -> str | None:
    """Return the id of what a seed names by its id or its name. Raises `BadSeed`."""
    value = record.values.get(key)
    return None if value is None else _one(value, record.at(key), rows)


def _rows(record: Record, key: str, rows: list[Document]) -> list[str]:
    return [_one(value, path, rows) for value, path in record.rows(key)]


def _one(value: Json, path: str, rows: list[Document]) -> str:
    if isinstance(value, dict):
        value = value.get("id") or value.get("name")
    name = str(value)
    found = metadata.find(rows, id=name) or metadata.find(rows, name=name)
    if found is None and not rows:
        raise BadSeed(path, f"there is no {name!r}: the project has none at all")
    if found is None:
        told = expected(name, [row["name"] for row in rows])
        raise BadSeed(path, f"there is no {name!r}; {told}")
    id_: str = found["id"]
    return id_


def _text(record: Record, key: str) -> str:
    text = _rich(record.values.get(key), record.at(key))
    if not text:
        raise BadSeed(record.at(key), "expected a text")
    return text


def _rich(value: Json, path: str) -> str | None:
    """Return a text that a seed may hold as a document. Raises `BadSeed`."""
    if value is None:
        return None
    if isinstance(value, dict):
        try:
            return adf.text(value)
        except adf.NotADocument:
            raise BadSeed(path, "expected a text or an Atlassian document") from None
    text: str = expect(value, path, str)
    return text
