"""Bulk bodies: lines of JSON to actions, with the errors that refuse the whole request."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from mockkibana.elasticsearch.documents.actions import Action, read_version_type
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument, validation_failed
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.scalars import as_text, require_boolean, without_surrogates
from mockkibana.json import Json

OPERATIONS = ("create", "delete", "index", "update")

_LATER = "will be rejected in a future version."
_UNSUPPORTED_ACTION = (
    "Unsupported action: [{}]. Supported values are [create], [delete], [index], and [update]. "
    f"Unsupported actions are currently accepted but {_LATER}"
)
_SEVERAL_KEYS = (
    "A bulk action object contained multiple keys. Additional keys are currently ignored but "
    + _LATER
)
_TRAILING_DATA = (
    "A bulk action contained trailing data after the closing brace. This is currently ignored but "
    + _LATER
)
_NOT_CLOSED = (
    "A bulk action wasn't closed properly with the closing brace. Malformed objects are currently "
    f"accepted but {_LATER}"
)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the URL says for all actions of a request, and how closely the node reads them.

    Elasticsearch 9 refuses actions that it does not know (`knows_actions`), and in the version 9 of
    its API lines that hold more or less than one action (`reads_closely`).
    """

    index: str | None = None
    routing: str | None = None
    pipeline: str | None = None
    require_alias: bool = False
    source: Json = None
    knows_actions: bool = False
    reads_closely: bool = False


@dataclass(slots=True)
class BulkRequest:
    """A bulk request as read; `warnings` are the texts of its `Warning` headers, each once."""

    actions: list[Action] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)


def parse(body: bytes, defaults: Defaults) -> BulkRequest:
    """Parse a whole body; nothing of it is to be applied before this returns.

    A source that is no JSON object fails only its own item (`Action.error`).
    Raises `ElasticsearchError` (`BulkRequestParser`, `BulkRequest.validate`).
    """
    request = BulkRequest()
    known: dict[bytes, _Metadata] = {}  # most actions of a request begin with the same line
    errors: list[str] = []
    number = start = 0
    while (end := _line_end(body, start)) >= 0:
        number += 1
        line = body[start:end]
        start = end + 1
        metadata = known.get(line)
        if metadata is None:
            if not line.strip(b" \t\r"):
                continue
            metadata = _metadata(line, number, defaults, request.warnings)
            if metadata.id is None:
                known[line] = metadata
        source = None
        if metadata.op != "delete":
            if (end := _line_end(body, start)) < 0:
                break
            number += 1
            source = body[start:end].removesuffix(b"\r")
            start = end + 1
        if metadata.op not in OPERATIONS:
            continue
        request.actions.append(_action(metadata, source))
        errors += metadata.errors
    if not request.actions:
        raise validation_failed(["no requests added"])
    if errors:
        raise validation_failed(errors)
    return request


def _line_end(body: bytes, start: int) -> int:
    end = body.find(b"\n", start)
    if end < 0 and start < len(body):
        raise illegal_argument("The bulk request must be terminated by a newline [\\n]")
    return end


@dataclass(slots=True)
class _Metadata:
    """The first line of an action, with the defaults."""

    op: str
    index: str | None
    routing: str | None
    pipeline: str | None
    require_alias: bool
    source: Json
    id: str | None = None
    op_type: str | None = None
    if_seq_no: int | None = None
    if_primary_term: int | None = None
    version: int | None = None
    version_type: str | None = None
    retry_on_conflict: int = 0
    errors: list[str] = field(default_factory=list)


def _metadata(line: bytes, number: int, defaults: Defaults, warnings: dict[str, None]) -> _Metadata:
    value = _read_leniently(line, number, defaults, warnings)
    malformed = f"Malformed action/metadata line [{number}], expected"
    op, settings = _operation(value, malformed, defaults, warnings)
    metadata = _Metadata(
        op,
        defaults.index,
        defaults.routing,
        defaults.pipeline,
        defaults.require_alias,
        defaults.source,
    )
    for name, setting in settings.items():
        if isinstance(setting, (dict, list)) and not (
            name == "_source" and isinstance(setting, dict)
        ):
            if name == "dynamic_templates" and isinstance(setting, dict):
                raise illegal_argument("this mock does not support [dynamic_templates] in bulk")
            found = bodies.token_of(setting)
            raise illegal_argument(
                f"{malformed} a simple value for field [{name}] but found [{found}]"
            )
        if setting is None:
            continue
        if (reader := _READERS.get(name)) is None:
            raise illegal_argument(
                f"Action/metadata line [{number}] contains an unknown parameter [{name}]"
            )
        setattr(metadata, name.removeprefix("_"), reader(setting))
    metadata.errors = _errors(metadata)
    return metadata


