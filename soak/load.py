"""Mixed load: 8 connections that run connectors and read what came of it.

    python -m soak.load 5601 60

asks for 60 seconds and prints one JSON object: how many answers of which kind there were, and
those that should not have come. It runs in its own process, so that its memory is nobody's leak.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

from mockkibana.clock import monotonic

CONNECTIONS = 8
PATIENCE = 60.0
_LOG = "/api/actions/connector/7fc7b9a0-ecc9-11ec-8736-e7d63118c907"
_INDEX = "/api/actions/connector/c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad"
_JIRA = "/_mock/jira/rest/api/2"
_ELASTICSEARCH = "/_mock/elasticsearch"
_RESET = b"The world was reset while this request was under way."
_HEADERS = {"kbn-xsrf": "true", "content-type": "application/json"}


class Client:
    """One connection; `answers` counts by scenario, `errors` are what should not have come.

    Somebody resets the world now and then: what a client has made may be gone when it asks for it.
    """

    def __init__(self, port: int, number: int) -> None:
        self.number = number
        self.round = 0
        self.answers: Counter[str] = Counter()
        self.errors: list[str] = []
        self._scenario = ""
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask(
        self, method: str, path: str, body: Any = None, *, expect: tuple[int, ...] = (200,)
    ) -> Any:
        """Ask; return the body as a value, None for one that is no JSON or not as expected."""
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        self._connection.request(method, path, data, _HEADERS)
        answer = self._connection.getresponse()
        text = answer.read()
        self.answers[self._scenario] += 1
        if answer.status == 503 and _RESET in text:
            return None
        if answer.status not in expect:
            self.errors.append(f"{method} {path}: {answer.status} {text[:200]!r}")
            return None
        if answer.status >= 300 or "json" not in (answer.getheader("content-type") or ""):
            return None
        return json.loads(text) if text else None

    def run(self, path: str, params: Any, *, gone: bool = False) -> Any:
        """Run a connector and return its data; `gone` says that it may have been reset away."""
        expect = (200, 404) if gone else (200,)
        answer = self.ask("POST", f"{path}/_execute", {"params": params}, expect=expect)
        if answer is not None and answer["status"] != "ok":
            told = answer.get("service_message", "")
            if gone and ("404" in told or "Specify a valid project" in told):
                return None  # the issue, or the project, was reset away
            self.errors.append(f"run of {path}: {str(answer)[:300]}")
            return None
        return answer and answer.get("data")

    def work(self, end: float) -> None:
        """Ask until the time (of the monotonic clock) has come."""
        try:
            while monotonic() < end:
                for scenario in SCENARIOS:
                    self._scenario = scenario.__name__
                    scenario(self)
                self.round += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the result of the run
            self.errors.append(f"{self._scenario}: {error!r}")
        finally:
            self._connection.close()


def server_log(client: Client) -> None:
    """Write log lines."""
    for level in ("info", "warn", "error"):
        client.run(_LOG, {"level": level, "message": f"round {client.round}"})


def index(client: Client) -> None:
    """Index one document, and a hundred."""
    document = {"client": client.number, "round": client.round, "message": "hello, world"}
    client.run(_INDEX, {"documents": [document]})
    client.run(_INDEX, {"documents": [{**document, "n": n} for n in range(100)]})


def jira(client: Client) -> None:
    """Push an incident twice, and ask what can be pushed, on a connector of its own."""
    body = {
        "name": f"soak {client.number}",
        "connector_type_id": ".jira",
        "config": {"apiUrl": "https://jira.example.com", "projectKey": "SOAK"},
        "secrets": {"email": "soak@example.com", "apiToken": "x"},
    }
    made = client.ask("POST", "/api/actions/connector", body)
    if made is None:
        return
    path = f"/api/actions/connector/{made['id']}"
    incident = {"summary": f"soak {client.round}", "labels": ["soak"], "issueType": "10006"}
    push = {"incident": incident, "comments": [{"commentId": "1", "comment": "first"}]}
    params = {"subAction": "pushToService", "subActionParams": push}
    pushed = client.run(path, params, gone=True)
    if pushed:
        incident["externalId"] = pushed["id"]
        client.run(path, params, gone=True)
        client.ask("GET", f"{_JIRA}/issue/{pushed['id']}?expand=changelog", expect=(200, 404))
        comment = {"body": "said"}
        client.ask("POST", f"{_JIRA}/issue/{pushed['id']}/comment", comment, expect=(201, 404))
    client.run(path, {"subAction": "issueTypes", "subActionParams": {}}, gone=True)
    client.ask("DELETE", path, expect=(204, 404))


def faces(client: Client) -> None:
    """Read and write on the faces behind Kibana."""
    # A seldom made search: its cost grows with what the others have written.
    if client.round % 10 == 0:
        query = {"query": {"match": {"message": "hello"}}, "size": 5}
        client.ask("POST", f"{_ELASTICSEARCH}/_search", query)
        client.ask("GET", f"{_JIRA}/search?jql=ORDER+BY+created&maxResults=5")
        client.ask("GET", "/_mock/")
    document = f"{_ELASTICSEARCH}/soak-{client.number}/_doc/{client.round % 7}"
    client.ask("PUT", document, {"round": client.round}, expect=(200, 201))
    client.ask("GET", document, expect=(200, 404))
    client.ask("DELETE", document, expect=(200, 404))
    lines = b'{"index":{}}\n{"a":1}\n' * 20
    client.ask("POST", f"{_ELASTICSEARCH}/soak-{client.number}/_bulk", lines)


def kibana(client: Client) -> None:
    """Make, read, change and delete a connector and a space."""
    body = {"name": "n", "config": {"index": "soak"}}
    made = client.ask(
        "POST", "/s/soak/api/actions/connector", {**body, "connector_type_id": ".index"}
    )
    if made is not None:
        path = f"/s/soak/api/actions/connector/{made['id']}"
        client.ask("PUT", path, {**body, "name": "m"}, expect=(200, 404))
        client.ask("GET", path, expect=(200, 404))
        client.ask("DELETE", path, expect=(204, 404))
    space = {"id": f"s{client.number}", "name": "S"}
    client.ask("POST", "/api/spaces/space", space)
    client.ask("DELETE", f"/api/spaces/space/{space['id']}", expect=(204, 404))
    for path in ("connectors", "connector_types"):
        client.ask("GET", f"/api/actions/{path}")
    client.ask("GET", "/api/status")


def refusals(client: Client) -> None:
    """Ask for what is refused."""
    path = f"{_LOG}/_execute"
    client.ask("POST", path, b"{", expect=(400,))
    client.ask("POST", path, {"params": 1}, expect=(400,))
    client.ask("GET", "/api/actions/connector/nope", expect=(404,))
    client.ask("POST", f"{_ELASTICSEARCH}/_search", b"[", expect=(400,))
    client.ask("POST", f"{_JIRA}/issue", {"fields": {}}, expect=(400,))


SCENARIOS: tuple[Callable[[Client], None], ...] = (
    server_log,
    index,
    jira,
    faces,
    kibana,
    refusals,
)


def main() -> None:
    """Read the command line: port, seconds."""
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    clients = [Client(port, number) for number in range(CONNECTIONS)]
    end = monotonic() + seconds
    threads = [threading.Thread(target=client.work, args=(end,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers: Counter[str] = Counter()
    for client in clients:
        answers.update(client.answers)
    errors = [error for client in clients for error in client.errors]
    print(json.dumps({"answers": answers, "errors": errors}))


if __name__ == "__main__":
    main()
