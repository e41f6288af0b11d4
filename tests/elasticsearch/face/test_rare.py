"""Routes that are seldom needed name handlers that are there."""

from __future__ import annotations

from importlib import import_module

from mockkibana.elasticsearch.face import rare


def test_every_seldom_route_has_a_handler() -> None:
    names = {line.split()[2] for line in rare._ROUTES.strip().split("\n")}
    missing = [
        name
        for name in names
        for module, _, function in [name.partition(".")]
        if not hasattr(import_module(f"{rare.__package__}.{module}"), function)
    ]
    assert missing == []
