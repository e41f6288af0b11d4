"""What a misspelt name was probably to be."""

from __future__ import annotations

from collections.abc import Iterable


def expected(name: str, known: Iterable[str]) -> str:
    """Return which names are expected in the place of one, the nearest of them first.

    `did you mean [connectors]? Expected one of: version, spaces, connectors`
    """
    from difflib import get_close_matches  # few names are misspelt

    known = list(known)
    near = get_close_matches(name, known, n=1)
    meant = f"did you mean [{near[0]}]? Expected" if near else "expected"
    return f"{meant} one of: {', '.join(known)}"
