"""Projects over HTTP, with their components, versions, roles and categories."""

from __future__ import annotations

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import bad_request, not_found
from mockkibana.jira.face.jira_request import JiraRequest
from mockkibana.jira.issues.project_parts import COMPONENT, FIELDS, VERSION, Part
from mockkibana.jira.projects.projects import show_category, show_roles
from mockkibana.jira.projects.roles import GROUP, KINDS, USER, actors, show_role
from mockkibana.json import Json
from mockkibana.store import Document


def projects(request: JiraRequest) -> Answer:
    """`GET project?expand=`: a bare array."""
    expand = request.values("expand") or ()
    return Answer(200, request.site.projects(request.viewer, expand=expand))


def search_projects(request: JiraRequest) -> Answer:
    """`GET project/search?keys=&id=&query=&typeKey=&categoryId=&expand=`: a page."""
    found = request.site.projects(request.viewer, expand=request.values("expand") or ())
    for parameter, name in (("keys", "key"), ("id", "id"), ("typeKey", "projectTypeKey")):
        if wanted := request.values(parameter):
            found = [project for project in found if project[name] in wanted]
    if category := request.query.get("categoryId"):
        found = [
            project for project in found if project.get("projectCategory", {}).get("id") == category
        ]
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


def create_project(request: JiraRequest) -> Answer:
    """`POST project`; the id in the answer is a number, unlike everywhere else."""
    made = request.site.administration.create(request.object(), request.viewer)
    self_ = f"{request.viewer.url}/rest/api/2/project/{made['id']}"
    return Answer(201, {"self": self_, "id": int(made["id"]), "key": made["key"]})


def edit_project(request: JiraRequest, project: str) -> Answer:
    """`PUT project/{idOrKey}`: 200 with the project."""
    edited = request.site.administration.edit(project, request.object(), request.viewer)
    return Answer(200, request.site.project(edited["id"], request.viewer))


def delete_project(request: JiraRequest, project: str) -> Answer:
    """`DELETE project/{idOrKey}`: its issues go with it."""
    request.site.administration.delete(project, request.viewer)
    return Answer(204)


def project_statuses(request: JiraRequest, project: str) -> Answer:
    """`GET project/{idOrKey}/statuses`: issue types with their statuses."""
    return Answer(200, request.site.catalogue.project_statuses(project, request.viewer))


# Components and versions


def _listed(request: JiraRequest, kind: str, key: str, project: str) -> list[Json]:
    record = request.site.people.projects.seen(project, request.viewer)
    show = request.site.parts.show
    return [show(kind, Part(row, record), request.viewer) for row in record[key]]


def components(request: JiraRequest, project: str) -> Answer:
    """`GET project/{idOrKey}/components`: a bare array."""
    return Answer(200, _listed(request, COMPONENT, "components", project))


def versions(request: JiraRequest, project: str) -> Answer:
    """`GET project/{idOrKey}/versions`: a bare array."""
    return Answer(200, _listed(request, VERSION, "versions", project))


def version_page(request: JiraRequest, project: str) -> Answer:
    """`GET project/{idOrKey}/version`: a page."""
    return Answer(200, request.page(_listed(request, VERSION, "versions", project)))


def component_page(request: JiraRequest, project: str) -> Answer:
    """`GET project/{idOrKey}/component`: a page."""
    return Answer(200, request.page(_listed(request, COMPONENT, "components", project)))


def _show(request: JiraRequest, kind: str, part: Part, status: int = 200) -> Answer:
    return Answer(status, request.site.parts.show(kind, part, request.viewer))


def create_component(request: JiraRequest) -> Answer:
    """`POST component`."""
    made = request.site.parts.create(COMPONENT, request.object(), request.viewer)
    return _show(request, COMPONENT, made, 201)


def create_version(request: JiraRequest) -> Answer:
    """`POST version`."""
    made = request.site.parts.create(VERSION, request.object(), request.viewer)
    return _show(request, VERSION, made, 201)


def component(request: JiraRequest, id: str) -> Answer:  # noqa: A002 - the placeholder's name
    """`GET component/{id}`."""
    return _show(request, COMPONENT, request.site.parts.seen(COMPONENT, id, request.viewer))


