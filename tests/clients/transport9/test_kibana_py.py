"""kibana-py, and the newest Elasticsearch client, which share a transport of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from elasticsearch import Elasticsearch
from kibana import BadRequestError, ConflictError, Kibana, NotFoundError

from mockkibana.world import World

CONNECTOR_ID = "d6f1c6a0-2a4c-4d6b-9d5f-0f6c1f2a3b4c"
INDEX = {"name": "Audit", "connector_type_id": ".index", "config": {"index": "audit"}}


@pytest.fixture
def url(serve: Callable[[World], str], world: World) -> str:
    return serve(world)


@pytest.fixture
def kibana(url: str) -> Iterator[Kibana]:
    with Kibana(url) as client:
        yield client


def test_a_connector_lives_its_whole_life(kibana: Kibana) -> None:
    created = kibana.connectors.create(id=CONNECTOR_ID, **INDEX).body
    assert created["id"] == CONNECTOR_ID
    assert kibana.connectors.get(id=CONNECTOR_ID).body == created
    updated = kibana.connectors.update(id=CONNECTOR_ID, name="Other", config={"index": "other"})
    assert updated["config"]["index"] == "other"
    assert [one["name"] for one in kibana.connectors.get_all()] == ["Other"]
    kibana.connectors.delete(id=CONNECTOR_ID)
    assert kibana.connectors.get_all().body == []


def test_a_run_puts_a_document_where_the_newest_client_finds_it(kibana: Kibana, url: str) -> None:
    kibana.connectors.create(id=CONNECTOR_ID, **INDEX)
    run = kibana.connectors.execute(id=CONNECTOR_ID, params={"documents": [{"message": "hello"}]})
    assert run["status"] == "ok"
    elasticsearch = Elasticsearch(f"{url}/_mock/elasticsearch")
    found = elasticsearch.search(index="audit", query={"match": {"message": "hello"}})
    assert [hit["_source"] for hit in found["hits"]["hits"]] == [{"message": "hello"}]
    elasticsearch.close()


def test_a_space_has_connectors_of_its_own(kibana: Kibana) -> None:
    kibana.spaces.create(id="marketing", name="Marketing")
    kibana.space("marketing").connectors.create(id=CONNECTOR_ID, **INDEX)
    assert kibana.connectors.get_all().body == []
    assert len(kibana.space("marketing").connectors.get_all().body) == 1


def test_the_types_and_the_status_are_read(kibana: Kibana) -> None:
    assert ".index" in {kind["id"] for kind in kibana.connectors.list_types()}
    assert kibana.status.get_status()["status"]["overall"]["level"] == "available"


def test_refusals_are_the_clients_own_errors(kibana: Kibana) -> None:
    kibana.connectors.create(id=CONNECTOR_ID, **INDEX)
    with pytest.raises(ConflictError):
        kibana.connectors.create(id=CONNECTOR_ID, **INDEX)
    with pytest.raises(NotFoundError):
        kibana.connectors.get(id="none")
    with pytest.raises(BadRequestError):
        kibana.connectors.create(name="x", connector_type_id=".none")


def test_an_update_of_a_space_keeps_what_it_does_not_name(kibana: Kibana) -> None:
    kibana.spaces.create(id="team", name="Team", description="Ours", color="#ff0000")
    updated = kibana.spaces.update(id="team", name="Other").body
    assert (updated["name"], updated["description"], updated["color"]) == (
        "Other",
        "Ours",
        "#ff0000",
    )
    spaces = kibana.spaces.get_all(include_authorized_purposes=True).body
    assert all(space["authorizedPurposes"]["any"] for space in spaces)
    with pytest.raises(BadRequestError):
        kibana.spaces.get_all(purpose="any", include_authorized_purposes=True)


def test_the_stats_are_there(kibana: Kibana) -> None:
    stats = kibana.status.get_stats(extended=True).body
    assert stats["kibana"]["status"] == "green"
    assert stats["process"]["memory"]["heap"]["used_bytes"] > 0
    assert stats["cluster_uuid"]
