"""Attachments over HTTP: forms that bring files, and the files again."""

from __future__ import annotations

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.attachments import multipart
from mockkibana.jira.attachments.attachments import LIMIT
from mockkibana.jira.errors import bad_request
from mockkibana.jira.face.jira_request import JiraRequest

FORM = "/rest/api/{version}/issue/{issue}/attachments"
"""The route whose bodies are forms, not JSON."""

_UNCHECKED = ("no-check", "nocheck")  # the older one still passes


def add(request: JiraRequest, issue: str) -> Answer:
    """`POST issue/{idOrKey}/attachments`: 200 with the files; needs `X-Atlassian-Token`."""
    headers = request.http.headers
    if headers.get("x-atlassian-token", "").lower() not in _UNCHECKED:
        return Answer(403, "XSRF check failed", {"Content-Type": "text/plain;charset=UTF-8"})
    request.site.allowed("CREATE_ATTACHMENTS", issue, request.viewer)
    body = request.http.body
    try:
        content = body if isinstance(body, bytes) else b""
        files = multipart.files(headers.get("content-type", ""), content)
    except multipart.NoForm:
        # Guess: a Server answers 415 or 500 here, by where the form breaks off.
        raise bad_request(
            "The request must be a form with the files in its fields 'file'."
        ) from None
    if not files:
        raise bad_request("No file was attached: its field must be named 'file'.")
    added = request.site.attachments.add(issue, files, request.viewer)
    return Answer(200, list(map(request.site.renderer(request.viewer).attachment, added)))


def one(request: JiraRequest, id: str) -> Answer:  # noqa: A002 - the placeholder's name
    """`GET attachment/{id}`."""
    found = request.site.attachments.get(id, request.viewer)
    return Answer(200, request.site.renderer(request.viewer).attachment(found))


def delete(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`DELETE attachment/{id}`."""
    attachment = request.site.attachments.get(id, request.viewer)
    issue = attachment["issue"]
    request.site.allowed("DELETE_{}_ATTACHMENTS", issue, request.viewer, attachment)
    request.site.attachments.delete(id, request.viewer)
    return Answer(204)


def meta(_request: JiraRequest) -> Answer:
    """`GET attachment/meta`."""
    return Answer(200, {"enabled": True, "uploadLimit": LIMIT})


def content(request: JiraRequest, id: str) -> Answer:  # noqa: A002
    """`GET attachment/content/{id}`, as Cloud has it: the bytes."""
    attachment = request.site.attachments.get(id, request.viewer)
    found = request.site.attachments.content(id, request.viewer)
    name = attachment["filename"].encode("ascii", "replace").decode().replace('"', "'")
    headers = {
        "Content-Type": _header(attachment["mimeType"]),
        "Content-Disposition": f'attachment; filename="{_header(name)}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Answer(200, found, headers)


def download(request: JiraRequest, id: str, name: str) -> Answer:  # noqa: A002, ARG001
    """`GET /secure/attachment/{id}/{name}`: the bytes; any name will do."""
    return content(request, id)


def _header(text: str) -> str:
    """Return a text that is the value of a header: a sender may have declared anything."""
    return "".join(character if " " <= character <= "~" else "?" for character in text)


_API = "/rest/api/{version}"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", FORM, add),
    ("GET", f"{_API}/attachment/meta", meta),
    ("GET", f"{_API}/attachment/{{id}}", one),
    ("DELETE", f"{_API}/attachment/{{id}}", delete),
    ("GET", f"{_API}/attachment/content/{{id}}", content),
    ("GET", "/secure/attachment/{id}/{name}", download),
)
