"""Routes that are seldom needed name handlers that are there."""

from __future__ import annotations

from importlib import import_module

from mockkibana.elasticsearch.face import rare


def test_every_seldom_route_has_a_handler() -> None:
    missing = [
        (module, function)
        for module, lines in rare._ROUTES.items()
        for function in {line.split()[2] for line in lines.strip().split("\n")}
        if not hasattr(import_module(f"{rare.__package__}.{module}"), function)
    ]
    assert missing == []
