"""Schemes over HTTP: one of each kind, which every project has."""

from __future__ import annotations

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import not_found
from mockkibana.jira.face.jira_request import JiraRequest
from mockkibana.jira.projects import metadata
from mockkibana.jira.projects.permissions import all_permissions
from mockkibana.json import Json
from mockkibana.store import Document

_PATHS = {"issuesecurityscheme": "issuesecurityschemes", "priorityscheme": "priorityschemes"}


def _scheme(request: JiraRequest, kind: str) -> Document:
    row = metadata.shipped()["schemes"][kind]
    self_ = f"{request.viewer.url}/rest/api/2/{_PATHS.get(kind, kind)}/{row['id']}"
    shown: Document = {"self": self_, **row}
    if kind == "permissionscheme":
        shown["permissions"] = _permissions(self_)
    if kind == "priorityscheme":
        rows = metadata.shipped()["priorities"]
        shown["optionIds"] = [priority["id"] for priority in rows]
        shown["defaultOptionId"] = metadata.shipped()["default_priority"]
    return shown


def _permissions(url: str) -> list[Json]:
    ids = {role["name"]: role["id"] for role in metadata.shipped()["roles"]}
    grants = [
        (permission["key"], ids[name])
        for permission in all_permissions()
        if permission["type"] == "PROJECT"
        for name in permission["roles"] or ids
    ]
    return [
        {
            "id": number,
            "self": f"{url}/permission/{number}",
            "holder": {"type": "projectRole", "parameter": role},
            "permission": key,
        }
        for number, (key, role) in enumerate(grants, 10000)
    ]


def _one(kind: str) -> Handler:
    """Return the handler of the one scheme of a kind, by its id."""

    def one(request: JiraRequest, id: str) -> Answer:  # noqa: A002 - the placeholder's name
        found = _scheme(request, kind)
        if id != str(found["id"]):
            raise not_found(f"The {kind} with id '{id}' does not exist")
        return Answer(200, found)

    return one


def _of_project(kind: str) -> Handler:
    """Return the handler of what a project has of a kind."""

    def one(request: JiraRequest, project: str) -> Answer:
        request.site.people.projects.seen(project, request.viewer)
        return Answer(200, _scheme(request, kind))

    return one


def _listed(kind: str, key: str) -> Handler:
    """Return the handler of a list under a key."""
    return lambda request: Answer(200, {key: [_scheme(request, kind)]})


def notification_schemes(request: JiraRequest) -> Answer:
    """`GET notificationscheme`: a page."""
    return Answer(200, request.page([_scheme(request, "notificationscheme")]))


def associations(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`GET issuetypescheme/{id}/associations`: the projects that have it."""
    if id != metadata.shipped()["schemes"]["issuetypescheme"]["id"]:
        raise not_found(f"The issuetypescheme with id '{id}' does not exist")
    return Answer(200, request.site.projects(request.viewer))


def no_security(request: JiraRequest, project: str) -> Answer:
    """`GET project/{idOrKey}/issuesecuritylevelscheme`: no project has one."""
    request.site.people.projects.seen(project, request.viewer)
    # Guess: the words.
    raise not_found(f"The project '{project}' has no issue security scheme.")


def workflow_scheme(request: JiraRequest, project: str) -> Answer:
    """`GET project/{idOrKey}/workflowscheme`: one that Jira made with the project."""
    found = request.site.people.projects.seen(project, request.viewer)
    name = f"{found['key']}: Software Simplified Workflow Scheme"
    return Answer(200, {**_scheme(request, "workflowscheme"), "name": name})


def security_levels(request: JiraRequest, project: str) -> Answer:
    """`GET project/{idOrKey}/securitylevel`: there are none."""
    request.site.people.projects.seen(project, request.viewer)
    return Answer(200, {"levels": []})


def workflows(request: JiraRequest) -> Answer:
    """`GET workflow`: a bare array of the one."""
    name = metadata.shipped()["schemes"]["workflowscheme"]["defaultWorkflow"]
    steps = len(metadata.shipped()["statuses"])
    shown = {"name": name, "description": "", "steps": steps, "default": True}
    wanted = request.query.get("workflowName", name)
    return Answer(200, [shown] if wanted == name else [])


_API = "/rest/api/{version}"
_PROJECT = f"{_API}/project/{{project}}"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"{_API}/permissionscheme", _listed("permissionscheme", "permissionSchemes")),
    ("GET", f"{_API}/permissionscheme/{{id}}", _one("permissionscheme")),
    ("GET", f"{_PROJECT}/permissionscheme", _of_project("permissionscheme")),
    ("GET", f"{_API}/notificationscheme", notification_schemes),
    ("GET", f"{_API}/notificationscheme/{{id}}", _one("notificationscheme")),
    ("GET", f"{_PROJECT}/notificationscheme", _of_project("notificationscheme")),
    ("GET", f"{_API}/issuesecurityschemes", _listed("issuesecurityscheme", "issueSecuritySchemes")),
    ("GET", f"{_API}/issuesecurityschemes/{{id}}", _one("issuesecurityscheme")),
    ("GET", f"{_PROJECT}/issuesecuritylevelscheme", no_security),
    ("GET", f"{_PROJECT}/securitylevel", security_levels),
    ("GET", f"{_API}/issuetypescheme", _listed("issuetypescheme", "schemes")),
    ("GET", f"{_API}/issuetypescheme/{{id}}", _one("issuetypescheme")),
    ("GET", f"{_API}/issuetypescheme/{{id}}/associations", associations),
    ("GET", f"{_API}/priorityschemes", _listed("priorityscheme", "schemes")),
    ("GET", f"{_API}/priorityschemes/{{id}}", _one("priorityscheme")),
    ("GET", f"{_PROJECT}/priorityscheme", _of_project("priorityscheme")),
    ("GET", f"{_PROJECT}/workflowscheme", workflow_scheme),
    ("GET", f"{_API}/workflow", workflows),
)
