"""The APIs about the settings and the state of the whole cluster."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster import nodes
from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.errors import illegal_argument, resource_not_found, validation_failed
from mockkibana.elasticsearch.face.rest_request import RestRequest, RestRoute
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.indices.templates import templates
from mockkibana.elasticsearch.search.execution import NODE
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.wildcards import wildcard

_METRICS = (
    "blocks",
    "master_node",
    "metadata",
    "nodes",
    "routing_nodes",
    "routing_table",
    "version",
)


def get_settings(request: RestRequest) -> Answer:
    """Answer the settings of the cluster: none are set."""
    request.authorize()
    return Answer(200, {"persistent": {}, "transient": {}})


def put_settings(request: RestRequest) -> Answer:
    """Put settings back to their defaults, where they are: others are not supported."""
    request.required_body()
    body = request.object()
    for kind in body:
        if kind not in ("persistent", "transient"):
            raise illegal_argument(f"[cluster_update_settings_request] unknown field [{kind}]")
    if not any(body.values()):
        raise validation_failed(["no settings to update"])
    if name := next((name for part in body.values() for name in _set(part, "")), None):
        raise illegal_argument(f"this mock does not support the cluster's setting [{name}]")
    request.authorize()
    return Answer(200, {**ACKNOWLEDGED, "persistent": {}, "transient": {}})


def _set(value: Json, path: str) -> list[str]:
    """Return the names of the settings that have a value."""
    if not isinstance(value, dict):
        return [] if value is None else [path]
    return [
        name for key, item in value.items() for name in _set(item, f"{path}.{key}" if path else key)
    ]


def state(request: RestRequest) -> Answer:
    """Answer the state of the cluster, or some of its metrics."""
    metrics = request.names.get("metric", "_all").split(",")
    if "_all" in metrics:
        metrics = list(_METRICS)
    if unknown := [metric for metric in metrics if metric not in (*_METRICS, "customs")]:
        # Guess: the words.
        raise illegal_argument(f"No enum constant for the metric [{unknown[0]}]")
    cluster = request.authorized_cluster()
    indices = cluster.resolve(request.expression(), **request.indices_options())
    info = cluster.info()
    parts: dict[str, Json] = {
        "version": {"version": 1, "state_uuid": info["cluster_uuid"]},
        "master_node": {"master_node": NODE},
        "blocks": {"blocks": _blocks(indices)},
        "nodes": {"nodes": {NODE: {"name": nodes.NAME, "roles": ["data", "ingest", "master"]}}},
        "metadata": {
            "metadata": {
                "cluster_uuid": info["cluster_uuid"],
                "templates": {},
                "indices": {index.name: _metadata(index) for index in indices},
            }
        },
        "routing_table": {"routing_table": {"indices": {}}},
        "routing_nodes": {"routing_nodes": {"unassigned": [], "nodes": {NODE: []}}},
    }
    body = {"cluster_name": info["cluster_name"], "cluster_uuid": info["cluster_uuid"]}
    for metric in parts:
        if metric in metrics:
            body |= parts[metric]
    return Answer(200, body)


def _blocks(indices: list[Index]) -> Json:
    found: dict[str, dict[str, Json]] = {}
    for index in indices:
        for level, texts in index.blocks.items():
            for status, number, description in (text.split("/", 2) for text in texts):
                block = found.setdefault(index.name, {}).setdefault(
                    number, {"description": description, "retryable": False, "levels": []}
                )
                if status == "TOO_MANY_REQUESTS":
                    block["allow_release_resources"] = True
                if level != "delete":  # no level of its own
                    block["levels"].append(level)
    return {"indices": found} if found else {}


def _metadata(index: Index) -> Json:
    body = index.body()
    return {
        "version": 1,
        "state": "open",
        "settings": body["settings"],
        "mappings": {"_doc": body["mappings"]},
        "aliases": list(index.aliases),
    }


def get_index_templates(request: RestRequest) -> Answer:
    """Answer the index templates: those that Kibana has put."""
    found = templates(request.authorized_cluster().installation.settings)
    name = request.names.get("name", "*")
    matches = wildcard(name)
    shown = [
        {"name": each, "index_template": template}
        for each, template in found.items()
        if matches(each)
    ]
    if not shown and "*" not in name:
        raise resource_not_found(f"index template matching [{name}] not found")
    return Answer(200, {"index_templates": shown})


_SETTINGS = "cluster:monitor/settings"
_UPDATING = "cluster:admin/settings/update"
_STATE = "cluster:monitor/state"
_TEMPLATES = "indices:admin/index_template/get"

ROUTES = (
    RestRoute("GET", "/_cluster/settings", get_settings, _SETTINGS),
    RestRoute("PUT", "/_cluster/settings", put_settings, _UPDATING, takes_body=True),
    RestRoute("GET", "/_cluster/state", state, _STATE),
    RestRoute("GET", "/_cluster/state/{metric}", state, _STATE),
    RestRoute("GET", "/_cluster/state/{metric}/{index}", state, _STATE),
    RestRoute("GET", "/_index_template", get_index_templates, _TEMPLATES),
    RestRoute("GET", "/_index_template/{name}", get_index_templates, _TEMPLATES),
)
