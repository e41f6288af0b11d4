"""Webhooks over HTTP: registered, changed, listed and removed."""

from __future__ import annotations

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import bad_request, not_found
from mockkibana.jira.face.jira_request import JiraRequest
from mockkibana.jira.records import webhooks
from mockkibana.jira.records.webhooks import BadWebhook
from mockkibana.store import Document


def _show(request: JiraRequest, row: Document) -> Document:
    viewer = request.viewer
    return {
        "name": row["name"],
        "url": row["url"],
        "excludeBody": row["excludeBody"],
        "filters": {webhooks.ISSUE_SECTION: row["jql"]},
        "events": row["events"],
        "enabled": row["enabled"],
        "self": f"{viewer.url}/rest/webhooks/1.0/webhook/{row['id']}",
    }


def _row(request: JiraRequest, id: str) -> Document:  # noqa: A002 - the placeholder's name
    request.site.people.permissions.require("ADMINISTER", request.viewer)
    found = request.site.store.table(webhooks.TABLE).row(id)
    if found is None:
        raise not_found(f"The webhook with id {id} does not exist.")
    return found


def _put(request: JiraRequest, id: str | None, before: Document) -> Document:  # noqa: A002
    try:
        read = webhooks.read(request.object(), before)
    except BadWebhook as problem:
        raise bad_request(str(problem)) from None
    with request.site.store.transaction() as transaction:
        if id is None:
            id = request.site.counters.take(transaction, "webhook")  # noqa: A001
        row = {"id": id, **read}
        transaction.put(webhooks.TABLE, {id: row})
    return row


def all_webhooks(request: JiraRequest) -> Answer:
    """`GET /rest/webhooks/1.0/webhook`: a bare array."""
    request.site.people.permissions.require("ADMINISTER", request.viewer)
    rows = request.site.store.table(webhooks.TABLE).rows().values()
    return Answer(200, [_show(request, row) for row in rows])


def create(request: JiraRequest) -> Answer:
    """`POST /rest/webhooks/1.0/webhook`: `{"name", "url", "events", "filters", "excludeBody"}`."""
    request.site.people.permissions.require("ADMINISTER", request.viewer)
    return Answer(201, _show(request, _put(request, None, {})))


def one(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`GET /rest/webhooks/1.0/webhook/{id}`."""
    return Answer(200, _show(request, _row(request, id)))


def edit(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`PUT /rest/webhooks/1.0/webhook/{id}`."""
    return Answer(200, _show(request, _put(request, id, _row(request, id))))


def delete(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`DELETE /rest/webhooks/1.0/webhook/{id}`."""
    _row(request, id)
    with request.site.store.transaction() as transaction:
        transaction.remove(webhooks.TABLE, [id])
    return Answer(204)


_WEBHOOK = "/rest/webhooks/1.0/webhook"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", _WEBHOOK, all_webhooks),
    ("POST", _WEBHOOK, create),
    ("GET", f"{_WEBHOOK}/{{id}}", one),
    ("PUT", f"{_WEBHOOK}/{{id}}", edit),
    ("DELETE", f"{_WEBHOOK}/{{id}}", delete),
)
