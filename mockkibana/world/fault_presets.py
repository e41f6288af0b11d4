"""Domain faults: what goes wrong behind a Kibana, by name; rules, or changes of a world's state."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote

from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.indices.overrides import definition_of, override
from mockkibana.faults.errors import BadRule
from mockkibana.faults.facts import Facts
from mockkibana.faults.reading import Part
from mockkibana.faults.rules import Preset
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.kibana.connectors import SAVED

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster.cluster import Cluster
    from mockkibana.jira.site import Site
    from mockkibana.store import Store

_BLOCK = "index.blocks.write"
_WRITES = ("_bulk", "_doc", "_doc/*", "_create/*", "_update/*")


class World(Protocol):
    """What domain faults change."""

    @property
    def store(self) -> Store:
        """Where the connectors are."""

    @property
    def elasticsearch(self) -> Cluster:
        """The cluster."""

    @property
    def jira(self) -> Site:
        """The site."""


def domain_fault(world: World, name: str, given: Json) -> Preset:
    """Return what a domain fault comes to; one that changes the state has done so by then.

    `given` is what the rule says `with`. Raises `BadRule`, and then nothing was changed.
    """
    make = _FAULTS.get(name)
    if make is None:
        raise BadRule(f"fault: there is no [{name}]; known are: {', '.join(_FAULTS)}")
    return make(world, given)


def _jira_down(_: World, given: Json) -> Preset:
    """Nobody listens where the connectors' Jira is; the site's own face still answers."""
    Part(given, "with", ())
    return Preset(({"backend": "jira"},), {"wire": "refused"})


def _jira_unauthorized(_: World, given: Json) -> Preset:
    """Jira takes no connector's credentials."""
    Part(given, "with", ())
    return Preset(({"backend": "jira"},), {"status": 401})


def _jira_requires_field(world: World, given: Json) -> Preset:
    """Every project requires a field, which its create metadata show too."""
    part = Part(given, "with", ("field", "name"))
    field = _needed(part, "field", "customfield_10100")
    try:
        undo = world.jira.require_field(field, part.text("name", "Team"))
    except LookupError as error:
        raise BadRule(f"with.field: {error}") from None
    creates = ("/rest/api/{version}/issue",)
    return Preset(_both("jira", "POST", creates), undo=undo)


def _elasticsearch_down(_: World, given: Json) -> Preset:
    """Nobody listens where Elasticsearch is; its own face still answers."""
    Part(given, "with", ())
    return Preset(({"backend": "elasticsearch"},), {"wire": "refused"})


def _elasticsearch_read_only_index(world: World, given: Json) -> Preset:
    """An index, or what an expression means, has a write block; a missing index is created."""
    index = _needed(Part(given, "with", ("index",)), "index", "my-index")
    cluster = world.elasticsearch
    created = False
    try:
        if not cluster.exists(index):
            cluster.create_index(index)
            created = True
        before = {found.name: found.settings.get(_BLOCK) for found in cluster.resolve(index)}
        if not before:
            raise BadRule(f"with.index: no index is there for [{index}]")
        cluster.put_settings(index, {_BLOCK: True})
    except ElasticsearchError as error:
        raise BadRule(f"with.index: {error.reason}") from None

    def undo() -> None:
        for name, block in before.items():
            with suppress(ElasticsearchError):  # the index may be gone
                cluster.put_settings(name, {_BLOCK: block})
            if created:
                _drop_empty(cluster, name)

    paths = tuple(f"/{index}/{api}" for api in _WRITES)
    return Preset(_both("elasticsearch", None, paths), undo=undo)


def _elasticsearch_mapping_conflict(world: World, given: Json) -> Preset:
    """A field is mapped such that what documents have in it does not fit.

    As an object, unless a `type` is given: then texts, numbers and dates all clash. Without an
    `index` it happens to each that a run writes to, just before.
    """
    part = Part(given, "with", ("field", "index", "type"))
    field = _needed(part, "field", "host.name")
    if not all(field.split(".")):
        raise part.bad("field", "the name of a field, such as host.name")
    index = part.text("index", "my-index")
    try:
        definition = definition_of(part.text("type", "long") or "object")
    except ElasticsearchError as error:
        raise BadRule(f"with.type: {error.reason}") from None
    conflict = _Conflict(world, field, definition)
    if index is None:
        every = {"backend": "elasticsearch", "path": "/{index}/_bulk"}
        return Preset((every,), act=conflict.before, undo=conflict.undo)
    try:
        conflict.make(index)
    except ElasticsearchError as error:
        raise BadRule(f"with.index: {error.reason}") from None
    if not conflict.made:
        raise BadRule(f"with.index: no index is there for [{index}]")
    paths = tuple(f"/{index}/{api}" for api in _WRITES)
    return Preset(_both("elasticsearch", None, paths), undo=conflict.undo)


