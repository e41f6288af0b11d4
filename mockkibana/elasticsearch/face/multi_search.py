"""The multi search API: several searches, each answered on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument, validation_failed
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.face.search import searched
from mockkibana.elasticsearch.face.searching import context_of
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parameters import Parameters
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.search import search_request
from mockkibana.elasticsearch.search.search import Search
from mockkibana.elasticsearch.security.authorization import SEARCH
from mockkibana.http.messages import Answer
from mockkibana.json import Json

#: Keys of the line before a search that say what a parameter of a search says.
_PARAMETERS = frozenset(
    {
        "allow_no_indices",
        "allow_partial_search_results",
        "ccs_minimize_roundtrips",
        "expand_wildcards",
        "ignore_throttled",
        "ignore_unavailable",
        "max_concurrent_shard_requests",
        "preference",
        "project_routing",
        "request_cache",
        "routing",
        "search_type",
    }
)
_OF_ALL = ("typed_keys", "rest_total_hits_as_int", *sorted(_PARAMETERS))


def search_several(request: RestRequest) -> Answer:
    """Run several searches; one that fails is an answer as well."""
    start = request.cluster.installation.clock.milliseconds()
    read = [_read(request, header, body) for header, body in _pairs(request.required_body())]
    if not read:
        raise validation_failed(["no requests added"])
    request.authorize()
    answers = [_answer(each, wanted) for each, wanted in read]
    return Answer(200, {"took": request.cluster.took(start), "responses": answers})


def _answer(request: RestRequest, wanted: Search) -> dict[str, Json]:
    try:
        return {**searched(request, wanted, context_of(request)), "status": 200}
    except ElasticsearchError as error:
        return error.body()


def _pairs(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Return the lines before searches, each with the line of the search."""
    *lines, rest = body.split(b"\n")
    if rest.strip():
        raise illegal_argument("The msearch request must be terminated by a newline [\n]")
    # Empty lines before the first search are none.
    while lines and not lines[0].strip():
        del lines[0]
    yield from zip(lines[::2], lines[1::2], strict=False)


def _read(request: RestRequest, header: bytes, body: bytes) -> tuple[RestRequest, Search]:
    """Return a search as a request of its own. Raises `ElasticsearchError`."""
    names = dict(request.names)
    given = request.parameters.values
    values = {name: given[name] for name in _OF_ALL if name in given}
    head = bodies.read(header) if header.strip() else {}
    if not isinstance(head, dict):
        raise illegal_argument(f"Expected [START_OBJECT] but found [{bodies.token_of(head)}]")
    for name, value in head.items():
        if name in ("index", "indices"):
            names["index"] = _text(name, value)
        elif name in _PARAMETERS:
            if value is not None:
                values[name] = _text(name, value)
        else:
            raise illegal_argument(f"key [{name}] is not supported in the metadata section")
    if not names.get("index"):
        names.pop("index", None)
    each = replace(request, names=names, parameters=Parameters(values), body=body, action=SEARCH)
    return each, search_request.read(body, each.parameters, None, context_of(each))


def _text(name: str, value: Json) -> str:
    """Return what a parameter would say for a value of a line. Raises `ElasticsearchError`."""
    items = value if isinstance(value, list) else [value]
    if any(isinstance(item, (dict, list)) or item is None for item in items):
        raise illegal_argument(f"the value of [{name}] is neither a text nor a list of texts")
    return ",".join(map(as_text, items))
