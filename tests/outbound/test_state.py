"""What a party keeps: records, each taken by one, and the numbers that it gives."""

from __future__ import annotations

from mockkibana.outbound.state import State
from mockkibana.store import Store


def test_numbers_of_a_kind_follow_each_other_and_outlive_a_restart(tmp_path):
    path = tmp_path / "world.db"
    with Store(path) as store:
        state = State(store, "desk")
        assert [state.number("incident") for _ in range(3)] == [1, 2, 3]
        assert state.number("event") == 1
        assert state.rows() == {}
    with Store(path) as store:
        assert State(store, "desk").number("incident") == 4


def test_the_first_wanted_record_is_taken_once() -> None:
    state = State(Store(), "exchange")
    for name in ("a", "b", "c"):
        state.put(name, {"name": name})
    assert state.take(lambda record: record["name"] != "a") == {"name": "b"}
    assert state.take(lambda record: record["name"] == "b") is None
    assert [record["name"] for record in state.rows().values()] == ["a", "c"]
