"""Expansions: what an issue shows beside its fields when a request's `expand` names it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping

from mockkibana.jira.issues import workflow
from mockkibana.jira.issues.render import View
from mockkibana.jira.projects import fields
from mockkibana.json import Json

Document = dict[str, Json]


def expand(view: View, issue: Document, shown: Document, names: Iterable[str]) -> Document:
    """Return a shown issue with the expansions of those names; unknown ones add nothing."""
    added = {
        name: _EXPANSIONS[name](view, issue, shown["fields"])
        for name in names
        if name in _EXPANSIONS
    }
    return {**shown, **added}


def _changelog(view: View, issue: Document, _shown: Document) -> Json:
    histories = view.histories(issue)
    count = len(histories)
    return {"startAt": 0, "maxResults": count, "total": count, "histories": histories}


def _transitions(view: View, _issue: Document, _shown: Document) -> Json:
    return workflow.show(view.url)


def _edit_meta(view: View, issue: Document, _shown: Document) -> Json:
    return {"fields": view.edit_meta(issue)}


def _names(view: View, issue: Document, shown: Document) -> Json:
    return {name: row["name"] for name, row in _about(view, issue).items() if name in shown}


def _schema(view: View, issue: Document, shown: Document) -> Json:
    rows = _about(view, issue).items()
    return {name: row["schema"] for name, row in rows if name in shown and "schema" in row}


def _about(view: View, issue: Document) -> dict[str, Document]:
    return {row["id"]: row for row in fields.show_all([view.project(issue)])}


def _rendered(view: View, issue: Document, shown: Document) -> Json:
    """Return rich text as HTML; Jira has null here for what is no rich text."""
    rendered: Document = dict.fromkeys(shown)
    for name in ("description", "environment"):
        if name in shown:
            rendered[name] = _html(issue["fields"][name])
    if "comment" in shown:
        page = shown["comment"]
        bodies = view.bodies(issue)
        comments = [
            {**comment, "body": _html(bodies.get(comment["id"]))} for comment in page["comments"]
        ]
        rendered["comment"] = {**page, "comments": comments}
    return rendered


def _html(text: str | None) -> str:
    blocks = re.split(r"\n\s*\n", text) if text else []
    return "\n\n".join(f"<p>{html.escape(block).replace(chr(10), '<br/>')}</p>" for block in blocks)


_EXPANSIONS: Mapping[str, Callable[[View, Document, Document], Json]] = {
    "renderedFields": _rendered,
    "names": _names,
    "schema": _schema,
    "transitions": _transitions,
    "editmeta": _edit_meta,
    "changelog": _changelog,
}
