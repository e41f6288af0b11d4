"""Fields of an incident that the caller names, beside those that Kibana knows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any as AnyValue

from mockkibana.json import Json
from mockkibana.validation import Any, Nullable, RecordOf, String


def additional_fields(
    name: str, known: Collection[str], most: int, **options: AnyValue
) -> Nullable:
    """Return the field of this name: up to `most` fields, and none of the `known` ones.

    `options` are those of any field.
    """

    def refused_key(key: str) -> str | None:
        if key in known:
            return f"The following properties cannot be defined inside {name}: {key}."
        return None

    def refused(fields: Json) -> str | None:
        if len(fields) > most:
            return f"A maximum of {most} fields in {name} can be defined at a time."
        return None

    return Nullable(
        RecordOf(Any(), keys=String(validate=refused_key), validate=refused, coerced=True),
        **options,
    )
