"""Elasticsearch at the other end of the index connector's requests, in this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.errors import ElasticsearchError, disk_full, parse_exception
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.journal.made import Made
from mockkibana.json import Json
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.outbound.party import Box, Party
from mockkibana.settings import Settings
from mockkibana.store import Store, StoreError
from mockkibana.store.errors import Superseded

if TYPE_CHECKING:
    from mockkibana.faults import Effect
    from mockkibana.faults.presets import Preset

_BULK = "/_bulk?refresh="
# Where Elasticsearch is, as far as Kibana's own configuration says: its default.
_HOST = "http://127.0.0.1:9200"


class ElasticsearchParty(Party):
    """Takes bulk requests, whose body is the list of documents to create: nothing is text.

    The body of an answer is Elasticsearch's, a JSON value, or `BulkCreated`.
    """

    name = "elasticsearch"
    keeps_deliveries = False
    is_limited = False

    def __init__(self, cluster: Cluster, store: Store) -> None:
        self._cluster = cluster
        self._store = store

    @property
    def errors(self) -> ErrorAnswers:
        """The bodies of a node."""
        # Guess: of some. The 403 is what its bulk says, which is all that a run asks of it; the 500
        # and all others are the classes that carry any status.
        return ErrorAnswers.shipped("elasticsearch")

    @property
    def presets(self) -> Mapping[str, Callable[[Json], Preset]]:
        """What goes wrong in a cluster."""
        from mockkibana.elasticsearch.fault_presets import (
            flood_stage,
            mapping_conflict,
            read_only_index,
        )

        return {
            **super().presets,
            "elasticsearch-read-only-index": partial(read_only_index, self._cluster, self._store),
            "elasticsearch-flood-stage": partial(flood_stage, self._cluster, self._store),
            "elasticsearch-mapping-conflict": partial(mapping_conflict, self._cluster, self._store),
        }

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Create the documents, as `POST /{index}/_bulk` with one `create` each does.

        `message.user` is who has to be allowed to; for None nobody is asked for.
        """
        index, _, refresh = message.path[1:].rpartition(_BULK)
        documents, user = message.body, message.user
        try:
            if not documents:
                # No documents make an empty body.
                raise parse_exception("request body is required")
            if user is not None:
                # Imported here, as few worlds need it.
                from mockkibana.elasticsearch.security import authorization

                authorization.check(user, authorization.BULK)
            body = self._cluster.create_all(index, documents, refresh=refresh == "true", user=user)
        except Superseded:
            raise  # Kibana itself says so
        except StoreError:
            error = disk_full()
            return Answer(error.status, error.body())
        except ElasticsearchError as error:
            return Answer(error.status, error.body(), dict(error.headers))
        if isinstance(body, dict):  # else the journal reads what was made from the answer
            for item in body["items"]:
                done = item["create"]
                if done["status"] == 201:
                    box.made.append(Made("document", done["_index"], done["_id"]))
        return Answer(200, body)

    def unreachable(self, effect: Effect, url: str, settings: Settings) -> Unreachable:
        """Return what Kibana's Elasticsearch client says: the wire's words, and its own."""
        if effect.refused or effect.tls is not None:
            return super().unreachable(effect, url if "://" in url else _HOST, settings)
        return axios.broken(effect) or Unreachable("Request timed out")
