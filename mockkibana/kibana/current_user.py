"""Who asks, as Kibana tells it."""

from __future__ import annotations

from mockkibana.json import Json
from mockkibana.security.identity import Identity, Realm


def current_user(identity: Identity) -> dict[str, Json]:
    """Return the user of a request: Elasticsearch's answer, and how Kibana came to know of it.

    The order of the keys is from memory of Elasticsearch's `Authentication.toXContentFragment`.
    """
    user: dict[str, Json] = {
        "username": identity.username,
        "roles": list(identity.roles),
        "full_name": identity.full_name,
        "email": identity.email,
        "metadata": dict(identity.metadata),
        "enabled": True,
        "authentication_realm": _realm(identity.realm),
        "lookup_realm": _realm(identity.lookup_realm),
        "authentication_type": identity.authentication_type,
    }
    if identity.api_key is not None:
        user["api_key"] = dict(identity.api_key)
    # What comes with a header `Authorization` is verified by the provider `__http__`.
    user["authentication_provider"] = {"type": "http", "name": "__http__"}
    user["elastic_cloud_user"] = False
    return user


def _realm(realm: Realm) -> Json:
    return {"name": realm.name, "type": realm.type}
