"""What a node may keep and this one never has: repositories, policies, pipelines, and so on.

Suites ask for them when they clean up, and delete them by wildcards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.errors import ElasticsearchError, resource_not_found
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.http.messages import Answer
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of things, none of which is there.

    `listed` is the answer to who asks for all, `missing` the error for a name; where there is none
    the answer to a name is `listed`, too, with that `status`.
    """

    listed: Json
    missing: Callable[[str], ElasticsearchError] | None = None
    undeletable: Callable[[str], ElasticsearchError] | None = None
    status: int = 404

    def get(self, request: RestRequest) -> Answer:
        """Answer all there are, or refuse a name."""
        request.authorize()
        names = _named(request)
        if not names:
            return Answer(200, self.listed)
        if self.missing is None:
            return Answer(self.status, self.listed)
        raise self.missing(names)

    def delete(self, request: RestRequest) -> Answer:
        """Answer who deletes by a wildcard, or refuse a name."""
        request.authorize()
        missing = self.undeletable or self.missing
        names = _named(request)
        if names and missing is not None:
            raise missing(names)
        return Answer(200, ACKNOWLEDGED)


def _named(request: RestRequest) -> str:
    """Return the names that are asked for, nothing where wildcards or `_all` stand for them."""
    names = ",".join(request.names.values())
    return "" if names == "_all" or "*" in names else names


def _not_found(
    text: str, kind: str = "resource_not_found_exception"
) -> Callable[[str], ElasticsearchError]:
    return lambda name: resource_not_found(text.format(name), kind)


_no_repository = _not_found("[{}] missing", "repository_missing_exception")


repositories = _Kind({}, _no_repository, _no_repository)
snapshot_policies = _Kind(
    {},
    _not_found("snapshot lifecycle policy or policies [{}] not found, no policies are configured"),
    _not_found("snapshot lifecycle policy not found: {}"),
)
logstash_pipelines = _Kind({})
enrich_policies = _Kind({"policies": []}, status=200)
auto_follow_patterns = _Kind({"patterns": []}, _not_found("auto-follow pattern [{}] is missing"))
transforms = _Kind(
    {"count": 0, "transforms": []}, _not_found("Transform with id [{}] could not be found")
)
anomaly_detectors = _Kind({"count": 0, "jobs": []}, _not_found("No known job with id '{}'"))
datafeeds = _Kind({"count": 0, "datafeeds": []}, _not_found("No datafeed with id [{}] exists"))
data_frame_analytics = _Kind(
    {"count": 0, "data_frame_analytics": []},
    _not_found("No known data frame analytics with id [{}]"),
)
trained_models = _Kind(
    {"count": 0, "trained_model_configs": []},
    _not_found("No known trained model with model_id [{}]"),
)
calendars = _Kind({"count": 0, "calendars": []}, _not_found("No calendar with id [{}]"))
filters = _Kind({"count": 0, "filters": []}, _not_found("Unable to find filter [{}]"))
rollup_jobs = _Kind({"jobs": []}, status=200)


def snapshots(request: RestRequest) -> Answer:
    """Answer the snapshots of all repositories, or refuse a repository."""
    request.authorize()
    repository = request.names["repository"]
    if repository != "_all" and "*" not in repository:
        raise _no_repository(repository)
    return Answer(200, {"snapshots": [], "total": 0, "remaining": 0})


def _answering(body: Json) -> Callable[[RestRequest], Answer]:
    def answer(request: RestRequest) -> Answer:
        request.authorize()
        return Answer(200, body)

    return answer


tasks = _answering({"nodes": {}})
pending_tasks = _answering({"tasks": []})
remote_clusters = _answering({})
snapshot_lifecycles = _answering({"operation_mode": "RUNNING"})
synonyms = _answering({"count": 0, "results": []})
node_shutdowns = _answering({"nodes": []})
snapshot_status = _answering({"snapshots": []})
search_applications = _answering({"count": 0, "results": []})
query_rules = _answering({"count": 0, "results": []})
inference_endpoints = _answering({"endpoints": []})
role_mappings = _answering({})
