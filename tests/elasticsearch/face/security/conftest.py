"""Elasticsearch with security on, and a way to ask it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from face_requests import request_of

from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.http.messages import Answer
from mockkibana.settings import Settings
from mockkibana.store import Store

Ask = Callable[..., Answer]


@pytest.fixture
def settings() -> Settings:
    """The settings; a test overrides this fixture to have others."""
    return Settings(security=True)


@pytest.fixture
def ask(face: ElasticsearchFace) -> Ask:
    """Ask `METHOD /path?query` with a body; `who` is `name:password` or a whole header."""

    def ask(line: str, body: Any = None, who: str = "elastic:changeme") -> Answer:
        scheme = who if " " in who else f"Basic {b64encode(who.encode()).decode()}"
        return face.handle(request_of(line, body, {"authorization": scheme}))

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
