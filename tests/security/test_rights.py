"""What roles allow together, against a model that looks at every one of them."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana.security.identity import NATIVE, Identity
from mockkibana.security.privileges import cluster_privileges, index_privileges
from mockkibana.security.rights import Rights
from mockkibana.security.roles import reserved_roles

INDEX_ACTIONS = (
    "indices:data/read/search",
    "indices:data/read/get",
    "indices:data/write/bulk",
    "indices:data/write/index",
    "indices:data/write/index:op_type/create",
    "indices:data/write/index:op_type/index",
    "indices:data/write/update",
    "indices:data/write/delete",
    "indices:admin/create",
    "indices:admin/auto_create",
    "indices:admin/refresh",
)
CLUSTER_ACTIONS = (
    "cluster:monitor/main",
    "cluster:admin/xpack/security/user/put",
    "cluster:admin/xpack/security/api_key/create",
    "cluster:admin/xpack/security/api_key/grant",
    "indices:admin/index_template/put",
)

index_names = st.one_of(
    st.text("ab-.", min_size=1, max_size=4), st.sampled_from([".security", ".kibana_1", ".tasks-1"])
)
name_patterns = st.one_of(
    st.text("ab-.*?", min_size=1, max_size=4),
    st.lists(st.sampled_from(["a", "b", "-", "[.]", ".*", "(a|b)", "a+"]), max_size=3).map(
        lambda parts: f"/{''.join(parts)}/"
    ),
)
index_held = st.one_of(st.sampled_from(index_privileges().names()), st.sampled_from(INDEX_ACTIONS))
groups = st.fixed_dictionaries(
    {
        "names": st.lists(name_patterns, min_size=1, max_size=2),
        "privileges": st.lists(index_held, max_size=2),
    },
    optional={"allow_restricted_indices": st.booleans()},
)
roles = st.fixed_dictionaries(
    {
        "cluster": st.lists(st.sampled_from(cluster_privileges().names()), max_size=2),
        "indices": st.lists(groups, max_size=2),
    }
)
role_lists = st.lists(roles, max_size=3)


def _matches(pattern: str, name: str) -> bool:
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return re.fullmatch(pattern[1:-1], name) is not None
    return fnmatchcase(name, pattern)


def _grants(privilege: str, action: str) -> bool:
    """Tell whether an index privilege grants an action, by its row in the list of denials."""
    if privilege in index_privileges().names():
        return privilege in index_privileges().granting(action)
    return action.startswith(privilege)


def _allows(role: dict[str, Any], action: str, name: str | None) -> bool:
    is_system = name is not None and len(name) > 4
    return any(
        (name is None or any(_matches(pattern, name) for pattern in group["names"]))
        and (group.get("allow_restricted_indices", False) or not is_system)
        and any(_grants(privilege, action) for privilege in group["privileges"])
        for group in role["indices"]
    )


@settings(deadline=None)
@given(role_lists, st.sampled_from(INDEX_ACTIONS), index_names)
def test_an_action_on_an_index_is_allowed_when_one_role_allows_it(
    descriptors: list[dict[str, Any]], action: str, name: str
) -> None:
    rights = Rights(descriptors)
    wanted = any(_allows(role, action, name) for role in descriptors)
    assert rights.allows_index(action, name) is wanted
    assert rights.allows_index(action, name) is wanted  # as it was remembered
    anywhere = any(_allows(role, action, None) for role in descriptors)
    assert rights.allows_some_index(action) is anywhere


@settings(deadline=None)
@given(role_lists, st.sampled_from(CLUSTER_ACTIONS), st.booleans())
def test_an_action_on_the_cluster_is_allowed_when_one_role_allows_it(
    descriptors: list[dict[str, Any]], action: str, own: bool
) -> None:
    held = {name for role in descriptors for name in role["cluster"]}
    granting = {*cluster_privileges().granting(action)}
    if not own:
        granting.discard("manage_own_api_key")
    assert Rights(descriptors).allows_cluster(action, own=own) is bool(held & granting)


@settings(deadline=None)
@given(role_lists, role_lists, st.sampled_from(INDEX_ACTIONS), index_names)
def test_a_key_may_do_what_it_and_its_owner_may(
    own: list[dict[str, Any]], limits: list[dict[str, Any]], action: str, name: str
) -> None:
    identity = Identity(
        username="u",
        roles=(),
        effective_roles=(),
        realm=NATIVE,
        rights=(Rights(own), Rights(limits)),
    )
    wanted = all(
        any(_allows(role, action, name) for role in descriptors) for descriptors in (own, limits)
    )
    assert identity.allows_index(action, name) is wanted


@given(st.lists(st.sampled_from(index_privileges().names()), max_size=3))
def test_who_has_a_privilege_has_the_actions_of_it(held: list[str]) -> None:
    table = index_privileges()
    for name in table.names():
        if table.implies(held, name):
            for action in INDEX_ACTIONS:
                assert table.grants(held, action) or name not in table.granting(action)


def test_more_answers_than_are_remembered_stay_right() -> None:
    rights = Rights([{"indices": [{"names": ["a*"], "privileges": ["read"]}]}])
    action = "indices:data/read/search"
    for number in range(10_001):
        assert rights.allows_index(action, f"b{number}") is False
    assert rights.allows_index(action, "a") is True
    assert rights.allows_index(action, "b0") is False


def _rights(*groups: tuple[str, str, bool]) -> Rights:
    indices = [
        {
            "names": names.split(","),
            "privileges": privileges.split(","),
            "allow_restricted_indices": restricted,
        }
        for names, privileges, restricted in groups
    ]
    return Rights([{"indices": indices}])


@pytest.mark.parametrize(
    ("names", "asked", "has"),
    [
        ("logs-?", "logs-*", False),
        ("/~(secret.*)/", "*", False),
        ("/~(secret.*)/", "/~(secret.*)/", True),
        ("/~(secret.*)/", "logs", True),
        ("logs-*", "logs-1*", True),
        ("logs-*", "log*", False),
        ("a,logs-*", "logs-?", True),
    ],
)
def test_a_pattern_is_had_when_one_as_wide_is_held(names: str, asked: str, has: bool) -> None:
    assert _rights((names, "read", False)).has_index("read", asked) is has


def test_patterns_that_cover_another_one_give_their_privileges_together() -> None:
    rights = _rights(("*", "read", False), ("logs-*", "write", False), ("logs-1", "all", False))
    assert rights.has_index("indices:data/write/index", "logs-1*")
    assert not rights.has_index("all", "logs-1*")
    assert rights.has_index("all", "logs-1")


@pytest.mark.parametrize(
    ("asked", "restricted", "has"),
    [
        ("*", False, True),
        ("*", True, False),
        ("logs-*", True, True),
        (".security", False, False),
        (".security", True, False),
        (".security-*", False, False),
        (".security-*", True, False),
        (".sec*", False, True),
        (".sec*", True, False),
    ],
)
def test_patterns_mean_system_indices_when_that_is_asked(
    asked: str, restricted: bool, has: bool
) -> None:
    plain = _rights(("*", "all", False))
    assert plain.has_index("all", asked, restricted=restricted) is has
    wide = _rights(("*", "all", True))
    is_unasked = asked == ".security-*" and not restricted
    assert wide.has_index("all", asked, restricted=restricted) is not is_unasked


def test_elastic_may_only_read_system_indices() -> None:
    rights = Rights([reserved_roles()["superuser"]])
    assert rights.allows_index("indices:data/read/search", ".security")
    assert rights.allows_index("indices:admin/get", ".kibana")
    assert not rights.allows_index("indices:data/write/index", ".security")
    assert not rights.allows_index("indices:admin/delete", ".security-7")
    assert rights.allows_index("indices:admin/delete", ".alerts-default")


@pytest.mark.parametrize(
    ("resources", "asked", "has"),
    [
        (["*"], "*", True),
        (["space:*"], "space:*", True),
        (["space:*"], "space:default", True),
        (["space:?"], "space:*", False),
        (["?"], "*", False),
        (["/~(space:x)/"], "*", False),
        (["space:default"], "space:*", False),
    ],
)
def test_a_resource_may_be_a_pattern(resources: list[str], asked: str, has: bool) -> None:
    entry = {"application": "shop", "privileges": ["x"], "resources": resources}
    held = Rights([{"applications": [entry]}]).of_application("shop", asked)
    assert held == ({"x"} if has else set())
