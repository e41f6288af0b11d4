"""Searches over HTTP: pages by number, as a Server has them, and by token, as Cloud has them."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import bad_request
from mockkibana.jira.face.call import Call, answer, integer, page, split
from mockkibana.jira.jql import jql
from mockkibana.jira.jql.search import find
from mockkibana.json import Json

_PAGE = 50
_LONGEST_PAGE = 1000
_LONGEST_TOKEN_PAGE = 5000
_UNBOUNDED = (
    "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
)
# A guess: Cloud documents no text for a token that it did not make.
_BAD_TOKEN = "The provided next page token is invalid or expired."  # noqa: S105 - not a secret
_TOKEN = "startAt="  # noqa: S105 - not a secret
_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search asks for, from the query string or from a body."""

    text: str
    start: int
    size: int
    fields: list[str] | None
    expand: list[str]
    token: str | None


def _wanted(call: Call) -> Wanted:
    if call.request.method != "POST":
        return Wanted(
            call.request.query.get("jql", ""),
            call.number("startAt", 0),
            call.number("maxResults", _PAGE),
            call.values("fields"),
            call.values("expand") or [],
            call.request.query.get("nextPageToken"),
        )
    body = call.object()
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
        raise bad_request(_PAYLOAD)
    return value


def _list(body: dict[str, Json], name: str) -> list[str] | None:
    value = body.get(name)
    if isinstance(value, str):
        return split([value])
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise bad_request(_PAYLOAD)
    return split(value)


def search(call: Call) -> Answer:
    """`GET|POST search`: pages by number, with the total."""
    wanted = _wanted(call)
    found = _found(call, jql.parse(wanted.text))
    size = _LONGEST_PAGE if wanted.size < 0 else min(wanted.size, _LONGEST_PAGE)
    shown = page(found, wanted.start, size, keys=("issues",))
    del shown["isLast"]
    shown["issues"] = _shown(call, shown["issues"], wanted)
    return answer({"expand": "schema,names", **shown})


def search_jql(call: Call) -> Answer:
    """`GET|POST search/jql`: pages by token, without a total; ids only unless fields are named."""
    wanted = _wanted(call)
    query = jql.parse(wanted.text)
    if query.condition is None:
        raise bad_request(_UNBOUNDED)
    found = _found(call, query)
    start = 0 if wanted.token is None else _position(wanted.token)
    size = min(max(wanted.size, 0) or _PAGE, _LONGEST_TOKEN_PAGE)
    issues = found[start : start + size]
    if wanted.fields:
        body: Json = {"issues": _shown(call, issues, wanted)}
    else:
        body = {"issues": [{"id": issue["id"]} for issue in issues]}
    if start + size < len(found):
        return answer({**body, "nextPageToken": _token(start + size), "isLast": False})
    return answer({**body, "isLast": True})


def approximate_count(call: Call) -> Answer:
    """`POST search/approximate-count`."""
    query = jql.parse(_text(call.object(), "jql") or "")
    if query.condition is None:
        raise bad_request(_UNBOUNDED)
    return answer({"count": len(_found(call, query))})


def _found(call: Call, query: jql.Query) -> list[dict[str, Json]]:
    return find(call.site, query, url=call.url, user=call.user, now=call.clock.now())


def _shown(call: Call, issues: list[dict[str, Json]], wanted: Wanted) -> list[dict[str, Json]]:
    fields = ["*navigable"] if wanted.fields is None else wanted.fields
    if not wanted.expand:
        return call.site.render(issues, call.url, fields, call.version)
    return [
        call.site.get_issue(
            issue["id"],
            call.url,
            fields=fields,
            expand=wanted.expand,
            version=call.version,
            user=call.user,
        )
        for issue in issues
    ]


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
