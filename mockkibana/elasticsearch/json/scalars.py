"""Scalars of JSON where Elasticsearch takes a text, or the text of a boolean."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.json import Json


def as_text(value: Json) -> str:
    """Return a scalar as the text that Elasticsearch makes of it: `true`, `1.5`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def boolean(value: Json) -> bool | None:
    """Return what a boolean, or the text of one, says; None for all else (1 is no boolean)."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def require_boolean(value: Json) -> bool:
    """Return what a boolean, or the text of one, says. Raises `illegal_argument_exception`."""
    flag = boolean(value)
    if flag is None:
        raise illegal_argument(not_boolean(value))
    return flag


def not_boolean(value: Json) -> str:
    """Return why a value that `boolean` does not know is refused (`Booleans.parseBoolean`)."""
    return f"Failed to parse value [{as_text(value)}] as only [true] or [false] are allowed."


def without_surrogates(text: str) -> str:
    """Return the text as Java encodes it: half of a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
