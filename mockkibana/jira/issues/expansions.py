"""Expansions: what issues and projects show more of when a request's `expand` names it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from mockkibana.jira.issues import adf, workflow
from mockkibana.jira.issues.render import Renderer
from mockkibana.jira.projects import fields
from mockkibana.json import Json
from mockkibana.store import Document


def expand(renderer: Renderer, issue: Document, shown: Document, names: Iterable[str]) -> Document:
    """Return a shown issue with the expansions of those names; unknown ones add nothing."""
    added = {
        name: _EXPANSIONS[name](renderer, issue, shown["fields"])
        for name in names
        if name in _EXPANSIONS
    }
    return {**shown, **added}


def of_project(full: Document, issues: Iterable[Document], names: Collection[str]) -> Document:
    """Return those of the names that the `expand` of a project, shown in full, announces.

    `issues` are stored ones, also of other projects: what `insight` is about.
    """
    updated = [row["fields"]["updated"] for row in issues if row["project"] == full["id"]]
    every = {
        **full,
        "url": "",
        "projectKeys": [full["key"]],
        "permissions": {"canEdit": True},
        "insight": {
            "totalIssueCount": len(updated),
            "lastIssueUpdateTime": max(updated, default=None),
        },
    }
    return {name: every[name] for name in full["expand"].split(",") if name in names}


def _changelog(renderer: Renderer, issue: Document, _shown: Document) -> Json:
    histories = renderer.histories(issue)
    count = len(histories)
    return {"startAt": 0, "maxResults": count, "total": count, "histories": histories}


def _names(renderer: Renderer, issue: Document, shown: Document) -> Json:
    return fields.names(fields.show_all([renderer.project(issue)]), shown)


def _schema(renderer: Renderer, issue: Document, shown: Document) -> Json:
    return fields.schemas(fields.show_all([renderer.project(issue)]), shown)


def _rendered(renderer: Renderer, issue: Document, shown: Document) -> Json:
    """Return rich text as HTML; Jira has null here for what is no rich text."""
    rendered: Document = dict.fromkeys(shown)
    for name in ("description", "environment"):
        if name in shown:
            rendered[name] = adf.html(issue["fields"][name])
    if "comment" in shown:
        comments = renderer.comments(issue, rendered=True)
        rendered["comment"] = {
            **shown["comment"],
            "comments": [{**row, "body": row.pop("renderedBody")} for row in comments],
        }
    return rendered


def _versions(_renderer: Renderer, _issue: Document, shown: Document) -> Json:
    return {name: {"1": value} for name, value in shown.items()}


_EXPANSIONS: Mapping[str, Callable[[Renderer, Document, Document], Json]] = {
    "renderedFields": _rendered,
    "names": _names,
    "schema": _schema,
    "transitions": lambda renderer, issue, _shown: workflow.show(
        renderer.viewer.url, renderer.project(issue), flavour=renderer.viewer.flavour
    ),
    "editmeta": lambda renderer, issue, _shown: {"fields": renderer.edit_meta(issue)},
    "changelog": _changelog,
    "operations": lambda _renderer, _issue, _shown: {"linkGroups": []},
    "versionedRepresentations": _versions,
}
