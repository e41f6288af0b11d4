"""Worlds: everything that one mocked installation knows, and the worlds of one process."""

from __future__ import annotations

from mockkibana.world.world import PARTS, World

__all__ = [
    "PARTS",
    "World",
]
