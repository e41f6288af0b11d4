"""Users, groups and permissions over HTTP."""

from __future__ import annotations

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import JiraError, bad_request
from mockkibana.jira.face.credentials import NOT_AUTHENTICATED, cookie
from mockkibana.jira.face.jira_request import JiraRequest
from mockkibana.jira.face.naming import named, searched
from mockkibana.jira.people.users import show
from mockkibana.jira.projects.permissions import all_permissions
from mockkibana.json import Json
from mockkibana.store import Document


def session(request: JiraRequest) -> Answer:
    """`GET /rest/auth/1/session`: who is logged in."""
    if request.viewer.user is None and "authorization" not in request.http.headers:
        raise JiraError(401, messages=[NOT_AUTHENTICATED])
    user = request.site.myself(request.viewer)
    return Answer(
        200,
        {
            "self": f"{request.viewer.url}/rest/api/latest/user?username={user.get('name', '')}",
            "name": user.get("name"),
            "loginInfo": {"failedLoginCount": 0, "loginCount": 1},
        },
    )


def begin_session(request: JiraRequest) -> Answer:
    """`POST /rest/auth/1/session`: `{"username", "password"}`; a cookie."""
    body = request.object()
    name = body.get("username")
    if not isinstance(name, str) or not name or not isinstance(body.get("password"), str):
        raise JiraError(401, messages=["Login failed"])
    if not request.knows(name, body["password"]):
        raise JiraError(401, messages=["Login failed"])
    value = cookie(name, body["password"])
    shown = {
        "session": {"name": "JSESSIONID", "value": value},
        "loginInfo": {"failedLoginCount": 0, "loginCount": 1},
    }
    return Answer(200, shown, {"Set-Cookie": f"JSESSIONID={value}; Path=/; HttpOnly"})


def end_session(_request: JiraRequest) -> Answer:
    """`DELETE /rest/auth/1/session`."""
    return Answer(204, None, {"Set-Cookie": "JSESSIONID=; Path=/; Max-Age=0"})


def myself(request: JiraRequest) -> Answer:
    """`GET myself`."""
    return Answer(200, request.site.myself(request.viewer))


def user(request: JiraRequest) -> Answer:
    """`GET user?username=|key=|accountId=`."""
    return Answer(200, request.site.user(named(request), request.viewer))


def create_user(request: JiraRequest) -> Answer:
    """`POST user`: `{"emailAddress", "name", "displayName", "password"}`."""
    request.site.people.permissions.require("ADMINISTER", request.viewer)
    body = request.object()
    texts = {key: body.get(key) for key in ("name", "emailAddress", "displayName")}
    if not all(value is None or isinstance(value, str) for value in texts.values()):
        raise bad_request("Invalid request payload. Refer to the REST API documentation.")
    email = texts["emailAddress"] or texts["name"]
    if not email:
        raise JiraError(400, errors={"email": "You must specify an email address."})
    users = request.site.people.users
    for told in {texts["name"] or email, email}:
        # Who was deleted may come back under the same name.
        if (known := users.find(told)) is not None and known["active"]:
            raise JiraError(400, errors={"username": "A user with that username already exists."})
    with request.site.store.transaction() as transaction:
        made = users.new(email)
        name = texts["name"] or made["name"]
        shown = texts["displayName"] or made["displayName"]
        made = {**made, "name": name, "key": name, "displayName": shown}
        request.site.counters.begin(transaction)
        users.put(transaction, made)
    return Answer(201, show(made, request.viewer.url, request.viewer.flavour))


def delete_user(request: JiraRequest) -> Answer:
    """`DELETE user?username=|accountId=`: what they wrote stays, and they become inactive."""
    request.site.people.permissions.require("ADMINISTER", request.viewer)
    name = named(request)
    users = request.site.people.users
    with request.site.store.transaction() as transaction:
        found = users.find(name)
        if found is None:
            raise JiraError(404, messages=[request.viewer.texts.no_user.format(name)])
        users.remove(transaction, found)
    return Answer(204)


