"""The routes of the Elasticsearch face name handlers that are there."""

from __future__ import annotations

from inspect import isroutine

from mockkibana.elasticsearch.face import routes
from mockkibana.elasticsearch.face.cat import routes as cat_routes
from mockkibana.elasticsearch.face.security import routes as security_routes

ROUTES = (*routes.ROUTES, *cat_routes.ROUTES, *security_routes.ROUTES)


def test_every_route_has_a_handler() -> None:
    assert [route.pattern for route in ROUTES if not isroutine(route.handler)] == []


def test_no_route_is_there_twice() -> None:
    served = [(method, route.pattern) for route in ROUTES for method in route.methods.split()]
    assert len(served) == len(set(served))
