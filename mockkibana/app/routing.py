"""The rules that Flask routes by, made once in a process; some are made only when needed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from flask import Flask, Request
from flask.typing import RouteCallable
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import BaseConverter, Map, MapAdapter, Rule
from werkzeug.utils import import_string

from mockkibana.app.mounts import MOCK, MOUNTS, respond
from mockkibana.control import views as control
from mockkibana.http.paths import decoded_segment
from mockkibana.kibana.inbound import INBOUND, Inbound
from mockkibana.kibana.routes.table import FREQUENT, RARE, KibanaRoute, routes_of
from mockkibana.settings.release import Release

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
_PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


class _Segment(BaseConverter):
    """One segment of a path, its last two escapes decoded."""

    def to_python(self, value: str) -> str:
        return decoded_segment(value)


class _Optional(_Segment):
    """One segment of a path, which may be empty."""

    regex = "[^/]*"


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
    """Flask with the rules of this module, which belong to no world and are shared.

    Each request is routed by the rules of its world's release; those of `release` are made at once.
    """

    def __init__(self, release: Release) -> None:
        super().__init__("mockkibana", static_folder=None, template_folder="control/templates")
        self.url_map = _frequent(release)
        self.view_functions = _Views(
            home=control.home, page=control.page, api=control.api, face=respond
        )

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what matches a request; raises for a path that the middleware refused."""
        if request is None:
            return super().create_url_adapter(request)
        environ = request.environ
        inbound: Inbound | None = environ.get(INBOUND)
        if inbound is None:
            return super().create_url_adapter(request)
        if inbound.unroutable is not None:
            raise NotFound
        scheme, release = environ["wsgi.url_scheme"], inbound.settings.release
        # Flask's own reads the host of the request, three times, which no rule depends on.
        adapter = _Adapter(_frequent(release), "", "", "", scheme, request.path, request.method)
        adapter.release = release
        return adapter


class _Adapter(MapAdapter):
    """Matches a request by the frequent rules of a release, then by the rare ones."""

    release: Release

    def match(self, *args: Any, **options: Any) -> Any:
        try:
            return super().match(*args, **options)
        except HTTPException:
            self.map = _rare(self.release)
            return super().match(*args, **options)


def rules(release: Release) -> list[Rule]:
    """Return every rule by which requests to a release are routed, the rare ones too."""
    return [*_frequent(release).iter_rules(), *_rare(release).iter_rules()]


def patterns() -> list[tuple[str, str]]:
    """Return methods and patterns of the frequent routes and of the faces, for hints."""
    from mockkibana.elasticsearch.face.face import TABLE
    from mockkibana.jira.face.face import TABLE as JIRA_TABLE

    found = []
    for row in (*FREQUENT, KibanaRoute("GET", "/", "home")):
        pattern = _PLACEHOLDER.sub(r"{\1}", row.rule)
        methods = ("GET", "HEAD") if row.method == "GET" else (row.method,)
        found += [(method, pattern) for method in methods]
    tables = {"elasticsearch": TABLE.patterns(), "jira": JIRA_TABLE.patterns()}
    for face, rows in tables.items():
        found += [(method, MOUNTS[face] + pattern) for method, pattern in rows]
    return found


@lru_cache(maxsize=64)
def _frequent(release: Release) -> Map:
    return _frequent_map(routes_of(release, FREQUENT))


@lru_cache(maxsize=64)
def _rare(release: Release) -> Map:
    # A rule takes 0.3 ms to make, and a start waits for it.
    return _rare_map(routes_of(release, RARE))


@cache
def _frequent_map(rows: tuple[KibanaRoute, ...]) -> Map:
    made = [
        *_rules(rows),
        Rule("/", methods=["GET"], endpoint="home"),
        Rule(MOCK, methods=["GET"], endpoint="page"),
        Rule(f"{MOCK}/", methods=["GET"], endpoint="page"),
        Rule(f"{MOCK}/api<rest:rest>", methods=_METHODS, endpoint="api"),
    ]
    for mount in MOUNTS.values():  # a face refuses the methods that it does not know
        made += [Rule(mount, endpoint="face"), Rule(f"{mount}/<rest:rest>", endpoint="face")]
    return _map(made)


@cache
def _rare_map(rows: tuple[KibanaRoute, ...]) -> Map:
    return _map(_rules(rows))


def _rules(rows: Iterable[KibanaRoute]) -> Iterable[Rule]:
    return (Rule(row.rule, methods=[row.method], endpoint=row.view) for row in rows)


def _map(made: Iterable[Rule]) -> Map:
    converters = {"segment": _Segment, "optional": _Optional, "rest": _Rest}
    return Map(made, converters=converters, merge_slashes=False, redirect_defaults=False)
