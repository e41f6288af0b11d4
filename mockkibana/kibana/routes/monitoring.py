"""Kibana's route for those who monitor it."""

from __future__ import annotations

from flask import Response, request

from mockkibana.kibana.routes.http import CheckedRequest, answer, base_url, route
from mockkibana.kibana.routes.loading import query
from mockkibana.kibana.stats import StatsQuery, extended, stats


@route(query=query(StatsQuery()))
def get_stats(call: CheckedRequest) -> Response:
    """Return the metrics of Kibana to any known user, with `extended` the id of the cluster too."""
    world = call.world
    body = stats(world.settings, world.clock, base_url(request.environ))
    if _is_set(call.query["extended"]):
        cluster_uuid = world.elasticsearch.info()["cluster_uuid"]
        body |= extended(cluster_uuid, legacy=_is_set(call.query["legacy"]))
    return answer(200, body)


def _is_set(flag: bool | str) -> bool:
    return flag == "" or bool(flag)
