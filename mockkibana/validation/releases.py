"""Schemas as one release of Kibana has them, each made once."""

from __future__ import annotations

from functools import lru_cache

from mockkibana.settings.release import Release
from mockkibana.validation.field import Field
from mockkibana.validation.schema import Schema

_MOST = 4096  # some hundred schemas a release


@lru_cache(maxsize=_MOST)
def of_route(rule: Field | Schema, release: Release) -> Field | Schema:
    """Return a rule of Kibana's own as a release has it, with the keys that it has there."""
    return rule.resolved(release, False)


@lru_cache(maxsize=_MOST)
def of_type(rule: Field | Schema, release: Release) -> Field | Schema:
    """Return a rule of a connector type as a release has it: in the engine of its types, too."""
    return rule.resolved(release, release.exact_types)
