"""What Jira says of itself: server, users, projects, types, fields, statuses."""

from __future__ import annotations

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import JiraError, bad_request, not_found
from mockkibana.jira.face.call import Call, answer, nothing, page
from mockkibana.json import Json

_PAGE = 50
_LONGEST_PAGE = 1000


def server_info(call: Call) -> Answer:
    """`GET serverInfo`."""
    return answer(call.site.server_info(call.url))


def session(call: Call) -> Answer:
    """`GET /rest/auth/1/session`: who is logged in."""
    if call.user is None and "authorization" not in call.request.headers:
        raise JiraError(
            401,
            messages=[
                "You are not authenticated. Authentication required to perform this operation."
            ],
        )
    user = call.site.myself(call.user, call.url)
    return answer(
        {
            "self": f"{call.url}/rest/api/latest/user?username={user.get('name', '')}",
            "name": user.get("name"),
            "loginInfo": {"failedLoginCount": 0, "loginCount": 1},
        }
    )


def end_session(_call: Call) -> Answer:
    """`DELETE /rest/auth/1/session`."""
    return nothing()


def myself(call: Call) -> Answer:
    """`GET myself`."""
    return answer(call.site.myself(call.user, call.url))


def user(call: Call) -> Answer:
    """`GET user?username=|key=|accountId=`."""
    query = call.request.query
    name = next((query[key] for key in ("accountId", "username", "key") if query.get(key)), None)
    if name is None:  # a guess at the status; the sentence is a Server's
        raise bad_request("Either the 'username' or the 'key' query parameters need to be provided")
    try:
        return answer(call.site.user(name, call.url, call.user))
    except JiraError:
        if "accountId" not in query:
            raise
    # Cloud's sentence: only Cloud asks for account ids.
    raise not_found("Specified user does not exist or you do not have required permissions")


def users(call: Call) -> Answer:
    """`GET user/search?query=|username=`: a bare array."""
    return _users(call, None)


def assignable_users(call: Call) -> Answer:
    """`GET user/assignable/search?project=|issueKey=`: who works in the project."""
    query = call.request.query
    if not query.get("issueKey"):
        return _users(call, query.get("project") or None)
    issue = call.site.get_issue(query["issueKey"], call.url, fields=["project"], user=call.user)
    return _users(call, issue["fields"]["project"]["key"])


def _users(call: Call, project: str | None) -> Answer:
    query = call.request.query
    text = query.get("query") or query.get("username") or ""
    found = call.site.users(text, call.url, project=project, caller=call.user)
    shown = page(found, call.number("startAt", 0), call.number("maxResults", _PAGE))
    return answer(shown["values"])


def projects(call: Call) -> Answer:
    """`GET project`: a bare array."""
    return answer(call.site.projects(call.url, call.user))


def search_projects(call: Call) -> Answer:
    """`GET project/search?keys=&query=`: a page."""
    found = call.site.projects(call.url, call.user)
    if keys := call.values("keys"):
        wanted = {key.upper() for key in keys}
        found = [project for project in found if project["key"] in wanted]
    if text := call.request.query.get("query", "").casefold():
        found = [
            project
            for project in found
            if text in project["key"].casefold() or text in project["name"].casefold()
        ]
    shown = page(found, call.number("startAt", 0), call.number("maxResults", _PAGE))
    return answer({"self": f"{call.url}{call.request.uri}", **shown})


def project(call: Call, project: str) -> Answer:
    """`GET project/{idOrKey}`."""
    return answer(call.site.project(project, call.url, call.user))


def project_statuses(call: Call, project: str) -> Answer:
    """`GET project/{idOrKey}/statuses`: issue types with their statuses."""
    return answer(call.site.project_statuses(project, call.url, call.user))


def create_project(call: Call) -> Answer:
    """`POST project`; the id in the answer is a number, unlike everywhere else."""
    body = call.object()
    key, name = body.get("key"), body.get("name")
    if not isinstance(key, str) or not isinstance(name, str | None):
        # A guess: Jira's form says so when the field for the key is empty.
        raise JiraError(400, errors={"projectKey": "You must specify a unique project key."})
    made = call.site.create_project(key, name, call.user)
    return answer({"self": f"{call.url}/rest/api/2/project/{made['id']}", **made}, 201)


