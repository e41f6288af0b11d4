"""Users that a test makes, and what they may do."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from elasticsearch8 import AuthorizationException, Elasticsearch

from mockkibana.control.errors import ControlError
from mockkibana.testing.access import Refused
from mockkibana.testing.handle import MockKibana

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
    }
