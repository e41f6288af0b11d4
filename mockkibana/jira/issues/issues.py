"""Issues: created, edited, moved through the workflow, and deleted."""

from __future__ import annotations

from dataclasses import replace

from mockkibana.jira.errors import BAD_PAYLOAD, bad_request, not_found
from mockkibana.jira.issues import issue_input, workflow
from mockkibana.jira.issues.changelog import Changelog
from mockkibana.jira.issues.comments import Comments
from mockkibana.jira.issues.issue_input import IssueInput
from mockkibana.jira.issues.values import Place, worklog_comment
from mockkibana.jira.links.links import Links
from mockkibana.jira.projects import metadata
from mockkibana.jira.projects.counters import Counters
from mockkibana.jira.projects.people import People
from mockkibana.jira.records import records
from mockkibana.jira.records.records import (
    ATTACHMENTS,
    CHILDREN,
    COMMENTS,
    CONTENTS,
    HISTORIES,
    ISSUE_KEYS,
    ISSUES,
    REMOTE_LINKS,
    WORKLOGS,
)
from mockkibana.jira.records.trail import Trail
from mockkibana.jira.texts import ACCOUNT_ID_ONLY
from mockkibana.jira.viewer import Viewer
from mockkibana.jira.work.worklogs import Worklogs
from mockkibana.json import Json
from mockkibana.store import Document, Store, Transaction


