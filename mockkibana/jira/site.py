"""The Jira site: the one door to projects, issues, comments and what describes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from mockkibana.jira.errors import not_found
from mockkibana.jira.issues import workflow
from mockkibana.jira.issues.expansions import expand as expanded
from mockkibana.jira.issues.expansions import of_project
from mockkibana.jira.issues.issues import Issues
from mockkibana.jira.issues.render import Renderer
from mockkibana.jira.issues.requested_fields import EVERY_FIELD, RequestedFields
from mockkibana.jira.issues.watching import Watching
from mockkibana.jira.people import users
from mockkibana.jira.projects import projects
from mockkibana.jira.projects.catalogue import Catalogue
from mockkibana.jira.projects.counters import Counters
from mockkibana.jira.projects.people import People
from mockkibana.jira.projects.projects import UNASSIGNED
from mockkibana.jira.projects.requirements import require
from mockkibana.jira.records.issue_index import IssueIndex
from mockkibana.jira.records.trail import Trail
from mockkibana.jira.seeds import seeds
from mockkibana.jira.server_info import server_info
from mockkibana.jira.viewer import ADMINISTRATOR, Viewer
from mockkibana.json import Json
from mockkibana.settings.installation import Installation
from mockkibana.store import Document, Store, Transaction

if TYPE_CHECKING:
    from mockkibana.jira.attachments.attachments import Attachments
    from mockkibana.jira.issues.administration import Administration
    from mockkibana.jira.issues.project_parts import Parts
    from mockkibana.jira.issues.properties import Properties
    from mockkibana.jira.links.remote_links import RemoteLinks


class Site:
    """One Jira in the store of a world.

    A method that takes a viewer does, and shows, what that one may. Every method may raise
    `JiraError`.

    What is shown is shared and must not be mutated, as the records of the store must not:
    `jira.records.records` tells their shapes.
    """

    def __init__(self, store: Store, installation: Installation) -> None:
        self._store = store
        #: The settings and the time of the site.
        self.installation = installation
        self.clock = installation.clock
        #: Finds issues by their values.
        self.index = IssueIndex(store)
        #: The numbers that it gives out.
        self.counters = Counters(self.clock)
        #: Users, groups, roles and permissions.
        self.people = People(store, self.counters)
        self._users = self.people.users
        self._projects = self.people.projects
        #: Issue types, fields, priorities, statuses.
        self.catalogue = Catalogue(self.people)
        trail = Trail(self.counters, self._users)
        self._issues = Issues(store, self.counters, self.people, trail)
        #: What hangs on issues.
        self.links = self._issues.links
        self.worklogs = self._issues.worklogs
        self.watching = Watching(store, self._users, self._issues.seen)
        self._trail = trail

    @cached_property
    def attachments(self) -> Attachments:
        """The files on issues."""
        from mockkibana.jira.attachments.attachments import Attachments

        return Attachments(self._store, self._trail, self._issues.seen)

    @cached_property
    def remote_links(self) -> RemoteLinks:
        """Links from issues to what is elsewhere."""
        from mockkibana.jira.links.remote_links import RemoteLinks

        return RemoteLinks(self._store, self._trail, self._issues.seen)

    @cached_property
    def issue_properties(self) -> Properties:
        """What tools keep with issues."""
        from mockkibana.jira.issues.properties import of_issues

        return of_issues(self._store, self._issues.seen)

    @cached_property
    def project_properties(self) -> Properties:
        """What tools keep with projects."""
        from mockkibana.jira.issues.properties import of_projects

        return of_projects(self._store, self._projects)

    @cached_property
    def administration(self) -> Administration:
        """Makes, changes and removes projects."""
        from mockkibana.jira.issues.administration import Administration

        return Administration(self._store, self.counters, self.people, self._issues)

    @cached_property
    def parts(self) -> Parts:
        """Components and versions."""
        from mockkibana.jira.issues.project_parts import Parts

        return Parts(self._store, self.counters, self.people)

    @property
    def version(self) -> int:
        """Which grows with every write, this site's or another's."""
        return self._store.version

    # The server and its users

    def server_info(self, viewer: Viewer = ADMINISTRATOR) -> Document:
        """Return what the server says about itself."""
        return server_info(viewer, self.clock.milliseconds())

    def myself(self, viewer: Viewer = ADMINISTRATOR) -> Document:
        """Return the user that the viewer is."""
        me = self._users.caller(viewer.user)
        groups = self.people.groups
        mine = [
            groups.show_short(group, viewer)
            for group in groups.all()
            if groups.has(group, me["accountId"])
        ]
        return {
            **users.show(me, viewer.url, viewer.flavour),
            "locale": "en_US",
            "groups": {"size": len(mine), "items": mine},
            "applicationRoles": {"size": 1, "items": []},
            "expand": "groups,applicationRoles",
        }

    def user(self, text: str, viewer: Viewer = ADMINISTRATOR) -> Document:
        """Return the user of that name, e-mail address or account id."""
        found = self._users.find(text)
        if found is None:
            me = self._users.caller(viewer.user)
            if text not in (me["name"], me["accountId"], me["key"], me["emailAddress"]):
                raise not_found(viewer.texts.no_user.format(text))
            found = me
        return users.show(found, viewer.url, viewer.flavour)

    def users(
        self, query: str, viewer: Viewer = ADMINISTRATOR, *, project: str | None = None
    ) -> list[Document]:
        """Return the users in whose names the text occurs; those of a project, if one is named."""
        among = {user["accountId"]: user for user in self._users.all()}
        if viewer.user is not None:
            me = self._users.caller(viewer.user)
            among.setdefault(me["accountId"], me)
        found = self._users.search(query, among.values())
        if project is not None:
            record = self._projects.seen(project, viewer)
            found = [row for row in found if self._projects.visible(record, row["name"])]
        return [users.show(row, viewer.url, viewer.flavour) for row in found]

    def projects(
        self, viewer: Viewer = ADMINISTRATOR, *, expand: Collection[str] = ()
    ) -> list[Document]:
        """Return the projects that the viewer sees, as lists show them."""
        url, flavour = viewer.url, viewer.flavour
        return [
            {**projects.show_short(row, url, flavour), **self._expanded(row, viewer, expand)}
            for row in self._projects.all(viewer)
        ]

    def project(
        self, id_or_key: str, viewer: Viewer = ADMINISTRATOR, *, expand: Collection[str] = ()
    ) -> Document:
        """Return a project with its lead, components, issue types and versions."""
        project = self._projects.seen(id_or_key, viewer)
        return {**self._full(project, viewer), **self._expanded(project, viewer, expand)}

    def _full(self, project: Document, viewer: Viewer) -> Document:
        # Every project of a Jira has a lead.
        lead = self._users.get(project["lead"]) if project["lead"] else self._users.caller(None)
        return projects.show_full(project, lead, viewer.url, viewer.flavour)

    def _expanded(self, project: Document, viewer: Viewer, expand: Collection[str]) -> Document:
        if not expand:
            return {}
        issues = self._issues.all(viewer) if "insight" in expand else []
        return of_project(self._full(project, viewer), issues, expand)

    def create_project(
        self,
        key: str,
        name: str | None = None,
        lead: str | None = None,
        assignee_type: str = UNASSIGNED,
    ) -> Document:
        """Make a project; return its `id`, which is a number here, and its `key`."""
        project = self._projects.create(key, name, lead, assignee_type)
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

    def create_issue(self, body: Json, viewer: Viewer = ADMINISTRATOR) -> Document:
        """Create an issue as the body of `POST issue` says; return its `id` and `key`."""
        issue = self._issues.create(body, viewer)
        return {"id": issue["id"], "key": issue["key"]}

    def get_issue(
        self,
        id_or_key: str,
        viewer: Viewer = ADMINISTRATOR,
        *,
        fields: list[str] | None = None,
        expand: Collection[str] = (),
    ) -> Document:
        """Return an issue with the fields that are asked for, all of them for None."""
        issue = self._issues.seen(id_or_key, viewer)
        renderer = self.renderer(viewer)
        shown = renderer.issue(issue, RequestedFields(fields) if fields else EVERY_FIELD)
        return expanded(renderer, issue, shown, expand) if expand else shown

    def edit_issue(self, id_or_key: str, body: Json, viewer: Viewer = ADMINISTRATOR) -> None:
        """Change fields of an issue, and add comments, as the body of `PUT issue` says."""
        self._issues.edit(id_or_key, body, viewer)

    def assign_issue(self, id_or_key: str, body: Json, viewer: Viewer = ADMINISTRATOR) -> None:
        """Give an issue to the user that `body` names (`{"name":"x"}`), or to nobody."""
        self._issues.assign(id_or_key, body, viewer)

    def delete_issue(
        self, id_or_key: str, viewer: Viewer = ADMINISTRATOR, *, delete_subtasks: bool = False
    ) -> None:
        """Remove an issue with its comments, its history and, if asked for, its sub-tasks."""
        self._issues.delete(id_or_key, viewer, delete_subtasks=delete_subtasks)

    def seen_issue(self, id_or_key: str, viewer: Viewer) -> Document:
        """Return the record of an issue that the viewer sees."""
        return self._issues.seen(id_or_key, viewer)

    def allowed(
        self, permission: str, id_or_key: str, viewer: Viewer, row: Document | None = None
    ) -> Document:
        """Return the record of an issue with which the viewer may do that, or with a row of it."""
        issue = self._issues.seen(id_or_key, viewer)
        self._issues.require(permission, issue, viewer, row)
        return issue

    def link_issues(self, body: Json, viewer: Viewer = ADMINISTRATOR) -> None:
        """Link two issues as the body of `POST issueLink` says; a comment goes to the first."""
        with self._store.transaction():
            issue = self.links.create(body, viewer)
            if body.get("comment"):
                self._issues.comments.add(issue["id"], body["comment"], viewer)

    def edit_meta(self, id_or_key: str, viewer: Viewer = ADMINISTRATOR) -> Document:
        """Return the fields that an edit of the issue may set, by id."""
        issue = self._issues.seen(id_or_key, viewer)
        return {"fields": self.renderer(viewer).edit_meta(issue)}

    def transitions(
        self, id_or_key: str, viewer: Viewer = ADMINISTRATOR, *, with_fields: bool = False
    ) -> Document:
        """Return the transitions that are open to an issue."""
        issue = self._issues.seen(id_or_key, viewer)
        renderer = self.renderer(viewer)
        metas = renderer.edit_meta(issue) if with_fields else None
        shown = workflow.show(viewer.url, renderer.project(issue), metas, viewer.flavour)
        return {"expand": "transitions", "transitions": shown}

    def transition(self, id_or_key: str, body: Json, viewer: Viewer = ADMINISTRATOR) -> None:
        """Move an issue through the workflow, with what the transition's screen takes."""
        self._issues.transition(id_or_key, body, viewer)

    def changelog(self, id_or_key: str, viewer: Viewer = ADMINISTRATOR) -> list[Document]:
        """Return the histories of an issue, oldest first."""
        return self.renderer(viewer).histories(self._issues.seen(id_or_key, viewer))

    # Comments

    def comments(
        self, id_or_key: str, viewer: Viewer = ADMINISTRATOR, *, rendered: bool = False
    ) -> list[Document]:
        """Return the comments on an issue, oldest first; `rendered` adds the bodies as HTML."""
        issue = self._issues.seen(id_or_key, viewer)
        return self.renderer(viewer).comments(issue, rendered=rendered)

    def comment(
        self,
        id_or_key: str,
        comment_id: str,
        viewer: Viewer = ADMINISTRATOR,
        *,
        rendered: bool = False,
    ) -> Document:
        """Return one comment on an issue."""
        comment = self._issues.comments.get(id_or_key, comment_id, viewer)
        return self.renderer(viewer).comment(comment, rendered=rendered)

    def add_comment(
        self, id_or_key: str, body: Json, viewer: Viewer = ADMINISTRATOR, *, rendered: bool = False
    ) -> Document:
        """Add a comment to an issue and return it."""
        comment = self._issues.comments.add(id_or_key, body, viewer)
        return self.renderer(viewer).comment(comment, rendered=rendered)

    def edit_comment(
        self,
        id_or_key: str,
        comment_id: str,
        body: Json,
        viewer: Viewer = ADMINISTRATOR,
        *,
        rendered: bool = False,
    ) -> Document:
        """Give a comment another text and return it."""
        before = self._issues.comments.get(id_or_key, comment_id, viewer)
        self.allowed("EDIT_{}_COMMENTS", id_or_key, viewer, before)
        comment = self._issues.comments.edit(id_or_key, comment_id, body, viewer)
        return self.renderer(viewer).comment(comment, rendered=rendered)

    def delete_comment(
        self, id_or_key: str, comment_id: str, viewer: Viewer = ADMINISTRATOR
    ) -> None:
        """Remove a comment; its id is never given out again."""
        gone = self._issues.comments.get(id_or_key, comment_id, viewer)
        self.allowed("DELETE_{}_COMMENTS", id_or_key, viewer, gone)
        self._issues.comments.delete(id_or_key, comment_id, viewer)

    # What searches need

    @property
    def store(self) -> Store:
        """Where the records are."""
        return self._store

    def project_records(self, viewer: Viewer = ADMINISTRATOR) -> list[Document]:
        """Return the records of the projects that the viewer sees."""
        return self._projects.all(viewer)

    def issues(self, viewer: Viewer = ADMINISTRATOR) -> list[Document]:
        """Return the records of all issues that the viewer sees."""
        return self._issues.all(viewer)

    def stored_issue(self, id_or_key: str) -> Document | None:
        """Return the record of an issue, or None."""
        return self._issues.find(id_or_key)

    def render(
        self,
        issues: Iterable[Document],
        viewer: Viewer = ADMINISTRATOR,
        fields: list[str] | None = None,
        expand: Collection[str] = (),
    ) -> list[Document]:
        """Return stored issues as a search shows them."""
        renderer, wanted = self.renderer(viewer), RequestedFields(fields)
        if not expand:
            return [renderer.found(issue, wanted) for issue in issues]
        return [
            expanded(renderer, issue, renderer.found(issue, wanted), expand) for issue in issues
        ]

    def restore(self, block: Json, transaction: Transaction, path: str = "jira") -> None:
        """Add what a seed tells; `path` is where the block stands in it.

        Raises `BadSeed` for the first record that cannot be used.
        """
        writer = seeds.SiteWriter(
            transaction, self.counters, self._users, self._projects, self.people.groups
        )
        seeds.restore(block, writer, path)

    def dump(self) -> Document:
        """Return the site as a seed, which `restore` makes the same site of."""
        return seeds.dump(self._store, self._projects)

    def renderer(self, viewer: Viewer) -> Renderer:
        """Return what shows records to a viewer."""
        return Renderer(self._store, self.people, self._issues, viewer)