def version(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`GET version/{id}`."""
    return _show(request, VERSION, request.site.parts.seen(VERSION, id, request.viewer))


def edit_component(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`PUT component/{id}`."""
    edited = request.site.parts.edit(COMPONENT, id, request.object(), request.viewer)
    return _show(request, COMPONENT, edited)


def edit_version(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`PUT version/{id}`."""
    edited = request.site.parts.edit(VERSION, id, request.object(), request.viewer)
    return _show(request, VERSION, edited)


def move_version(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`POST version/{id}/move`: `{"after": URL}` or `{"position": "First"}`."""
    moved = request.site.parts.move(id, request.object(), request.viewer)
    return _show(request, VERSION, moved)


def delete_component(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`DELETE component/{id}?moveIssuesTo=`."""
    instead = {"components": request.query.get("moveIssuesTo")}
    request.site.parts.delete(COMPONENT, id, request.viewer, instead)
    return Answer(204)


def delete_version(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`DELETE version/{id}?moveFixIssuesTo=&moveAffectedIssuesTo=`."""
    instead = {
        "fixVersions": request.query.get("moveFixIssuesTo"),
        "versions": request.query.get("moveAffectedIssuesTo"),
    }
    request.site.parts.delete(VERSION, id, request.viewer, instead)
    return Answer(204)


def swap_version(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`POST version/{id}/removeAndSwap`: as `DELETE`, with a body."""
    body = request.object()
    told = {"fixVersions": "moveFixIssuesTo", "versions": "moveAffectedIssuesTo"}
    instead = {field: str(body[name]) for field, name in told.items() if body.get(name)}
    request.site.parts.delete(VERSION, id, request.viewer, {**instead})
    return Answer(204)


def component_counts(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`GET component/{id}/relatedIssueCounts`."""
    part = request.site.parts.seen(COMPONENT, id, request.viewer)
    self_ = f"{request.viewer.url}/rest/api/2/component/{id}"
    count = request.site.parts.count(part, *FIELDS[COMPONENT])
    return Answer(200, {"self": self_, "issueCount": count})


def version_counts(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`GET version/{id}/relatedIssueCounts`."""
    part = request.site.parts.seen(VERSION, id, request.viewer)
    fixed, affected = (request.site.parts.count(part, name) for name in FIELDS[VERSION])
    return Answer(
        200,
        {
            "self": f"{request.viewer.url}/rest/api/2/version/{id}",
            "issuesFixedCount": fixed,
            "issuesAffectedCount": affected,
            "issueCountWithCustomFieldsShowingVersion": 0,
            "customFieldUsage": [],
        },
    )


def unresolved_count(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`GET version/{id}/unresolvedIssueCount`."""
    part = request.site.parts.seen(VERSION, id, request.viewer)
    count = request.site.parts.count
    unresolved = count(part, "fixVersions", among=lambda row: row["fields"]["resolution"] is None)
    return Answer(
        200,
        {
            "self": f"{request.viewer.url}/rest/api/2/version/{id}",
            "issuesUnresolvedCount": unresolved,
            "issuesCount": count(part, "fixVersions"),
        },
    )


# Roles


def all_roles(request: JiraRequest) -> Answer:
    """`GET role`: a bare array."""
    base = f"{request.viewer.url}/rest/api/2/role"
    rows = [
        {"self": f"{base}/{role['id']}", **show_role(role), "actors": []}
        for role in request.site.people.roles.all()
    ]
    return Answer(200, rows)


def one_role(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`GET role/{id}`."""
    role = request.site.people.roles.seen(id)
    self_ = f"{request.viewer.url}/rest/api/2/role/{id}"
    return Answer(200, {"self": self_, **show_role(role), "actors": []})


def project_roles(request: JiraRequest, project: str) -> Answer:
    """`GET project/{idOrKey}/role`: URLs by name."""
    record = request.site.people.projects.seen(project, request.viewer)
    return Answer(200, show_roles(record, request.viewer.url))


def project_role(request: JiraRequest, project: str, id: str) -> Answer:  # noqa: A002
    """`GET project/{idOrKey}/role/{id}`."""
    record = request.site.people.projects.seen(project, request.viewer)
    role = request.site.people.roles.seen(id)
    return Answer(200, request.site.people.roles.show(record, role, request.viewer))


def _change_role(request: JiraRequest, project: str, id: str, changed: list[Document]) -> Answer:  # noqa: A002
    record = request.site.people.projects.seen(project, request.viewer)
    request.site.people.roles.change(record, id, changed)
    return project_role(request, project, id)


def _role(request: JiraRequest, project: str, id: str) -> list[Document]:  # noqa: A002
    """Return who is in a role that the viewer may change. Raises `JiraError`."""
    record = request.site.people.projects.seen(project, request.viewer)
    request.site.people.permissions.require("ADMINISTER_PROJECTS", request.viewer, record)
    return actors(record, request.site.people.roles.seen(id)["id"])


def _actors(request: JiraRequest, names: dict[str, Json]) -> list[Document]:
    """Return the actors of names by kind. Raises `JiraError`."""
    found = []
    for kind, listed in names.items():
        if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
            raise bad_request("The actors of a role must be arrays of names.")
        found += [request.site.people.roles.actor(kind, name) for name in listed]
    return found


def set_role(request: JiraRequest, project: str, id: str) -> Answer:  # noqa: A002
    """`PUT project/{idOrKey}/role/{id}`: `{"categorisedActors": {kind: names}}`."""
    _role(request, project, id)
    body = request.object()
    given = body.get("categorisedActors", {})
    if not isinstance(given, dict):
        raise bad_request("'categorisedActors' must be an object.")
    names = {kind: given[told] for kind, told in KINDS.items() if given.get(told)}
    names |= {kind: body[kind] for kind in KINDS if body.get(kind)}
    return _change_role(request, project, id, _actors(request, names))


def add_to_role(request: JiraRequest, project: str, id: str) -> Answer:  # noqa: A002
    """`POST project/{idOrKey}/role/{id}`: `{"user": names}`, `{"group": names}`."""
    known = _role(request, project, id)
    body = request.object()
    added = _actors(request, {kind: body[kind] for kind in KINDS if body.get(kind)})
    new = [actor for actor in added if actor not in known]
    return _change_role(request, project, id, [*known, *new])


def take_from_role(request: JiraRequest, project: str, id: str) -> Answer:  # noqa: A002
    """`DELETE project/{idOrKey}/role/{id}?user=|group=`."""
    known = _role(request, project, id)
    kind = GROUP if request.query.get("group") else USER
    gone = request.site.people.roles.actor(kind, request.query.get(kind, ""))
    if gone not in known:
        raise not_found(f"'{request.query.get(kind)}' is not a member of the project role.")
    _change_role(request, project, id, [actor for actor in known if actor != gone])
    return Answer(204)


# Categories


def categories(request: JiraRequest) -> Answer:
    """`GET projectCategory`: a bare array."""
    rows = request.site.administration.categories()
    return Answer(200, [show_category(row, request.viewer.url) for row in rows])


def category(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`GET projectCategory/{id}`."""
    found = request.site.administration.category(id)
    return Answer(200, show_category(found, request.viewer.url))


def create_category(request: JiraRequest) -> Answer:
    """`POST projectCategory`."""
    put = request.site.administration.put_category
    return Answer(
        201, show_category(put(request.object(), None, request.viewer), request.viewer.url)
    )


def edit_category(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`PUT projectCategory/{id}`."""
    put = request.site.administration.put_category
    return Answer(200, show_category(put(request.object(), id, request.viewer), request.viewer.url))


def delete_category(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`DELETE projectCategory/{id}`."""
    request.site.administration.delete_category(id, request.viewer)
    return Answer(204)


_API = "/rest/api/{version}"
_PROJECT = f"{_API}/project/{{project}}"
_CATEGORY = f"{_API}/projectCategory"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"{_API}/project", projects),
    ("POST", f"{_API}/project", create_project),
    ("GET", f"{_API}/project/search", search_projects),
    ("GET", _PROJECT, project),
    ("PUT", _PROJECT, edit_project),
    ("DELETE", _PROJECT, delete_project),
    ("GET", f"{_PROJECT}/statuses", project_statuses),
    ("GET", f"{_PROJECT}/components", components),
    ("GET", f"{_PROJECT}/component", component_page),
    ("GET", f"{_PROJECT}/versions", versions),
    ("GET", f"{_PROJECT}/version", version_page),
    ("GET", f"{_PROJECT}/role", project_roles),
    ("GET", f"{_PROJECT}/role/{{id}}", project_role),
    ("PUT", f"{_PROJECT}/role/{{id}}", set_role),
    ("POST", f"{_PROJECT}/role/{{id}}", add_to_role),
    ("DELETE", f"{_PROJECT}/role/{{id}}", take_from_role),
    ("GET", f"{_API}/role", all_roles),
    ("GET", f"{_API}/role/{{id}}", one_role),
    ("POST", f"{_API}/component", create_component),
    ("GET", f"{_API}/component/{{id}}", component),
    ("PUT", f"{_API}/component/{{id}}", edit_component),
    ("DELETE", f"{_API}/component/{{id}}", delete_component),
    ("GET", f"{_API}/component/{{id}}/relatedIssueCounts", component_counts),
    ("POST", f"{_API}/version", create_version),
    ("GET", f"{_API}/version/{{id}}", version),
    ("PUT", f"{_API}/version/{{id}}", edit_version),
    ("DELETE", f"{_API}/version/{{id}}", delete_version),
    ("POST", f"{_API}/version/{{id}}/move", move_version),
    ("POST", f"{_API}/version/{{id}}/removeAndSwap", swap_version),
    ("GET", f"{_API}/version/{{id}}/relatedIssueCounts", version_counts),
    ("GET", f"{_API}/version/{{id}}/unresolvedIssueCount", unresolved_count),
    ("GET", _CATEGORY, categories),
    ("POST", _CATEGORY, create_category),
    ("GET", f"{_CATEGORY}/{{id}}", category),
    ("PUT", f"{_CATEGORY}/{{id}}", edit_category),
    ("DELETE", f"{_CATEGORY}/{{id}}", delete_category),
)
