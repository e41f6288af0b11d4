"""Seed files: a world's first state, written by a person or by a snapshot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mockkibana.json import Json, Malformed, loads
from mockkibana.kibana.connectors import Connectors
from mockkibana.kibana.errors import KibanaError
from mockkibana.kibana.schemas import SpaceSeed, space_id
from mockkibana.kibana.spaces import Spaces
from mockkibana.seeds import security as security_seed
from mockkibana.seeds.security import SecuritySeed
from mockkibana.store import Store, Transaction
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    Field,
    Literal,
    Maybe,
    Number,
    Object,
    RecordOf,
    Refused,
    Schema,
    String,
)
from mockkibana.validation.wording import sentence

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster.cluster import Cluster
    from mockkibana.jira.site import Site
    from mockkibana.security.security import Security
    from mockkibana.settings.installation import Installation

VERSION = 1
STORED_PARTS = {
    "connectors": ("kibana.connectors", "kibana.preconfigured"),
    "spaces": ("kibana.spaces",),
    "elasticsearch": ("elasticsearch.",),
    "jira": ("jira:",),
    "security": ("security.",),
}
"""The parts of a world that are in its store, and how the names of their tables begin."""

_PARTS_OF_KEYS = {
    "connectors": "connectors",
    "preconfigured": "connectors",
    "spaces": "spaces",
    "indices": "elasticsearch",
    "jira": "jira",
    "security": "security",
}


class BadSeed(ValueError):
    """A seed cannot be loaded; the text says which, where and why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A seed that fits the schema; `name` is the file's, for messages."""

    name: str
    content: dict[str, Any] = field(repr=False)  # it holds secrets


def _record() -> Field:
    return RecordOf(AnyValue(), load_default=dict)


class ConnectorSeed(Schema):
    """A saved connector; the last three keys are state that a snapshot carries."""

    id = Maybe(String(min_length=1))
    name = Maybe(String(min_length=1))
    connector_type_id = String(min_length=1)
    config = _record()
    secrets = _record()
    space = String(load_default="default", validate=space_id)
    is_missing_secrets = Boolean(load_default=False)
    referenced_by_count = Number(min=0, load_default=0)
    expands_url = Maybe(Boolean())


class PreconfiguredSeed(Schema):
    """A connector as kibana.yml preconfigures it; it is in every space."""

    id = String(min_length=1)
    name = Maybe(String(min_length=1))
    connector_type_id = String(min_length=1)
    config = _record()
    secrets = _record()
    expose_config = Boolean(load_default=False)
    expands_url = Maybe(Boolean())


class DocumentSeed(Schema):
    """A document of an index, as a hit of a search shows it; without `_id` it gets one."""

    unknowns = "allow"

    _id = Maybe(String(min_length=1))
    _source = RecordOf(AnyValue())
    _version = Maybe(Number(min=1))
    _seq_no = Maybe(Number(min=0))


class IndexSeed(Schema):
    """An index, by its name; keys beside these are state that a snapshot carries."""

    unknowns = "allow"

    settings = Maybe(RecordOf(AnyValue()))
    mappings = Maybe(RecordOf(AnyValue()))
    aliases = Maybe(RecordOf(AnyValue()))
    documents = ArrayOf(Object(DocumentSeed()), load_default=list)


class SeedFile(Schema):
    """A seed file, version 1."""

    version = Literal(VERSION)
    spaces = ArrayOf(Object(SpaceSeed()), load_default=list)
    connectors = ArrayOf(Object(ConnectorSeed()), load_default=list)
    preconfigured = ArrayOf(Object(PreconfiguredSeed()), load_default=list)
    indices = RecordOf(Object(IndexSeed()), load_default=dict)
    jira = _record()
    security = Maybe(Object(SecuritySeed()))


_SCHEMA = SeedFile()


def parse_seed(content: Json, name: str = "seed") -> Seed:
    """Check a seed against the schema. Raises `BadSeed`."""
    try:
        # A seed without a version is told which one there is.
        versioned = {"version": None, **content} if isinstance(content, dict) else content
        loaded: dict[str, Any] = _SCHEMA.load(versioned)
    except Refused as refused:
        text = " ".join(sentence(refused.failure).split())  # one line, whatever it is about
        raise BadSeed(f"{name}: {text}") from None
    if loaded.get("security") is not None:
        loaded["security"] = security_seed.without_clear_text(loaded["security"])
    return Seed(name, loaded)


def read_seed(path: str | Path) -> Seed:
    """Read a seed file, JSON or YAML. Raises `BadSeed`, also when there is no such file."""
    path = Path(path)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise BadSeed(f"{path}: the seed cannot be read: {reason}") from None
    return parse_seed(parse_text(text, path), str(path))


def demo_seed() -> Seed:
    """Return the demo: the documented connectors under the documented ids."""
    text = files("mockkibana.fixtures").joinpath("demo.json").read_text("utf-8")
    return parse_seed(loads(text), "demo")


def parse_text(text: str, path: Path) -> Json:
    """Return what a text, JSON or YAML by the name of its file, says. Raises `BadSeed`."""
    if path.suffix in (".yaml", ".yml"):
        return _yaml(text, path)
    try:
        return loads(text)
    except Malformed as error:
        if path.suffix != ".json":
            return _yaml(text, path)
        raise BadSeed(f"{path}: the seed is no JSON: {error}") from None


