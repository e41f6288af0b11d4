"""What issues can be: types, fields, priorities, statuses; and what the server is."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import not_found
from mockkibana.jira.face.jira_request import JiraRequest, page
from mockkibana.jira.projects import metadata
from mockkibana.jira.projects.catalogue import Catalogue
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json

_LONGEST_PAGE = 1000

Shown = Callable[[Catalogue, Viewer], list[Json]]


def server_info(request: JiraRequest) -> Answer:
    """`GET serverInfo`."""
    return Answer(200, request.site.server_info(request.viewer))


def create_meta(request: JiraRequest) -> Answer:
    """`GET issue/createmeta`: projects, their types and, with the expand, the types' fields."""
    return Answer(
        200,
        request.site.catalogue.create_meta(
            request.viewer,
            keys=request.values("projectKeys") or (),
            ids=request.values("projectIds") or (),
            type_ids=request.values("issuetypeIds") or (),
            type_names=request.values("issuetypeNames") or (),
            with_fields=request.expands("projects.issuetypes.fields"),
        ),
    )


def create_meta_types(request: JiraRequest, project: str) -> Answer:
    """`GET issue/createmeta/{project}/issuetypes`, with the keys of Cloud and of Server."""
    found = request.site.catalogue.create_meta_types(project, request.viewer)
    return Answer(200, _meta_page(request, found, "issueTypes"))


def create_meta_fields(request: JiraRequest, project: str, issuetype: str) -> Answer:
    """`GET issue/createmeta/{project}/issuetypes/{id}`, with the keys of Cloud and of Server."""
    found = request.site.catalogue.create_meta_fields(project, issuetype, request.viewer)
    return Answer(200, _meta_page(request, found, "fields"))


def _meta_page(request: JiraRequest, found: list[Json], cloud: str) -> Json:
    start, size = request.number("startAt", 0), request.number("maxResults", 50)
    keys = {"cloud": (cloud,), "server": ("values",)}
    wanted = keys.get(request.viewer.flavour, ("values", cloud))
    shown = page(found, start, min(size, _LONGEST_PAGE), keys=wanted)
    if request.viewer.flavour == "cloud":
        del shown["isLast"]
    return shown


def configuration(_request: JiraRequest) -> Answer:
    """`GET configuration`: what is switched on."""
    return Answer(
        200,
        {
            "votingEnabled": True,
            "watchingEnabled": True,
            "unassignedIssuesAllowed": True,
            "subTasksEnabled": True,
            "issueLinkingEnabled": True,
            "timeTrackingEnabled": True,
            "attachmentsEnabled": True,
            "timeTrackingConfiguration": metadata.shipped()["time_tracking"],
        },
    )


def option(request: JiraRequest, id: str) -> Answer:  # noqa: A002 - the placeholder's name
    """`GET customFieldOption/{id}`."""
    for record in request.site.project_records(request.viewer):
        for field in record["fields"]:
            for value in field.get("allowedValues", []):
                if isinstance(value, dict) and str(value.get("id")) == id:
                    self_ = f"{request.viewer.url}/rest/api/2/customFieldOption/{id}"
                    return Answer(200, {"self": self_, "value": value.get("value")})
    raise not_found(f"A custom field option with id '{id}' does not exist")


def search_priorities(request: JiraRequest) -> Answer:
    """`GET priority/search`: a page."""
    return Answer(200, request.page(request.site.catalogue.priorities(request.viewer)))


def _all_of(shown: Shown) -> Handler:
    """Return the handler of a list of what the site knows: `GET priority`."""
    return lambda request: Answer(200, shown(request.site.catalogue, request.viewer))


def _one_of(shown: Shown, what: str) -> Handler:
    """Return the handler of one of a list, by its id, key or name: `GET priority/{id}`."""

    def one(request: JiraRequest, id: str) -> Answer:  # noqa: A002 - the placeholder's name
        for value in shown(request.site.catalogue, request.viewer):
            if id in (str(value["id"]), value.get("key"), value["name"]):
                return Answer(200, value)
        raise not_found(f"The {what} with id '{id}' does not exist")

    return one


def fields(request: JiraRequest) -> Answer:
    """`GET field`."""
    return Answer(200, request.site.catalogue.fields(request.viewer))


_LISTS: tuple[tuple[str, str, Shown], ...] = (
    ("issuetype", "issue type", Catalogue.issue_types),
    ("priority", "priority", Catalogue.priorities),
    ("status", "status", Catalogue.statuses),
    ("statuscategory", "status category", Catalogue.status_categories),
    ("resolution", "resolution", Catalogue.resolutions),
)
_API = "/rest/api/{version}"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"{_API}/serverInfo", server_info),
    ("GET", f"{_API}/configuration", configuration),
    ("GET", f"{_API}/customFieldOption/{{id}}", option),
    ("GET", f"{_API}/issue/createmeta", create_meta),
    ("GET", f"{_API}/issue/createmeta/{{project}}/issuetypes", create_meta_types),
    ("GET", f"{_API}/issue/createmeta/{{project}}/issuetypes/{{issuetype}}", create_meta_fields),
    ("GET", f"{_API}/priority/search", search_priorities),
    ("GET", f"{_API}/field", fields),
    *(
        route
        for path, what, shown in _LISTS
        for route in (
            ("GET", f"{_API}/{path}", _all_of(shown)),
            ("GET", f"{_API}/{path}/{{id}}", _one_of(shown, what)),
        )
    ),
)
