"""A script such as a SOAR runs: it files an incident, tries again when told to, and writes it up.

It knows nothing of tests: it takes the URL of a Kibana and the ids of two connectors.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import requests

HEADERS = {"kbn-xsrf": "true"}
ATTEMPTS = 3


class Failed(Exception):
    """Kibana ran the connector, and it failed."""


def run_connector(kibana: str, connector: str, params: dict[str, Any]) -> dict[str, Any]:
    """Run a connector and return what it answered; wait as long as a 429 says."""
    url = f"{kibana}/api/actions/connector/{connector}/_execute"
    for attempt in range(ATTEMPTS):
        answer = requests.post(url, json={"params": params}, headers=HEADERS, timeout=10)
        if answer.status_code != 429 or attempt == ATTEMPTS - 1:
            break
        time.sleep(float(answer.headers.get("retry-after", 1)))
    answer.raise_for_status()
    run: dict[str, Any] = answer.json()
    if run["status"] == "error":
        raise Failed(run.get("service_message") or run["message"])
    return run


def escalate(kibana: str, jira: str, index: str, summary: str) -> str:
    """File an incident in Jira, write it to an index, and return its key."""
    incident = {"summary": summary, "priority": "High"}
    params = {"subAction": "pushToService", "subActionParams": {"incident": incident}}
    key: str = run_connector(kibana, jira, params)["data"]["title"]
    run_connector(kibana, index, {"documents": [{"incident": key, "summary": summary}]})
    return key


if __name__ == "__main__":
    print(escalate(*sys.argv[1:]))  # noqa: T201 - that is what it is for
