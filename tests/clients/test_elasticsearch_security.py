"""The official clients against an Elasticsearch with security, over a real socket."""

from __future__ import annotations

import http.client
import importlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

from mockkibana.settings import Settings
from mockkibana.world import World

CLIENTS = ("elasticsearch7", "elasticsearch8", "elasticsearch")

Connect = Callable[..., Any]


@pytest.fixture
def settings() -> Settings:
    return Settings(security=True)


@pytest.fixture(params=CLIENTS)
def module(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


@pytest.fixture
def connect(module: ModuleType, elasticsearch_url: str) -> Iterator[Connect]:
    """Make a client of the module with credentials, under the names that version 8 gives them."""
    opened = []

    def connect(**credentials: Any) -> Any:
        if module.__name__ == "elasticsearch7":
            if "basic_auth" in credentials:
                credentials["http_auth"] = credentials.pop("basic_auth")
            if token := credentials.pop("bearer_auth", None):
                credentials["headers"] = {"authorization": f"Bearer {token}"}
        api = module.Elasticsearch(elasticsearch_url, max_retries=0, **credentials)
        opened.append(api)
        return api

    yield connect
    for api in opened:
        api.close()


@pytest.fixture
def writer(world: World) -> str:
    """A user `writer` who may write to `logs` and look at the cluster, with his password."""
    world.elasticsearch.create_index("logs")
    world.elasticsearch.create_index("other")
    indices = [{"names": ["logs"], "privileges": ["read", "create_doc"]}]
    world.security.roles.put("logs_writer", {"cluster": ["monitor"], "indices": indices})
    world.security.users.put("writer", {"roles": ["logs_writer"]}, password="secret1")
    return "secret1"


def _reason(error: Any) -> str:
    body = error.info if isinstance(error.info, dict) else error.body
    reason: str = body["error"]["reason"]
    return reason


def _status(error: Any) -> int:
    status: int = error.status_code
    return status


def test_the_superuser_logs_in_with_a_password(connect: Connect) -> None:
    api = connect(basic_auth=("elastic", "changeme"))
    assert api.info()["tagline"] == "You Know, for Search"
    assert api.index(index="new", document={"n": 1})["result"] == "created"


@pytest.mark.filterwarnings("ignore:The client is unable to verify")  # version 7, once
def test_a_wrong_password_is_an_authentication_exception(
    connect: Connect, module: ModuleType
) -> None:
    api = connect(basic_auth=("elastic", "wrong"))
    with pytest.raises(module.AuthenticationException) as caught:
        api.cluster.health()
    assert _status(caught.value) == 401
    assert _reason(caught.value) == (
        "unable to authenticate user [elastic] for REST request [/_cluster/health]"
    )


@pytest.mark.filterwarnings("ignore:The client is unable to verify")  # version 7, once
def test_no_credentials_are_an_authentication_exception(
    connect: Connect, module: ModuleType
) -> None:
    with pytest.raises(module.AuthenticationException) as caught:
        connect().search(index="logs", size=0)
    assert _reason(caught.value).startswith("missing authentication credentials for REST request")


def test_an_api_key_and_a_token_log_in(connect: Connect, world: World) -> None:
    security = world.security
    key, secret = security.api_keys.create(
        security.authentication.superuser(),
        name="k",
        role_descriptors={"r": {"cluster": ["monitor"]}},
        limited_by=[{"cluster": ["all"]}],
        metadata={},
        expiration=None,
    )
    encoded = b64encode(f"{key['id']}:{secret}".encode()).decode()
    assert connect(api_key=encoded).cluster.health()["number_of_nodes"] == 1
    assert connect(api_key=(key["id"], secret)).ping()
    token, _ = security.tokens.create("elastic", client="elastic", with_refresh=False)
    assert connect(bearer_auth=token).cluster.health()["number_of_nodes"] == 1


def test_what_is_not_allowed_is_an_authorization_exception(
    connect: Connect, module: ModuleType, writer: str
) -> None:
    api = connect(basic_auth=("writer", writer))
    assert api.index(index="logs", id="1", document={}, op_type="create")["result"] == "created"
    who = "is unauthorized for user [writer] with effective roles [logs_writer]"
    granted = "this action is granted by the index privileges"
    denied = {
        f"action [indices:data/read/search] {who} on indices [other], {granted} [read,all]": (
            lambda: api.search(index="other")
        ),
        f"action [indices:data/write/index:op_type/index] {who} on indices [logs], {granted} "
        "[create,index,write,all]": lambda: api.index(index="logs", id="1", document={}),
        f"action [indices:admin/delete] {who}, {granted} [delete_index,manage,all]": (
            lambda: api.indices.delete(index="logs")
        ),
    }
    for reason, act in denied.items():
        with pytest.raises(module.AuthorizationException) as caught:
            act()
        assert (_status(caught.value), _reason(caught.value)) == (403, reason)
    assert api.search(index="*")["_shards"]["total"] == 1


def test_the_bulk_helper_reports_what_was_denied(
    connect: Connect, module: ModuleType, writer: str
) -> None:
    helpers = importlib.import_module(f"{module.__name__}.helpers")
    api = connect(basic_auth=("writer", writer))
    actions = [
        {"_op_type": "create", "_index": index, "_id": str(number), "n": number}
        for number, index in enumerate(("logs", "other", "logs", "new"))
    ]
    done, failed = helpers.bulk(api, actions, raise_on_error=False)
    assert done == 2
    assert [error["create"]["status"] for error in failed] == [403, 403]
    assert [error["create"]["error"]["reason"].split(" is ")[0] for error in failed] == [
        "action [indices:data/write/index:op_type/create]",
        "action [indices:admin/auto_create]",
    ]
    assert api.count(index="logs")["count"] == 2


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_each_challenge_is_a_line_of_its_own(elasticsearch_url: str, method: str) -> None:
    target = urlsplit(elasticsearch_url)
    connection = http.client.HTTPConnection(target.hostname or "", target.port)
    connection.request(method, f"{target.path}/nope/_search?q=1")
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == 401
    assert response.headers.get_all("WWW-Authenticate") == [
        'Basic realm="security", charset="UTF-8"',
        'Bearer realm="security"',
        "ApiKey",
    ]
    assert (b"for REST request [/nope/_search?q=1]" in body) is (method == "GET")
    assert body or method == "HEAD"
