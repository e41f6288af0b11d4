"""What the tests of connector types share: create and run over HTTP, look into Elasticsearch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.seeds import Seed, parse_seed

XSRF = {"kbn-xsrf": "true"}
CONNECTOR = "/api/actions/connector"


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., Any]:
    """Ask to create a connector and return the answer."""

    def post(connector_type_id: str, config: Any = None, **more: Any) -> Any:
        body = {"name": "My connector", "connector_type_id": connector_type_id, **more}
        if config is not None:
            body["config"] = config
        return client.post(CONNECTOR, json=body, headers=XSRF)

    return post


@pytest.fixture
def create(post: Callable[..., Any]) -> Callable[..., str]:
    """Create a connector that is accepted and return its id."""

    def create(connector_type_id: str, config: Any = None, **more: Any) -> str:
        answer = post(connector_type_id, config, **more)
        assert answer.status_code == 200, answer.text
        return str(answer.json["id"])

    return create


@pytest.fixture
def execute(client: FlaskClient) -> Callable[..., Any]:
    """Run a connector and return the answer, which is a 200."""

    def execute(connector_id: str, params: Any) -> Any:
        path = f"{CONNECTOR}/{connector_id}/_execute"
        answer = client.post(path, json={"params": params}, headers=XSRF)
        assert answer.status_code == 200, answer.text
        return answer

    return execute


@pytest.fixture
def elasticsearch(client: FlaskClient) -> Callable[[str], Any]:
    """Ask the fake Elasticsearch for a path and return what it answers."""
    return lambda path: client.get(f"/_mock/elasticsearch{path}").json


@pytest.fixture
def seed() -> Callable[..., Seed]:
    """Make a seed of its parts."""
    return lambda **parts: parse_seed({"version": 1, **parts})
