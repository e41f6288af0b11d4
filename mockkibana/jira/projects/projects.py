"""Projects: where issues live, with their issue types, fields and people."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mockkibana.jira.errors import JiraError, not_found
from mockkibana.jira.people.users import Users, show
from mockkibana.jira.projects import fields, metadata
from mockkibana.jira.projects.counters import SITE, TABLE, Counters
from mockkibana.jira.viewer import ADMINISTRATOR, Viewer
from mockkibana.store import Document, Store, Transaction

PROJECTS = "jira:projects"
KEYS = "jira:project_keys"
NUMBERS = "jira:numbers"

# Jira itself asks for two characters at least and, by default, ten at most. Whoever makes a
# project by hand is held to that; the key that a connector names may be of any length.
_KEY = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_EXPAND = "description,lead,issueTypes,url,projectKeys,permissions,insight"
_AVATARS = {
    "48x48": "avatarId=10324",
    "24x24": "size=small&avatarId=10324",
    "16x16": "size=xsmall&avatarId=10324",
    "32x32": "size=medium&avatarId=10324",
}

UNASSIGNED, PROJECT_LEAD = ASSIGNEE_TYPES = ("UNASSIGNED", "PROJECT_LEAD")
EMPTY: Document = {
    "id": "",
    "key": "",
    "name": "",
    "description": "",
    "projectTypeKey": "software",
    "lead": None,
    "assigneeType": UNASSIGNED,
    "issue_types": None,
    "fields": [],
    "components": [],
    "versions": [],
    "users": None,
    "allow_unknown_fields": False,
    "url": "",
    "category": None,
    "roles": {},
    "screens": {},
    "properties": {},
}


class Projects:
    """The projects of the site.

    A record has the keys of `EMPTY`: without `issue_types` a project has the site's, without
    `users` everybody sees it and works in it. `new_fields` are own fields that a project has from
    its beginning, beside those of the site; they are no part of the state.
    """

    def __init__(self, store: Store, counters: Counters, users: Users) -> None:
        self._store = store
        self._counters = counters
        self._users = users
        self.new_fields: tuple[Document, ...] = ()

    def get(self, id: str) -> Document:  # noqa: A002
        """Return the record with that id, which must exist."""
        project = self._store.table(PROJECTS).row(id)
        assert project is not None  # noqa: S101 - issues and keys only name projects that exist
        return project

    def find(self, id_or_key: str) -> Document | None:
        """Return the record, or None."""
        found = self._store.table(KEYS).row(id_or_key)
        return self._store.table(PROJECTS).row(found["id"] if found else id_or_key)

    def visible(self, project: Document, user: str | None) -> bool:
        """Tell whether the user works in the project; None, the administrator, works in all."""
        if user is None or project["users"] is None:
            return True
        caller = self._users.caller(user)
        names = {caller["name"], caller["emailAddress"], caller["accountId"], caller["key"]}
        return not names.isdisjoint(project["users"])

    def shows(self, issue: Document, viewer: Viewer) -> bool:
        """Tell whether the viewer works in the project of a stored issue."""
        return viewer.user is None or self.visible(self.get(issue["project"]), viewer.user)

    def seen(self, id_or_key: str, viewer: Viewer) -> Document:
        """Return the record. Raises `JiraError` (404) if it is not there for this viewer."""
        project = self.find(id_or_key)
        if project is None or not self.visible(project, viewer.user):
            kind = "id" if id_or_key.isdecimal() else "key"
            raise not_found(f"No project could be found with {kind} '{id_or_key}'.")
        return project

    def all(self, viewer: Viewer = ADMINISTRATOR) -> list[Document]:
        """Return the records of the projects that the viewer sees."""
        projects = list(self._store.table(PROJECTS).rows().values())
        return [project for project in projects if self.visible(project, viewer.user)]

    def create(self, key: str, name: str | None, lead: str | None, assignee_type: str) -> Document:
        """Make a project and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            self._counters.begin(transaction)
            if errors := self._problems(key, name):
                raise JiraError(400, errors=errors)
            account_id = self._users.register(transaction, lead)
            return self.make(transaction, key, name, account_id, assignee_type)

    def _problems(self, key: str, name: str | None) -> dict[str, str]:
        errors = {}
        if len(key) < 2 or not _KEY.fullmatch(key):
            errors["projectKey"] = (
                "Project keys must start with an uppercase letter, followed by one or more "
                "uppercase alphanumeric characters."
            )
        elif len(key) > 10:
            errors["projectKey"] = "The project key must not exceed 10 characters in length."
        elif (taken := self.find(key)) is not None:
            errors["projectKey"] = f"Project '{taken['name']}' uses this project key."
        if name is not None and any(project["name"] == name for project in self.all()):
            errors["projectName"] = "A project with that name already exists."
        return errors

    def ensure(self, key: str, email: str) -> None:
        """See to it that a connector finds the project that it names, and its own user.

        A key that Jira could not have makes none. Nothing is written if both are there.
        """
        if self.find(key) and self._users.find(email):
            return
        with self._store.transaction() as transaction:
            site = self._counters.begin(transaction)
            lead = self._users.register(transaction, email)
            wanted = site["auto_create_projects"] and _KEY.fullmatch(key)
            if wanted and not self.find(key):
                self.make(transaction, key, None, lead)

    def make(
        self,
        transaction: Transaction,
        key: str,
        name: str | None,
        lead: str,
        assignee_type: str = UNASSIGNED,
    ) -> Document:
        """Put a new project into the store and return its record; `lead` is an account id."""
        project = {
            **EMPTY,
            "id": self._counters.take(transaction, "project"),
            "key": key,
            "name": name or key,
            "lead": lead,
            "assigneeType": assignee_type,
            "fields": merged(self.site_fields(transaction), self.new_fields),
        }
        self.put(transaction, project)
        return project

    def site_fields(self, transaction: Transaction | None = None) -> list[Document]:
        """Return the own fields that every project of the site begins with."""
        if transaction is not None:
            site: Document | None = self._counters.begin(transaction)
        else:
            site = self._store.table(TABLE).row(SITE)
        fields: list[Document] = (site or {}).get("fields", [])
        return fields

    def put(self, transaction: Transaction, project: Document, last_number: int = 0) -> None:
        """Put a record into the store; a new one counts its issues from `last_number`."""
        self._counters.begin(transaction)
        transaction.put(PROJECTS, {project["id"]: project})
        transaction.put(KEYS, {project["key"]: {"id": project["id"]}})
        last = max(last_number, self.last_number(project))
        transaction.put(NUMBERS, {project["id"]: {"last": last}})

    def forget(self, transaction: Transaction, project: Document) -> None:
        """Remove a record; its issues must be gone."""
        transaction.remove(PROJECTS, [project["id"]])
        transaction.remove(KEYS, [project["key"]])
        transaction.remove(NUMBERS, [project["id"]])

    def type_of(self, issue: Document) -> Document:
        """Return the issue type of a stored issue."""
        return issue_type(self.get(issue["project"]), issue["fields"]["issuetype"])

    def next_number(self, transaction: Transaction, project: Document) -> int:
        """Return the number of the project's next issue, which is counted with it."""
        counted = transaction.get(NUMBERS, project["id"])
        number: int = counted["last"] + 1 if counted else 1
        transaction.put(NUMBERS, {project["id"]: {"last": number}})
        return number

    def last_number(self, project: Document) -> int:
        """Return the number of the project's newest issue; 0 without one."""
        counted = self._store.table(NUMBERS).row(project["id"])
        return counted["last"] if counted else 0

    def count(self, transaction: Transaction, project: Document, number: int) -> None:
        """Remember that the project has had an issue of that number."""
        if number > self.last_number(project):
            transaction.put(NUMBERS, {project["id"]: {"last": number}})


