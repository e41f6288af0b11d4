"""Known secrets are replaced wherever they stand."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from mockkibana.journal.scrubbing import LEAST, scrubber


def test_the_longest_secret_of_a_place_is_replaced() -> None:
    scrub = scrubber(["12345678", "123456789"], "X")
    assert scrub("a123456789b12345678") == "aXbX"


@given(
    st.lists(st.text("ab", min_size=LEAST, max_size=LEAST + 3), min_size=1, max_size=40),
    st.text("ab", max_size=60),
)
def test_no_secret_stays(secrets: list[str], text: str) -> None:
    scrubbed = scrubber(secrets, "-")(text)
    assert not any(secret in scrubbed for secret in secrets)


def test_many_secrets_that_begin_alike_take_no_longer() -> None:
    secrets = ["a" * size for size in range(LEAST, 1000)]
    begun = time.thread_time()
    assert scrubber(secrets, "-")("b" + "a" * 100_000) == "b-"
    many = [f"secret-{number}" for number in range(20_000)]
    assert scrubber(many, "-")(" ".join(many)) == " ".join("-" for _ in many)
    assert time.thread_time() - begun < 2
