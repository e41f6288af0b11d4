"""What a server says when it listens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockkibana.server import Server
    from mockkibana.world import World


def is_loopback(host: str) -> bool:
    """Tell whether an address is of this machine alone."""
    return host in ("localhost", "::1") or host.startswith("127.")


def start_line(
    world: World, server: Server, faces: Mapping[str, Server], options: dict[str, Any]
) -> str:
    """Return the line, whose first URL is Kibana's; `faces` have ports of their own."""
    settings = world.settings
    url = server.url + (settings.base_path if settings.rewrite_base_path else "")
    line = f"mockkibana listens on {url}"
    if settings.public_url is not None:
        line = f"mockkibana listens on {settings.public_url} ({url})"
    line += f" (page: {settings.public_url or url}/_mock/)"
    line += "".join(f" ({face}: {each.url})" for face, each in faces.items())
    if not options["no_demo"] and not world.seeds_skipped:
        line += f" (demo connectors: {_demo()})"
    if settings.base_path and not settings.rewrite_base_path:
        line += f" (a proxy has to take {settings.base_path} off: see --rewrite-base-path)"
    if world.seeds_skipped:
        line += " (the database holds data: seeds and demo were skipped, until a reset)"
    if world.is_secured:
        line += " (security is on: log in as elastic)"
    if not world.license.is_active:
        line += f" (the {world.license.type} license has expired)"
    if not is_loopback(options["host"]) and not options["token"]:
        line += " (/_mock/api and the page answer 403: set --token to use them)"
    return line


def _demo() -> str:
    from mockkibana.seeds import demo_seed

    connectors = demo_seed().content["connectors"]
    return ", ".join(f"{each['connector_type_id']} {each['id']}" for each in connectors)
