"""What a node may keep and this one never has: repositories, policies, pipelines, and so on.

Suites ask for them when they clean up, and delete them by wildcards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.errors import ElasticsearchError, resource_not_found
from mockkibana.elasticsearch.face.rest_request import RestRequest, RestRoute
from mockkibana.http.messages import Answer
from mockkibana.json import Json


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of things, none of which is there.

    `listed` is the answer to who asks for all, `missing` the error for a name; where there is none
    the answer to a name is `listed`, too, with that `status`. `action` ends where its verb begins.
    """

    pattern: str
    action: str
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

    def routes(self) -> Iterable[RestRoute]:
        """Return the routes: of all, of a name, and of its deletion."""
        start = self.pattern.rpartition("/{")[0]
        yield RestRoute("GET", start, self.get, f"{self.action}get")
        yield RestRoute("GET", self.pattern, self.get, f"{self.action}get")
        if self.undeletable is not None:
            yield RestRoute("DELETE", self.pattern, self.delete, f"{self.action}delete")


def _named(request: RestRequest) -> str:
    """Return the names that are asked for, nothing where wildcards or `_all` stand for them."""
    names = ",".join(request.names.values())
    return "" if names == "_all" or "*" in names else names


def _not_found(
    text: str, kind: str = "resource_not_found_exception"
) -> Callable[[str], ElasticsearchError]:
    return lambda name: resource_not_found(text.format(name), kind)


_no_repository = _not_found("[{}] missing", "repository_missing_exception")


_KINDS = (
    _Kind(
        "/_snapshot/{repository}",
        "cluster:admin/repository/",
        {},
        _no_repository,
        _no_repository,
    ),
    _Kind(
        "/_slm/policy/{policy_id}",
        "cluster:admin/slm/",
        {},
        _not_found(
            "snapshot lifecycle policy or policies [{}] not found, no policies are configured"
        ),
        _not_found("snapshot lifecycle policy not found: {}"),
    ),
    _Kind("/_logstash/pipeline/{id}", "cluster:admin/logstash/pipeline/", {}),
    _Kind("/_enrich/policy/{name}", "cluster:admin/xpack/enrich/", {"policies": []}, status=200),
    _Kind(
        "/_ccr/auto_follow/{name}",
        "cluster:admin/xpack/ccr/auto_follow_pattern/",
        {"patterns": []},
        _not_found("auto-follow pattern [{}] is missing"),
    ),
    _Kind(
        "/_transform/{transform_id}",
        "cluster:monitor/transform/",
        {"count": 0, "transforms": []},
        _not_found("Transform with id [{}] could not be found"),
    ),
    _Kind(
        "/_ml/anomaly_detectors/{job_id}",
        "cluster:monitor/xpack/ml/job/",
        {"count": 0, "jobs": []},
        _not_found("No known job with id '{}'"),
    ),
    _Kind(
        "/_ml/datafeeds/{datafeed_id}",
        "cluster:monitor/xpack/ml/datafeeds/",
        {"count": 0, "datafeeds": []},
        _not_found("No datafeed with id [{}] exists"),
    ),
    _Kind(
        "/_ml/data_frame/analytics/{id}",
        "cluster:monitor/xpack/ml/data_frame/analytics/",
        {"count": 0, "data_frame_analytics": []},
        _not_found("No known data frame analytics with id [{}]"),
    ),
    _Kind(
        "/_ml/trained_models/{model_id}",
        "cluster:monitor/xpack/ml/inference/",
        {"count": 0, "trained_model_configs": []},
        _not_found("No known trained model with model_id [{}]"),
    ),
    _Kind(
        "/_ml/calendars/{calendar_id}",
        "cluster:monitor/xpack/ml/calendars/",
        {"count": 0, "calendars": []},
        _not_found("No calendar with id [{}]"),
    ),
    _Kind(
        "/_ml/filters/{filter_id}",
        "cluster:admin/xpack/ml/filters/",
        {"count": 0, "filters": []},
        _not_found("Unable to find filter [{}]"),
    ),
    _Kind("/_rollup/job/{id}", "cluster:monitor/xpack/rollup/", {"jobs": []}, status=200),
)


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


ROUTES = (
    *(route for kind in _KINDS for route in kind.routes()),
    RestRoute("GET", "/_snapshot/{repository}/{snapshot}", snapshots, "cluster:admin/snapshot/get"),
    *(
        RestRoute("GET", pattern, _answering(body), action)
        for pattern, action, body in (
            ("/_tasks", "cluster:monitor/tasks/lists", {"nodes": {}}),
            ("/_cluster/pending_tasks", "cluster:monitor/task", {"tasks": []}),
            ("/_remote/info", "cluster:monitor/remote/info", {}),
            ("/_slm/status", "cluster:admin/slm/status", {"operation_mode": "RUNNING"}),
            ("/_synonyms", "cluster:admin/synonyms/get", {"count": 0, "results": []}),
            ("/_nodes/shutdown", "cluster:monitor/shutdown/get", {"nodes": []}),
            ("/_snapshot/_status", "cluster:admin/snapshot/status", {"snapshots": []}),
            (
                "/_application/search_application",
                "cluster:admin/xpack/application/search_application/list",
                {"count": 0, "results": []},
            ),
            ("/_query_rules", "cluster:admin/xpack/query_rules/list", {"count": 0, "results": []}),
            ("/_inference", "cluster:monitor/xpack/inference/get", {"endpoints": []}),
            ("/_security/role_mapping", "cluster:admin/xpack/security/role_mapping/get", {}),
        )
    ),
)
