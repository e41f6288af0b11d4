"""The official clients 8 and 9 as asyncio code uses them."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator
from typing import Any

import pytest


@pytest.mark.parametrize("name", ["elasticsearch8", "elasticsearch"])
def test_the_asynchronous_client_does_its_ordinary_work(name: str, elasticsearch_url: str) -> None:
    asyncio.run(work(name, elasticsearch_url))


async def work(name: str, url: str) -> None:
    module, helpers = importlib.import_module(name), importlib.import_module(f"{name}.helpers")
    async with module.AsyncElasticsearch(url, max_retries=0) as client:
        assert await client.ping()
        await indices(client)
        await bulk(client, helpers)
        await searches(client, helpers)
        await documents(client)
        await refusals(client, module)
        await at_once(client)
        await dsl(client, importlib.import_module(f"{name}.dsl"))


async def indices(client: Any) -> None:
    assert not await client.indices.exists(index="logs")
    properties = {"n": {"type": "long"}, "level": {"type": "keyword"}}
    await client.indices.create(
        index="logs", mappings={"properties": properties}, aliases={"all": {}}
    )
    assert await client.indices.exists(index="logs")
    await client.indices.put_alias(
        index="logs", name="warnings", filter={"term": {"level": "warn"}}
    )
    await client.indices.update_aliases(actions=[{"remove": {"index": "logs", "alias": "all"}}])
    assert not await client.indices.exists_alias(name="all")
    aliases = (await client.indices.get_alias(index="logs")).body["logs"]["aliases"]
    assert aliases == {"warnings": {"filter": {"term": {"level": "warn"}}}}


async def bulk(client: Any, helpers: Any) -> None:
    async def actions() -> AsyncIterator[dict[str, Any]]:
        for n in range(250):
            level = "warn" if n % 5 == 0 else "info"
            yield {"_index": "logs", "_id": str(n), "n": n, "level": level}

    done = await helpers.async_bulk(client, actions(), chunk_size=100, refresh=True)
    assert done == (250, [])
    again = [
        {"_op_type": "create", "_index": "logs", "_id": "1", "n": 1},
        {"_op_type": "update", "_index": "logs", "_id": "none", "doc": {"n": 1}},
        {"_index": "logs", "_id": "2", "n": "two"},
    ]
    stream = helpers.async_streaming_bulk(client, again, raise_on_error=False)
    failed = [next(iter(item.values())) async for _, item in stream]
    assert [(item["_id"], item["status"]) for item in failed] == [
        ("1", 409),
        ("none", 404),
        ("2", 400),
    ]
    with pytest.raises(helpers.BulkIndexError):
        await helpers.async_bulk(client, again)


async def searches(client: Any, helpers: Any) -> None:
    answer = await client.search(
        index="logs",
        size=0,
        aggs={"levels": {"terms": {"field": "level"}, "aggs": {"top": {"max": {"field": "n"}}}}},
    )
    buckets = answer["aggregations"]["levels"]["buckets"]
    assert [(row["key"], row["doc_count"], row["top"]["value"]) for row in buckets] == [
        ("info", 200, 249.0),
        ("warn", 50, 245.0),
    ]
    scan = helpers.async_scan(client, index="warnings", size=20)
    assert sorted([hit["_source"]["n"] async for hit in scan]) == list(range(0, 250, 5))

    pit = (await client.open_point_in_time(index="logs", keep_alive="1m"))["id"]
    await client.delete(index="logs", id="249", refresh=True)
    found: list[int] = []
    after = None
    while True:
        page = await client.search(
            pit={"id": pit, "keep_alive": "1m"}, sort=[{"n": "desc"}], size=100, search_after=after
        )
        hits = page["hits"]["hits"]
        if not hits:
            break
        pit, after = page["pit_id"], hits[-1]["sort"]
        found += (hit["_source"]["n"] for hit in hits)
    assert found == list(range(249, -1, -1))
    assert (await client.close_point_in_time(id=pit))["num_freed"] == 1


async def documents(client: Any) -> None:
    made = await client.index(index="notes", document={"text": "disk full"}, refresh=True)
    id_ = made["_id"]
    updated = await client.update(index="notes", id=id_, doc={"seen": True})
    assert (updated["result"], updated["_version"]) == ("updated", 2)
    read = await client.get(index="notes", id=id_)
    assert read["_source"] == {"text": "disk full", "seen": True}
    few = {"range": {"n": {"lt": 10}}}
    gone = await client.delete_by_query(index="logs", query=few, refresh=True)
    assert (gone["deleted"], (await client.count(index="logs"))["count"]) == (10, 239)
    assert await client.indices.delete(index="notes")


async def refusals(client: Any, module: Any) -> None:
    with pytest.raises(module.NotFoundError, match="no such index \\[none\\]"):
        await client.search(index="none")
    with pytest.raises(module.ConflictError, match="document already exists"):
        await client.create(index="logs", id="10", document={"n": 1})
    with pytest.raises(module.BadRequestError, match="resource_already_exists_exception"):
        await client.indices.create(index="logs")
    lenient = client.options(ignore_status=404)
    assert (await lenient.get(index="logs", id="none"))["found"] is False


async def at_once(client: Any) -> None:
    """Many tasks count with one document; those that lose read it again."""

    async def count() -> None:
        script = {"source": "ctx._source.n += 1"}
        await client.update(index="counts", id="1", script=script, retry_on_conflict=20)

    await client.index(index="counts", id="1", document={"n": 0})
    await asyncio.gather(*(count() for _ in range(20)))
    assert (await client.get(index="counts", id="1"))["_source"] == {"n": 20}


async def dsl(client: Any, module: Any) -> None:
    search = module.AsyncSearch(using=client, index="logs").filter("term", level="warn")
    search.aggs.metric("mean", "avg", field="n")
    answer = await search.sort("-n")[:2].execute()
    assert ([hit.n for hit in answer], answer.aggregations.mean.value) == ([245, 240], 127.5)
    assert len([hit async for hit in search.scan()]) == 48
