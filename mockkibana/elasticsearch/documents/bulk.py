"""Bulk requests: many actions in one transaction, each with its own outcome."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from mockkibana.budget import Budget
from mockkibana.elasticsearch.documents import ingestion
from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.documents.documents import DocumentResult
from mockkibana.elasticsearch.documents.index_writer import IndexWriter
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument, index_not_found
from mockkibana.elasticsearch.indices.catalogue import Catalogue
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.ids import Ids
from mockkibana.json import Json
from mockkibana.store import Transaction

if TYPE_CHECKING:
    from mockkibana.elasticsearch.ingest.pipelines import Pipelines
    from mockkibana.security.identity import Identity


class Bulk:
    """The actions of one request in one transaction; `create` makes an index that is missing.

    Each is refused that `user` may not do; for None all may be done. `hold` is called with an index
    before it is written to.
    """

    def __init__(
        self,
        transaction: Transaction,
        catalogue: Catalogue,
        ids: Ids,
        milliseconds: int,
        create: Callable[[str], Index],
        user: Identity | None,
        hold: Callable[[Index], None] | None = None,
    ) -> None:
        self._transaction = transaction
        self._hold = hold
        self._catalogue = catalogue
        self._ids = ids
        self._milliseconds = milliseconds
        self._budget = Budget()  # of all scripts
        self._create = create
        self._user = user
        self._writers: dict[str, IndexWriter] = {}
        self._targets: dict[tuple[str, bool], IndexWriter] = {}
        self.ingested = False  # whether a pipeline was run

    @cached_property
    def pipelines(self) -> Pipelines:
        """The pipelines that there are; imported on first use, as few writes need them."""
        from mockkibana.elasticsearch.ingest.pipelines import PIPELINES, Pipelines

        return Pipelines(self._transaction.documents(PIPELINES))

    def target(
        self,
        name: str,
        op: str,
        *,
        require_alias: bool = False,
        create: bool = True,
        pipeline: str | None = None,
        is_ingested: bool = True,
        ignore_block: bool = False,
        is_conditional: bool = False,
    ) -> IndexWriter:
        """Return what writes to an index or alias; with `create` a missing index is created.

        `op` is what is to be done there, `is_conditional` whether only to a known state of the
        document, `pipeline` the one that the request names; those of the
        index count for what `is_ingested`. Raises `ElasticsearchError`: an alias without a write
        index, what the user may not do, a name that no index may have, a pipeline that is not
        there, a write block.
        """
        if is_ingested and pipeline not in (None, "_none"):
            self.pipelines.require(str(pipeline))
        name = self._catalogue.named(name)
        writer = self._targets.get((name, require_alias))
        index = None
        if writer is None:
            index = self._catalogue.write_index(name, require_alias=require_alias)
            if index is None and not create:
                raise index_not_found(name)
        if self._user is not None:
            is_new = writer is None and index is None
            # Imported here, as few worlds need it.
            from mockkibana.elasticsearch.security import authorization

            authorization.check_write(self._user, op, name, is_new=is_new)
        if writer is None:
            index = index or self._create(name)
            writer = self._writers.get(index.uuid)
            if writer is None:
                if self._hold is not None:
                    self._hold(index)
                writer = IndexWriter(
                    self._transaction, self._catalogue, index, self._milliseconds, self._budget
                )
                self._writers[index.uuid] = writer
            self._targets[name, require_alias] = writer
        if is_ingested:
            for each in ingestion.pipelines_of(writer.index, pipeline):
                self.pipelines.require(each)
        if not ignore_block:
            if writer.index.data_stream is not None:
                _refuse_stream_write(writer.index, name, op, is_conditional=is_conditional)
            writer.index.require("write")
        return writer

    def fresh_ids(self, writer: IndexWriter, count: int) -> list[str]:
        """Return generated ids that no document of the index has.

        A clock that stands still and a restart can bring ids again.
        """
        ids = self._ids.elasticsearch(count, self._milliseconds)
        while writer.has_any(ids):
            ids = self._ids.elasticsearch(count, self._milliseconds)
        return ids

    def ids_of_refused(self, error: ElasticsearchError, count: int) -> list[str | None]:
        """Return the ids of documents that came without, and got no further than `target`.

        A write is authorized at its shard, where documents have ids already.
        """
        if error.denied is None:
            return [None] * count
        from mockkibana.elasticsearch.security.authorization import AUTO_CREATE

        if error.denied == AUTO_CREATE:
            return [None] * count
        return [*self._ids.elasticsearch(count, self._milliseconds)]

    def apply(self, action: Action, *, refresh: bool) -> DocumentResult:
        """Apply one action. Raises `Failure` with the error and where it happened."""
        if action.id == "":
            error = illegal_argument("if _id is specified it must not be empty")
            raise Failure(error, action.index, "")
        # A delete creates no index, unless its version says that the document was elsewhere.
        create = action.op != "delete" or action.is_external
        try:
            writer = self._writer_for(action, create=create)
            if action.is_ingested and action.error is None:
                names = ingestion.pipelines_of(writer.index, action.pipeline)
                if names:
                    self.ingested = True
                    changed = ingestion.ingested(
                        action, names, self.pipelines, self._milliseconds, self._budget
                    )
                    if changed is None:
                        return ingestion.dropped(action)
                    if changed.index != action.index:
                        writer = self._writer_for(changed, create=create)
                    action = changed
        except ElasticsearchError as error:
            id_ = self.ids_of_refused(error, 1)[0] if action.id is None else action.id
            raise Failure(error, action.index, id_) from None
        id_ = action.id
        if id_ is None:
            id_ = self.fresh_ids(writer, 1)[0]
        try:
            if action.error is not None:
                raise action.error
            if action.op == "delete":
                return writer.delete_document(action, id_, refresh=refresh)
            if action.op == "update":
                return writer.update_document(action, id_, refresh=refresh)
            return writer.index_document(action, id_, refresh=refresh)
        except ElasticsearchError as error:
            raise Failure(error, writer.index.name, id_) from None

    def _writer_for(self, action: Action, *, create: bool) -> IndexWriter:
        return self.target(
            action.index,
            action.op,
            require_alias=action.require_alias,
            create=create,
            pipeline=action.pipeline,
            is_ingested=action.is_ingested,
            is_conditional=action.if_seq_no is not None,
        )

    def written(self) -> list[str]:
        """Return the uuids of the indices that were written to, or tried."""
        return list(self._writers)

    def save(self) -> None:
        """Put all changes into the transaction."""
        for writer in self._writers.values():
            writer.save()


def _refuse_stream_write(index: Index, name: str, op: str, *, is_conditional: bool) -> None:
    """Refuse a write that a data stream does not take, under its own name or its index's."""
    if name != index.name:
        if op == "create":
            return
        text = "only write ops with an op_type of create are allowed in data streams"
    elif op == "create":
        text = "index request with op_type=create targeting backing indices is disallowed"
    elif op == "index" and not is_conditional:
        text = (
            "index request with op_type=index and no if_primary_term and if_seq_no set targeting "
            "backing indices is disallowed"
        )
    else:
        return
    where = f", target corresponding data stream [{index.data_stream}] instead"
    raise illegal_argument(text + (where if name == index.name else ""))


class Failure(Exception):
    """One action failed; `index` and `id` as far as they are known."""

    def __init__(self, error: ElasticsearchError, index: str, id: str | None) -> None:  # noqa: A002
        super().__init__(str(error))
        self.error = error
        self.index = index
        self.id = id

    def item(self) -> dict[str, Json]:
        """Return the item of a bulk answer, without the name of its operation."""
        return {
            "_index": self.index,
            "_id": self.id,
            "status": self.error.status,
            "error": self.error.item(),
        }


def item_of(bulk: Bulk, action: Action, *, refresh: bool) -> tuple[dict[str, Json], bool]:
    """Apply an action; returns its item of the answer and whether it failed."""
    try:
        result = bulk.apply(action, refresh=refresh)
    except Failure as failure:
        return {action.op: failure.item()}, True
    return {action.op: {**result.body(), "status": result.status}}, False
