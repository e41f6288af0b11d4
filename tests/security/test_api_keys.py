"""API keys as they are stored: no secret is kept, and changes are told."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.clock import Clock
from mockkibana.ids import Ids
from mockkibana.security.security import Security
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store


def make(security: Security, **changes: Any) -> tuple[dict[str, Any], str]:
    owner = security.authentication.superuser()
    key: dict[str, Any] = {
        "name": "k",
        "role_descriptors": {},
        "limited_by": [],
        "metadata": {},
        "expiration": None,
    }
    return security.api_keys.create(owner, **{**key, **changes})


def test_the_secret_is_not_kept(security: Security, store: Store) -> None:
    key, secret = make(security)
    assert secret not in str([list(store.table(table).rows().items()) for table in store.tables()])
    assert security.api_keys.get(key["id"]) == key
    assert (key["username"], key["realm"], key["realm_type"]) == (
        "elastic",
        "reserved",
        "reserved",
    )


def test_keys_are_listed_in_the_order_of_their_creation(security: Security) -> None:
    ids = [make(security, name=name)[0]["id"] for name in "cab"]
    assert [key["id"] for key in security.api_keys.all()] == ids


def test_an_id_that_comes_again_is_passed_over(store: Store, clock: Clock) -> None:
    first, _ = make(Security(store, Installation(Settings(), clock, Ids(7))))
    second, _ = make(Security(store, Installation(Settings(), clock, Ids(7))))
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({}, False),
        ({"name": "k"}, False),
        ({"metadata": {"a": 1}}, True),
        ({"expiration": 5}, True),
    ],
    ids=["nothing", "same", "metadata", "expiration"],
)
def test_an_update_tells_whether_it_made_a_difference(
    security: Security, store: Store, changes: dict[str, Any], differs: bool
) -> None:
    key, _ = make(security)
    before = store.digest()
    assert security.api_keys.update(key["id"], **changes) is differs
    assert (store.digest() != before) is differs
    assert security.api_keys.get(key["id"]) == {**key, **changes}
    assert not security.api_keys.update("unknown", name="x")


def test_invalidation_tells_when(security: Security, clock: Clock) -> None:
    key, _ = make(security)
    clock.advance(5)
    security.api_keys.invalidate([key])
    known = security.api_keys.get(key["id"])
    assert known == {**key, "invalidation": clock.milliseconds()}
