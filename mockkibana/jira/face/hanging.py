"""What hangs on issues, over HTTP: watchers, votes, links, work."""

from __future__ import annotations

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import JiraError, bad_request
from mockkibana.jira.face.jira_request import JiraRequest
from mockkibana.jira.face.naming import named
from mockkibana.jira.links.link_types import LinkTypes, link_type, link_types, show_type
from mockkibana.jira.links.remote_links import show
from mockkibana.jira.work.worklogs import adjustment
from mockkibana.store import Document

_ALL_WORKLOGS = 1_048_576


def _allowed(request: JiraRequest, issue: str, permission: str) -> Document:
    """Return the record of an issue on which the viewer may do that. Raises `JiraError`."""
    return request.site.allowed(permission, issue, request.viewer)


# Watchers and votes


def watchers(request: JiraRequest, issue: str) -> Answer:
    """`GET issue/{idOrKey}/watchers`."""
    found = request.site.seen_issue(issue, request.viewer)
    return Answer(200, request.site.renderer(request.viewer).watches(found, people=True))


def watch(request: JiraRequest, issue: str) -> Answer:
    """`POST issue/{idOrKey}/watchers`: the body is a name or an account id, or empty."""
    user = request.json() if request.http.body not in (b"", None) else None
    if isinstance(user, dict):  # Guess: what some tools send, and Jira's parser refuses
        raise bad_request("Can not deserialize instance of java.lang.String out of START_OBJECT")
    if user is not None and not isinstance(user, str):
        raise bad_request("Can not deserialize the user.")
    if user and user != request.viewer.user:
        _allowed(request, issue, "MANAGE_WATCHERS")
    request.site.watching.watch(issue, user or None, request.viewer)
    return Answer(204)


def unwatch(request: JiraRequest, issue: str) -> Answer:
    """`DELETE issue/{idOrKey}/watchers?username=|accountId=`."""
    is_named = request.query.get("accountId") or request.query.get("username")
    user = named(request) if is_named else None
    if user and user != request.viewer.user:
        _allowed(request, issue, "MANAGE_WATCHERS")
    request.site.watching.unwatch(issue, user, request.viewer)
    return Answer(204)


def votes(request: JiraRequest, issue: str) -> Answer:
    """`GET issue/{idOrKey}/votes`."""
    found = request.site.seen_issue(issue, request.viewer)
    return Answer(200, request.site.renderer(request.viewer).votes(found, people=True))


def vote(request: JiraRequest, issue: str) -> Answer:
    """`POST issue/{idOrKey}/votes`."""
    request.site.watching.vote(issue, request.viewer)
    return Answer(204)


def unvote(request: JiraRequest, issue: str) -> Answer:
    """`DELETE issue/{idOrKey}/votes`."""
    request.site.watching.unvote(issue, request.viewer)
    return Answer(204)


# Links


def all_link_types(request: JiraRequest) -> Answer:
    """`GET issueLinkType`."""
    rows = [show_type(row, request.viewer.url) for row in link_types(request.site.store)]
    return Answer(200, {"issueLinkTypes": rows})


def one_link_type(request: JiraRequest, id: str) -> Answer:  # noqa: A002 - the placeholder's name
    """`GET issueLinkType/{id}`."""
    return Answer(200, show_type(link_type({"id": id}, request.site.store), request.viewer.url))


def _administered(request: JiraRequest) -> LinkTypes:
    request.site.people.permissions.require("ADMINISTER", request.viewer)
    return LinkTypes(request.site.store, request.site.counters)


def create_link_type(request: JiraRequest) -> Answer:
    """`POST issueLinkType`: `{"name", "inward", "outward"}`."""
    made = _administered(request).create(request.object())
    return Answer(201, show_type(made, request.viewer.url))


