"""A scroll: the hits of a search, and how many of them have been shown."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.elasticsearch.search.execution import Found
from mockkibana.json import Json


@dataclass(slots=True)
class Scroll:
    """All that a search has found, as it was then; each page is shown once."""

    found: Found
    place: int = 0

    def page(self, took: int) -> dict[str, Json]:
        """Return the answer with the next hits."""
        end = self.place + self.found.search.page.size
        shown = self.found.hits[self.place : end]
        self.place = end
        return self.found.body(shown, took)
