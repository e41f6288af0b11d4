"""Kibana's roles API, beside Elasticsearch's roles."""

from __future__ import annotations

from base64 import b64encode

import pytest

from mockkibana.kibana.errors import KibanaError
from mockkibana.kibana.roles import descriptor_of
from mockkibana.settings import Settings

ROLE = "/api/security/role"
ROLES = "/api/security/roles"
READER = {"base": [], "feature": {"actions": ["read"]}, "spaces": ["default"]}


@pytest.fixture
def put(client, xsrf):
    """Put a role, and return the answer."""

    def put(name, query="", **body):
        return client.put(f"{ROLE}/{name}{query}", json=body, headers=xsrf)

    return put


def shown(name, **changed):
    """Write a role that grants nothing as Kibana answers it."""
    return {
        "name": name,
        "metadata": {},
        "transient_metadata": {"enabled": True},
        "elasticsearch": {"cluster": [], "indices": [], "run_as": []},
        "kibana": [],
        "_transform_error": [],
        "_unrecognized_applications": [],
        **changed,
    }


def kibana(*privileges, on=("*",), application="kibana-.kibana"):
    return {"application": application, "privileges": [*privileges], "resources": [*on]}


def test_a_role_is_put_and_comes_back(put, client):
    response = put("reader", kibana=[READER])
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["elastic-api-version"] == "2023-10-31"
    response = client.get(f"{ROLE}/reader")
    assert response.status_code == 200
    assert response.headers["elastic-api-version"] == "2023-10-31"
    assert response.json == shown("reader", kibana=[READER])
    assert list(response.json) == list(shown("reader"))


def test_all_parts_of_a_role_come_back(put, client):
    elasticsearch = {
        "cluster": ["monitor"],
        "indices": [
            {
                "names": ["logs-*"],
                "privileges": ["read"],
                "allow_restricted_indices": False,
            }
        ],
        "run_as": ["bob"],
    }
    body = {
        "description": "Reads",
        "metadata": {"team": {"id": 1}},
        "elasticsearch": elasticsearch,
        "kibana": [
            {"base": ["read"], "feature": {}, "spaces": ["*"]},
            {"base": ["all"], "feature": {}, "spaces": ["a", "b"]},
        ],
    }
    assert put("x", **body).status_code == 204
    role = client.get(f"{ROLE}/x").json
    assert role == shown("x", **body)
    assert list(role)[:3] == ["name", "description", "metadata"]


def test_elasticsearch_holds_the_privileges_of_kibana_as_those_of_an_application(put, world):
    entries = [
        {"base": ["all"], "spaces": ["*"]},
        {"base": ["read"], "spaces": ["a", "b"]},
        {"feature": {"actions": ["read", "minimal_all"], "ml": ["all"]}, "spaces": ["c"]},
    ]
    put("x", kibana=entries)
    assert world.security.roles.get("x")["applications"] == [
        kibana("all"),
        kibana("space_read", on=["space:a", "space:b"]),
        kibana(
            "feature_actions.read", "feature_actions.minimal_all", "feature_ml.all", on=["space:c"]
        ),
    ]


def test_what_a_body_leaves_out_is_gone_but_other_applications_stay(put, world, client):
    other = kibana("read", application="myapp", on=["thing:1"])
    world.security.roles.put(
        "x", {"cluster": ["monitor"], "applications": [kibana("all"), other], "description": "old"}
    )
    assert put("x", metadata={"k": 1}).status_code == 204
    assert world.security.roles.get("x")["applications"] == [other]
    assert client.get(f"{ROLE}/x").json == shown(
        "x", metadata={"k": 1}, _unrecognized_applications=["myapp"]
    )


def test_an_entry_without_resources_cannot_be_told(client, world, envelope):
    world.security.roles.put("x", {"applications": [kibana("all", on=[])]})
    response = client.get(ROLE)
    text = "ES returned an application entry without resources, can't process this"
    assert (response.status_code, response.json) == (500, envelope(500, text))


def test_roles_of_elasticsearch_are_listed_by_name(client, world):
    world.security.roles.put("Zed", {"cluster": ["all"], "metadata": {"by": "es"}})
    world.security.roles.put("a", {})
    roles = client.get(ROLE).json
    names = [role["name"] for role in roles]
    assert names == sorted(world.security.roles.all())
    assert names[:2] == ["Zed", "a"]
    assert roles[0] == shown(
        "Zed",
        metadata={"by": "es"},
        elasticsearch={"cluster": ["all"], "indices": [], "run_as": []},
    )


def test_reserved_roles_are_told(client):
    role = client.get(f"{ROLE}/kibana_admin").json
    assert role["metadata"] == {"_reserved": True}
    assert role["kibana"] == [{"base": ["all"], "feature": {}, "spaces": ["*"]}]
    assert client.get(f"{ROLE}/superuser").json["kibana"] == [
        {"base": [], "feature": {}, "spaces": ["*"]}
    ]