class Issues:
    """The issues of the site. Every change is one transaction; a refused one changes nothing."""

    def __init__(self, store: Store, counters: Counters, people: People, trail: Trail) -> None:
        self._store = store
        self._counters = counters
        self._people = people
        self._users = people.users
        self._projects = people.projects
        self._trail = trail
        self._changelog = Changelog(store, people.users)
        #: What hangs on these issues.
        self.comments = Comments(store, trail, people.visibility, self.seen)
        self.links = Links(store, trail, self.seen)
        self.worklogs = Worklogs(store, trail, self.seen, worklog_comment, people.visibility.read)

    def find(self, id_or_key: str) -> Document | None:
        """Return the record of that id or key (in any case), or None."""
        if "-" in id_or_key:
            found = self._store.table(ISSUE_KEYS).row(id_or_key.upper())
            return self._store.table(ISSUES).row(found["id"]) if found else None
        return self._store.table(ISSUES).row(id_or_key)

    def seen(self, id_or_key: str, viewer: Viewer) -> Document:
        """Return the record. Raises `JiraError` (404) if it is not there for this viewer."""
        issue = self.find(id_or_key)
        if issue is None or not self._projects.shows(issue, viewer):
            raise not_found(viewer.texts.no_issue)
        return issue

    def all(self, viewer: Viewer) -> list[Document]:
        """Return the records of all issues that the viewer sees."""
        issues = list(self._store.table(ISSUES).rows().values())
        if viewer.user is None:
            return issues
        visible = {project["id"] for project in self._projects.all(viewer)}
        return [issue for issue in issues if issue["project"] in visible]

    def create(self, body: Json, viewer: Viewer) -> Document:
        """Create an issue and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            time, id_ = self._counters.stamp(transaction, "issue")
            author = self._users.register(transaction, viewer.user)
            given = issue_input.to_create(
                body,
                self._projects,
                self._users,
                self.find,
                viewer,
                self._people.permissions.of(viewer),
            )
            project = given.place.project
            self._register_people(transaction, given)
            number = self._projects.next_number(transaction, project)
            issue = records.issue(id_, project, number, _new_fields(given, author, time))
            issue = {**issue, "watchers": [author], "properties": _properties(body)}
            issue = self._with_comments(transaction, issue, given, author)
            self._put(transaction, issue, moved=True)
            transaction.put(ISSUE_KEYS, {issue["key"]: {"id": issue["id"]}})
            self._with_rest(transaction, id_, given, author)
        return issue

    def edit(self, id_or_key: str, body: Json, viewer: Viewer) -> None:
        """Change fields of an issue, and add comments. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            issue = self.seen(id_or_key, viewer)
            self.require("EDIT_ISSUES", issue, viewer)
            author = self._users.register(transaction, viewer.user)
            given = issue_input.to_edit(body, issue, self._place(issue, viewer), self.find)
            time = self._counters.time(transaction)
            self._apply(transaction, issue, given, author, time)

    def assign(self, id_or_key: str, body: Json, viewer: Viewer) -> None:
        """Give an issue to the user that `body` names; to nobody for null. Raises `JiraError`."""
        issue = self.seen(id_or_key, viewer)
        self.require("ASSIGN_ISSUES", issue, viewer)
        named = isinstance(body, dict) and not body.keys().isdisjoint(("name", "key"))
        if named and viewer.flavour == "cloud" and "accountId" not in body:
            raise bad_request(ACCOUNT_ID_ONLY)
        self.edit(id_or_key, {"fields": {"assignee": body}}, replace(viewer, version="2"))

    def transition(self, id_or_key: str, body: Json, viewer: Viewer) -> None:
        """Move an issue, and change fields along with it. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            issue = self.seen(id_or_key, viewer)
            self.require("TRANSITION_ISSUES", issue, viewer)
            author = self._users.register(transaction, viewer.user)
            place = self._place(issue, viewer)
            move = workflow.read(body, issue, place.project, viewer.texts)
            given = issue_input.to_edit(move.edit, issue, place, self.find)
            time = self._counters.time(transaction)
            given.values.update(workflow.values(issue["fields"], move, time))
            self._apply(transaction, issue, given, author, time)

    def delete(self, id_or_key: str, viewer: Viewer, *, delete_subtasks: bool) -> None:
        """Remove an issue with all that hangs on it. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            issue = self.seen(id_or_key, viewer)
            self.require("DELETE_ISSUES", issue, viewer)
            children = CHILDREN.members(self._store, issue)
            subtasks = [child for child in children if self._projects.type_of(child)["subtask"]]
            if subtasks and not delete_subtasks:
                raise bad_request(
                    f"The issue '{issue['key']}' has subtasks.  You must specify the "
                    "'deleteSubtasks' parameter to delete this issue and all its subtasks."
                )
            for child in () if subtasks else children:
                fields = {**child["fields"], "parent": None}
                orphan = {**child, "fields": fields, CHILDREN.previous: None}
                transaction.put(ISSUES, {child["id"]: orphan})
            self._leave_parent(transaction, issue)
            for doomed in (*subtasks, issue):
                self._remove(transaction, doomed)

    def delete_all(self, transaction: Transaction, project: Document) -> None:
        """Remove all issues of a project; children elsewhere lose their parent."""
        for issue in list(transaction.documents(ISSUES).values()):
            if issue["project"] == project["id"]:
                current = transaction.get(ISSUES, issue["id"])
                if current is not None:
                    self._leave_parent(transaction, current)
                    self._remove(transaction, transaction.get(ISSUES, issue["id"]) or current)
        doomed = project["id"]
        for issue in list(transaction.documents(ISSUES).values()):
            parent = issue["fields"]["parent"]
            if parent and issue["project"] != doomed and transaction.get(ISSUES, parent) is None:
                fields = {**issue["fields"], "parent": None}
                orphan = {**issue, "fields": fields, CHILDREN.previous: None}
                transaction.put(ISSUES, {issue["id"]: orphan})

    def require(
        self, permission: str, issue: Document, viewer: Viewer, row: Document | None = None
    ) -> None:
        """Raise `JiraError` unless the viewer may do that to an issue.

        Or to a `row` on it: a comment, work or a file.
        """
        if viewer.user is None:
            return
        project, permissions = self._projects.get(issue["project"]), self._people.permissions
        if row is None:
            permissions.require(permission, viewer, project, issue["key"])
        else:
            permissions.require_own(permission, row["author"], viewer, project)

    def _place(self, issue: Document, viewer: Viewer) -> Place:
        project = self._projects.get(issue["project"])
        allows = self._people.permissions.of(viewer)
        return Place(project, self._projects, self._users, viewer, allows)

    def _register_people(self, transaction: Transaction, given: IssueInput) -> None:
        for name in ("assignee", "reporter"):
            if given.values.get(name):
                self._users.register(transaction, given.values[name])

    def _apply(
        self,
        transaction: Transaction,
        issue: Document,
        given: IssueInput,
        author: str,
        time: str,
    ) -> None:
        """Store what is given for an issue that exists: values, a history, comments."""
        self._register_people(transaction, given)
        before = issue["fields"]
        fields = {**before, **given.values, "updated": time}
        moved = fields["parent"] != before["parent"]
        if moved:
            self._leave_parent(transaction, issue)
        after = {**issue, "fields": fields}
        if items := self._changelog.items(given.place.project, before, given.values):
            id_ = self._counters.take(transaction, "history")
            history = records.history(id_, issue["id"], author, time, items)
            after = HISTORIES.add(transaction, after, history)
        self._put(transaction, self._with_comments(transaction, after, given, author), moved=moved)
        self._with_rest(transaction, issue["id"], given, author)

    def _with_rest(
        self, transaction: Transaction, id_: str, given: IssueInput, author: str
    ) -> None:
        """Store links and work that come with an issue, which is stored already."""
        if not given.links and not given.worklogs:
            return
        viewer = given.place.viewer
        issue = transaction.get(ISSUES, id_)
        assert issue is not None  # noqa: S101 - it was stored before
        for body in given.links:
            issue = self.links.write(transaction, issue, body, viewer)
        for body in given.worklogs:
            made = (author, *self._counters.stamp(transaction, "worklog"))
            issue = self.worklogs.write(transaction, issue, body, viewer, made)

    def _with_comments(
        self, transaction: Transaction, issue: Document, given: IssueInput, author: str
    ) -> Document:
        for content in given.comments:
            issue = self.comments.write(transaction, issue, content, author, given.place.viewer)
        return issue

    def _put(self, transaction: Transaction, issue: Document, *, moved: bool) -> None:
        """Put an issue into the store and, if it has `moved` there, under its parent."""
        parent_id = issue["fields"]["parent"]
        if not moved:
            transaction.put(ISSUES, {issue["id"]: issue})
        elif parent_id is None:
            transaction.put(ISSUES, {issue["id"]: {**issue, CHILDREN.previous: None}})
        else:
            parent = transaction.get(ISSUES, parent_id)
            assert parent is not None  # noqa: S101 - the input was checked
            transaction.put(ISSUES, {parent_id: CHILDREN.add(transaction, parent, issue)})

    def _leave_parent(self, transaction: Transaction, issue: Document) -> None:
        parent_id = issue["fields"]["parent"]
        parent = transaction.get(ISSUES, parent_id) if parent_id else None
        if parent is not None:
            parent = CHILDREN.remove(transaction, parent, issue)
            transaction.put(ISSUES, {parent["id"]: parent})

    def _remove(self, transaction: Transaction, issue: Document) -> None:
        for rows in (COMMENTS, HISTORIES, WORKLOGS, ATTACHMENTS, REMOTE_LINKS):
            ids = [member["id"] for member in rows.members(self._store, issue)]
            if ids:
                transaction.remove(rows.table, ids)
                if rows is ATTACHMENTS:
                    transaction.remove(CONTENTS, ids)
        self.links.forget(transaction, issue)
        transaction.remove(ISSUE_KEYS, [issue["key"]])
        transaction.remove(ISSUES, [issue["id"]])


def _properties(body: Json) -> Document:
    """Return the properties that a body brings: `[{"key": "a", "value": 1}]`."""
    given = body.get("properties") or []
    if not isinstance(given, list) or not all(
        isinstance(each, dict) and isinstance(each.get("key"), str) for each in given
    ):
        raise bad_request(BAD_PAYLOAD)
    return {each["key"]: each.get("value") for each in given}


def _new_fields(given: IssueInput, author: str, time: str) -> Document:
    return {
        "priority": metadata.shipped()["default_priority"],
        "reporter": author,
        **{name: value for name, value in given.values.items() if value is not None},
        "issuetype": given.issue_type["id"],
        "status": metadata.shipped()["initial_status"],
        "statuscategorychangedate": time,
        "created": time,
        "updated": time,
        "creator": author,
    }
