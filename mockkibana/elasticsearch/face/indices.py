"""The APIs about indices and their mappings."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED
from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    illegal_argument,
    parse_exception,
    validation_failed,
)
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.security import authorization
from mockkibana.http.messages import Answer

_FEATURES = ("aliases", "mappings", "settings")


def create_index(request: RestRequest) -> Answer:
    """Create an index with the settings, mappings and aliases of the body."""
    body = request.object()
    for name, value in body.items():
        if name not in ("settings", "mappings", "aliases"):
            raise parse_exception(f"unknown key [{name}] for create index")
        if not isinstance(value, dict):
            # Guess: CreateIndexRequest words it so for settings; the others are to be like it.
            raise parse_exception(f"key [{name}] must be an object")
    request.check_timeouts()
    name = request.names["index"]
    request.authorize_names(name)
    if body.get("aliases"):
        request.authorize_names(name, *body["aliases"], action="indices:admin/aliases")
    answer = request.authorized_cluster().create_index(
        name,
        settings=body.get("settings"),
        mappings=body.get("mappings"),
        aliases=body.get("aliases"),
    )
    return Answer(200, answer)


def get_index(request: RestRequest) -> Answer:
    """Answer aliases, mappings and settings of indices."""
    features = [name.removeprefix("-") for name in request.parameters.names("features")]
    for name in features:
        if name not in _FEATURES:
            raise illegal_argument(f"invalid feature type [{name}]")
    flat = request.parameters.flag("flat_settings")
    shown = {index.name: index.body(flat=flat) for index in request.indices("metadata_read")}
    if features:
        shown = {
            index: {name: part for name, part in parts.items() if name in features}
            for index, parts in shown.items()
        }
    return Answer(200, shown)


def index_exists(request: RestRequest) -> Answer:
    """Answer whether there is such an index."""
    return Answer(200 if request.authorized_cluster().exists(request.expression()) else 404)


def delete_index(request: RestRequest) -> Answer:
    """Delete the indices that are named; wildcards are refused."""
    request.check_timeouts()
    request.cluster.administration.refuse_wildcards(request.names["index"])
    expression = request.expression()
    if expression == authorization.NOTHING:
        return Answer(200, ACKNOWLEDGED)
    cluster = request.authorized_cluster()
    for index in cluster.resolve(expression, ignore_unavailable=True):
        if index.name in expression.split(","):  # an alias is refused, whatever is behind it
            index.require("delete")
    return Answer(200, cluster.delete_index(expression, **request.indices_options()))


def get_mapping(request: RestRequest) -> Answer:
    """Answer the mappings of indices."""
    indices = request.indices("metadata_read")
    return Answer(200, {index.name: {"mappings": index.mapping.body()} for index in indices})


def put_mapping(request: RestRequest) -> Answer:
    """Add fields to the mappings of indices."""
    if not request.body:
        raise validation_failed(["mapping source is missing"])
    mappings = request.json()
    if not isinstance(mappings, dict):
        raise ElasticsearchError(
            400,
            "parse_exception",
            f"Expected [START_OBJECT] but found [{bodies.token_of(mappings)}]",
        )
    request.check_timeouts()
    request.indices("metadata_write")
    return Answer(200, request.authorized_cluster().put_mapping(request.expression(), mappings))
