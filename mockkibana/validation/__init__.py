"""Kibana's config-schema on marshmallow: the fields, the schema, and refusals as facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marshmallow import missing

from mockkibana.validation.containers import ArrayOf, MapOf, RecordOf
from mockkibana.validation.failure import Entry, EntryKey, Failure, Refused
from mockkibana.validation.field import Field, Rule, matching
from mockkibana.validation.scalars import (
    Any,
    Boolean,
    Buffer,
    Literal,
    Never,
    Number,
    Stream,
    String,
)
from mockkibana.validation.schema import Object, Schema, Unknowns, load
from mockkibana.validation.unions import ByRelease, Conditional, Maybe, Nullable, OneOf, literals

if TYPE_CHECKING:
    from mockkibana.validation.addresses import Ip, Uri
    from mockkibana.validation.quantities import ByteSize, Duration

__all__ = [
    "Any",
    "ArrayOf",
    "Boolean",
    "Buffer",
    "ByRelease",
    "ByteSize",
    "Conditional",
    "Duration",
    "Entry",
    "EntryKey",
    "Failure",
    "Field",
    "Ip",
    "Literal",
    "MapOf",
    "Maybe",
    "Never",
    "Nullable",
    "Number",
    "Object",
    "OneOf",
    "RecordOf",
    "Refused",
    "Rule",
    "Schema",
    "Stream",
    "String",
    "Unknowns",
    "Uri",
    "literals",
    "load",
    "matching",
    "missing",
]

_RARE = {"Ip": "addresses", "Uri": "addresses", "ByteSize": "quantities", "Duration": "quantities"}


def __getattr__(name: str) -> object:
    """Import a rarely used field on first use: the start of a server waits for every import."""
    if name not in _RARE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_RARE[name]}"), name)
