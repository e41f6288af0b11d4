"""Filters over HTTP."""

from __future__ import annotations

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.face.jira_request import JiraRequest
from mockkibana.jira.jql.filters import Filters
from mockkibana.store import Document


def _shown(request: JiraRequest, row: Document) -> Answer:
    return Answer(200, Filters(request.site).show(row, request.viewer))


def create(request: JiraRequest) -> Answer:
    """`POST filter`: `{"name", "jql", "description", "favourite"}`; 200, as Jira does."""
    return _shown(request, Filters(request.site).create(request.object(), request.viewer))


def one(request: JiraRequest, id: str) -> Answer:  # noqa: A002 - the placeholder's name
    """`GET filter/{id}`."""
    return _shown(request, Filters(request.site).get(id))


def edit(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`PUT filter/{id}`."""
    return _shown(request, Filters(request.site).edit(id, request.object(), request.viewer))


def delete(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`DELETE filter/{id}`."""
    Filters(request.site).delete(id, request.viewer)
    return Answer(204)


def favourites(request: JiraRequest) -> Answer:
    """`GET filter/favourite`: a bare array."""
    filters = Filters(request.site)
    rows = filters.favourites(request.viewer)
    return Answer(200, [filters.show(row, request.viewer) for row in rows])


def mine(request: JiraRequest) -> Answer:
    """`GET filter/my`: a bare array."""
    filters = Filters(request.site)
    return Answer(200, [filters.show(row, request.viewer) for row in filters.mine(request.viewer)])


def search(request: JiraRequest) -> Answer:
    """`GET filter/search?filterName=`: a page."""
    filters = Filters(request.site)
    text = request.query.get("filterName", "").casefold()
    rows = [row for row in filters.all() if text in row["name"].casefold()]
    return Answer(200, request.page([filters.show(row, request.viewer) for row in rows]))


def like(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`PUT filter/{id}/favourite`."""
    return _shown(request, Filters(request.site).like(id, request.viewer, liked=True))


def unlike(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`DELETE filter/{id}/favourite`."""
    return _shown(request, Filters(request.site).like(id, request.viewer, liked=False))


_FILTER = "/rest/api/{version}/filter"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", _FILTER, create),
    ("GET", f"{_FILTER}/favourite", favourites),
    ("GET", f"{_FILTER}/my", mine),
    ("GET", f"{_FILTER}/search", search),
    ("GET", f"{_FILTER}/{{id}}", one),
    ("PUT", f"{_FILTER}/{{id}}", edit),
    ("DELETE", f"{_FILTER}/{{id}}", delete),
    ("PUT", f"{_FILTER}/{{id}}/favourite", like),
    ("DELETE", f"{_FILTER}/{{id}}/favourite", unlike),
)
