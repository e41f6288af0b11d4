"""The APIs about the settings and the state of the whole cluster."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster import nodes
from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.cluster.cluster_settings import KINDS
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices import index_settings
from mockkibana.elasticsearch.indices.index_settings import Flat
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.search.execution import NODE
from mockkibana.http.messages import Answer
from mockkibana.json import Json

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
    """Answer the settings of the cluster that are set."""
    return Answer(
        200, _settings(request, {kind: request.cluster.settings.of(kind) for kind in KINDS})
    )


def _settings(request: RestRequest, flat: dict[str, Flat]) -> dict[str, Json]:
    """Return settings as they are shown, after the caller was authorized."""
    request.authorize()
    if request.parameters.flag("flat_settings"):
        return {**flat}
    return {kind: index_settings.nested(settings) for kind, settings in flat.items()}


def put_settings(request: RestRequest) -> Answer:
    """Set settings of the cluster; null puts one back to its default."""
    request.check_timeouts()
    request.required_body()
    body = request.object()
    for kind, settings in body.items():
        if kind not in KINDS:
            raise illegal_argument(f"[cluster_update_settings_request] unknown field [{kind}]")
        if not isinstance(settings, dict):
            # Guess: the words of an ObjectParser.
            raise illegal_argument(f"[cluster_update_settings_request] {kind} must be an object")
    changed = request.authorized_cluster().settings.update(body)
    return Answer(200, {**ACKNOWLEDGED, **_settings(request, changed)})


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
        "state": "close" if index.is_closed else "open",
        "settings": body["settings"],
        "mappings": {"_doc": body["mappings"]},
        "aliases": list(index.aliases),
    }
