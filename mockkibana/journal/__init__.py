"""The journal of a world: its records, the questions to it, and how both are shown."""

from __future__ import annotations

from mockkibana.journal.journal import (
    KEPT_BYTES,
    KEPT_CALLS,
    KEPT_ITEMS,
    KEPT_TOTAL,
    Body,
    Call,
    Digest,
    Exchange,
    Headers,
    Journal,
    JournalOff,
    RunRecord,
    Shortened,
)
from mockkibana.journal.made import BulkCreated, Made

__all__ = [
    "KEPT_BYTES",
    "KEPT_CALLS",
    "KEPT_ITEMS",
    "KEPT_TOTAL",
    "Body",
    "BulkCreated",
    "Call",
    "Digest",
    "Exchange",
    "Headers",
    "Journal",
    "JournalOff",
    "Made",
    "RunRecord",
    "Shortened",
]
