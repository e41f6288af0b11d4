"""The sentences that are made of the facts of a refusal."""

from __future__ import annotations

from mockkibana.validation.failure import Failure


def sentence(failure: Failure, namespace: str = "") -> str:
    """Return the message of a refusal, its paths starting with `namespace`."""
    from mockkibana.validation.wording import config_schema  # a start need not wait for it

    return config_schema.sentence(failure, namespace)


def javascript_error(failure: Failure) -> str:
    """Return a refusal as JavaScript prints the error: its class, then the message."""
    from mockkibana.validation.wording import config_schema

    text = config_schema.sentence(failure)
    return f"{'TypeError' if config_schema.throws(failure) else 'Error'}: {text}"
