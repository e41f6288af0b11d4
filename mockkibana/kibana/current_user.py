"""Who asks, as Kibana tells it."""

from __future__ import annotations

from mockkibana.elasticsearch.security.identities import shown_identity
from mockkibana.json import Json
from mockkibana.security.identity import Identity


def current_user(identity: Identity) -> dict[str, Json]:
    """Return the user of a request: Elasticsearch's answer, and how Kibana came to know of it.

    The order of the keys is from memory of Elasticsearch's `Authentication.toXContentFragment`.
    """
    return {
        **shown_identity(identity),
        # What comes with a header `Authorization` is verified by the provider `__http__`.
        "authentication_provider": {"type": "http", "name": "__http__"},
        "elastic_cloud_user": False,
    }
