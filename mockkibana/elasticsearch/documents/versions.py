"""Conditions of a write: the state in which a document must be, and its next version."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.elasticsearch.documents.documents import PRIMARY_TERM, Action

_MAX_ID = 512


@dataclass(frozen=True, slots=True)
class Current:
    """What is known of a document before a write: `version` 0 when there never was one."""

    version: int = 0
    seq_no: int = -1
    exists: bool = False


def conflict(action: Action, current: Current) -> str | None:
    """Return why a write cannot happen (`[id]: version conflict, ` + this), or None.

    The texts are those of VersionConflictEngineException and VersionType.
    """
    if action.op == "create" and current.exists:
        return f"document already exists (current version [{current.version}])"
    if action.if_seq_no is not None:
        required = f"required seqNo [{action.if_seq_no}], primary term [{action.if_primary_term}]. "
        if not current.exists:
            return f"{required}but no document was found"
        if (action.if_seq_no, action.if_primary_term) != (current.seq_no, PRIMARY_TERM):
            return (
                f"{required}current document has seqNo [{current.seq_no}] and primary term "
                f"[{PRIMARY_TERM}]"
            )
    if action.version_type == "external" and current.version >= (action.version or 0) > 0:
        return (
            f"current version [{current.version}] is higher or equal to the one provided "
            f"[{action.version}]"
        )
    if action.version_type == "external_gte" and current.version > (action.version or 0):
        return (
            f"current version [{current.version}] is higher than the one provided "
            f"[{action.version}]"
        )
    return None


def next_version(action: Action, current: Current) -> int:
    """Return the version that a document gets by a write."""
    if action.version_type in ("external", "external_gte") and action.version is not None:
        return action.version
    return current.version + 1


def faults(action: Action) -> list[str]:
    """Return why a request is not valid in itself (`DocWriteRequest.validate`)."""
    found = []
    external = action.version_type in ("external", "external_gte")
    if action.op == "create":
        if external:
            return ["create operations only support internal versioning. use index instead"]
        if action.version is not None:
            return ["create operations do not support explicit versions. use index instead"]
        if action.if_seq_no is not None or action.if_primary_term is not None:
            return ["create operations do not support compare and set. use index instead"]
    if action.id is None and (external or action.version is not None):
        found.append("an id must be provided if version type or value are set")
    found.extend(_compare_and_set_faults(action, external=external))
    size = len((action.id or "").encode("utf-8", "surrogatepass"))
    if size > _MAX_ID and action.op in ("index", "create"):
        found.append(
            f"id [{action.id}] is too long, must be no longer than {_MAX_ID} bytes but was: {size}"
        )
    return found


def _compare_and_set_faults(action: Action, *, external: bool) -> list[str]:
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
