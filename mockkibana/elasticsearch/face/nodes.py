"""The APIs about the one node, and about the whole cluster as far as that is the node."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster import nodes, statistics
from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.errors import illegal_argument, resource_not_found
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.wildcards import wildcard

_METRICS = (
    *("settings", "os", "process", "jvm", "thread_pool", "transport", "http", "plugins"),
    *("ingest", "aggregations", "indices", "remote_cluster_server", "_all", "_none"),
)
_OURS = ("_all", "_local", "_master", nodes.ID, nodes.NAME, nodes.IP, "data:true", "master:true")


def _is_meant(asked: str | None) -> bool:
    """Return whether the one node is among those that are asked for."""
    if asked is None:
        return True
    return any(wildcard(part)(name) for part in asked.split(",") for name in _OURS)


def _answer(request: RestRequest, node: dict[str, Json], asked: str | None) -> Answer:
    info = request.cluster.info()
    shown = {nodes.ID: node} if _is_meant(asked) else {}
    counts = {"total": len(shown), "successful": len(shown), "failed": 0}
    return Answer(200, {"_nodes": counts, "cluster_name": info["cluster_name"], "nodes": shown})


def _node() -> dict[str, Json]:
    return {
        "name": nodes.NAME,
        "transport_address": f"{nodes.IP}:9300",
        "host": nodes.IP,
        "ip": nodes.IP,
    }


def info(request: RestRequest) -> Answer:
    """Answer what the node is: its version, its roles, and what else was asked for."""
    request.parameters.check_time("timeout")
    cluster = request.authorized_cluster()
    asked, metric = request.names.get("node_id"), request.names.get("metric", "_all")
    if asked is None and any(part not in _METRICS for part in metric.split(",")):
        asked, metric = metric, "_all"  # `/_nodes/{node_id}` looks the same
    metrics = metric.split(",")
    version = cluster.info()["version"]
    parts: dict[str, Json] = {
        "settings": {"cluster": {"name": nodes.CLUSTER_NAME}, "node": {"name": nodes.NAME}},
        "os": {"name": "Linux", "arch": "amd64", "available_processors": 2},
        "process": {"id": 1, "mlockall": False},
        "jvm": {"pid": 1, "version": "21", "vm_name": "none: this is a mock"},
        "thread_pool": {},
        "transport": {"publish_address": f"{nodes.IP}:9300", "profiles": {}},
        "http": {"publish_address": f"{nodes.IP}:9200", "max_content_length_in_bytes": 104857600},
        "plugins": [],
        "ingest": {"processors": [{"type": name} for name in _processors()]},
        "aggregations": {},
    }
    node: dict[str, Json] = {
        **_node(),
        "version": version["number"],
        "build_flavor": version["build_flavor"],
        "build_type": version["build_type"],
        "build_hash": version["build_hash"],
        "roles": list(nodes.ROLE_NAMES),
        "attributes": {},
        **{key: part for key, part in parts.items() if key in metrics or "_all" in metrics},
    }
    return _answer(request, node, asked)


def _processors() -> list[str]:
    from mockkibana.elasticsearch.ingest.processors import PROCESSORS

    return sorted([*PROCESSORS, "pipeline"])


def stats(request: RestRequest) -> Answer:
    """Answer the statistics of the node: those of its indices, and of what it runs on."""
    request.parameters.check_time("timeout")
    cluster = request.authorized_cluster()
    indices = cluster.resolve("", expand_wildcards="all")
    told = statistics.stats(indices, cluster.figures, ("_all",), "cluster")["_all"]["total"]
    now = cluster.installation.clock.milliseconds()
    free = {"total_in_bytes": nodes.DISK, "free_in_bytes": nodes.DISK // 2}
    parts: dict[str, Json] = {
        "indices": told,
        "os": {"timestamp": now, "cpu": {"percent": 0}, "mem": free},
        "process": {"timestamp": now, "open_file_descriptors": 0, "cpu": {"percent": 0}},
        "jvm": {"timestamp": now, "uptime_in_millis": 0, "mem": {"heap_used_percent": 0}},
        "fs": {"timestamp": now, "total": {**free, "available_in_bytes": nodes.DISK // 2}},
        "thread_pool": {},
        "breakers": {},
        "transport": {"server_open": 0, "rx_count": 0, "tx_count": 0},
        "http": {"current_open": 0, "total_opened": 0},
        "ingest": {"total": {"count": 0, "time_in_millis": 0, "current": 0, "failed": 0}},
    }
    metrics = request.names.get("metric", "_all").split(",")
    node: dict[str, Json] = {
        "timestamp": now,
        **_node(),
        "roles": list(nodes.ROLE_NAMES),
        "attributes": {},
        **{key: part for key, part in parts.items() if key in metrics or "_all" in metrics},
    }
    return _answer(request, node, request.names.get("node_id"))


def usage(request: RestRequest) -> Answer:
    """Answer how often features were used, which is not counted."""
    request.parameters.check_time("timeout")
    now = request.authorized_cluster().installation.clock.milliseconds()
    node: dict[str, Json] = {"timestamp": now, "since": now, "rest_actions": {}, "aggregations": {}}
    return _answer(request, node, request.names.get("node_id"))


def hot_threads(request: RestRequest) -> Answer:
    """Answer the threads that are busy, of which none is."""
    request.authorized_cluster()
    time = request.cluster.installation.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    name = f"{{{nodes.NAME}}}{{{nodes.ID}}}{{{nodes.IP}}}{{{nodes.IP}:9300}}"
    text = (
        f"::: {name}\n   Hot threads at {time}Z, interval=500ms, busiestThreads=3, "
        "ignoreIdleThreads=true:\n"
    )
    return Answer(200, text, {"Content-Type": "text/plain; charset=UTF-8"})


def reload(request: RestRequest) -> Answer:
    """Answer that the node has read its secure settings, of which there are none, again."""
    request.parameters.check_time("timeout")
    request.authorized_cluster()
    node: dict[str, Json] = {"name": nodes.NAME, "secure_setting_names": []}
    return _answer(request, node, request.names.get("node_id"))


def cluster_stats(request: RestRequest) -> Answer:
    """Answer the statistics of the cluster."""
    request.parameters.check_time("timeout")
    cluster = request.authorized_cluster()
    indices = cluster.resolve("", expand_wildcards="all")
    told = statistics.stats(indices, cluster.figures, ("_all",), "cluster")["_all"]["total"]
    info = cluster.info()
    return Answer(
        200,
        {
            "_nodes": {"total": 1, "successful": 1, "failed": 0},
            "cluster_name": info["cluster_name"],
            "cluster_uuid": info["cluster_uuid"],
            "timestamp": cluster.installation.clock.milliseconds(),
            "status": "yellow" if any(index.copies > 1 for index in indices) else "green",
            "indices": {
                "count": len(indices),
                "shards": {"total": sum(index.shards for index in indices)},
                **{key: told.get(key, {}) for key in ("docs", "store", "fielddata", "query_cache")},
            },
            "nodes": {
                "count": {"total": 1, **dict.fromkeys(nodes.ROLE_NAMES, 1)},
                "versions": [info["version"]["number"]],
            },
            "snapshots": {},
        },
    )


def cluster_info(request: RestRequest) -> Answer:
    """Answer what is counted in the whole cluster."""
    request.authorized_cluster()
    known: dict[str, Json] = {
        "http": {"current_open": 0, "total_opened": 0},
        "ingest": {"total": {"count": 0, "time_in_millis": 0, "current": 0, "failed": 0}},
        "thread_pool": {},
        "script": {"compilations": 0, "cache_evictions": 0},
    }
    targets = request.names["target"].split(",")
    for target in targets:
        if target not in known and target != "_all":
            path = f"/_info/{request.names['target']}"
            raise illegal_argument(f"request [{path}] contains unrecognized target: [{target}]")
    shown = {key: part for key, part in known.items() if key in targets or "_all" in targets}
    return Answer(200, {"cluster_name": nodes.CLUSTER_NAME, **shown})


def reroute(request: RestRequest) -> Answer:
    """Answer that shards stay where they are: there is nowhere else."""
    request.check_timeouts()
    if request.object().get("commands"):
        raise illegal_argument("this mock does not support commands of [_cluster/reroute]")
    request.authorized_cluster()
    return Answer(200, ACKNOWLEDGED)


_INDICATORS = ("master_is_stable", "shards_availability", "disk", "ilm", "slm")


def health_report(request: RestRequest) -> Answer:
    """Answer how healthy the parts of the cluster are."""
    cluster = request.authorized_cluster()
    indices = cluster.resolve("", expand_wildcards="all")
    replicas = any(index.copies > 1 for index in indices)
    feature = request.names.get("feature")
    if feature is not None and feature not in _INDICATORS:
        raise resource_not_found(f"Did not find indicator {feature}")
    told: dict[str, Json] = {
        name: {"status": "green", "symptom": "The cluster is healthy."}
        for name in _INDICATORS
        if feature in (None, name)
    }
    if replicas and "shards_availability" in told:
        symptom = "This cluster has unavailable replica shards."
        told["shards_availability"] = {"status": "yellow", "symptom": symptom}
    status = {} if feature else {"status": "yellow" if replicas else "green"}
    return Answer(200, {**status, "cluster_name": nodes.CLUSTER_NAME, "indicators": told})


def features(request: RestRequest) -> Answer:
    """Answer the features that keep something in indices of their own: none has any."""
    request.check_timeouts()
    request.authorized_cluster()
    return Answer(200, {"features": [{"name": name, "description": ""} for name in _FEATURES]})


def reset_features(request: RestRequest) -> Answer:
    """Empty the features, which are empty."""
    request.check_timeouts()
    request.authorized_cluster()
    done = [{"feature_name": name, "status": "SUCCESS"} for name in _FEATURES]
    return Answer(200, {"features": done})


_FEATURES = ("async_search", "security", "tasks")
