"""The APIs about the settings of indices, and the blocks among them."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.errors import illegal_argument, validation_failed
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices import index_settings
from mockkibana.elasticsearch.indices.index_settings import BLOCKS
from mockkibana.http.messages import Answer
from mockkibana.wildcards import wildcard

_KINDS = ("metadata", "read", "read_only", "write")


def get_settings(request: RestRequest) -> Answer:
    """Answer the settings of indices, or those whose names fit with patterns."""
    patterns = list(map(wildcard, request.names.get("name", "*").split(",")))
    if request.names.get("name") == "_all":
        patterns = [wildcard("*")]
    flat = request.parameters.flag("flat_settings")
    answer = {}
    for index in request.indices("metadata_read"):
        shown = {
            name: value
            for name, value in sorted(index.shown_settings().items())
            if any(matches(name) for matches in patterns)
        }
        if shown:
            answer[index.name] = {"settings": shown if flat else index_settings.nested(shown)}
    return Answer(200, answer)


def put_settings(request: RestRequest) -> Answer:
    """Change dynamic settings of indices; null puts one back to its default."""
    for name in ("timeout", "master_timeout"):
        request.parameters.check_time(name)
    request.required_body()
    settings = request.object()
    if settings.keys() == {"settings"}:
        settings = settings["settings"]
    if not settings:
        raise validation_failed(["no settings to update"])
    if not isinstance(settings, dict):
        # Guess: a real node fails to cast.
        raise illegal_argument("[settings] must be an object")
    if not index_settings.lifts_blocks(index_settings.read(settings)):
        request.indices("metadata_write")
    preserve = request.parameters.flag("preserve_existing")
    cluster = request.authorized_cluster()
    answer = cluster.put_settings(
        request.expression(),
        settings,
        preserve_existing=preserve,
        reopen=request.parameters.flag("reopen"),
    )
    return Answer(200, answer)


def add_block(request: RestRequest) -> Answer:
    """Add a block to indices: `metadata`, `read`, `read_only` or `write`."""
    kind = request.names["block"]
    if kind not in _KINDS:
        raise illegal_argument(f"No block found with name {kind}")
    # TransportAddIndexBlockAction.checkBlock: those that block metadata themselves may be added.
    level = None if kind in ("metadata", "read_only") else "metadata_write"
    indices = request.indices(level)
    request.cluster.put_settings(request.expression(), {f"{BLOCKS}{kind}": True})
    blocked = [{"name": index.name, "blocked": True} for index in indices]
    return Answer(200, {**ACKNOWLEDGED, "shards_acknowledged": True, "indices": blocked})
