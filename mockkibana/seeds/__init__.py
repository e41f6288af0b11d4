"""Seed files and kibana.yml: a world's first state and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockkibana.seeds.seeds import STORED_PARTS, BadSeed, Seed, Seeds, demo_seed

if TYPE_CHECKING:
    from mockkibana.seeds.seed_file import parse_seed, parse_text, read_seed

__all__ = [
    "STORED_PARTS",
    "BadSeed",
    "Seed",
    "Seeds",
    "demo_seed",
    "parse_seed",
    "parse_text",
    "read_seed",
]


def __getattr__(name: str) -> object:
    """Import what reads seed files on first use: a start without any need not wait for it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mockkibana.seeds import seed_file

    return getattr(seed_file, name)
