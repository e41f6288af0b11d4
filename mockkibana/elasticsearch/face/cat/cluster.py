"""The cat APIs about the cluster and its one node."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from mockkibana.elasticsearch.cluster import nodes
from mockkibana.elasticsearch.face.cat.routes import ROUTES
from mockkibana.elasticsearch.face.cat.table import Column, Row, answer
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.http.messages import Answer

_HEALTH = (
    Column("epoch", "t,time", "seconds since 1970-01-01 00:00:00"),
    Column("timestamp", "ts,hms,hhmmss", "time in HH:MM:SS"),
    Column("cluster", "cl", "cluster name"),
    Column("status", "st", "health status"),
    Column("node.total", "nt,nodeTotal", "total number of nodes", right=True),
    Column("node.data", "nd,nodeData", "number of nodes that can store data", right=True),
    Column("shards", "t,sh,shards.total,shardsTotal", "total number of shards", right=True),
    Column("pri", "p,shards.primary,shardsPrimary", "number of primary shards", right=True),
    Column("relo", "r,shards.relocating", "number of relocating nodes", right=True),
    Column("init", "i,shards.initializing", "number of initializing nodes", right=True),
    Column("unassign", "u,shards.unassigned", "number of unassigned shards", right=True),
    Column(
        "unassign.pri",
        "up,shards.unassigned.primary",
        "number of unassigned primary shards",
        right=True,
    ),
    Column("pending_tasks", "pt,pendingTasks", "number of pending tasks", right=True),
    Column("max_task_wait_time", "mtwt", "wait time of longest task pending", right=True),
    Column("active_shards_percent", "asp", "active number of shards in percent", right=True),
)


def health(request: RestRequest) -> Answer:
    """Answer the health of the cluster in one row."""
    cluster = request.authorized_cluster()
    found = cluster.resolve("_all", expand_wildcards="all")
    primaries = sum(index.shards for index in found)
    missing = sum(index.shards * (index.copies - 1) for index in found)
    now = cluster.installation.clock.milliseconds() // 1000
    percent = 100 * primaries / (primaries + missing) if primaries else 100.0
    numbers = (1, 1, primaries, primaries, 0, 0, missing, 0, 0)
    row = (
        now,
        f"{datetime.fromtimestamp(now, UTC):%H:%M:%S}",
        nodes.CLUSTER_NAME,
        "yellow" if missing else "green",
        *numbers,
        "-",
        f"{percent:.1f}%",
    )
    return answer(request, _HEALTH, [row])


def _of_node(*columns: tuple[Column, str | int]) -> Callable[[RestRequest], Answer]:
    """Return a handler of a table with one row, which never changes."""

    def handler(request: RestRequest) -> Answer:
        request.authorize()
        return answer(request, [column for column, _ in columns], [[cell for _, cell in columns]])

    return handler


def _empty(*names: str) -> Callable[[RestRequest], Answer]:
    """Return a handler of a table without rows."""

    def handler(request: RestRequest) -> Answer:
        request.authorize()
        return answer(request, [Column(name, "", name.replace("_", " ")) for name in names], [])

    return handler


def allocation(request: RestRequest) -> Answer:
    """Answer how many shards are on the node, and how many are nowhere."""
    found = request.authorized_cluster().resolve("_all", expand_wildcards="all")
    number = sum(index.shards for index in found)
    missing = sum(index.shards * (index.copies - 1) for index in found)
    used = sum(map(request.cluster.size, found))
    free = nodes.DISK - used
    rows: list[Row] = [
        (number, used, used, free, nodes.DISK, 0, nodes.IP, nodes.IP, nodes.NAME, nodes.ROLES)
    ]
    if missing:
        rows.append((missing, *[None] * 7, "UNASSIGNED", None))
    return answer(request, _ALLOCATION, rows)


_ALLOCATION = (
    Column("shards", "s", "number of shards on node", right=True),
    Column("disk.indices", "di", "disk used by ES indices", right=True, is_size=True),
    Column("disk.used", "du", "disk used (total, not just ES)", right=True, is_size=True),
    Column("disk.avail", "da", "disk available", right=True, is_size=True),
    Column("disk.total", "dt", "total capacity of all volumes", right=True, is_size=True),
    Column("disk.percent", "dp", "percent disk used", right=True),
    Column("host", "h", "host of node"),
    Column("ip", "", "ip of node"),
    Column("node", "n", "name of node"),
    Column("node.role", "r,role,nodeRole", "node roles"),
)


def tasks(request: RestRequest) -> Answer:
    """Answer the tasks that run: the one that lists them."""
    clock = request.authorized_cluster().installation.clock
    now = clock.milliseconds()
    number = request.cluster.tasks.next_number()
    row = (
        "cluster:monitor/tasks/lists",
        f"{nodes.ID}:{number}",
        "-",
        "transport",
        now,
        f"{datetime.fromtimestamp(now / 1000, UTC):%H:%M:%S}",
        "0s",
        nodes.IP,
        nodes.NAME,
    )
    names = "action,task_id,parent_task_id,type,start_time,timestamp,running_time,ip,node"
    columns = [Column(name, "", name.replace("_", " ")) for name in names.split(",")]
    return answer(request, columns, [row])


_POOLS = ("analyze", "flush", "get", "management", "refresh", "search", "write")


def thread_pool(request: RestRequest) -> Answer:
    """Answer the thread pools of the node, all of which rest."""
    request.authorize()
    columns = (
        Column("node_name", "nn", "node name"),
        Column("name", "n", "thread pool name"),
        Column("active", "a", "number of active threads", right=True),
        Column("queue", "q", "number of tasks currently in queue", right=True),
        Column("rejected", "r", "number of rejected tasks", right=True),
    )
    return answer(request, columns, [(nodes.NAME, name, 0, 0, 0) for name in _POOLS])


def help_(request: RestRequest) -> Answer:
    """Answer the paths of all tables."""
    request.authorize()
    paths = sorted(route.pattern for route in ROUTES if route.pattern != "/_cat")
    return Answer(200, "=^.^=\n" + "".join(f"{path}\n" for path in paths))


_node = Column("node", "name", "node name")
_ip = Column("ip", "i", "ip address")
_host = Column("host", "h", "host name")
node_table = _of_node(
    (_ip, nodes.IP),
    (Column("heap.percent", "hp,heapPercent", "used heap ratio", right=True), 20),
    (Column("ram.percent", "rp,ramPercent", "used machine memory ratio", right=True), 50),
    (Column("cpu", "", "recent cpu usage", right=True), 1),
    (Column("load_1m", "l", "1m load avg", right=True), "0.00"),
    (Column("load_5m", "l", "5m load avg", right=True), "0.00"),
    (Column("load_15m", "l", "15m load avg", right=True), "0.00"),
    (Column("node.role", "r,role,nodeRole", "node roles"), nodes.ROLES),
    (Column("master", "m", "*:current master"), "*"),
    (Column("name", "n", "node name"), nodes.NAME),
)
master = _of_node(
    (Column("id", "", "node id"), nodes.ID), (_host, nodes.IP), (_ip, nodes.IP), (_node, nodes.NAME)
)
node_attributes = _of_node(
    (_node, nodes.NAME),
    (_host, nodes.IP),
    (_ip, nodes.IP),
    (Column("attr", "attr.name", "attribute description"), "xpack.installed"),
    (Column("value", "attr.value", "attribute value"), "true"),
)
pending_tasks = _empty("insertOrder", "timeInQueue", "priority", "source")
plugins = _empty("name", "component", "version")
repositories = _empty("id", "type")
snapshots = _empty("id", "repository", "status")
fielddata = _empty("id", "host", "ip", "node", "field", "size")
recovery = _empty("index", "shard", "time", "type", "stage")
transforms = _empty("id", "state")
anomaly_detectors = _empty("id", "state")
datafeeds = _empty("id", "state")
data_frame_analytics = _empty("id", "type", "state")
trained_models = _empty("id", "heap_size")
