"""`python -m mockkibana`."""

from __future__ import annotations

from mockkibana.cli import main

main(prog_name="python -m mockkibana")
