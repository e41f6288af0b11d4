"""Users as they are stored: native ones beside Elasticsearch's own."""

from __future__ import annotations

import pytest

from mockkibana.security.security import Security
from mockkibana.security.users import UnknownUser
from mockkibana.store import Store


def test_a_user_without_a_password_is_not_created(security: Security, store: Store) -> None:
    before = store.digest()
    with pytest.raises(UnknownUser):
        security.users.put("joe", {"roles": []}, password=None)
    with pytest.raises(UnknownUser):
        security.users.change("joe", enabled=False)
    assert store.digest() == before


def test_native_users_are_told_from_reserved_ones(security: Security) -> None:
    security.users.put("joe", {"roles": ["a"]}, password="secret1")
    security.users.change("elastic", enabled=False)
    assert list(security.users.native()) == ["joe"]
    assert security.users.all()["elastic"]["enabled"] is False
    assert security.users.all()["elastic"]["roles"] == ["superuser"]
