"""What Jira says of itself: server, users, projects, types, fields, statuses."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import JiraError, bad_request, not_found
from mockkibana.jira.face.jira_request import JiraRequest, page
from mockkibana.jira.projects.projects import ASSIGNEE_TYPES, UNASSIGNED
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json

_LONGEST_PAGE = 1000

Shown = Callable[[Site, Viewer], list[Json]]


def server_info(request: JiraRequest) -> Answer:
    """`GET serverInfo`."""
    return Answer(200, request.site.server_info(request.viewer))


def session(request: JiraRequest) -> Answer:
    """`GET /rest/auth/1/session`: who is logged in."""
    if request.viewer.user is None and "authorization" not in request.http.headers:
        raise JiraError(
            401,
            messages=[
                "You are not authenticated. Authentication required to perform this operation."
            ],
        )
    user = request.site.myself(request.viewer)
    return Answer(
        200,
        {
            "self": f"{request.viewer.url}/rest/api/latest/user?username={user.get('name', '')}",
            "name": user.get("name"),
            "loginInfo": {"failedLoginCount": 0, "loginCount": 1},
        },
    )


def end_session(_request: JiraRequest) -> Answer:
    """`DELETE /rest/auth/1/session`."""
    return Answer(204)


def myself(request: JiraRequest) -> Answer:
    """`GET myself`."""
    return Answer(200, request.site.myself(request.viewer))


def user(request: JiraRequest) -> Answer:
    """`GET user?username=|key=|accountId=`."""
    query = request.query
    name = next((query[key] for key in ("accountId", "username", "key") if query.get(key)), None)
    if name is None:  # Guess: the status
        raise bad_request(request.viewer.texts.no_user_named)
    return Answer(200, request.site.user(name, request.viewer))


def users(request: JiraRequest) -> Answer:
    """`GET user/search?query=|username=`: a bare array."""
    return _users(request, None)


def assignable_users(request: JiraRequest) -> Answer:
    """`GET user/assignable/search?project=|issueKey=`: who works in the project."""
    query = request.query
    if not query.get("issueKey"):
        return _users(request, query.get("project") or None)
    issue = request.site.get_issue(query["issueKey"], request.viewer, fields=["project"])
    return _users(request, issue["fields"]["project"]["key"])


def _users(request: JiraRequest, project: str | None) -> Answer:
    query = request.query
    text = query.get("query") or query.get("username") or ""
    found = request.site.users(text, request.viewer, project=project)
    return Answer(200, request.page(found)["values"])


def projects(request: JiraRequest) -> Answer:
    """`GET project?expand=`: a bare array."""
    expand = request.values("expand") or ()
    return Answer(200, request.site.projects(request.viewer, expand=expand))


def search_projects(request: JiraRequest) -> Answer:
    """`GET project/search?keys=&query=&expand=`: a page."""
    found = request.site.projects(request.viewer, expand=request.values("expand") or ())
    if keys := request.values("keys"):
        found = [project for project in found if project["key"] in keys]
    if text := request.query.get("query", "").casefold():
        found = [
            project
            for project in found
            if text in project["key"].casefold() or text in project["name"].casefold()
        ]
    return Answer(200, {"self": f"{request.viewer.url}{request.http.uri}", **request.page(found)})


def project(request: JiraRequest, project: str) -> Answer:
    """`GET project/{idOrKey}?expand=`."""
    expand = request.values("expand") or ()
    return Answer(200, request.site.project(project, request.viewer, expand=expand))


def project_statuses(request: JiraRequest, project: str) -> Answer:
    """`GET project/{idOrKey}/statuses`: issue types with their statuses."""
    return Answer(200, request.site.project_statuses(project, request.viewer))


def create_project(request: JiraRequest) -> Answer:
    """`POST project`; the id in the answer is a number, unlike everywhere else."""
    body = request.object()
    key, name = body.get("key"), body.get("name")
    if not isinstance(key, str) or not isinstance(name, str | None):
        # Guess: Jira's form says so when the field for the key is empty.
        raise JiraError(400, errors={"projectKey": "You must specify a unique project key."})
    assignee_type = body.get("assigneeType", UNASSIGNED)
    if assignee_type not in ASSIGNEE_TYPES:
        # Guess: after the sentences on a project's other fields.
        raise JiraError(400, errors={"assigneeType": "Invalid default assignee type."})
    made = request.site.create_project(key, name, request.viewer.user, assignee_type)
    return Answer(201, {"self": f"{request.viewer.url}/rest/api/2/project/{made['id']}", **made})


def create_meta(request: JiraRequest) -> Answer:
    """`GET issue/createmeta`: projects, their types and, with the expand, the types' fields."""
    return Answer(
        200,
        request.site.create_meta(
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
    found = request.site.create_meta_types(project, request.viewer)
    return Answer(200, _meta_page(request, found, "issueTypes"))


def create_meta_fields(request: JiraRequest, project: str, issuetype: str) -> Answer:
    """`GET issue/createmeta/{project}/issuetypes/{id}`, with the keys of Cloud and of Server."""
    found = request.site.create_meta_fields(project, issuetype, request.viewer)
    return Answer(200, _meta_page(request, found, "fields"))


def _meta_page(request: JiraRequest, found: list[Json], cloud: str) -> Json:
    start, size = request.number("startAt", 0), request.number("maxResults", 50)
    return page(found, start, min(size, _LONGEST_PAGE), keys=("values", cloud))


def search_priorities(request: JiraRequest) -> Answer:
    """`GET priority/search`: a page."""
    return Answer(200, request.page(request.site.priorities(request.viewer)))


def _all_of(shown: Shown) -> Handler:
    """Return the handler of a list of what the site knows: `GET priority`."""
    return lambda request: Answer(200, shown(request.site, request.viewer))


def _one_of(shown: Shown, what: str) -> Handler:
    """Return the handler of one of a list, by its id, key or name: `GET priority/{id}`."""

    def one(request: JiraRequest, id: str) -> Answer:  # noqa: A002 - the placeholder's name
        for value in shown(request.site, request.viewer):
            if id in (str(value["id"]), value.get("key"), value["name"]):
                return Answer(200, value)
        raise not_found(f"The {what} with id '{id}' does not exist")

    return one


def fields(request: JiraRequest) -> Answer:
    """`GET field`."""
    return Answer(200, request.site.fields())


_LISTS: tuple[tuple[str, str, Shown], ...] = (
    ("issuetype", "issue type", Site.issue_types),
    ("priority", "priority", Site.priorities),
    ("status", "status", Site.statuses),
    ("statuscategory", "status category", Site.status_categories),
    ("resolution", "resolution", Site.resolutions),
)
_API = "/rest/api/{version}"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"{_API}/serverInfo", server_info),
    ("GET", "/rest/auth/1/session", session),
    ("DELETE", "/rest/auth/1/session", end_session),
    ("GET", f"{_API}/myself", myself),
    ("GET", f"{_API}/user", user),
    ("GET", f"{_API}/user/search", users),
    ("GET", f"{_API}/user/assignable/search", assignable_users),
    ("GET", f"{_API}/project", projects),
    ("POST", f"{_API}/project", create_project),
    ("GET", f"{_API}/project/search", search_projects),
    ("GET", f"{_API}/project/{{project}}", project),
    ("GET", f"{_API}/project/{{project}}/statuses", project_statuses),
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
