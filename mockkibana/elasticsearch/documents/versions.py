"""Versions: the state in which a write demands a document to be, and the version that it gives."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.elasticsearch.documents.actions import Action
from mockkibana.elasticsearch.documents.documents import PRIMARY_TERM


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
    if action.is_external and action.version is not None:
        return action.version
    return current.version + 1
