"""The part `security` of a seed: users, roles, API keys and tokens."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from mockkibana.json import Json
from mockkibana.kibana.errors import KibanaError
from mockkibana.security.tables import STATE, is_on, touch
from mockkibana.settings import SHORTEST_PASSWORD
from mockkibana.spelling import expected
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    Maybe,
    Nullable,
    Number,
    Object,
    RecordOf,
    Schema,
    String,
    matching,
)

if TYPE_CHECKING:
    from mockkibana.security.security import Security
    from mockkibana.settings import Settings
    from mockkibana.store import Store, Transaction


_ACTIONS = "actions"
_CLOSE = 0.8


class BadSecurity(ValueError):
    """A seed's `security` cannot be loaded; `path` is where in it."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


def _password_hash(text: str) -> str | None:
    from mockkibana.security.passwords import is_hash

    return None if is_hash(text) else "expected a hash as a snapshot has it"


_key_id = matching("[^:]*", "a colon ends the id where a key is sent")


class UserSeed(Schema):
    """A user; without a password nobody can log in, but `elastic` has that of the settings."""

    password = Maybe(String(min_length=SHORTEST_PASSWORD))
    password_hash = Nullable(String(validate=_password_hash))
    roles = Maybe(ArrayOf(String(min_length=1)))
    full_name = Nullable(String())
    email = Nullable(String())
    metadata = Maybe(RecordOf(AnyValue()))
    enabled = Maybe(Boolean())


class ApiKeySeed(Schema):
    """An API key of a user: `api_key` is its secret, in clear; the rest is what a snapshot has."""

    id = String(min_length=1, validate=_key_id)
    name = String(min_length=1)
    api_key = Maybe(String(min_length=1))
    hash = Maybe(String(validate=_password_hash))
    username = String(min_length=1)
    role_descriptors = RecordOf(AnyValue(), load_default=dict)
    metadata = RecordOf(AnyValue(), load_default=dict)
    creation = Maybe(Number())
    expiration = Nullable(Number())
    invalidation = Nullable(Number())
    limited_by = Maybe(ArrayOf(RecordOf(AnyValue())))
    realm = Maybe(String())
    realm_type = Maybe(String())


class TokenSeed(Schema):
    """A token as a snapshot has it."""

    id = String(min_length=1)
    username = String(min_length=1)
    creation = Number()
    invalidated = Boolean()
    refresh = Nullable(String())
    refreshed = Nullable(Number())
    client = Maybe(String())
    refresh_invalidated = Maybe(Boolean())
    salt = String(min_length=1)


class SecuritySeed(Schema):
    """What a seed says of security; that it says something switches security on."""

    enabled = Boolean(load_default=True)
    roles = RecordOf(AnyValue(), load_default=dict)
    users = RecordOf(Object(UserSeed()), load_default=dict)
    api_keys = ArrayOf(Object(ApiKeySeed()), load_default=list)
    tokens = ArrayOf(Object(TokenSeed()), load_default=list)


def without_clear_text(content: dict[str, Any]) -> dict[str, Any]:
    """Return the part with hashes in the place of passwords and of the secrets of API keys.

    Hashing is slow by its nature, and a seed is loaded again with every reset. Salts are made of
    the names, so that a seed leads to the same state each time.
    """
    users = {
        name: _hashed(user, "password", "password_hash", name)
        for name, user in content["users"].items()
    }
    keys = [_hashed(key, "api_key", "hash", key["id"]) for key in content["api_keys"]]
    return {**content, "users": users, "api_keys": keys}


def _hashed(record: dict[str, Any], clear: str, kept: str, name: str) -> dict[str, Any]:
    from mockkibana.security.passwords import SALT_BYTES, hashed

    if record.get(clear) is None:
        return record
    salt = sha256(f"{clear} of {name}".encode("utf-8", "surrogatepass")).digest()[:SALT_BYTES]
    record = {**record, kept: hashed(record[clear], salt)}
    del record[clear]
    return record


def restore(security: Security, transaction: Transaction, content: dict[str, Any]) -> None:
    """Put the part into an open transaction. Raises `BadSecurity`."""
    for name, role in content["roles"].items():
        security.roles.restore(transaction, name, _role("roles", name, role))
    for name, user in content["users"].items():
        _check_user(name, user)
        given = {key: value for key, value in user.items() if value is not None}
        known = (security.users.get(name) or {}).get("password_hash")
        if known is not None:  # a password stays, as with Elasticsearch's own API
            given = {"password_hash": known, **given}
        security.users.restore(transaction, name, given)
    for number, key in enumerate(content["api_keys"]):
        security.api_keys.restore(transaction, _api_key(security, number, key))
    for token in content["tokens"]:
        security.tokens.restore(transaction, token)
    touch(transaction, enabled=content["enabled"])


