"""A line of the access log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One answered request: `size` in bytes of the body that was sent, `seconds` it took.

    A request that could not be parsed has an empty method and target; a wire fault that sent no
    status has status 0. `hint` is what the app left in its environment under `mockkibana.hint`.
    """

    method: str
    target: str
    status: int
    size: int
    seconds: float
    client: str
    hint: str | None = None
