"""The administration of projects: made, changed, categorised, and removed with their issues."""

from __future__ import annotations

from mockkibana.jira.errors import BAD_PAYLOAD, JiraError, bad_request, not_found
from mockkibana.jira.issues.issues import Issues
from mockkibana.jira.projects.counters import Counters
from mockkibana.jira.projects.people import People
from mockkibana.jira.projects.projects import ASSIGNEE_TYPES, UNASSIGNED
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json
from mockkibana.store import Document, Store, Transaction

CATEGORIES = "jira:categories"
_TEXTS = ("name", "description", "url")
_CHOICES = (
    # Guess: the sentences, after those on a project's other fields.
    ("assigneeType", ASSIGNEE_TYPES, "assigneeType", "Invalid default assignee type."),
    (
        "projectTypeKey",
        ("software", "business", "service_desk"),
        "projectType",
        "Invalid project type.",
    ),
)


class Administration:
    """Changes projects as their administrators do; every change is one transaction."""

    def __init__(self, store: Store, counters: Counters, people: People, issues: Issues) -> None:
        self._store = store
        self._counters = counters
        self._people = people
        self._projects = people.projects
        self._issues = issues

    def create(self, body: dict[str, Json], viewer: Viewer) -> Document:
        """Make a project as the body of `POST project` says; return its record.

        Raises `JiraError`.
        """
        self._people.permissions.require("ADMINISTER", viewer)
        key, name = body.get("key"), body.get("name")
        if not isinstance(key, str) or not isinstance(name, str | None):
            # Guess: Jira's form says so when the field for the key is empty.
            raise JiraError(400, errors={"projectKey": "You must specify a unique project key."})
        with self._store.transaction() as transaction:
            project = self._projects.create(key, name, viewer.user, UNASSIGNED)
            rest = {name: body[name] for name in body if name not in ("key", "name")}
            return self._edit(transaction, project, rest)

    def edit(self, id_or_key: str, body: dict[str, Json], viewer: Viewer) -> Document:
        """Change a project as the body of `PUT project` says; return its record.

        Raises `JiraError`.
        """
        project = self._administered(id_or_key, viewer)
        if body.get("key", project["key"]) != project["key"]:
            raise bad_request("This mock does not change the key of a project.")
        with self._store.transaction() as transaction:
            return self._edit(transaction, project, body)

    def _edit(self, transaction: Transaction, project: Document, body: dict[str, Json]) -> Document:
        errors: dict[str, str] = {}
        changed = {
            **project,
            **self._texts(project, body, errors),
            **self._choices(body, errors),
        }
        if errors:
            raise JiraError(400, errors=errors)
        self._projects.put(transaction, changed)
        return changed

    def _texts(
        self, project: Document, body: dict[str, Json], errors: dict[str, str]
    ) -> dict[str, Json]:
        """Return the texts that a body changes; note what is wrong with them."""
        changed = {name: body[name] for name in _TEXTS if body.get(name) is not None}
        for name, value in changed.items():
            if not isinstance(value, str):
                errors[f"project{name.capitalize()}"] = "data was not a string"
        wanted = changed.get("name")
        taken = (other for other in self._projects.all() if other["id"] != project["id"])
        if isinstance(wanted, str) and not wanted.strip():
            errors["projectName"] = "You must specify a valid project name."
        elif any(other["name"] == wanted for other in taken):
            errors["projectName"] = "A project with that name already exists."
        return changed

    def _choices(self, body: dict[str, Json], errors: dict[str, str]) -> dict[str, Json]:
        """Return what else a body changes; note what there is not."""
        changed: dict[str, Json] = {}
        if (lead := body.get("leadAccountId", body.get("lead"))) is not None:
            found = self._people.users.find(lead) if isinstance(lead, str) else None
            if found is None:
                errors["projectLead"] = "You must specify a valid project lead."
            else:
                changed["lead"] = found["accountId"]
        for name, choices, error, told in _CHOICES:
            if body.get(name) is not None:
                changed[name] = body[name]
                if body[name] not in choices:
                    errors[error] = told
        if (category_id := body.get("categoryId")) not in (None, ""):
            row = self._store.table(CATEGORIES).row(str(category_id))
            if row is None and category_id != -1:
                errors["categoryId"] = f"The project category with id '{category_id}' was not found"
            changed["category"] = row
        return changed

    def delete(self, id_or_key: str, viewer: Viewer) -> None:
        """Remove a project with its issues. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            project = self._administered(id_or_key, viewer)
            self._issues.delete_all(transaction, project)
            self._projects.forget(transaction, project)

    def _administered(self, id_or_key: str, viewer: Viewer) -> Document:
        project = self._projects.seen(id_or_key, viewer)
        self._people.permissions.require("ADMINISTER_PROJECTS", viewer, project)
        return project

    # Categories

    def categories(self) -> list[Document]:
        """Return the records of the categories."""
        return list(self._store.table(CATEGORIES).rows().values())

    def category(self, id: str) -> Document:  # noqa: A002
        """Return the record of a category. Raises `JiraError` 404."""
        found = self._store.table(CATEGORIES).row(id)
        if found is None:
            raise not_found(f"The project category with id '{id}' was not found")
        return found

    def put_category(self, body: dict[str, Json], id: str | None, viewer: Viewer) -> Document:  # noqa: A002
        """Make a category or, with an id, change one; return its record. Raises `JiraError`."""
        self._people.permissions.require("ADMINISTER", viewer)
        known = {} if id is None else self.category(id)
        name = body.get("name", known.get("name"))
        description = body.get("description", known.get("description", ""))
        if not isinstance(name, str) or not isinstance(description, str):
            raise bad_request(BAD_PAYLOAD)
        if not name.strip():
            raise JiraError(400, errors={"name": "The category name must be specified."})
        if any(row["name"] == name and row["id"] != id for row in self.categories()):
            # Guess: the status and the words.
            raise JiraError(
                409, errors={"name": f"A project category with the name '{name}' already exists."}
            )
        with self._store.transaction() as transaction:
            if id is None:
                id = self._counters.take(transaction, "category")  # noqa: A001
            category = {"id": id, "name": name, "description": description}
            transaction.put(CATEGORIES, {id: category})
            self._categorise(transaction, id, category)
        return category

    def delete_category(self, id: str, viewer: Viewer) -> None:  # noqa: A002
        """Remove a category; its projects are in none then. Raises `JiraError`."""
        self._people.permissions.require("ADMINISTER", viewer)
        self.category(id)
        with self._store.transaction() as transaction:
            transaction.remove(CATEGORIES, [id])
            self._categorise(transaction, id, None)

    def _categorise(self, transaction: Transaction, id: str, category: Document | None) -> None:  # noqa: A002
        for project in self._projects.all():
            if (project.get("category") or {}).get("id") == id:
                self._projects.put(transaction, {**project, "category": category})
