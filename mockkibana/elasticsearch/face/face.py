"""The HTTP face of the fake Elasticsearch: from a request to an answer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mockkibana.elasticsearch.errors import ElasticsearchError, disk_full, illegal_argument
from mockkibana.elasticsearch.face import media_types, rest_api, routes
from mockkibana.elasticsearch.face.cat import routes as cat_routes
from mockkibana.elasticsearch.face.rendering import PRODUCT, Form, form_of
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.rest_route import RestRoute
from mockkibana.elasticsearch.face.security import routes as security_routes
from mockkibana.elasticsearch.json.parameters import Parameters, check_names
from mockkibana.http.messages import Answer, Request
from mockkibana.http.route_table import Match, NoRoute, Table, WrongMethod
from mockkibana.json import dumps

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster.cluster import Cluster
    from mockkibana.security.identity import Identity

_METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)


def _table() -> Table[RestRoute]:
    table: Table[RestRoute] = Table()
    for module in (routes, cat_routes, security_routes):
        for route in module.ROUTES:
            table.add(route.methods, route.pattern, route)
    return table


#: Every API that is served.
TABLE = _table()


class ElasticsearchFace:
    """Answers requests as a node of Elasticsearch does, out of one cluster."""

    max_body = 100 * 1024 * 1024  # http.max_content_length

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def handle(self, request: Request) -> Answer:
        """Answer a request; a request that Elasticsearch refuses is an answer as well."""
        answer = self._answer(request)
        if (opaque_id := request.headers.get("x-opaque-id")) is None:
            return answer
        return replace(answer, headers={**answer.headers, "X-Opaque-Id": opaque_id})

    def _answer(self, request: Request) -> Answer:
        parameters = Parameters(request.query)
        form = Form()
        # Looked up first, so that the journal knows the route of a request that is refused.
        found = _find(request)
        try:
            user = self._user(request)
        except ElasticsearchError as error:
            # Nothing else is looked at, so a form that cannot be is no error here.
            with suppress(ElasticsearchError):
                form = self._form(request, parameters, _body(request))
            return form.render(Answer(error.status, error.body(), error.headers))
        try:
            body = _body(request)
            form = self._form(request, parameters, body)
            answer = self._dispatch(request, found, parameters, body, user)
        except ElasticsearchError as error:
            answer = Answer(error.status, error.body(), error.headers)
        return form.render(answer)

    def _user(self, request: Request) -> Identity | None:
        """Return who sends a request, None while security is off. Raises `ElasticsearchError`.

        A node authenticates before it looks at anything else of a request
        (elastic/elasticsearch#95112).
        """
        if not self._cluster.is_secured:
            return None
        # Imported here, as few worlds need it.
        from mockkibana.elasticsearch.security.authentication import authenticate

        security = self._cluster.security
        if request.trusted:
            user = security.authentication.superuser()
        else:
            user = authenticate(security, request.headers.get("authorization"), request.uri)
        request.user = user.username
        if "es-security-runas-user" in request.headers:
            raise illegal_argument("this mock does not support the header [es-security-runas-user]")
        return user

    def _form(self, request: Request, parameters: Parameters, body: bytes) -> Form:
        """Return how the answer is to be written. Raises `ElasticsearchError`."""
        settings = self._cluster.installation.settings
        current = settings.release.rest_api_version
        content_type, version = media_types.negotiate(
            request.headers.get("accept"),
            request.headers.get("content-type"),
            has_body=bool(body),
            current=current,
            newest=media_types.NEWEST if settings.contract == "documented" else current,
        )
        if version > current:
            request.warnings.append("media-type-version")
        return form_of(parameters, content_type, tuple(request.warnings))

    def too_large(self) -> Answer:
        """Answer a request whose body has more than `max_body` bytes."""
        return Answer(413, None, PRODUCT)

    def unwritten(self) -> Answer:
        """Answer a request for whose changes there is no room, as a node whose disk is full."""
        error = disk_full()
        return Form().render(Answer(error.status, error.body()))

    def garbled(self) -> Answer:
        """Answer a request whose compressed body cannot be inflated."""
        # Guess: a real node closes the connection without a word.
        error = illegal_argument("the compressed body of the request cannot be inflated")
        return Form().render(Answer(400, error.body()))

    def _dispatch(
        self,
        request: Request,
        found: Match[RestRoute] | Answer,
        parameters: Parameters,
        body: bytes,
        user: Identity | None,
    ) -> Answer:
        if isinstance(found, Answer):
            return found
        route, names, pattern = found
        if body and (refusal := media_types.unsupported_body(request.headers.get("content-type"))):
            return Answer(406, {"error": refusal, "status": 406})
        if "<" in names.get("index", ""):
            names["index"] = self._cluster.named(names["index"])
        path = unquote(request.path)
        if request.query:
            known = rest_api.parameters(request.method, pattern)
            check_names(request.query, known | names.keys(), path)
        if body and not route.takes_body:
            raise illegal_argument(
                f"request [{request.method} {path}] does not support having a body"
            )
        if not body and "source" in parameters.values:
            body = _source_parameter(parameters)
        accept = request.headers.get("accept")
        asked = RestRequest(self._cluster, names, parameters, body, user, route.action, accept)
        answer = route.handler(asked)
        asked.authorize()  # a handler that got along without the cluster has changed nothing
        return answer


def _find(request: Request) -> Match[RestRoute] | Answer:
    """Return what takes a request, or what is answered where nothing does."""
    try:
        found = TABLE.match(request.method, request.path)
    except (NoRoute, WrongMethod):
        found = None
    # What looks like an index named `_sql`, or a node named `shutdown`, may be an API that is not
    # served.
    if found is None or (
        found.names
        and (found.pattern[1] == "_" or "_" in [name[:1] for name in found.names.values()])
    ):
        try:
            known = rest_api.match(request.method, request.path)
        except NoRoute:
            return _no_handler(request)
        except WrongMethod as wrong:
            return _wrong_method(request, wrong.allowed)
        if found is None or found.pattern != known.pattern:
            # It stays without a route, so that the journal and the pytest fixture tell of it.
            error = illegal_argument(
                f"this mock does not support [{request.method} {known.pattern}]"
            )
            return Answer(error.status, error.body())
    request.route = found.pattern
    return found


def _body(request: Request) -> bytes:
    """Return the bytes of the body; a caller in this process may hand in the value itself."""
    if request.body is None:
        return b""
    return request.body if isinstance(request.body, bytes) else dumps(request.body).encode()


def _source_parameter(parameters: Parameters) -> bytes:
    kind = parameters.text("source_content_type")
    if kind is None:
        raise illegal_argument("source and source_content_type parameters are required")
    if media_types.unsupported_body(kind):
        raise illegal_argument(f"Unknown value for source_content_type [{kind}]")
    return (parameters.text("source") or "").encode("utf-8", "replace")


def _no_handler(request: Request) -> Answer:
    return Answer(
        400,
        {"error": f"no handler found for uri [{request.uri}] and method [{request.method}]"},
    )


def _wrong_method(request: Request, allowed: tuple[str, ...]) -> Answer:
    headers = {"Allow": ",".join(allowed)}
    if request.method == "OPTIONS":
        return Answer(200, None, headers)
    if request.method in _METHODS:
        text = f"Incorrect HTTP method for uri [{request.uri}] and method [{request.method}]"
    else:
        text = f"Unexpected http method [{request.method}]"
    body = {"error": f"{text}, allowed: [{', '.join(allowed)}]", "status": 405}
    return Answer(405, body, headers)