def _operation(
    value: Json, malformed: str, defaults: Defaults, warnings: dict[str, None]
) -> tuple[str, dict[str, Json]]:
    """Return what an action line says is to be done, and with which settings."""
    if not isinstance(value, dict):
        raise illegal_argument(f"{malformed} START_OBJECT but found [{bodies.token_of(value)}]")
    if not value:
        raise illegal_argument(f"{malformed} FIELD_NAME but found [END_OBJECT]")
    op, settings = next(iter(value.items()))
    if op not in OPERATIONS:
        told = without_surrogates(op)
        if defaults.knows_actions:
            known = "[create], [delete], [index] or [update]"
            raise illegal_argument(f"{malformed} field {known} but found [{told}]")
        warnings[_UNSUPPORTED_ACTION.format(told)] = None
    if not isinstance(settings, dict):
        found = bodies.token_of(settings)
        raise illegal_argument(f"{malformed} START_OBJECT or END_OBJECT but found [{found}]")
    if len(value) > 1:
        if defaults.reads_closely:
            raise illegal_argument(f"{malformed} END_OBJECT but found [FIELD_NAME]")
        warnings[_SEVERAL_KEYS] = None
    return op, settings


def _read_leniently(
    line: bytes, number: int, defaults: Defaults, warnings: dict[str, None]
) -> Json:
    """Read an action line; 8.x takes a missing last brace, and anything after the object."""
    try:
        return bodies.read(line)
    except ElasticsearchError:
        text = line.decode("utf-8", "replace").strip()
        attempts = {_TRAILING_DATA: text, _NOT_CLOSED: text + "}"}
        if defaults.reads_closely:
            del attempts[_NOT_CLOSED]
        for warning, attempt in attempts.items():
            try:
                value, end = json.JSONDecoder().raw_decode(attempt)
            except (ValueError, RecursionError):
                continue
            value = bodies.read(attempt[:end].encode())
            if defaults.reads_closely:
                trailing = "unexpected data after the closing brace"
                raise illegal_argument(
                    f"Malformed action/metadata line [{number}], {trailing}"
                ) from None
            warnings[warning] = None
            return value
        raise


def _text(value: Json) -> str:
    return without_surrogates(as_text(value))


def _long(value: Json) -> int:
    if isinstance(value, str):
        try:
            value = int(value)
        except ValueError:
            raise illegal_argument(f'For input string: "{value[:100]}"') from None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise illegal_argument(f"Current token ({bodies.token_of(value)}) not numeric")
    if not -(2**63) <= value < 2**63:
        raise illegal_argument(f"Value [{value}] is out of range for a long")
    return int(value)


_READERS: dict[str, Callable[[Json], Json]] = {
    "_index": _text,
    "_id": _text,
    "routing": _text,
    "op_type": _text,
    "pipeline": _text,
    "version": _long,
    "version_type": read_version_type,
    "if_seq_no": _long,
    "if_primary_term": _long,
    "retry_on_conflict": _long,
    "require_alias": require_boolean,
    "_source": lambda value: value,
}


def _errors(metadata: _Metadata) -> list[str]:
    """Return what makes the request invalid, in the order of the requests' `validate` methods."""
    errors = []
    if not metadata.index:
        errors.append("index is missing")
    if metadata.op in ("update", "delete") and not metadata.id:
        errors.append("id is missing")
    return errors


def _action(metadata: _Metadata, source: bytes | None) -> Action:
    op, error = metadata.op, None
    document: dict[str, Json] | None = None
    if op == "index" and metadata.op_type == "create":
        op = "create"
    if op == "update":
        if metadata.version is not None or metadata.version_type not in (None, "internal"):
            raise illegal_argument(
                "Update requests do not support versioning. "
                "Please use `if_seq_no` and `if_primary_term` instead"
            )
        from mockkibana.elasticsearch.documents.update_body import read_update

        document = read_update(source or b"", metadata.source)
    elif source is not None:
        try:
            document = bodies.read_source(source)
        except ElasticsearchError as failure:
            error = failure
    return Action(
        op=op,
        index=metadata.index or "",
        id=metadata.id,
        source=document,
        raw=source,
        routing=metadata.routing,
        pipeline=metadata.pipeline,
        if_seq_no=metadata.if_seq_no,
        if_primary_term=metadata.if_primary_term,
        version=metadata.version,
        version_type=metadata.version_type,
        require_alias=metadata.require_alias,
        error=error,
    )