def _yaml(text: str, path: Path) -> Json:
    from mockkibana.seeds import yaml  # slow to import, and most seeds are JSON

    try:
        return yaml.parse(text, yaml.SeedLoader)
    except yaml.BadKey as error:
        raise BadSeed(f"{path}: {error}") from None
    except yaml.NotYaml as error:
        raise BadSeed(f"{path}: the seed is no YAML: {error}") from None


def _only(seed: Seed, parts: Collection[str]) -> Seed:
    content = {
        key: value if _PARTS_OF_KEYS.get(key) in parts else type(value)()
        for key, value in seed.content.items()
    }
    return Seed(seed.name, content)


class Backends(Protocol):
    """What stands behind Kibana; each is imported when it is asked for."""

    @property
    def elasticsearch(self) -> Cluster:
        """The Elasticsearch cluster."""

    @property
    def jira(self) -> Site:
        """The Jira site."""

    @property
    def security(self) -> Security:
        """Users, roles, API keys and tokens."""


class Seeds:
    """Puts seeds into a world's store, and writes the store as a seed."""

    def __init__(
        self,
        store: Store,
        installation: Installation,
        connectors: Connectors,
        spaces: Spaces,
        backends: Backends,
    ) -> None:
        self._store = store
        self._installation = installation
        self._connectors = connectors
        self._spaces = spaces
        self._backends = backends

    def load(self, seeds: Iterable[Seed]) -> None:
        """Add seeds in one transaction; a later one wins. Raises `BadSeed`, nothing is changed."""
        with self._store.transaction() as transaction:
            for seed in seeds:
                self._apply(seed, transaction)

    def replace(self, seeds: Sequence[Seed], parts: Collection[str] = STORED_PARTS) -> None:
        """Make the seeds the state, or some parts of it, in one transaction. Raises `BadSeed`."""
        with self._store.transaction() as transaction:
            if set(parts) >= STORED_PARTS.keys():
                transaction.clear()
                self.load(seeds)
                return
            for part in STORED_PARTS.keys() & set(parts):
                for table in self._store.tables():
                    if table.startswith(STORED_PARTS[part]):
                        transaction.drop(table)
            for seed in seeds:
                self._apply(_only(seed, parts), transaction)

    def dump(self) -> Json:
        """Return the state as the content of a seed, secrets included."""
        security = security_seed.dump(
            self._backends.security, self._store, self._installation.settings
        )
        return {
            "version": VERSION,
            "spaces": self._spaces.dump(),
            **self._connectors.dump(),
            "indices": self._backends.elasticsearch.dump(),
            "jira": self._backends.jira.dump(),
            **({} if security is None else {"security": security}),
        }

    def _hint(self, record: dict[str, Any]) -> str:
        known = self._connectors.type_ids()
        if record["connector_type_id"] in known:
            return ""
        return f" Registered are {', '.join(known)}."

    def _apply(self, seed: Seed, transaction: Transaction) -> None:
        content = seed.content
        for space in content["spaces"]:
            self._spaces.restore(transaction, space)
        seen: set[str] = set()
        for part in ("connectors", "preconfigured"):
            for number, record in enumerate(content[part]):
                where = f"{seed.name}: [{part}.{number}]"
                if record.get("id") in seen:
                    raise BadSeed(f"{where}: the id {record['id']} appears twice in this seed")
                try:
                    if part == "connectors":
                        seen.add(self._connectors.restore(transaction, record))
                    else:
                        seen.add(self._connectors.restore_preconfigured(transaction, record))
                except KibanaError as error:
                    raise BadSeed(f"{where}: {error.message}{self._hint(record)}") from None
        if content["indices"]:
            self._restore_indices(seed)
        if content["jira"]:
            self._restore_jira(seed, transaction)
        if content.get("security"):
            self._restore_security(seed, transaction)

    def _restore_jira(self, seed: Seed, transaction: Transaction) -> None:
        from mockkibana.jira.errors import BadSeed as BadJiraSeed

        try:
            self._backends.jira.restore(seed.content["jira"], transaction)
        except BadJiraSeed as error:
            raise BadSeed(f"{seed.name}: [{error.path}]: {error.message}") from None

    def _restore_security(self, seed: Seed, transaction: Transaction) -> None:
        try:
            security_seed.restore(self._backends.security, transaction, seed.content["security"])
        except security_seed.BadSecurity as error:
            raise BadSeed(f"{seed.name}: [security.{error.path}]: {error}") from None

    def _restore_indices(self, seed: Seed) -> None:
        from mockkibana.elasticsearch.errors import ElasticsearchError
        from mockkibana.elasticsearch.indices.indices import INDICES

        elasticsearch = self._backends.elasticsearch
        for name, record in seed.content["indices"].items():
            try:
                if self._store.table(INDICES).row(name) is not None:
                    elasticsearch.delete_index(name)
                elasticsearch.restore(name, record)
            except ElasticsearchError as error:
                raise BadSeed(f"{seed.name}: [indices.{name}]: {error.reason}") from None
