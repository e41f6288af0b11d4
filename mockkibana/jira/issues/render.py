"""Issues, comments and histories as Jira shows them to a viewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockkibana.jira.issues import adf, attached
from mockkibana.jira.issues.issues import Issues
from mockkibana.jira.issues.requested_fields import RequestedFields
from mockkibana.jira.links.link_types import link_type
from mockkibana.jira.people.users import show
from mockkibana.jira.projects import fields, metadata, projects
from mockkibana.jira.projects.people import People
from mockkibana.jira.records import records
from mockkibana.jira.records.records import (
    ATTACHMENTS,
    CHILDREN,
    COMMENTS,
    HISTORIES,
    ISSUES,
    LINKS,
    WORKLOGS,
)
from mockkibana.jira.viewer import Viewer
from mockkibana.jira.work import time_tracking
from mockkibana.json import Json
from mockkibana.store import Document, Store

_ENDS = ("inward", "outward")
_SHOWN_WORKLOGS = 20
_NO_WORK: Document = {"startAt": 0, "maxResults": _SHOWN_WORKLOGS, "total": 0, "worklogs": []}
_EXPAND = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"
_EXPAND_FOUND = "operations,versionedRepresentations,editmeta,changelog,renderedFields"


class Renderer:
    """Shows stored records to the viewer of one request.

    Equal parts are made once: what it returns is shared.
    """

    def __init__(self, store: Store, people: People, issues: Issues, viewer: Viewer) -> None:
        self._store = store
        self._people = people
        self._projects = people.projects
        self._users = people.users
        self._issues = issues
        #: To whom it shows them.
        self.viewer = viewer
        self._url = viewer.url
        self._made: dict[tuple[str, str], Json] = {}

    def issue(self, issue: Document, wanted: RequestedFields) -> Document:
        """Return an issue with the fields that are asked for."""
        return {
            "expand": _EXPAND,
            "id": issue["id"],
            "self": self._self(issue),
            "key": issue["key"],
            "fields": self._fields(issue, wanted),
        }

    def found(self, issue: Document, wanted: RequestedFields) -> Document:
        """Return an issue as a search shows it."""
        return {**self.issue(issue, wanted), "expand": _EXPAND_FOUND}

    def _fields(self, issue: Document, wanted: RequestedFields) -> Document:
        """Return the fields: Jira's own in Jira's order, then the project's, then any others."""
        stored = issue["fields"]
        known = fields.of_project(self.project(issue))
        shown = {}
        for name in wanted.among(dict.fromkeys((*_FIELDS, *known, *stored))):
            if (render := _FIELDS.get(name)) is None:
                shown[name] = self._other(known.get(name), stored.get(name))
            elif name != "parent" or stored["parent"]:
                shown[name] = render(self, issue)
        return metadata.as_shown("issue", shown, self.viewer.flavour)

    def reduced(self, issue: Document) -> Document:
        """Return an issue as its parent and its sub-tasks show it."""
        names = ("summary", "status", "priority", "issuetype")
        return {
            "id": issue["id"],
            "key": issue["key"],
            "self": self._self(issue),
            "fields": {name: _FIELDS[name](self, issue) for name in names},
        }

    def comment(self, comment: Document, *, rendered: bool = False) -> Document:
        """Return a comment; `rendered` adds its body as HTML."""
        return attached.comment(self, comment, rendered=rendered)

    def comments(self, issue: Document, *, rendered: bool = False) -> list[Document]:
        """Return the comments on an issue, oldest first."""
        if issue[COMMENTS.last] is None:
            return []
        members = self._issues.comments.of(issue, self.viewer)
        return [self.comment(row, rendered=rendered) for row in members]

    def worklog(self, worklog: Document) -> Document:
        """Return work that was logged."""
        return attached.worklog(self, worklog)

    def worklogs(self, issue: Document) -> list[Document]:
        """Return the work on an issue that the viewer sees, oldest first."""
        admits = self._people.visibility.admits
        return [
            self.worklog(row)
            for row in self._issues.worklogs.of(issue)
            if admits(row["visibility"], issue, self.viewer)
        ]

    def attachment(self, attachment: Document) -> Document:
        """Return a file."""
        return attached.attachment(self, attachment)

    def link(self, link: Document) -> Document:
        """Return a link between two issues, with both of them."""
        inward, outward = (self._store.table(ISSUES).row(link[end]) for end in _ENDS)
        return {
            **self._link(link),
            "inwardIssue": self.reduced(inward) if inward else None,
            "outwardIssue": self.reduced(outward) if outward else None,
        }

    def _link(self, link: Document) -> Document:
        kind = link_type({"id": link["type"]}, self._store)
        return attached.link(link, kind, self._url)

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

    def project(self, issue: Document) -> Document:
        """Return the record of the project of an issue."""
        id_ = issue["project"]
        found: Document | None = self._made.get(("record", id_))
        if found is None:
            found = self._made["record", id_] = self._projects.get(id_)
        return found

    def user(self, account_id: str | None) -> Json:
        """Return a user, or None for nobody."""
        if account_id is None:
            return None
        return self._once("user", account_id, lambda: self._show_user(account_id))

    def rich(self, text: str | None) -> Json:
        """Return rich text: plain, or a document in version 3."""
        return adf.document(text) if self.viewer.version == "3" else text

    def edit_meta(self, issue: Document) -> Document:
        """Return the metadata of the fields that an edit may set, by field id."""
        project = self.project(issue)
        issue_type = projects.issue_type(project, issue["fields"]["issuetype"])
        hidden = self._people.permissions.hidden_fields(self.viewer, project) | {"project"}
        shown = {
            meta["fieldId"]: {key: value for key, value in meta.items() if key != "hasDefaultValue"}
            for meta in projects.show_fields(project, issue_type, self._url, self.viewer.flavour)
            if meta["fieldId"] not in hidden
        }
        return shown | {
            meta["fieldId"]: metadata.as_shown("field", meta, self.viewer.flavour)
            for meta in metadata.shipped()["edit_fields"]
        }

    def _self(self, issue: Document) -> str:
        return f"{self._url}/rest/api/2/issue/{issue['id']}"

    def _once(self, kind: str, id: str, make: Callable[[], Json]) -> Json:  # noqa: A002
        found = self._made.get((kind, id))
        if found is None:
            found = self._made[kind, id] = make()
        return found

    def _show_user(self, account_id: str) -> Json:
        user = self._users.get(account_id)
        return show(user, self._url, self.viewer.flavour) if user else None

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
        if kind == "option" and value is not None:
            return {"self": f"{self._url}/rest/api/2/customFieldOption/{value['id']}", **value}
        return value

    def _project(self, issue: Document) -> Json:
        return self._once(
            "project",
            issue["project"],
            lambda: projects.show_short(self.project(issue), self._url, self.viewer.flavour),
        )

    def _issue_type(self, issue: Document) -> Json:
        project, type_id = self.project(issue), issue["fields"]["issuetype"]
        return self._once(
            "issuetype",
            f"{project['id']} {type_id}",
            lambda: projects.show_issue_type(project, type_id, self._url, self.viewer.flavour),
        )

    def _parent(self, issue: Document) -> Json:
        parent_id = issue["fields"]["parent"]
        parent = self._store.table(ISSUES).row(parent_id) if parent_id else None
        return self.reduced(parent) if parent else None

    def _subtasks(self, issue: Document) -> Json:
        if issue[CHILDREN.last] is None:
            return []
        return [
            self.reduced(child)
            for child in CHILDREN.members(self._store, issue)
            if self._projects.type_of(child)["subtask"]
        ]

    def _components(self, issue: Document) -> Json:
        project = self.project(issue)
        rows = [row for row in project["components"] if row["id"] in issue["fields"]["components"]]
        return [projects.show_component(row, self._url) for row in rows]

    def _versions(self, issue: Document, name: str) -> Json:
        project = self.project(issue)
        rows = [row for row in project["versions"] if row["id"] in issue["fields"][name]]
        return [projects.show_version(row, project, self._url) for row in rows]

    def watches(self, issue: Document, *, people: bool = False) -> Document:
        """Return how many watch an issue, and with `people` who they are."""
        return attached.watches(self, issue, self._me(), people=people)

    def votes(self, issue: Document, *, people: bool = False) -> Document:
        """Return how many have voted for an issue, and with `people` who they are."""
        return attached.votes(self, issue, self._me(), people=people)

    def _me(self) -> str:
        account_id: str = self._once(
            "me", "", lambda: self._users.caller(self.viewer.user)["accountId"]
        )
        return account_id

    def _links(self, issue: Document) -> Json:
        """Return the links of an issue, each with the issue at its other end."""
        shown: list[Document] = []
        for id_ in records.links(issue):
            link = self._store.table(LINKS).row(id_)
            if link is None:
                continue
            mine = link["inward"] == issue["id"]
            other = self._store.table(ISSUES).row(link["outward" if mine else "inward"])
            if other is not None and self._projects.shows(other, self.viewer):
                name = "outwardIssue" if mine else "inwardIssue"
                shown.append({**self._link(link), name: self.reduced(other)})
        return shown

    def _attachments(self, issue: Document) -> Json:
        if issue.get(ATTACHMENTS.last) is None:
            return []
        return [self.attachment(row) for row in ATTACHMENTS.members(self._store, issue)]

    def _worklog_page(self, issue: Document) -> Json:
        if issue.get(WORKLOGS.last) is None:
            return _NO_WORK
        rows = self.worklogs(issue)
        shown = {"startAt": 0, "maxResults": _SHOWN_WORKLOGS, "total": len(rows)}
        return {**shown, "worklogs": rows[:_SHOWN_WORKLOGS]}

    def _sum(self, issue: Document, name: str) -> int | None:
        """Return a number of seconds of an issue and of its sub-tasks; None if none has one."""
        if issue[CHILDREN.last] is None:
            own: int | None = issue["fields"].get(name)
            return own
        family = [issue, *CHILDREN.members(self._store, issue)]
        known = [number for row in family if (number := row["fields"].get(name)) is not None]
        return sum(known) if known else None

    def _comment_page(self, issue: Document) -> Json:
        comments = self.comments(issue)
        return {
            "comments": comments,
            "self": f"{self._self(issue)}/comment",
            "maxResults": len(comments),
            "total": len(comments),
            "startAt": 0,
        }


