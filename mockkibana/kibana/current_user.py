"""The current user, as Kibana's internal route describes it."""

from __future__ import annotations

from mockkibana.elasticsearch.security.identities import shown_identity
from mockkibana.json import Json
from mockkibana.security.identity import Identity


def current_user(identity: Identity) -> dict[str, Json]:
    """Return what Elasticsearch says of an identity, and which provider of Kibana verified it."""
    # Guess: the order of the keys, after Elasticsearch's `Authentication.toXContentFragment`.
    return {
        **shown_identity(identity),
        # What comes with a header `Authorization` is verified by the provider `__http__`.
        "authentication_provider": {"type": "http", "name": "__http__"},
        "elastic_cloud_user": False,
    }
