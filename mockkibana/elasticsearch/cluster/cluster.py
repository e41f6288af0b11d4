"""The cluster: indices, and the documents in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Unpack

from mockkibana.budget import Budget
from mockkibana.elasticsearch.cluster import nodes
from mockkibana.elasticsearch.cluster.parts import Parts
from mockkibana.elasticsearch.documents.actions import Action, validation_errors
from mockkibana.elasticsearch.documents.bulk import Bulk, Failure, item_of
from mockkibana.elasticsearch.documents.documents import Document, DocumentResult
from mockkibana.elasticsearch.documents.index_writer import COUNTERS
from mockkibana.elasticsearch.documents.ingestion import pipelines_of
from mockkibana.elasticsearch.errors import ElasticsearchError, index_not_found, validation_failed
from mockkibana.elasticsearch.indices.indices import INDICES, Index, IndicesOptions
from mockkibana.journal.made import BulkCreated
from mockkibana.json import Json
from mockkibana.settings.installation import Installation
from mockkibana.store import Store, Transaction

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster.statistics import Figures
    from mockkibana.elasticsearch.search.segment import Segment
    from mockkibana.security.identity import Identity


class Cluster(Parts):
    """One Elasticsearch node and all that it holds, in the store of a world.

    Every method that changes something is one transaction. Safe for threads. Methods raise
    `ElasticsearchError`. Every write is visible at once; `refresh` only tells that its answer says
    so. Writes of documents are refused that `user` may not do; for None all may be done.
    """

    def __init__(self, store: Store, installation: Installation) -> None:
        super().__init__(store, installation)
        self._uuid = installation.ids.short("cluster")

    def forget(self) -> None:
        """Forget what was indexed for searches, and whose credentials were good."""
        self._segments.forget()
        self._refreshes.forget()
        self.scrolls.forget()
        self.points_in_time.forget()
        if "security" in self.__dict__:
            self.security.authentication.forget()

    def info(self) -> Json:
        """Return the answer of `GET /`."""
        return nodes.info(self.installation.settings.release, self._uuid)

    def create_index(
        self, name: str, *, settings: Json = None, mappings: Json = None, aliases: Json = None
    ) -> Json:
        """Create an index (`PUT /{index}`)."""
        created = self.administration.create(
            name, settings=settings, mappings=mappings, aliases=aliases
        )
        return {"acknowledged": True, "shards_acknowledged": True, "index": created.name}

    def named(self, expression: str) -> str:
        """Return an index expression with the date math in it worked out (`<logs-{now/d}>`)."""
        return self.catalogue.named(expression)

    def get_index(self, expression: str, **options: Unpack[IndicesOptions]) -> Json:
        """Return `{name: {aliases, mappings, settings}}`."""
        return {index.name: index.body() for index in self.resolve(expression, **options)}

    def exists(self, expression: str) -> bool:
        """Return whether all that an expression names is there; wildcards always are."""
        try:
            self.resolve(expression)
        except ElasticsearchError as error:
            if error.status != 404:
                raise
            return False
        return True

    def delete_index(self, expression: str, **options: Unpack[IndicesOptions]) -> Json:
        """Delete indices by their names."""
        return self.administration.delete(expression, **options)

    def resolve(self, expression: str, **options: Unpack[IndicesOptions]) -> list[Index]:
        """Return the indices that an expression means; an empty one means all."""
        return self.catalogue.resolve(expression, **options)

    def put_mapping(self, expression: str, mappings: Json) -> Json:
        """Extend the mapping of the indices (`PUT /{index}/_mapping`)."""
        return self.administration.put_mapping(self.resolve(expression), mappings)

    def put_settings(
        self,
        expression: str,
        settings: Json,
        *,
        preserve_existing: bool = False,
        reopen: bool = False,
    ) -> Json:
        """Change settings of the indices (`PUT /{index}/_settings`)."""
        return self.administration.put_settings(
            self.resolve(expression), settings, preserve_existing=preserve_existing, reopen=reopen
        )

    def update_aliases(self, actions: list[Json]) -> Json:
        """Apply the actions of `POST /_aliases`."""
        return self.aliases.update(actions)

    def refresh(self, expression: str, **options: Unpack[IndicesOptions]) -> Json:
        """Let searches see all that is in the indices; returns the counted shards of these."""
        indices = self.resolve(expression, **options)
        self.make_visible(indices)
        from mockkibana.elasticsearch.cluster import statistics

        return {"_shards": statistics.shards(indices)}

    def write(
        self,
        action: Action,
        *,
        refresh: bool = False,
        waits: bool = False,
        user: Identity | None = None,
    ) -> DocumentResult:
        """Apply one action; the result of deleting what is missing is `not_found`.

        Searches see it for sure if it is to `refresh`, or `waits` for a refresh.
        """
        if errors := validation_errors(action):
            raise validation_failed(errors)
        failure: Failure | None = None
        with self.store.transaction() as transaction:
            bulk = self._bulk(transaction, self.installation.clock.milliseconds(), user=user)
            try:
                result = bulk.apply(action, refresh=refresh)
            except Failure as caught:
                failure = caught
            # A refused document leaves the index behind that was created for it.
            self._save(bulk, visible=refresh or waits)
        if failure is not None:
            raise failure.error
        return result

    def get_document(self, index: str, id: str) -> Document | None:  # noqa: A002
        """Return a document of an index, or of the one index behind an alias."""
        found = self.catalogue.one(index)
        found.require("read")
        record = self.store.table(found.documents_table).row(id)
        if record is None:
            return None
        return Document(
            found.mapping,
            found.name,
            id,
            record["_source"],
            record["_version"],
            record["_seq_no"],
            record.get("_routing"),
        )

    def bulk(
        self,
        actions: Iterable[Action],
        *,
        refresh: bool = False,
        waits: bool = False,
        user: Identity | None = None,
    ) -> Json:
        """Apply actions in order, each on its own; returns `{"errors", "took", "items"}`.

        Raises `ElasticsearchError`, and then nothing was applied, only for a request that is not
        valid in itself.
        """
        start = self.installation.clock.milliseconds()
        actions = list(actions)
        if errors := [error for action in actions for error in validation_errors(action)]:
            raise validation_failed(errors)
        with self.store.transaction() as transaction:
            bulk = self._bulk(transaction, start, user=user)
            return self._outcomes(bulk, actions, start, refresh=refresh, waits=waits)

    def _save(self, bulk: Bulk, *, visible: bool) -> None:
        bulk.save()
        if visible:
            self._refreshes.refresh(*bulk.written())

    def _outcomes(
        self,
        bulk: Bulk,
        actions: Iterable[Action],
        start: int,
        *,
        refresh: bool,
        waits: bool = False,
    ) -> Json:
        outcomes = [item_of(bulk, action, refresh=refresh) for action in actions]
        self._save(bulk, visible=refresh or waits)
        took = self.took(start)
        return {
            "errors": any(failed for _, failed in outcomes),
            "took": took,
            **({"ingest_took": took} if bulk.ingested else {}),
            "items": [item for item, _ in outcomes],
        }

    def create_all(
        self,
        index: str,
        documents: list[dict[str, Json]],
        *,
        refresh: bool,
        user: Identity | None = None,
    ) -> BulkCreated | Json:
        """Create the documents with generated ids, as a bulk request of `create` actions would.

        Returns the answer, as a JSON value unless all were created. The documents become
        the store's: nobody may mutate them afterwards.
        """
        from mockkibana.elasticsearch.documents import create_many

        start = self.installation.clock.milliseconds()
        with self.store.transaction() as transaction:
            bulk = self._bulk(transaction, start, user=user)
            try:
                writer = bulk.target(index, "create")
            except ElasticsearchError as error:
                ids_ = bulk.ids_of_refused(error, len(documents))
                items = [{"create": Failure(error, index, id_).item()} for id_ in ids_]
                return {"errors": True, "took": self.took(start), "items": items}
            if pipelines_of(writer.index, None):
                actions = [Action(op="create", index=index, source=each) for each in documents]
                return self._outcomes(bulk, actions, start, refresh=refresh)
            ids = bulk.fresh_ids(writer, len(documents))
            first, rejected = create_many.create(writer, documents, ids)
            self._save(bulk, visible=refresh)
        return create_many.answer(
            writer.index, ids, first, rejected, took=self.took(start), refresh=refresh
        )

    @property
    def _is_strict(self) -> bool:
        return self.installation.settings.strict_refresh

    def make_visible(self, indices: Iterable[Index]) -> None:
        """Let searches see everything that is in some indices: a refresh."""
        self._refreshes.refresh(*(index.uuid for index in indices))

    def documents(self, index: Index) -> list[tuple[str, dict[str, Json]]]:
        """Return ids and stored records (`_source`, `_version`, `_seq_no`, perhaps `_routing`).

        In the order of their last writes, which is Lucene's. The records are shared.
        """
        segment = self._segments.of(index, Budget())
        return list(zip(segment.ids, segment.records, strict=True))

    def segment(self, index: Index, budget: Budget) -> Segment:
        """Return the documents of an index as a search sees them that has this budget."""
        if self._is_strict and (seen := self._refreshes.seen(index)) is not None:
            return seen.within(budget)
        return self._segments.of(index, budget)

    def count(self, index: Index) -> int:
        """Return the number of documents in an index that searches see."""
        if self._is_strict and (seen := self._refreshes.seen(index)) is not None:
            return len(seen)
        return len(self.store.table(index.documents_table))

    def size(self, index: Index) -> int:
        """Return how many bytes an index has on the disk that is not there."""
        from mockkibana.elasticsearch.cluster import statistics

        return statistics.size(self.count(index))

    def figures(self, index: Index) -> Figures:
        """Return what there is to count of an index."""
        counters = self.store.table(COUNTERS).row(index.uuid)
        operations = 0 if counters is None else int(counters["seq_no"])
        from mockkibana.elasticsearch.cluster.statistics import Figures

        return Figures(self.count(index), self.size(index), operations)

    def restore(self, name: str, record: Json) -> None:
        """Create an index as a record of `dump`, or a part of one, describes it.

        To be called in an open transaction of the store. Of the record's keys (`settings`,
        `mappings`, `aliases`, `uuid`, `creation_date`, `documents`, `counters`) none is required.
        """
        from mockkibana.elasticsearch.cluster import dump

        dump.check(record)
        start = self.installation.clock.milliseconds()
        with self.store.transaction() as transaction:
            # A snapshot tells all of an index, whatever templates there are by now.
            whole: Json = {"parts": []} if "counters" in record else {}
            self.administration.create(
                name, **whole, **{key: value for key, value in record.items() if key in _OF_INDEX}
            )
            bulk = self._bulk(transaction, start, restores=True)
            writer = bulk.target(name, "create", is_ingested=False, ignore_block=True)
            ids = bulk.fresh_ids(writer, len(record.get("documents", ())))
            dump.restore(writer, transaction, record, ids)

    def dump(self) -> dict[str, Json]:
        """Return all indices by name, such that `restore` of each leads to the same state."""
        from mockkibana.elasticsearch.cluster import dump

        with self.store.transaction():
            return {
                name: dump.dump(self.store, self.catalogue.compiled(name, record), record)
                for name, record in self.store.table(INDICES).rows().items()
            }

    def stored_scripts(self) -> dict[str, Json]:
        """Return the scripts that requests may name, by id."""
        from mockkibana.elasticsearch.documents.updates import STORED_SCRIPTS

        return self.store.table(STORED_SCRIPTS).rows()

    def took(self, start: int) -> int:
        """Return the milliseconds of the world's clock since `start`, as answers tell them."""
        return max(0, self.installation.clock.milliseconds() - start)

    def _bulk(
        self,
        transaction: Transaction,
        milliseconds: int,
        *,
        user: Identity | None = None,
        restores: bool = False,
    ) -> Bulk:
        return Bulk(
            transaction,
            self.catalogue,
            self.installation.ids,
            milliseconds,
            self._auto_create,
            user,
            self._refreshes.hold if self._is_strict and not restores else None,
        )

    def _auto_create(self, name: str) -> Index:
        """Create what a write goes to and is not there: an index, or a data stream."""
        self.settings.refuse_auto_create(name)
        template = self.templates.of(name)
        if template is not None and template.get("allow_auto_create") is False:
            patterns = ", ".join(template["index_patterns"])
            text = f"composable template [{patterns}] forbids index auto creation"
            raise index_not_found(name, text=f"no such index [{name}] and {text}")
        if template is not None and "data_stream" in template:
            return self.data_streams.create(name)
        return self.administration.create(name)


_OF_INDEX = frozenset(
    ("settings", "mappings", "aliases", "uuid", "creation_date", "state", "data_stream")
)
