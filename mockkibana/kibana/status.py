"""The answer of `GET /api/status`: a Kibana that is up."""

from __future__ import annotations

from hashlib import sha1
from typing import TYPE_CHECKING
from uuid import UUID

from mockkibana.clock import Clock, iso
from mockkibana.json import Json
from mockkibana.settings import Settings

if TYPE_CHECKING:
    from mockkibana.security.identity import Identity

_AVAILABLE = "available"
_CORE = {
    "elasticsearch": "Elasticsearch is available",
    "savedObjects": "SavedObjects service has completed migrations and is available",
}
_PLUGINS = ("actions", "spaces")

INTERVAL = 5000
"""How often Kibana measures itself, in milliseconds."""

REDACTED = {"status": {"overall": {"level": _AVAILABLE}}}
"""What is told to whom nobody knows (`status.allowAnonymous` is false)."""


def status(settings: Settings, clock: Clock, *, v7format: bool = False) -> Json:
    """Return the status; `v7format` gives the shape that Kibana 7 had."""
    return {
        "name": settings.server_name,
        "uuid": uuid_of(settings),
        "version": _version(settings),
        "status": _v7_status(settings, clock) if v7format else _v8_status(),
        "metrics": _metrics(clock),
    }


def may_see_status(identity: Identity | None, settings: Settings) -> bool:
    """Tell whether somebody is told more than that Kibana is there; None is a stranger."""
    if identity is None:
        return False
    if not settings.release.status_needs_monitor or settings.status_bypasses_monitor:
        return True
    return all(rights.has_cluster("monitor") for rights in identity.rights)


def uuid_of(settings: Settings) -> str:
    """Return the uuid of an installation."""
    # An installation keeps its uuid across restarts, so it is made from the name.
    return str(UUID(bytes=_digest(settings.server_name)[:16], version=4))


def _digest(text: str) -> bytes:
    return sha1(text.encode(), usedforsecurity=False).digest()


def _version(settings: Settings) -> Json:
    release = settings.release
    return {
        "number": release.version,
        "build_hash": _digest(release.version).hex(),
        "build_number": release.build_number,
        "build_snapshot": False,
        "build_flavor": "traditional",
        "build_date": f"{release.build_date}T00:00:00.000Z",
    }


def _v8_status() -> Json:
    return {
        "overall": {"level": _AVAILABLE, "summary": "All services and plugins are available"},
        "core": {
            name: {"level": _AVAILABLE, "summary": summary} for name, summary in _CORE.items()
        },
        "plugins": {
            name: {"level": _AVAILABLE, "summary": "All services and plugins are available"}
            for name in _PLUGINS
        },
    }


def _v7_status(settings: Settings, clock: Clock) -> Json:
    since = iso(clock.now())
    green = {"since": since, "state": "green", "icon": "success", "uiColor": "secondary"}
    services = [(f"core:{name}", summary) for name, summary in _CORE.items()]
    services += [(f"plugin:{name}", "All dependencies are available") for name in _PLUGINS]
    return {
        "overall": {**green, "title": "Green", "nickname": "Looking good"},
        "statuses": [
            {"id": f"{name}@{settings.kibana_version}", "message": message, **green}
            for name, message in services
        ],
    }


def _metrics(clock: Clock) -> Json:
    return {
        "last_updated": iso(clock.now()),
        "collection_interval_in_millis": INTERVAL,
        "os": {},
        "process": {},
        "processes": [],
        "response_times": {},
        "concurrent_connections": 0,
        "requests": {"disconnects": 0, "total": 0, "statusCodes": {}, "status_codes": {}},
        "elasticsearch_client": {},
    }
