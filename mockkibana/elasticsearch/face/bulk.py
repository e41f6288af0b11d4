"""The bulk API."""

from __future__ import annotations

from mockkibana.elasticsearch.documents import bulk_parser
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.http.messages import Answer


def bulk(request: RestRequest) -> Answer:
    """Apply many actions, each on its own."""
    parameters, wanted = request.parameters, request.source_filter()
    strict = request.cluster.installation.settings.release.strict_bulk
    defaults = bulk_parser.Defaults(
        index=request.index(),
        routing=parameters.text("routing"),
        pipeline=parameters.text("pipeline"),
        require_alias=parameters.flag("require_alias"),
        source=None if wanted is None else wanted.definition(),
        knows_actions=strict,
        reads_closely=strict and not request.is_compatible(),
    )
    parameters.check_time("timeout")
    refresh = parameters.refresh()
    parsed = bulk_parser.parse(request.required_body(), defaults)
    body = request.authorized_cluster().bulk(
        parsed.actions, refresh=refresh, waits=parameters.waits_for_refresh(), user=request.user
    )
    headers = {}
    if parsed.warnings:
        headers["Warning"] = ", ".join(map(request.warning, parsed.warnings))
    return Answer(200, body, headers)
