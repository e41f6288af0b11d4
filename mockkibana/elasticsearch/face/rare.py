"""Routes of APIs that few callers need: what handles them is imported with their first request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

from mockkibana.elasticsearch.face.rest_request import RestRequest, RestRoute
from mockkibana.http.messages import Answer

# By the module of this package with the handlers, each route in a line: the methods (with `+` the
# API takes a body), the pattern, the handler, and the action.
_ROUTES = {
    "by_query": """
POST+ /{index}/_delete_by_query delete_by_query indices:data/write/delete/byquery
POST+ /{index}/_update_by_query update_by_query indices:data/write/update/byquery
""",
    "reindex": """
POST+ /_reindex reindex indices:data/write/reindex
""",
    "tasks": """
POST /_delete_by_query/{task_id}/_rethrottle rethrottle cluster:admin/reindex/rethrottle
POST /_update_by_query/{task_id}/_rethrottle rethrottle cluster:admin/reindex/rethrottle
POST /_reindex/{task_id}/_rethrottle rethrottle cluster:admin/reindex/rethrottle
GET /_tasks/{task_id} get_task cluster:monitor/task/get
POST /_tasks/{task_id}/_cancel cancel cluster:admin/tasks/cancel
POST /_tasks/_cancel cancel cluster:admin/tasks/cancel
""",
    "scripts": """
PUT,POST+ /_scripts/{id} put_script cluster:admin/script/put
PUT,POST+ /_scripts/{id}/{context} put_script cluster:admin/script/put
GET /_scripts/{id} get_script cluster:admin/script/get
DELETE /_scripts/{id} delete_script cluster:admin/script/delete
GET,POST+ /_scripts/painless/_execute execute cluster:admin/scripts/painless/execute
GET /_script_language languages cluster:admin/script_language/get
""",
    "ingest": """
GET /_ingest/pipeline get_pipelines cluster:admin/ingest/pipeline/get
GET /_ingest/pipeline/{id} get_pipelines cluster:admin/ingest/pipeline/get
PUT+ /_ingest/pipeline/{id} put_pipeline cluster:admin/ingest/pipeline/put
DELETE /_ingest/pipeline/{id} delete_pipelines cluster:admin/ingest/pipeline/delete
GET,POST+ /_ingest/pipeline/_simulate simulate cluster:admin/ingest/pipeline/simulate
GET,POST+ /_ingest/pipeline/{id}/_simulate simulate cluster:admin/ingest/pipeline/simulate
""",
    "lifecycles": """
GET /_ilm/policy get_policies cluster:admin/ilm/get
GET /_ilm/policy/{policy} get_policies cluster:admin/ilm/get
PUT+ /_ilm/policy/{policy} put_policy cluster:admin/ilm/put
DELETE /_ilm/policy/{policy} delete_policy cluster:admin/ilm/delete
GET /_ilm/status status cluster:admin/ilm/operation_mode/get
POST /_ilm/start start cluster:admin/ilm/start
POST /_ilm/stop stop cluster:admin/ilm/stop
GET /{index}/_ilm/explain explain indices:admin/ilm/explain
POST /{index}/_ilm/remove remove_policy indices:admin/ilm/remove_policy
POST /{index}/_ilm/retry retry indices:admin/ilm/retry
""",
    "field_capabilities": """
GET,POST+ /_field_caps field_capabilities indices:data/read/field_caps
GET,POST+ /{index}/_field_caps field_capabilities indices:data/read/field_caps
""",
    "query_checks": """
GET,POST+ /_validate/query validate indices:admin/validate/query
GET,POST+ /_search_shards search_shards indices:admin/shards/search_shards
GET,POST+ /{index}/_validate/query validate indices:admin/validate/query
GET,POST+ /{index}/_search_shards search_shards indices:admin/shards/search_shards
GET,POST+ /{index}/_terms_enum terms_enum indices:admin/xpack/terms_enum
""",
    "async_searches": """
POST+ /_async_search submit indices:data/read/async_search/submit
POST+ /{index}/_async_search submit indices:data/read/async_search/submit
GET /_async_search/{id} get indices:data/read/async_search/get
DELETE /_async_search/{id} delete indices:data/read/async_search/delete
GET /_async_search/status/{id} status cluster:monitor/async_search/status
""",
    "nodes": """
