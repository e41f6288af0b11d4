"""Searches over HTTP: pages by number, as a Server has them, and by token, as Cloud has them."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import BAD_PAYLOAD, bad_request
from mockkibana.jira.face.jira_request import JiraRequest, integer, page, split
from mockkibana.jira.jql import jql
from mockkibana.jira.jql.search import find
from mockkibana.jira.projects import fields
from mockkibana.json import Json

_PAGE = 50
_LONGEST_PAGE = 1000
_LONGEST_TOKEN_PAGE = 5000
_UNBOUNDED = (
    "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
)
# Guess: Cloud documents no text for a token that it did not make.
_BAD_TOKEN = "The provided next page token is invalid or expired."  # noqa: S105 - not a secret
_ONCE = {"names": fields.names, "schema": fields.schemas}
_TOKEN = "startAt="  # noqa: S105 - not a secret


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search asks for, from the query string or from a body."""

    text: str
    start: int
    size: int
    fields: list[str] | None
    expand: list[str]
    token: str | None


def _wanted(request: JiraRequest) -> Wanted:
    if request.http.method != "POST":
        return Wanted(
            request.query.get("jql", ""),
            request.number("startAt", 0),
            request.number("maxResults", _PAGE),
            request.values("fields"),
            request.values("expand") or [],
            request.query.get("nextPageToken"),
        )
    body = request.object()
    return Wanted(
        _text(body, "jql") or "",
        integer(body.get("startAt"), "startAt", 0),
        integer(body.get("maxResults"), "maxResults", _PAGE),
        _list(body, "fields"),
        _list(body, "expand") or [],
        _text(body, "nextPageToken"),
    )


def _text(body: dict[str, Json], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise bad_request(BAD_PAYLOAD)
    return value


def _list(body: dict[str, Json], name: str) -> list[str] | None:
    value = body.get(name)
    if isinstance(value, str):
        return split([value])
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise bad_request(BAD_PAYLOAD)
    return split(value)


def search(request: JiraRequest) -> Answer:
    """`GET|POST search`: pages by number, with the total."""
    wanted = _wanted(request)
    query = jql.parse(wanted.text, request.viewer.texts)
    found = find(request.site, query, request.viewer, request.budget)
    size = _LONGEST_PAGE if wanted.size < 0 else min(wanted.size, _LONGEST_PAGE)
    shown = page(found, wanted.start, size, keys=("issues",))
    del shown["isLast"]
    shown |= _shown(request, shown["issues"], wanted)
    return Answer(200, {"expand": "schema,names", **shown})


def search_jql(request: JiraRequest) -> Answer:
    """`GET|POST search/jql`: pages by token, without a total; ids only unless fields are named."""
    wanted = _wanted(request)
    query = jql.parse(wanted.text, request.viewer.texts)
    if query.condition is None:
        raise bad_request(_UNBOUNDED)
    found = find(request.site, query, request.viewer, request.budget)
    start = 0 if wanted.token is None else _position(wanted.token)
    size = min(max(wanted.size, 0) or _PAGE, _LONGEST_TOKEN_PAGE)
    issues = found[start : start + size]
    if wanted.fields:
        body: Json = _shown(request, issues, wanted)
    else:
        body = {"issues": [{"id": issue["id"]} for issue in issues]}
    if start + size < len(found):
        return Answer(200, {**body, "nextPageToken": _token(start + size), "isLast": False})
    return Answer(200, {**body, "isLast": True})


def approximate_count(request: JiraRequest) -> Answer:
    """`POST search/approximate-count`."""
    query = jql.parse(_text(request.object(), "jql") or "", request.viewer.texts)
    if query.condition is None:
        raise bad_request(_UNBOUNDED)
    found = find(request.site, query, request.viewer, request.budget)
    return Answer(200, {"count": len(found)})


def _shown(request: JiraRequest, issues: list[Json], wanted: Wanted) -> dict[str, Json]:
    """Return the issues of a page; what is the same for all, names and schemas, stands once."""
    named = ["*navigable"] if wanted.fields is None else wanted.fields
    expand = [name for name in wanted.expand if name not in _ONCE]
    found = request.site.render(issues, request.viewer, named, expand)
    body: dict[str, Json] = {"issues": found}
    for name in set(wanted.expand) & _ONCE.keys():
        shown = {field for issue in found for field in issue["fields"]}
        body[name] = _ONCE[name](request.site.catalogue.fields(), shown)
    return body


def _token(position: int) -> str:
    return urlsafe_b64encode(f"{_TOKEN}{position}".encode()).decode()


def _position(token: str) -> int:
    try:
        text = urlsafe_b64decode(token).decode()
    except ValueError:
        raise bad_request(_BAD_TOKEN) from None
    digits = text.removeprefix(_TOKEN)
    if digits == text or not (digits.isascii() and digits.isdecimal()):
        raise bad_request(_BAD_TOKEN)
    return int(digits[:20])


_SEARCH = "/rest/api/{version}/search"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET POST", _SEARCH, search),
    ("GET POST", f"{_SEARCH}/jql", search_jql),
    ("POST", f"{_SEARCH}/approximate-count", approximate_count),
)
