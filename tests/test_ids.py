"""Ids."""

from __future__ import annotations

import base64
import re
import threading
import uuid
from itertools import pairwise

import pytest

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


def test_threads_never_get_the_same_id():
    ids, found = Ids(), []

    def work() -> None:
        for _ in range(200):
            found.extend(ids.elasticsearch(5, MILLISECONDS))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == len(found) == 4000
