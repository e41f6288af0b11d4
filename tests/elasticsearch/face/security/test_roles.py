"""Roles are put, shown, searched and deleted over HTTP, one by one and many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockkibana.clock import Clock
from mockkibana.elasticsearch.errors import ElasticsearchError
from mockkibana.elasticsearch.security.roles import delete_role, put_role, read_limit, read_role
from mockkibana.http.messages import Answer
from mockkibana.ids import Ids
from mockkibana.security.privileges import cluster_privileges, index_privileges
from mockkibana.security.roles import reserved_roles
from mockkibana.security.security import Security
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

Ask = Callable[..., Answer]
Refused = Callable[..., dict[str, Any]]

ROLE = {
    "cluster": ["monitor"],
    "indices": [{"names": "logs-*", "privileges": ["read"], "allow_restricted_indices": True}],
    "applications": [
        {
            "application": "kibana-.kibana",
            "privileges": ["feature_actions.read"],
            "resources": ["space:default"],
        }
    ],
    "run_as": ["joe"],
    "metadata": {"version": 1},
    "description": "Reads logs",
}
SHOWN = {
    "cluster": ["monitor"],
    "indices": [{"names": ["logs-*"], "privileges": ["read"], "allow_restricted_indices": True}],
    "applications": ROLE["applications"],
    "run_as": ["joe"],
    "metadata": {"version": 1},
    "transient_metadata": {"enabled": True},
    "description": "Reads logs",
}
EMPTY = {
    "cluster": [],
    "indices": [],
    "applications": [],
    "run_as": [],
    "metadata": {},
    "transient_metadata": {"enabled": True},
}
READ = {"names": ["x"], "privileges": ["read"]}
KIBANA = ROLE["applications"][0]  # type: ignore[index]


@pytest.mark.parametrize("settings", [Settings(security=True), Settings()], ids=["secured", "open"])
def test_a_role_is_created_shown_replaced_and_deleted(ask: Ask) -> None:
    path = "/_security/role/my%20role"
    assert ask(f"PUT {path}", ROLE).body == {"role": {"created": True}}
    shown = ask(f"GET {path}").body
    assert shown == {"my role": SHOWN}
    assert list(shown["my role"]) == list(SHOWN)
    assert list(shown["my role"]["indices"][0]) == list(SHOWN["indices"][0])  # type: ignore[index]
    assert ask(f"POST {path}", {}).body == {"role": {"created": False}}
    assert ask(f"GET {path}").body == {"my role": EMPTY}
    assert ask(f"DELETE {path}").body == {"found": True}
    gone = ask(f"DELETE {path}")
    assert (gone.status, gone.body) == (404, {"found": False})
    missing = ask(f"GET {path}")
    assert (missing.status, missing.body) == (404, {})


def test_all_roles_begin_with_those_of_elasticsearch(ask: Ask) -> None:
    ask("PUT /_security/role/mine", {})
    names = list(ask("GET /_security/role").body)
    assert names[0] == "superuser"
    assert {"kibana_admin", "viewer", "editor", "monitoring_user", "kibana_system"} < {*names}
    assert names[-1] == "mine"
    assert list(ask("GET /_security/role/mine,zz,viewer").body) == ["viewer", "mine"]


def test_the_superuser_reads_as_elasticsearch_shows_it(ask: Ask) -> None:
    role = ask("GET /_security/role/superuser").body["superuser"]
    assert list(role) == [
        "cluster",
        "indices",
        "applications",
        "run_as",
        "metadata",
        "transient_metadata",
        "remote_indices",
        "remote_cluster",
        "description",
    ]
    assert role["transient_metadata"] == {}
    assert role["metadata"] == {"_reserved": True}


PARSE, ILLEGAL = "parse_exception", "illegal_argument_exception"
X_CONTENT, REQUEST = "x_content_parse_exception", "action_request_validation_exception"
INDICES = "failed to parse indices privileges for role [r]. "
APPLICATIONS = "failed to parse application privileges for role [r]. "


def one(text: str) -> str:
    return f"Validation Failed: 1: {text};"


def unknown_cluster(name: str) -> str:
    return (
        f"unknown cluster privilege [{name}]. a privilege must be either one of the predefined "
        f"cluster privilege names [{','.join(cluster_privileges().names())}] or a pattern over one "
        "of the available cluster actions"
    )


def unknown_index(name: str) -> str:
    known = ",".join(f"{name}=[{name}]" for name in index_privileges().names())
    return (
        f"unknown index privilege [{name}]. a privilege must be either one of the predefined fixed "
        f"indices privileges [{known}] or a pattern over one of the available index actions"
    )


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        ({"zz": 1}, PARSE, "failed to parse role [r]. unexpected field [zz]"),
        ({"restriction": {}}, PARSE, "failed to parse role [r]. unexpected field [restriction]"),
        (
            {"transient_metadata": 1},
            PARSE,
            "failed to parse role [r]. unexpected field [transient_metadata]",
        ),
        (
            [],
            PARSE,
            "failed to parse role [r]. expected an object but found [START_ARRAY] instead",
        ),
        (
            {"metadata": 1},
            PARSE,
            "expected field [metadata] to be of type object, but found [VALUE_NUMBER] instead",
        ),
        (
            {"indices": {}},
            PARSE,
            (
                f"{INDICES}expected field [indices] value to be an array, but found [START_OBJECT] "
                "instead"
            ),
        ),
        (
            {"index": ["x"]},
            PARSE,
            (
                f"{INDICES}expected field [index] value to be an array of objects, but found an "
                f"array "
                "element of type [VALUE_STRING]"
            ),
        ),
        (
            {"indices": [{"names": [], "privileges": ["read"]}]},
            PARSE,
            f"{INDICES}[names] cannot be an empty array",
        ),
        (
            {"indices": [{"names": 1, "privileges": ["read"]}]},
            PARSE,
            (
                f"{INDICES}expected field [names] value to be a string or an array of strings, but "
                "found [VALUE_NUMBER] instead"
            ),
        ),
        (
            {"indices": [{"privileges": ["read"]}]},
            PARSE,
            f"{INDICES}missing required [names] field",
        ),
        (
            {"indices": [{"names": "x"}]},
            PARSE,
            f"{INDICES}missing required [privileges] field",
        ),
        (
            {"indices": [{**READ, "privileges": []}]},
            ILLEGAL,
            "indices privileges must define at least one privilege",
        ),
        (
            {"indices": [{**READ, "allow_restricted_indices": "x"}]},
            PARSE,
            (
                f"{INDICES}expected field [allow_restricted_indices] value to be a boolean, but "
                f"found "
                "[VALUE_STRING] instead"
            ),
        ),
        ({"indices": [{**READ, "zz": 1}]}, PARSE, f"{INDICES}unexpected field [zz]"),
        (
            {"indices": [{**READ, "query": '{"match_all":{}}'}]},
            ILLEGAL,
            "this mock does not support [query]",
        ),
        (
            {"indices": [{**READ, "field_security": {"grant": ["a"]}}]},
            ILLEGAL,
            "this mock does not support [field_security]",
        ),
        (
            {"remote_indices": [{**READ, "clusters": ["c"]}]},
            ILLEGAL,
            "this mock does not support [remote_indices]",
        ),
        (
            {"remote_cluster": [{"privileges": ["monitor_enrich"], "clusters": ["c"]}]},
            ILLEGAL,
            "this mock does not support [remote_cluster]",
        ),
        (
            {"global": {"application": {}}},
            ILLEGAL,
            "this mock does not support [global]",
        ),
        (
            {"applications": {}},
            PARSE,
            (
                f"{APPLICATIONS}expected field [applications] value to be an array, but found "
                "[START_OBJECT] instead"
            ),
        ),
        (
            {"applications": [{"application": "kibana-.kibana", "privileges": ["all"]}]},
            PARSE,
            f"{APPLICATIONS}missing required [resources] field",
        ),
        (
            {"applications": [{**KIBANA, "zz": 1}]},
            X_CONTENT,
            "[1:125] [application] unknown field [zz]",
        ),
        (
            {"applications": [{**KIBANA, "application": 1}]},
            X_CONTENT,
            "[1:35] [application] application doesn't support values of type: VALUE_NUMBER",
        ),
        ({"cluster": ["zz"]}, REQUEST, one(unknown_cluster("zz"))),
        ({"indices": [{**READ, "privileges": ["zz"]}]}, REQUEST, one(unknown_index("zz"))),
        (
            {"metadata": {"_a": 1}},
            REQUEST,
            one("role descriptor metadata keys may not start with [_]"),
        ),
        (
            {"description": "x" * 1001},
            REQUEST,
            one("Role description must be less than 1000 characters."),
        ),
        (
            {"applications": [{**KIBANA, "application": " "}]},
            REQUEST,
            one("Application names cannot be blank"),
        ),
        (
            {"applications": [{**KIBANA, "application": "a*b"}]},
            REQUEST,
            one("Application name patterns only support trailing wildcards (found 'a*b')"),
        ),
        (
            {"applications": [{**KIBANA, "application": "kibana -x"}]},
            REQUEST,
            one("Application names may not contain whitespace (found 'kibana -x')"),
        ),
        (
            {"applications": [{**KIBANA, "application": "Kibana"}]},
            REQUEST,
            one(
                "An application name prefix must match the pattern ^[a-z][A-Za-z0-9]*$ "
                "(found 'Kibana')"
            ),
        ),
        (
            {"applications": [{**KIBANA, "application": "ab-c"}]},
            REQUEST,
            one("An application name prefix must be at least 3 characters long (found 'ab')"),
        ),
        (
            {"applications": [{**KIBANA, "privileges": ["a b"]}]},
            REQUEST,
            one(
                "Application privilege names and actions must match the pattern ^\\p{Graph}*$ "
                "(found 'a b')"
            ),
        ),
        (
            {"cluster": ["zz"], "metadata": {"_a": 1}},
            REQUEST,
            (
                f"Validation Failed: 1: {unknown_cluster('zz')};"
                "2: role descriptor metadata keys may not start with [_];"
            ),
        ),
    ],
)
def test_a_role_that_is_refused(refused: Refused, body: Any, kind: str, reason: str) -> None:
    error = refused("PUT /_security/role/r", body)
    assert (error["status"], error["type"]) == (400, kind)
    assert error["reason"] == reason


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"cluster": "all"}, "expected a string array but found [VALUE_STRING] value instead"),
        (
            {"cluster": [1]},
            "expected a string array but one of the value in the array is [VALUE_NUMBER]",
        ),
    ],
)
def test_a_list_that_is_none_is_told_inside_of_its_role(
    refused: Refused, body: Any, text: str
) -> None:
    inner = {"type": PARSE, "reason": f"could not parse [cluster] field. {text}"}
    assert refused("PUT /_security/role/r", body) == {
        "status": 400,
        "root_cause": [inner],
        "type": PARSE,
        "reason": "failed to parse role [r]",
        "caused_by": inner,
    }


NAME_RULE = (
    "Role names must be at least 1 and no more than {} characters. They can contain alphanumeric "
    "characters (a-z, A-Z, 0-9), spaces, punctuation, and printable symbols in the Basic Latin "
    "(ASCII) block. Leading or trailing whitespace is not allowed."
)


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("superuser", REQUEST, one("Role [superuser] is reserved and may not be used.")),
        ("x" * 508, REQUEST, one(NAME_RULE.format(507))),
        ("%20r", "validation_exception", one(NAME_RULE.format(1024))),
        ("%C3%A9", "validation_exception", one(NAME_RULE.format(1024))),
    ],
    ids=["reserved", "long", "space", "letter"],
)
def test_a_name_that_is_refused(refused: Refused, name: str, kind: str, reason: str) -> None:
    error = refused(f"PUT /_security/role/{name}", {})
    assert (error["status"], error["type"], error["reason"]) == (400, kind, reason)


def test_a_reserved_role_cannot_be_deleted(refused: Refused) -> None:
    error = refused("DELETE /_security/role/viewer")
    assert (error["type"], error["reason"]) == (
        ILLEGAL,
        "role [viewer] is reserved and cannot be deleted",
    )


@pytest.mark.parametrize(
    "body",
    [
        {"indices": [{**READ, "query": None, "field_security": {"grant": ["*"], "except": []}}]},
        {"remote_indices": [], "remote_cluster": [], "global": {}, "transient_metadata": {}},
        {"cluster": None, "run_as": None, "type": "role"},
        {"cluster": ["cluster:monitor/main", "MONITOR"], "indices": []},
        {"indices": [{"names": ["/a.*/"], "privileges": ["indices:data/read/search", "READ"]}]},
        {"applications": [{"application": "*", "privileges": "a", "resources": "*"}]},
    ],
    ids=["no limits", "nothing remote", "null", "actions", "expressions", "applications"],
)
def test_a_role_that_is_accepted(ask: Ask, body: Any) -> None:
    assert ask("PUT /_security/role/r", body).body == {"role": {"created": True}}
    shown = ask("GET /_security/role/r").body["r"]
    del shown["transient_metadata"]
    assert ask("PUT /_security/role/again", shown).status == 200


def test_names_of_privileges_may_be_in_capitals(ask: Ask) -> None:
    ask("PUT /_security/role/r", {"cluster": ["READ_SECURITY"]})
    ask("PUT /_security/user/joe", {"password": "secret1", "roles": ["r"]})
    assert ask("GET /_security/role", who="joe:secret1").status == 200


def test_many_roles_are_put_but_for_those_that_are_refused(ask: Ask) -> None:
    ask("PUT /_security/role/same", {"cluster": ["all"]})
    ask("PUT /_security/role/old", {})
    roles = {
        "new": {},
        "old": {"cluster": ["all"]},
        "same": {"cluster": ["all"]},
        "bad": {"cluster": ["zz"]},
    }
    answer = ask("POST /_security/role", {"roles": roles}).body
    assert answer == {
        "created": ["new"],
        "updated": ["old"],
        "noop": ["same"],
        "errors": {
            "count": 1,
            "details": {"bad": {"type": REQUEST, "reason": one(unknown_cluster("zz"))}},
        },
    }
    assert ask("GET /_security/role/bad").status == 404


def test_many_roles_are_deleted_but_for_those_that_are_reserved(ask: Ask) -> None:
    ask("PUT /_security/role/r", {})
    answer = ask("DELETE /_security/role", {"names": ["r", "zz", "superuser"]}).body
    assert answer == {
        "deleted": ["r"],
        "not_found": ["zz"],
        "errors": {
            "count": 1,
            "details": {
                "superuser": {
                    "type": ILLEGAL,
                    "reason": "role [superuser] is reserved and cannot be deleted",
                }
            },
        },
    }


def test_roles_that_cannot_be_read_hinder_all_of_them(refused: Refused) -> None:
    error = refused("POST /_security/role", {"roles": {"a": {}, "r": {"zz": 1}}})
    assert error["reason"] == "failed to parse role [r]. unexpected field [zz]"
    assert refused("POST /_security/role", {})["reason"] == "Required [roles]"
    assert refused("DELETE /_security/role", {})["reason"] == "Required [names]"


def test_roles_can_be_searched_but_for_reserved_ones(ask: Ask) -> None:
    ask("PUT /_security/role/b", ROLE)
    ask("PUT /_security/role/a", {})
    found = ask("POST /_security/_query/role", {"sort": ["name"]}).body
    assert (found["total"], found["count"]) == (2, 2)
    assert [(role["name"], role["_sort"]) for role in found["roles"]] == [
        ("a", ["a"]),
        ("b", ["b"]),
    ]
    body = {"query": {"term": {"applications.privileges": "feature_actions.read"}}}
    assert ask("POST /_security/_query/role", body).body == {
        "total": 1,
        "count": 1,
        "roles": [{"name": "b", **SHOWN}],
    }


def test_roles_can_be_read_and_put_without_a_request(store: Store, clock: Clock) -> None:
    security = Security(store, Installation(Settings(), clock, Ids()))
    descriptor = read_role("r", ROLE)
    assert put_role(security, "r", ROLE)
    assert not put_role(security, "r", descriptor)
    assert security.roles.get("r") == descriptor
    with pytest.raises(ElasticsearchError, match="unexpected field"):
        put_role(security, "r", {"zz": 1})
    assert delete_role(security, "r")
    assert not delete_role(security, "r")


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("/(/", "[/(/] is no regular expression: missing )"),
        ("/a@/", "this mock does not support [@] in the expression [/a@/]"),
        ("/a{99999999}/", "the expression [/a{99999999}/] is too complex"),
    ],
)
@pytest.mark.parametrize("where", ["indices", "applications"])
def test_a_bad_expression_is_refused(
    refused: Refused, expression: str, fault: str, where: str
) -> None:
    body = {
        "indices": [{**READ, "names": ["x", expression]}],
        "applications": [{**KIBANA, "resources": ["x", expression]}],  # type: ignore[dict-item]
    }
    error = refused("PUT /_security/role/r", {where: body[where]})
    assert (error["status"], error["type"]) == (400, REQUEST)
    assert error["reason"].startswith(f"Validation Failed: 1: {fault}")
    assert "; 2:" not in error["reason"]


@pytest.mark.parametrize("name", reserved_roles())
def test_a_role_that_limits_a_key_is_read_as_it_is_kept(name: str) -> None:
    entry = {"name": name, **reserved_roles()[name]}
    assert read_limit(entry) == entry


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"name": 1},
        {"name": "r", "indices": [{}]},
        {"name": "r", "indices": [{"names": ["/(/"], "privileges": ["read"]}]},
        {"name": "r", "cluster": 1},
        {"name": "r", "zz": 1},
    ],
    ids=str,
)
def test_a_bad_role_that_limits_a_key_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(ElasticsearchError):
        read_limit(entry)
