"""Who asks, where: what Kibana's operations know of a request."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_SPACE = "default"


@dataclass(frozen=True, slots=True)
class Caller:
    """One request's space, the base URL that it used (without a slash at the end), and its user."""

    space: str = DEFAULT_SPACE
    url: str = "http://127.0.0.1:5601"
    user: str | None = None
