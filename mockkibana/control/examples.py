"""A command line that runs each connector, for people to copy."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from urllib.parse import quote

from mockkibana.json import dumps
from mockkibana.kibana.caller import DEFAULT_SPACE, Caller
from mockkibana.world import World


@dataclass(frozen=True, slots=True)
class Example:
    """A connector, and the `curl` command that runs it."""

    id: str
    name: str
    connector_type_id: str
    space: str
    command: str


def examples(world: World, url: str) -> list[Example]:
    """Return an example for each connector of each space, preconfigured ones in the default one."""
    # Kibana lets connectors be made in a space that nobody made.
    spaces = {space["id"] for space in world.spaces.get_all(Caller())} | world.connectors.spaces()
    return [
        _example(world, url, space, connector)
        for space in sorted(spaces, key=lambda space: (space != DEFAULT_SPACE, space))
        for connector in world.connectors.get_all(Caller(space, url))
        if space == DEFAULT_SPACE or not connector["is_preconfigured"]
    ]


def _example(world: World, url: str, space: str, connector: dict[str, str]) -> Example:
    connector_type = world.connector_types.get(connector["connector_type_id"])
    prefix = "" if space == DEFAULT_SPACE else f"/s/{space}"
    connector_id = quote(connector["id"], safe="", errors="replace")
    target = f"{url}{prefix}/api/actions/connector/{connector_id}/_execute"
    user = "-u elastic " if world.is_secured else ""  # curl asks for the password
    body = dumps({"params": connector_type.example if connector_type is not None else {}})
    return Example(
        id=connector["id"],
        name=connector["name"],
        connector_type_id=connector["connector_type_id"],
        space=space,
        command=(
            f"curl -X POST {user}{shlex.quote(target)} \\\n"
            "  -H 'kbn-xsrf: true' -H 'content-type: application/json' \\\n"
            f"  -d {shlex.quote(body)}"
        ),
    )
