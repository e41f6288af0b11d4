"""What the tests of connector types share: a look into Elasticsearch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def elasticsearch(client: FlaskClient) -> Callable[[str], Any]:
    """Ask the fake Elasticsearch for a path and return what it answers."""
    return lambda path: client.get(f"/_mock/elasticsearch{path}").json
