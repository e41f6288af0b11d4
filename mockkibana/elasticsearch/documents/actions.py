"""Actions: single writes of documents, and what makes one invalid in itself."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.json import Json

_MAX_ID = 512
_EXTERNAL = ("external", "external_gte")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One write, of a request of its own or of a bulk request.

    `op` is `index`, `create` (only a new document), `update` or `delete`; without an `id` a
    document gets one. `source` is the document, for `update` the whole body (`doc`, `upsert`,
    ...); `raw` its bytes as they arrived, for the places in error texts. `error` is what is wrong
    with this action alone: in a bulk request the others go on.
    """

    op: str
    index: str
    id: str | None = None
    source: dict[str, Json] | None = None
    raw: bytes | None = None
    routing: str | None = None
    pipeline: str | None = None
    if_seq_no: int | None = None
    if_primary_term: int | None = None
    version: int | None = None
    version_type: str | None = None
    require_alias: bool = False
    error: Exception | None = None

    @property
    def is_ingested(self) -> bool:
        """Whether pipelines are run on a document that it brings (`IngestService`)."""
        if self.op == "update":
            body = self.source or {}
            return "upsert" in body or bool(body.get("doc_as_upsert"))
        return self.op != "delete"

    @property
    def is_external(self) -> bool:
        """Whether the caller counts the versions."""
        return self.version_type in _EXTERNAL


def read_version_type(value: Json) -> str:
    """Return who counts the versions: `internal`, `external` or `external_gte`.

    Raises `illegal_argument_exception` for another value.
    """
    if value not in ("internal", *_EXTERNAL):
        raise illegal_argument(f"No version type match [{as_text(value)}]")
    return str(value)


def validation_errors(action: Action) -> list[str]:
    """Return why a request is not valid in itself (`DocWriteRequest.validate`)."""
    external = action.is_external
    if action.op == "create":
        if external:
            return ["create operations only support internal versioning. use index instead"]
        if action.version is not None:
            return ["create operations do not support explicit versions. use index instead"]
        if action.if_seq_no is not None or action.if_primary_term is not None:
            return ["create operations do not support compare and set. use index instead"]
    found = []
    if action.id is None and (external or action.version is not None):
        found.append("an id must be provided if version type or value are set")
    found.extend(_compare_and_set_errors(action, external=external))
    size = len((action.id or "").encode("utf-8", "surrogatepass"))
    if size > _MAX_ID and action.op in ("index", "create"):
        found.append(
            f"id [{action.id}] is too long, must be no longer than {_MAX_ID} bytes but was: {size}"
        )
    if action.op == "update":
        found += _update_errors(action.source or {})
    return found


def _compare_and_set_errors(action: Action, *, external: bool) -> list[str]:
    found = []
    if external and (action.version is None or action.version < 0):
        shown = -3 if action.version is None else action.version  # -3 is Versions.MATCH_ANY
        kind = (action.version_type or "").upper()
        found.append(f"illegal version value [{shown}] for version type [{kind}]")
    if action.if_seq_no is not None and (external or action.version is not None):
        found.append("compare and write operations can not use versioning")
    if action.version is not None and not external:
        found.append(
            "internal versioning can not be used for optimistic concurrency control. Please use "
            "`if_seq_no` and `if_primary_term` instead"
        )
    if action.if_seq_no is not None and not action.if_primary_term:
        found.append("ifSeqNo is set, but primary term is [0]")
    if action.if_seq_no is None and action.if_primary_term:
        found.append(f"ifSeqNo is unassigned, but primary term is [{action.if_primary_term}]")
    return found


def _update_errors(body: dict[str, Json]) -> list[str]:
    found = []
    if "script" not in body and "doc" not in body:
        found.append("script or doc is missing")
    if "script" in body and "doc" in body:
        found.append("can't provide both script and doc")
    if "doc" not in body and body.get("doc_as_upsert"):
        found.append("doc must be specified if doc_as_upsert is enabled")
    return found
