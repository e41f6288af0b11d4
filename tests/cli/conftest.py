"""A server that commands are run against."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockkibana.testing.handle import MockKibana


@pytest.fixture(scope="session")
def server() -> Iterator[MockKibana]:
    """A running server."""
    with MockKibana() as handle:
        yield handle
