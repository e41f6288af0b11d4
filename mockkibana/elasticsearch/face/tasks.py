"""The APIs about tasks, all of which are completed."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster import nodes, tasks
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.http.messages import Answer


def get_task(request: RestRequest) -> Answer:
    """Answer what a task has come to."""
    request.parameters.check_time("timeout")
    return Answer(200, request.authorized_cluster().tasks.get(request.names["task_id"]))


def cancel(request: RestRequest) -> Answer:
    """Refuse to cancel a task: all are completed."""
    request.authorized_cluster()
    id_ = request.names.get("task_id")
    if id_ is None:
        return Answer(200, {"nodes": {}})
    node, _ = tasks.split(id_)
    if node != nodes.ID:
        return Answer(200, tasks.not_there(node))
    # Guess: a node says this of a task that is no longer there.
    error = ElasticsearchError(404, "resource_not_found_exception", f"task [{id_}] is not found")
    return Answer(200, {"node_failures": [error.item()], "nodes": {}})


def rethrottle(request: RestRequest) -> Answer:
    """Answer that no such task is running any more."""
    request.authorized_cluster()
    if request.parameters.text("requests_per_second") is None:
        raise illegal_argument("requests_per_second is a required parameter")
    node, _ = tasks.split(request.names["task_id"])
    return Answer(200, {"nodes": {}} if node == nodes.ID else tasks.not_there(node))
