"""The APIs about indices and their mappings."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster import administration
from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    illegal_argument,
    parse_exception,
    validation_failed,
)
from mockkibana.elasticsearch.face.call import INDICES_OPTIONS, Call, Route
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.security import authorization
from mockkibana.http.messages import Answer
from mockkibana.json import Json

_TIMEOUTS = frozenset({"master_timeout", "timeout"})
_GET = INDICES_OPTIONS | {
    "features",
    "flat_settings",
    "ignore_throttled",
    "include_defaults",
    "local",
    "master_timeout",
}
_FEATURES = ("aliases", "mappings", "settings")


def create_index(call: Call) -> Answer:
    """Create an index."""
    body = call.object()
    for name, value in body.items():
        if name not in ("settings", "mappings", "aliases"):
            raise parse_exception(f"unknown key [{name}] for create index")
        if not isinstance(value, dict):
            # CreateIndexRequest words it so for settings; the others are a guess.
            raise parse_exception(f"key [{name}] must be an object")
    _check_timeouts(call)
    name = call.names["index"]
    call.authorize_names(name)
    if body.get("aliases"):
        call.authorize_names(name, *body["aliases"], action="indices:admin/aliases")
    answer = call.cluster.create_index(
        name,
        settings=body.get("settings"),
        mappings=body.get("mappings"),
        aliases=body.get("aliases"),
    )
    return Answer(200, answer)


def get_index(call: Call) -> Answer:
    """Answer aliases, mappings and settings of indices."""
    features = [name.removeprefix("-") for name in call.parameters.names("features")]
    for name in features:
        if name not in _FEATURES:
            raise illegal_argument(f"invalid feature type [{name}]")
    indices = call.cluster.get_index(call.expression(), **call.indices_options())
    if features:
        indices = {
            index: {name: part for name, part in parts.items() if name in features}
            for index, parts in indices.items()
        }
    if call.parameters.flag("flat_settings"):
        indices = {index: _flattened(parts) for index, parts in indices.items()}
    return Answer(200, indices)


def _flattened(parts: dict[str, Json]) -> dict[str, Json]:
    if "settings" not in parts:
        return parts
    flat: dict[str, Json] = {}
    pending = [("", parts["settings"])]
    while pending:
        prefix, node = pending.pop()
        for name, value in node.items():
            if isinstance(value, dict):
                pending.append((f"{prefix}{name}.", value))
            else:
                flat[prefix + name] = value
    return {**parts, "settings": dict(sorted(flat.items()))}


def index_exists(call: Call) -> Answer:
    """Answer whether there is such an index."""
    return Answer(200 if call.cluster.exists(call.expression()) else 404)


def delete_index(call: Call) -> Answer:
    """Delete indices."""
    _check_timeouts(call)
    administration.refuse_wildcards(call.names["index"])
    expression = call.expression()
    if expression == authorization.NOTHING:
        return Answer(200, administration.ACKNOWLEDGED)
    return Answer(200, call.cluster.delete_index(expression, **call.indices_options()))


def get_mapping(call: Call) -> Answer:
    """Answer the mappings of indices."""
    indices = call.cluster.get_index(call.expression(), **call.indices_options())
    mappings = {index: {"mappings": parts["mappings"]} for index, parts in indices.items()}
    return Answer(200, mappings)


def put_mapping(call: Call) -> Answer:
    """Add fields to the mappings of indices."""
    if not call.body:
        raise validation_failed(["mapping source is missing"])
    mappings = call.json()
    if not isinstance(mappings, dict):
        raise ElasticsearchError(
            400,
            "parse_exception",
            f"Expected [START_OBJECT] but found [{bodies.token_of(mappings)}]",
        )
    _check_timeouts(call)
    return Answer(200, call.cluster.put_mapping(call.expression(), mappings))


def refresh(call: Call) -> Answer:
    """Make all writes visible; they are already."""
    return Answer(200, call.cluster.refresh(call.expression(), **call.indices_options()))


def _check_timeouts(call: Call) -> None:
    for name in _TIMEOUTS:
        call.parameters.check_time(name)


_CREATE = _TIMEOUTS | {"wait_for_active_shards"}
_DELETE = INDICES_OPTIONS | _TIMEOUTS
_GET_MAPPING = INDICES_OPTIONS | {"local", "master_timeout"}
_PUT_MAPPING = INDICES_OPTIONS | _TIMEOUTS | {"write_index_only"}

_GETTING = "indices:admin/get"
_MAPPINGS = "indices:admin/mappings/get"
_PUTTING = "indices:admin/mapping/put"
_REFRESHING = "indices:admin/refresh"

ROUTES = (
    Route("PUT", "/{index}", create_index, "indices:admin/create", _CREATE, takes_body=True),
    Route("GET", "/{index}", get_index, _GETTING, _GET),
    Route("HEAD", "/{index}", index_exists, _GETTING, _GET),
    Route("DELETE", "/{index}", delete_index, "indices:admin/delete", _DELETE),
    Route("GET", "/_mapping", get_mapping, _MAPPINGS, _GET_MAPPING),
    Route("GET", "/{index}/_mapping", get_mapping, _MAPPINGS, _GET_MAPPING),
    Route("PUT POST", "/{index}/_mapping", put_mapping, _PUTTING, _PUT_MAPPING, takes_body=True),
    Route("GET POST", "/_refresh", refresh, _REFRESHING, INDICES_OPTIONS),
    Route("GET POST", "/{index}/_refresh", refresh, _REFRESHING, INDICES_OPTIONS),
)
