"""Kibana's route about its status, which tools ask until it is up."""

from __future__ import annotations

from flask import Response

from mockkibana.json import Json
from mockkibana.kibana.routes.http import CheckedRequest, answer, route
from mockkibana.kibana.status import REDACTED, may_see_status, status
from mockkibana.settings.release import Release


def _format(asked: Json, release: Release) -> Json:
    if not asked:
        return asked
    from mockkibana.kibana.routes.loading import query  # slow to import, and few name a format
    from mockkibana.kibana.schemas import STATUS_QUERY

    return query(STATUS_QUERY)(asked, release)


@route(query=_format, anonymous=True)
def get_status(call: CheckedRequest) -> Response:
    """Tell that Kibana is up, and to those who are known some more."""
    world = call.world
    if world.is_secured and not may_see_status(call.caller.identity, world.settings):
        return answer(200, REDACTED)
    v7format = call.query.get("v7format", False)
    return answer(200, status(world.settings, world.clock, v7format=v7format))
