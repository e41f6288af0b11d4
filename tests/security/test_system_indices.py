"""Which names and patterns of indices are those of system indices."""

from __future__ import annotations

import pytest

from mockkibana.security.system_indices import is_restricted, may_be_restricted


@pytest.mark.parametrize(
    "name",
    [
        *(".security", ".security-7", ".security-tokens", ".kibana", ".kibana_8.17.0_001"),
        *(".kibana_task_manager", ".reporting-2026", ".tasks", ".async-search"),
        *(".fleet-actions", ".fleet-policies-7", ".apm-agent-configuration", ".apm-custom-link"),
    ],
)
def test_a_system_index_is_restricted(name: str) -> None:
    assert is_restricted(name)


@pytest.mark.parametrize(
    "name",
    [
        *("security", "logs", ".alerts-default", ".kibana-event-log-ds", ".securityx"),
        *(".fleet-actions-results", "kibana-alert-history-default", "*", ".*"),
    ],
)
def test_another_index_is_not(name: str) -> None:
    assert not is_restricted(name)


@pytest.mark.parametrize(
    ("pattern", "may"),
    [
        ("*", True),
        (".*", True),
        (".sec*", True),
        (".secu?ity", True),
        (".security-7*", True),
        (".kibana*", True),
        ("/[.]a/", True),
        ("logs-*", False),
        (".kibana-event-log-*", False),
        (".alerts*", False),
    ],
)
def test_a_pattern_may_match_system_indices(pattern: str, may: bool) -> None:
    assert may_be_restricted(pattern) is may
