"""What the tests of Kibana's face share: the errors that it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


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
