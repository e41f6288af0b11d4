"""The rules that Flask routes by, made once in a process; some are made only when needed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import Flask, Request
from flask.typing import RouteCallable
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import BaseConverter, Map, MapAdapter, Rule
from werkzeug.utils import import_string

from mockkibana.app.mounts import MOCK, MOUNTS, respond
from mockkibana.control import views as control
from mockkibana.http.paths import decoded_segment
from mockkibana.kibana.inbound import INBOUND
from mockkibana.kibana.routes.table import FREQUENT, RARE

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
_PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


class _Segment(BaseConverter):
    """One segment of a path, its last two escapes decoded."""

    def to_python(self, value: str) -> str:
        return decoded_segment(value)


class _Rest(BaseConverter):
    """The rest of a path, slashes and all."""

    regex = "(?s:.*?)"
    part_isolating = False


class _Views(dict[str, RouteCallable]):
    """Views by endpoint; one of Kibana's is imported on first use."""

    def __missing__(self, name: str) -> RouteCallable:
        view: RouteCallable = import_string(f"mockkibana.kibana.routes.{name}")
        self[name] = view
        return view


class RoutedFlask(Flask):
    """Flask with the rules of this module, which belong to no world and are shared."""

    def __init__(self) -> None:
        super().__init__("mockkibana", static_folder=None, template_folder="control/templates")
        self.url_map = _frequent()
        self.view_functions = _Views(
            home=control.home, page=control.page, api=control.api, face=respond
        )

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what matches a request; raises for a path that the middleware refused."""
        if request is None:
            return super().create_url_adapter(request)
        environ = request.environ
        if INBOUND in environ and environ[INBOUND].unroutable is not None:
            raise NotFound
        scheme = environ["wsgi.url_scheme"]
        # Flask's own reads the host of the request, three times, which no rule depends on.
        return _Adapter(self.url_map, "", "", "", scheme, request.path, request.method)


class _Adapter(MapAdapter):
    """Matches a request by the frequent rules, then by the rare ones."""

    def match(self, *args: Any, **options: Any) -> Any:
        try:
            return super().match(*args, **options)
        except HTTPException:
            self.map = _rare()
            return super().match(*args, **options)


def rules(app: Flask) -> list[Rule]:
    """Return every rule that an application of `create_app` routes by, the rare ones too."""
    return [*app.url_map.iter_rules(), *_rare().iter_rules()]


def patterns() -> list[tuple[str, str]]:
    """Return methods and patterns of the frequent routes and of the faces, for hints."""
    from mockkibana.elasticsearch.face.face import TABLE
    from mockkibana.jira.face.face import TABLE as JIRA_TABLE

    found = []
    for method, rule, _ in (*FREQUENT, ("GET", "/", "home")):
        pattern = _PLACEHOLDER.sub(r"{\1}", rule)
        found += [(each, pattern) for each in (("GET", "HEAD") if method == "GET" else (method,))]
    tables = {"elasticsearch": TABLE.patterns(), "jira": JIRA_TABLE.patterns()}
    for face, rows in tables.items():
        found += [(method, MOUNTS[face] + pattern) for method, pattern in rows]
    return found


@cache
def _frequent() -> Map:
    made = [
        *_rules(FREQUENT),
        Rule("/", methods=["GET"], endpoint="home"),
        Rule(MOCK, methods=["GET"], endpoint="page"),
        Rule(f"{MOCK}/", methods=["GET"], endpoint="page"),
        Rule(f"{MOCK}/api<rest:rest>", methods=_METHODS, endpoint="api"),
    ]
    for mount in MOUNTS.values():  # a face refuses the methods that it does not know
        made += [Rule(mount, endpoint="face"), Rule(f"{mount}/<rest:rest>", endpoint="face")]
    return _map(made)


@cache
def _rare() -> Map:
    # A rule takes 0.3 ms to make, and a start waits for it.
    return _map(_rules(RARE))


def _rules(rows: Iterable[tuple[str, str, str]]) -> Iterable[Rule]:
    return (Rule(rule, methods=[method], endpoint=view) for method, rule, view in rows)


def _map(made: Iterable[Rule]) -> Map:
    converters = {"segment": _Segment, "rest": _Rest}
    return Map(made, converters=converters, merge_slashes=False, redirect_defaults=False)
