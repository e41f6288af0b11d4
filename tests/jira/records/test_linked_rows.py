"""Lists in the store, each row naming the one before it, grow and shrink by two writes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mockkibana.jira.records.linked_rows import LinkedRows
from mockkibana.store import Store

OWNERS = "owners"
BEADS = LinkedRows("beads", OWNERS, last="last", previous="before")
NUMBERS = st.integers(8, 40).map(str)  # of one digit and of two: texts would sort otherwise


@given(st.lists(st.tuples(st.booleans(), NUMBERS)))
def test_linked_rows_hold_what_was_added_and_not_removed_in_the_order_of_ids(steps):
    store, expected = Store(), set()
    with store.transaction() as transaction:
        transaction.put(OWNERS, {"o": {"id": "o", "last": None}})
    for adds, id_ in steps:
        if adds == (id_ in expected):
            continue
        with store.transaction() as transaction:
            owner = store.table(OWNERS).row("o")
            if adds:
                owner = BEADS.add(transaction, owner, {"id": id_, "before": None})
            else:
                owner = BEADS.remove(transaction, owner, store.table("beads").row(id_))
                transaction.remove("beads", [id_])
            transaction.put(OWNERS, {"o": owner})
        expected ^= {id_}
    members = BEADS.members(store, store.table(OWNERS).row("o"))
    assert [member["id"] for member in members] == sorted(expected, key=int)


def test_rows_that_changed_since_their_owner_was_read_are_read_again():
    store = Store()
    with store.transaction() as transaction:
        owner = {"id": "o", "last": None}
        for id_ in ("1", "2"):
            owner = BEADS.add(transaction, owner, {"id": id_, "before": None})
        transaction.put(OWNERS, {"o": owner})
    with store.transaction() as transaction:
        changed = BEADS.remove(transaction, owner, store.table("beads").row("2"))
        transaction.remove("beads", ["2"])
        transaction.put(OWNERS, {"o": changed})
    assert [member["id"] for member in BEADS.members(store, owner)] == ["1"]


def test_adding_to_many_rows_writes_one_document_of_them():
    store = Store()
    with store.transaction() as transaction:
        owner = {"id": "o", "last": None}
        for number in range(100):
            owner = BEADS.add(transaction, owner, {"id": str(number), "before": None})
        transaction.put(OWNERS, {"o": owner})
    with store.transaction() as transaction:
        BEADS.add(transaction, owner, {"id": "100", "before": None})
        assert transaction.changes == [("put", "beads", {"100": {"id": "100", "before": "99"}})]
