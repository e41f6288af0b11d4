"""What the tests of Kibana's face share: short ways to create, run and seed connectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.seeds import Seed, parse_seed

XSRF = {"kbn-xsrf": "true"}


@pytest.fixture
def xsrf() -> dict[str, str]:
    """The one header that Kibana wants of a request that changes something."""
    return dict(XSRF)


@pytest.fixture
def create(client: FlaskClient) -> Callable[..., Any]:
    """Create a connector that is accepted and return it; a server log connector by default."""

    def create(space: str = "", connector_id: str = "", **body: Any) -> Any:
        content = {"name": "a connector", "connector_type_id": ".server-log", **body}
        path = f"{space}/api/actions/connector" + (f"/{connector_id}" if connector_id else "")
        response = client.post(path, json=content, headers=XSRF)
        assert response.status_code == 200, response.text
        return response.json

    return create


@pytest.fixture
def execute(client: FlaskClient) -> Callable[..., Any]:
    """Run a connector and return the answer."""

    def execute(connector_id: str, params: Any, space: str = "") -> Any:
        path = f"{space}/api/actions/connector/{connector_id}/_execute"
        return client.post(path, json={"params": params}, headers=XSRF)

    return execute


@pytest.fixture
def seed() -> Callable[..., Seed]:
    """Make a seed of its parts."""

    def seed(**parts: Any) -> Seed:
        return parse_seed({"version": 1, **parts})

    return seed


@pytest.fixture
def envelope() -> Callable[..., dict[str, Any]]:
    """Write the error that Kibana answers."""
    reasons = {
        400: "Bad Request",
        403: "Forbidden",
        404: "Not Found",
        409: "Conflict",
        413: "Request Entity Too Large",
        415: "Unsupported Media Type",
        500: "Internal Server Error",
    }

    def envelope(status: int, message: str) -> dict[str, Any]:
        return {"statusCode": status, "error": reasons[status], "message": message}

    return envelope
