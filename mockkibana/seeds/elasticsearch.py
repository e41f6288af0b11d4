"""The part `elasticsearch` of a seed: what a cluster knows beside its indices.

What tasks and kept searches have come to is no part of it: a cluster forgets that, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from mockkibana.http.messages import Answer, Request
from mockkibana.json import Json, loads
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    Maybe,
    Number,
    Object,
    RecordOf,
    Schema,
    String,
)

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster.cluster import Cluster
    from mockkibana.store import Store

# The API that each is put by, in an order in which none needs a later one, and the key under which
# that takes it.
_APIS = {
    "component_templates": ("_component_template", None),
    "index_templates": ("_index_template", None),
    "templates": ("_template", None),
    "pipelines": ("_ingest/pipeline", None),
    "scripts": ("_scripts", "script"),
    "lifecycle_policies": ("_ilm/policy", "policy"),
}
_TABLES = {name: f"elasticsearch.{name}" for name in (*_APIS, "cluster_settings", "data_streams")}
_POLICY = ("version", "modified_date")


class BadPart(ValueError):
    """The part cannot be loaded; `path` is where in it."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


class Face(Protocol):
    """The HTTP face of Elasticsearch."""

    def handle(self, request: Request) -> Answer:
        """Answer a request."""


def _bodies() -> RecordOf:
    return RecordOf(RecordOf(AnyValue()), load_default=dict)


class PolicySeed(Schema):
    """A lifecycle policy; the last keys are what a snapshot has."""

    policy = RecordOf(AnyValue())
    version = Maybe(Number(min=1))
    modified_date = Maybe(String())


class DataStreamSeed(Schema):
    """A data stream, whose indices are among those of the seed."""

    indices = ArrayOf(String(), min_size=1)
    generation = Number(min=1)
    template = String()
    lifecycle = Maybe(RecordOf(AnyValue()))


class ElasticsearchSeed(Schema):
    """What a cluster knows by name, as the APIs of each kind take it."""

    component_templates = _bodies()
    index_templates = _bodies()
    templates = _bodies()
    pipelines = _bodies()
    scripts = _bodies()
    lifecycle_policies = RecordOf(Object(PolicySeed()), load_default=dict)
    lifecycles_stopped = Boolean(load_default=False)
    data_streams = RecordOf(Object(DataStreamSeed()), load_default=dict)
    cluster_settings = _bodies()


def dump(cluster: Cluster) -> dict[str, Json]:
    """Return what `restore` leads to the same state from; empty where there is nothing."""
    tables = {name: dict(cluster.store.table(table).rows()) for name, table in _TABLES.items()}
    stopped = {"lifecycles_stopped": True} if cluster.lifecycles.is_stopped else {}
    return {**{name: rows for name, rows in tables.items() if rows}, **stopped}


def restore(face: Face, cluster: Cluster, content: dict[str, Any]) -> None:
    """Put what indices may be made of, each by its API. Raises `BadPart`.

    Data streams of these names go with their indices, for which others come.
    """
    known = cluster.store.table(_TABLES["data_streams"]).rows().keys()
    for name in known & content["data_streams"].keys():
        cluster.data_streams.delete(name)
    for kind, (api, key) in _APIS.items():
        for name, record in content[kind].items():
            body = record if key is None else {key: record if kind == "scripts" else record[key]}
            _put(face, f"{api}/{quote(name, safe='')}", body, f"{kind}.{name}")
    for name, record in content["lifecycle_policies"].items():
        _restore_dates(cluster.store, name, record)


def restore_rest(face: Face, cluster: Cluster, content: dict[str, Any]) -> None:
    """Put what needs the indices to be there, or would be in their way. Raises `BadPart`."""
    for name, record in content["data_streams"].items():
        _restore_stream(cluster.store, name, record)
        if "lifecycle" in record:
            path = f"_data_stream/{quote(name, safe='')}/_lifecycle"
            _put(face, path, record["lifecycle"], f"data_streams.{name}.lifecycle")
    if content["lifecycles_stopped"]:
        cluster.lifecycles.stop(stopped=True)
    if any(content["cluster_settings"].values()):
        _put(face, "_cluster/settings", content["cluster_settings"], "cluster_settings")


def _put(face: Face, path: str, body: Json, where: str) -> None:
    headers = {"content-type": "application/json"}
    answer = face.handle(Request("PUT", f"/{path}", headers=headers, body=body, trusted=True))
    if answer.status >= 300:
        told = loads(answer.body) if isinstance(answer.body, bytes | str) else answer.body
        raise BadPart(where, told["error"]["reason"])


def _restore_dates(store: Store, name: str, record: dict[str, Any]) -> None:
    from mockkibana.elasticsearch.mapping import dates

    told = {key: record[key] for key in _POLICY if key in record}
    if type(told.get("version", 1)) is not int:
        raise BadPart(f"lifecycle_policies.{name}.version", "expected an integer")
    if dates.parse(told.get("modified_date", "2024-01-01")) is None:
        raise BadPart(f"lifecycle_policies.{name}.modified_date", "expected a date")
    with store.transaction() as transaction:
        table = _TABLES["lifecycle_policies"]
        transaction.put(table, {name: {**(transaction.get(table, name) or {}), **told}})


def _restore_stream(store: Store, name: str, record: dict[str, Any]) -> None:
    from mockkibana.elasticsearch.indices.indices import INDICES

    where = f"data_streams.{name}"
    if type(record["generation"]) is not int:
        raise BadPart(f"{where}.generation", "expected an integer")
    for index in record["indices"]:
        stored = store.table(INDICES).row(index)
        if stored is None or stored.get("data_stream") != name:
            raise BadPart(f"{where}.indices", f"[{index}] is no index of this data stream")
    with store.transaction() as transaction:
        kept = {key: record[key] for key in ("indices", "generation", "template")}
        transaction.put(_TABLES["data_streams"], {name: kept})
