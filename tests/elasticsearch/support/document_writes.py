"""Single writes of documents, in one line each."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.documents.documents import DocumentResult
from mockkibana.json import Json


def index_document(
    cluster: Cluster,
    index: str,
    source: dict[str, Json],
    *,
    op: str = "index",
    refresh: bool = False,
    **fields: Json,
) -> DocumentResult:
    """Index or create a document; `fields` are those of an `Action`."""
    return cluster.write(Action(op=op, index=index, source=source, **fields), refresh=refresh)


def update_document(
    cluster: Cluster,
    index: str,
    id_: str,
    body: dict[str, Json],
    *,
    refresh: bool = False,
    **fields: Json,
) -> DocumentResult:
    """Update a document; `body` is that of the API, `fields` are those of an `Action`."""
    action = Action(op="update", index=index, id=id_, source=body, **fields)
    return cluster.write(action, refresh=refresh)


def delete_document(cluster: Cluster, index: str, id_: str, **fields: Json) -> DocumentResult:
    """Delete a document; `fields` are those of an `Action`."""
    return cluster.write(Action(op="delete", index=index, id=id_, **fields))