GET /_nodes info cluster:monitor/nodes/info
GET /_nodes/{metric} info cluster:monitor/nodes/info
GET /_nodes/{node_id}/{metric} info cluster:monitor/nodes/info
GET /_nodes/stats stats cluster:monitor/nodes/stats
GET /_nodes/stats/{metric} stats cluster:monitor/nodes/stats
GET /_nodes/stats/{metric}/{index_metric} stats cluster:monitor/nodes/stats
GET /_nodes/{node_id}/stats stats cluster:monitor/nodes/stats
GET /_nodes/{node_id}/stats/{metric} stats cluster:monitor/nodes/stats
GET /_nodes/{node_id}/stats/{metric}/{index_metric} stats cluster:monitor/nodes/stats
GET /_nodes/usage usage cluster:monitor/nodes/usage
GET /_nodes/usage/{metric} usage cluster:monitor/nodes/usage
GET /_nodes/{node_id}/usage usage cluster:monitor/nodes/usage
GET /_nodes/{node_id}/usage/{metric} usage cluster:monitor/nodes/usage
GET /_nodes/hot_threads hot_threads cluster:monitor/nodes/hot_threads
GET /_nodes/{node_id}/hot_threads hot_threads cluster:monitor/nodes/hot_threads
POST+ /_nodes/reload_secure_settings reload cluster:admin/nodes/reload_secure_settings
POST+ /_nodes/{node_id}/reload_secure_settings reload cluster:admin/nodes/reload_secure_settings
GET /_cluster/stats cluster_stats cluster:monitor/stats
GET /_cluster/stats/nodes/{node_id} cluster_stats cluster:monitor/stats
POST+ /_cluster/reroute reroute cluster:admin/reroute
GET /_info/{target} cluster_info cluster:monitor/nodes/stats
GET /_health_report health_report cluster:monitor/health_api
GET /_health_report/{feature} health_report cluster:monitor/health_api
GET /_features features cluster:admin/features/get
POST /_features/_reset reset_features cluster:admin/features/reset
""",
    "resizing": """
PUT,POST+ /{index}/_clone/{target} clone indices:admin/resize
PUT,POST+ /{index}/_shrink/{target} shrink indices:admin/resize
PUT,POST+ /{index}/_split/{target} split indices:admin/resize
GET /_shard_stores shard_stores indices:monitor/shard_stores
GET /{index}/_shard_stores shard_stores indices:monitor/shard_stores
GET,POST /{index}/_reload_search_analyzers reload_search_analyzers indices:admin/reload_analyzers
GET /_resolve/cluster resolve_cluster indices:admin/resolve/cluster
GET /_resolve/cluster/{name} resolve_cluster indices:admin/resolve/cluster
GET,POST+ /_cluster/allocation/explain explain_allocation cluster:monitor/allocation/explain
""",
    "data_streams": """
POST /_data_stream/_migrate/{name} migrate indices:admin/data_stream/migrate
POST+ /_data_stream/_modify modify indices:admin/data_stream/modify
PUT+ /_data_stream/{name}/_lifecycle put_lifecycle indices:admin/data_stream/lifecycle/put
GET /_data_stream/{name}/_lifecycle get_lifecycles indices:admin/data_stream/lifecycle/get
DELETE /_data_stream/{name}/_lifecycle delete_lifecycle indices:admin/data_stream/lifecycle/delete
GET /_lifecycle/stats lifecycle_stats cluster:monitor/data_stream/lifecycle/stats
GET /{index}/_lifecycle/explain explain_lifecycle indices:admin/data_stream/lifecycle/explain
""",
}


def _handler(module: str, function: str) -> Callable[[RestRequest], Answer]:
    """Return what imports a handler and calls it."""

    def handle(request: RestRequest) -> Answer:
        found = getattr(import_module(f"{__package__}.{module}"), function)
        answer: Answer = found(request)
        return answer

    return handle


def _routes() -> Iterator[RestRoute]:
    for module, lines in _ROUTES.items():
        for line in lines.strip().split("\n"):
            methods, pattern, function, action = line.split()
            yield RestRoute(
                methods.rstrip("+").replace(",", " "),
                pattern,
                _handler(module, function),
                action,
                takes_body=methods.endswith("+"),
            )


ROUTES = tuple(_routes())
