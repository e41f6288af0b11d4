"""The settings of a world, and its licence."""

from __future__ import annotations

from mockkibana.settings.settings import (
    CONTRACTS,
    HEADER_TEXT,
    JIRA_FLAVOURS,
    LICENSES,
    SHORTEST_PASSWORD,
    SOLUTIONS,
    VERIFICATION_MODES,
    BadSetting,
    CustomHost,
    PreconfiguredConnector,
    Settings,
    refused_connector_id,
)

__all__ = [
    "CONTRACTS",
    "HEADER_TEXT",
    "JIRA_FLAVOURS",
    "LICENSES",
    "SHORTEST_PASSWORD",
    "SOLUTIONS",
    "VERIFICATION_MODES",
    "BadSetting",
    "CustomHost",
    "PreconfiguredConnector",
    "Settings",
    "refused_connector_id",
]
