"""The multi get API."""

from __future__ import annotations

from mockkibana.elasticsearch.documents.source_filter import SourceFilter
from mockkibana.elasticsearch.errors import (
    ElasticsearchError,
    illegal_argument,
    parse_exception,
    validation_failed,
)
from mockkibana.elasticsearch.face.documents import found
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.scalars import as_text, without_surrogates
from mockkibana.http.messages import Answer
from mockkibana.json import Json

_ACTION = "indices:data/read/mget"
_ACTION_OF_SHARD = f"{_ACTION}[shard]"
_KEYS = frozenset({"_id", "_index", "_source", "routing"})


def get_documents(request: RestRequest) -> Answer:
    """Answer several documents, each on its own."""
    body = request.object()
    if not body:
        raise parse_exception("request body or source parameter is required")
    default = request.index()
    items = _items(body)
    if not items:
        raise validation_failed(["no documents to get"])
    errors = [
        f"{name} is missing for doc {number}"
        for number, item in enumerate(items)
        for name, value in (("index", item.get("_index", default)), ("id", item.get("_id")))
        if value is None
    ]
    if errors:
        raise validation_failed(errors)
    wanted = request.source_filter()
    return Answer(200, {"docs": [_item(request, item, default, wanted) for item in items]})


def _items(body: dict[str, Json]) -> list[dict[str, Json]]:
    items: list[dict[str, Json]] = []
    for name, value in body.items():
        token = bodies.token_of(value)
        if name not in ("docs", "ids"):
            # The words of MultiGetRequest.add.
            expected = "expected [docs] or [ids]"
            text = f"unknown key [{name}] for a {token}, {expected}"
            raise ElasticsearchError(400, "parsing_exception", text)
        if not isinstance(value, list):
            text = f"unexpected token [{token}], expected [FIELD_NAME] or [START_ARRAY]"
            raise ElasticsearchError(400, "parsing_exception", text)
        items.extend(map(_id_alone if name == "ids" else _checked, value))
    return items


def _id_alone(id: Json) -> dict[str, Json]:  # noqa: A002
    if isinstance(id, (dict, list)) or id is None:
        raise illegal_argument("ids array element should only contain ids")
    return {"_id": id}


def _checked(item: Json) -> dict[str, Json]:
    if not isinstance(item, dict):
        raise illegal_argument("docs array element should include an object")
    for name, value in item.items():
        if name not in _KEYS or (name != "_source" and isinstance(value, (dict, list))):
            text = f"failed to parse multi get request. unknown field [{name}]"
            raise parse_exception(text)
    return item


def _item(
    request: RestRequest, item: dict[str, Json], default: str | None, wanted: SourceFilter | None
) -> dict[str, Json]:
    index = without_surrogates(as_text(item.get("_index", default)))
    id_ = without_surrogates(as_text(item["_id"]))
    if "_source" in item:
        wanted = SourceFilter.of(item["_source"])
    try:
        index = request.cluster.named(index)
        document = request.authorized_cluster().get_document(index, id_)
        # Each shard is asked on its own, so of an index that is missing everybody is told.
        request.authorize_names(index, action=_ACTION_OF_SHARD)
    except ElasticsearchError as error:
        return {"_index": index, "_id": id_, "error": error.body()["error"]}
    if document is None:
        return {"_index": index, "_id": id_, "found": False}
    return found(document, wanted)
