"""Seeds: a world's first state, put into its store and written from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from mockkibana.data import data
from mockkibana.errors import MockKibanaError
from mockkibana.json import Json
from mockkibana.kibana.connectors import Connectors
from mockkibana.kibana.errors import KibanaError
from mockkibana.kibana.spaces import Spaces
from mockkibana.outbound.state import PARTIES
from mockkibana.spelling import expected
from mockkibana.store import Store, Transaction
from mockkibana.store.state import Documents

if TYPE_CHECKING:
    from mockkibana.connectors.catalog import ConnectorTypes
    from mockkibana.elasticsearch.cluster.cluster import Cluster
    from mockkibana.jira.site import Site
    from mockkibana.outbound.outbox import Outbox
    from mockkibana.security.security import Security
    from mockkibana.seeds.elasticsearch import Face
    from mockkibana.settings.installation import Installation

VERSION = 1
_CLOSE = 0.8  # how alike a misspelt name is to the one that was meant
STORED_PARTS = {
    "connectors": ("kibana.connectors", "kibana.preconfigured"),
    "spaces": ("kibana.spaces",),
    "elasticsearch": ("elasticsearch.",),
    "jira": ("jira:",),
    "security": ("security.",),
    "outbox": ("outbox.",),
}
"""The parts of a world that are in its store, and how the names of their tables begin."""

# The keys of a seed that are not named as their parts.
_PARTS_OF_KEYS = {"preconfigured": "connectors", "indices": "elasticsearch", "parties": "outbox"}
READ_ONLY = frozenset(
    (
        "is_preconfigured",
        "is_deprecated",
        "is_system_action",
        "is_connector_type_deprecated",
        "auth_mode",
    )
)
"""What Kibana's API says of a connector, and nobody can set."""


class BadSeed(MockKibanaError, ValueError):
    """A seed cannot be loaded; the text says which, where and why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A seed that fits the schema; `name` is the file's, for messages.

    `tables` are what it comes to in an empty store, rows by table and id, where that is known.
    """

    name: str
    content: dict[str, Any] = field(repr=False)  # it holds secrets
    tables: dict[str, Documents] | None = field(default=None, repr=False)


def demo_seed() -> Seed:
    """Return the demo: the documented connectors under the documented ids.

    It is shipped as it looks when it was checked, and loaded: no start waits for the schemas, the
    connector types and Jira, which would make the same of it.
    """
    demo = data("demo")
    return Seed("demo", demo["seed"], demo["tables"])


def _only(seed: Seed, parts: Collection[str]) -> Seed:
    content = {
        key: value if _PARTS_OF_KEYS.get(key, key) in parts else type(value)()
        for key, value in seed.content.items()
    }
    return Seed(seed.name, content)


class World(Protocol):
    """What seeds fill; what stands behind its Kibana is imported when it is asked for."""

    store: Store
    installation: Installation
    connectors: Connectors
    connector_types: ConnectorTypes
    spaces: Spaces

    @property
    def elasticsearch(self) -> Cluster:
        """The Elasticsearch cluster."""

    @property
    def elasticsearch_face(self) -> Face:
        """What answers requests to the cluster."""

    @property
    def jira(self) -> Site:
        """The Jira site."""

    @property
    def security(self) -> Security:
        """Users, roles, API keys and tokens."""

    @property
    def parties(self) -> Iterable[str]:
        """The names of those who stand at the other end of runs."""

    @property
    def outbox(self) -> Outbox:
        """What runs sent to third parties."""


