"""Elasticsearch's errors: one exception that carries the error object, and a constructor each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mockkibana.json import Json

Error = dict[str, Json]


class ElasticsearchError(Exception):
    """A request, or one item of a bulk request, fails as Elasticsearch would let it fail.

    `extra` are the further keys of the error object, in order; `root_cause` is the error object at
    the root when it differs from the error itself (`type`, `reason` and its extra keys). `denied`
    is the action that the caller may not do, when that is why.
    """

    def __init__(
        self,
        status: int,
        type: str,  # noqa: A002 - the name of the field
        reason: str,
        *,
        extra: Error | None = None,
        caused_by: Error | None = None,
        root_cause: Error | None = None,
        headers: Mapping[str, str | list[str]] | None = None,
        denied: str | None = None,
    ) -> None:
        super().__init__(status, type, reason)
        self.status = status
        self.type = type
        self.reason = reason
        self.extra = extra or {}
        self.caused_by = caused_by
        self.root_cause = root_cause
        self.headers = headers or {}
        self.denied = denied

    def __str__(self) -> str:
        return f"{self.type}: {self.reason}"

    def item(self) -> Error:
        """Return the error object of a failed bulk item: without `root_cause`."""
        error: Error = {"type": self.type, "reason": self.reason, **self.extra}
        if self.caused_by is not None:
            error["caused_by"] = self.caused_by
        return error

    def body(self) -> Error:
        """Return the whole body of the answer: the error and its status."""
        root = self.root_cause or {"type": self.type, "reason": self.reason, **self.extra}
        return {"error": {"root_cause": [root], **self.item()}, "status": self.status}


def cause(type: str, reason: str, caused_by: Error | None = None) -> Error:  # noqa: A002
    """Return an error object for `caused_by`."""
    error: Error = {"type": type, "reason": reason}
    if caused_by is not None:
        error["caused_by"] = caused_by
    return error


def _of_index(index: str, uuid: str) -> Error:
    return {"index_uuid": uuid, "index": index}


def _of_shard(index: str, uuid: str) -> Error:
    return {"index_uuid": uuid, "shard": "0", "index": index}


def illegal_argument(text: str, caused_by: Error | None = None) -> ElasticsearchError:
    """An argument is refused."""
    return ElasticsearchError(400, "illegal_argument_exception", text, caused_by=caused_by)


def validation_failed(texts: Iterable[str]) -> ElasticsearchError:
    """A request is not valid in itself: the texts are numbered, as Elasticsearch joins them."""
    listed = "".join(f"{number}: {text};" for number, text in enumerate(texts, 1))
    return ElasticsearchError(
        400, "action_request_validation_exception", f"Validation Failed: {listed}"
    )


def parse_exception(text: str) -> ElasticsearchError:
    """A body is missing, or has an unknown key."""
    return ElasticsearchError(400, "parse_exception", text)


def index_not_found(
    name: str, *, resource: str = "index_or_alias", text: str | None = None
) -> ElasticsearchError:
    """No index of that name; `text` replaces the words `no such index [name]`."""
    extra = {"resource.type": resource, "resource.id": name, **_of_index(name, "_na_")}
    return ElasticsearchError(
        404, "index_not_found_exception", text or f"no such index [{name}]", extra=extra
    )


def index_exists(name: str, uuid: str) -> ElasticsearchError:
    """An index of that name exists already."""
    return ElasticsearchError(
        400,
        "resource_already_exists_exception",
        f"index [{name}/{uuid}] already exists",
        extra=_of_index(name, uuid),
    )


def index_closed(name: str, uuid: str) -> ElasticsearchError:
    """An index is closed, and the request is for its documents."""
    return ElasticsearchError(400, "index_closed_exception", "closed", extra=_of_index(name, uuid))


def resource_not_found(text: str, kind: str = "resource_not_found_exception") -> ElasticsearchError:
    """Nothing has that name; `kind` is the type of the error."""
    return ElasticsearchError(404, kind, text)


def invalid_index_name(name: str, text: str) -> ElasticsearchError:
    """No index may have that name; `text` says why (`must be lowercase`)."""
    return ElasticsearchError(
        400,
        "invalid_index_name_exception",
        f"Invalid index name [{name}], {text}",
        extra=_of_index(name, "_na_"),
    )


def invalid_alias_name(name: str, text: str) -> ElasticsearchError:
    """No alias may have that name; `text` says why."""
    return ElasticsearchError(
        400, "invalid_alias_name_exception", f"Invalid alias name [{name}]: {text}"
    )


def version_conflict(index: str, uuid: str, id: str, text: str) -> ElasticsearchError:  # noqa: A002
    """A document is not in the state that the request demands; `text` says which one it is in."""
    return ElasticsearchError(
        409,
        "version_conflict_engine_exception",
        f"[{id}]: version conflict, {text}",
        extra=_of_shard(index, uuid),
    )


def document_missing(index: str, uuid: str, id: str) -> ElasticsearchError:  # noqa: A002
    """There is no document to update."""
    return ElasticsearchError(
        404,
        "document_missing_exception",
        f"[{id}]: document missing",
        extra=_of_shard(index, uuid),
    )


def mapper_parsing(
    reason: str, *, root: str | None = None, caused_by: Error | None = None
) -> ElasticsearchError:
    """A mapping is refused; `root` is the innermost reason when it is worded otherwise."""
    root_cause = cause("mapper_parsing_exception", root) if root is not None else None
    return ElasticsearchError(
        400, "mapper_parsing_exception", reason, root_cause=root_cause, caused_by=caused_by
    )


def document_parsing(reason: str, caused_by: Error | None = None) -> ElasticsearchError:
    """A document does not fit its mapping; the reason begins with `[line:column]`."""
    return ElasticsearchError(400, "document_parsing_exception", reason, caused_by=caused_by)


def strict_dynamic_mapping(reason: str) -> ElasticsearchError:
    """A document brings a field that the mapping does not allow."""
    return ElasticsearchError(400, "strict_dynamic_mapping_exception", reason)


FLOOD_STAGE = (
    "TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has "
    "read-only-allow-delete block"
)
"""The block that a node gives to indices when its disk is full."""


def cluster_block(index: str, *blocks: str) -> ElasticsearchError:
    """An index refuses the request; a block is such as `FORBIDDEN/8/index write (api)`."""
    passes = all(block.startswith("TOO_MANY_REQUESTS") for block in blocks)
    listed = "".join(f"[{block}];" for block in blocks)
    return ElasticsearchError(
        429 if passes else 403, "cluster_block_exception", f"index [{index}] blocked by: {listed}"
    )


def disk_full() -> ElasticsearchError:
    """Nothing can be written at all."""
    # Guess: a node blocks each index of its own; this is how it tells of a block of all.
    return ElasticsearchError(429, "cluster_block_exception", f"blocked by: [{FLOOD_STAGE}];")


def unauthenticated(
    reason: str, challenges: Sequence[str], unsuccessful: str | None = None
) -> ElasticsearchError:
    """Nobody is known by what the request carries.

    `challenges` are the values of `WWW-Authenticate`; `unsuccessful` is what became of credentials
    that were no password.
    """
    values = list(challenges)
    extra: Error = {}
    if unsuccessful is not None:
        extra["additional_unsuccessful_credentials"] = unsuccessful
    extra["header"] = {"WWW-Authenticate": values if len(values) > 1 else values[0]}
    return ElasticsearchError(
        401, "security_exception", reason, extra=extra, headers={"WWW-Authenticate": values}
    )


def unauthorized(reason: str, action: str) -> ElasticsearchError:
    """The caller is known, but may not do that; the reason names the action in its own words."""
    return ElasticsearchError(403, "security_exception", reason, denied=action)