def merged(fields: Iterable[Document], later: Iterable[Document]) -> list[Document]:
    """Return own fields of a project, each once: the later one of those with the same id."""
    return list({field["fieldId"]: field for field in (*fields, *later)}.values())


def issue_types(project: Document) -> list[Document]:
    """Return the issue types of a project; the first one is what Kibana takes when not told."""
    types: list[Document] = project["issue_types"] or metadata.shipped()["default_issue_types"]
    return types


def issue_type(project: Document, id: str) -> Document:  # noqa: A002
    """Return one of the project's issue types, which its issues name."""
    found = metadata.find(issue_types(project), id=id)
    assert found is not None  # noqa: S101 - an issue only has a type of its project
    return found


def show_issue_type(
    project: Document,
    id: str,  # noqa: A002
    url: str,
    flavour: str = "hybrid",
) -> Document:
    """Return one of the project's issue types as its issues show it, shared."""
    if project["issue_types"] is None:
        return metadata.show_default_issue_type(id, url, flavour)
    return metadata.show_issue_type(issue_type(project, id), url, flavour)


def show_short(project: Document, url: str, flavour: str = "hybrid") -> Document:
    """Return a project as lists and issues show it."""
    shown = {
        "self": f"{url}/rest/api/2/project/{project['id']}",
        "id": project["id"],
        "key": project["key"],
        "name": project["name"],
        "projectTypeKey": project["projectTypeKey"],
        "simplified": False,
        "avatarUrls": {
            size: f"{url}/secure/projectavatar?{query}" for size, query in _AVATARS.items()
        },
    }
    if (category := project.get("category")) is not None:
        shown["projectCategory"] = show_category(category, url)
    return metadata.as_shown("project", shown, flavour)


