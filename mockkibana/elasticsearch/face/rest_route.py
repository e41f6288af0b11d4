"""Routes of the Elasticsearch face: what handles them is imported with their first request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mockkibana.elasticsearch.face.rest_request import RestRequest
    from mockkibana.http.messages import Answer


class RestRoute(NamedTuple):
    """Where the handler of an API is, and what the API takes: `methods` such as `GET POST`.

    `function` is a name in `module`, perhaps with dots. `action` is the name under which
    Elasticsearch's privileges grant it. An empty one is for every user, as far as the handler does
    not decide otherwise.
    """

    methods: str
    pattern: str
    module: str
    function: str
    action: str
    takes_body: bool

    @property
    def handler(self) -> Callable[[RestRequest], Answer]:
        """What answers the requests."""
        return _handler(self.module, self.function)


def read_routes(package: str, rows: Mapping[str, str]) -> tuple[RestRoute, ...]:
    """Read routes: by a module of the package, each in a line with four words.

    These are the methods (with `+` the API takes a body), the pattern, the function, and the action
    (`-` for none).
    """
    return tuple(
        RestRoute(
            methods.rstrip("+").replace(",", " "),
            pattern,
            f"{package}.{module}",
            function,
            "" if action == "-" else action,
            methods.endswith("+"),
        )
        for module, lines in rows.items()
        for methods, pattern, function, action in map(str.split, lines.strip().split("\n"))
    )


@cache
def _handler(module: str, function: str) -> Callable[[RestRequest], Answer]:
    found: Callable[[RestRequest], Answer] = attrgetter(function)(import_module(module))
    return found
