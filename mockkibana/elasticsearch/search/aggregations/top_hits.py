"""The hits of a bucket: `top_hits`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockkibana.elasticsearch.json.parse_errors import unknown_name, unsupported
from mockkibana.elasticsearch.search import hits, page
from mockkibana.elasticsearch.search.aggregations.aggregation import (
    AggregationParser,
    Context,
    Definition,
    Metric,
    Parts,
    Result,
)
from mockkibana.elasticsearch.search.page import Page
from mockkibana.elasticsearch.vocabulary import names


@dataclass(frozen=True, slots=True)
class TopHits(Metric):
    """The first documents of a bucket, as a search shows its hits."""

    page: Page
    shows_hits = True

    def run(self, parts: Parts, context: Context) -> Result:  # noqa: ARG002
        """Put the documents in order, and show the first of them."""
        found = hits.on_page(self.page, parts)
        return Result("top_hits", {"hits": hits.body(self.page, parts, found)})


def _top_hits(definition: Definition) -> TopHits:
    found: dict[str, Any] = {}
    for name, value in definition.body.items():
        path = (*definition.path, name)
        if name in page.KEYS:
            found |= page.read(name, value, path)
        elif name in names("search", "keys"):
            raise unsupported(f"[{name}] in [top_hits] yet", path)
        else:
            raise unknown_name(name, f"Unknown key [{name}] in [{definition.name}].", path, "key")
    return TopHits(page.checked(Page(**({"size": 3} | found))))


AGGREGATIONS: dict[str, AggregationParser] = {"top_hits": _top_hits}
