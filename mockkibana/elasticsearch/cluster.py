"""The cluster: indices, and the documents in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mockkibana.clock import Clock
from mockkibana.elasticsearch import (
    conditions,
    creation,
    definitions,
    index_settings,
    nodes,
    snapshots,
    updates,
)
from mockkibana.elasticsearch.administration import Administration
from mockkibana.elasticsearch.bulk import Bulk, Failure, item_of
from mockkibana.elasticsearch.documents import Action, Document, DocumentResult
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument, validation_failed
from mockkibana.elasticsearch.indices import Index
from mockkibana.ids import Ids
from mockkibana.json import Encoded, Json
from mockkibana.settings import Settings
from mockkibana.store import Store, Transaction
