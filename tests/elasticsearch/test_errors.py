"""Errors become the error objects that Elasticsearch answers."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch import errors
from mockkibana.elasticsearch.errors import ElasticsearchError


def test_the_root_cause_repeats_the_error_without_its_cause() -> None:
    inner = errors.cause("x", "y")
    error = errors.illegal_argument("why", inner)
    plain = {"type": "illegal_argument_exception", "reason": "why"}
    assert error.body() == {
        "error": {"root_cause": [plain], **plain, "caused_by": inner},
        "status": 400,
    }
    assert error.item() == {**plain, "caused_by": inner}
    assert str(error) == "illegal_argument_exception: why"


def test_the_texts_of_a_validation_are_numbered() -> None:
    assert errors.validation_failed(["a", "b"]).reason == "Validation Failed: 1: a;2: b;"


@pytest.mark.parametrize(
    ("blocks", "status"),
    [
        (["FORBIDDEN/8/index write (api)"], 403),
        (["TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark"], 429),
        (["TOO_MANY_REQUESTS/12/disk", "FORBIDDEN/5/index read-only (api)"], 403),
    ],
    ids=str,
)
def test_a_block_has_the_status_of_its_kind(blocks: list[str], status: int) -> None:
    error: ElasticsearchError = errors.cluster_block("x", *blocks)
    assert error.status == status
    assert error.reason == f"index [x] blocked by: [{'];['.join(blocks)}];"