def show_category(category: Document, url: str) -> Document:
    """Return a category of projects."""
    return {"self": f"{url}/rest/api/2/projectCategory/{category['id']}", **category}


def show_full(
    project: Document, lead: Document | None, url: str, flavour: str = "hybrid"
) -> Document:
    """Return a project as a request for it alone shows it."""
    short = show_short(project, url)
    types = issue_types(project)
    shown = {
        "expand": _EXPAND,
        **short,
        "description": project["description"],
        "lead": show(lead, url, flavour) if lead else None,
        "components": [show_component(row, url) for row in project["components"]],
        "issueTypes": [metadata.show_issue_type(row, url, flavour) for row in types],
        # Projects that an earlier version has stored say nothing of it.
        "assigneeType": project.get("assigneeType", UNASSIGNED),
        "versions": [show_version(row, project, url) for row in project["versions"]],
        "roles": show_roles(project, url),
        "style": "classic",
        "isPrivate": project["users"] is not None,
        "properties": project.get("properties", {}),
        **({"url": project["url"]} if project.get("url") else {}),
    }
    return metadata.as_shown("project", shown, flavour)


def show_roles(project: Document, url: str) -> dict[str, str]:
    """Return where the roles of a project are, by their names."""
    base = f"{url}/rest/api/2/project/{project['id']}/role"
    return {role["name"]: f"{base}/{role['id']}" for role in metadata.shipped()["roles"]}


def show_component(component: Document, url: str) -> Document:
    """Return a component of a project as issues show it."""
    keys = ("id", "name", "description")
    shown: Document = {key: component[key] for key in keys if key in component}
    return {"self": f"{url}/rest/api/2/component/{component['id']}", **shown}


def show_version(version: Document, project: Document, url: str) -> Document:
    """Return a version of a project; its `projectId` is a number."""
    id_ = project["id"]
    return {
        "self": f"{url}/rest/api/2/version/{version['id']}",
        **version,
        "projectId": int(id_) if id_.isdecimal() else id_,
    }


def show_fields(
    project: Document, issue_type: Document, url: str, flavour: str = "hybrid"
) -> list[Document]:
    """Return the metadata of the fields on the create screen of an issue type."""
    values = {
        "issuetype": [metadata.show_issue_type(issue_type, url, flavour)],
        "project": [show_short(project, url, flavour)],
        "priority": [
            metadata.show_priority(row["id"], url) for row in metadata.shipped()["priorities"]
        ],
        "components": [show_component(row, url) for row in project["components"]],
        "fixVersions": [show_version(row, project, url) for row in project["versions"]],
        "versions": [show_version(row, project, url) for row in project["versions"]],
    }
    screen = fields.screen(project, issue_type)
    return fields.show_screen(screen, url, project["key"], values, flavour)


def show_create_meta(
    project: Document, types: list[Document], url: str, *, with_fields: bool
) -> Document:
    """Return a project as the old create metadata has it, its fields by id."""
    short = show_short(project, url)
    shown = []
    for row in types:
        issue_type = metadata.show_issue_type(row, url)
        if with_fields:
            by_id = {meta["fieldId"]: meta for meta in show_fields(project, row, url)}
            issue_type |= {"expand": "fields", "fields": by_id}
        shown.append(issue_type)
    keys = ("self", "id", "key", "name", "avatarUrls")
    return {"expand": "issuetypes", **{key: short[key] for key in keys}, "issuetypes": shown}
