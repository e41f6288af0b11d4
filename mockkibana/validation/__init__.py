"""Kibana's config-schema on marshmallow: the fields, the schema and the wording of refusals."""

from __future__ import annotations

from marshmallow import missing

from mockkibana.validation.addresses import Ip, Uri
from mockkibana.validation.containers import ArrayOf, MapOf, RecordOf
from mockkibana.validation.failure import Failure, Refused, kind
from mockkibana.validation.field import Field, Rule
from mockkibana.validation.quantities import ByteSize, Duration
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
from mockkibana.validation.unions import Conditional, Maybe, Nullable, OneOf

__all__ = [
    "Any",
    "ArrayOf",
    "Boolean",
    "Buffer",
    "ByteSize",
    "Conditional",
    "Duration",
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
    "kind",
    "load",
    "missing",
]
