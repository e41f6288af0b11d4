"""The store: documents in memory, transactions, and a log file that survives a crash."""

from __future__ import annotations

from mockkibana.store.errors import (
    BadLine,
    ForeignFile,
    Locked,
    ReadOnly,
    StoreError,
    Unusable,
    WriteFailed,
)
from mockkibana.store.state import Document
from mockkibana.store.store import Store
from mockkibana.store.transaction import Transaction

__all__ = [
    "BadLine",
    "Document",
    "ForeignFile",
    "Locked",
    "ReadOnly",
    "Store",
    "StoreError",
    "Transaction",
    "Unusable",
    "WriteFailed",
]
