"""The sentences that are made of the facts of a refusal."""

from __future__ import annotations

from mockkibana.validation.failure import Failure


def sentence(failure: Failure, namespace: str = "") -> str:
    """Return the message of a refusal, its paths starting with `namespace`."""
    from mockkibana.validation.wording import config_schema  # a start need not wait for it

    return config_schema.sentence(failure, namespace)
