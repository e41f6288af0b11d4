"""What routes load the parts of a request with: schemas, and the router's words for refusals."""

from __future__ import annotations

from functools import partial

from mockkibana.json import Json
from mockkibana.kibana.errors import bad_request
from mockkibana.kibana.routes.http import Load
from mockkibana.settings.release import Release
from mockkibana.validation import Field, Refused, Schema, load
from mockkibana.validation.releases import of_route
from mockkibana.validation.wording import sentence


def params(schema: Field | Schema) -> Load:
    """Return what loads the placeholders of a path."""
    return partial(_load, schema, "request params")


def query(schema: Field | Schema) -> Load:
    """Return what loads a query."""
    return partial(_load, schema, "request query")


def body(schema: Field | Schema) -> Load:
    """Return what loads a body."""
    return partial(_load, schema, "request body")


def _load(schema: Field | Schema, namespace: str, value: Json, release: Release) -> Json:
    try:
        return load(of_route(schema, release), value)
    except Refused as refused:
        raise bad_request(sentence(refused.failure, namespace, release)) from None
