"""An installation: what every part of a world has in common, as it is now."""

from __future__ import annotations

from functools import lru_cache

from mockkibana.clock import Clock, parse_time
from mockkibana.ids import Ids
from mockkibana.settings.license import License
from mockkibana.settings.settings import Settings


class Installation:
    """The settings, the clock and the ids of one world.

    `settings` is a frozen value that is replaced as a whole: a part keeps the installation and asks
    it each time, never the settings.
    """

    def __init__(
        self, settings: Settings | None = None, clock: Clock | None = None, ids: Ids | None = None
    ) -> None:
        self.settings = settings or Settings()
        self.clock = clock or Clock()
        self.ids = ids or Ids()

    @property
    def license(self) -> License:
        """The licence at this moment, by the clock."""
        settings = self.settings
        if settings.license_expires is None:
            return _lasting(settings.license)
        expiry = int(parse_time(settings.license_expires).timestamp() * 1000)
        return License(settings.license, expiry, self.clock.milliseconds() < expiry)


@lru_cache(maxsize=8)
def _lasting(kind: str) -> License:
    return License(kind, None, is_active=True)
