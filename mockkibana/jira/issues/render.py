"""A view: issues, comments and histories as Jira shows them to one caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockkibana.jira.issues import adf
from mockkibana.jira.issues.records import CHILDREN, COMMENTS, HISTORIES, ISSUES
from mockkibana.jira.issues.requested_fields import Selection
from mockkibana.jira.projects import fields, metadata, projects
from mockkibana.jira.projects.projects import Projects
from mockkibana.jira.projects.users import Users, show
from mockkibana.json import Json
from mockkibana.store import Store

Document = dict[str, Json]

_EXPAND = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"
_EXPAND_FOUND = "operations,versionedRepresentations,editmeta,changelog,renderedFields"


class View:
    """Shows stored records: `url` is the base of every `self`; version "3" has rich documents.

    Made for one request, in which equal parts are made once: what it returns is shared.
    """

    def __init__(
        self, store: Store, known: Projects, users: Users, url: str, version: str = "2"
    ) -> None:
        self._store = store
        self._projects = known
        self._users = users
        #: The base of every `self`.
        self.url = url
        self._version = version
        self._made: dict[tuple[str, str], Json] = {}

    def issue(self, issue: Document, wanted: list[str] | None) -> Document:
        """Return an issue with the fields that are asked for: all of them for None."""
        return {
            "expand": _EXPAND,
            "id": issue["id"],
            "self": self._self(issue),
            "key": issue["key"],
            "fields": self.fields(issue, Selection(wanted)),
        }

    def found(self, issue: Document, wanted: list[str] | None) -> Document:
        """Return an issue as a search shows it."""
        return {**self.issue(issue, wanted), "expand": _EXPAND_FOUND}

    def fields(self, issue: Document, chosen: Selection) -> Document:
        """Return the chosen fields of an issue: Jira's own in Jira's order, then the others."""
        shown = {name: render(self, issue) for name, render in _FIELDS.items() if name in chosen}
        if not issue["fields"]["parent"]:
            shown.pop("parent", None)
        known = fields.of_project(self.project(issue))
        for name in (*known, *issue["fields"]):
            if name not in _FIELDS and name in chosen:
                shown[name] = self._other(known.get(name), issue["fields"].get(name))
        return shown

    def reduced(self, issue: Document) -> Document:
        """Return an issue as its parent and its sub-tasks show it."""
        names = ("summary", "status", "priority", "issuetype")
        return {
            "id": issue["id"],
            "key": issue["key"],
            "self": self._self(issue),
            "fields": {name: _FIELDS[name](self, issue) for name in names},
        }

    def comment(self, comment: Document) -> Document:
        """Return a comment."""
        shown = {
            "self": f"{self.url}/rest/api/2/issue/{comment['issue']}/comment/{comment['id']}",
            "id": comment["id"],
            "author": self.user(comment["author"]),
            "body": self.rich(comment["body"]),
            "updateAuthor": self.user(comment["updateAuthor"]),
            "created": comment["created"],
            "updated": comment["updated"],
            "jsdPublic": True,
        }
        if comment["visibility"] is not None:
            shown["visibility"] = comment["visibility"]
        return shown

    def comments(self, issue: Document) -> list[Document]:
        """Return the comments on an issue, oldest first."""
        return [self.comment(row) for row in COMMENTS.members(self._store, issue)]

    def histories(self, issue: Document) -> list[Document]:
        """Return the changes of an issue, oldest first."""
        return [
            {
                "id": history["id"],
                "author": self.user(history["author"]),
                "created": history["created"],
                "items": history["items"],
            }
            for history in HISTORIES.members(self._store, issue)
        ]

    def bodies(self, issue: Document) -> dict[str, str]:
        """Return the plain texts of the comments on an issue, by comment id."""
        return {row["id"]: row["body"] for row in COMMENTS.members(self._store, issue)}

    def project(self, issue: Document) -> Document:
        """Return the record of the project of an issue."""
        return self._projects.get(issue["project"])

    def user(self, account_id: str | None) -> Json:
        """Return a user, or None for nobody."""
        if account_id is None:
            return None
        return self._once("user", account_id, lambda: self._show_user(account_id))

    def rich(self, text: str | None) -> Json:
        """Return rich text: plain, or a document in version 3."""
        return adf.document(text) if self._version == "3" else text

    def edit_meta(self, issue: Document) -> Document:
        """Return the metadata of the fields that an edit may set, by field id."""
        project = self.project(issue)
        shown = projects.show_fields(project, self._projects.type_of(issue), self.url)
        return {
            meta["fieldId"]: {key: value for key, value in meta.items() if key != "hasDefaultValue"}
            for meta in shown
            if meta["fieldId"] != "project"
        }

    def _self(self, issue: Document) -> str:
        return f"{self.url}/rest/api/2/issue/{issue['id']}"

    def _once(self, kind: str, id: str, make: Callable[[], Json]) -> Json:  # noqa: A002
        found = self._made.get((kind, id))
        if found is None:
            found = self._made[kind, id] = make()
        return found

    def _show_user(self, account_id: str) -> Json:
        user = self._users.get(account_id)
        return show(user, self.url) if user else None

    def _other(self, field: Document | None, value: Json) -> Json:
        """Return the value of a custom field, or of one that nobody has described."""
        if field is None or value is None:
            return value
        if fields.is_rich(field):
            return self.rich(value)
        schema = field["schema"]
        if schema["type"] == "array":
            return [self._element(schema.get("items"), element) for element in value]
        return self._element(schema["type"], value)

    def _element(self, kind: str | None, value: Json) -> Json:
        if kind == "user":
            return self.user(value)
        if kind == "option":
            return {"self": f"{self.url}/rest/api/2/customFieldOption/{value['id']}", **value}
        return value

    def _project(self, issue: Document) -> Json:
        return self._once(
            "project",
            issue["project"],
            lambda: projects.show_short(self.project(issue), self.url),
        )

    def _issue_type(self, issue: Document) -> Json:
        key = f"{issue['project']} {issue['fields']['issuetype']}"
        return self._once(
            "issuetype",
            key,
            lambda: metadata.show_issue_type(self._projects.type_of(issue), self.url),
        )

    def _parent(self, issue: Document) -> Json:
        parent_id = issue["fields"]["parent"]
        parent = self._store.get(ISSUES, parent_id) if parent_id else None
        return self.reduced(parent) if parent else None

    def _subtasks(self, issue: Document) -> Json:
        return [
            self.reduced(child)
            for child in CHILDREN.members(self._store, issue)
            if self._projects.type_of(child)["subtask"]
        ]

    def _components(self, issue: Document) -> Json:
        project = self.project(issue)
        rows = [row for row in project["components"] if row["id"] in issue["fields"]["components"]]
        return [projects.show_component(row, self.url) for row in rows]

    def _versions(self, issue: Document, name: str) -> Json:
        project = self.project(issue)
        rows = [row for row in project["versions"] if row["id"] in issue["fields"][name]]
        return [projects.show_version(row, project, self.url) for row in rows]

    def _watches(self, issue: Document) -> Json:
        self_ = f"{self.url}/rest/api/2/issue/{issue['key']}/watchers"
        return {"self": self_, "watchCount": 1, "isWatching": True}

    def _votes(self, issue: Document) -> Json:
        self_ = f"{self.url}/rest/api/2/issue/{issue['key']}/votes"
        return {"self": self_, "votes": 0, "hasVoted": False}

    def _comment_page(self, issue: Document) -> Json:
        comments = self.comments(issue)
        return {
            "comments": comments,
            "self": f"{self._self(issue)}/comment",
            "maxResults": len(comments),
            "total": len(comments),
            "startAt": 0,
        }

    def _shipped(
        self,
        kind: str,
        id: str | None,  # noqa: A002
        render: Callable[[str, str], Document],
    ) -> Json:
        if id is None:
            return None
        return self._once(kind, id, lambda: render(id, self.url))


def _plain(name: str) -> Callable[[View, Document], Json]:
    return lambda _view, issue: issue["fields"][name]


def _person(name: str) -> Callable[[View, Document], Json]:
    return lambda view, issue: view.user(issue["fields"][name])


def _always(value: Json) -> Callable[[View, Document], Json]:
    return lambda _view, _issue: value


_NOTHING = _always(None)
_FIELDS: Mapping[str, Callable[[View, Document], Json]] = {
    "statuscategorychangedate": _plain("statuscategorychangedate"),
    "issuetype": View._issue_type,
    "parent": View._parent,
    "timespent": _NOTHING,
    "project": View._project,
    "fixVersions": lambda view, issue: view._versions(issue, "fixVersions"),
    "aggregatetimespent": _NOTHING,
    "resolution": lambda view, issue: view._shipped(
        "resolution", issue["fields"]["resolution"], metadata.show_resolution
    ),
    "resolutiondate": _plain("resolutiondate"),
    "workratio": _always(-1),
    "watches": View._watches,
    "lastViewed": _NOTHING,
    "created": _plain("created"),
    "priority": lambda view, issue: view._shipped(
        "priority", issue["fields"]["priority"], metadata.show_priority
    ),
    "labels": _plain("labels"),
    "timeestimate": _NOTHING,
    "aggregatetimeoriginalestimate": _NOTHING,
    "versions": lambda view, issue: view._versions(issue, "versions"),
    "issuelinks": _always([]),
    "assignee": _person("assignee"),
    "updated": _plain("updated"),
    "status": lambda view, issue: view._shipped(
        "status", issue["fields"]["status"], metadata.show_status
    ),
    "components": View._components,
    "timeoriginalestimate": _NOTHING,
    "description": lambda view, issue: view.rich(issue["fields"]["description"]),
    "timetracking": _always({}),
    "security": _NOTHING,
    "attachment": _always([]),
    "aggregatetimeestimate": _NOTHING,
    "summary": _plain("summary"),
    "creator": _person("creator"),
    "subtasks": View._subtasks,
    "reporter": _person("reporter"),
    "aggregateprogress": _always({"progress": 0, "total": 0}),
    "environment": lambda view, issue: view.rich(issue["fields"]["environment"]),
    "duedate": _plain("duedate"),
    "progress": _always({"progress": 0, "total": 0}),
    "votes": View._votes,
    "comment": View._comment_page,
    "worklog": _always({"startAt": 0, "maxResults": 20, "total": 0, "worklogs": []}),
}
