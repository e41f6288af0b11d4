"""Issues over HTTP: their fields, comments, transitions and history."""

from __future__ import annotations

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import JiraError, bad_request
from mockkibana.jira.face.jira_request import JiraRequest
from mockkibana.json import Json

_BULK = 50
_ALL_COMMENTS = 1_048_576  # what a Server reports as its page size


def create(request: JiraRequest) -> Answer:
    """`POST issue`: where the issue is, and nothing else."""
    issue = _create(request, request.object())
    return Answer(201, _reference(request, issue))


def _create(request: JiraRequest, body: dict[str, Json]) -> dict[str, Json]:
    issue = request.site.create_issue(body, request.viewer)
    about = {"issue_event_type_name": "issue_created"}
    request.events.tell("jira:issue_created", issue["id"], **about)
    return issue


def create_many(request: JiraRequest) -> Answer:
    """`POST issue/bulk`: what can be made is made; 400 only if nothing can."""
    updates = request.object().get("issueUpdates")
    if not isinstance(updates, list) or not updates:
        # Guess: this sentence and the next; nobody's documentation shows them.
        raise bad_request("The list of issues to create is empty.")
    if len(updates) > _BULK:
        raise bad_request(f"You can create at most {_BULK} issues in one request.")
    made: list[Json] = []
    failed: list[Json] = []
    for number, update in enumerate(updates):
        try:
            if not isinstance(update, dict):
                raise bad_request("An issue to create must be an object.")
            issue = _create(request, update)
            made.append(_reference(request, issue))
        except JiraError as error:
            failed.append(
                {
                    "status": error.status,
                    "elementErrors": error.body(),
                    "failedElementNumber": number,
                }
            )
    return Answer(201 if made else 400, {"issues": made, "errors": failed})


def _reference(request: JiraRequest, issue: dict[str, Json]) -> Json:
    return {**issue, "self": f"{request.viewer.url}/rest/api/2/issue/{issue['id']}"}


def get(request: JiraRequest, issue: str) -> Answer:
    """`GET issue/{idOrKey}?fields=&expand=&properties=`."""
    return Answer(200, _shown(request, issue))


def _shown(request: JiraRequest, issue: str) -> Json:
    if not request.query:
        return request.site.get_issue(issue, request.viewer)
    fields, expand = request.values("fields"), request.values("expand") or ()
    shown = request.site.get_issue(issue, request.viewer, fields=fields, expand=expand)
    if (wanted := request.values("properties")) is not None:
        kept = request.site.issue_properties.all(issue, request.viewer)
        chosen = kept if "*all" in wanted else {key: kept[key] for key in wanted if key in kept}
        shown = {**shown, "properties": chosen}
    return shown


def edit(request: JiraRequest, issue: str) -> Answer:
    """`PUT issue/{idOrKey}`: 204, or the issue if `returnIssue` asks for it."""
    before = request.events.last_history(issue, request.viewer)
    request.site.edit_issue(issue, request.object(), request.viewer)
    _edited(request, issue, "issue_updated", before)
    return Answer(200, _shown(request, issue)) if request.flag("returnIssue") else Answer(204)


def _edited(request: JiraRequest, issue: str, event: str, before: str | None) -> None:
    """Tell webhooks of a change; `before` is the id of the history that was the last one."""
    if events := request.events:
        found = request.site.seen_issue(issue, request.viewer)
        events.edited(event, found["id"], before)


def delete(request: JiraRequest, issue: str) -> Answer:
    """`DELETE issue/{idOrKey}?deleteSubtasks=`."""
    events, told = request.events, None
    if events:
        gone = request.site.seen_issue(issue, request.viewer)["id"]
        told = events.listening("jira:issue_deleted", gone), events.issue(gone)
    request.site.delete_issue(issue, request.viewer, delete_subtasks=request.flag("deleteSubtasks"))
    if told is not None and told[0]:
        about = {"issue_event_type_name": "issue_deleted"}
        events.send(told[0], "jira:issue_deleted", told[1], **about)
    return Answer(204)


def assign(request: JiraRequest, issue: str) -> Answer:
    """`PUT issue/{idOrKey}/assignee`: `{"name"|"accountId": null}` unassigns."""
    before = request.events.last_history(issue, request.viewer)
    request.site.assign_issue(issue, request.object() or None, request.viewer)
    _edited(request, issue, "issue_assigned", before)
    return Answer(204)


def edit_meta(request: JiraRequest, issue: str) -> Answer:
    """`GET issue/{idOrKey}/editmeta`."""
    return Answer(200, request.site.edit_meta(issue, request.viewer))


def changelog(request: JiraRequest, issue: str) -> Answer:
    """`GET issue/{idOrKey}/changelog`: a page of histories."""
    found = request.site.changelog(issue, request.viewer)
    return Answer(200, request.page(found, 100))


