"""Password hashes: salted, verified, and told from other texts."""

from __future__ import annotations

import pytest

from mockkibana.security import passwords
from mockkibana.security.passwords import SALT_BYTES, hashed, is_hash, verify

SALT = b"s" * SALT_BYTES


@pytest.mark.parametrize("password", ["secret1", "", "pä$$:wörd", "\ud800", "x" * 1000], ids=ascii)
def test_a_password_is_known_by_its_hash(password: str) -> None:
    kept = hashed(password, SALT)
    assert verify(password, kept)
    assert not verify(password + "x", kept)


def test_a_hash_holds_no_password_and_differs_with_its_salt() -> None:
    kept = hashed("secret1", SALT)
    assert "secret1" not in kept
    assert kept != hashed("secret1", b"t" * SALT_BYTES)
    assert kept == hashed("secret1", SALT)


def test_nobody_has_a_password_that_was_never_set(monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    scrypt = passwords.scrypt
    monkeypatch.setattr(
        passwords, "scrypt", lambda *args, **options: done.append(1) or scrypt(*args, **options)
    )
    assert not verify("", None)
    assert len(done) == 1


def test_a_hash_is_told_from_other_texts() -> None:
    kept = hashed("secret1", SALT)
    assert is_hash(kept)
    algorithm, cost, salt, digest = kept.split("$")
    for other in (
        "secret1",
        "$2a$10$abcdefghijklmnopqrstuv",
        f"bcrypt${cost}${salt}${digest}",
        f"{algorithm}$2${salt}${digest}",
        f"{algorithm}${cost}$c2hvcnQ=${digest}",
        f"{algorithm}${cost}${salt}$",
        f"{algorithm}${cost}${salt}$no base64",
        f"{kept}$more",
    ):
        assert not is_hash(other)
