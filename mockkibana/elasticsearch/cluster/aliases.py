"""The aliases of a cluster: the actions that change them, and where they lead."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster.administration import ACKNOWLEDGED, Administration
from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    illegal_argument,
    parse_exception,
    validation_failed,
)
from mockkibana.elasticsearch.indices import aliases as index_aliases
from mockkibana.elasticsearch.indices.catalogue import Catalogue
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.json.parse_errors import ParseError, as_error
from mockkibana.json import Json, dumps
from mockkibana.store import Store
from mockkibana.wildcards import wildcard

_KINDS = ("add", "remove", "remove_index")
_NAMES = ("index", "indices", "alias", "aliases")


class Aliases:
    """Changes aliases; a call is one transaction."""

    def __init__(self, store: Store, catalogue: Catalogue, administration: Administration) -> None:
        self._store = store
        self._catalogue = catalogue
        self._administration = administration

    def update(self, actions: list[Json]) -> Json:
        """Apply `add`, `remove` and `remove_index` actions, all or none of them.

        A removal that finds nothing is told beside what was done, and refused where that is all.
        """
        if not actions:
            raise validation_failed(["Must specify at least one alias action"])
        results: list[Json] = []
        with self._store.transaction():
            for action in actions:
                if not isinstance(action, dict) or len(action) != 1:
                    # Guess: of what the parser says, the sentence that tells most.
                    raise illegal_argument("Too many operations declared on operation entry")
                for kind, body in action.items():
                    if kind not in _KINDS:
                        raise parse_exception(f"[aliases] unknown field [{kind}]")
                    if not isinstance(body, dict):
                        raise parse_exception(f"[{kind}] expected an object")
                    results.append(self._apply(kind, dict(body)))
            failed = [result["error"] for result in results if "error" in result]
            if failed and len(failed) == len(results):
                raise index_aliases.missing(failed[0]["resource.id"].split(","))
        if failed:
            return {**ACKNOWLEDGED, "errors": True, "action_results": results}
        return {**ACKNOWLEDGED, "errors": False}

    def _apply(self, kind: str, body: dict[str, Json]) -> Json:
        """Apply an action; returns what has become of it."""
        indices = self._indices(_names(body, "index", "indices"))
        if kind == "remove_index":
            for index in indices:
                self._administration.refuse_write_index(index)
                self._administration.drop(index)
            return _result(kind, indices, [])
        names = list(map(self._catalogue.named, _names(body, "alias", "aliases")))
        must_exist = body.pop("must_exist", None)
        if kind == "remove":
            return self._remove(indices, names, must_exist)
        with self._store.transaction() as transaction:
            for name in names:
                properties = index_aliases.read(name, body)
                _check_filter(name, properties.get("filter"))
                for index in indices:
                    index_aliases.add(transaction, index.name, name, properties)
        return _result(kind, indices, names)

    def _indices(self, names: list[str]) -> list[Index]:
        found: dict[str, Index] = {}
        for name in names:
            if self._catalogue.data_stream(self._catalogue.named(name)) is not None:
                raise illegal_argument("this mock does not support aliases of data streams")
            if self._catalogue.behind(name):
                raise illegal_argument(
                    f"The provided expression [{name}] matches an alias, specify the corresponding "
                    "concrete indices instead."
                )
        # Aliases of hidden and of closed indices may be changed, too, where these are named.
        for index in self._catalogue.resolve(",".join(names), allow_no_indices=False):
            found[index.name] = index
        return list(found.values())

    def _remove(self, indices: list[Index], names: list[str], must_exist: Json) -> Json:
        tests = [wildcard("*" if name == "_all" else name) for name in names]
        removed = [
            (index.name, alias)
            for index in indices
            for alias in index.aliases
            if any(test(alias) for test in tests)
        ]
        if not removed and must_exist is True:
            raise index_aliases.missing(names)
        with self._store.transaction() as transaction:
            for index_name, alias in removed:
                index_aliases.remove(transaction, index_name, alias)
        result = _result("remove", indices, names)
        if not removed and must_exist is not False:
            return {**result, "status": 404, "error": index_aliases.missing(names).item()}
        return result


def _result(kind: str, indices: list[Index], names: list[str]) -> dict[str, Json]:
    """Return what is told of an action that was applied (`AliasActionResult`)."""
    told = {"type": kind, "indices": [index.name for index in indices], "aliases": names}
    return {"action": told, "status": 200}


def _check_filter(alias: str, definition: Json) -> None:
    if definition is None:
        return
    from mockkibana.elasticsearch.search import query_parser

    try:  # it is only parsed, not run: what it would fetch and at which time does not matter
        query_parser.parse(definition, (), query_parser.context(0, lambda *_: None))
    except ParseError as error:
        inner = as_error(error, dumps(definition).encode(), definition)
        raise illegal_argument(
            f"failed to parse filter for alias [{alias}]", inner.item()
        ) from None
    except ElasticsearchError as error:
        raise illegal_argument(
            f"failed to parse filter for alias [{alias}]", error.item()
        ) from None


def _names(body: dict[str, Json], one: str, several: str) -> list[str]:
    values = [body.pop(key) for key in (one, several) if key in body]
    names = [name for value in values for name in (value if isinstance(value, list) else [value])]
    if not names:
        raise illegal_argument(f"One of [{one}] or [{several}] is required")
    for name in names:
        if isinstance(name, (dict, list)) or name is None:
            raise illegal_argument(f"[{one}] expected a text")
    return [part for name in names for part in str(name).split(",")]
