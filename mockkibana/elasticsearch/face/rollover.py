"""The rollover API."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster.rollover import roll_over
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.json.object_parser import fields
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.http.messages import Answer

_KEYS = dict.fromkeys(("conditions", "settings", "mappings", "aliases"), "object")


def roll_over_target(request: RestRequest) -> Answer:
    """Give an alias or a data stream a new index to write to, if its conditions are met."""
    request.check_timeouts()
    body = request.object()
    with located(request.body, body):
        read = fields("rollover", _KEYS, body, ())
    target = request.names["alias"]
    request.authorize_names(target)
    cluster = request.authorized_cluster()
    dry_run = request.parameters.flag("dry_run")
    return Answer(
        200, roll_over(cluster, target, request.names.get("new_index"), read, dry_run=dry_run)
    )
