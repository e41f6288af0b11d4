"""The command `mockkibana`."""

from __future__ import annotations

from mockkibana.cli.serve import main

__all__ = ["main"]