def create_meta(call: Call) -> Answer:
    """`GET issue/createmeta`: projects, their types and, with the expand, the types' fields."""
    return answer(
        call.site.create_meta(
            call.url,
            keys=call.values("projectKeys") or (),
            ids=call.values("projectIds") or (),
            type_ids=call.values("issuetypeIds") or (),
            type_names=call.values("issuetypeNames") or (),
            with_fields="projects.issuetypes.fields" in (call.values("expand") or ()),
            user=call.user,
        )
    )


def create_meta_types(call: Call, project: str) -> Answer:
    """`GET issue/createmeta/{project}/issuetypes`, with the keys of Cloud and of Server."""
    found = call.site.create_meta_types(project, call.url, call.user)
    return answer(_meta_page(call, found, "issueTypes"))


def create_meta_fields(call: Call, project: str, issuetype: str) -> Answer:
    """`GET issue/createmeta/{project}/issuetypes/{id}`, with the keys of Cloud and of Server."""
    found = call.site.create_meta_fields(project, issuetype, call.url, call.user)
    return answer(_meta_page(call, found, "fields"))


def _meta_page(call: Call, found: list[Json], cloud: str) -> Json:
    start, size = call.number("startAt", 0), call.number("maxResults", _PAGE)
    return page(found, start, min(size, _LONGEST_PAGE), keys=("values", cloud))


def issue_types(call: Call) -> Answer:
    """`GET issuetype`."""
    return answer(call.site.issue_types(call.url))


def issue_type(call: Call, id: str) -> Answer:  # noqa: A002 - the placeholder's name
    """`GET issuetype/{id}`."""
    return _one(call.site.issue_types(call.url), id, "issue type")


def priorities(call: Call) -> Answer:
    """`GET priority`."""
    return answer(call.site.priorities(call.url))


def search_priorities(call: Call) -> Answer:
    """`GET priority/search`: a page."""
    found = call.site.priorities(call.url)
    return answer(page(found, call.number("startAt", 0), call.number("maxResults", _PAGE)))


def priority(call: Call, id: str) -> Answer:  # noqa: A002 - the placeholder's name
    """`GET priority/{id}`."""
    return _one(call.site.priorities(call.url), id, "priority")


def statuses(call: Call) -> Answer:
    """`GET status`."""
    return answer(call.site.statuses(call.url))


def status(call: Call, id: str) -> Answer:  # noqa: A002 - the placeholder's name
    """`GET status/{idOrName}`."""
    return _one(call.site.statuses(call.url), id, "status")


def status_categories(call: Call) -> Answer:
    """`GET statuscategory`."""
    return answer(call.site.status_categories(call.url))


def status_category(call: Call, id: str) -> Answer:  # noqa: A002 - the placeholder's name
    """`GET statuscategory/{idOrKey}`."""
    return _one(call.site.status_categories(call.url), id, "status category")


def resolutions(call: Call) -> Answer:
    """`GET resolution`."""
    return answer(call.site.resolutions(call.url))


def resolution(call: Call, id: str) -> Answer:  # noqa: A002 - the placeholder's name
    """`GET resolution/{id}`."""
    return _one(call.site.resolutions(call.url), id, "resolution")


def _one(values: list[dict[str, Json]], wanted: str, what: str) -> Answer:
    for value in values:
        if wanted in (str(value.get("id")), value.get("key"), value.get("name")):
            return answer(value)
    raise not_found(f"The {what} with id '{wanted}' does not exist")


def fields(call: Call) -> Answer:
    """`GET field`."""
    return answer(call.site.fields(call.url))


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
    ("GET", f"{_API}/issuetype", issue_types),
    ("GET", f"{_API}/issuetype/{{id}}", issue_type),
    ("GET", f"{_API}/priority", priorities),
    ("GET", f"{_API}/priority/search", search_priorities),
    ("GET", f"{_API}/priority/{{id}}", priority),
    ("GET", f"{_API}/status", statuses),
    ("GET", f"{_API}/status/{{id}}", status),
    ("GET", f"{_API}/statuscategory", status_categories),
    ("GET", f"{_API}/statuscategory/{{id}}", status_category),
    ("GET", f"{_API}/resolution", resolutions),
    ("GET", f"{_API}/resolution/{{id}}", resolution),
    ("GET", f"{_API}/field", fields),
)
