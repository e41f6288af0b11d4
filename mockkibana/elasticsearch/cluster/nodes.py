"""The one node of the cluster: what `GET /` says of it."""

from __future__ import annotations

from mockkibana.json import Json
from mockkibana.settings import Settings

NAME = "mock-es-01"
CLUSTER_NAME = "docker-cluster"

_LUCENE = {17: "9.12.0", 18: "9.12.1", 19: "9.12.2"}
_BUILD_DATE = {17: "2024-12-11", 18: "2025-04-10", 19: "2025-07-23"}


def info(settings: Settings, cluster_uuid: str) -> Json:
    """Return the answer of `GET /`: Elasticsearch has the version of its Kibana."""
    minor = settings.version[1]
    return {
        "name": NAME,
        "cluster_name": CLUSTER_NAME,
        "cluster_uuid": cluster_uuid,
        "version": {
            "number": settings.kibana_version,
            "build_flavor": "default",
            "build_type": "docker",
            "build_hash": "6d6f636b6b6962616e61" * 2,
            "build_date": f"{_BUILD_DATE[minor]}T12:08:05.663969764Z",
            "build_snapshot": False,
            "lucene_version": _LUCENE[minor],
            "minimum_wire_compatibility_version": "7.17.0",
            "minimum_index_compatibility_version": "7.0.0",
        },
        "tagline": "You Know, for Search",
    }
