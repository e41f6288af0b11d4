"""The bodies of the APIs about API keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mockkibana.elasticsearch.errors import ElasticsearchError, validation_failed
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import (
    X_CONTENT,
    ParseError,
    Path,
    illegal,
    located,
    unsupported,
)
from mockkibana.elasticsearch.json.time_values import milliseconds
from mockkibana.elasticsearch.security.role_descriptors import (
    Descriptor,
    parse_descriptor,
    validation_errors,
)
from mockkibana.json import Json

_LONGEST_NAME = 256
_UPDATE = {"role_descriptors": "object", "metadata": "object", "expiration": "string"}
_CREATE = {"name": "string", **_UPDATE}
_BULK_UPDATE = {"ids": "strings", **_UPDATE}
_INVALIDATE = {
    "realm_name": "string",
    "username": "string",
    "id": "string",
    "name": "string",
    "owner": "boolean",
    "ids": "strings",
}
_GRANT = {
    "grant_type": "string",
    "username": "string",
    "password": "string",
    "access_token": "string",
    "client_authentication": "object",
    "run_as": "string",
    "api_key": "object",
}


@dataclass(frozen=True, slots=True)
class KeyBody:
    """What a request says of an API key: None for what it does not.

    `seconds` are how long it is good for. Elasticsearch counts no parts of them.
    """

    name: str | None
    role_descriptors: dict[str, Descriptor] | None
    metadata: dict[str, Json] | None
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Grant:
    """Credentials of somebody, and the key that is to be made for them."""

    grant_type: str
    credentials: dict[str, str] = field(repr=False)
    key: KeyBody


def read_create(raw: bytes, body: Json) -> KeyBody:
    """Read the body that creates a key. Raises `ElasticsearchError`."""
    with located(raw, body):
        key = _key("api_key_request", _CREATE, body, ())
        _require_name(key)
    _check(key, name_errors(key.name or ""))
    return key


def read_update(raw: bytes, body: Json) -> KeyBody:
    """Read the body that changes a key. Raises `ElasticsearchError`."""
    with located(raw, body):
        key = _key("update_api_key_request_payload", _UPDATE, body, ())
    _check(key, [])
    return key


def read_bulk_update(raw: bytes, body: Json) -> tuple[list[str], KeyBody]:
    """Read the ids of keys, and what is to change in all of them. Raises `ElasticsearchError`."""
    parser = "bulk_update_api_key_request"
    with located(raw, body):
        found = fields(parser, _BULK_UPDATE, body, ())
        if "ids" not in found:
            raise illegal("Required [ids]")
        key = _key(parser, _BULK_UPDATE, body, ())
    _check(key, [] if found["ids"] else ["Field [ids] cannot be empty"])
    return found["ids"], key


def read_grant(raw: bytes, body: Json) -> Grant:
    """Read the body that creates a key for somebody else. Raises `ElasticsearchError`."""
    with located(raw, body):
        found = fields("grant_api_key_request", _GRANT, body, ())
        for missing in ("client_authentication", "run_as"):
            if missing in found:
                raise unsupported(f"[{missing}]")
        for required in ("grant_type", "api_key"):
            if required not in found:
                raise illegal(f"Required [{required}]")
        key = _key("api_key_request", _CREATE, found["api_key"], ("api_key",))
        _require_name(key)
    kind = found["grant_type"]
    credentials = {name: found[name] for name in _GRANT if name in found and name in _CREDENTIALS}
    wanted = _WANTED.get(kind)
    # Guess: the texts of `GrantApiKeyRequest` and `Grant`, from memory.
    if wanted is None:
        texts = [f"invalid grant_type [{kind}]"]
    else:
        texts = [
            f"[{name}] is required for grant_type [{kind}]"
            for name in wanted
            if name not in credentials
        ]
        texts += [
            f"[{name}] is not supported for grant_type [{kind}]"
            for name in credentials
            if name not in wanted
        ]
    _check(key, [*texts, *name_errors(key.name or "")])
    return Grant(kind, credentials, key)


_CREDENTIALS = ("username", "password", "access_token")
_WANTED = {"password": ("username", "password"), "access_token": ("access_token",)}


def read_invalidate(raw: bytes, body: Json) -> dict[str, Any]:
    """Read which keys are to be invalidated: `ids`, `name`, `username`, `realm_name`, `owner`.

    Raises `ElasticsearchError`.
    """
    with located(raw, body):
        found = fields("invalidate_api_key", _INVALIDATE, body, ())
        if "id" in found:
            if "ids" in found:
                raise illegal("Must use either [id] or [ids], not both at the same time")
            found["ids"] = [found.pop("id")]
    if texts := _selection_errors(found):
        raise validation_failed(texts)
    return found


def _selection_errors(found: dict[str, Any]) -> list[str]:
    ids, owner = found.get("ids"), found.get("owner", False)
    name = _has_text(found.get("name"))
    whose = _has_text(found.get("username")) or _has_text(found.get("realm_name"))
    texts = []
    if ids is not None and not ids:
        texts.append("Field [ids] cannot be an empty array")
    if blank := [number for number, text in enumerate(ids or ()) if not _has_text(text)]:
        several = "s" if len(blank) > 1 else ""
        texts.append(
            f"Field [ids] must not contain blank id, but got blank id{several} at index "
            f"position{several}: {blank}"
        )
    if ids is None and not (name or whose or owner):
        texts.append(
            "One of [api key id(s), api key name, username, realm name] must be specified if "
            "[owner] flag is false"
        )
    if (ids is not None or name) and whose:
        texts.append(
            "username or realm name must not be specified when the api key id(s) or api key name "
            "are specified"
        )
    if owner and whose:
        texts.append(
            "neither username nor realm-name may be specified when invalidating owned API keys"
        )
    if ids is not None and name:
        texts.append("only one of [api key id(s), api key name] can be specified")
    return texts


def name_errors(name: str) -> list[str]:
    """Return what is wrong with the name of a key."""
    if not name:
        return ["api key name is required"]
    texts = []
    if len(name) > _LONGEST_NAME:
        texts.append(f"api key name may not be more than {_LONGEST_NAME} characters long")
    if name != name.strip():
        texts.append("api key name may not begin or end with whitespace")
    if name.startswith("_"):
        texts.append("api key name may not begin with an underscore")
    return texts


def _has_text(text: str | None) -> bool:
    return bool(text and text.strip())


def _require_name(key: KeyBody) -> None:
    if key.name is None:
        raise illegal("Required [name]")


def _check(key: KeyBody, texts: list[str]) -> None:
    if any(name.startswith("_") for name in key.metadata or ()):
        texts = [*texts, "API key metadata keys may not start with [_]"]
    for descriptor in (key.role_descriptors or {}).values():
        texts = [*texts, *validation_errors(descriptor)]
    if texts:
        raise validation_failed(texts)


def _key(parser: str, kinds: dict[str, str], body: Json, path: Path) -> KeyBody:
    found = fields(parser, kinds, body, path)
    descriptors = None
    if "role_descriptors" in found:
        descriptors = _descriptors(parser, found["role_descriptors"], (*path, "role_descriptors"))
    seconds = None
    if "expiration" in found:
        seconds = _seconds(parser, found["expiration"], path)
    return KeyBody(found.get("name"), descriptors, found.get("metadata"), seconds)


def _descriptors(parser: str, value: dict[str, Json], path: Path) -> dict[str, Descriptor]:
    found = {}
    for name, descriptor in value.items():
        inner = (*path, name)
        try:
            found[name] = parse_descriptor(
                name, descriptor, inner, restricted=True, described=False
            )
        except ParseError as error:
            if error.is_ours:
                raise
            # Guess: the place is that of the token at which the parser stopped, the name in the
            # inner text that of the field to which it belongs.
            role = ParseError(
                X_CONTENT,
                f"[{{place}}] [role_descriptors] failed to parse field [{error.path[-1]}]",
                error.path,
                inner=error,
            )
            raise ParseError(
                X_CONTENT,
                f"[{{place}}] [{parser}] failed to parse field [role_descriptors]",
                error.path,
                inner=role,
            ) from None
    return found


def _seconds(parser: str, text: str, path: Path) -> int:
    try:
        return milliseconds(text, "expiration") // 1000 if text != "-1" else 0
    except ElasticsearchError as error:
        # Guess: the request is built of its fields once all of them are read.
        raise ParseError(
            X_CONTENT,
            f"Failed to build [{parser}] after last required field arrived",
            path,
            inner=ParseError(error.type, error.reason, path, caused_by=error.caused_by),
        ) from None
