"""The journal of a world: every call, its runs, what they sent out, and what came of it."""

from __future__ import annotations

from mockkibana.journal.journal import (
    KEPT_BYTES,
    KEPT_CALLS,
    KEPT_ITEMS,
    Body,
    Call,
    Digest,
    Headers,
    Journal,
    JournalOff,
    Made,
    Outbound,
    RunRecord,
    Shortened,
)

__all__ = [
    "KEPT_BYTES",
    "KEPT_CALLS",
    "KEPT_ITEMS",
    "Body",
    "Call",
    "Digest",
    "Headers",
    "Journal",
    "JournalOff",
    "Made",
    "Outbound",
    "RunRecord",
    "Shortened",
]
