"""The catalogue of a site: the types, fields, priorities and statuses that issues can have."""

from __future__ import annotations

from collections.abc import Iterable

from mockkibana.jira.errors import not_found
from mockkibana.jira.projects import fields as field_rows
from mockkibana.jira.projects import metadata, projects
from mockkibana.jira.projects.people import People
from mockkibana.jira.viewer import ADMINISTRATOR, Viewer
from mockkibana.store import Document


class Catalogue:
    """What the site ships, and what its projects have of their own, as a viewer sees it.

    Create metadata are for whoever may create issues: others see no types and no fields.
    """

    def __init__(self, people: People) -> None:
        self._projects = people.projects
        self._permissions = people.permissions

    def issue_types(self, viewer: Viewer = ADMINISTRATOR) -> list[Document]:
        """Return the issue types of all projects, also of those that the viewer does not see."""
        rows = {row["id"]: row for row in metadata.shipped()["default_issue_types"]}
        for record in self._projects.all():
            for row in projects.issue_types(record):
                rows.setdefault(row["id"], row)
        return [metadata.show_issue_type(row, viewer.url, viewer.flavour) for row in rows.values()]

    def create_meta_types(self, project: str, viewer: Viewer = ADMINISTRATOR) -> list[Document]:
        """Return the issue types that a project can have issues of."""
        record = self._projects.seen(project, viewer)
        if not self._may_create(record, viewer):
            return []
        return [
            metadata.show_issue_type(row, viewer.url, viewer.flavour)
            for row in projects.issue_types(record)
        ]

    def _may_create(self, project: Document, viewer: Viewer) -> bool:
        return self._permissions.allows("CREATE_ISSUES", viewer, project)

    def create_meta_fields(
        self, project: str, type_id: str, viewer: Viewer = ADMINISTRATOR
    ) -> list[Document]:
        """Return the fields that issues of a type can be created with."""
        record = self._projects.seen(project, viewer)
        issue_type = metadata.find(projects.issue_types(record), id=type_id)
        if issue_type is None:
            raise not_found(f"The issue type with id '{type_id}' does not exist")
        if not self._may_create(record, viewer):
            return []
        shown = projects.show_fields(record, issue_type, viewer.url, viewer.flavour)
        hidden = self._permissions.hidden_fields(viewer, record)
        return [meta for meta in shown if meta["fieldId"] not in hidden] if hidden else shown

    def create_meta(
        self,
        viewer: Viewer = ADMINISTRATOR,
        *,
        keys: Iterable[str] = (),
        ids: Iterable[str] = (),
        type_ids: Iterable[str] = (),
        type_names: Iterable[str] = (),
        with_fields: bool = False,
    ) -> Document:
        """Return projects, issue types and fields in one; what is unknown is left out."""
        wanted = {*keys, *ids}
        types = {*type_ids, *type_names}
        shown = []
        for project in self._projects.all(viewer):
            if wanted and wanted.isdisjoint((project["key"], project["id"])):
                continue
            if not self._may_create(project, viewer):
                continue
            chosen = [
                row
                for row in projects.issue_types(project)
                if not types or not types.isdisjoint((row["id"], row["name"]))
            ]
            url = viewer.url
            shown.append(projects.show_create_meta(project, chosen, url, with_fields=with_fields))
        return {"expand": "projects", "projects": shown}

    def priorities(self, viewer: Viewer = ADMINISTRATOR) -> list[Document]:
        """Return all priorities, highest first."""
        return metadata.show_priorities(viewer.url)

    def statuses(self, viewer: Viewer = ADMINISTRATOR) -> list[Document]:
        """Return all statuses."""
        rows = metadata.shipped()["statuses"]
        return [metadata.show_status(row["id"], viewer.url) for row in rows]

    def status_categories(self, viewer: Viewer = ADMINISTRATOR) -> list[Document]:
        """Return all status categories."""
        rows = metadata.shipped()["status_categories"]
        return [metadata.show_category(row, viewer.url) for row in rows]

    def resolutions(self, viewer: Viewer = ADMINISTRATOR) -> list[Document]:
        """Return all resolutions."""
        rows = metadata.shipped()["resolutions"]
        return [metadata.show_resolution(row["id"], viewer.url) for row in rows]

    def fields(self, viewer: Viewer = ADMINISTRATOR) -> list[Document]:
        """Return the fields of all projects, and of those to come."""
        site = {"fields": self._projects.site_fields()}
        return field_rows.show_all([*self._projects.all(), site], viewer.flavour)

    def project_statuses(self, id_or_key: str, viewer: Viewer = ADMINISTRATOR) -> list[Document]:
        """Return the issue types of a project, each with its statuses."""
        statuses = self.statuses(viewer)
        types = projects.issue_types(self._projects.seen(id_or_key, viewer))
        keys = ("self", "id", "name", "subtask")
        shown = (metadata.show_issue_type(row, viewer.url, viewer.flavour) for row in types)
        return [{**{key: row[key] for key in keys}, "statuses": statuses} for row in shown]
