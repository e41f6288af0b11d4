"""What the versions of Kibana differ in."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any, get_origin, get_type_hints

import pytest

from mockkibana.settings.release import Release, is_supported, release_of

ADVANCED = "api:actions:execute-advanced-connectors"
ENDPOINT_SECURITY = "api:actions:execute-endpoint-security-connectors"
SEARCH = "search?jql={}"
NEW_SEARCH = "search/jql?jql={}&fields=summary,key"


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ("legacy_warning_header", {"8.17.9": False, "8.18.0": True, "8.19.5": True}),
        ("endpoint_security_sub_feature", {"8.17.9": False, "8.18.0": True, "8.19.5": True}),
        ("endpoint_security_action", {"8.17.9": ADVANCED, "8.18.0": ENDPOINT_SECURITY,
                                      "8.19.5": ENDPOINT_SECURITY}),
        ("features_read_cloud", {"8.17.9": False, "8.18.0": True, "8.19.5": True}),
        ("jira_search", {"8.17.0": SEARCH, "8.18.20": SEARCH, "8.19.4": SEARCH,
                         "8.19.5": NEW_SEARCH, "8.19.12": NEW_SEARCH, "9.0.9": SEARCH,
                         "9.1.4": SEARCH, "9.1.5": NEW_SEARCH, "9.5.0": NEW_SEARCH}),
        ("build_number", {"8.17.0": 78_000, "8.18.4": 82_400, "8.19.12": 87_200,
                          "9.4.3": 102_392}),
        ("build_date", {"8.17.9": "2024-10-01", "8.18.0": "2024-11-01", "8.19.1": "2024-12-01"}),
        ("elasticsearch_build_date", {"8.17.0": "2024-12-11", "8.18.1": "2025-04-10",
                                      "8.19.5": "2025-07-23"}),
        ("lucene_version", {"8.17.0": "9.12.0", "8.18.3": "9.12.1", "8.19.5": "9.12.2"}),
        ("index_version", {"8.17.0": "8521000", "8.18.3": "8525000", "8.19.5": "8536000"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_release_knows_what_its_version_does(attribute: str, expected: dict[str, Any]) -> None:
    assert {version: getattr(release_of(version), attribute) for version in expected} == expected


@pytest.mark.parametrize("version", ["8.17.0", "8.18.0", "8.19.0", "8.19.999", "9.0.0", "9.5.4"])
def test_every_attribute_of_every_release_has_its_type(version: str) -> None:
    hints = get_type_hints(Release)
    release = release_of(version)
    for field in dataclasses.fields(Release):
        hint = hints[field.name]
        assert type(getattr(release, field.name)) is (get_origin(hint) or hint), field.name


def test_there_is_one_frozen_value_for_each_version() -> None:
    release = release_of("8.18.3")
    assert release is release_of("8.18.3")
    assert release.version == "8.18.3"
    with pytest.raises(dataclasses.FrozenInstanceError):
        release.lucene_version = "0"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, True),
        ("8.18", None, True),
        ("8.18.3", None, True),
        ("8.18.4", None, False),
        ("8.18.10", None, False),
        ("8.19", None, False),
        ("9.0", None, False),
        (None, "8.17", False),
        (None, "8.18.2", False),
        (None, "8.18.3", True),
        (None, "8.18", True),
        (None, "9.0", True),
        ("8.17", "8.18", True),
        ("8.17", "8.17.9", False),
    ],
)
def test_a_version_is_within_both_ends_and_an_end_stands_for_all_of_its_patches(
    since: str | None, until: str | None, expected: bool
) -> None:
    assert release_of("8.18.3").has(since, until) is expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [("8.17.9", "a"), ("8.18.2", "a"), ("8.18.3", "b"), ("8.18.10", "c"), ("8.19.0", "c")],
)
def test_of_values_by_version_the_last_that_came_counts(version: str, expected: str) -> None:
    by_version = {"8.18.10": "c", "8.17": "a", "8.18.3": "b", "9.0": "d"}
    assert release_of(version).value(by_version) == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [("8.17.0", True), ("8.19.999", True), ("9.0.0", True), ("9.5.4", True), ("8.16.0", False),
     ("8.20.0", False), ("8.19", False), ("9.6.0", False), ("9.10.0", False)],
)  # fmt: skip
def test_the_supported_versions_are_8_17_to_8_19_and_9_0_to_9_5(
    version: str, expected: bool
) -> None:
    assert is_supported(version) is expected


def test_what_the_versions_differ_in_is_read_when_it_is_first_asked_for() -> None:
    program = (
        "from mockkibana.data import data\n"
        "from mockkibana.settings import Settings\n"
        "settings = Settings()\n"
        "assert data.cache_info().currsize == 0\n"
        "settings.release\n"
        "assert data.cache_info().currsize == 1\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