def transitions(request: JiraRequest, issue: str) -> Answer:
    """`GET issue/{idOrKey}/transitions?transitionId=`."""
    with_fields = request.expands("transitions.fields")
    found = request.site.transitions(issue, request.viewer, with_fields=with_fields)
    if wanted := request.query.get("transitionId"):
        kept = [each for each in found["transitions"] if each["id"] == wanted]
        found = {**found, "transitions": kept}
    return Answer(200, found)


def transition(request: JiraRequest, issue: str) -> Answer:
    """`POST issue/{idOrKey}/transitions`."""
    before = request.events.last_history(issue, request.viewer)
    request.site.transition(issue, request.object(), request.viewer)
    _edited(request, issue, "issue_generic", before)
    return Answer(204)


def comments(request: JiraRequest, issue: str) -> Answer:
    """`GET issue/{idOrKey}/comment?startAt=&maxResults=&orderBy=&expand=`."""
    rendered = _is_rendered(request)
    found = request.site.comments(issue, request.viewer, rendered=rendered)
    if request.query.get("orderBy", "").startswith("-"):
        found = found[::-1]
    shown = request.page(found, _ALL_COMMENTS, keys=("comments",))
    del shown["isLast"]
    return Answer(200, shown)


def add_comment(request: JiraRequest, issue: str) -> Answer:
    """`POST issue/{idOrKey}/comment?expand=`."""
    body, rendered = request.object(), _is_rendered(request)
    request.site.allowed("ADD_COMMENTS", issue, request.viewer)
    made = request.site.add_comment(issue, body, request.viewer, rendered=rendered)
    _commented(request, issue, "comment_created", made)
    return Answer(201, made)


def _commented(request: JiraRequest, issue: str, event: str, comment: Json) -> None:
    if events := request.events:
        found = request.site.seen_issue(issue, request.viewer)
        events.tell(event, found["id"], comment=comment)


def comment(request: JiraRequest, issue: str, comment: str) -> Answer:
    """`GET issue/{idOrKey}/comment/{id}?expand=`."""
    rendered = _is_rendered(request)
    return Answer(200, request.site.comment(issue, comment, request.viewer, rendered=rendered))


def edit_comment(request: JiraRequest, issue: str, comment: str) -> Answer:
    """`PUT issue/{idOrKey}/comment/{id}?expand=`."""
    body, rendered = request.object(), _is_rendered(request)
    edited = request.site.edit_comment(issue, comment, body, request.viewer, rendered=rendered)
    _commented(request, issue, "comment_updated", edited)
    return Answer(200, edited)


def delete_comment(request: JiraRequest, issue: str, comment: str) -> Answer:
    """`DELETE issue/{idOrKey}/comment/{id}`."""
    gone = request.site.comment(issue, comment, request.viewer) if request.events else None
    request.site.delete_comment(issue, comment, request.viewer)
    _commented(request, issue, "comment_deleted", gone)
    return Answer(204)


def _is_rendered(request: JiraRequest) -> bool:
    return "expand" in request.query and request.expands("renderedBody")


def browse(request: JiraRequest, issue: str) -> Answer:
    """`GET /browse/{key}`: on to what stands in for the page of an issue."""
    found = request.site.get_issue(issue, request.viewer, fields=["summary"])
    return Answer(302, None, {"Location": f"{request.viewer.url}/rest/api/2/issue/{found['key']}"})


_ISSUE = "/rest/api/{version}/issue"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", _ISSUE, create),
    ("POST", f"{_ISSUE}/bulk", create_many),
    ("GET", f"{_ISSUE}/{{issue}}", get),
    ("PUT", f"{_ISSUE}/{{issue}}", edit),
    ("DELETE", f"{_ISSUE}/{{issue}}", delete),
    ("PUT", f"{_ISSUE}/{{issue}}/assignee", assign),
    ("GET", f"{_ISSUE}/{{issue}}/editmeta", edit_meta),
    ("GET", f"{_ISSUE}/{{issue}}/changelog", changelog),
    ("GET", f"{_ISSUE}/{{issue}}/transitions", transitions),
    ("POST", f"{_ISSUE}/{{issue}}/transitions", transition),
    ("GET", f"{_ISSUE}/{{issue}}/comment", comments),
    ("POST", f"{_ISSUE}/{{issue}}/comment", add_comment),
    ("GET", f"{_ISSUE}/{{issue}}/comment/{{comment}}", comment),
    ("PUT", f"{_ISSUE}/{{issue}}/comment/{{comment}}", edit_comment),
    ("DELETE", f"{_ISSUE}/{{issue}}/comment/{{comment}}", delete_comment),
    ("GET", "/browse/{issue}", browse),
)
