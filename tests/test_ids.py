"""Ids."""

from __future__ import annotations

import base64
import re
import threading
import uuid
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.ids import Ids

MILLISECONDS = 0x0123_4567_89AB


def test_a_uuid_is_one_of_version_4():
    found = {Ids().uuid("connector") for _ in range(50)}
    assert len(found) == 50
    for text in found:
        parsed = uuid.UUID(text)
        assert (str(parsed), parsed.version, parsed.variant) == (text, 4, uuid.RFC_4122)


def test_a_short_id_is_22_characters_of_base64url():
    found = {Ids().short("index") for _ in range(50)}
    assert len(found) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", text) for text in found)


def test_bytes_are_as_many_as_asked_for():
    assert len(Ids().bytes("x", 7)) == 7


def test_a_document_id_is_made_of_sequence_time_and_node():
    ids = Ids()
    [first], [second] = ids.elasticsearch(1, MILLISECONDS), ids.elasticsearch(1, MILLISECONDS + 1)
    assert re.fullmatch(r"[A-Za-z0-9_-]{20}", first)
    one, two = base64.urlsafe_b64decode(first), base64.urlsafe_b64decode(second)
    assert len(one) == 15

    def sequence(raw: bytes) -> int:
        return raw[0] | raw[13] << 8 | raw[1] << 16

    # Bits 16 to 47 of the time, then the node, then bits 8 to 15; bits 0 to 7 come last.
    assert one[2:6] == bytes([0x67, 0x45, 0x23, 0x01])
    assert one[6:12] == two[6:12]
    assert (one[12], one[14], two[14]) == (0x89, 0xAB, 0xAC)
    assert sequence(two) == (sequence(one) + 1) % 2**24


def test_neighbours_differ_in_the_first_character_and_share_the_middle():
    found = Ids().elasticsearch(300, MILLISECONDS)
    assert len(set(found)) == 300
    # The first character has six bits of the sequence: of neighbours four may share it.
    assert all(first[:2] != second[:2] for first, second in pairwise(found))
    assert len({text[3:16] for text in found}) == 1


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_as_many_ids_are_made_as_asked_for(count):
    assert len(set(Ids().elasticsearch(count, MILLISECONDS))) == count


def test_the_sequence_wraps_around():
    ids = Ids()
    ids._sequence = 0xFFFFFF
    first, second = (base64.urlsafe_b64decode(text) for text in ids.elasticsearch(2, MILLISECONDS))
    assert (first[0], first[1], first[13]) == (0xFF, 0xFF, 0xFF)
    assert (second[0], second[1], second[13]) == (0, 0, 0)


def test_two_worlds_have_different_nodes():
    [one], [two] = Ids().elasticsearch(1, 0), Ids().elasticsearch(1, 0)
    assert one[8:16] != two[8:16]


@pytest.mark.parametrize("seed", [None, 7], ids=["unseeded", "seeded"])
def test_threads_never_get_the_same_id(seed):
    ids, found = Ids(seed), []

    def work() -> None:
        for _ in range(200):
            found.extend(ids.elasticsearch(5, MILLISECONDS))
            found.append(ids.uuid("connector"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == len(found) == 4800


def test_a_time_before_1970_makes_ids_too():
    assert len(set(Ids().elasticsearch(3, -1))) == 3


MAKERS = {
    "bytes": lambda ids, kind: ids.bytes(kind, 40),
    "uuid": lambda ids, kind: ids.uuid(kind),
    "short": lambda ids, kind: ids.short(kind),
}
makers = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@makers
def test_the_same_seed_makes_the_same_ids(make):
    one, two = Ids(7), Ids(7)
    found = [make(one, "connector") for _ in range(20)]
    assert found == [make(two, "connector") for _ in range(20)]
    assert len(set(found)) == 20


@makers
@pytest.mark.parametrize("other", [None, 8, -7, 0, 2**80], ids=repr)
def test_another_seed_makes_other_ids(make, other):
    assert make(Ids(7), "connector") != make(Ids(other), "connector")


@makers
def test_kinds_have_ids_of_their_own(make):
    ids = Ids(7)
    assert make(ids, "connector") != make(ids, "index")


@given(st.integers(), st.lists(st.sampled_from(["a", "b", "1/a", "elasticsearch-node"])))
def test_ids_of_one_kind_do_not_shift_those_of_another(seed, kinds):
    mixed, alone = Ids(seed), {kind: Ids(seed) for kind in kinds}
    for kind in kinds:
        assert mixed.uuid(kind) == alone[kind].uuid(kind)
    assert mixed.elasticsearch(2, 0) == Ids(seed).elasticsearch(2, 0)


def test_seeded_ids_are_the_same_in_every_release():
    ids = Ids(7)
    assert ids.uuid("connector") == "d9cefe7a-ca64-46a5-9493-1c1209eb27f5"
    assert ids.short("index") == "4LiGEkoKMWPawL-37d83aQ"
    assert ids.elasticsearch(2, MILLISECONDS) == ["3jfadpsBBQxUMjd4qJ8A", "3zfadpsBBQxUMjd4qJ8A"]


def test_seeded_document_ids_do_not_depend_on_time_or_on_how_many_are_made_at_once():
    one, two = Ids(7), Ids(7)
    at_once = one.elasticsearch(5, MILLISECONDS)
    assert at_once == two.elasticsearch(2, 0) + two.elasticsearch(3, MILLISECONDS + 1)
    assert at_once != Ids(8).elasticsearch(5, MILLISECONDS)


def test_seeded_document_ids_go_on_when_the_sequence_wraps_around():
    ids = Ids(7)
    before = ids.elasticsearch(1, 0)
    ids._sequence += 2**24 - 1
    assert ids.elasticsearch(1, 0) != before


@pytest.mark.parametrize("size", [0, 1, 6, 300])
def test_seeded_bytes_are_as_many_as_asked_for(size):
    assert len(Ids(7).bytes("x", size)) == size


def test_reset_begins_anew_with_the_ids_of_a_seed():
    ids = Ids(7)

    def some() -> list[object]:
        return [ids.uuid("a"), ids.uuid("a"), ids.short("b"), *ids.elasticsearch(3, MILLISECONDS)]

    first = some()
    assert some() != first
    ids.reset()
    assert some() == first


def test_reset_brings_no_id_again_without_a_seed():
    ids = Ids()
    first = ids.elasticsearch(3, MILLISECONDS)
    ids.reset()
    assert not {*first} & {*ids.elasticsearch(3, MILLISECONDS)}


@pytest.mark.parametrize(("seed", "repeats"), [(None, False), (0, True)], ids=repr)
def test_only_ids_of_a_seed_come_again(seed, repeats):
    assert Ids(seed).repeats is repeats
