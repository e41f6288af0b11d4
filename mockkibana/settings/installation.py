"""An installation: what every part of a world has in common, as it is now."""

from __future__ import annotations

from mockkibana.clock import Clock
from mockkibana.ids import Ids
from mockkibana.settings.license import License, license_of
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
        return license_of(self.settings, self.clock)
