"""System indices: a role gives rights on them only with `allow_restricted_indices`."""

from __future__ import annotations

import re

# Of Elasticsearch's own `SystemIndexDescriptor`s; some of these ask for digits where a star is.
_NAMES = (
    ".fleet-actions",
    ".fleet-actions-7",
    ".geoip_databases",
    ".kibana",
    ".logstash",
    ".security",
    ".snapshot-blob-cache",
)
_STARTS = (
    ".apm-agent-configuration",
    ".apm-custom-link",
    ".async-search",
    ".enrich-",
    ".fleet-agents",
    ".fleet-artifacts",
    ".fleet-enrollment-api-keys",
    ".fleet-policies",
    ".fleet-secrets",
    ".fleet-servers",
    ".kibana_",
    ".ml-config",
    ".ml-inference",
    ".ml-meta",
    ".reporting-",
    ".security-",
    ".synonyms",
    ".tasks",
    ".transform-internal-",
    ".triggered_watches",
    ".watches",
)


def is_restricted(name: str) -> bool:
    """Tell whether a name is that of a system index, or of an alias of one.

    For a pattern: whether all the names are that it stands for.
    """
    return name.startswith(_STARTS) or name in _NAMES


def may_be_restricted(pattern: str) -> bool:
    """Tell whether a pattern can match the name of a system index."""
    if pattern.startswith("/"):
        return True
    start = _WILD.split(pattern, maxsplit=1)[0]
    return start.startswith(_STARTS) or any(name.startswith(start) for name in (*_STARTS, *_NAMES))


_WILD = re.compile(r"[*?]")