def _plain(name: str) -> Callable[[Renderer, Document], Json]:
    return lambda _renderer, issue: issue["fields"][name]


def _person(name: str) -> Callable[[Renderer, Document], Json]:
    return lambda renderer, issue: renderer.user(issue["fields"][name])


def _shipped(
    name: str,
    show: Callable[[str, str], Document],
) -> Callable[[Renderer, Document], Json]:
    def render(renderer: Renderer, issue: Document) -> Json:
        id_ = issue["fields"][name]
        return None if id_ is None else show(id_, renderer.viewer.url)

    return render


def _seconds(name: str) -> Callable[[Renderer, Document], Json]:
    return lambda _renderer, issue: issue["fields"].get(name)


def _aggregate(name: str) -> Callable[[Renderer, Document], Json]:
    return lambda renderer, issue: renderer._sum(issue, name)


def _always(value: Json) -> Callable[[Renderer, Document], Json]:
    return lambda _renderer, _issue: value


_NOTHING = _always(None)
_FIELDS: Mapping[str, Callable[[Renderer, Document], Json]] = {
    "statuscategorychangedate": _plain("statuscategorychangedate"),
    "issuetype": Renderer._issue_type,
    "parent": Renderer._parent,
    "timespent": _seconds("timespent"),
    "project": Renderer._project,
    "fixVersions": lambda renderer, issue: renderer._versions(issue, "fixVersions"),
    "aggregatetimespent": _aggregate("timespent"),
    "resolution": _shipped("resolution", metadata.show_resolution),
    "resolutiondate": _plain("resolutiondate"),
    "workratio": lambda _renderer, issue: time_tracking.ratio(issue["fields"]),
    "watches": Renderer.watches,
    "lastViewed": _NOTHING,
    "created": _plain("created"),
    "priority": _shipped("priority", metadata.show_priority),
    "labels": _plain("labels"),
    "timeestimate": _seconds("timeestimate"),
    "aggregatetimeoriginalestimate": _aggregate("timeoriginalestimate"),
    "versions": lambda renderer, issue: renderer._versions(issue, "versions"),
    "issuelinks": Renderer._links,
    "assignee": _person("assignee"),
    "updated": _plain("updated"),
    "status": _shipped("status", metadata.show_status),
    "components": Renderer._components,
    "timeoriginalestimate": _seconds("timeoriginalestimate"),
    "description": lambda renderer, issue: renderer.rich(issue["fields"]["description"]),
    "timetracking": lambda _renderer, issue: time_tracking.show(issue["fields"]),
    "security": _NOTHING,
    "attachment": Renderer._attachments,
    "aggregatetimeestimate": _aggregate("timeestimate"),
    "summary": _plain("summary"),
    "creator": _person("creator"),
    "subtasks": Renderer._subtasks,
    "reporter": _person("reporter"),
    "aggregateprogress": lambda renderer, issue: time_tracking.progress(
        renderer._sum(issue, "timespent"), renderer._sum(issue, "timeestimate")
    ),
    "environment": lambda renderer, issue: renderer.rich(issue["fields"]["environment"]),
    "duedate": _plain("duedate"),
    "progress": lambda _renderer, issue: time_tracking.progress(
        issue["fields"].get("timespent"), issue["fields"].get("timeestimate")
    ),
    "votes": Renderer.votes,
    "comment": Renderer._comment_page,
    "worklog": Renderer._worklog_page,
}
