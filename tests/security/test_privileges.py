"""Elasticsearch's named privileges, and how denials list them."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.security.denials import Denial, denial, granting, grants_of, read_denial
from mockkibana.security.identity import API_KEY, NATIVE, Identity
from mockkibana.security.privileges import cluster_privileges, index_privileges, is_on_cluster
from mockkibana.security.roles import Roles
from mockkibana.store import Store


@pytest.mark.parametrize(
    ("action", "privileges"),
    [
        ("indices:data/write/bulk", "create_doc,create,delete,index,write,all"),
        ("indices:data/write/index", "create_doc,create,index,write,all"),
        ("indices:data/write/index:op_type/create", "create_doc,create,index,write,all"),
        ("indices:data/write/index:op_type/index", "create,index,write,all"),
        ("indices:data/write/update", "index,write,all"),
        ("indices:data/write/delete", "delete,write,all"),
        ("indices:admin/auto_create", "auto_configure,create_index,manage,all"),
        ("indices:admin/create", "create_index,manage,all"),
        ("indices:admin/refresh", "maintenance,manage,all"),
        ("indices:data/read/search", "read,all"),
        ("indices:data/read/get", "read,all"),
        ("indices:data/read/mget", "read,all"),
        ("indices:data/read/mget[shard]", "read,all"),
        ("indices:admin/delete", "delete_index,manage,all"),
        ("indices:admin/get", "manage,view_index_metadata,all"),
        ("indices:admin/mappings/get", "manage,view_index_metadata,all"),
        ("indices:admin/mapping/put", "manage,all"),
        ("indices:admin/aliases", "manage,all"),
        ("indices:nonsense", "all"),
        ("cluster:monitor/main", "monitor,manage,all"),
        ("cluster:monitor/health", "monitor,manage,all"),
        ("cluster:admin/xpack/security/user/put", "manage_security,all"),
        ("cluster:admin/xpack/security/user/get", "read_security,manage_security,all"),
        ("cluster:admin/xpack/security/token/create", "manage_token,manage_security,all"),
        (
            "cluster:admin/xpack/security/api_key/create",
            "manage_api_key,manage_security,all",
        ),
        (
            "cluster:admin/xpack/security/api_key/get",
            "read_security,manage_api_key,manage_security,all",
        ),
        (
            "cluster:admin/xpack/security/api_key/grant",
            "grant_api_key,manage_api_key,manage_security,all",
        ),
        ("cluster:admin/xpack/license/put", "manage,all"),
        ("indices:admin/index_template/put", "manage_index_templates,manage,all"),
        ("cluster:nonsense", "manage,all"),
    ],
)
def test_a_denial_names_who_grants_the_action_the_weakest_first(
    action: str, privileges: str
) -> None:
    kind, names = granting(action)
    assert names == privileges.split(",")
    assert (kind == "cluster") is is_on_cluster(action)
    table = cluster_privileges() if kind == "cluster" else index_privileges()
    for name in table.names():
        own = name == "manage_own_api_key"
        assert table.grants([name], action) is (name in names) or own


@pytest.mark.parametrize(
    ("kind", "name", "is_one"),
    [
        ("index", "read", True),
        ("index", "monitor", True),
        ("index", "manage_security", False),
        ("index", "indices:data/read/search", True),
        ("index", "cluster:monitor/main", False),
        ("index", "", False),
        ("cluster", "manage_security", True),
        ("cluster", "read", False),
        ("cluster", "cluster:monitor/*", True),
        ("cluster", "indices:admin/index_template/put", True),
        ("cluster", "indices:data/read/search", False),
    ],
)
def test_a_role_may_hold_names_and_actions(kind: str, name: str, is_one: bool) -> None:
    table = index_privileges() if kind == "index" else cluster_privileges()
    assert table.is_one(name) is is_one


def test_an_action_as_a_privilege_grants_what_begins_so() -> None:
    table = index_privileges()
    held = ["indices:data/read/get"]
    assert table.grants(held, "indices:data/read/get")
    assert table.grants(held, "indices:data/read/get[s]")
    assert not table.grants(held, "indices:data/read/search")
    assert table.grants(["indices:data/*/get"], "indices:data/read/get")


@pytest.mark.parametrize(
    ("held", "name", "implied"),
    [
        (["all"], "read", True),
        (["write"], "create_doc", True),
        (["write"], "index", True),
        (["create", "delete"], "write", False),
        (["index"], "create", True),
        (["create_doc"], "create", False),
        (["create"], "create_doc", True),
        (["manage"], "create_index", True),
        (["manage"], "monitor", True),
        (["manage"], "read", False),
        (["read"], "read", True),
        ([], "read", False),
        ([], "none", True),
        (["read"], "indices:data/read/search", True),
        (["read"], "indices:data/write/index", False),
        (["indices:*"], "read", True),
    ],
    ids=str,
)
def test_privileges_together_imply_others(held: list[str], name: str, implied: bool) -> None:
    assert index_privileges().implies(held, name) is implied


def _identity(roles: tuple[str, ...], effective: tuple[str, ...], **more: Any) -> Identity:
    return Identity(
        username="u",
        roles=roles,
        effective_roles=effective,
        realm=NATIVE,
        **more,
    )


@pytest.mark.parametrize(
    ("identity", "who"),
    [
        (_identity(("a", "b"), ("a", "b")), "user [u] with effective roles [a,b]"),
        (_identity((), ()), "user [u] with effective roles []"),
        (
            _identity(("z", "x"), ()),
            "user [u] with effective roles [] (assigned roles [x,z] were not found)",
        ),
        (
            Identity(
                username="u",
                roles=(),
                effective_roles=(),
                realm=API_KEY,
                api_key={"id": "ID", "name": "k"},
            ),
            "API key id [ID] of user [u]",
        ),
    ],
    ids=["roles", "no roles", "missing roles", "API key"],
)
def test_a_denial_says_who_it_is_about(identity: Identity, who: str) -> None:
    action = "indices:data/read/search"
    granted = ", this action is granted by the index privileges [read,all]"
    start = f"action [{action}] is unauthorized for {who}"
    assert denial(identity, action) == start + granted
    assert denial(identity, action, ["b", "a"]) == f"{start} on indices [a,b]{granted}"
    assert denial(identity, "nonsense") == f"action [nonsense] is unauthorized for {who}"


@pytest.mark.parametrize(
    ("indices", "where"),
    [
        (["a", ".security"], " on indices [a] and restricted indices [.security]"),
        ([".security"], " on restricted indices [.security]"),
        ([".tasks", ".kibana"], " on restricted indices [.kibana,.tasks]"),
        (["b", "a", ".tasks"], " on indices [a,b] and restricted indices [.tasks]"),
    ],
)
def test_a_denial_tells_system_indices_apart(indices: list[str], where: str) -> None:
    action = "indices:data/write/index"
    text = denial(_identity(("r",), ("r",)), action, indices)
    assert f"with effective roles [r]{where}, this action is granted by" in text
    found = read_denial(text)
    assert found is not None
    assert sorted(found.indices) == sorted(indices)


@pytest.mark.parametrize("own", [False, True])
def test_a_denial_about_own_keys_names_the_privilege_for_them(own: bool) -> None:
    action = "cluster:admin/xpack/security/api_key/invalidate"
    text = denial(_identity((), ()), action, own=own)
    first = "manage_own_api_key," if own else ""
    assert text.endswith(f"[{first}manage_api_key,manage_security,all]")
    assert read_denial(text) == Denial("user [u]", action, own=own)
    roles = Roles(Store())
    roles.put("own", _role("x", "none", "manage_own_api_key"))
    assert ("own" in grants_of(roles, action, own=own)) is own


def _role(names: str, privileges: str, *cluster: str) -> dict[str, Any]:
    return {
        "cluster": [*cluster],
        "indices": [{"names": names.split(","), "privileges": privileges.split(",")}],
    }


ROLES = {
    "writer": _role("logs*", "write,create_index"),
    "all": _role("*", "all", "all"),
    "reader": _role("logs", "read", "monitor"),
    "empty": {},
}


@pytest.mark.parametrize(
    ("action", "indices", "names"),
    [
        ("indices:data/read/search", ("logs",), ["all", "reader"]),
        ("indices:data/read/search", ("metrics",), ["all"]),
        ("indices:data/read/search", ("logs", "metrics"), ["all"]),
        ("indices:data/read/search", (".security",), []),
        ("indices:data/read/search", (), ["all", "reader"]),
        ("indices:admin/auto_create", ("logs-1",), ["all", "writer"]),
        ("cluster:monitor/main", (), ["all", "reader"]),
        ("indices:admin/index_template/get", (), ["all", "reader"]),
        ("indices:admin/index_template/put", (), ["all"]),
    ],
)
def test_the_roles_that_would_help_are_found(
    action: str, indices: tuple[str, ...], names: list[str]
) -> None:
    roles = Roles(Store())
    for name, descriptor in ROLES.items():
        roles.put(name, descriptor)
    found = grants_of(roles, action, indices)
    assert [name for name in found if name in ROLES] == names
    assert "superuser" in found


def test_the_roles_that_would_help_are_those_that_there_are_now() -> None:
    roles = Roles(Store())
    before = grants_of(roles, "cluster:monitor/main")
    roles.put("new", ROLES["reader"])
    assert set(grants_of(roles, "cluster:monitor/main")) - set(before) == {"new"}
    roles.delete("new")
    assert grants_of(roles, "cluster:monitor/main") == before


@pytest.mark.parametrize(
    ("action", "indices"),
    [
        ("indices:data/write/bulk", ()),
        ("indices:admin/auto_create", ("test-1",)),
        ("indices:data/read/mget[shard]", ("a", "b")),
        ("cluster:admin/xpack/security/role/get", ()),
    ],
)
@pytest.mark.parametrize(
    ("identity", "who"),
    [
        (_identity(("a", "b"), ("a",)), "user [u]"),
        (_identity((), ()), "user [u]"),
        (_identity((), (), api_key={"id": "k", "name": "n"}), "API key id [k] of user [u]"),
    ],
    ids=["roles missing", "no roles", "API key"],
)
def test_a_denial_can_be_read_again(
    identity: Identity, who: str, action: str, indices: tuple[str, ...]
) -> None:
    told = f"security_exception\n\tRoot causes:\n\t\t{denial(identity, action, indices)}"
    assert read_denial(told) == Denial(who, action, indices)


@pytest.mark.parametrize("text", ["", "no such index [a]", "action [a] is unauthorized"])
def test_another_text_is_no_denial(text: str) -> None:
    assert read_denial(text) is None
