"""Users that a test makes, and what they may do."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from elasticsearch8 import AuthorizationException, Elasticsearch

import mockkibana
from mockkibana.control.errors import ControlError
from mockkibana.security.roles import reserved_users
from mockkibana.testing.handle import MockKibana
from mockkibana.testing.transport import Auth, Refused

HEADERS = {"kbn-xsrf": "true"}
RUN = {"documents": [{"message": "hello, world"}]}


def connectors(handle: MockKibana, auth: tuple[str, str], space: str = "") -> int:
    url = f"{handle.url}{space}/api/actions/connectors"
    return requests.get(url, auth=auth, timeout=10).status_code


def test_a_user_can_run_what_it_cannot_create(handle: MockKibana) -> None:
    reader = handle.user("reader", actions="read", spaces=["default"])
    assert reader == ("reader", "reader-password")
    connector = handle.connectors.create(".server-log")
    url = f"{handle.url}/api/actions/connector"
    ran = requests.post(
        f"{url}/{connector['id']}/_execute",
        json={"params": {"message": "hello"}},
        headers=HEADERS,
        auth=reader,
        timeout=10,
    )
    assert ran.json()["status"] == "ok"
    body = {"name": "mine", "connector_type_id": ".server-log"}
    refused = requests.post(url, json=body, headers=HEADERS, auth=reader, timeout=10)
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        'Unauthorized to create a ".server-log" action',
    )
    assert requests.get(url + "s", timeout=10).status_code == 401
    assert connectors(handle, reader, "/s/other") == 403


@pytest.mark.parametrize(
    ("given", "in_default", "in_other"),
    [
        ({}, 403, 403),
        ({"actions": "none"}, 403, 403),
        ({"actions": "all"}, 200, 200),
        ({"actions": ["minimal_read"], "spaces": ["other"]}, 403, 200),
        ({"base": "read"}, 200, 200),
        ({"base": "all", "spaces": ["other"]}, 403, 200),
        ({"roles": ["viewer"]}, 200, 200),
    ],
)
def test_a_user_has_the_privileges_that_it_is_given(
    handle: MockKibana, given: dict[str, Any], in_default: int, in_other: int
) -> None:
    one = handle.user("one", password="secret-1", **given)
    assert one == ("one", "secret-1")
    assert connectors(handle, one) == in_default
    assert connectors(handle, one, "/s/other") == in_other


def test_index_privileges_decide_on_what_a_run_may_write(handle: MockKibana) -> None:
    writer = handle.user("writer", actions="read", indices={"test-*": ["create", "auto_configure"]})
    other = handle.user("other", actions="read", indices={"logs": ["read"]})
    connector = handle.connectors.create(".index", config={"index": "test-index"})
    refused = handle.connectors.run(connector["id"], RUN, auth=other)
    assert refused["service_message"] == (
        "security_exception\n\tRoot causes:\n\t\tsecurity_exception: "
        "action [indices:data/write/bulk] is unauthorized for user [other] with effective roles "
        "[other], this action is granted by the index privileges "
        "[create_doc,create,delete,index,write,all]"
    )
    assert handle.elasticsearch.indices() == []
    assert handle.connectors.run(connector["id"], RUN, auth=writer)["status"] == "ok"
    assert handle.elasticsearch.documents("test-index") == RUN["documents"]


def test_the_journal_tells_whom_to_give_what(handle: MockKibana) -> None:
    writer = handle.user("writer", actions="read", indices={"test-*": ["create"]})
    connector = handle.connectors.create(".index", config={"index": "test-index"})
    handle.connectors.run(connector["id"], RUN, auth=writer)
    (call,) = handle.journal.calls()
    assert call["user"] == "writer"
    assert call["hint"] == (
        "the user `writer` needs one of the index privileges auto_configure, create_index, manage, "
        "all on `test-index` (indices:admin/auto_create); roles that grant it: superuser"
    )


def test_the_handle_itself_may_do_everything(handle: MockKibana) -> None:
    handle.user("reader")
    connector = handle.connectors.create(".index", config={"index": "test-index"})
    assert handle.connectors.run(connector["id"], RUN)["status"] == "ok"
    assert [space["id"] for space in handle.spaces.list()] == ["default"]
    assert handle.elasticsearch.documents("test-index") == RUN["documents"]
    (call,) = handle.journal.calls()
    assert call["user"] == "elastic"


def test_what_a_user_may_not_run_is_raised(handle: MockKibana) -> None:
    nobody = handle.user("nobody")
    connector = handle.connectors.create(".server-log")
    with pytest.raises(Refused) as caught:
        handle.connectors.run(connector["id"], {"message": "hello"}, auth=nobody)
    assert caught.value.status == 403
    assert 'Unauthorized to execute a ".server-log" action' in str(caught.value)


def test_the_same_users_are_known_to_elasticsearch(handle: MockKibana) -> None:
    reader = handle.user("reader", indices={"logs-*": ["read"]}, cluster=["monitor"])
    client = Elasticsearch(handle.elasticsearch.url, basic_auth=reader)
    assert client.security.authenticate()["username"] == "reader"
    with pytest.raises(AuthorizationException) as caught:
        client.index(index="logs-1", document={})
    assert "action [indices:data/write/index] is unauthorized for user [reader]" in str(
        caught.value
    )


def test_a_reset_switches_security_off_again(handle: MockKibana) -> None:
    reader = handle.user("reader")
    assert connectors(handle, reader) == 403
    handle.reset()
    assert connectors(handle, reader) == 200


def test_security_can_be_switched_on_without_users(handle: MockKibana) -> None:
    handle.configure(security=True)
    assert connectors(handle, ("elastic", "changeme")) == 200
    assert connectors(handle, ("elastic", "another-1")) == 401
    handle.configure(elastic_password="another-1")
    assert connectors(handle, ("elastic", "another-1")) == 200
    assert "elastic_password" not in handle.settings


def test_a_role_that_cannot_be_makes_no_user(handle: MockKibana) -> None:
    with pytest.raises(ControlError) as caught:
        handle.user("one", indices={"test-*": ["wirte"]})
    assert "[security.roles.one]: Validation Failed: 1: unknown index privilege [wirte]" in str(
        caught.value
    )
    assert handle.state()["security"] == {
        "enabled": False,
        "users": 0,
        "roles": 0,
        "api_keys": 0,
        "tokens": 0,
    }


NOTHING = {"enabled": False, "users": 0, "roles": 0, "api_keys": 0, "tokens": 0}


@pytest.mark.parametrize("name", sorted(reserved_users()))
def test_elasticsearchs_own_users_stay_as_they_are(handle: MockKibana, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} is one of Elasticsearch's own users; choose"):
        handle.user(name, password="another-1")
    assert handle.state()["security"] == NOTHING


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        (
            {"actions": "reed"},
            ValueError,
            "actions has 'reed'; expected some of none, read, all, minimal_read, minimal_all, en",
        ),
        ({"actions": ["read", "al"]}, ValueError, "actions has 'al'; expected some of none, read"),
        ({"actions": 5}, TypeError, "actions is 5; expected a text, or a list of texts"),
        ({"base": "al"}, ValueError, "base is 'al'; expected read or all"),
        (
            {"base": "read", "actions": "all"},
            ValueError,
            "actions is 'all' and base is 'read'; expected one of them",
        ),
        ({"indices": ["test-*"]}, TypeError, "indices is ['test-*']; expected privileges by name"),
        ({"indices": "test-*"}, TypeError, "indices is 'test-*'; expected privileges by name"),
        ({"indices": []}, TypeError, "indices is []; expected privileges by name"),
        ({"indices": {"a": 5}}, TypeError, "indices['a'] is 5; expected a text, or a list"),
        ({"spaces": None}, TypeError, "spaces is None; expected a text, or a list of texts"),
        ({"cluster": {"all": 1}}, TypeError, "cluster is {'all': 1}; expected a text, or a list"),
        ({"roles": [5]}, TypeError, "roles is [5]; expected a text, or a list of texts"),
        (
            {"roles": ["viewer", "missing"]},
            ValueError,
            "roles has 'missing'; expected roles that are there: ",
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_mistake_makes_no_user(
    handle: MockKibana, given: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error) as caught:
        handle.user("one", **given)
    assert str(caught.value).startswith(text)
    assert handle.state()["security"] == NOTHING


@pytest.mark.parametrize("name", [5, None, ["one"]], ids=str)
def test_the_name_of_a_user_is_a_text(handle: MockKibana, name: Any) -> None:
    with pytest.raises(TypeError, match=r"username is .*; expected a text"):
        handle.user(name)


def test_a_password_is_not_left_out_by_being_empty(handle: MockKibana) -> None:
    with pytest.raises(ControlError, match=r"\[security\.users\.one\.password\]"):
        handle.user("one", password="")


def test_one_text_stands_for_itself(handle: MockKibana) -> None:
    one = handle.user("one", actions="read", spaces="other", indices={"a": "read"}, roles="one")
    assert connectors(handle, one) == 403
    assert connectors(handle, one, "/s/other") == 200


def test_the_roles_of_a_user_may_be_those_of_a_seed(handle: MockKibana) -> None:
    role = {"kibana": [{"base": ["read"], "spaces": ["*"]}]}
    seed = {"version": 1, "security": {"enabled": False, "roles": {"mine": role}}}
    handle.seed(seed)
    assert connectors(handle, handle.user("one", roles=["mine"])) == 200


def test_what_is_refused_is_caught_by_a_public_name(handle: MockKibana) -> None:
    assert mockkibana.Refused is Refused
    nobody = handle.user("nobody")
    connector = handle.connectors.create(".server-log")
    with pytest.raises(mockkibana.Refused, match="answered with 401"):
        handle.connectors.run(connector["id"], {"message": "hello"}, auth=("nobody", "wrong-1"))
    with pytest.raises(mockkibana.Refused, match="answered with 403"):
        handle.connectors.run(connector["id"], {"message": "hello"}, auth=nobody)


def test_an_api_key_does_what_its_owner_may(handle: MockKibana) -> None:
    reader = handle.user("reader", actions="read")
    connector = handle.connectors.create(".server-log")
    key = handle.api_key(reader)
    assert key.startswith("ApiKey ")
    run = handle.connectors.run(connector["id"], {"message": "hello"}, auth=key)
    assert run["status"] == "ok"
    with pytest.raises(Refused, match="Unauthorized to delete"):
        handle.connectors.delete(connector["id"], auth=key)
    url = f"{handle.url}/api/actions/connectors"
    assert requests.get(url, headers={"authorization": key}, timeout=10).status_code == 200
    client = Elasticsearch(handle.elasticsearch.url, headers={"authorization": key})
    shown = client.security.authenticate()
    assert (shown["username"], shown["api_key"]["name"]) == ("reader", "api-key")


def test_an_api_key_may_be_given_less_and_for_a_time(handle: MockKibana) -> None:
    admin = handle.user("admin", base="all")
    handle.clock.freeze()
    nothing = {"nothing": {"cluster": [], "indices": [], "applications": []}}
    less = handle.api_key(admin, name="less", role_descriptors=nothing)
    short = handle.api_key(admin, name="short", expiration="1d")
    with pytest.raises(Refused, match="answered with 403"):
        handle.connectors.list(auth=less)
    assert handle.connectors.list(auth=short) == []
    handle.clock.advance("25h")
    with pytest.raises(Refused, match="answered with 401"):
        handle.connectors.list(auth=short)


def test_an_api_key_is_not_granted_to_whom_nobody_knows(handle: MockKibana) -> None:
    handle.user("reader", actions="read")
    with pytest.raises(Refused, match="unable to authenticate user"):
        handle.api_key(("reader", "another-password"))


@pytest.mark.parametrize("owner", ["reader", None], ids=repr)
def test_an_api_key_has_an_owner(handle: MockKibana, owner: Any) -> None:
    text = f"owner is a {type(owner).__name__}; expected"
    with pytest.raises(TypeError, match=text):
        handle.api_key(owner)
    assert handle.state()["security"]["api_keys"] == 0


def test_a_token_is_taken_as_a_header(handle: MockKibana) -> None:
    handle.user("reader", actions="read")
    client = Elasticsearch(handle.elasticsearch.url, basic_auth=("elastic", "changeme"))
    token = client.security.get_token(
        grant_type="password", username="reader", password="reader-password"
    )
    auth = f"Bearer {token['access_token']}"
    assert handle.connectors.list(auth=auth) == []
    handle.journal.assert_called_once(user="reader", status=200)


@pytest.mark.parametrize(
    ("auth", "error"),
    [
        ("reader", ValueError),
        ("reader secret", ValueError),
        ("ApiKey a\r\nx: y", ValueError),
        ("", ValueError),
        (("reader",), TypeError),
        (("reader", None), TypeError),
        (["reader", "reader-password"], TypeError),
        (5, TypeError),
    ],
    ids=repr,
)
def test_what_is_no_authorization_is_refused(
    handle: MockKibana, auth: Any, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        handle.connectors.list(auth=auth)
    assert str(caught.value).startswith(f"auth is a {type(auth).__name__} that is neither (user, ")
    assert not auth or str(auth) not in str(caught.value)


def test_everything_of_kibana_can_be_asked_by_a_user(handle: MockKibana) -> None:
    auth: Auth = handle.user("admin", base="all")
    handle.spaces.create("ops", auth=auth)
    assert handle.spaces.get("ops", auth=auth)["id"] == "ops"
    assert len(handle.spaces.list(auth=auth)) == 2
    handle.spaces.delete("ops", auth=auth)
    made = handle.connectors.create(".server-log", auth=auth)["id"]
    handle.connectors.update(made, name="Mine", auth=auth)
    assert handle.connectors.get(made, auth=auth)["name"] == "Mine"
    assert len(handle.connectors.list(auth=auth)) == 1
    handle.connectors.delete(made, auth=auth)
    assert handle.journal.count(user="admin") == 9


def test_a_user_who_may_do_nothing_is_refused_everything(handle: MockKibana) -> None:
    nobody = handle.user("nobody")
    made = handle.connectors.create(".server-log")["id"]
    handle.spaces.create("ops")
    for ask in (
        lambda: handle.spaces.create("other", auth=nobody),
        lambda: handle.spaces.get("ops", auth=nobody),
        lambda: handle.spaces.delete("ops", auth=nobody),
        lambda: handle.spaces.list(auth=nobody),
        lambda: handle.connectors.create(".server-log", auth=nobody),
        lambda: handle.connectors.get(made, auth=nobody),
        lambda: handle.connectors.update(made, name="Mine", auth=nobody),
        lambda: handle.connectors.list(auth=nobody),
        lambda: handle.connectors.delete(made, auth=nobody),
    ):
        with pytest.raises(Refused, match="answered with 403"):
            ask()
    assert handle.journal.count(user="nobody", status=403) == 9
    assert [connector["name"] for connector in handle.connectors.list()] == [".server-log"]


def test_the_journal_is_asked_for_a_user(handle: MockKibana) -> None:
    reader = handle.user("reader", actions="read")
    other = handle.user("other")
    connectors(handle, reader)
    connectors(handle, other)
    assert handle.journal.assert_called_once(user="other", status=403)["user"] == "other"
    assert handle.journal.count(user="read") == 0
    with pytest.raises(AssertionError, match="call with user 'reader' and status 403, but there"):
        handle.journal.assert_called_once(user="reader", status=403)
