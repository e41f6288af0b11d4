"""Scripts of requests: read, compiled once, and run with a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockkibana.budget import Budget
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument
from mockkibana.elasticsearch.scripts.errors import ScriptError, script_exception, unsupported
from mockkibana.elasticsearch.scripts.nodes import Leave, Node, Return, Scope
from mockkibana.elasticsearch.scripts.parser import parse
from mockkibana.elasticsearch.scripts.values import Value
from mockkibana.json import Json
from mockkibana.remembered import remembered

_LONGEST = 65_535
_KEYS = ("source", "id", "lang", "params", "options")

UPDATE = frozenset({"ctx", "params"})
FIELD = frozenset({"doc", "params"})
SCORE = frozenset({"doc", "params", "_score"})


@dataclass(frozen=True, slots=True)
class Script:
    """A script that is ready to run, and what it is given as `params`."""

    source: str
    node: Node
    params: dict[str, Json]

    def run(self, variables: Mapping[str, Value], budget: Budget | None = None) -> Value:
        """Return the value of the script; `budget` is what it may still work.

        Raises `ElasticsearchError` (`script_exception`).
        """
        try:
            scope = Scope({"params": self.params, **variables}, budget)
            scope.check()
            return self.node.run(scope)
        except Return as end:
            return end.value
        except Leave:
            raise self.failure(ScriptError("extraneous break or continue", 0)) from None
        except ScriptError as error:
            raise self.failure(error) from None
        except RecursionError:
            raise self.failure(unsupported("so much nesting")) from None

    def failure(self, error: ScriptError) -> ElasticsearchError:
        """Return what is told of the script when it fails as it runs."""
        return script_exception(error, "runtime", self.source)


def read(value: Json, variables: frozenset[str], stored: Mapping[str, Json]) -> Script:
    """Read a script, a text or an object, that may use the variables; `stored` are those by id.

    Raises `ElasticsearchError`.
    """
    body = {"source": value} if isinstance(value, str) else value
    if not isinstance(body, dict):
        raise illegal_argument("must specify either [source] for an inline script or [id]")
    for key in body:
        if key not in _KEYS:
            raise illegal_argument(f"[script] unknown field [{key}]")
    params = body.get("params")
    params = {} if params is None else params
    source, lang = body.get("source"), body.get("lang", "painless")
    if source is None:
        source, lang = _stored(body.get("id"), stored)
    if not isinstance(source, str) or not source or not isinstance(params, dict):
        raise illegal_argument("must specify either [source] for an inline script or [id]")
    if lang != "painless":
        if lang in ("expression", "mustache"):
            raise illegal_argument(f"this mock does not support scripts in [{lang}]")
        raise illegal_argument(f"script_lang not supported [{lang}]")
    if len(source) > _LONGEST:
        raise illegal_argument(
            f"exceeded max allowed inline script size in bytes [{_LONGEST}] with size "
            f"[{len(source)}] for script [{source[:100]}]"
        )
    return Script(source, compiled(source, variables), params)


def compiled(source: str, variables: frozenset[str]) -> Node:
    """Compile a script. Raises `ElasticsearchError`."""
    try:
        return _tree(source, *sorted(variables))
    except ScriptError as error:
        raise script_exception(error, "compile", source) from None
    except RecursionError:
        raise script_exception(unsupported("so much nesting"), "compile", source) from None


@remembered(64, longest=2_000)
def _tree(source: str, *variables: str) -> Node:
    return parse(source, variables)


def _stored(id_: Json, stored: Mapping[str, Json]) -> tuple[Json, Json]:
    if id_ is None:
        raise illegal_argument("must specify either [source] for an inline script or [id]")
    found = stored.get(str(id_))
    if found is None:
        raise ElasticsearchError(
            404, "resource_not_found_exception", f"unable to find script [{id_}] in cluster state"
        )
    return found["source"], found.get("lang", "painless")
