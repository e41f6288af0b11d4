"""Properties of issues and projects, and labels, over HTTP."""

from __future__ import annotations

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.face.jira_request import JiraRequest
from mockkibana.jira.issues.properties import Properties
from mockkibana.json import Json


def _keys(properties: Properties, owner: str, request: JiraRequest, at: str) -> Answer:
    base = f"{request.viewer.url}/rest/api/2/{at}/properties"
    keys = properties.keys(owner, request.viewer)
    return Answer(200, {"keys": [{"self": f"{base}/{key}", "key": key} for key in keys]})


def _value(properties: Properties, owner: str, key: str, request: JiraRequest) -> Answer:
    return Answer(200, {"key": key, "value": properties.get(owner, key, request.viewer)})


def issue_property_keys(request: JiraRequest, issue: str) -> Answer:
    """`GET issue/{idOrKey}/properties`."""
    return _keys(request.site.issue_properties, issue, request, f"issue/{issue}")


def issue_property(request: JiraRequest, issue: str, key: str) -> Answer:
    """`GET issue/{idOrKey}/properties/{key}`."""
    return _value(request.site.issue_properties, issue, key, request)


def set_issue_property(request: JiraRequest, issue: str, key: str) -> Answer:
    """`PUT issue/{idOrKey}/properties/{key}`: any JSON."""
    request.site.allowed("EDIT_ISSUES", issue, request.viewer)
    is_new = request.site.issue_properties.set(issue, key, request.json(), request.viewer)
    return Answer(201 if is_new else 200)


def delete_issue_property(request: JiraRequest, issue: str, key: str) -> Answer:
    """`DELETE issue/{idOrKey}/properties/{key}`."""
    request.site.allowed("EDIT_ISSUES", issue, request.viewer)
    request.site.issue_properties.delete(issue, key, request.viewer)
    return Answer(204)


def project_property_keys(request: JiraRequest, project: str) -> Answer:
    """`GET project/{idOrKey}/properties`."""
    return _keys(request.site.project_properties, project, request, f"project/{project}")


def project_property(request: JiraRequest, project: str, key: str) -> Answer:
    """`GET project/{idOrKey}/properties/{key}`."""
    return _value(request.site.project_properties, project, key, request)


def set_project_property(request: JiraRequest, project: str, key: str) -> Answer:
    """`PUT project/{idOrKey}/properties/{key}`: any JSON."""
    is_new = request.site.project_properties.set(project, key, request.json(), request.viewer)
    return Answer(201 if is_new else 200)


def delete_project_property(request: JiraRequest, project: str, key: str) -> Answer:
    """`DELETE project/{idOrKey}/properties/{key}`."""
    request.site.project_properties.delete(project, key, request.viewer)
    return Answer(204)


def labels(request: JiraRequest) -> Answer:
    """`GET label`: a page of all labels in use, as texts."""
    found = {
        label for row in request.site.issues(request.viewer) for label in row["fields"]["labels"]
    }
    return Answer(200, request.page(sorted(found), 1000))


def suggest_labels(request: JiraRequest) -> Answer:
    """`GET /rest/api/1.0/labels/suggest?query=`, which create metadata name."""
    text = request.query.get("query", "")
    rows: list[Json] = [row["fields"]["labels"] for row in request.site.issues(request.viewer)]
    found = sorted({label for row in rows for label in row if label.startswith(text)})
    shown = [{"label": label, "html": label} for label in found[:20]]
    return Answer(200, {"token": text, "suggestions": shown})


_API = "/rest/api/{version}"
_ISSUE = f"{_API}/issue/{{issue}}"
_PROJECT = f"{_API}/project/{{project}}"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"{_ISSUE}/properties", issue_property_keys),
    ("GET", f"{_ISSUE}/properties/{{key}}", issue_property),
    ("PUT", f"{_ISSUE}/properties/{{key}}", set_issue_property),
    ("DELETE", f"{_ISSUE}/properties/{{key}}", delete_issue_property),
    ("GET", f"{_PROJECT}/properties", project_property_keys),
    ("GET", f"{_PROJECT}/properties/{{key}}", project_property),
    ("PUT", f"{_PROJECT}/properties/{{key}}", set_project_property),
    ("DELETE", f"{_PROJECT}/properties/{{key}}", delete_project_property),
    ("GET", f"{_API}/label", labels),
    ("GET", "/rest/api/1.0/labels/suggest", suggest_labels),
)
