"""Doubts about fault rules: what, in this world as it is, they can never match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.faults.match import Match, path_test
from mockkibana.json import Json
from mockkibana.kibana.connectors import SAVED, Connectors
from mockkibana.kibana.spaces import Spaces
from mockkibana.outbound.party import Party
from mockkibana.store import Store

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_PLACE = re.compile(r"<[^>]*>|{[^}]*}")


class World(Protocol):
    """What rules are held against."""

    connector_types: ConnectorTypes
    connectors: Connectors
    spaces: Spaces
    store: Store


def doubts_about(world: World, match: Match, route: Json) -> Iterator[str]:
    """Yield why requests like these never come, each as a sentence; `route` is the rule's own."""
    if match.method is not None and match.method not in (known := _methods(match)):
        who = "no face is asked" if match.backend is None else f"{match.backend} is sent nothing"
        yield f"{who} with {match.method}; expected one of {', '.join(known)}"
    if match.face in ("elasticsearch", "jira"):
        for name in ("connector", "connector_type", "space"):
            if getattr(match, name) is not None:
                yield f"a call to {match.face} has no {name}; `backend` is what runs send there"
        return
    yield from _about_connectors(world, match)
    if match.space is not None and not world.spaces.exists(match.space):
        yield f"there is no space {match.space!r} yet"
    if match.backend is None and isinstance(route, str) and not _is_route(match):
        method = "" if match.method is None or " " in route else f"{match.method} "
        yield f"no route of Kibana is {method + route!r}"


def _methods(match: Match) -> tuple[str, ...]:
    """Return how requests like these may be made; a mail is one, to whatever takes mails."""
    return _METHODS if match.backend is None else (*_METHODS, "SMTP")


def _about_connectors(world: World, match: Match) -> Iterator[str]:
    type_id, known = match.connector_type, world.connector_types.ids()
    if type_id is not None and type_id not in known:
        yield f"no type {type_id!r} is registered; expected one of {', '.join(known)}"
        return
    if match.connector is not None:
        found = world.connectors.type_anywhere(match.connector)
        if found is None:
            ids = ", ".join(world.store.table(SAVED).rows()) or "none"
            yield f"there is no connector {match.connector!r} yet; known are: {ids}"
        elif type_id not in (None, found):
            yield f"the connector {match.connector!r} is of the type {found}"
        type_id = found or type_id
    connector_type = None if type_id is None else world.connector_types.get(type_id)
    if match.backend is not None and connector_type is not None:
        party = connector_type.party
        name = party.name if isinstance(party, Party) else party
        if name != match.backend:
            yield f"connectors of the type {connector_type.id} send nothing to {match.backend}"


def _is_route(match: Match) -> bool:
    from mockkibana.kibana.routes.table import FREQUENT, RARE

    return any(
        match.method in (None, route.method, "HEAD") and _meet(match, route.rule)
        for route in (*FREQUENT, *RARE)
    )


def _meet(match: Match, pattern: str) -> bool:
    """Tell whether some path is of both: of a rule, and of a route."""
    assert match.path is not None  # noqa: S101 - a rule with a `route` has one
    example = _PLACE.sub("x", match.path).replace("*", "x")
    return match.holds_path(_PLACE.sub("x", pattern)) or path_test(_PLACE.sub("{}", pattern))(
        example
    )