def edit_link_type(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`PUT issueLinkType/{id}`."""
    edited = _administered(request).edit(id, request.object())
    return Answer(200, show_type(edited, request.viewer.url))


def delete_link_type(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`DELETE issueLinkType/{id}`: its links go with it."""
    _administered(request).delete(id)
    return Answer(204)


def create_link(request: JiraRequest) -> Answer:
    """`POST issueLink`: 201 without a body; a comment goes to the inward issue."""
    body = request.object()
    end = body.get("inwardIssue")
    if isinstance(end, dict) and (name := end.get("key") or end.get("id")):
        _allowed(request, str(name), "LINK_ISSUES")
    request.site.link_issues(body, request.viewer)
    return Answer(201)


def one_link(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`GET issueLink/{id}`."""
    link = request.site.links.get(id, request.viewer)
    return Answer(200, request.site.renderer(request.viewer).link(link))


def delete_link(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`DELETE issueLink/{id}`."""
    link = request.site.links.get(id, request.viewer)
    _allowed(request, link["inward"], "LINK_ISSUES")
    request.site.links.delete(id, request.viewer)
    return Answer(204)


def remote_links(request: JiraRequest, issue: str) -> Answer:
    """`GET issue/{idOrKey}/remotelink?globalId=`: an array, or the one of the `globalId`."""
    rows = request.site.remote_links.all(issue, request.viewer)
    shown = [show(row, request.viewer.url) for row in rows]
    if wanted := request.query.get("globalId"):
        found = [row for row in shown if row.get("globalId") == wanted]
        if not found:
            raise JiraError(404, messages=[f"No remote link with globalId '{wanted}' exists."])
        return Answer(200, found[0])
    return Answer(200, shown)


def add_remote_link(request: JiraRequest, issue: str) -> Answer:
    """`POST issue/{idOrKey}/remotelink`: 201, or 200 where the `globalId` was there."""
    _allowed(request, issue, "LINK_ISSUES")
    link, is_new = request.site.remote_links.put(issue, request.object(), request.viewer)
    shown = show(link, request.viewer.url)
    return Answer(201 if is_new else 200, {"id": shown["id"], "self": shown["self"]})


def one_remote_link(request: JiraRequest, issue: str, id: str) -> Answer:  # noqa: A002
    """`GET issue/{idOrKey}/remotelink/{id}`."""
    link = request.site.remote_links.get(issue, id, request.viewer)
    return Answer(200, show(link, request.viewer.url))


def edit_remote_link(request: JiraRequest, issue: str, id: str) -> Answer:  # noqa: A002
    """`PUT issue/{idOrKey}/remotelink/{id}`."""
    _allowed(request, issue, "LINK_ISSUES")
    request.site.remote_links.edit(issue, id, request.object(), request.viewer)
    return Answer(204)


def delete_remote_link(request: JiraRequest, issue: str, id: str) -> Answer:  # noqa: A002
    """`DELETE issue/{idOrKey}/remotelink/{id}`."""
    _allowed(request, issue, "LINK_ISSUES")
    request.site.remote_links.delete(issue, id, request.viewer)
    return Answer(204)


def delete_global_link(request: JiraRequest, issue: str) -> Answer:
    """`DELETE issue/{idOrKey}/remotelink?globalId=`."""
    _allowed(request, issue, "LINK_ISSUES")
    global_id = request.query.get("globalId", "")
    request.site.remote_links.delete_global(issue, global_id, request.viewer)
    return Answer(204)


# Work


def worklogs(request: JiraRequest, issue: str) -> Answer:
    """`GET issue/{idOrKey}/worklog?startAt=&maxResults=`: a page."""
    found = request.site.seen_issue(issue, request.viewer)
    rows = request.site.renderer(request.viewer).worklogs(found)
    shown = request.page(rows, _ALL_WORKLOGS, keys=("worklogs",))
    del shown["isLast"]
    return Answer(200, shown)


def add_worklog(request: JiraRequest, issue: str) -> Answer:
    """`POST issue/{idOrKey}/worklog?adjustEstimate=&newEstimate=&reduceBy=`."""
    _allowed(request, issue, "WORK_ON_ISSUES")
    adjust = adjustment(request.query, "reduceBy")
    made = request.site.worklogs.add(issue, request.object(), request.viewer, adjust)
    return Answer(201, request.site.renderer(request.viewer).worklog(made))


def one_worklog(request: JiraRequest, issue: str, id: str) -> Answer:  # noqa: A002
    """`GET issue/{idOrKey}/worklog/{id}`."""
    found = request.site.worklogs.get(issue, id, request.viewer)
    return Answer(200, request.site.renderer(request.viewer).worklog(found))


def edit_worklog(request: JiraRequest, issue: str, id: str) -> Answer:  # noqa: A002
    """`PUT issue/{idOrKey}/worklog/{id}?adjustEstimate=&newEstimate=`."""
    before = request.site.worklogs.get(issue, id, request.viewer)
    request.site.allowed("EDIT_{}_WORKLOGS", issue, request.viewer, before)
    adjust = adjustment(request.query, "reduceBy")
    edited = request.site.worklogs.edit(issue, id, request.object(), request.viewer, adjust)
    return Answer(200, request.site.renderer(request.viewer).worklog(edited))


def delete_worklog(request: JiraRequest, issue: str, id: str) -> Answer:  # noqa: A002
    """`DELETE issue/{idOrKey}/worklog/{id}?adjustEstimate=&newEstimate=&increaseBy=`."""
    gone = request.site.worklogs.get(issue, id, request.viewer)
    request.site.allowed("DELETE_{}_WORKLOGS", issue, request.viewer, gone)
    adjust = adjustment(request.query, "increaseBy")
    request.site.worklogs.delete(issue, id, request.viewer, adjust)
    return Answer(204)


_API = "/rest/api/{version}"
_ISSUE = f"{_API}/issue/{{issue}}"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", f"{_ISSUE}/watchers", watchers),
    ("POST", f"{_ISSUE}/watchers", watch),
    ("DELETE", f"{_ISSUE}/watchers", unwatch),
    ("GET", f"{_ISSUE}/votes", votes),
    ("POST", f"{_ISSUE}/votes", vote),
    ("DELETE", f"{_ISSUE}/votes", unvote),
    ("GET", f"{_API}/issueLinkType", all_link_types),
    ("POST", f"{_API}/issueLinkType", create_link_type),
    ("GET", f"{_API}/issueLinkType/{{id}}", one_link_type),
    ("PUT", f"{_API}/issueLinkType/{{id}}", edit_link_type),
    ("DELETE", f"{_API}/issueLinkType/{{id}}", delete_link_type),
    ("POST", f"{_API}/issueLink", create_link),
    ("GET", f"{_API}/issueLink/{{id}}", one_link),
    ("DELETE", f"{_API}/issueLink/{{id}}", delete_link),
    ("GET", f"{_ISSUE}/remotelink", remote_links),
    ("POST", f"{_ISSUE}/remotelink", add_remote_link),
    ("DELETE", f"{_ISSUE}/remotelink", delete_global_link),
    ("GET", f"{_ISSUE}/remotelink/{{id}}", one_remote_link),
    ("PUT", f"{_ISSUE}/remotelink/{{id}}", edit_remote_link),
    ("DELETE", f"{_ISSUE}/remotelink/{{id}}", delete_remote_link),
    ("GET", f"{_ISSUE}/worklog", worklogs),
    ("POST", f"{_ISSUE}/worklog", add_worklog),
    ("GET", f"{_ISSUE}/worklog/{{id}}", one_worklog),
    ("PUT", f"{_ISSUE}/worklog/{{id}}", edit_worklog),
    ("DELETE", f"{_ISSUE}/worklog/{{id}}", delete_worklog),
)
