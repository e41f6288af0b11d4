"""The HTTP face of Jira: routes, credentials, and errors as answers."""

from __future__ import annotations

from itertools import count
from urllib.parse import quote

from mockkibana.budget import OverBudget
from mockkibana.http.messages import Answer, Request
from mockkibana.http.route_table import Handler, NoRoute, Table, WrongMethod
from mockkibana.jira.errors import JiraError
from mockkibana.jira.face import (
    attachments,
    catalog,
    credentials,
    filters,
    flavours,
    hanging,
    issues,
    people,
    projects,
    properties,
    queries,
    schemes,
    search,
    webhooks,
)
from mockkibana.jira.face.credentials import Credentials
from mockkibana.jira.face.events import Send
from mockkibana.jira.face.jira_request import JiraRequest
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json

CONTENT_TYPE = "application/json;charset=UTF-8"
_VERSIONS = {"2": "2", "latest": "2", "3": "3"}
_BODIES = frozenset({"POST", "PUT", "PATCH"})
_PARTS = (
    *(catalog, people, projects, issues, hanging, attachments, properties, search, filters),
    queries,
    schemes,
    webhooks,
)


def _table() -> Table[Handler]:
    table: Table[Handler] = Table()
    for part in _PARTS:
        for methods, pattern, handler in part.ROUTES:
            table.add(methods, pattern, handler)
    return table


#: Every API that is served.
TABLE = _table()


class JiraFace:
    """Answers what a Jira site answers; `max_body` is in bytes.

    Callers in this process pass JSON values as bodies and read them from answers. `send` is the way
    to webhooks.
    """

    max_body = 10 * 1024 * 1024
    table = TABLE

    def __init__(self, site: Site, send: Send | None = None) -> None:
        self._site = site
        self._send = send
        self._requests = count(1)

    def handle(self, request: Request) -> Answer:
        """Answer a request that came over HTTP; never raises."""
        given = credentials.read(request)
        if request.user is not None:
            given = Credentials(request.user, None)
        answer = self._steady(request, given)
        headers = {**self._headers(request.user or _name(given), given), **answer.headers}
        return Answer(answer.status, answer.body, headers)

    def ask(self, request: Request, secret: str | None = None) -> Answer:
        """Answer a request of `request.user`, made in this process; never raises.

        `secret` is the user's password or token.

        The answer has the headers that differ from one to the next, but not those that say who
        asked and when.
        """
        next(self._requests)
        return self._steady(request, Credentials(request.user, secret))

    def too_large(self) -> Answer:
        """Answer a request whose body has more than `max_body` bytes."""
        # Guess: Cloud's gateway answers with a bare sentence of this kind.
        return self._failed(413, "HTTP 413 Request Entity Too Large")

    def unwritten(self) -> Answer:
        """Answer a request for whose changes there is no room."""
        return self._unavailable()

    def garbled(self) -> Answer:
        """Answer a request whose compressed body cannot be inflated."""
        return self._failed(400, "HTTP 400 Bad Request")

    def _steady(self, request: Request, given: Credentials | None) -> Answer:
        """Answer; a request that only reads is answered again if a write tore what it read.

        Reads take no lock, so a deletion or a reset may come between two of them.
        """
        if not _only_reads(request):
            return self._answer(request, given)
        while True:
            version = self._site.version
            try:
                return self._answer(request, given)
            except Exception:
                if self._site.version == version:
                    raise

    def _answer(self, request: Request, given: Credentials | None) -> Answer:
        method = "GET" if request.method == "HEAD" else request.method
        try:
            handler, placeholders, pattern = TABLE.match(method, request.path)
            request.route = pattern
        except NoRoute:
            return self._unknown(request)
        except WrongMethod as wrong:
            # Guess: the words. The status and `Allow` are what JAX-RS, which Jira uses, sends.
            told = self._failed(405, "HTTP 405 Method Not Allowed")
            return Answer(405, told.body, {**told.headers, "Allow": ", ".join(wrong.allowed)})
        version = _VERSIONS.get(placeholders.pop("version", "2"))
        if version is None:
            return self._unknown(request)
        settings = self._site.installation.settings
        viewer = Viewer(_name(given), request.url, version, settings.jira_flavour)
        try:
            served = request.trusted or flavours.check(viewer.flavour, pattern, version)
            if not served:
                return self._unknown(request)
            if settings.jira_users and not request.trusted:
                user = credentials.known(settings.jira_users, given) if given else None
                if user is None and not (given is None and credentials.is_open(pattern)):
                    return credentials.refused(viewer, given)
                viewer = Viewer(user, viewer.url, version, viewer.flavour)
                request.user = user
            if method in _BODIES and pattern != attachments.FORM and not _is_json(request):
                return self._failed(415, "HTTP 415 Unsupported Media Type")
            asked = JiraRequest(self._site, viewer, request, request.query, self._send)
            return handler(asked, **placeholders)
        except JiraError as error:
            return Answer(error.status, error.body())
        except OverBudget:
            return self._unavailable()

    def _unknown(self, request: Request) -> Answer:
        if (told := flavours.missing(request.path)) is not None:
            return Answer(404, {"errorMessages": [told], "errors": {}})
        return self._failed(404, f"null for uri: {request.url}{request.uri}")

    def _unavailable(self) -> Answer:
        # Guess: what the proxy before a Jira says that cannot serve, or takes too long to.
        return self._failed(503, "HTTP 503 Service Unavailable")

    def _failed(self, status: int, message: str) -> Answer:
        body: Json = {"message": message, "status-code": status}
        return Answer(status, body, {"Content-Type": CONTENT_TYPE})

    def _headers(self, user: str | None, given: Credentials | None) -> dict[str, str]:
        """Return what every answer has: on Cloud the account id, elsewhere the name of a user."""
        minute = self._site.clock.milliseconds() // 60_000 % 1440
        headers = {
            "Content-Type": CONTENT_TYPE,
            "X-AREQUESTID": f"{minute}x{next(self._requests)}x1",
        }
        if self._site.installation.settings.jira_flavour == "cloud":
            if user:
                headers["X-AACCOUNTID"] = self._site.people.users.caller(user)["accountId"]
            return headers
        headers["X-AUSERNAME"] = quote(user, safe="@+ ") if user else "anonymous"
        if given is not None:
            headers["X-Seraph-LoginReason"] = "OK"
        return headers


def _name(given: Credentials | None) -> str | None:
    return None if given is None else given.user


def _only_reads(request: Request) -> bool:
    searches = "/search" in request.path or "/jql/" in request.path
    return request.method in ("GET", "HEAD") or searches


def _is_json(request: Request) -> bool:
    """Tell whether a body may be read: a value, or bytes that are not declared something else."""
    if not isinstance(request.body, bytes) or not request.body:
        return True
    declared = request.headers.get("content-type", "application/json")
    return declared.partition(";")[0].strip().lower() == "application/json"
