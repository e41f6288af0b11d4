"""Elasticsearch with security on, and a way to ask it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from mockkibana.clock import Clock
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.http.messages import Answer, Request
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

Ask = Callable[..., Answer]


@pytest.fixture
def settings() -> Settings:
    """The settings; a test overrides this fixture to have others."""
    return Settings(security=True)


@pytest.fixture
def cluster(store: Store, clock: Clock, settings: Settings) -> Cluster:
    return Cluster(store, Installation(settings, clock))


@pytest.fixture
def ask(cluster: Cluster, settings: Settings) -> Ask:
    """Ask `METHOD /path?query` with a body; `who` is `name:password` or a whole header."""
    face = ElasticsearchFace(cluster)

    def ask(line: str, body: Any = None, who: str = "elastic:changeme") -> Answer:
        method, _, target = line.partition(" ")
        path, _, raw_query = target.partition("?")
        query = dict(pair.partition("=")[::2] for pair in raw_query.split("&") if pair)
        scheme = who if " " in who else f"Basic {b64encode(who.encode()).decode()}"
        headers = {"authorization": scheme}
        sent = b""
        if body is not None:
            headers["content-type"] = "application/json"
            sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return face.handle(
            Request(method, path, query=query, headers=headers, body=sent, raw_query=raw_query)
        )

    return ask


@pytest.fixture
def refused(ask: Ask, store: Store) -> Callable[..., dict[str, Any]]:
    """Ask what is refused: returns the error, with `status`, and sees that nothing has changed."""

    def refused(line: str, body: Any = None, who: str = "elastic:changeme") -> dict[str, Any]:
        before = store.digest()
        answer = ask(line, body, who)
        assert answer.status >= 400
        assert store.digest() == before
        error: dict[str, Any] = answer.body["error"]
        return {"status": answer.status, **error}

    return refused
