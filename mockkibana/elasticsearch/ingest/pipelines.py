"""The pipelines of a cluster: those that a node ships, and those that were put."""

from __future__ import annotations

from collections.abc import Mapping

from mockkibana.data import data
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.ingest.document import IngestDocument
from mockkibana.elasticsearch.ingest.pipeline import Pipeline, compiled
from mockkibana.json import Json

#: {id: definition}
PIPELINES = "elasticsearch.pipelines"


def shipped() -> dict[str, Json]:
    """Return the definitions of the pipelines that every node has, by name."""
    found: dict[str, Json] = data("elasticsearch_templates")["pipelines"]
    return found


class Pipelines:
    """The pipelines of one request, compiled when they are first needed."""

    def __init__(self, stored: Mapping[str, Json]) -> None:
        self._definitions = {**shipped(), **stored}
        self._compiled: dict[str, Pipeline] = {}

    def find(self, name: str) -> Pipeline | None:
        """Return a pipeline, None where none has the name."""
        if name not in self._definitions:
            return None
        if name not in self._compiled:
            self._compiled[name] = compiled(name, self._definitions[name], self.find)
        return self._compiled[name]

    def require(self, name: str) -> Pipeline:
        """Return a pipeline. Raises `illegal_argument_exception` where none has the name."""
        found = self.find(name)
        if found is None:
            raise illegal_argument(f"pipeline with id [{name}] does not exist")
        return found

    def run(self, name: str, document: IngestDocument) -> None:
        """Run a pipeline. Raises `IngestFailure`, `Dropped` and `ElasticsearchError`."""
        self.require(name).run(document)
