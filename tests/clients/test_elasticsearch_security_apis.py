"""The security APIs as the official clients call them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from mockkibana.settings import Settings
from mockkibana.world import World

CLIENTS = ("elasticsearch7", "elasticsearch8", "elasticsearch")
READER = {"cluster": ["monitor"], "indices": [{"names": ["logs-*"], "privileges": ["read"]}]}


@dataclass(frozen=True)
class Client:
    """One official client, who is `elastic`."""

    module: ModuleType
    url: str

    @property
    def is_7(self) -> bool:
        return self.module.__name__ == "elasticsearch7"

    def api(self, **credentials: Any) -> Any:
        """Connect with credentials: `user=(name, password)`, `api_key`, `token`."""
        options: dict[str, Any] = {"max_retries": 0}
        if user := credentials.get("user"):
            options["http_auth" if self.is_7 else "basic_auth"] = user
        if key := credentials.get("api_key"):
            options["api_key"] = key
        if token := credentials.get("token"):
            header = {"authorization": f"Bearer {token}"}
            options |= {"headers": header} if self.is_7 else {"bearer_auth": token}
        return self.module.Elasticsearch(self.url, **options)

    def send(self, api: Callable[..., Any], body: Any, **parameters: Any) -> Any:
        """Call an API that version 7 hands the body as a whole; returns the plain answer."""
        answer = api(body=body, **parameters) if self.is_7 else api(**body, **parameters)
        return plain(answer)

    def refusal(self, api: Callable[..., Any], **parameters: Any) -> int:
        """Call an API that is refused; returns the status."""
        error = self.module.TransportError if self.is_7 else self.module.ApiError
        with pytest.raises(error) as caught:
            api(**parameters)
        status: int = caught.value.status_code
        return status


def plain(answer: Any) -> Any:
    return getattr(answer, "body", answer)


@pytest.fixture
def settings() -> Settings:
    return Settings(security=True)


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest, elasticsearch_url: str) -> Client:
    return Client(importlib.import_module(request.param), elasticsearch_url)


@pytest.fixture
def api(client: Client) -> Iterator[Any]:
    api = client.api(user=("elastic", "changeme"))
    yield api
    api.close()


@pytest.fixture
def joe(client: Client, api: Any) -> tuple[str, str]:
    """A user who may read logs."""
    client.send(api.security.put_role, READER, name="reader")
    client.send(api.security.put_user, {"password": "secret1", "roles": ["reader"]}, username="joe")
    return "joe", "secret1"


def test_users(client: Client, api: Any, joe: tuple[str, str]) -> None:
    security = api.security
    assert plain(security.get_user(username="joe"))["joe"]["roles"] == ["reader"]
    assert "elastic" in plain(security.get_user())
    old = client.api(user=joe).security
    assert plain(old.authenticate())["roles"] == ["reader"]
    client.send(security.change_password, {"password": "secret2"}, username="joe")
    assert client.refusal(old.authenticate) == 401
    mine = client.api(user=("joe", "secret2")).security
    assert plain(mine.authenticate())["username"] == "joe"
    assert client.refusal(mine.get_user, username="elastic") == 403
    security.disable_user(username="joe")
    assert client.refusal(mine.authenticate) == 401
    security.enable_user(username="joe")
    assert plain(mine.authenticate())["enabled"] is True
    assert plain(security.delete_user(username="joe")) == {"found": True}
    assert client.refusal(security.get_user, username="joe") == 404


def test_roles(client: Client, api: Any) -> None:
    assert client.send(api.security.put_role, READER, name="r") == {"role": {"created": True}}
    assert plain(api.security.get_role(name="r"))["r"]["cluster"] == ["monitor"]
    assert "superuser" in plain(api.security.get_role())
    assert plain(api.security.delete_role(name="r")) == {"found": True}
    assert client.refusal(api.security.delete_role, name="r") == 404


def test_api_keys(client: Client, api: Any, joe: tuple[str, str]) -> None:
    security = api.security
    body = {"name": "k", "role_descriptors": {"r": READER}, "expiration": "1d"}
    made = client.send(security.create_api_key, body)
    key = (made["id"], made["api_key"]) if client.is_7 else made["encoded"]
    mine = client.api(api_key=key)
    who = plain(mine.security.authenticate())
    assert (who["username"], who["api_key"]["id"]) == ("elastic", made["id"])
    assert client.refusal(mine.security.get_user) == 403
    (shown,) = plain(security.get_api_key(id=made["id"]))["api_keys"]
    assert (shown["name"], shown["invalidated"]) == ("k", False)
    if not client.is_7:
        found = security.query_api_keys(query={"term": {"name": "k"}})
        assert found["total"] == 1
        assert security.update_api_key(id=made["id"], metadata={"a": 1})["updated"] is True
    granted = client.send(
        security.grant_api_key,
        {
            "grant_type": "password",
            "username": "joe",
            "password": "secret1",
            "api_key": {"name": "g"},
        },
    )
    assert granted["name"] == "g"
    gone = client.send(security.invalidate_api_key, {"ids": [made["id"]]})
    assert gone["invalidated_api_keys"] == [made["id"]]
    assert client.refusal(mine.security.authenticate) == 401


def test_tokens(client: Client, api: Any, joe: tuple[str, str]) -> None:
    name, password = joe
    grant = {"grant_type": "password", "username": name, "password": password}
    token = client.send(api.security.get_token, grant)
    mine = client.api(token=token["access_token"])
    assert plain(mine.security.authenticate())["authentication_type"] == "token"
    again = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    new = client.send(api.security.get_token, again)
    assert new["authentication"]["username"] == "joe"
    gone = client.send(api.security.invalidate_token, {"token": token["access_token"]})
    assert gone["invalidated_tokens"] == 1
    assert client.refusal(mine.security.authenticate) == 401


def test_privileges(client: Client, api: Any, joe: tuple[str, str]) -> None:
    mine = client.api(user=joe).security
    asked = {
        "cluster": ["monitor", "all"],
        "index": [{"names": ["logs-1"], "privileges": ["read", "write"]}],
    }
    answer = client.send(mine.has_privileges, asked)
    assert answer["cluster"] == {"monitor": True, "all": False}
    assert answer["index"] == {"logs-1": {"read": True, "write": False}}
    assert plain(mine.get_user_privileges())["cluster"] == ["monitor"]
    assert "read" in plain(api.security.get_builtin_privileges())["index"]
    assert plain(api.security.get_privileges()) == {}


def test_the_licence(client: Client, api: Any, world: World) -> None:
    found = plain(api.license.get())["license"]
    assert (found["status"], found["type"]) == ("active", world.settings.license)
    assert plain(api.license.get_trial_status()) == {"eligible_to_start_trial": False}
    assert plain(api.license.get_basic_status()) == {"eligible_to_start_basic": True}
