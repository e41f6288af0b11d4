"""A Jira server that tests ask in a word each, as a user of their choice."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from mockkibana.clock import Clock
from mockkibana.http.messages import Answer, Request
from mockkibana.jira.face.face import JiraFace
from mockkibana.jira.site import Site
from mockkibana.jira.webhook_sender import Notice
from mockkibana.json import Json, dumps
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

URL = "http://jira.example.com"
SEED = {
    "users": ["ann@example.com", "bob@example.com"],
    "projects": [{"key": "CK", "name": "Check", "lead": "ann@example.com"}],
}


class Server:
    """A face of a site of its own; `told` are the notices that webhooks would get."""

    def __init__(self, seed: Json = None, **settings: Any) -> None:
        self.store = Store()
        clock = Clock(frozen_at="2024-05-01T12:00:00Z")
        self.site = Site(self.store, Installation(Settings(**settings), clock))
        with self.store.transaction() as transaction:
            self.site.restore(SEED if seed is None else seed, transaction)
        self.told: list[Notice] = []
        self.face = JiraFace(self.site, self.told.extend)

    def send(
        self,
        method: str,
        target: str,
        body: Json = b"",
        user: str | None = "ann",
        **headers: str,
    ) -> Answer:
        path, _, query = target.partition("?")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if user is not None:
            secret = user if ":" in user else f"{user}:secret"
            sent.setdefault("authorization", f"Basic {b64encode(secret.encode()).decode()}")
        return self.face.handle(
            Request(
                method=method,
                path=path if path.startswith("/") else f"/rest/api/2/{path}",
                query=dict(parse_qsl(query, keep_blank_values=True)),
                headers=sent,
                body=body if isinstance(body, bytes) else dumps(body).encode(),
                url=URL,
                raw_query=query,
            )
        )

    def ask(self, method: str, target: str, body: Json = b"", user: str | None = "ann") -> Json:
        """Return the body of an answer that must be a success."""
        answer = self.send(method, target, body, user)
        assert answer.status < 300, answer
        return answer.body

    def get(self, target: str, user: str | None = "ann") -> Json:
        return self.ask("GET", target, user=user)

    def refused(
        self, method: str, target: str, body: Json = b"", user: str | None = "ann"
    ) -> tuple[int, Json]:
        """Return status and texts of an answer that must be a refusal, and change nothing."""
        before = self.store.digest()
        answer = self.send(method, target, body, user)
        assert 400 <= answer.status < 500, answer
        assert self.store.digest() == before
        return answer.status, answer.body.get("errors") or answer.body["errorMessages"]

    def make(self, summary: str = "disk full", user: str | None = "ann", **fields: Json) -> str:
        """Create a task and return its key."""
        values = {"project": {"key": "CK"}, "summary": summary, "issuetype": {"name": "Task"}}
        key: str = self.ask("POST", "issue", {"fields": values | fields}, user)["key"]
        return key

    def fields(self, key: str, user: str | None = "ann") -> Json:
        return self.get(f"issue/{key}", user)["fields"]

    def found(self, jql: str, user: str | None = "ann") -> list[str]:
        body = {"jql": f"{jql} order by key" if jql else "order by key", "fields": ["summary"]}
        return [row["key"] for row in self.ask("POST", "search", body, user)["issues"]]

    def items(self, key: str) -> list[tuple[str, str | None, str | None]]:
        """Return what the history of an issue tells: fields with their texts before and after."""
        histories = self.get(f"issue/{key}?expand=changelog")["changelog"]["histories"]
        return [
            (item["field"], item["fromString"], item["toString"])
            for history in histories
            for item in history["items"]
        ]

    def copy(self) -> Server:
        """Return a server that is restored from what this one dumps, which must be the same."""
        other = Server(self.site.dump())
        assert other.store.digest() == self.store.digest()
        return other


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def serve() -> Callable[..., Server]:
    return Server