def test_an_unknown_role_is_not_found(client, xsrf, envelope):
    response = client.get(f"{ROLE}/nope")
    assert (response.status_code, response.json) == (404, envelope(404, "[{}]: undefined"))
    response = client.delete(f"{ROLE}/nope", headers=xsrf)
    text = '[{"found":false}]: undefined'
    assert (response.status_code, response.json) == (404, envelope(404, text))


def test_names_with_a_comma_are_several_for_elasticsearch(put, client, envelope):
    put("a")
    response = client.get(f"{ROLE}/a,b")
    assert (response.status_code, response.json) == (404, envelope(404, "Not Found"))
    assert client.get(f"{ROLE}/b,c").json == envelope(404, "[{}]: undefined")


def test_a_role_is_deleted(put, client, xsrf):
    put("x")
    response = client.delete(f"{ROLE}/x", headers=xsrf)
    assert (response.status_code, response.data) == (204, b"")
    assert client.get(f"{ROLE}/x").status_code == 404


def test_a_role_that_is_there_can_be_kept(put, client, envelope):
    assert put("x", "?createOnly=true").status_code == 204
    response = put("x", "?createOnly=true", kibana=[READER])
    text = "Role already exists and cannot be created: x"
    assert (response.status_code, response.json) == (409, envelope(409, text))
    assert client.get(f"{ROLE}/x").json == shown("x")
    assert put("superuser", "?createOnly=true").status_code == 409


def test_elasticsearchs_own_roles_stay(put, client, xsrf, envelope):
    reason = "Validation Failed: 1: Role [superuser] is reserved and may not be used.;"
    kind = "action_request_validation_exception"
    text = f"[{kind}\n\tRoot causes:\n\t\t{kind}: {reason}]: {reason}"
    response = put("superuser")
    assert (response.status_code, response.json) == (400, envelope(400, text))
    reason = "role [superuser] is reserved and cannot be deleted"
    kind = "illegal_argument_exception"
    text = f"[{kind}\n\tRoot causes:\n\t\t{kind}: {reason}]: {reason}"
    response = client.delete(f"{ROLE}/superuser", headers=xsrf)
    assert (response.status_code, response.json) == (400, envelope(400, text))


def test_several_roles_are_put_at_once(client, put, xsrf, world):
    put("same", kibana=[READER])
    put("other")
    refused = {"feature": {"fleetv2": ["all"]}, "spaces": ["a"]}
    body = {
        "roles": {
            "superuser": {},
            "new": {"kibana": [READER]},
            "bad": {"kibana": [refused]},
            "same": {"kibana": [READER]},
            "other": {"kibana": [READER]},
        }
    }
    response = client.post(ROLES, json=body, headers=xsrf)
    assert response.status_code == 200
    assert response.json == {
        "created": ["new"],
        "noop": ["same"],
        "updated": ["other"],
        "errors": {
            "bad": {
                "type": "kibana_privilege_validation_exception",
                "reason": "Role cannot be updated due to validation errors: "
                '["Feature privilege [fleetv2.all] requires all spaces to be selected but '
                'received [a]"]',
            },
            "superuser": {
                "type": "action_request_validation_exception",
                "reason": "Validation Failed: 1: Role [superuser] is reserved and may not be "
                "used.;",
            },
        },
    }
    assert world.security.roles.get("bad") is None
    assert client.post(ROLES, json={"roles": {}}, headers=xsrf).json == {}


@pytest.mark.parametrize(
    ("search", "names", "total"),
    [
        ({}, ["Beta", "alpha", "gamma"], 3),
        ({"query": "ET"}, ["Beta"], 1),
        ({"query": "a?p"}, ["alpha"], 1),
        ({"query": "l*h"}, ["alpha"], 1),
        ({"sort": {"field": "name", "direction": "asc"}}, ["Beta", "alpha", "gamma"], 3),
        (
            {"sort": {"field": "name", "direction": "desc"}, "from": 1, "size": 1},
            ["alpha"],
            3,
        ),
        ({"query": "superu"}, [], 0),
        ({"query": "superu", "filters": {"showReservedRoles": True}}, ["superuser"], 1),
        ({"query": "superu", "filters": {}}, [], 0),
    ],
    ids=[
        "all",
        "in any case",
        "one sign",
        "signs",
        "sorted",
        "page of a sorted",
        "reserved",
        "reserved asked for",
        "reserved not asked for",
    ],
)
def test_roles_are_found(client, put, xsrf, search, names, total):
    for name in ("Beta", "alpha", "gamma"):
        put(name)
    answer = client.post(f"{ROLE}/_query", json=search, headers=xsrf).json
    assert list(answer) == ["roles", "count", "total"]
    assert [role["name"] for role in answer["roles"]] == names
    assert (answer["count"], answer["total"]) == (len(names), total)


