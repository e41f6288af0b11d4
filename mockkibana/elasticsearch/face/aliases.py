"""The APIs about aliases."""

from __future__ import annotations

from mockkibana.elasticsearch.errors import parse_exception
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.json.object_parser import unknown
from mockkibana.elasticsearch.json.parse_errors import located
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.wildcards import wildcard

_KEYS = ("actions",)


def update_aliases(request: RestRequest) -> Answer:
    """Apply the actions of the body, all or none of them."""
    request.check_timeouts()
    raw = request.required_body()
    body = request.object()
    with located(raw, body):
        for key in body:
            if key not in _KEYS:
                raise unknown("aliases", _KEYS, key, (key,))
    actions = body.get("actions", [])
    if not isinstance(actions, list):
        # Guess: the words of an ObjectParser.
        raise parse_exception("[aliases] actions doesn't support values of this type")
    _authorize(request, actions)
    return Answer(200, request.authorized_cluster().update_aliases(actions))


def put_alias(request: RestRequest) -> Answer:
    """Let an alias stand for indices, with the properties of the body."""
    request.check_timeouts()
    action = {**request.object(), "indices": [request.names["index"]]}
    for name in ("index", "alias"):  # which older clients repeat
        action.pop(name, None)
    action["aliases"] = [request.names["name"]]
    _authorize(request, [{"add": action}])
    request.authorized_cluster().update_aliases([{"add": action}])
    return Answer(200, {"acknowledged": True})


def delete_alias(request: RestRequest) -> Answer:
    """Let aliases no longer stand for indices."""
    request.check_timeouts()
    action = {
        "indices": request.names["index"].split(","),
        "aliases": request.names["name"].split(","),
    }
    _authorize(request, [{"remove": action}])
    return Answer(200, request.authorized_cluster().update_aliases([{"remove": action}]))


def _authorize(request: RestRequest, actions: list[Json]) -> None:
    """Refuse who may not do it on the indices and on the aliases that the actions name."""
    if request.user is None:
        return
    named: dict[str, None] = {}
    for action in actions:
        for body in action.values() if isinstance(action, dict) else ():
            for key in ("index", "indices", "alias", "aliases"):
                value = body.get(key, []) if isinstance(body, dict) else []
                names = value if isinstance(value, list) else [value]
                named |= {name: None for name in names if isinstance(name, str)}
    request.authorize_names(*named)


def get_aliases(request: RestRequest) -> Answer:
    """Answer the aliases of indices, perhaps only those that fit with names and wildcards."""
    indices = request.indices(expand="all")
    asked = request.names.get("name")
    if asked is None or asked == "_all":
        found = {index.name: {"aliases": index.aliases} for index in indices}
        if asked is not None:
            found = {name: each for name, each in found.items() if each["aliases"]}
        return Answer(200, found)
    tests = list(map(wildcard, asked.split(",")))
    found = {}
    seen: set[str] = set()
    for index in indices:
        fitting = {
            alias: properties
            for alias, properties in index.aliases.items()
            if any(test(alias) for test in tests)
        }
        if fitting:
            found[index.name] = {"aliases": fitting}
            seen |= fitting.keys()
    missing = sorted(name for name in asked.split(",") if "*" not in name and name not in seen)
    if not missing:
        return Answer(200, found)
    plural = "aliases" if len(missing) > 1 else "alias"
    text = f"{plural} [{','.join(missing)}] missing"
    return Answer(404, {"error": text, "status": 404, **found})
