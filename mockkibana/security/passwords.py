"""Passwords and keys as they are kept: salted scrypt hashes."""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import scrypt
from hmac import compare_digest

SALT_BYTES = 16
# Cheap on purpose: these guard test data, and a suite makes a user in every other test.
_COST, _BLOCKS, _LANES = 1 << 12, 8, 1
_NOBODYS = b"\0" * SALT_BYTES


def hashed(password: str, salt: bytes) -> str:
    """Return what is kept of a password: algorithm, cost, salt and hash."""
    digest = _digest(password, salt)
    return f"scrypt${_COST}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def is_hash(text: str) -> bool:
    """Tell whether a text is what `hashed` returns."""
    name, *rest = text.split("$")
    if name != "scrypt" or len(rest) != 3 or rest[0] != str(_COST):
        return False
    try:
        return len(b64decode(rest[1], validate=True)) == SALT_BYTES and bool(
            b64decode(rest[2], validate=True)
        )
    except ValueError:
        return False


def verify(password: str, kept: str | None) -> bool:
    """Tell whether a password is the one that was hashed.

    Without anything to compare with (None: nobody has that name) the work is the same, so that the
    time of an answer does not tell who exists.
    """
    if kept is None:
        _digest(password, _NOBODYS)
        return False
    _, _, salt, digest = kept.split("$")
    return compare_digest(_digest(password, b64decode(salt)), b64decode(digest))


def _digest(password: str, salt: bytes) -> bytes:
    # A lone surrogate, which JSON can carry, has no UTF-8.
    text = password.encode("utf-8", "surrogatepass")
    return scrypt(text, salt=salt, n=_COST, r=_BLOCKS, p=_LANES, dklen=32)