def dump(security: Security, store: Store, settings: Settings) -> Json:
    """Return what there is as the part of a seed, hashes included; None when there is nothing."""
    if store.table(STATE).row(STATE) is None:
        return None
    return {
        "enabled": is_on(store, settings),
        "roles": security.roles.stored(),
        "users": security.users.stored(),
        "api_keys": security.api_keys.all(),
        "tokens": security.tokens.all(),
    }


def without_secrets(content: Json) -> Json:
    """Return the part without hashes: nobody can log in with what is left."""
    users = {
        name: {key: value for key, value in user.items() if key != "password_hash"}
        for name, user in content["users"].items()
    }
    return {**content, "users": users, "api_keys": [], "tokens": []}


def _check_user(name: str, user: dict[str, Any]) -> None:
    from mockkibana.elasticsearch.security.names import user_name_error

    fault = user_name_error(name)
    if any(key.startswith("_") for key in user.get("metadata") or ()):
        fault = fault or "metadata keys may not start with [_]"
    if fault is not None:
        raise BadSecurity(f"users.{name}", fault)


def _role(where: str, name: str, role: Json, *, with_any_name: bool = False) -> dict[str, Any]:
    """Return a role's descriptor; it may be written as Kibana's API has it, too."""
    from mockkibana.elasticsearch.errors import ElasticsearchError
    from mockkibana.elasticsearch.security.roles import read_role

    try:
        if isinstance(role, dict) and ("kibana" in role or "elasticsearch" in role):
            from mockkibana.kibana.roles import descriptor_of

            descriptor = descriptor_of(name, role)
            _check_actions(f"{where}.{name}", role)
            return descriptor
        return read_role(name, role, with_any_name=with_any_name)
    except ElasticsearchError as error:
        inner = "" if error.caused_by is None else f": {error.caused_by['reason']}"
        raise BadSecurity(f"{where}.{name}", error.reason + inner) from None
    except KibanaError as error:
        raise BadSecurity(f"{where}.{name}", error.message) from None


def _check_actions(where: str, role: dict[str, Any]) -> None:
    """Refuse a misspelt feature `actions`, and what is none of its privileges.

    Kibana takes any name for a feature that it does not have (yet), and of the features this is the
    one that counts here.
    """
    from difflib import get_close_matches

    from mockkibana.kibana.features import privileges_ever

    for number, entry in enumerate(role.get("kibana") or ()):
        for feature, privileges in (entry.get("feature") or {}).items():
            place = f"{where}.kibana.{number}.feature.{feature}"
            if feature != _ACTIONS and get_close_matches(feature, [_ACTIONS], cutoff=_CLOSE):
                raise BadSecurity(place, f"there is no such feature; did you mean [{_ACTIONS}]?")
            known = privileges_ever(_ACTIONS) if feature == _ACTIONS else privileges
            for privilege in privileges:
                if privilege not in known:
                    text = f"there is no privilege [{privilege}]; {expected(privilege, known)}"
                    raise BadSecurity(place, text)


def _api_key(security: Security, number: int, key: dict[str, Any]) -> dict[str, Any]:
    """Return a key as it is stored: what a snapshot has, and a person leaves out, is filled in."""
    from mockkibana.security.users import realm_of

    where, name = f"api_keys.{number}", key["username"]
    if key.get("hash") is None:
        raise BadSecurity(where, "expected api_key, the secret of the key")
    user = security.users.get(name)
    if user is None and key.get("limited_by") is None:
        raise BadSecurity(f"{where}.username", f"there is no user [{name}] who could own the key")
    realm = realm_of(name)
    descriptors = {
        role: _role(f"{where}.role_descriptors", role, descriptor, with_any_name=True)
        for role, descriptor in key["role_descriptors"].items()
    }
    limits = security.roles.limits(user["roles"] if user else ())
    if key.get("limited_by") is not None:
        limits = [_limit(f"{where}.limited_by", limit) for limit in key["limited_by"]]
    written = {field: value for field, value in key.items() if value is not None}
    return {
        "creation": security.clock.milliseconds(),
        "expiration": None,
        "invalidation": None,
        "realm": realm.name,
        "realm_type": realm.type,
        **written,
        "limited_by": limits,
        "role_descriptors": descriptors,
    }


def _limit(where: str, limit: dict[str, Any]) -> dict[str, Any]:
    """Return one of the roles that limit a key, as it is stored."""
    from mockkibana.elasticsearch.errors import ElasticsearchError
    from mockkibana.elasticsearch.security.roles import read_limit

    try:
        return read_limit(limit)
    except ElasticsearchError as error:
        raise BadSecurity(where, error.reason) from None
