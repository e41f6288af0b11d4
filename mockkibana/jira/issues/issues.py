"""Issues: created, edited, moved through the workflow, and deleted."""

from __future__ import annotations

from mockkibana.jira.errors import bad_request, no_issue
from mockkibana.jira.issues import issue_input, records, workflow
from mockkibana.jira.issues.changelog import Changelog
from mockkibana.jira.issues.comments import Comments
from mockkibana.jira.issues.issue_input import Draft
from mockkibana.jira.issues.records import CHILDREN, COMMENTS, HISTORIES, ISSUE_KEYS, ISSUES
from mockkibana.jira.issues.values import Place
from mockkibana.jira.projects import metadata
from mockkibana.jira.projects.counters import Counters
from mockkibana.jira.projects.projects import Projects
from mockkibana.jira.projects.users import Users
from mockkibana.json import Json
from mockkibana.store import Store, Transaction

Document = dict[str, Json]


class Issues:
    """The issues of the site. Every change is one transaction; a refused one changes nothing."""

    def __init__(self, store: Store, counters: Counters, users: Users, projects: Projects) -> None:
        self._store = store
        self._counters = counters
        self._users = users
        self._projects = projects
        self._changelog = Changelog(store, users)
        #: The comments on these issues.
        self.comments = Comments(store, counters, users, self.seen)

    def find(self, id_or_key: str) -> Document | None:
        """Return the record of that id or key (in any case), or None."""
        if "-" in id_or_key:
            found = self._store.get(ISSUE_KEYS, id_or_key.upper())
            return self._store.get(ISSUES, found["id"]) if found else None
        return self._store.get(ISSUES, id_or_key)

    def seen(self, id_or_key: str, user: str | None) -> Document:
        """Return the record. Raises `JiraError` (404) if it is not there for this user."""
        issue = self.find(id_or_key)
        if issue is None or not self._visible(issue, user):
            raise no_issue()
        return issue

    def all(self, user: str | None) -> list[Document]:
        """Return the records of all issues that the user sees."""
        issues = self._store.values(ISSUES)
        if user is None:
            return issues
        visible = {project["id"] for project in self._projects.all(user)}
        return [issue for issue in issues if issue["project"] in visible]

    def create(self, body: Json, user: str | None, version: str) -> Document:
        """Create an issue and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            self._counters.begin(transaction)
            caller = self._users.register(transaction, user)
            draft = issue_input.to_create(
                body,
                user,
                lambda project: Place(project, self._projects, self._users, version),
                self.find,
                self._projects.find,
            )
            self._register_people(transaction, draft)
            issue = self._new(transaction, draft, caller, self._counters.time(transaction))
            issue = self._with_comments(transaction, issue, draft, caller)
            self._put(transaction, issue, moved=True)
        return issue

    def edit(self, id_or_key: str, body: Json, user: str | None, version: str) -> None:
        """Change fields of an issue, and add comments. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            issue = self.seen(id_or_key, user)
            caller = self._users.register(transaction, user)
            draft = issue_input.to_edit(body, issue, self._place(issue, version), self.find)
            time = self._counters.time(transaction)
            self._apply(transaction, issue, draft, caller, time)

    def assign(self, id_or_key: str, body: Json, user: str | None) -> None:
        """Give an issue to the user that `body` names; to nobody for null. Raises `JiraError`."""
        self.edit(id_or_key, {"fields": {"assignee": body}}, user, "2")

    def transition(self, id_or_key: str, body: Json, user: str | None, version: str) -> None:
        """Move an issue, and change fields along with it. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            issue = self.seen(id_or_key, user)
            caller = self._users.register(transaction, user)
            move = workflow.read(body, issue)
            draft = issue_input.to_edit(move.rest, issue, self._place(issue, version), self.find)
            time = self._counters.time(transaction)
            draft.values.update(workflow.values(issue["fields"], move, time))
            self._apply(transaction, issue, draft, caller, time)

    def delete(self, id_or_key: str, user: str | None, *, delete_subtasks: bool) -> None:
        """Remove an issue with all that hangs on it. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            issue = self.seen(id_or_key, user)
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

    def _visible(self, issue: Document, user: str | None) -> bool:
        return user is None or self._projects.visible(self._projects.get(issue["project"]), user)

    def _place(self, issue: Document, version: str) -> Place:
        project = self._projects.get(issue["project"])
        return Place(project, self._projects, self._users, version)

    def _register_people(self, transaction: Transaction, draft: Draft) -> None:
        for name in ("assignee", "reporter"):
            if draft.values.get(name):
                self._users.register(transaction, draft.values[name])

    def _new(self, transaction: Transaction, draft: Draft, caller: Document, time: str) -> Document:
        project = draft.place.project
        number = self._projects.last_number(project) + 1
        self._projects.count(transaction, project, number)
        given = {name: value for name, value in draft.values.items() if value is not None}
        fields = {
            "priority": metadata.shipped()["default_priority"],
            "reporter": caller["accountId"],
            **given,
            "issuetype": draft.issue_type["id"],
            "status": metadata.shipped()["initial_status"],
            "statuscategorychangedate": time,
            "created": time,
            "updated": time,
            "creator": caller["accountId"],
        }
        issue_id = self._counters.take(transaction, "issue")
        return records.issue(issue_id, project, number, fields)

    def _apply(
        self,
        transaction: Transaction,
        issue: Document,
        draft: Draft,
        caller: Document,
        time: str,
    ) -> None:
        """Store a draft of an issue that exists: values, a history, comments."""
        self._register_people(transaction, draft)
        before = issue["fields"]
        fields = {**before, **draft.values, "updated": time}
        moved = fields["parent"] != before["parent"]
        if moved:
            self._leave_parent(transaction, issue)
        after = {**issue, "fields": fields}
        if items := self._changelog.items(draft.place.project, before, draft.values):
            id_ = self._counters.take(transaction, "history")
            history = records.history(id_, issue["id"], caller["accountId"], time, items)
            after = HISTORIES.add(transaction, after, history)
        self._put(transaction, self._with_comments(transaction, after, draft, caller), moved=moved)

    def _with_comments(
        self, transaction: Transaction, issue: Document, draft: Draft, caller: Document
    ) -> Document:
        time, version = issue["fields"]["updated"], draft.place.version
        for content in draft.comments:
            issue, _ = self.comments.write(transaction, issue, content, caller, time, version)
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
            assert parent is not None  # noqa: S101 - the draft has looked
            transaction.put(ISSUES, {parent_id: CHILDREN.add(transaction, parent, issue)})
        transaction.put(ISSUE_KEYS, {issue["key"]: {"id": issue["id"]}})

    def _leave_parent(self, transaction: Transaction, issue: Document) -> None:
        parent_id = issue["fields"]["parent"]
        parent = transaction.get(ISSUES, parent_id) if parent_id else None
        if parent is not None:
            parent = CHILDREN.remove(transaction, parent, issue)
            transaction.put(ISSUES, {parent["id"]: parent})

    def _remove(self, transaction: Transaction, issue: Document) -> None:
        for chain in (COMMENTS, HISTORIES):
            members = chain.members(self._store, issue)
            if members:
                transaction.remove(chain.table, [member["id"] for member in members])
        transaction.remove(ISSUE_KEYS, [issue["key"]])
        transaction.remove(ISSUES, [issue["id"]])
