"""Who somebody is, as Elasticsearch and Kibana tell it."""

from __future__ import annotations

from mockkibana.json import Json
from mockkibana.security.identity import Identity


def shown_identity(identity: Identity) -> dict[str, Json]:
    """Return who somebody is, as it is answered."""
    realm = {"name": identity.realm.name, "type": identity.realm.type}
    body: dict[str, Json] = {
        "username": identity.username,
        "roles": list(identity.roles),
        "full_name": identity.full_name,
        "email": identity.email,
        "metadata": dict(identity.metadata),
        "enabled": True,
        "authentication_realm": realm,
        "lookup_realm": dict(realm),  # another one only when somebody runs as somebody else
        "authentication_type": identity.authentication_type,
    }
    if identity.api_key is not None:
        body["api_key"] = {**identity.api_key, "managed_by": "elasticsearch"}
    return body
