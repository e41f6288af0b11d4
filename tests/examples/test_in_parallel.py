"""pytest-xdist: every worker has a server of its own, and every test an empty Kibana.

Run with `pytest -n 4`, nothing has to be said: these tests use the same names, and never meet.
"""

from __future__ import annotations

import pytest
from soar import escalate

from mockkibana import MockKibana


@pytest.mark.mock_kibana(seed="seed.yaml")
@pytest.mark.parametrize("number", range(4))
def test_the_first_incident_is_always_the_first(mock_kibana: MockKibana, number: int) -> None:
    assert escalate(mock_kibana.url, "tickets", "audit", f"Incident {number}") == "OPS-1"
    assert len(mock_kibana.jira.issues("OPS")) == 1
