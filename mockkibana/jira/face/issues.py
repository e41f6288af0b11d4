"""Issues over HTTP: their fields, comments, transitions and history."""

from __future__ import annotations

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import JiraError, bad_request
from mockkibana.jira.face.call import Call, answer, nothing, page
from mockkibana.json import Json

_BULK = 50
_ALL_COMMENTS = 1_048_576  # what a Server reports as its page size


def create(call: Call) -> Answer:
    """`POST issue`: where the issue is, and nothing else."""
    return answer(
        _reference(call, call.site.create_issue(call.object(), call.user, call.version)), 201
    )


def create_many(call: Call) -> Answer:
    """`POST issue/bulk`: what can be made is made; 400 only if nothing can."""
    updates = call.object().get("issueUpdates")
    if not isinstance(updates, list) or not updates:
        # A guess, as is the next: nobody's documentation shows these two.
        raise bad_request("The list of issues to create is empty.")
    if len(updates) > _BULK:
        raise bad_request(f"You can create at most {_BULK} issues in one request.")
    made: list[Json] = []
    failed: list[Json] = []
    for number, update in enumerate(updates):
        try:
            if not isinstance(update, dict):
                raise bad_request("An issue to create must be an object.")
            issue = call.site.create_issue(update, call.user, call.version)
            made.append(_reference(call, issue))
        except JiraError as error:
            failed.append(
                {
                    "status": error.status,
                    "elementErrors": error.body(),
                    "failedElementNumber": number,
                }
            )
    return answer({"issues": made, "errors": failed}, 201 if made else 400)


def _reference(call: Call, issue: dict[str, Json]) -> Json:
    return {**issue, "self": f"{call.url}/rest/api/2/issue/{issue['id']}"}


def get(call: Call, issue: str) -> Answer:
    """`GET issue/{idOrKey}?fields=&expand=`."""
    return answer(_shown(call, issue))


def _shown(call: Call, issue: str) -> Json:
    return call.site.get_issue(
        issue,
        call.url,
        fields=call.values("fields"),
        expand=call.values("expand") or (),
        version=call.version,
        user=call.user,
    )


def edit(call: Call, issue: str) -> Answer:
    """`PUT issue/{idOrKey}`: 204, or the issue if `returnIssue` asks for it."""
    call.site.edit_issue(issue, call.object(), call.user, call.version)
    return answer(_shown(call, issue)) if call.flag("returnIssue") else nothing()


def delete(call: Call, issue: str) -> Answer:
    """`DELETE issue/{idOrKey}?deleteSubtasks=`."""
    call.site.delete_issue(issue, delete_subtasks=call.flag("deleteSubtasks"), user=call.user)
    return nothing()


def assign(call: Call, issue: str) -> Answer:
    """`PUT issue/{idOrKey}/assignee`: `{"name"|"accountId": null}` unassigns."""
    body = call.object()
    named = {key: body[key] for key in ("accountId", "name", "key", "id") if key in body}
    # "-1" asks for the project's default assignee, and that is nobody.
    nobody = next(iter(named.values()), None) in (None, "-1")
    call.site.assign_issue(issue, None if nobody else named, call.user)
    return nothing()


def edit_meta(call: Call, issue: str) -> Answer:
    """`GET issue/{idOrKey}/editmeta`."""
    return answer(call.site.edit_meta(issue, call.url, call.user))


def changelog(call: Call, issue: str) -> Answer:
    """`GET issue/{idOrKey}/changelog`: a page of histories."""
    found = call.site.changelog(issue, call.url, call.user)
    return answer(page(found, call.number("startAt", 0), call.number("maxResults", 100)))


def transitions(call: Call, issue: str) -> Answer:
    """`GET issue/{idOrKey}/transitions?transitionId=`."""
    with_fields = "transitions.fields" in (call.values("expand") or ())
    found = call.site.transitions(issue, call.url, with_fields=with_fields, user=call.user)
    if wanted := call.request.query.get("transitionId"):
        kept = [each for each in found["transitions"] if each["id"] == wanted]
        found = {**found, "transitions": kept}
    return answer(found)


def transition(call: Call, issue: str) -> Answer:
    """`POST issue/{idOrKey}/transitions`."""
    call.site.transition(issue, call.object(), call.user, call.version)
    return nothing()


def comments(call: Call, issue: str) -> Answer:
    """`GET issue/{idOrKey}/comment?startAt=&maxResults=&orderBy=`."""
    found = call.site.comments(issue, call.url, version=call.version, user=call.user)
    if call.request.query.get("orderBy", "").startswith("-"):
        found = found[::-1]
    start, size = call.number("startAt", 0), call.number("maxResults", _ALL_COMMENTS)
    shown = page(found, start, size, keys=("comments",))
    del shown["isLast"]
    return answer(shown)


def add_comment(call: Call, issue: str) -> Answer:
    """`POST issue/{idOrKey}/comment`."""
    body = call.object()
    return answer(call.site.add_comment(issue, body, call.user, call.url, call.version), 201)


def comment(call: Call, issue: str, comment: str) -> Answer:
    """`GET issue/{idOrKey}/comment/{id}`."""
    return answer(call.site.comment(issue, comment, call.url, version=call.version, user=call.user))


def edit_comment(call: Call, issue: str, comment: str) -> Answer:
    """`PUT issue/{idOrKey}/comment/{id}`."""
    body = call.object()
    return answer(call.site.edit_comment(issue, comment, body, call.user, call.url, call.version))


def delete_comment(call: Call, issue: str, comment: str) -> Answer:
    """`DELETE issue/{idOrKey}/comment/{id}`."""
    call.site.delete_comment(issue, comment, call.user)
    return nothing()


def browse(call: Call, issue: str) -> Answer:
    """`GET /browse/{key}`: on to what stands in for the page of an issue."""
    found = call.site.get_issue(issue, call.url, fields=["summary"], user=call.user)
    return Answer(302, None, {"Location": f"{call.url}/rest/api/2/issue/{found['key']}"})


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
