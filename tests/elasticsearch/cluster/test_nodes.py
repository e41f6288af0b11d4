"""The node says of itself what a node of that version says."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store


@pytest.mark.parametrize(
    ("version", "lucene", "wire", "indices"),
    [
        ("8.17.0", "9.12.0", "7.17.0", "7.0.0"),
        ("8.18.3", "9.12.1", "7.17.0", "7.0.0"),
        ("8.19.5", "9.12.2", "7.17.0", "7.0.0"),
        ("9.0.0", "10.1.0", "8.18.0", "8.0.0"),
        ("9.1.4", "10.2.2", "8.19.0", "8.0.0"),
        ("9.2.0", "10.3.1", "8.19.0", "8.0.0"),
        ("9.3.2", "10.3.2", "8.19.0", "8.0.0"),
        ("9.4.2", "10.4.0", "8.19.0", "8.0.0"),
        ("9.5.4", "10.5.1", "8.19.0", "8.0.0"),
    ],
)
def test_elasticsearch_has_the_version_of_its_kibana(
    version: str, lucene: str, wire: str, indices: str
) -> None:
    store = Store()
    cluster = Cluster(store, Installation(Settings(kibana_version=version)))
    before = store.digest()
    info = cluster.info()
    assert list(info) == ["name", "cluster_name", "cluster_uuid", "version", "tagline"]
    assert info["version"]["number"] == version
    assert info["version"]["lucene_version"] == lucene
    assert info["version"]["minimum_wire_compatibility_version"] == wire
    assert info["version"]["minimum_index_compatibility_version"] == indices
    assert len(info["version"]["build_hash"]) == 40
    assert info["tagline"] == "You Know, for Search"
    assert cluster.info()["cluster_uuid"] == info["cluster_uuid"]
    assert store.digest() == before
