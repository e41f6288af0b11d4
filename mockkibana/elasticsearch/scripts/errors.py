"""What is wrong with a script, and where in its source."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import ElasticsearchError, Error, cause

_AROUND = 25  # characters of the source on each side of an error


class ScriptError(Exception):
    """A script cannot be compiled, or fails as it runs: `offset` is the place in its source."""

    def __init__(
        self,
        reason: str,
        offset: int | None = None,
        *,
        type: str = "illegal_argument_exception",  # noqa: A002 - the name of the field
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.type = type
        self.offset = offset


def unsupported(what: str, offset: int | None = None) -> ScriptError:
    """Return the refusal of what Painless has and this mock does not."""
    return ScriptError(f"this mock does not support {what} in scripts", offset)


def null_pointer(what: str) -> ScriptError:
    """Return the error of asking null for a field or a method."""
    return ScriptError(
        f"cannot access method/field [{what}] from a null def reference",
        type="null_pointer_exception",
    )


def script_exception(error: ScriptError, phase: str, source: str) -> ElasticsearchError:
    """Return what Elasticsearch tells of a script that fails; `phase` is `compile`, `runtime`."""
    offset = len(source) if error.offset is None else error.offset
    start, end = max(0, offset - _AROUND), min(len(source), offset + _AROUND)
    before, after = "... " if start else "", " ..." if end < len(source) else ""
    marker = " " * (len(before) + offset - start) + "^---- HERE"
    extra: Error = {
        "script_stack": [f"{before}{source[start:end]}{after}", marker],
        "script": source,
        "lang": "painless",
        "position": {"offset": offset, "start": start, "end": end},
    }
    return ElasticsearchError(
        400,
        "script_exception",
        f"{phase} error",
        extra=extra,
        caused_by=cause(error.type, error.reason),
    )
