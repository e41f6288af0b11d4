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