def users(request: JiraRequest) -> Answer:
    """`GET user/search?query=|username=`: a bare array."""
    if request.viewer.flavour == "server" and not request.query.get("username"):
        raise bad_request("The username query parameter was not provided")
    return _users(request, None)


def assignable_users(request: JiraRequest) -> Answer:
    """`GET user/assignable/search?project=|issueKey=`: who works in the project."""
    query = request.query
    if not query.get("issueKey"):
        return _users(request, query.get("project") or None)
    issue = request.site.get_issue(query["issueKey"], request.viewer, fields=["project"])
    return _users(request, issue["fields"]["project"]["key"])


def assignable_everywhere(request: JiraRequest) -> Answer:
    """`GET user/assignable/multiProjectSearch?projectKeys=`: who works in all of them."""
    keys = request.values("projectKeys") or []
    text = searched(request)
    found = request.site.users(text, request.viewer)
    for key in keys:
        there = request.site.users(text, request.viewer, project=key)
        found = [row for row in found if row in there]
    return Answer(200, request.page(found)["values"])


def _users(request: JiraRequest, project: str | None) -> Answer:
    found = request.site.users(searched(request), request.viewer, project=project)
    if request.query.get("includeInactive", "").lower() != "true":
        found = [row for row in found if row["active"]]
    return Answer(200, request.page(found)["values"])


def pick_users(request: JiraRequest) -> Answer:
    """`GET user/picker?query=`."""
    found = request.site.users(request.query.get("query", ""), request.viewer)
    rows = [{**row, "html": row["displayName"]} for row in found[:50]]
    header = f"Showing {len(rows)} of {len(found)} matching users"
    return Answer(200, {"users": rows, "total": len(found), "header": header})


# Groups


def pick_groups(request: JiraRequest) -> Answer:
    """`GET groups/picker?query=`."""
    text = request.query.get("query", "").casefold()
    rows = [row for row in request.site.people.groups.all() if text in row["name"].casefold()]
    size = request.number("maxResults", 20)
    shown: list[Json] = []
    for row in rows[: max(size, 0)]:
        about = request.site.people.groups.show_short(row, request.viewer)
        about.pop("self")
        shown.append({**about, "html": row["name"], "labels": []})
    header = f"Showing {len(shown)} of {len(rows)} matching groups"
    return Answer(200, {"header": header, "total": len(rows), "groups": shown})


def bulk_groups(request: JiraRequest) -> Answer:
    """`GET group/bulk`: a page."""
    rows = [
        {"name": row["name"], "groupId": row["groupId"]} for row in request.site.people.groups.all()
    ]
    return Answer(200, request.page(rows))


def _group(request: JiraRequest) -> Document:
    name = request.query.get("groupname") or request.query.get("groupId")
    if not name:
        raise bad_request("The groupname or the groupId query parameter must be provided.")
    return request.site.people.groups.seen(name)


def group(request: JiraRequest) -> Answer:
    """`GET group?groupname=&expand=users`."""
    return Answer(200, request.site.people.groups.show(_group(request), request.viewer))


def group_members(request: JiraRequest) -> Answer:
    """`GET group/member?groupname=&includeInactiveUsers=`: a page of users."""
    viewer = request.viewer
    members = request.site.people.groups.members(_group(request))
    rows = [show(row, viewer.url, viewer.flavour) for row in members]
    if not request.flag("includeInactiveUsers"):
        rows = [row for row in rows if row["active"]]
    self_ = f"{viewer.url}{request.http.uri}"
    return Answer(200, {"self": self_, **request.page(rows)})


def create_group(request: JiraRequest) -> Answer:
    """`POST group`: `{"name": "..."}`."""
    request.site.people.permissions.require("ADMINISTER", request.viewer)
    name = request.object().get("name")
    made = request.site.people.groups.create(name if isinstance(name, str) else "")
    return Answer(201, request.site.people.groups.show(made, request.viewer))