class _Conflict:
    """A field mapped anew in some indices; `made` takes it back in each, by the index's uuid."""

    def __init__(self, world: World, field: str, definition: dict[str, Json]) -> None:
        self._world = world
        self._field = field
        self._definition = definition
        self._created: list[str] = []
        self.made: dict[str, Callable[[], None]] = {}

    def make(self, expression: str) -> None:
        """Map the field in what an expression means; a missing index is created."""
        store, cluster = self._world.store, self._world.elasticsearch
        with store.transaction():
            if not cluster.exists(expression):
                cluster.create_index(expression)
                self._created.append(expression)
            for index in cluster.resolve(expression):
                if index.uuid not in self.made:
                    put_back = override(store, index.name, self._field, self._definition)
                    self.made[index.uuid] = put_back

    def before(self, facts: Facts) -> None:
        """Map it in the index of a bulk request that is about to be sent."""
        with suppress(ElasticsearchError):  # the request itself will tell
            self.make(unquote(facts.path.split("/")[1]))

    def undo(self) -> None:
        """Take everything back; an index that was created goes if it is empty."""
        for put_back in self.made.values():
            put_back()
        for name in self._created:
            _drop_empty(self._world.elasticsearch, name)


def _secrets_missing(world: World, given: Json) -> Preset:
    """A connector has lost its secrets, as after an import.

    They come back unless somebody has given it others in the meantime.
    """
    id_ = _needed(Part(given, "with", ("connector",)), "connector", "the id of a connector")
    with world.store.transaction() as transaction:
        record = transaction.get(SAVED, id_)
        if record is None:
            known = ", ".join(world.store.table(SAVED).rows()) or "none"
            raise BadRule(
                f"with.connector: there is no saved connector [{id_}]; known are: {known}"
            )
        if not record["secrets"]:
            raise BadRule(f"with.connector: [{id_}] has no secrets that could be missing")
        secrets = record["secrets"]
        transaction.put(SAVED, {id_: {**record, "secrets": {}, "is_missing_secrets": True}})

    def undo() -> None:
        with world.store.transaction() as transaction:
            record = transaction.get(SAVED, id_)
            if record is not None and record["is_missing_secrets"]:
                restored = {**record, "secrets": secrets, "is_missing_secrets": False}
                transaction.put(SAVED, {id_: restored})

    return Preset(
        ({"face": "kibana", "connector": id_, "method": "POST", "path": "*/_execute"},), undo=undo
    )


def _kibana_starting(_: World, given: Json) -> Preset:
    """Kibana is not ready: for a number of `calls`, or until the rule goes."""
    calls = Part(given, "with", ("calls",)).integer("calls", 1)
    when = None if calls is None else {"first": calls}
    return Preset(({"face": "kibana"},), answer=_not_ready, when=when)


def _not_ready(facts: Facts) -> Answer:
    """Answer as the server does that listens while Kibana's plugins start (`http_service.ts`).

    Its status route is the one that is there already (`registerPrebootStatusRoute`).
    """
    if facts.path.partition("?")[0] == "/api/status":
        body = {"status": {"overall": {"level": "unavailable"}}}
        return Answer(503, body, {"content-type": "application/json; charset=utf-8"})
    headers = {"content-type": "text/html; charset=utf-8", "retry-after": "30"}
    return Answer(503, "Kibana server is not ready yet", headers)


_FAULTS: dict[str, Callable[[World, Json], Preset]] = {
    "jira-down": _jira_down,
    "jira-unauthorized": _jira_unauthorized,
    "jira-requires-field": _jira_requires_field,
    "elasticsearch-down": _elasticsearch_down,
    "elasticsearch-read-only-index": _elasticsearch_read_only_index,
    "elasticsearch-mapping-conflict": _elasticsearch_mapping_conflict,
    "secrets-missing": _secrets_missing,
    "kibana-starting": _kibana_starting,
}


def _needed(part: Part, key: str, example: str) -> str:
    text = part.text(key, example)
    if text is None:
        raise BadRule(f"{part.at(key)}: expected a text such as {example}")
    return text


def _both(place: str, method: str | None, paths: tuple[str, ...]) -> tuple[dict[str, Json], ...]:
    """Return matches for requests to a backend and for calls to its face."""
    more = {} if method is None else {"method": method}
    return tuple(
        {side: place, "path": path, **more} for side in ("backend", "face") for path in paths
    )


def _drop_empty(cluster: Cluster, index: str) -> None:
    with suppress(ElasticsearchError):  # it may be gone
        if all(cluster.count(found) == 0 for found in cluster.resolve(index)):
            cluster.delete_index(index)
