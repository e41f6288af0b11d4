"""Routes of APIs that few callers need: what handles them is imported with their first request."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from mockkibana.elasticsearch.face.rest_request import RestRequest, RestRoute
from mockkibana.http.messages import Answer

# The methods (with `+` the API takes a body), the pattern, the handler in its module of this
# package, and the action.
_ROUTES = """
POST+ /{index}/_delete_by_query by_query.delete_by_query indices:data/write/delete/byquery
POST+ /{index}/_update_by_query by_query.update_by_query indices:data/write/update/byquery
POST+ /_reindex reindex.reindex indices:data/write/reindex
POST /_delete_by_query/{task_id}/_rethrottle tasks.rethrottle cluster:admin/reindex/rethrottle
POST /_update_by_query/{task_id}/_rethrottle tasks.rethrottle cluster:admin/reindex/rethrottle
POST /_reindex/{task_id}/_rethrottle tasks.rethrottle cluster:admin/reindex/rethrottle
GET /_tasks/{task_id} tasks.get_task cluster:monitor/task/get
POST /_tasks/{task_id}/_cancel tasks.cancel cluster:admin/tasks/cancel
POST /_tasks/_cancel tasks.cancel cluster:admin/tasks/cancel
PUT,POST+ /_scripts/{id} scripts.put_script cluster:admin/script/put
PUT,POST+ /_scripts/{id}/{context} scripts.put_script cluster:admin/script/put
GET /_scripts/{id} scripts.get_script cluster:admin/script/get
DELETE /_scripts/{id} scripts.delete_script cluster:admin/script/delete
GET /_ingest/pipeline ingest.get_pipelines cluster:admin/ingest/pipeline/get
GET /_ingest/pipeline/{id} ingest.get_pipelines cluster:admin/ingest/pipeline/get
PUT+ /_ingest/pipeline/{id} ingest.put_pipeline cluster:admin/ingest/pipeline/put
DELETE /_ingest/pipeline/{id} ingest.delete_pipelines cluster:admin/ingest/pipeline/delete
GET,POST+ /_ingest/pipeline/_simulate ingest.simulate cluster:admin/ingest/pipeline/simulate
GET,POST+ /_ingest/pipeline/{id}/_simulate ingest.simulate cluster:admin/ingest/pipeline/simulate
"""


def _handler(name: str) -> Callable[[RestRequest], Answer]:
    """Return what imports a handler and calls it."""
    module, _, function = name.partition(".")

    def handle(request: RestRequest) -> Answer:
        found = getattr(import_module(f"{__package__}.{module}"), function)
        answer: Answer = found(request)
        return answer

    return handle


def _route(line: str) -> RestRoute:
    methods, pattern, handler, action = line.split()
    return RestRoute(
        methods.rstrip("+").replace(",", " "),
        pattern,
        _handler(handler),
        action,
        takes_body=methods.endswith("+"),
    )


ROUTES = tuple(map(_route, _ROUTES.split("\n")[1:-1]))
