"""System indices: a role gives rights on them only with `allow_restricted_indices`."""

from __future__ import annotations

import re
from functools import cache

from mockkibana.data import data


def is_restricted(name: str) -> bool:
    """Tell whether a name is that of a system index, or of an alias of one.

    For a pattern: whether all the names are that it stands for.
    """
    names, starts = _known()
    return name.startswith(starts) or name in names


def may_be_restricted(pattern: str) -> bool:
    """Tell whether a pattern can match the name of a system index."""
    if pattern.startswith("/"):
        return True
    start = _WILD.split(pattern, maxsplit=1)[0]
    names, starts = _known()
    return start.startswith(starts) or any(name.startswith(start) for name in (*starts, *names))


_WILD = re.compile(r"[*?]")


@cache
def _known() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return names, and beginnings of names: Elasticsearch's own `SystemIndexDescriptor`s."""
    # Some of these ask for digits where a star is.
    known = data("reserved_security")["system_indices"]
    return tuple(known["names"]), tuple(known["starts"])
