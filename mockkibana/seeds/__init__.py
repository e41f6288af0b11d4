"""Seed files and kibana.yml: a world's first state and settings."""

from __future__ import annotations

from mockkibana.seeds.seeds import (
    STORED_PARTS,
    BadSeed,
    Seed,
    Seeds,
    demo_seed,
    parse_seed,
    parse_text,
    read_seed,
)

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