def delete_group(request: JiraRequest) -> Answer:
    """`DELETE group?groupname=`."""
    request.site.people.permissions.require("ADMINISTER", request.viewer)
    request.site.people.groups.delete(_group(request)["name"])
    return Answer(200)


def add_to_group(request: JiraRequest) -> Answer:
    """`POST group/user?groupname=`: `{"name": "..."}` or `{"accountId": "..."}`."""
    request.site.people.permissions.require("ADMINISTER", request.viewer)
    body = request.object()
    name = body.get("accountId") or body.get("name")
    groups = request.site.people.groups
    changed = groups.add(_group(request)["name"], name if isinstance(name, str) else "")
    return Answer(201, groups.show(changed, request.viewer))


def take_from_group(request: JiraRequest) -> Answer:
    """`DELETE group/user?groupname=&username=|accountId=`."""
    request.site.people.permissions.require("ADMINISTER", request.viewer)
    request.site.people.groups.remove(_group(request)["name"], named(request))
    return Answer(200)


def groups_of_user(request: JiraRequest) -> Answer:
    """`GET user/groups?accountId=`: a bare array."""
    found = request.site.people.users.caller(named(request))
    groups = request.site.people.groups
    names = groups.of(found["accountId"])
    rows = [groups.show_short(row, request.viewer) for row in groups.all() if row["name"] in names]
    return Answer(200, rows)


# Permissions


def my_permissions(request: JiraRequest) -> Answer:
    """`GET mypermissions?projectKey=&projectId=&issueKey=&issueId=&permissions=`."""
    query, site = request.query, request.site
    issue, project = query.get("issueKey") or query.get("issueId"), None
    if issue:
        record = site.seen_issue(issue, request.viewer)
        project = site.people.projects.get(record["project"])
    elif named := query.get("projectKey") or query.get("projectId"):
        project = site.people.projects.seen(named, request.viewer)
    keys = request.values("permissions")
    if not keys and request.viewer.flavour == "cloud":
        raise bad_request("The 'permissions' query parameter is required.")
    known = {permission["key"] for permission in all_permissions()}
    if unknown := [key for key in keys or () if key not in known]:
        raise bad_request(f"Unrecognized permission: {unknown[0]}")
    return Answer(200, site.people.permissions.show(request.viewer, project, keys))


def permissions(_request: JiraRequest) -> Answer:
    """`GET permissions`: all that there are."""
    rows = {
        row["key"]: {key: value for key, value in row.items() if key not in ("roles", "id")}
        for row in all_permissions()
    }
    return Answer(200, {"permissions": rows})


_API = "/rest/api/{version}"
_SESSION = "/rest/auth/1/session"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", _SESSION, session),
    ("POST", _SESSION, begin_session),
    ("DELETE", _SESSION, end_session),
    ("GET", f"{_API}/myself", myself),
    ("GET", f"{_API}/user", user),
    ("POST", f"{_API}/user", create_user),
    ("DELETE", f"{_API}/user", delete_user),
    ("GET", f"{_API}/user/search", users),
    ("GET", f"{_API}/user/picker", pick_users),
    ("GET", f"{_API}/user/groups", groups_of_user),
    ("GET", f"{_API}/user/assignable/search", assignable_users),
    ("GET", f"{_API}/user/assignable/multiProjectSearch", assignable_everywhere),
    ("GET", f"{_API}/user/viewissue/search", assignable_users),
    ("GET", f"{_API}/groups/picker", pick_groups),
    ("GET", f"{_API}/group/bulk", bulk_groups),
    ("GET", f"{_API}/group", group),
    ("POST", f"{_API}/group", create_group),
    ("DELETE", f"{_API}/group", delete_group),
    ("GET", f"{_API}/group/member", group_members),
    ("POST", f"{_API}/group/user", add_to_group),
    ("DELETE", f"{_API}/group/user", take_from_group),
    ("GET", f"{_API}/mypermissions", my_permissions),
    ("GET", f"{_API}/permissions", permissions),
)
