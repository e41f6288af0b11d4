"""The sentences that are made of the facts of a refusal."""

from __future__ import annotations

from mockkibana.settings.release import Release
from mockkibana.validation.failure import Failure


def sentence(failure: Failure, namespace: str = "", release: Release | None = None) -> str:
    """Return the message of a refusal, its paths starting with `namespace`.

    It is that of config-schema in a release, without one in Kibana 8.
    """
    from mockkibana.validation.wording import config_schema  # a start need not wait for it

    names_unknown_keys = release is not None and release.names_unknown_keys
    return config_schema.sentence(failure, namespace, names_unknown_keys=names_unknown_keys)


def type_sentence(failure: Failure, release: Release) -> str:
    """Return the message of a refusal by the schema of a connector type."""
    if not release.exact_types:
        return sentence(failure)
    from mockkibana.validation.wording import zod

    return zod.sentence(failure, release)


def javascript_error(failure: Failure, release: Release) -> str:
    """Return such a refusal as JavaScript prints the error."""
    if release.exact_types:
        from mockkibana.validation.wording import zod

        return zod.javascript_error(failure, release)
    from mockkibana.validation.wording import config_schema

    text = config_schema.sentence(failure)
    return f"{'TypeError' if config_schema.throws(failure) else 'Error'}: {text}"
