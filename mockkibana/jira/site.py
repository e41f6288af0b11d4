"""The Jira site: the one door to projects, issues, comments and what describes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mockkibana.clock import Clock
from mockkibana.ids import Ids
from mockkibana.jira.errors import not_found
from mockkibana.jira.issues import workflow
from mockkibana.jira.issues.expansions import expand as expanded
from mockkibana.jira.issues.issues import Issues
from mockkibana.jira.issues.records import COMMENTS
from mockkibana.jira.issues.render import View
from mockkibana.jira.projects import fields as field_rows
from mockkibana.jira.projects import metadata, projects, users
from mockkibana.jira.projects.counters import Counters
from mockkibana.jira.projects.projects import Projects
from mockkibana.jira.projects.requirements import require
from mockkibana.jira.projects.timestamps import from_milliseconds
from mockkibana.jira.projects.users import Users
from mockkibana.jira.seeds import seeds
from mockkibana.json import Json
from mockkibana.store import Store, Transaction

Document = dict[str, Json]

# A Server below 9: for it, every client library makes all of its calls.
_VERSION = (8, 20, 30)
_BUILD = 820030


class Site:
    """One Jira in the store of a world.

    `url` is the base under which the caller sees Jira, without a slash at its end; `version` is
    "2" or "3" (rich text as documents); `user` is a name, an e-mail address or an account id, and
    None the administrator `admin`, who sees everything. Every method may raise `JiraError`.

    What is shown is shared and must not be mutated, as the records of the store must not:
    `jira.records` tells their shapes.
    """

    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:  # noqa: ARG002 - as all parts of a world
        self._store = store
        self._clock = clock
        self._counters = Counters(store, clock)
        self._users = Users(store)
        self._projects = Projects(store, self._counters, self._users)
        self._issues = Issues(store, self._counters, self._users, self._projects)

    @property
    def version(self) -> int:
        """Which grows with every write, this site's or another's."""
        return self._store.version

    # The server and its users

    def server_info(self, url: str) -> Document:
        """Return what the server says about itself."""
        return {
            "baseUrl": url,
            "version": ".".join(map(str, _VERSION)),
            "versionNumbers": list(_VERSION),
            "deploymentType": "Server",
            "buildNumber": _BUILD,
            "buildDate": "2023-12-14T00:00:00.000+0000",
            "serverTime": from_milliseconds(self._clock.milliseconds()),
            "scmInfo": "0000000000000000000000000000000000000000",
            "serverTitle": "Jira",
        }

    def myself(self, user: str | None, url: str) -> Document:
        """Return the caller."""
        empty = {"size": 1, "items": []}
        return {
            **users.show(self._users.caller(user), url),
            "locale": "en_US",
            "groups": empty,
            "applicationRoles": empty,
            "expand": "groups,applicationRoles",
        }

    def user(self, text: str, url: str, caller: str | None = None) -> Document:
        """Return the user of that name, e-mail address or account id."""
        found = self._users.find(text)
        if found is None:
            me = self._users.caller(caller)
            if text not in (me["name"], me["accountId"], me["key"], me["emailAddress"]):
                raise not_found(f"The user named '{text}' does not exist")
            found = me
        return users.show(found, url)

    def users(
        self, query: str, url: str, *, project: str | None = None, caller: str | None = None
    ) -> list[Document]:
        """Return the users in whose names the text occurs; those of a project, if one is named."""
        among = {user["accountId"]: user for user in self._users.all()}
        if caller is not None:
            me = self._users.caller(caller)
            among.setdefault(me["accountId"], me)
        found = self._users.search(query, among.values())
        if project is not None:
            record = self._projects.seen(project, caller)
            found = [row for row in found if self._projects.visible(record, row["name"])]
        return [users.show(row, url) for row in found]

    # Metadata

    def issue_types(self, url: str, project: str | None = None) -> list[Document]:
        """Return the issue types of a project, or of the whole site."""
        if project is not None:
            return self.create_meta_types(project, url)
        rows = {row["id"]: row for row in metadata.shipped()["default_issue_types"]}
        for record in self._projects.all():
            for row in projects.issue_types(record):
                rows.setdefault(row["id"], row)
        return [metadata.show_issue_type(row, url) for row in rows.values()]

    def create_meta_types(self, project: str, url: str, user: str | None = None) -> list[Document]:
        """Return the issue types that a project can have issues of."""
        record = self._projects.seen(project, user)
        return [metadata.show_issue_type(row, url) for row in projects.issue_types(record)]

    def create_meta_fields(
        self, project: str, type_id: str, url: str, user: str | None = None
    ) -> list[Document]:
        """Return the fields that issues of a type can be created with."""
        record = self._projects.seen(project, user)
        issue_type = metadata.find(projects.issue_types(record), id=type_id)
        if issue_type is None:
            raise not_found(f"The issue type with id '{type_id}' does not exist")
        return projects.show_fields(record, issue_type, url)

    def create_meta(
        self,
        url: str,
        *,
        keys: Iterable[str] = (),
        ids: Iterable[str] = (),
        type_ids: Iterable[str] = (),
        type_names: Iterable[str] = (),
        with_fields: bool = False,
        user: str | None = None,
    ) -> Document:
        """Return projects, issue types and fields in one; what is unknown is left out."""
        wanted = {*(key.upper() for key in keys), *ids}
        types = {*type_ids, *type_names}
        shown = []
        for project in self._projects.all(user):
            if wanted and wanted.isdisjoint((project["key"], project["id"])):
                continue
            chosen = [
                row
                for row in projects.issue_types(project)
                if not types or not types.isdisjoint((row["id"], row["name"]))
            ]
            shown.append(projects.show_create_meta(project, chosen, url, with_fields=with_fields))
        return {"expand": "projects", "projects": shown}

    def priorities(self, url: str) -> list[Document]:
        """Return all priorities, highest first."""
        return metadata.show_priorities(url)

    def statuses(self, url: str) -> list[Document]:
        """Return all statuses."""
        return [metadata.show_status(row["id"], url) for row in metadata.shipped()["statuses"]]

    def status_categories(self, url: str) -> list[Document]:
        """Return all status categories."""
        rows = metadata.shipped()["status_categories"]
        return [metadata.show_category(row, url) for row in rows]

    def resolutions(self, url: str) -> list[Document]:
        """Return all resolutions."""
        rows = metadata.shipped()["resolutions"]
        return [metadata.show_resolution(row["id"], url) for row in rows]

    def fields(self, url: str) -> list[Document]:  # noqa: ARG002 - fields have no `self`
        """Return the fields of all projects."""
        return field_rows.show_all(self._projects.all())

    # Projects

    def projects(self, url: str, user: str | None = None) -> list[Document]:
        """Return the projects that the user sees, short."""
        return [projects.show_short(row, url) for row in self._projects.all(user)]

    def project(self, id_or_key: str, url: str, user: str | None = None) -> Document:
        """Return a project, full."""
        project = self._projects.seen(id_or_key, user)
        lead = self._users.get(project["lead"]) if project["lead"] else None
        return projects.show_full(project, lead, url)

    def project_statuses(self, id_or_key: str, url: str, user: str | None = None) -> list[Document]:
        """Return the issue types of a project, each with its statuses."""
        statuses = self.statuses(url)
        types = projects.issue_types(self._projects.seen(id_or_key, user))
        keys = ("self", "id", "name", "subtask")
        shown = (metadata.show_issue_type(row, url) for row in types)
        return [{**{key: row[key] for key in keys}, "statuses": statuses} for row in shown]

    def create_project(
        self, key: str, name: str | None = None, lead: str | None = None
    ) -> Document:
        """Make a project; return its `id`, which is a number here, and its `key`."""
        project = self._projects.create(key, name, lead)
        return {"id": int(project["id"]), "key": project["key"]}

    def ensure_project(self, key: str, email: str) -> None:
        """See to it that a connector finds the project that it names, and its own user.

        Makes no project if the site's `auto_create_projects` says so, or for a key that Jira could
        not have. Costs next to nothing when both are there.
        """
        self._projects.ensure(key, email)

    def require_field(self, field: str, name: str | None = None) -> Callable[[], None]:
        """Make every project require a field, by its id or name; returns what takes it back.

        Raises `LookupError`, with a text for whoever named the field.
        """
        return require(self._store, self._projects, field, name)

    # Issues

    def create_issue(self, body: Json, user: str | None, version: str = "2") -> Document:
        """Create an issue; return its `id` and `key`."""
        issue = self._issues.create(body, user, version)
        return {"id": issue["id"], "key": issue["key"]}

    def get_issue(
        self,
        id_or_key: str,
        url: str,
        *,
        fields: list[str] | None = None,
        expand: Iterable[str] = (),
        version: str = "2",
        user: str | None = None,
    ) -> Document:
        """Return an issue with the fields that are asked for, all of them for None."""
        issue = self._issues.seen(id_or_key, user)
        view = self._view(url, version)
        return expanded(view, issue, view.issue(issue, fields), expand)

    def edit_issue(self, id_or_key: str, body: Json, user: str | None, version: str = "2") -> None:
        """Change an issue."""
        self._issues.edit(id_or_key, body, user, version)

    def assign_issue(self, id_or_key: str, body: Json, user: str | None) -> None:
        """Give an issue to the user that `body` names (`{"name":"x"}`), or to nobody."""
        self._issues.assign(id_or_key, body, user)

    def delete_issue(
        self, id_or_key: str, *, delete_subtasks: bool = False, user: str | None = None
    ) -> None:
        """Remove an issue with its comments, its history and, if asked for, its sub-tasks."""
        self._issues.delete(id_or_key, user, delete_subtasks=delete_subtasks)

    def edit_meta(self, id_or_key: str, url: str, user: str | None = None) -> Document:
        """Return the fields that an edit of the issue may set, by id."""
        issue = self._issues.seen(id_or_key, user)
        return {"fields": self._view(url).edit_meta(issue)}

    def transitions(
        self, id_or_key: str, url: str, *, with_fields: bool = False, user: str | None = None
    ) -> Document:
        """Return the transitions that are open to an issue."""
        self._issues.seen(id_or_key, user)
        shown = workflow.show(url, with_fields=with_fields)
        return {"expand": "transitions", "transitions": shown}

    def transition(self, id_or_key: str, body: Json, user: str | None, version: str = "2") -> None:
        """Move an issue through the workflow."""
        self._issues.transition(id_or_key, body, user, version)

    def changelog(self, id_or_key: str, url: str, user: str | None = None) -> list[Document]:
        """Return the histories of an issue, oldest first."""
        return self._view(url).histories(self._issues.seen(id_or_key, user))

    # Comments

    def comments(
        self, id_or_key: str, url: str, *, version: str = "2", user: str | None = None
    ) -> list[Document]:
        """Return the comments on an issue, oldest first."""
        return self._view(url, version).comments(self._issues.seen(id_or_key, user))

    def comment(
        self,
        id_or_key: str,
        comment_id: str,
        url: str,
        *,
        version: str = "2",
        user: str | None = None,
    ) -> Document:
        """Return one comment on an issue."""
        comment = self._issues.comments.get(id_or_key, comment_id, user)
        return self._view(url, version).comment(comment)

    def add_comment(
        self, id_or_key: str, body: Json, user: str | None, url: str, version: str = "2"
    ) -> Document:
        """Add a comment to an issue and return it."""
        comment = self._issues.comments.add(id_or_key, body, user, version)
        return self._view(url, version).comment(comment)

    def edit_comment(
        self,
        id_or_key: str,
        comment_id: str,
        body: Json,
        user: str | None,
        url: str,
        version: str = "2",
    ) -> Document:
        """Give a comment another text and return it."""
        comment = self._issues.comments.edit(id_or_key, comment_id, body, user, version)
        return self._view(url, version).comment(comment)

    def delete_comment(self, id_or_key: str, comment_id: str, user: str | None = None) -> None:
        """Remove a comment."""
        self._issues.comments.delete(id_or_key, comment_id, user)

    # What searches need

    def issues(self, user: str | None = None) -> list[Document]:
        """Return the records of all issues that the user sees."""
        return self._issues.all(user)

    def stored_issue(self, id_or_key: str) -> Document | None:
        """Return the record of an issue, or None."""
        return self._issues.find(id_or_key)

    def stored_comments(self, issue: Document) -> list[Document]:
        """Return the records of the comments on an issue, oldest first."""
        return COMMENTS.members(self._store, issue)

    def render(
        self,
        issues: Iterable[Document],
        url: str,
        fields: list[str] | None = None,
        version: str = "2",
    ) -> list[Document]:
        """Return stored issues as a search shows them."""
        view = self._view(url, version)
        return [view.found(issue, fields) for issue in issues]

    # Seeds

    def restore(self, block: Json, transaction: Transaction, path: str = "jira") -> None:
        """Add what a seed tells; `path` is where the block stands in it.

        Raises `BadSeed` for the first record that cannot be used.
        """
        parts = seeds.Parts(transaction, self._counters, self._users, self._projects)
        seeds.restore(block, parts, path)

    def dump(self) -> Document:
        """Return the site as a seed, which `restore` makes the same site of."""
        return seeds.dump(self._store)

    def _view(self, url: str, version: str = "2") -> View:
        return View(self._store, self._projects, self._users, url, version)