def test_a_role_of_kibanas_form_has_a_descriptor():
    assert descriptor_of("r", {"kibana": [READER]})["applications"] == [
        kibana("feature_actions.read", on=["space:default"])
    ]
    with pytest.raises(KibanaError, match=r"^\[kibana.0\]: either \[base\] or \[feature\]"):
        descriptor_of("r", {"kibana": [{}]})


class TestWithSecurity:
    """Users who may, and users who may not."""

    @pytest.fixture
    def settings(self, kibana_version):
        return Settings(security=True, kibana_version=kibana_version)

    @pytest.fixture
    def ask(self, world, client, xsrf):
        """Send a request as a user who has one role with some cluster privileges."""

        def ask(method, path, cluster=(), **options):
            world.security.roles.put("given", {"cluster": list(cluster)})
            world.security.users.put("bob", {"roles": ["given"]}, password="bob-123")
            token = b64encode(b"bob:bob-123").decode()
            headers = {**xsrf, "authorization": f"Basic {token}"}
            return client.open(path, method=method, headers=headers, **options)

        return ask

    @pytest.mark.parametrize(
        ("method", "path", "body", "verb", "granting"),
        [
            ("GET", ROLE, None, "get", "read_security,manage_security,all"),
            ("GET", f"{ROLE}/nope", None, "get", "read_security,manage_security,all"),
            ("PUT", f"{ROLE}/x", {}, "get", "read_security,manage_security,all"),
            ("DELETE", f"{ROLE}/superuser", None, "delete", "manage_security,all"),
            ("POST", ROLES, {"roles": {}}, "get", "read_security,manage_security,all"),
            ("POST", f"{ROLE}/_query", {}, "query", "read_security,manage_security,all"),
        ],
        ids=["list", "get", "put", "delete", "put several", "find"],
    )
    def test_who_has_no_privilege_is_refused(
        self, ask, envelope, method, path, body, verb, granting
    ):
        response = ask(method, path, ["monitor"], json=body)
        reason = (
            f"action [cluster:admin/xpack/security/role/{verb}] is unauthorized for user [bob] "
            f"with effective roles [given], this action is granted by the cluster privileges "
            f"[{granting}]"
        )
        kind = "security_exception"
        text = f"[{kind}\n\tRoot causes:\n\t\t{kind}: {reason}]: {reason}"
        assert (response.status_code, response.json) == (403, envelope(403, text))
        assert response.headers["elastic-api-version"] == "2023-10-31"

    @pytest.mark.parametrize(
        ("method", "path", "body", "verb"),
        [
            ("PUT", f"{ROLE}/x", {}, "put"),
            ("DELETE", f"{ROLE}/x", None, "delete"),
            ("POST", ROLES, {"roles": {"x": {}}}, "bulk_put"),
        ],
        ids=["put", "delete", "put several"],
    )
    def test_a_reader_may_not_write(self, ask, world, method, path, body, verb):
        response = ask(method, path, ["read_security"], json=body)
        assert response.status_code == 403
        assert f"/role/{verb}] is unauthorized" in response.json["message"]
        assert world.security.roles.get("x") is None

    def test_a_reader_may_read(self, ask):
        assert ask("GET", ROLE, ["read_security"]).status_code == 200
        assert ask("POST", f"{ROLE}/_query", ["read_security"], json={}).status_code == 200

    @pytest.mark.parametrize("privilege", ["manage_security", "all"])
    def test_who_manages_security_may_do_everything(self, ask, privilege):
        assert ask("PUT", f"{ROLE}/x", [privilege], json={"kibana": [READER]}).status_code == 204
        assert ask("GET", f"{ROLE}/x", [privilege]).json == shown("x", kibana=[READER])
        assert ask("POST", ROLES, [privilege], json={"roles": {"y": {}}}).json == {"created": ["y"]}
        assert ask("DELETE", f"{ROLE}/x", [privilege]).status_code == 204

    def test_kibanas_own_privileges_are_of_no_account(self, world, client):
        world.security.users.put("admin", {"roles": ["kibana_admin"]}, password="admin-1")
        token = b64encode(b"admin:admin-1").decode()
        response = client.get(ROLE, headers={"authorization": f"Basic {token}"})
        assert response.status_code == 403

    @pytest.mark.kibana_version("8.19.0")
    def test_a_bad_body_is_told_before_a_missing_privilege(self, ask, envelope):
        response = ask("PUT", f"{ROLE}/x", json={"nope": 1})
        text = "[request body.nope]: definition for this key is missing"
        assert (response.status_code, response.json) == (400, envelope(400, text))

    def test_a_missing_privilege_is_told_before_what_features_do_not_have(self, ask):
        entry = {"feature": {"fleetv2": ["all"]}, "spaces": ["a"]}
        assert ask("PUT", f"{ROLE}/x", json={"kibana": [entry]}).status_code == 403
        assert (
            ask("PUT", f"{ROLE}/x", ["read_security"], json={"kibana": [entry]}).status_code == 400
        )

    def test_nobody_is_asked_who_it_is(self, client):
        assert client.get(ROLE).status_code == 401
