"""The one node of the cluster: what `GET /` says of it."""

from __future__ import annotations

from mockkibana.json import Json, Record
from mockkibana.settings.release import Release

NAME = "mock-es-01"
CLUSTER_NAME = "docker-cluster"
ID = "bW9ja2tpYmFuYS1ub2RlLQ"  # 22 characters of base64, as every id of a node
IP = "127.0.0.1"
DISK = 100 * 1024**3  # bytes
ROLES = "cdfhilmrstw"
ROLE_NAMES = (
    *("data", "data_cold", "data_content", "data_frozen", "data_hot", "data_warm", "ingest"),
    *("master", "ml", "remote_cluster_client", "transform"),
)


def info(release: Release, cluster_uuid: str) -> Json:
    """Return the answer of `GET /`: Elasticsearch has the version of its Kibana."""
    return {
        "name": NAME,
        "cluster_name": CLUSTER_NAME,
        "cluster_uuid": cluster_uuid,
        "version": {
            "number": release.version,
            "build_flavor": "default",
            "build_type": "docker",
            "build_hash": "6d6f636b6b6962616e61" * 2,
            "build_date": f"{release.elasticsearch_build_date}T12:08:05.663969764Z",
            "build_snapshot": False,
            "lucene_version": release.lucene_version,
            "minimum_wire_compatibility_version": release.minimum_wire_version,
            "minimum_index_compatibility_version": release.minimum_index_version,
        },
        "tagline": "You Know, for Search",
    }


def body() -> Record:
    """Return what answers about shards say of the node that has them."""
    return {
        "name": NAME,
        "ephemeral_id": ID,
        "transport_address": f"{IP}:9300",
        "external_id": NAME,
        "attributes": {},
        "roles": list(ROLE_NAMES),
    }
