"""The `.index` connector: creates documents in an Elasticsearch index."""

from __future__ import annotations

from mockkibana.clock import iso
from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.connectors.elasticsearch_errors import client_message
from mockkibana.javascript import WHITE_SPACE
from mockkibana.journal.made import BulkCreated
from mockkibana.json import Json
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.validation import Any, ArrayOf, Boolean, Nullable, RecordOf, Schema, String

ALERT_HISTORY_PREFIX = "kibana-alert-history-"
_MESSAGE = "error indexing documents"
_ITEM_KEY = "create"


def _alert_history_index(index: str) -> str | None:
    if index.startswith(ALERT_HISTORY_PREFIX):
        return None
    return f'index must start with "{ALERT_HISTORY_PREFIX}"'


class Config(Schema):
    """Where the documents go; Kibana does not check the name."""

    index = String()
    refresh = Boolean(load_default=False)
    executionTimeField = Nullable(String())  # noqa: N815 - Kibana's own name


class Params(Schema):
    """The documents, and another index for this run."""

    documents = ArrayOf(RecordOf(Any()))
    indexOverride = Nullable(String(validate=_alert_history_index))  # noqa: N815


class Index(ConnectorType):
    """Sends the documents of a run to Elasticsearch, in one bulk request."""

    id = ".index"
    config = Config()
    params = Params()
    party = "elasticsearch"
    leniencies = {  # noqa: RUF012
        "bulk-item-key": (
            "the items of an index connector's answer are under `index`, as documented; "
            "a real Kibana 8.x has `create`"
        )
    }
    example = {"documents": [{"id": "test_doc_id", "message": "hello, world"}]}  # noqa: RUF012

    def execute(self, run: Run, params: Json) -> Json:
        """Create the documents in one bulk request and return Elasticsearch's answer.

        Raises `Failed` when Elasticsearch refuses the request or any of the documents, or cannot
        be reached; the documents that it took stay indexed.
        """
        documents = params["documents"]
        time_field = (run.config["executionTimeField"] or "").strip(WHITE_SPACE)
        if time_field:
            now = iso(run.clock.now())
            documents = [{**document, time_field: now} for document in documents]
        index = params["indexOverride"] or run.config["index"]
        path = f"/{index}/_bulk?refresh={'true' if run.config['refresh'] else 'false'}"
        try:
            answer = run.send(Outbound("POST", path, body=documents, user=run.user))
        except Unreachable as error:
            raise _failed(run, str(error)) from None
        if answer.status >= 300:
            raise _failed(run, client_message(answer.body))
        if isinstance(answer.body, dict) and answer.body["errors"]:
            raise _failed(run, _reasons(answer.body["items"]))
        documented = run.release.documented_item_key
        if run.settings.contract == "documented" and documented != _ITEM_KEY:
            run.warnings.append("bulk-item-key")
            return _keyed(answer.body, documented)
        return _keyed(answer.body, _ITEM_KEY)


def _keyed(body: BulkCreated | dict[str, Json], key: str) -> Json:
    """Return the answer with its items under a key."""
    if isinstance(body, BulkCreated):
        return body.encoded(key)
    return {**body, "items": [{key: item[_ITEM_KEY]} for item in body["items"]]}


def _reasons(items: list[Json]) -> str:
    errors = [error for item in items for result in item.values() if (error := result.get("error"))]
    reasons = [reason for error in errors if (reason := error.get("reason"))]
    if not reasons:
        return "Indexing error but no reason returned."
    causes = [cause for error in errors if (cause := (error.get("caused_by") or {}).get("reason"))]
    return ";".join(reasons) + (f" ({';'.join(causes)})" if causes else "")


def _failed(run: Run, service_message: str) -> Failed:
    run.log.write("error", f"{_MESSAGE}: {service_message}")
    return Failed(_MESSAGE, service_message)
