"""Who asks, where: what Kibana's operations know of a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockkibana.journal import Call

DEFAULT_SPACE = "default"


@dataclass(frozen=True, slots=True)
class Caller:
    """One request's space, base URL (without a slash at the end), user, and journal entry."""

    space: str = DEFAULT_SPACE
    url: str = "http://127.0.0.1:5601"
    user: str | None = None
    call: Call | None = None
