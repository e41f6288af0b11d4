"""The cat APIs about indices: their documents, shards, aliases and templates."""

from __future__ import annotations

from datetime import UTC, datetime

from mockkibana.elasticsearch.cluster import nodes
from mockkibana.elasticsearch.face.cat.table import Column, Row, answer
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.wildcards import wildcard

_INDICES = (
    Column("health", "h", "current health status"),
    Column("status", "s", "open/close status"),
    Column("index", "i,idx", "index name"),
    Column("uuid", "id,uuid", "index uuid"),
    Column("pri", "p,shards.primary,shardsPrimary", "number of primary shards", right=True),
    Column("rep", "r,shards.replica,shardsReplica", "number of replica shards", right=True),
    Column("docs.count", "dc,docsCount", "available docs", right=True),
    Column("docs.deleted", "dd,docsDeleted", "deleted docs", right=True),
    Column("creation.date", "cd", "index creation date (millisecond value)", shown=False),
    Column("creation.date.string", "cds", "index creation date (as string)", shown=False),
    Column(
        "store.size",
        "ss,storeSize",
        "store size of primaries & replicas",
        right=True,
        is_size=True,
    ),
    Column("pri.store.size", "", "store size of primaries", right=True, is_size=True),
    Column("dataset.size", "", "total size of dataset", right=True, is_size=True),
)


def indices(request: RestRequest) -> Answer:
    """Answer a row for each index."""
    health = request.parameters.text("health")
    rows = [
        row
        for index in request.indices(expand="all" if "index" in request.names else "open,closed")
        if (row := _index_row(request, index))[0] == health or health is None
    ]
    return answer(request, _INDICES, rows)


def _index_row(request: RestRequest, index: Index) -> Row:
    size = request.cluster.size(index)
    count = None if index.is_closed else request.cluster.count(index)
    created = datetime.fromtimestamp(index.creation_date / 1000, UTC)
    return (
        "yellow" if index.copies > 1 else "green",
        "close" if index.is_closed else "open",
        index.name,
        index.uuid,
        index.shards,
        index.copies - 1,
        count,
        None if count is None else 0,
        index.creation_date,
        created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        None if count is None else size,
        None if count is None else size,
        None if count is None else size,
    )


_ALIASES = (
    Column("alias", "a", "alias name"),
    Column("index", "i,idx", "index alias points to"),
    Column("filter", "f,fi", "filter"),
    Column("routing.index", "ri,routingIndex", "index routing"),
    Column("routing.search", "rs,routingSearch", "search routing"),
    Column("is_write_index", "w,isWriteIndex", "write index"),
)


def aliases(request: RestRequest) -> Answer:
    """Answer a row for each alias of each index."""
    tests = list(map(wildcard, request.names.get("name", "*").split(",")))
    rows = [
        _alias_row(index, alias, properties)
        for index in request.indices(expand="all")
        for alias, properties in index.aliases.items()
        if any(test(alias) for test in tests)
    ]
    return answer(request, _ALIASES, rows)


def _alias_row(index: Index, alias: str, properties: dict[str, Json]) -> Row:
    writes = properties.get("is_write_index")
    return (
        alias,
        index.name,
        "*" if "filter" in properties else "-",
        properties.get("index_routing", "-"),
        properties.get("search_routing", "-"),
        "-" if writes is None else str(writes).lower(),
    )


_COUNT = (
    Column("epoch", "t,time", "seconds since 1970-01-01 00:00:00"),
    Column("timestamp", "ts,hms,hhmmss", "time in HH:MM:SS"),
    Column("count", "dc,docs.count,docsCount", "the document count"),
)


def count(request: RestRequest) -> Answer:
    """Answer how many documents there are."""
    number = sum(request.cluster.count(index) for index in request.indices())
    now = request.cluster.installation.clock.milliseconds() // 1000
    return answer(request, _COUNT, [(now, f"{datetime.fromtimestamp(now, UTC):%H:%M:%S}", number)])


