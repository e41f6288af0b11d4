"""Expansions: what an issue shows beside its fields when a request's `expand` names it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping

from mockkibana.jira.issues import workflow
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


def _changelog(renderer: Renderer, issue: Document, _shown: Document) -> Json:
    histories = renderer.histories(issue)
    count = len(histories)
    return {"startAt": 0, "maxResults": count, "total": count, "histories": histories}


def _names(renderer: Renderer, issue: Document, shown: Document) -> Json:
    return {name: row["name"] for name, row in _about(renderer, issue).items() if name in shown}


def _schema(renderer: Renderer, issue: Document, shown: Document) -> Json:
    rows = _about(renderer, issue).items()
    return {name: row["schema"] for name, row in rows if name in shown and "schema" in row}


def _about(renderer: Renderer, issue: Document) -> dict[str, Document]:
    return {row["id"]: row for row in fields.show_all([renderer.project(issue)])}


def _rendered(renderer: Renderer, issue: Document, shown: Document) -> Json:
    """Return rich text as HTML; Jira has null here for what is no rich text."""
    rendered: Document = dict.fromkeys(shown)
    for name in ("description", "environment"):
        if name in shown:
            rendered[name] = _html(issue["fields"][name])
    if "comment" in shown:
        page = shown["comment"]
        bodies = renderer.bodies(issue)
        comments = [
            {**comment, "body": _html(bodies.get(comment["id"]))} for comment in page["comments"]
        ]
        rendered["comment"] = {**page, "comments": comments}
    return rendered


def _html(text: str | None) -> str:
    blocks = re.split(r"\n\s*\n", text) if text else []
    return "\n\n".join(f"<p>{html.escape(block).replace(chr(10), '<br/>')}</p>" for block in blocks)


_EXPANSIONS: Mapping[str, Callable[[Renderer, Document, Document], Json]] = {
    "renderedFields": _rendered,
    "names": _names,
    "schema": _schema,
    "transitions": lambda renderer, _issue, _shown: workflow.show(renderer.viewer.url),
    "editmeta": lambda renderer, issue, _shown: {"fields": renderer.edit_meta(issue)},
    "changelog": _changelog,
}
