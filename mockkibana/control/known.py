"""What journal, outbox and scripts may be asked by name: connector types, and Kibana's routes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.control.errors import bad_request
from mockkibana.journal.rendering import route_pattern
from mockkibana.json import Json
from mockkibana.spelling import expected
from mockkibana.wildcards import glob


def check_type(
    types: ConnectorTypes, type_id: Json, name: str, kept: Callable[[], Iterable[str]] = tuple
) -> None:
    """Refuse the id of a type that no release of Kibana has, nor another package.

    `name` is that of the argument; `kept` gives ids that are there all the same, as after a seed
    from elsewhere. What is no text is left to whoever reads it.
    """
    if isinstance(type_id, str) and not types.is_known(type_id) and type_id not in kept():
        raise _unknown(name, type_id, "connector type", types.ids())


def check_scripted_type(types: ConnectorTypes, type_id: Json) -> None:
    """Refuse the id of a type whose party never answers what a test scripts."""
    if not isinstance(type_id, str):
        return
    known = list(_scripted(types))
    if type_id not in known:
        raise _unknown("reply.connector_type", type_id, "type of an AI connector", known)


def _scripted(types: ConnectorTypes) -> Iterator[str]:
    from mockkibana.connectors.ai import Models
    from mockkibana.connectors.mcp_party import McpServer

    return (each.id for each in types.all() if isinstance(each.party, Models | McpServer))


def check_route(route: Json) -> None:
    """Refuse a route, in which `*` stands for anything, that Kibana has in no release."""
    from mockkibana.kibana.routes.table import FREQUENT, RARE

    if not isinstance(route, str):
        return
    rules = [row.rule for row in (*FREQUENT, *RARE)]
    patterns = dict.fromkeys(map(route_pattern, rules))
    if route not in rules and not any(map(glob(route), patterns)):
        raise _unknown("route", route, "route of Kibana's", patterns)


def _unknown(name: str, value: str, what: str, known: Iterable[str]) -> Exception:
    return bad_request(f"{name} is {value!r}, which is no {what}; {expected(value, known)}.")
