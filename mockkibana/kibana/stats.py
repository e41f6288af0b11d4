"""The answer of `GET /api/stats`: what a Kibana at rest measures of itself."""

from __future__ import annotations

import re

from mockkibana.clock import Clock, iso
from mockkibana.json import Json
from mockkibana.kibana.status import INTERVAL, uuid_of
from mockkibana.settings import Settings
from mockkibana.validation import Boolean, Literal, OneOf, Schema


def _flag(*, default: bool) -> OneOf:
    return OneOf([Literal(""), Boolean()], load_default=default)


class StatsQuery(Schema):
    """The query of `GET /api/stats`; a flag without a value is set."""

    extended = _flag(default=False)
    legacy = _flag(default=False)
    exclude_usage = _flag(default=True)


def stats(settings: Settings, clock: Clock, url: str) -> dict[str, Json]:
    """Return the metrics of a Kibana that its callers reach at `url` (`stats.ts`)."""
    process = _process(clock)
    address = url.partition("://")[2].partition("/")[0]
    return {
        "process": process,
        "processes": [process],
        "os": _os(),
        "requests": {"disconnects": 0, "total": 0, "status_codes": {}},
        "response_times": {"avg_ms": 0, "max_ms": 0},
        "concurrent_connections": 0,
        "elasticsearch_client": {
            "total_active_sockets": 0,
            "total_idle_sockets": 1,
            "total_queued_requests": 0,
        },
        "kibana": {
            "uuid": uuid_of(settings),
            "name": settings.server_name,
            "index": ".kibana",
            # A Kibana tells where it listens, which answers of the mock never do.
            "host": re.sub(":[0-9]*$", "", address),
            "locale": "en",
            "transport_address": address,
            "version": settings.kibana_version,
            "snapshot": False,
            "status": "green",
        },
        "last_updated": iso(clock.now()),
        "collection_interval_ms": INTERVAL,
    }


def extended(cluster_uuid: str, *, legacy: bool) -> dict[str, Json]:
    """Return what `extended` adds; the usage is empty since elastic/kibana#151082."""
    return {"usage": {}, ("clusterUuid" if legacy else "cluster_uuid"): cluster_uuid}


# Guess: the numbers, which are those of an idle Kibana; no two measurements agree.
def _process(clock: Clock) -> Json:
    now = iso(clock.now())
    return {
        "memory": {
            "heap": {
                "total_bytes": 444903424,
                "used_bytes": 402775912,
                "size_limit": 2197815296,
            },
            "resident_set_size_bytes": 548691968,
            "external_bytes": 8550293,
            "array_buffers_bytes": 4985415,
        },
        "pid": 1,
        "event_loop_delay": 10.5,
        "event_loop_delay_histogram": {
            "min": 9.2,
            "max": 10.5,
            "mean": 10.1,
            "exceeds": 0,
            "stddev": 0.4,
            "from_timestamp": now,
            "last_updated_at": now,
            "percentiles": {"50": 10.2, "75": 10.3, "95": 10.4, "99": 10.5},
        },
        "event_loop_utilization": {"active": 60, "idle": 4940, "utilization": 0.012},
        "uptime_ms": 60000,
    }


def _os() -> Json:
    return {
        "platform": "linux",
        "platform_release": "linux-5.15.0",
        "load": {"1m": 0.1, "5m": 0.5, "15m": 1},
        "memory": {
            "total_bytes": 17179869184,
            "free_bytes": 8589934592,
            "used_bytes": 8589934592,
        },
        "uptime_ms": 3600000,
    }
