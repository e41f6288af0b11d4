"""Roles of Elasticsearch: read from the bodies of requests, put, deleted, and shown."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import illegal_argument, validation_failed
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.elasticsearch.security.names import role_name_error
from mockkibana.elasticsearch.security.role_descriptors import (
    Descriptor,
    parse_descriptor,
    validation_errors,
)
from mockkibana.json import Json
from mockkibana.security.roles import reserved_roles
from mockkibana.security.security import Security

_KEPT = ("name", "metadata", "remote_indices", "remote_cluster")


def read_role(
    name: str, body: Json, raw: bytes = b"", *, with_any_name: bool = False
) -> Descriptor:
    """Return the descriptor of a role as it is stored, from a body of Elasticsearch's role API.

    `raw` is the text of the body, where there is one. The descriptors of API keys are no roles, so
    they go `with_any_name`. Raises `ElasticsearchError`.
    """
    with located(raw, body):
        descriptor = parse_descriptor(name, body, ())
    check_role(None if with_any_name else name, descriptor)
    return descriptor


def read_limit(entry: dict[str, Json]) -> Descriptor:
    """Return a role of the owner of an API key, as the key keeps it: a descriptor with a `name`.

    What decides nothing here is kept as it is: roles of Elasticsearch's own have more of that
    than others may have. Raises `ElasticsearchError`.
    """
    name = entry.get("name")
    if not isinstance(name, str):
        raise illegal_argument("a role that limits an API key has to have a name")
    kept = {key: entry[key] for key in _KEPT if key in entry}
    here = {key: value for key, value in entry.items() if key not in kept}
    return {**entry, **read_role(name, here, with_any_name=True), **kept}


def put_role(security: Security, name: str, body: Json, raw: bytes = b"") -> bool:
    """Create or replace a role; returns whether it was created. Raises `ElasticsearchError`."""
    return security.roles.put(name, read_role(name, body, raw))


def delete_role(security: Security, name: str) -> bool:
    """Delete a role; returns whether it was there. Raises `ElasticsearchError`."""
    if name in reserved_roles():
        raise illegal_argument(f"role [{name}] is reserved and cannot be deleted")
    return security.roles.delete(name)


def shown(descriptor: Descriptor) -> dict[str, Json]:
    """Return a role's descriptor as it is answered."""
    described = dict(descriptor)
    last: dict[str, Json] = {
        key: described.pop(key)
        for key in ("remote_indices", "remote_cluster", "description")
        if key in described
    }
    transient = described.pop("transient_metadata", {"enabled": True})
    return {**described, "transient_metadata": transient, **last}


def check_role(name: str | None, descriptor: Descriptor) -> None:
    """Refuse a role whose name (None: any will do) or descriptor is not valid.

    Raises `ElasticsearchError`.
    """
    error = None if name is None else role_name_error(name)
    texts = [*([error] if error else []), *validation_errors(descriptor)]
    if texts:
        raise validation_failed(texts)
