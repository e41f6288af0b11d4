"""The caller of an operation of Kibana's, and the space in which it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockkibana.journal import Call
    from mockkibana.kibana.authorization import SpaceRights
    from mockkibana.security.identity import Identity

DEFAULT_SPACE = "default"


@dataclass(frozen=True, slots=True)
class Caller:
    """One request's space, base URL (without a slash at the end), and journal entry.

    `identity` is the user and `rights` what the user may do; both are None while security is off:
    then everybody may do everything. `has_left` tells whether whoever
    sent the request has given up.
    """

    space: str = DEFAULT_SPACE
    url: str = "http://127.0.0.1:5601"
    identity: Identity | None = None
    rights: SpaceRights | None = None
    call: Call | None = None
    has_left: Callable[[], bool] | None = None

    def ensure_connectors(
        self, operation: str, connector_type_id: str | None = None, sub_feature: str | None = None
    ) -> None:
        """Refuse an operation on connectors with 403, as `SpaceRights` does."""
        if self.rights is not None:
            self.rights.ensure_connectors(operation, connector_type_id, sub_feature)
