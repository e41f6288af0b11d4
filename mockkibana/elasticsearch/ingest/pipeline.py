"""Pipelines: processors one after the other, and what is done where one fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.ingest.configuration import Configuration, refused
from mockkibana.elasticsearch.ingest.document import IngestDocument, IngestFailure
from mockkibana.elasticsearch.ingest.processors import PROCESSORS, Change
from mockkibana.elasticsearch.scripts import script
from mockkibana.elasticsearch.scripts.errors import ScriptError
from mockkibana.elasticsearch.scripts.script import Script
from mockkibana.elasticsearch.scripts.values import truth
from mockkibana.elasticsearch.vocabulary import names
from mockkibana.json import Json

_DEEPEST = 20  # processors that handle the failure of one that handles ...


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor with when it is run, and what is done where it fails."""

    type: str
    change: Change
    tag: str | None = None
    condition: Script | None = None
    ignore_failure: bool = False
    on_failure: Sequence[Processor] = ()

    def run(self, document: IngestDocument) -> None:
        """Change a document. Raises `IngestFailure`, `Dropped`, and `ElasticsearchError`."""
        try:
            if self._applies(document):
                self.change(document)
        except IngestFailure as failure:
            self._handle(document, failure)
        except ElasticsearchError as error:  # of a script
            told = (error.caused_by or {}).get("reason", "")
            reason = f"{error.reason}: {told}".removesuffix(": ")
            self._handle(document, IngestFailure(reason, error.type, error))

    def _applies(self, document: IngestDocument) -> bool:
        if self.condition is None:
            return True
        try:
            return truth(self.condition.run({"ctx": document.variables()}, document.budget))
        except ScriptError as error:
            raise self.condition.failure(error) from None

    def _handle(self, document: IngestDocument, failure: IngestFailure) -> None:
        if self.ignore_failure:
            return
        if not failure.processor:
            failure.processor, failure.tag = self.type, self.tag
        if not self.on_failure:
            raise failure
        handle(document, failure, self.on_failure)


def handle(document: IngestDocument, failure: IngestFailure, by: Sequence[Processor]) -> None:
    """Run the processors that handle a failure, about which they learn from `_ingest`."""
    told = {
        "on_failure_message": failure.reason,
        "on_failure_processor_type": failure.processor,
        "on_failure_processor_tag": failure.tag,
    }
    if document.running:
        told["on_failure_pipeline"] = document.running[-1]
    document.ingest |= told
    try:
        for processor in by:
            processor.run(document)
    finally:
        for key in told:
            document.ingest.pop(key, None)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline that is ready to run."""

    name: str
    processors: Sequence[Processor]
    on_failure: Sequence[Processor] = ()

    def run(self, document: IngestDocument) -> None:
        """Change a document. Raises `IngestFailure` and `Dropped`."""
        if self.name in document.running:
            raise IngestFailure(
                f"Cycle detected for pipeline: {self.name}", "graph_structure_exception"
            )
        document.running.append(self.name)
        try:
            for processor in self.processors:
                processor.run(document)
        except IngestFailure as failure:
            if not self.on_failure:
                raise
            handle(document, failure, self.on_failure)
        finally:
            document.running.pop()


Find = Callable[[str], Pipeline | None]
"""Returns the pipeline of a name, None when there is none."""


def compiled(name: str, definition: Json, find: Find) -> Pipeline:
    """Return a pipeline that is ready to run. Raises `ElasticsearchError`."""
    if not isinstance(definition, dict):
        raise refused("pipeline must be an object")
    configuration = Configuration(definition)
    for key in ("description", "version", "_meta", "deprecated", "created_date", "modified_date"):
        configuration.optional(key)
    if "processors" not in definition:
        raise refused("required property is missing", named="processors")
    processors = _list(configuration.objects("processors"), find, 0)
    on_failure = _list(configuration.objects("on_failure"), find, 0)
    if "on_failure" in definition and not on_failure:
        raise refused(f"pipeline [{name}] cannot have an empty on_failure option defined")
    configuration.finish(f"pipeline [{name}]")
    return Pipeline(name, processors, on_failure)


def _list(values: Sequence[dict[str, Json]], find: Find, depth: int) -> tuple[Processor, ...]:
    if depth > _DEEPEST:
        raise refused(f"this mock does not support more than {_DEEPEST} levels of on_failure")
    return tuple(_made(kind, body, find, depth) for value in values for kind, body in value.items())


def _made(kind: str, values: Json, find: Find, depth: int) -> Processor:
    if not isinstance(values, dict):
        raise refused(f"property isn't a map, but of type [{type(values).__name__}]", named=kind)
    configuration = Configuration(values, kind)
    tag = configuration.optional("tag")
    configuration.optional("description")
    ignore_failure = configuration.flag("ignore_failure", False)
    on_failure = _list(configuration.objects("on_failure"), find, depth + 1)
    if "on_failure" in values and not on_failure:
        raise configuration.refused("on_failure", "processors list cannot be empty")
    wanted = configuration.optional("if")
    condition = None if wanted is None else script.read(wanted, script.UPDATE, {})
    change = _change(kind, configuration, find)
    return Processor(
        kind, change, None if tag is None else str(tag), condition, ignore_failure, on_failure
    )


def _change(kind: str, configuration: Configuration, find: Find) -> Change:
    if kind == "pipeline":
        made = _other_pipeline(configuration, find)
    elif kind in PROCESSORS:
        made = PROCESSORS[kind](configuration)
    elif kind in names("ingest", "processors"):
        return _refusing(kind)
    else:
        raise refused(
            f"No processor type exists with name [{kind}]", processor=kind, tag=configuration.tag
        )
    configuration.finish(f"processor [{kind}]")
    return made


def _other_pipeline(configuration: Configuration, find: Find) -> Change:
    wanted = configuration.text("name")
    ignore_missing = configuration.flag("ignore_missing_pipeline", False)

    def change(document: IngestDocument) -> None:
        name = document.rendered(wanted)
        pipeline = find(name)
        if pipeline is None:
            if ignore_missing:
                return
            raise IngestFailure(
                f"Pipeline processor configured for non-existent pipeline [{name}]",
                "illegal_state_exception",
            )
        pipeline.run(document)

    return change


def _refusing(kind: str) -> Change:
    """Return the stand-in of a processor that Elasticsearch has and this mock does not."""

    def change(document: IngestDocument) -> None:  # noqa: ARG001 - as all processors
        raise IngestFailure(f"this mock does not support the processor [{kind}]")

    return change


def as_error(failure: IngestFailure) -> ElasticsearchError:
    """Return what is answered for a document that no pipeline could handle."""
    if failure.error is not None:
        return failure.error
    # What is no argument of a request is an error of the node, in Elasticsearch, too.
    status = 400 if failure.type == "illegal_argument_exception" else 500
    return ElasticsearchError(status, failure.type, failure.reason)
