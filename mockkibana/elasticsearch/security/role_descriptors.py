"""Role descriptors: from the body of a request to what is stored (`RoleDescriptor.parse`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import (
    ParseError,
    Path,
    illegal,
    parse,
    unsupported,
)
from mockkibana.elasticsearch.security.names import (
    application_name_error,
    application_privilege_error,
    role_name_error,
)
from mockkibana.json import Json
from mockkibana.lucene_expressions import BadExpression
from mockkibana.security.names import matcher
from mockkibana.security.privileges import cluster_privileges, index_privileges

Descriptor = dict[str, Any]

_LONGEST_DESCRIPTION = 1000
_APPLICATION = {"application": "string", "privileges": "strings", "resources": "strings"}
_SYNONYMS: dict[str, str] = {"index": "indices", "application": "applications"}
# What would give or take rights that nothing here decides on.
_UNSUPPORTED = ("global", "remote_indices", "remote_cluster")


def parse_descriptor(
    name: str, body: Json, path: Path, *, restricted: bool = False, described: bool = True
) -> Descriptor:
    """Read a role descriptor, `path` leading to it in the body.

    `restricted` and `described` tell whether `restriction` and `description` have a place in it.
    `run_as` is kept, as Elasticsearch's own roles have it, but nobody can run as somebody else
    here. Raises `ParseError`; `validation_errors` says what else is wrong with a descriptor.
    """
    if error := role_name_error(name, stored=False):
        raise validation([error], path)
    if not isinstance(body, dict):
        token = bodies.token_of(body)
        text = f"failed to parse role [{name}]. expected an object but found [{token}] instead"
        raise parse(text, path)
    found: Descriptor = {}
    key: str
    for key, value in body.items():
        field = _SYNONYMS.get(key, key)
        inner = (*path, key)
        if field in _FIELDS:
            found[field] = _FIELDS[field](name, key, value, inner)
        elif field == "description" and described:
            found[field] = _description(value, inner)
        elif field in _UNSUPPORTED or (field == "restriction" and restricted):
            if value:
                raise unsupported(f"[{field}]", inner)
        elif not _is_ignored(field, value):
            raise parse(f"failed to parse role [{name}]. unexpected field [{key}]", inner)
    order = ("cluster", "indices", "applications", "run_as", "metadata")
    empty: Descriptor = {"metadata": {}}
    descriptor = {key: found.get(key, empty.get(key, [])) for key in order}
    if found.get("description") is not None:
        descriptor["description"] = found["description"]
    return descriptor


def validation_errors(descriptor: Descriptor) -> list[str]:
    """Return what is wrong with a descriptor (`RoleDescriptorRequestValidator`)."""
    texts = [
        _unknown_cluster(name)
        for name in descriptor["cluster"]
        if not cluster_privileges().is_one(name.lower())
    ]
    for group in descriptor["indices"]:
        # One text for each entry: `IndexPrivilege.get` stops at the first.
        texts += _first(unknown_index_privilege(name) for name in group["privileges"])
        texts += _first(map(_bad_expression, group["names"]))
    for entry in descriptor["applications"]:
        texts += _first([application_name_error(entry["application"])])
        texts += filter(None, map(application_privilege_error, entry["privileges"]))
        texts += _first(map(_bad_expression, entry["resources"]))
    if any(key.startswith("_") for key in descriptor["metadata"]):
        texts.append("role descriptor metadata keys may not start with [_]")
    if len(descriptor.get("description", "")) > _LONGEST_DESCRIPTION:
        texts.append(f"Role description must be less than {_LONGEST_DESCRIPTION} characters.")
    return texts


def parse_indices(
    role: str, key: str, value: Json, path: Path, *, checked: bool = False
) -> list[Json]:
    """Read privileges on indices; `checked` for a question whether somebody has them.

    Raises `ParseError`.
    """
    prefix = f"failed to parse indices privileges for role [{role}]. "
    return [
        _indices_entry(role, prefix, entry, inner, checked=checked)
        for entry, inner in _objects(prefix, key, value, path)
    ]


def parse_applications(role: str, key: str, value: Json, path: Path) -> list[Json]:
    """Read privileges of applications. Raises `ParseError`."""
    prefix = f"failed to parse application privileges for role [{role}]. "
    entries = []
    for entry, inner in _objects(prefix, key, value, path):
        found = fields("application", _APPLICATION, entry, inner)
        for required in ("resources", "privileges"):
            if required not in found:
                raise parse(f"{prefix}missing required [{required}] field", inner)
        # Guess: the texts of the builder, from memory.
        if not found.get("application"):
            raise illegal("application privileges must have an application name", inner)
        if not found["privileges"]:
            raise illegal("application privileges must define at least one privilege", inner)
        if not found["resources"]:
            raise illegal("application privileges must refer to at least one resource", inner)
        entries.append({name: found[name] for name in _APPLICATION})
    return entries


def parse_strings(role: str, key: str, value: Json, path: Path) -> list[str]:
    """Read a list of texts; null is an empty one. Raises `ParseError`."""
    return [] if value is None else _strings(role, key, value, path)


def validation(texts: Iterable[str], path: Path = ()) -> ParseError:
    """Return a `validation_exception`, which Elasticsearch raises while it reads a body."""
    listed = "".join(f"{number}: {text};" for number, text in enumerate(texts, 1))
    return ParseError("validation_exception", f"Validation Failed: {listed}", path)


def unknown_index_privilege(name: str) -> str | None:
    """Return why a name is no privilege on indices."""
    if index_privileges().is_one(name.lower()):
        return None
    known = ",".join(f"{each}=[{each}]" for each in index_privileges().names())
    return (
        f"unknown index privilege [{name}]. a privilege must be either one of the predefined "
        f"fixed indices privileges [{known}] or a pattern over one of the available index actions"
    )


def unknown_cluster_privilege(name: str) -> str | None:
    """Return why a name is no privilege on the cluster."""
    return None if cluster_privileges().is_one(name.lower()) else _unknown_cluster(name)


def _unknown_cluster(name: str) -> str:
    known = ",".join(cluster_privileges().names())
    return (
        f"unknown cluster privilege [{name}]. a privilege must be either one of the predefined "
        f"cluster privilege names [{known}] or a pattern over one of the available cluster actions"
    )


def _bad_expression(name: str) -> str | None:
    try:
        matcher([name])
    except BadExpression as error:
        # Guess: a real node finds out when it compiles the role.
        return str(error)
    return None


def _first(texts: Iterable[str | None]) -> list[str]:
    found = next(filter(None, texts), None)
    return [] if found is None else [found]


def _objects(prefix: str, key: str, value: Json, path: Path) -> list[tuple[dict[str, Json], Path]]:
    if not isinstance(value, list):
        token = bodies.token_of(value)
        raise parse(
            f"{prefix}expected field [{key}] value to be an array, but found [{token}] instead",
            path,
        )
    for number, entry in enumerate(value):
        if not isinstance(entry, dict):
            raise parse(
                f"{prefix}expected field [{key}] value to be an array of objects, but found an "
                f"array element of type [{bodies.token_of(entry)}]",
                (*path, number),
            )
    return [(entry, (*path, number)) for number, entry in enumerate(value)]


def _indices_entry(
    role: str, prefix: str, entry: dict[str, Json], path: Path, *, checked: bool
) -> Json:
    found: dict[str, Json] = {"allow_restricted_indices": False}
    for key, value in entry.items():
        inner = (*path, key)
        if key == "names":
            found[key] = _names(role, prefix, value, inner)
        elif key == "privileges":
            found[key] = None if value is None else _strings(role, key, value, inner)
        elif key == "allow_restricted_indices":
            if not isinstance(value, bool):
                raise parse(
                    f"{prefix}expected field [{key}] value to be a boolean, but found "
                    f"[{bodies.token_of(value)}] instead",
                    inner,
                )
            found[key] = value
        elif key in ("query", "field_security"):
            _refuse_limit(key, value, inner, checked=checked)
        elif not (key == "transient_metadata" and isinstance(value, dict)):
            raise parse(f"{prefix}unexpected field [{key}]", inner)
    for required in ("names", "privileges"):
        if found.get(required) is None:
            raise parse(f"{prefix}missing required [{required}] field", path)
    if not found["privileges"]:
        raise illegal("indices privileges must define at least one privilege", path)
    return {key: found[key] for key in ("names", "privileges", "allow_restricted_indices")}


def _refuse_limit(key: str, value: Json, path: Path, *, checked: bool) -> None:
    """Refuse limits on documents and fields, but those that limit nothing.

    Kibana's page of roles grants all fields by itself.
    """
    if value is None or value in ({"grant": ["*"]}, {"grant": ["*"], "except": []}):
        return
    if checked:
        raise parse(f"Field [{key}] is not supported in a has_privileges request", path)
    raise unsupported(f"[{key}]", path)


def _names(role: str, prefix: str, value: Json, path: Path) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise parse(
            f"{prefix}expected field [names] value to be a string or an array of strings, but "
            f"found [{bodies.token_of(value)}] instead",
            path,
        )
    names = _strings(role, "names", value, path)
    if not names:
        raise parse(f"{prefix}[names] cannot be an empty array", path)
    return names


def _strings(role: str, key: str, value: Json, path: Path) -> list[str]:
    if (inner := string_array_error(key, value, path)) is not None:
        raise parse(f"failed to parse role [{role}]", path, inner=inner)
    return list(value)


def string_array_error(key: str, value: Json, path: Path) -> ParseError | None:
    """Return why a value is no list of texts (`XContentUtils.readStringArray`)."""
    text = None
    if value is None:
        text = "expected a string array but found null value instead"
    elif not isinstance(value, list):
        token = bodies.token_of(value)
        text = f"expected a string array but found [{token}] value instead"
    elif odd := [item for item in value if not isinstance(item, str)]:
        token = bodies.token_of(odd[0])
        text = f"expected a string array but one of the value in the array is [{token}]"
    return None if text is None else parse(f"could not parse [{key}] field. {text}", path)


def _metadata(_role: str, key: str, value: Json, path: Path) -> Json:
    if not isinstance(value, dict):
        raise expected(key, "object", value, path)
    return value


def expected(key: str, kind: str, value: Json, path: Path) -> ParseError:
    """Return the refusal of a value of the wrong kind: `string`, `object`, `boolean`."""
    token = bodies.token_of(value)
    return parse(f"expected field [{key}] to be of type {kind}, but found [{token}] instead", path)


def _description(value: Json, path: Path) -> str | None:
    if value is None or isinstance(value, str):
        return value
    # Guess: the parser takes the text of whatever token it finds, and fails at brackets.
    raise expected("description", "string", value, path)


def _is_ignored(field: str, value: Json) -> bool:
    return field == "type" or (field == "transient_metadata" and isinstance(value, dict))


_FIELDS: dict[str, Callable[[str, str, Json, Path], Json]] = {
    "cluster": parse_strings,
    "indices": parse_indices,
    "applications": parse_applications,
    "run_as": parse_strings,
    "metadata": _metadata,
}
