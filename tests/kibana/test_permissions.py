"""Who may do what in Kibana: users of every kind, every route, spaces, and Kibana's own words."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.app import create_app
from mockkibana.connectors.base import ConnectorType
from mockkibana.control.plane import ControlPlane
from mockkibana.settings import Settings
from mockkibana.validation import Schema
from mockkibana.world import World

INDEX, LOG = "c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad", "7fc7b9a0-ecc9-11ec-8736-e7d63118c907"
MINE = {"name": "mine", "connector_type_id": ".server-log"}
LEGACY = {"name": "mine", "actionTypeId": ".server-log"}
REPLACED = {"name": "replaced"}
RUN = {"params": {"message": "hello"}}
SPACE = {"id": "other", "name": "Other"}

EVERYWHERE, ONLY_DEFAULT, ONLY_OTHER = ["*"], ["space:default"], ["space:other"]
# Which privileges of Kibana, on which resources; none at all is a user without Kibana.
USERS = {
    "none": ([], EVERYWHERE),
    "foreign": (["feature_dashboard.all"], EVERYWHERE),
    "read": (["feature_actions.read"], EVERYWHERE),
    "read-default": (["feature_actions.read"], ONLY_DEFAULT),
    "read-other": (["feature_actions.read"], ONLY_OTHER),
    "minimal-read": (["feature_actions.minimal_read"], EVERYWHERE),
    "all": (["feature_actions.all"], EVERYWHERE),
    "all-default": (["feature_actions.all"], ONLY_DEFAULT),
    "all-other": (["feature_actions.all"], ONLY_OTHER),
    "minimal-all": (["feature_actions.minimal_all"], EVERYWHERE),
    "base-read": (["read"], EVERYWHERE),
    "base-read-other": (["space_read"], ONLY_OTHER),
    "base-all": (["all"], EVERYWHERE),
    "base-all-other": (["space_all"], ONLY_OTHER),
}
READERS = {"read", "minimal-read", "all", "minimal-all", "base-read", "base-all", "elastic"}
WRITERS = {"all", "minimal-all", "base-all", "elastic"}
IN_DEFAULT = {"read": READERS | {"read-default", "all-default"}, "all": WRITERS | {"all-default"}}
IN_OTHER = {
    "read": READERS | {"read-other", "all-other", "base-read-other", "base-all-other"},
    "all": WRITERS | {"all-other", "base-all-other"},
}
# What each operation needs, and what Kibana says to those who lack it.
OPERATIONS: dict[str, tuple[str, str, Any, str, str]] = {
    "list": ("GET", "/api/actions/connectors", None, "read", "get actions"),
    "get": ("GET", f"/api/actions/connector/{LOG}", None, "read", "get actions"),
    "run": (
        "POST",
        f"/api/actions/connector/{LOG}/_execute",
        RUN,
        "read",
        'execute a ".server-log" action',
    ),
    "run what is not there": (
        "POST",
        "/api/actions/connector/nothing/_execute",
        RUN,
        "read",
        "execute actions",
    ),
    "create": ("POST", "/api/actions/connector", MINE, "all", 'create a ".server-log" action'),
    "create of no type": (
        "POST",
        "/api/actions/connector",
        {**MINE, "connector_type_id": ".nothing"},
        "all",
        'create a ".nothing" action',
    ),
    "update": ("PUT", f"/api/actions/connector/{LOG}", REPLACED, "all", "update actions"),
    "delete": ("DELETE", f"/api/actions/connector/{LOG}", None, "all", "delete actions"),
    "legacy list": ("GET", "/api/actions", None, "read", "get actions"),
    "legacy get": ("GET", f"/api/actions/action/{LOG}", None, "read", "get actions"),
    "legacy run": (
        "POST",
        f"/api/actions/action/{LOG}/_execute",
        RUN,
        "read",
        'execute a ".server-log" action',
    ),
    "legacy create": (
        "POST",
        "/api/actions/action",
        LEGACY,
        "all",
        'create a ".server-log" action',
    ),
    "legacy update": ("PUT", f"/api/actions/action/{LOG}", REPLACED, "all", "update actions"),
    "legacy delete": ("DELETE", f"/api/actions/action/{LOG}", None, "all", "delete actions"),
    "internal list": ("GET", "/internal/actions/connectors", None, "read", "get actions"),
    "internal token": (
        "POST",
        "/internal/actions/connector/_oauth_access_token",
        {
            "type": "client",
            "options": {
                "tokenUrl": "ftp://example.com",
                "scope": "s",
                "config": {"clientId": "c", "tenantId": "t"},
                "secrets": {"clientSecret": "s"},
            },
        },
        "all",
        "update actions",
    ),
}
EXPECTED = {
    "run what is not there": 404,
    "create of no type": 400,
    "delete": 204,
    "legacy delete": 204,
    "internal token": 400,
}
HEADERS = {"kbn-xsrf": "true"}
NOBODY = (
    "unable to authenticate with provided credentials and anonymous access is not allowed for "
    "this request"
)


class Isolate(ConnectorType):
    """Does what only those may ask for who guard endpoints."""

    id = ".isolate"
    sub_feature = "endpointSecurity"
    params = Schema()

    def execute(self, run, params):
        return {"affected": 1}


def password(user: str) -> str:
    return "changeme" if user == "elastic" else f"{user}-password"


def auth(user: str, secret: str | None = None) -> dict[str, str]:
    credentials = f"{user}:{secret or password(user)}".encode()
    return {**HEADERS, "authorization": f"Basic {b64encode(credentials).decode()}"}


def refused(status: int, message: str) -> dict[str, Any]:
    reason = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
    return {"statusCode": status, "error": reason[status], "message": message}


def granting(*privileges: str, resources: list[str] | None = None) -> dict[str, Any]:
    """Return the descriptor of a role that grants privileges of Kibana."""
    application = {
        "application": "kibana-.kibana",
        "privileges": list(privileges),
        "resources": resources or EVERYWHERE,
    }
    return {"applications": [application]}


def secured(world: World) -> World:
    for user, (privileges, resources) in USERS.items():
        if privileges:
            world.security.roles.put(user, granting(*privileges, resources=resources))
        roles = [user] if privileges else []
        world.security.users.put(user, {"roles": roles}, password=password(user))
    return world


@pytest.fixture(scope="module")
def kept() -> World:
    """A world with every user; hashing their passwords for each test would take its time."""
    settings = Settings(security=True, restrict_internal_apis=False)
    world = secured(World(settings, connector_types=[Isolate]))
    ControlPlane(world).save_snapshot("users")
    return world


@pytest.fixture
def world(kept: World) -> World:
    """The same users each time, and one connector of each id in both spaces."""
    ControlPlane(kept).restore_snapshot("users")
    kept.settings = replace(kept.settings, kibana_version=Settings().kibana_version)
    kept.journal.clear()
    for connector_id, kind, config in (
        (LOG, ".server-log", {}),
        (INDEX, ".index", {"index": "test-1"}),
    ):
        body = {"name": "one", "connector_type_id": kind, "config": config}
        client = create_app(kept).test_client()
        answer = client.post(
            f"/api/actions/connector/{connector_id}", json=body, headers=auth("elastic")
        )
        assert answer.status_code == 200, answer.text
    assert kept.bugs == []
    return kept


def to_its_version(world: World, route: str) -> None:
    """Let Kibana have a version that has a route, by the name or path of this."""
    if route.startswith(("legacy", "/api/actions/list_action_types")):
        world.settings = replace(world.settings, kibana_version="8.19.0")


def ask(
    client: FlaskClient, user: str, method: str, path: str, body: Any = None
) -> tuple[int, Any]:
    given = {} if body is None else {"json": body}
    answer = client.open(path, method=method, headers=auth(user), **given)
    return answer.status_code, answer.json if answer.data else None


@pytest.mark.parametrize("user", [*USERS, "elastic"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_in_the_default_space_the_privileges_there_decide(
    client: FlaskClient, world: World, user: str, operation: str
) -> None:
    method, path, body, needed, text = OPERATIONS[operation]
    to_its_version(world, operation)
    before = world.store.digest()
    status, answered = ask(client, user, method, path, body)
    if user in IN_DEFAULT[needed]:
        assert status == EXPECTED.get(operation, 200), answered
    else:
        assert (status, answered) == (403, refused(403, f"Unauthorized to {text}"))
        assert world.store.digest() == before


@pytest.mark.parametrize("user", [*USERS, "elastic"])
@pytest.mark.parametrize("operation", ["list", "get", "run", "create", "delete", "legacy list"])
def test_in_another_space_the_privileges_there_decide(
    client: FlaskClient, world: World, user: str, operation: str
) -> None:
    method, path, body, needed, text = OPERATIONS[operation]
    to_its_version(world, operation)
    before = world.store.digest()
    status, answered = ask(client, user, method, f"/s/other{path}", body)
    if user in IN_OTHER[needed]:
        # The connector itself is in the default space, so here it is not found.
        there = {"list": 200, "legacy list": 200, "create": 200}
        assert status == there.get(operation, 404), answered
    else:
        if operation == "run":
            text = "execute actions"  # Kibana does not know the type of what is not there
        assert (status, answered) == (403, refused(403, f"Unauthorized to {text}"))
        assert world.store.digest() == before


@pytest.mark.parametrize("user", [*USERS, "elastic"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/actions/connector_types",
        "/api/actions/list_action_types",
        "/internal/actions/connector_types",
        "/internal/actions/connector/_email_config/gmail",
        "/api/status",
        "/internal/security/me",
    ],
)
def test_some_things_everybody_may_know_who_is_known(
    client: FlaskClient, world: World, user: str, path: str
) -> None:
    to_its_version(world, path)
    status, answered = ask(client, user, "GET", path)
    assert status == 200
    assert answered


# Spaces


@pytest.mark.parametrize(
    ("user", "spaces"),
    [
        ("none", None),
        ("foreign", ["default", "other"]),
        ("read", ["default", "other"]),
        ("read-default", ["default"]),
        ("all-other", ["other"]),
        ("base-read-other", ["other"]),
        ("base-all", ["default", "other"]),
        ("elastic", ["default", "other"]),
    ],
)
def test_everybody_sees_the_spaces_that_they_may_enter(
    client: FlaskClient, user: str, spaces: list[str] | None
) -> None:
    assert ask(client, "elastic", "POST", "/api/spaces/space", SPACE)[0] == 200
    status, answered = ask(client, user, "GET", "/api/spaces/space")
    if spaces is None:
        assert (status, answered) == (403, refused(403, "Forbidden"))
    else:
        assert (status, [space["id"] for space in answered]) == (200, spaces)
    for space in ("default", "other"):
        status, answered = ask(client, user, "GET", f"/api/spaces/space/{space}")
        if space in (spaces or ()):
            assert (status, answered["id"]) == (200, space)
        else:
            text = f"Unauthorized to get {space} space"
            assert (status, answered) == (403, refused(403, text))


def test_a_space_that_is_not_there_is_forbidden_to_those_who_could_not_enter_it(
    client: FlaskClient,
) -> None:
    path = "/api/spaces/space/nowhere"
    assert ask(client, "read-default", "GET", path) == (
        403,
        refused(403, "Unauthorized to get nowhere space"),
    )
    assert ask(client, "read", "GET", path) == (404, refused(404, "Not Found"))


@pytest.mark.parametrize("user", [*USERS, "elastic"])
@pytest.mark.parametrize(
    ("method", "path", "operation", "status"),
    [
        ("POST", "/api/spaces/space", "create", 200),
        ("PUT", "/api/spaces/space/default", "update", 200),
        ("PUT", "/api/spaces/space/nowhere", "update", 404),
        ("DELETE", "/api/spaces/space/nowhere", "delete", 404),
        ("DELETE", "/api/spaces/space/default", "delete", 400),
    ],
)
def test_only_the_global_base_privilege_all_manages_spaces(
    client: FlaskClient,
    world: World,
    user: str,
    method: str,
    path: str,
    operation: str,
    status: int,
) -> None:
    before = world.store.digest()
    got, answered = ask(client, user, method, path, None if method == "DELETE" else SPACE)
    if user in ("base-all", "elastic"):
        assert got == status
    else:
        assert (got, answered) == (403, refused(403, f"Unauthorized to {operation} spaces"))
        assert world.store.digest() == before


def test_the_purposes_that_a_user_has_in_a_space_are_told(client: FlaskClient) -> None:
    path = "/api/spaces/space?include_authorized_purposes=true"
    _, (space,) = ask(client, "read-default", "GET", path)
    assert space["authorizedPurposes"] == {
        "any": True,
        "copySavedObjectsIntoSpace": False,
        "findSavedObjects": True,
        "shareSavedObjectsIntoSpace": False,
    }
    assert list(space)[-1] == "authorizedPurposes"
    _, (space,) = ask(client, "base-all", "GET", path)
    assert set(space["authorizedPurposes"].values()) == {True}
    copying = "/api/spaces/space?purpose=copySavedObjectsIntoSpace"
    assert ask(client, "read-default", "GET", copying) == (403, refused(403, "Forbidden"))


# The order of refusals


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        (
            "/api/actions/connector",
            {},
            "[request body.name]: expected value of type [string] but got [undefined]",
        ),
        (
            f"/api/actions/connector/{LOG}/_execute",
            {},
            "[request body.params]: expected value of type [object] but got [undefined]",
        ),
        (
            "/api/spaces/space",
            {"id": "A", "name": "a"},
            "[request body.id]: must be lower case, a-z, 0-9, '_', and '-' are allowed",
        ),
    ],
)
def test_a_body_that_does_not_fit_is_refused_before_privileges_are_asked_for(
    client: FlaskClient, path: str, body: Any, text: str
) -> None:
    assert ask(client, "none", "POST", path, body) == (400, refused(400, text))


def test_privileges_are_asked_for_before_anything_about_the_connector(client: FlaskClient) -> None:
    forbidden = (403, refused(403, "Unauthorized to update actions"))
    assert ask(client, "read", "PUT", "/api/actions/connector/nothing", REPLACED) == forbidden
    path = "/api/actions/connector/system-connector-.cases/_execute"
    text = "Execution of system action is not allowed"
    assert ask(client, "none", "POST", path, RUN) == (400, refused(400, text))


@pytest.mark.parametrize(
    ("headers", "status", "message"),
    [
        ({}, 401, "Unauthorized"),
        ({"authorization": "Digest abc"}, 401, "Unauthorized"),
        ({"authorization": ""}, 401, "Unauthorized"),
    ],
)
@pytest.mark.parametrize("body", [b'{"name', b"{}", b""])
def test_who_is_not_known_gets_nowhere_whatever_else_is_wrong(
    client: FlaskClient, headers: dict[str, str], status: int, message: str, body: bytes
) -> None:
    for path in ("/api/actions/connector", "/s/other/api/actions/connector"):
        answer = client.post(path, data=body, headers=headers)
        assert (answer.status_code, answer.json) == (status, refused(status, message))
        assert "elastic-api-version" not in answer.headers
        assert "www-authenticate" not in answer.headers


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        (
            auth("bob", "nothing-1")["authorization"],
            "unable to authenticate user [bob] for REST request [/_security/_authenticate]",
        ),
        (
            auth("read", "wrong-password")["authorization"],
            "unable to authenticate user [read] for REST request [/_security/_authenticate]",
        ),
        (
            "ApiKey " + b64encode(b"abc:def").decode(),
            NOBODY,
        ),
        (
            "Bearer abc",
            NOBODY,
        ),
    ],
    ids=["unknown", "wrong", "api key", "token"],
)
@pytest.mark.parametrize("path", ["/api/actions/connectors", "/api/status", "/api/nothing"])
def test_wrong_credentials_are_refused_as_elasticsearch_refuses_them(
    client: FlaskClient, authorization: str, reason: str, path: str
) -> None:
    answer = client.get(path, headers={"authorization": authorization})
    text = f"[security_exception\n\tRoot causes:\n\t\tsecurity_exception: {reason}]: {reason}"
    assert (answer.status_code, answer.json) == (401, refused(401, text))


def test_who_is_not_known_learns_that_kibana_is_up_and_nothing_else(client: FlaskClient) -> None:
    answer = client.get("/api/status")
    assert answer.json == {"status": {"overall": {"level": "available"}}}
    assert answer.headers["elastic-api-version"] == "2023-10-31"


def test_a_route_that_is_not_there_is_a_404_for_those_who_are_known(client: FlaskClient) -> None:
    assert ask(client, "none", "GET", "/api/nothing") == (404, refused(404, "Not Found"))
    assert client.get("/api/nothing").status_code == 401
    assert client.head("/api/nothing").status_code == 401
    # All but GET is looked for before it is asked who wants it.
    assert client.post("/api/nothing").status_code == 404
    assert client.delete("/api/actions/connectors").status_code == 404


def test_an_unknown_space_is_a_space_without_anything_in_it(client: FlaskClient) -> None:
    assert ask(client, "read", "GET", "/s/nowhere/api/actions/connectors") == (200, [])
    forbidden = (403, refused(403, "Unauthorized to get actions"))
    assert ask(client, "read-default", "GET", "/s/nowhere/api/actions/connectors") == forbidden


# Sub-features


@pytest.mark.parametrize(
    ("version", "privileges", "may"),
    [
        ("8.18.0", ["feature_actions.read"], False),
        ("8.18.0", ["feature_actions.minimal_all"], False),
        ("8.18.0", ["feature_actions.endpoint_security_execute"], False),
        ("8.18.0", ["feature_actions.read", "feature_actions.endpoint_security_execute"], True),
        (
            "8.19.0",
            ["feature_actions.minimal_read", "feature_actions.endpoint_security_execute"],
            True,
        ),
        ("8.19.0", ["feature_actions.all"], True),
        ("8.19.0", ["read"], False),
        ("8.19.0", ["all"], True),
        ("8.17.3", ["feature_actions.all"], True),
        ("8.17.3", ["feature_actions.minimal_all"], True),
        ("8.17.3", ["read"], False),
        ("8.17.3", ["feature_actions.read", "feature_actions.endpoint_security_execute"], False),
    ],
)
def test_types_of_a_sub_feature_need_a_privilege_of_their_own_to_run(
    version: str, privileges: list[str], may: bool
) -> None:
    world = World(Settings(security=True, kibana_version=version), connector_types=[Isolate])
    client = create_app(world).test_client()
    body = {"name": "one", "connector_type_id": ".isolate"}
    _, made = ask(client, "elastic", "POST", "/api/actions/connector", body)
    world.security.roles.put("guard", granting(*privileges))
    world.security.users.put("guard", {"roles": ["guard"]}, password=password("guard"))
    path = f"/api/actions/connector/{made['id']}/_execute"
    status, answered = ask(client, "guard", "POST", path, {"params": {}})
    if may:
        assert (status, answered["data"]) == (200, {"affected": 1})
    else:
        text = 'Unauthorized to execute a ".isolate" action'
        assert (status, answered) == (403, refused(403, text))


def test_the_list_of_types_tells_the_sub_feature(client: FlaskClient) -> None:
    _, types = ask(client, "elastic", "GET", "/api/actions/connector_types")
    assert types[-1]["sub_feature"] == "endpointSecurity"
    assert list(types[-1])[-2:] == ["sub_feature", "is_deprecated"]


# Elasticsearch's own users and roles


@pytest.mark.parametrize(
    ("role", "reads", "writes", "manages"),
    [
        ("viewer", True, False, False),
        ("editor", True, True, True),
        ("kibana_admin", True, True, True),
        ("superuser", True, True, True),
        ("kibana_system", False, False, False),
        ("no_such_role", False, False, False),
    ],
)
def test_elasticsearchs_own_roles_grant_in_kibana_what_they_do_there(
    client: FlaskClient, world: World, role: str, reads: bool, writes: bool, manages: bool
) -> None:
    world.security.users.put("one", {"roles": [role]}, password=password("one"))
    may_read = ask(client, "one", "GET", "/s/any/api/actions/connectors")[0] == 200
    may_write = ask(client, "one", "POST", "/s/any/api/actions/connector", MINE)[0] == 200
    may_manage = ask(client, "one", "POST", "/api/spaces/space", SPACE)[0] == 200
    assert (may_read, may_write, may_manage) == (reads, writes, manages)


def test_privileges_of_several_roles_add_up(client: FlaskClient, world: World) -> None:
    roles = ["read-default", "all-other"]
    world.security.users.put("one", {"roles": roles}, password=password("one"))
    assert ask(client, "one", "GET", "/api/actions/connectors")[0] == 200
    assert ask(client, "one", "POST", "/api/actions/connector", MINE)[0] == 403
    assert ask(client, "one", "POST", "/s/other/api/actions/connector", MINE)[0] == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda security: security.roles.put("one", granting("feature_dashboard.all")),
        lambda security: security.roles.delete("one"),
        lambda security: security.users.put("one", {"roles": []}, password=None),
        lambda security: security.users.change("one", enabled=False),
        lambda security: security.users.put("one", {"roles": ["one"]}, password="another-1"),
        lambda security: security.users.delete("one"),
    ],
    ids=["role changed", "role deleted", "roles taken", "disabled", "password", "user deleted"],
)
def test_a_change_of_users_or_roles_counts_from_the_next_request_on(
    client: FlaskClient, world: World, change: Any
) -> None:
    world.security.roles.put("one", granting("feature_actions.read"))
    world.security.users.put("one", {"roles": ["one"]}, password=password("one"))
    assert ask(client, "one", "GET", "/api/actions/connectors")[0] == 200
    change(world.security)
    assert ask(client, "one", "GET", "/api/actions/connectors")[0] in (401, 403)


# The journal


def test_the_journal_names_the_missing_privilege_and_the_roles_that_grant_it(
    client: FlaskClient, world: World
) -> None:
    assert ask(client, "read", "POST", "/api/actions/connector", MINE)[0] == 403
    (call,) = world.journal.records()[-1:]
    assert call.user == "read"
    assert call.hint == (
        "the user `read` needs the privilege `all` of the Kibana feature `actions` in the space "
        "`default` (saved_object:action/create); roles that grant it: all, all-default, base-all, "
        "editor, kibana_admin, kibana_user, minimal-all, superuser"
    )
    assert ask(client, "all", "DELETE", "/api/spaces/space/default")[0] == 403
    (call,) = world.journal.records()[-1:]
    assert call.hint == (
        "the user `all` needs the Kibana base privilege `all` in all spaces (space:manage); "
        "roles that grant it: base-all, editor, kibana_admin, kibana_user, superuser"
    )
