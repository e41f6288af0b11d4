"""The APIs about index lifecycle policies."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.cluster.lifecycles import SETTING
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.http.messages import Answer

_POLICY = {"phases": "object", "_meta": "object", "deprecated": "boolean"}


def get_policies(request: RestRequest) -> Answer:
    """Answer the policies: all, or those with the names."""
    request.check_timeouts()
    return Answer(200, request.authorized_cluster().lifecycles.get(request.names.get("policy")))


def put_policy(request: RestRequest) -> Answer:
    """Put a policy."""
    request.check_timeouts()
    raw = request.required_body()
    body = request.object()
    with located(raw, body):
        read = fields("put_lifecycle_request", {"policy": "object"}, body, ())
        policy = fields("lifecycle_policy", _POLICY, read.get("policy", {}), ("policy",))
    request.authorized_cluster().lifecycles.put(request.names["policy"], policy)
    return Answer(200, ACKNOWLEDGED)


def delete_policy(request: RestRequest) -> Answer:
    """Delete a policy that no index has."""
    request.check_timeouts()
    request.authorized_cluster().lifecycles.delete(request.names["policy"])
    return Answer(200, ACKNOWLEDGED)


def explain(request: RestRequest) -> Answer:
    """Answer where indices are in their lives."""
    lifecycles = request.authorized_cluster().lifecycles
    told = {index.name: lifecycles.explain(index) for index in request.indices(expand="all")}
    if request.parameters.flag("only_managed"):
        told = {name: each for name, each in told.items() if each["managed"]}
    return Answer(200, {"indices": told})


def remove_policy(request: RestRequest) -> Answer:
    """Take their policies from indices."""
    for index in request.indices(expand="all"):
        if SETTING in index.settings:
            request.cluster.administration.put_settings([index], {SETTING: None})
    return Answer(200, {"has_failures": False, "failed_indexes": []})


def retry(request: RestRequest) -> Answer:
    """Try again what has failed, which is nothing."""
    request.indices()
    return Answer(200, ACKNOWLEDGED)


def start(request: RestRequest) -> Answer:
    """Start the management of lifecycles."""
    request.check_timeouts()
    request.authorized_cluster().lifecycles.stop(stopped=False)
    return Answer(200, ACKNOWLEDGED)


def stop(request: RestRequest) -> Answer:
    """Stop the management of lifecycles."""
    request.check_timeouts()
    request.authorized_cluster().lifecycles.stop(stopped=True)
    return Answer(200, ACKNOWLEDGED)


def status(request: RestRequest) -> Answer:
    """Answer whether lifecycles are managed."""
    stopped = request.authorized_cluster().lifecycles.is_stopped
    return Answer(200, {"operation_mode": "STOPPED" if stopped else "RUNNING"})
