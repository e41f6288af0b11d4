"""Ids: the one source of randomness of a world."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from threading import Lock
from uuid import UUID


class Ids:
    """Makes the ids of one world; `kind` says what an id is for (`connector`, `index`, ...)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._mac = self.bytes("elasticsearch-node", 6)
        self._sequence = int.from_bytes(self.bytes("elasticsearch-sequence", 3), "big")

    def bytes(self, kind: str, size: int) -> bytes:  # noqa: ARG002 - seeded ids depend on the kind
        """Return `size` bytes that nobody can guess."""
        return os.urandom(size)

    def uuid(self, kind: str) -> str:
        """Return a UUID, version 4."""
        return str(UUID(bytes=self.bytes(kind, 16), version=4))

    def short(self, kind: str) -> str:
        """Return 22 characters of base64url, as Elasticsearch names indices and nodes."""
        return urlsafe_b64encode(self.bytes(kind, 16))[:22].decode()

    def elasticsearch(self, count: int, milliseconds: int) -> list[str]:
        """Return `count` ids for documents, 20 characters each.

        Built like Elasticsearch's own (`TimeBasedUUIDGenerator`): bytes of a sequence, of the time
        and of the node mixed, so that neighbours differ in the first character.
        """
        with self._lock:
            first = self._sequence
            self._sequence = (first + count) & 0xFFFFFF
        time = milliseconds.to_bytes(6, "big")
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
