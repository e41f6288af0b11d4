"""Tokens as they are stored: hashed, refreshed once, and invalidated by halves."""

from __future__ import annotations

import pytest

from mockkibana.clock import Clock
from mockkibana.ids import Ids
from mockkibana.security.security import Security
from mockkibana.security.tokens import BadGrant
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store


def test_secrets_are_not_kept(security: Security, store: Store) -> None:
    access, refresh = security.tokens.create("joe", client="joe", with_refresh=True)
    assert refresh is not None
    kept = str([list(store.table(table).rows().items()) for table in store.tables()])
    assert access not in kept
    assert refresh not in kept
    assert security.tokens.find(access) == security.tokens.find_by_refresh(refresh)
    assert security.tokens.find(refresh) is None


def test_a_token_without_one_to_refresh_it(security: Security) -> None:
    access, refresh = security.tokens.create("joe", client="joe", with_refresh=False)
    assert refresh is None
    token = security.tokens.find(access)
    assert token is not None
    assert token["refresh"] is None


def test_a_chain_of_refreshes_keeps_user_and_client(security: Security, clock: Clock) -> None:
    _, refresh = security.tokens.create("joe", client="jim", with_refresh=True)
    for _ in range(3):
        assert refresh is not None
        clock.advance(60)
        access, refresh = security.tokens.refresh(refresh, "jim")
        token = security.tokens.find(access)
        assert token is not None
        assert (token["username"], token["creation"]) == ("joe", clock.milliseconds())
    assert len(security.tokens.of_user("joe")) == 4
    assert security.tokens.of_user("jim") == []


def test_a_refused_refresh_changes_nothing(security: Security, store: Store, clock: Clock) -> None:
    _, refresh = security.tokens.create("joe", client="joe", with_refresh=True)
    assert refresh is not None
    before = store.digest()
    with pytest.raises(BadGrant, match="creating client"):
        security.tokens.refresh(refresh, "jim")
    with pytest.raises(BadGrant, match="could not refresh"):
        security.tokens.refresh("unknown", "joe")
    clock.advance("1d")
    with pytest.raises(BadGrant, match="expired"):
        security.tokens.refresh(refresh, "joe")
    assert store.digest() == before


@pytest.mark.parametrize(
    ("access", "refresh"), [(True, False), (False, True), (True, True)], ids=str
)
def test_either_half_can_be_made_useless(security: Security, access: bool, refresh: bool) -> None:
    secret, again = security.tokens.create("joe", client="joe", with_refresh=True)
    assert again is not None
    token = security.tokens.find(secret)
    assert token is not None
    security.tokens.invalidate([token], access=access, refresh=refresh)
    changed = security.tokens.find(secret)
    assert changed is not None
    assert changed["invalidated"] is access
    if refresh:
        with pytest.raises(BadGrant, match="invalidated"):
            security.tokens.refresh(again, "joe")
    else:
        security.tokens.refresh(again, "joe")


def test_tokens_survive_the_end_of_the_process(store: Store, clock: Clock) -> None:
    first = Security(store, Installation(Settings(), clock, Ids()))
    _, refresh = first.tokens.create("joe", client="joe", with_refresh=True)
    assert refresh is not None
    pair = first.tokens.refresh(refresh, "joe")
    assert (
        Security(store, Installation(Settings(), clock, Ids())).tokens.refresh(refresh, "joe")
        == pair
    )


def test_who_knows_a_refresh_token_cannot_tell_those_that_follow(
    store: Store, clock: Clock
) -> None:
    pairs = []
    for seed in (1, 1, 2):
        security = Security(Store(), Installation(Settings(), clock, Ids(seed)))
        access, refresh = security.tokens.create("joe", client="joe", with_refresh=True)
        assert refresh is not None
        token = security.tokens.find(access)
        assert token is not None
        salt = token["salt"]
        assert len(bytes.fromhex(salt)) == 16
        follower = security.tokens.find(security.tokens.refresh(refresh, "joe")[0])
        assert follower is not None
        assert follower["salt"] != salt
        # The same refresh token in a store that drew another salt.
        other = Security(store, Installation(Settings(), clock, Ids()))
        with store.transaction() as transaction:
            other.tokens.restore(transaction, {**token, "salt": "00" * 16})
        pairs.append(security.tokens.refresh(refresh, "joe"))
        assert other.tokens.refresh(refresh, "joe") != pairs[-1]
    assert pairs[0] == pairs[1] != pairs[2]
