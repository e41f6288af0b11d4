"""A document on its way through pipelines: its fields, by paths, and its metadata."""

from __future__ import annotations

import re
from typing import Any

from mockkibana.budget import Budget
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.json import java
from mockkibana.json import Json

METADATA = ("_index", "_id", "_routing", "_version", "_version_type")

_TAG = re.compile(r"\{\{\{([^{}]*)\}\}\}|\{\{([^{}]*)\}\}")


class IngestFailure(Exception):
    """A processor fails: `type` is that of Elasticsearch's exception, `error` is of a script."""

    def __init__(
        self,
        reason: str,
        type: str = "illegal_argument_exception",  # noqa: A002 - the name of the field
        error: ElasticsearchError | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.type = type
        self.error = error
        #: the processor that failed
        self.processor = ""
        self.tag: str | None = None


class IngestDocument:
    """The fields of a document and its metadata, both of which processors change.

    `source` belongs to this: it is copied from what was sent. `ingest` is what templates and paths
    see as `_ingest`, `budget` what scripts may work.
    """

    def __init__(
        self, source: dict[str, Json], metadata: dict[str, Json], timestamp: str, budget: Budget
    ) -> None:
        self.budget = budget
        self.source = copied(source)
        self.metadata = metadata
        self.ingest: dict[str, Any] = {"timestamp": timestamp}
        self.running: list[str] = []  # the names of the pipelines that it is in

    def _root(self, path: str) -> tuple[Any, list[str]]:
        if not path:
            raise IngestFailure("path cannot be null nor empty")
        first, dot, rest = path.partition(".")
        if first == "_ingest" and dot:
            return self.ingest, rest.split(".")
        if first == "_source" and dot:
            return self.source, rest.split(".")
        if path in METADATA:
            return self.metadata, [path]
        return self.source, path.split(".")

    def has(self, path: str) -> bool:
        """Return whether something, perhaps null, is at a path."""
        value, parts = self._root(path)
        for part in parts:
            if isinstance(value, list) and part.isdecimal() and int(part[:9]) < len(value):
                value = value[int(part)]
            elif isinstance(value, dict) and part in value:
                value = value[part]
            else:
                return False
        return True

    def get(self, path: str) -> Json:
        """Return what is at a path. Raises `IngestFailure`."""
        value, parts = self._root(path)
        for part in parts:
            value = _step(value, part, path)
        return value

    def find(self, path: str) -> Json:
        """Return what is at a path, None where nothing is."""
        return self.get(path) if self.has(path) else None

    def set(self, path: str, value: Json) -> None:
        """Set what is at a path; objects on the way are made. Raises `IngestFailure`."""
        inner, parts = self._root(path)
        for part in parts[:-1]:
            if isinstance(inner, dict) and inner.get(part) is None:
                inner[part] = {}
            inner = _step(inner, part, path)
        last = parts[-1]
        if isinstance(inner, dict):
            inner[last] = value
        elif isinstance(inner, list):
            inner[_place(inner, last, path)] = value
        else:
            raise IngestFailure(
                f"cannot set [{last}] with parent object of type [{java.class_name(inner)}] as "
                f"part of path [{path}]"
            )

    def remove(self, path: str) -> None:
        """Remove what is at a path. Raises `IngestFailure` where nothing is."""
        inner, parts = self._root(path)
        for part in parts[:-1]:
            inner = _step(inner, part, path)
        last = parts[-1]
        if isinstance(inner, list):
            del inner[_place(inner, last, path)]
            return
        _step(inner, last, path)
        del inner[last]

    def rendered(self, template: Json) -> Json:
        """Return a value in which each `{{path}}` of a text is replaced by what is there."""
        if isinstance(template, dict):
            return {self.rendered(key): self.rendered(value) for key, value in template.items()}
        if isinstance(template, list):
            return [self.rendered(value) for value in template]
        if not isinstance(template, str) or "{{" not in template:
            return template
        return _TAG.sub(self._told, template)

    def _told(self, match: re.Match[str]) -> str:
        path = (match[1] or match[2] or "").strip()
        if path[:1] in ("#", "^", "/", ">", "!", "&", "="):
            raise IngestFailure(f"this mock does not support the template [{match.group()}]")
        value = self.find(path) if path else None
        return "" if value is None else java.text(value)

    def variables(self) -> dict[str, Any]:
        """Return what a script sees as `ctx`."""
        return {**self.source, **self.metadata, "_ingest": self.ingest}


def _step(value: Any, part: str, path: str) -> Any:
    if isinstance(value, dict) and part in value:
        return value[part]
    if isinstance(value, list):
        return value[_place(value, part, path)]
    if isinstance(value, dict):
        raise IngestFailure(f"field [{part}] not present as part of path [{path}]")
    if value is None:
        raise IngestFailure(f"cannot resolve [{part}] from null as part of path [{path}]")
    raise IngestFailure(
        f"cannot resolve [{part}] from object of type [{java.class_name(value)}] as part of path "
        f"[{path}]"
    )


def _place(values: list[Json], part: str, path: str) -> int:
    if not part.isdecimal() or len(part) > 9:
        raise IngestFailure(
            f"[{part}] is not an integer, cannot be used as an index as part of path [{path}]"
        )
    if int(part) >= len(values):
        raise IngestFailure(
            f"[{part}] is out of bounds for array with length [{len(values)}] as part of path "
            f"[{path}]"
        )
    return int(part)


def copied(value: Any) -> Any:
    """Return a copy of a value, which may be changed."""
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    return [copied(inner) for inner in value] if isinstance(value, list) else value
