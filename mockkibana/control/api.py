"""`/_mock/api`: the control plane over HTTP, JSON in and JSON out."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from flask import Response

from mockkibana.control.arguments import ControlRequest
from mockkibana.control.errors import ControlError
from mockkibana.control.guard import access_of, sends_token
from mockkibana.control.plane import ControlPlane
from mockkibana.control.verbs import MOUNT, VERBS, Verb
from mockkibana.http.body import Garbled, TooLarge, read_body
from mockkibana.http.messages import Answer
from mockkibana.http.route_table import NoRoute, Table, WrongMethod
from mockkibana.json import encode
from mockkibana.kibana.inbound import INBOUND, Inbound
from mockkibana.store import StoreError

MAX_BODY = 104_857_600  # bytes: a seed may hold what Elasticsearch takes in one request
_HEADERS = {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}
_NEAREST = 4


def respond(environ: dict[str, Any]) -> Response:
    """Answer a request which the guard has let through; never raises for what a caller sends."""
    inbound: Inbound = environ[INBOUND]
    method, path = environ["REQUEST_METHOD"], inbound.path.removeprefix(MOUNT)
    try:
        verb, names, _ = routes().match("GET" if method == "HEAD" else method, path)
        request = ControlRequest(
            dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
            read_body(environ, MAX_BODY),
            environ.get("CONTENT_TYPE", ""),
            sends_token(environ, access_of(environ)),
        )
        has_left = environ.get("mockkibana.client_left")
        plane = ControlPlane(inbound.world, inbound.worlds, has_left)
        answer = request.ask(plane, verb, names)
    except ControlError as error:
        answer = _refused(error.status, error.message)
    except NoRoute:
        answer = _unknown(method, path)
    except WrongMethod as error:
        allowed = ", ".join(error.allowed)
        message = f"{MOUNT}{path} takes {allowed}, and not {method}."
        answer = _refused(405, message, {"allow": allowed})
    except TooLarge as error:
        answer = _refused(413, f"{str(error).capitalize()}.")
    except Garbled as error:
        answer = _refused(400, f"The body is not what its content-encoding says: {error}.")
    except StoreError as error:
        answer = _refused(503, str(error))
    return _finished(answer)


def refuse(refused: Answer) -> Response:
    """Return as JSON what the guard answers."""
    return _finished(Answer(refused.status, {"error": refused.body}, refused.headers))


def _finished(answer: Answer) -> Response:
    headers: dict[str, Any] = {**_HEADERS, **answer.headers}
    return Response(encode(answer.body), answer.status, headers)


@cache
def routes() -> Table[Verb]:
    """Return the verbs by method and path."""
    table: Table[Verb] = Table()
    for verb in VERBS.values():
        table.add(verb.method, verb.path, verb)
    return table


def _refused(status: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, {"error": message}, headers or {})


def _unknown(method: str, path: str) -> Answer:
    wanted, known = (
        f"{method} {MOUNT}{path}",
        [f"{verb.method} {MOUNT}{verb.path}" for verb in VERBS.values()],
    )
    message = f"There is nothing at {wanted}. GET {MOUNT}/ lists what there is."
    near = get_close_matches(wanted, known, n=_NEAREST, cutoff=0.0)
    return Answer(404, {"error": message, "nearest": near})
