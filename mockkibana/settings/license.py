"""The licence of an installation: which level it has, and whether it is still good."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from mockkibana.clock import Clock, parse_time
from mockkibana.settings.settings import Settings

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


def license_of(settings: Settings, clock: Clock) -> License:
    """Return the licence as it is now."""
    if settings.license_expires is None:
        return _lasting(settings.license)
    expiry = int(parse_time(settings.license_expires).timestamp() * 1000)
    return License(settings.license, expiry, clock.milliseconds() < expiry)


@lru_cache(maxsize=8)
def _lasting(kind: str) -> License:
    return License(kind, None, is_active=True)
