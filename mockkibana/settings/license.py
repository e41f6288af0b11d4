"""The licence of an installation: which level it has, and whether it is still good."""

from __future__ import annotations

from dataclasses import dataclass

# Elasticsearch's `License.OperationMode`: each level includes those below.
_LEVELS = {"basic": 10, "standard": 20, "gold": 30, "platinum": 40, "enterprise": 50, "trial": 60}


@dataclass(frozen=True, slots=True)
class License:
    """A licence at one moment; `expiry` is in milliseconds since 1970, None for never."""

    type: str
    expiry: int | None
    is_active: bool

    @property
    def includes_everything(self) -> bool:
        """Whether it is good for whatever needs a licence."""
        return self.is_active and _LEVELS[self.type] >= _LEVELS["enterprise"]

    def check(self, minimum: str) -> str:
        """Return `valid`, `expired` or `invalid` for what needs a minimum level, in this order.

        An expired licence is good for nothing, not even for what a basic one includes
        (licensing/common/license.ts).
        """
        if not self.is_active:
            return "expired"
        return "valid" if _LEVELS[self.type] >= _LEVELS.get(minimum, 0) else "invalid"
