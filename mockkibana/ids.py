"""Ids: the one source of randomness of a world, which a seed makes repeatable."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from hashlib import shake_128
from threading import Lock
from uuid import UUID

_SEEDED_TIME = 1_767_225_600_000


class Ids:
    """Makes the ids of one world; `kind` says what an id is for (`connector`, `index`, ...).

    With a `seed` the n-th id of a kind is always the same, whatever ids of other kinds were made
    before it. Such ids come again after `reset` and in the next process, where a store may hold
    them already. Safe for threads.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._seed = seed
        self._lock = Lock()
        self._ordinals: dict[str, int] = {}
        self._mac = self.bytes("elasticsearch-node", 6)
        self._first = int.from_bytes(self.bytes("elasticsearch-sequence", 3), "big")
        self._sequence = self._first

    @property
    def repeats(self) -> bool:
        """Whether ids can come again, so that whoever makes one has to see if it is taken."""
        return self._seed is not None

    def reset(self) -> None:
        """Begin anew with the first id of every kind; without a seed nothing comes again."""
        if self._seed is not None:
            with self._lock:
                self._ordinals.clear()
                self._sequence = self._first

    def bytes(self, kind: str, size: int) -> bytes:
        """Return `size` bytes, which nobody can guess unless there is a seed."""
        if self._seed is None:
            return os.urandom(size)
        with self._lock:
            ordinal = self._ordinals.get(kind, 0)
            self._ordinals[kind] = ordinal + 1
        return shake_128(f"{self._seed}/{ordinal}/{kind}".encode()).digest(size)

    def uuid(self, kind: str) -> str:
        """Return a UUID, version 4."""
        return str(UUID(bytes=self.bytes(kind, 16), version=4))

    def short(self, kind: str) -> str:
        """Return 22 characters of base64url, as Elasticsearch names indices and nodes."""
        return urlsafe_b64encode(self.bytes(kind, 16))[:22].decode()

    def elasticsearch(self, count: int, milliseconds: int) -> list[str]:
        """Return `count` ids for documents, 20 characters each.

        Built like Elasticsearch's own (`TimeBasedUUIDGenerator`): bytes of a sequence, of the time
        and of the node mixed, so that neighbours differ in the first character. With a seed the
        time is left out.
        """
        with self._lock:
            first = self._sequence
            self._sequence = first + count
        if self._seed is not None:
            # The three bytes of the sequence come once for each time, so what exceeds them counts.
            milliseconds = _SEEDED_TIME + (first >> 24)
        time = (milliseconds & 0xFFFF_FFFF_FFFF).to_bytes(6, "big")
        middle = bytes((time[3], time[2], time[1], time[0])) + self._mac + time[4:5]
        last = time[5:6]
        sequence = [number & 0xFFFFFF for number in range(first, first + count)]
        # 15 bytes are 20 characters without padding, so all are encoded at once.
        ids = bytearray((b"\0\0" + middle + b"\0" + last) * count)
        ids[0::15] = bytes([number & 0xFF for number in sequence])
        ids[1::15] = bytes([number >> 16 for number in sequence])
        ids[13::15] = bytes([number >> 8 & 0xFF for number in sequence])
        text = urlsafe_b64encode(ids).decode()
        return [text[start : start + 20] for start in range(0, len(text), 20)]
