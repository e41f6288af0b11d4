"""The one YAML loader: what it refuses, and that no text of a few lines takes the machine."""

from __future__ import annotations

import pytest

from mockkibana.seeds.yaml import KibanaLoader, NotYaml, SeedLoader, parse


def _nested(levels: int) -> str:
    further = [
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, levels)
    ]
    return "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x]", *further])


@pytest.mark.parametrize("loader", [SeedLoader, KibanaLoader])
def test_aliases_do_not_make_a_small_text_a_huge_value(loader: type[SeedLoader]) -> None:
    with pytest.raises(NotYaml, match="its aliases stand for more than 1,000,000 further values"):
        parse(_nested(8), loader)


def test_aliases_within_reason_are_what_they_stand_for() -> None:
    found = parse("base: &base {a: 1}\nlist: [*base, *base]", SeedLoader)
    assert found == {"base": {"a": 1}, "list": [{"a": 1}, {"a": 1}]}
    assert len(parse(_nested(4), SeedLoader)["a3"]) == 9


def test_a_value_that_holds_itself_is_refused() -> None:
    with pytest.raises(NotYaml, match="it is nested too deeply"):
        parse("a: &a [*a]", SeedLoader)
