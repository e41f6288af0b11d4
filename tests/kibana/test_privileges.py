"""Kibana's privileges: what they grant, and what to grant for an action."""

from __future__ import annotations

import pytest

from mockkibana.kibana.privileges import (
    EVERYWHERE,
    LOGIN,
    MANAGE_SPACES,
    OPERATIONS,
    READ_FEATURES,
    granted,
    privilege_for,
    resource_of,
)
from mockkibana.settings.release import release_of

BEFORE, AFTER = release_of("8.17.9"), release_of("8.18.0")  # the sub-feature came between them
ADVANCED = "api:actions:execute-advanced-connectors"
ENDPOINT_SECURITY = "api:actions:execute-endpoint-security-connectors"


@pytest.mark.parametrize(
    ("privilege", "operations"),
    [
        ("all", {*OPERATIONS}),
        ("space_all", {*OPERATIONS}),
        ("read", {"get", "execute"}),
        ("feature_actions.all", {*OPERATIONS}),
        ("feature_actions.minimal_all", {*OPERATIONS}),
        ("feature_actions.minimal_read", {"get", "execute"}),
        ("feature_dashboard.all", set()),
        ("feature_nonsense.all", set()),
    ],
)
def test_a_privilege_grants_operations_on_connectors(privilege: str, operations: set[str]) -> None:
    held = granted(frozenset([privilege]), AFTER)
    assert {name for name, needed in OPERATIONS.items() if held.issuperset(needed)} == operations


@pytest.mark.parametrize(
    ("privilege", "before", "after"),
    [
        ("all", {ADVANCED}, {ENDPOINT_SECURITY}),
        ("feature_actions.all", {ADVANCED}, {ENDPOINT_SECURITY}),
        ("feature_actions.minimal_all", {ADVANCED}, set()),
        ("feature_actions.read", set(), set()),
        ("feature_actions.endpoint_security_execute", set(), {ENDPOINT_SECURITY}),
    ],
)
def test_who_may_run_endpoint_security_types_depends_on_the_release(
    privilege: str, before: set[str], after: set[str]
) -> None:
    special = {ADVANCED, ENDPOINT_SECURITY}
    assert [special & granted(frozenset([privilege]), release) for release in (BEFORE, AFTER)] == [
        before,
        after,
    ]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (MANAGE_SPACES, "the Kibana base privilege `all`"),
        (READ_FEATURES, "the Kibana base privilege `all`"),
        (LOGIN, "any Kibana privilege"),
        ("saved_object:action/get", "the privilege `read` of the Kibana feature `actions`"),
        ("saved_object:action/create", "the privilege `all` of the Kibana feature `actions`"),
        (
            ENDPOINT_SECURITY,
            "the privilege `endpoint_security_execute` of the Kibana feature `actions`",
        ),
        ("api:nonsense", "`api:nonsense`"),
    ],
)
def test_what_to_grant_for_an_action_is_said_in_words(action: str, expected: str) -> None:
    assert privilege_for(action, AFTER) == expected


def test_a_space_has_a_name_among_the_resources_of_roles() -> None:
    assert [resource_of(space) for space in ("default", EVERYWHERE)] == ["space:default", "*"]