class Seeds:
    """Puts seeds into a world's store, and writes the store as a seed."""

    def __init__(self, world: World) -> None:
        self._world = world

    def load(self, seeds: Iterable[Seed]) -> None:
        """Add seeds in one transaction; a later one wins. Raises `BadSeed`, nothing is changed."""
        with self._world.store.transaction() as transaction:
            for seed in seeds:
                self._apply(seed, transaction)

    def replace(self, seeds: Sequence[Seed], parts: Collection[str] = STORED_PARTS) -> None:
        """Make the seeds the state, or some parts of it, in one transaction. Raises `BadSeed`."""
        store = self._world.store
        with store.transaction() as transaction:
            if set(parts) >= STORED_PARTS.keys():
                transaction.clear()
                self.load(seeds)
                return
            for part in STORED_PARTS.keys() & set(parts):
                for table in store.tables():
                    if table.startswith(STORED_PARTS[part]):
                        transaction.drop(table)
            for seed in seeds:
                self._apply(_only(seed, parts), transaction)

    def dump(self) -> Json:
        """Return the state as the content of a seed, secrets included."""
        from mockkibana.seeds import elasticsearch as elasticsearch_seed
        from mockkibana.seeds import security as security_seed

        world = self._world
        cluster = elasticsearch_seed.dump(world.elasticsearch)
        security = security_seed.dump(world.security, world.store, world.installation.settings)
        return {
            "version": VERSION,
            "spaces": world.spaces.dump(),
            **world.connectors.dump(),
            "indices": world.elasticsearch.dump(),
            **({"elasticsearch": cluster} if cluster else {}),
            "jira": world.jira.dump(),
            **({} if security is None else {"security": security}),
            **({"outbox": sent} if (sent := world.outbox.list()) else {}),
            **({"parties": kept} if (kept := world.outbox.parties()) else {}),
        }

    def _hint(self, record: dict[str, Any]) -> str:
        """Return what of a connector is expected in the place of what is unknown."""
        known, type_id = self._world.connectors.type_ids(), record["connector_type_id"]
        if type_id not in known:
            return f" Registered are {', '.join(known)}."
        keys = self._world.connectors.config_keys(type_id)
        unknown = [key for key in record["config"] if keys and key not in keys]
        return f"; {expected(unknown[0], keys)}" if unknown else ""

    def _apply(self, seed: Seed, transaction: Transaction) -> None:
        content = seed.content
        if seed.tables is not None and not transaction.names():
            for table, rows in seed.tables.items():
                transaction.put(table, rows)
            return
        for space in content["spaces"]:
            self._world.spaces.restore(transaction, space)
        self._restore_connectors(seed, transaction)
        if content["indices"] or content.get("elasticsearch"):
            self._restore_elasticsearch(seed)
        if content["jira"]:
            self._restore_jira(seed, transaction)
        if content.get("security"):
            self._restore_security(seed, transaction)
        if content.get("outbox"):
            self._world.outbox.restore(content["outbox"])
        for party, records in (content.get("parties") or {}).items():
            self._check_party(seed, party)
            transaction.put(f"{PARTIES}{party}", self._records(seed, party, records))

    def _check_party(self, seed: Seed, party: str) -> None:
        """Refuse a misspelt party; what looks like none is a name that some package's may use."""
        from difflib import get_close_matches  # few seeds have parties

        known, name = list(self._world.parties), party.partition("/")[0]
        if name not in known and (near := get_close_matches(name, known, 1, _CLOSE)):
            text = f"there is no party [{name}]; did you mean [{near[0]}]?"
            raise BadSeed(f"{seed.name}: [parties.{party}]: {text}")

    def _records(self, seed: Seed, party: str, records: Documents) -> Documents:
        """Return records as the party expects them. Raises `BadSeed` for those of another shape."""
        from mockkibana.seeds.party_records import checked  # few seeds have parties
        from mockkibana.validation import Refused
        from mockkibana.validation.wording import sentence

        try:
            return checked(self._world.connector_types.parties(), party, records)
        except Refused as refused:
            text = " ".join(sentence(refused.failure, f"parties.{party}").split())
            raise BadSeed(f"{seed.name}: {text}") from None

    def _restore_connectors(self, seed: Seed, transaction: Transaction) -> None:
        connectors = self._world.connectors
        seen: set[str] = set()
        for part in ("connectors", "preconfigured"):
            for number, record in enumerate(seed.content[part]):
                where = f"{seed.name}: [{part}.{number}]"
                if record.get("id") in seen:
                    raise BadSeed(f"{where}: the id {record['id']} appears twice in this seed")
                try:
                    if part == "preconfigured":
                        seen.add(connectors.restore_preconfigured(transaction, record))
                    elif not record.get("is_system_action"):  # which every Kibana has of its own
                        seen.add(self._restore_connector(transaction, record))
                except KibanaError as error:
                    # A refusal of several things has as many lines.
                    text = " ".join(error.message.split())
                    raise BadSeed(f"{where}: {text}{self._hint(record)}") from None

    def _restore_connector(self, transaction: Transaction, record: dict[str, Any]) -> str:
        """Put a connector that a person wrote, or that Kibana's API showed: without its secrets."""
        written = {key: value for key, value in record.items() if key not in READ_ONLY}
        if record.get("is_preconfigured"):
            keys = ("id", "name", "connector_type_id", "config", "secrets")
            shown = {key: written[key] for key in keys if key in written}
            shown["expose_config"] = bool(written["config"])
            return self._world.connectors.restore_preconfigured(transaction, shown)
        try:
            return self._world.connectors.restore(transaction, written)
        except KibanaError:
            if len(written) == len(record) or written["secrets"]:
                raise
            # As after an import: Kibana knows that it needs secrets, and that these are missing.
            missing = {**written, "is_missing_secrets": True}
            return self._world.connectors.restore(transaction, missing)

    def _restore_jira(self, seed: Seed, transaction: Transaction) -> None:
        from mockkibana.jira.errors import BadSeed as BadJiraSeed

        try:
            self._world.jira.restore(seed.content["jira"], transaction)
        except BadJiraSeed as error:
            raise BadSeed(f"{seed.name}: [{error.path}]: {error.message}") from None

    def _restore_security(self, seed: Seed, transaction: Transaction) -> None:
        from mockkibana.seeds import security as security_seed

        try:
            security_seed.restore(self._world.security, transaction, seed.content["security"])
        except security_seed.BadSecurity as error:
            raise BadSeed(f"{seed.name}: [security.{error.path}]: {error}") from None

    def _restore_elasticsearch(self, seed: Seed) -> None:
        content = seed.content.get("elasticsearch")
        if not content:
            self._restore_indices(seed)
            return
        from mockkibana.seeds import elasticsearch as elasticsearch_seed

        face, cluster = self._world.elasticsearch_face, self._world.elasticsearch
        try:
            elasticsearch_seed.restore(face, cluster, content)
            self._restore_indices(seed)
            elasticsearch_seed.restore_rest(face, cluster, content)
        except elasticsearch_seed.BadPart as error:
            raise BadSeed(f"{seed.name}: [elasticsearch.{error.path}]: {error}") from None

    def _restore_indices(self, seed: Seed) -> None:
        from mockkibana.elasticsearch.errors import ElasticsearchError
        from mockkibana.elasticsearch.indices.indices import INDICES

        elasticsearch = self._world.elasticsearch
        for name, record in seed.content["indices"].items():
            try:
                if self._world.store.table(INDICES).row(name) is not None:
                    elasticsearch.delete_index(name)
                elasticsearch.restore(name, record)
            except ElasticsearchError as error:
                raise BadSeed(f"{seed.name}: [indices.{name}]: {error.reason}") from None
