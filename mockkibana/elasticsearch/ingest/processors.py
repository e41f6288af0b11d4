"""The processors that change a document; each is made of its configuration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from mockkibana.elasticsearch.ingest.configuration import Configuration
from mockkibana.elasticsearch.ingest.document import (
    METADATA,
    IngestDocument,
    IngestFailure,
    copied,
)
from mockkibana.elasticsearch.json import java
from mockkibana.elasticsearch.mapping import date_printer, dates
from mockkibana.elasticsearch.mapping.refused import BadFormat
from mockkibana.elasticsearch.scripts import script
from mockkibana.elasticsearch.scripts.errors import ScriptError
from mockkibana.elasticsearch.scripts.values import as_json
from mockkibana.json import Json

Change = Callable[[IngestDocument], None]
"""Changes a document. Raises `IngestFailure`, and `Dropped`."""


class Dropped(Exception):
    """The document is not to be indexed, which is no failure."""


def _set(configuration: Configuration) -> Change:
    field = configuration.text("field")
    source = configuration.optional("copy_from")
    value = configuration.optional("value")
    override = configuration.flag("override", True)
    ignore_empty = configuration.flag("ignore_empty_value", False)
    configuration.optional("media_type")
    if source is None and value is None:
        raise configuration.refused("value", "required property is missing")
    if source is not None and value is not None:
        raise configuration.refused(
            "copy_from", "cannot set both `copy_from` and `value` in the same processor"
        )

    def change(document: IngestDocument) -> None:
        name = document.rendered(field)
        if not override and document.find(name) is not None:
            return
        if source is None:
            new = copied(document.rendered(value))
        else:
            new = copied(document.get(str(source)))
        if not (ignore_empty and new in (None, "")):
            document.set(name, new)

    return change


def _append(configuration: Configuration) -> Change:
    field = configuration.text("field")
    values = configuration.several("value")
    allow_duplicates = configuration.flag("allow_duplicates", True)
    configuration.optional("media_type")

    def change(document: IngestDocument) -> None:
        name = document.rendered(field)
        there = document.find(name)
        known = list(there) if isinstance(there, list) else [] if there is None else [there]
        for value in document.rendered(values):
            if allow_duplicates or value not in known:
                known.append(value)
        document.set(name, known)

    return change


def _remove(configuration: Configuration) -> Change:
    keep = configuration.optional("keep")
    fields = [] if keep is not None else configuration.several("field")
    ignore_missing = configuration.flag("ignore_missing", False)
    kept = keep if isinstance(keep, list) else [keep]

    def change(document: IngestDocument) -> None:
        if keep is not None:
            wanted = {str(document.rendered(name)).partition(".")[0] for name in kept}
            for name in [name for name in document.source if name not in wanted]:
                del document.source[name]
        for field in fields:
            name = str(document.rendered(field))
            if not ignore_missing or document.has(name):
                document.remove(name)

    return change


def _rename(configuration: Configuration) -> Change:
    field = configuration.text("field")
    target = configuration.text("target_field")
    ignore_missing = configuration.flag("ignore_missing", False)
    override = configuration.flag("override", False)

    def change(document: IngestDocument) -> None:
        name, new = document.rendered(field), document.rendered(target)
        if not name or not document.has(name):
            if ignore_missing:
                return
            raise IngestFailure(f"field [{name}] doesn't exist")
        if document.has(new) and not override:
            raise IngestFailure(f"field [{new}] already exists")
        value = document.get(name)
        document.remove(name)
        document.set(new, value)

    return change


def _texts(convert: Callable[[str], str]) -> Callable[[Configuration], Change]:
    """Return the processor that converts a text, or each of a list."""

    def make(configuration: Configuration) -> Change:
        field = configuration.text("field")
        target = configuration.text("target_field", field)
        ignore_missing = configuration.flag("ignore_missing", False)

        def converted(value: Json) -> str:
            if isinstance(value, str):
                return convert(value)
            raise IngestFailure(
                f"field [{field}] of type [{java.class_name(value)}] cannot be cast to "
                "[java.lang.String]"
            )

        def change(document: IngestDocument) -> None:
            name = document.rendered(field)
            if ignore_missing and document.find(name) is None:
                return
            value = document.get(name)
            if value is None:
                raise IngestFailure(f"field [{name}] is null, cannot process it.")
            new = list(map(converted, value)) if isinstance(value, list) else converted(value)
            document.set(document.rendered(target), new)

        return change

    return make


_ISO = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"
_JAVA_NAMES = {
    "ISO8601": "strict_date_optional_time",
    "UNIX": "epoch_second",
    "UNIX_MS": "epoch_millis",
}


def _date(configuration: Configuration) -> Change:
    field = configuration.text("field")
    target = configuration.text("target_field", "@timestamp")
    formats = list(map(str, configuration.several("formats")))
    zone_name = configuration.text("timezone", "UTC")
    output = configuration.text("output_format", _ISO)
    configuration.optional("locale")
    if "TAI64N" in formats:
        raise configuration.refused("formats", "this mock does not support the format [TAI64N]")
    zone = _zone(zone_name)
    if zone is None:
        raise configuration.refused("timezone", f"unknown time-zone ID: {zone_name}")
    try:
        for pattern in formats:
            dates.parsers(_JAVA_NAMES.get(pattern, pattern))
        dates.parsers(output)
    except BadFormat as error:
        raise configuration.refused("formats", str(error)) from None

    def change(document: IngestDocument) -> None:
        value = document.get(field)
        if not isinstance(value, (str, int)):
            raise IngestFailure(
                f"field [{field}] of type [{java.class_name(value)}] cannot be cast to "
                "[java.lang.String]"
            )
        for pattern in formats:
            milliseconds = dates.parse(str(value), _JAVA_NAMES.get(pattern, pattern), zone=zone)
            if milliseconds is None:
                continue
            try:
                time = (_EPOCH + timedelta(milliseconds=milliseconds)).astimezone(zone)
            except OverflowError:
                continue
            document.set(document.rendered(target), date_printer.write(time, output))
            return
        raise IngestFailure(f"unable to parse date [{value}]")

    return change


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _zone(name: str) -> tzinfo | None:
    """Return a time zone by its name or offset, None for what is none."""
    try:
        if name[:1] in ("+", "-"):
            return datetime.strptime(name, "%z").tzinfo
        return UTC if name == "Z" else ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # the last is `ZoneInfoNotFoundError`
        return None


def _fail(configuration: Configuration) -> Change:
    message = configuration.text("message")

    def change(document: IngestDocument) -> None:
        raise IngestFailure(document.rendered(message), "fail_processor_exception")

    return change


def _drop(configuration: Configuration) -> Change:  # noqa: ARG001 - it has none of its own
    def change(document: IngestDocument) -> None:  # noqa: ARG001 - whatever it is
        raise Dropped

    return change


def _script(configuration: Configuration) -> Change:
    keys = ("source", "id", "lang", "params")
    body = {key: value for key in keys if (value := configuration.optional(key)) is not None}
    ready = script.read(body, script.UPDATE, {})

    def change(document: IngestDocument) -> None:
        ctx = document.variables()
        ready.run({"ctx": ctx}, document.budget)
        ctx.pop("_ingest", None)
        document.metadata = {key: ctx.pop(key) for key in METADATA if key in ctx}
        try:
            document.source = as_json(ctx)
        except ScriptError as error:
            raise ready.failure(error) from None

    return change


PROCESSORS: dict[str, Callable[[Configuration], Change]] = {
    "append": _append,
    "date": _date,
    "drop": _drop,
    "fail": _fail,
    "lowercase": _texts(str.lower),
    "remove": _remove,
    "rename": _rename,
    "script": _script,
    "set": _set,
    "trim": _texts(str.strip),
    "uppercase": _texts(str.upper),
}
"""The processors that are served, without `pipeline`, which runs another pipeline."""
