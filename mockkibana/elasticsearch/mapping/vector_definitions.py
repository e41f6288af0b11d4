"""The definitions of `dense_vector` fields, with the defaults that every mapping shows."""

from __future__ import annotations

from mockkibana.elasticsearch.json import java
from mockkibana.elasticsearch.mapping.refused import Refused, integer
from mockkibana.elasticsearch.mapping.unfit import Definition
from mockkibana.json import Json

_ELEMENTS = {"bit": 4096 * 8, "byte": 4096, "float": 4096}  # and how many dimensions there may be
_SIMILARITIES = ("cosine", "dot_product", "l2_norm", "max_inner_product")
_GRAPHS = ("hnsw", "int8_hnsw", "int4_hnsw", "bbq_hnsw")
_OPTIONS = (*_GRAPHS, "flat", "int8_flat", "int4_flat", "bbq_flat")


def complete(name: str, definition: Definition) -> Definition:
    """Return a definition with its defaults (`DenseVectorFieldMapper`). Raises `Refused`."""
    element = definition.get("element_type", "float")
    if element not in list(_ELEMENTS):
        known = ", ".join(_ELEMENTS)
        raise Refused(f"invalid element_type [{java.text(element)}]; available types are [{known}]")
    result = dict(definition)
    if "dims" in result:
        dims = result["dims"] = integer(result["dims"])
        if not 1 <= dims <= _ELEMENTS[element]:
            raise Refused(
                f"The number of dimensions should be in the range [1, {_ELEMENTS[element]}] but "
                f"was [{dims}]"
            )
    result.setdefault("index", True)
    if result["index"] in (False, "false"):
        return result
    similarity = result.setdefault("similarity", "l2_norm" if element == "bit" else "cosine")
    if similarity not in _SIMILARITIES:
        raise Refused(
            f"Unknown value [{java.text(similarity)}] for field [similarity] - accepted values are "
            f"[{', '.join(_SIMILARITIES)}]"
        )
    if "index_options" in result:
        result["index_options"] = _options(name, result["index_options"])
    elif element == "float":
        # Guess: 9.1 and newer choose bbq_hnsw from 384 dimensions on.
        result["index_options"] = _options(name, {"type": "int8_hnsw"})
    return result


def _options(name: str, options: Json) -> Definition:
    if not isinstance(options, dict) or options.get("type") is None:
        raise Refused("[index_options] requires field [type] to be configured")
    kind = options["type"]
    if kind not in list(_OPTIONS):
        text = java.text(kind)
        raise Refused(f"Unknown vector index options type [{text}] for field [{name}]")
    defaults = {"type": kind, "m": 16, "ef_construction": 100} if kind in _GRAPHS else {}
    return {**defaults, **options}
