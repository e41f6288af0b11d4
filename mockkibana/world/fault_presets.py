"""Domain faults of Kibana itself."""

from __future__ import annotations

from mockkibana.faults.errors import BadRule
from mockkibana.faults.facts import Facts
from mockkibana.faults.presets import Preset
from mockkibana.faults.reading import Part
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.kibana.connectors import SAVED
from mockkibana.store import Store
from mockkibana.store.bends import bending


def secrets_missing(store: Store, given: Json) -> Preset:
    """A connector has lost its secrets, as after an import.

    They come back unless somebody has given it others in the meantime.
    """
    id_ = Part(given, "with", ("connector",)).needed("connector", "the id of a connector")
    with bending(store) as (transaction, bend):
        record = transaction.get(SAVED, id_)
        if record is None:
            known = ", ".join(store.table(SAVED).rows()) or "none"
            raise BadRule(
                f"with.connector: there is no saved connector [{id_}]; known are: {known}"
            )
        if not record["secrets"]:
            raise BadRule(f"with.connector: [{id_}] has no secrets that could be missing")
        secrets = record["secrets"]
        transaction.put(SAVED, {id_: {**record, "secrets": {}, "is_missing_secrets": True}})

    def undo() -> None:
        with store.transaction() as transaction:
            bend.forget(transaction)
            record = transaction.get(SAVED, id_)
            if record is not None and record["is_missing_secrets"]:
                restored = {**record, "secrets": secrets, "is_missing_secrets": False}
                transaction.put(SAVED, {id_: restored})

    return Preset(
        ({"face": "kibana", "connector": id_, "method": "POST", "path": "*/_execute"},), undo=undo
    )


def kibana_starting(given: Json) -> Preset:
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
