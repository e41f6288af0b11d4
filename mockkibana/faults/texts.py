"""What Kibana says when no answer comes from a backend: the texts of its two HTTP clients."""

from __future__ import annotations

from urllib.parse import urlsplit

from mockkibana.faults.facts import Effect
from mockkibana.http.breakages import Empty, Garbage, Partial, Reset
from mockkibana.settings import Settings

_OF_WIRE = {
    Reset: "read ECONNRESET",
    Empty: "socket hang up",
    Garbage: "Parse Error: Expected HTTP/, RTSP/ or ICE/",
    Partial: "aborted",
}
# Where Elasticsearch is, as far as Kibana's own configuration says: its default.
_ELASTICSEARCH = "http://127.0.0.1:9200"


def backend_text(effect: Effect, backend: str, url: str, settings: Settings) -> str:
    """Return the message of the error with which a request to a backend fails.

    `url` is where the request goes; without a host it is Kibana's own Elasticsearch. Every wire
    fault that leaves the client waiting ends as its time-out: axios's is Kibana's
    `xpack.actions.responseTimeout`.
    """
    if effect.refused:
        return f"connect ECONNREFUSED {_address(url)}"
    if effect.wire is not None and type(effect.wire) in _OF_WIRE:
        return _OF_WIRE[type(effect.wire)]
    if backend == "elasticsearch":
        return "Request timed out"
    return f"timeout of {settings.response_timeout * 1000:.0f}ms exceeded"


def _address(url: str) -> str:
    parts = urlsplit(url if "://" in url else _ELASTICSEARCH)
    try:
        port = parts.port
    except ValueError:
        port = None
    return f"{parts.hostname}:{port or (443 if parts.scheme == 'https' else 80)}"