_SHARDS = (
    Column("index", "i,idx", "index name"),
    Column("shard", "s,sh", "shard name"),
    Column("prirep", "p,pr,primaryOrReplica", "primary or replica"),
    Column("state", "st", "shard state"),
    Column("docs", "d,dc", "number of docs in shard", right=True),
    Column("store", "sto", "store size of shard (how much disk it uses)", right=True, is_size=True),
    Column("dataset", "", "total size of dataset", right=True, is_size=True),
    Column("ip", "", "ip of node where it lives"),
    Column("node", "n", "name of node where it lives"),
)


def shards(request: RestRequest) -> Answer:
    """Answer a row for each shard: primaries are started, replicas have nowhere to be."""
    rows: list[Row] = []
    for index in request.indices(expand="all"):
        size, documents = request.cluster.size(index), request.cluster.count(index)
        for shard in range(index.shards):
            told = (documents, size) if shard == 0 else (0, 0)
            rows.append((index.name, shard, "p", "STARTED", *told, told[1], nodes.IP, nodes.NAME))
            replica = (index.name, shard, "r", "UNASSIGNED", None, None, None, None, None)
            rows += [replica] * (index.copies - 1)
    return answer(request, _SHARDS, rows)


_SEGMENTS = (
    Column("index", "i,idx", "index name"),
    Column("shard", "s,sh", "shard name"),
    Column("prirep", "p,pr,primaryOrReplica", "primary or replica"),
    Column("ip", "", "ip of node where it lives"),
    Column("segment", "seg", "segment name"),
    Column("generation", "g,gen", "segment generation", right=True),
    Column("docs.count", "dc,docsCount", "number of docs in segment", right=True),
    Column("docs.deleted", "dd,docsDeleted", "number of deleted docs in segment", right=True),
    Column("size", "si", "segment size in bytes", right=True, is_size=True),
    Column("committed", "ic,isCommitted", "is segment committed"),
    Column("searchable", "is,isSearchable", "is segment searched"),
)


def segments(request: RestRequest) -> Answer:
    """Answer a row for each segment: an index with documents has one."""
    rows: list[Row] = []
    for index in request.indices():
        if number := request.cluster.count(index):
            size = request.cluster.size(index)
            told = (nodes.IP, "_0", 0, number, 0, size, "true", "true")
            rows.append((index.name, 0, "p", *told))
    return answer(request, _SEGMENTS, rows)


_TEMPLATES = (
    Column("name", "n", "template name"),
    Column("index_patterns", "t", "template index patterns"),
    Column("order", "o,p", "template application order/priority number"),
    Column("version", "v", "version"),
    Column("composed_of", "c", "component templates comprising index template"),
)


def templates(request: RestRequest) -> Answer:
    """Answer a row for each legacy and each composable template."""
    store = request.authorized_cluster().templates
    name = request.names.get("name", "*")
    rows: list[Row] = [
        (each, _listed(found["index_patterns"]), found["order"], found.get("version"), "")
        for each, found in store.find(store.legacy(), name).items()
    ]
    rows += [
        (
            each,
            _listed(found["index_patterns"]),
            found.get("priority", 0),
            found.get("version"),
            _listed(found.get("composed_of", [])),
        )
        for each, found in store.find(store.composable(), name).items()
    ]
    return answer(request, _TEMPLATES, sorted(rows, key=lambda row: str(row[0])))


def _listed(names: list[str]) -> str:
    return f"[{', '.join(names)}]"


_COMPONENTS = (
    Column("name", "n", "component template name"),
    Column("version", "v", "version"),
    Column("alias_count", "a", "alias count"),
    Column("mapping_count", "m", "mapping count"),
    Column("settings_count", "s", "settings count"),
    Column("metadata_count", "me", "metadata count"),
    Column("included_in", "i", "included in"),
)


def component_templates(request: RestRequest) -> Answer:
    """Answer a row for each component template."""
    store = request.authorized_cluster().templates
    users = store.composable()
    rows: list[Row] = [
        (
            name,
            found.get("version"),
            len(found["template"].get("aliases") or ()),
            len(found["template"].get("mappings") or ()),
            len((found["template"].get("settings") or {}).get("index", ())),
            len(found.get("_meta") or ()),
            _listed([each for each, user in users.items() if name in user.get("composed_of", ())]),
        )
        for name, found in store.find(store.components(), request.names.get("name", "*")).items()
    ]
    return answer(request, _COMPONENTS, sorted(rows, key=lambda row: str(row[0])))
