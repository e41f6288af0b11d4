"""The verbs of control over HTTP: they answer as they do in process, and errors are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from mockkibana.control.errors import ControlError
from mockkibana.control.plane import ControlPlane
from mockkibana.control.verbs import VERBS
from mockkibana.server import Server
from mockkibana.testing.handle import MockKibana
from mockkibana.testing.hosts import LocalWorld
from mockkibana.testing.remote import NoServer, RemoteControl, server_url, world_url


@pytest.fixture
def remote(server: MockKibana) -> Iterator[RemoteControl]:
    """Control over the default world of a server."""
    control = RemoteControl(server.url)
    control.reset()
    yield control
    control.close()


def test_the_table_holds_every_verb_of_the_plane_once() -> None:
    verbs = [name for name in vars(ControlPlane) if not name.startswith("_")]
    assert sorted(verb.name for verb in VERBS.values()) == sorted(verbs)


@pytest.mark.parametrize(
    "verb",
    [verb.name for verb in VERBS.values() if verb.method == "GET" and not verb.placeholders],
)
def test_a_verb_answers_the_same_over_http(
    remote: RemoteControl, server: MockKibana, verb: str
) -> None:
    server.clock.freeze("2026-01-02T03:04:05Z")
    assert isinstance(server.source, LocalWorld)
    plane = ControlPlane(server.source.world, server.source.worlds)
    assert getattr(remote, verb)() == getattr(plane, verb)()


def test_there_is_no_other_verb(remote: RemoteControl) -> None:
    with pytest.raises(AttributeError, match="'RemoteControl' has no verb 'explode'"):
        remote.explode()


@pytest.mark.parametrize(
    ("url", "world", "expected"),
    [
        ("http://a", None, "http://a"),
        ("http://a/", None, "http://a"),
        ("http://a", "b", "http://a/_mock/worlds/b"),
        ("http://a/_mock/worlds/c", None, "http://a/_mock/worlds/c"),
        ("http://a/_mock/worlds/c/", "b", "http://a/_mock/worlds/b"),
    ],
)
def test_a_world_has_a_url(url: str, world: str | None, expected: str) -> None:
    assert world_url(url, world) == expected
    assert server_url(expected) == "http://a"


def test_worlds_are_listed_and_deleted(server: MockKibana) -> None:
    inner = RemoteControl(world_url(server.url, "inner"))
    inner.seed({"version": 1, "spaces": [{"id": "a"}]})
    outer = RemoteControl(server.url)
    assert "inner" in [world["world"] for world in inner.worlds()]
    assert inner.delete_world("inner") == {"deleted": "inner"}
    assert "inner" not in [world["world"] for world in outer.worlds()]


def test_a_refusal_is_the_servers(remote: RemoteControl) -> None:
    with pytest.raises(ControlError, match="is no part that can be reset") as refused:
        remote.reset(parts=["everything"])
    assert refused.value.status == 400


def test_snapshots_are_listed_and_deleted(remote: RemoteControl) -> None:
    remote.save_snapshot("one two".replace(" ", "-"))
    assert [kept["name"] for kept in remote.snapshots()] == ["one-two"]
    remote.delete_snapshot("one-two")
    assert remote.snapshots() == []


def test_the_journal_is_counted_and_exported(remote: RemoteControl, server: MockKibana) -> None:
    connector = server.connectors.create(".server-log")
    server.connectors.run(connector["id"], {"message": "hello"})
    assert remote.count(connector=connector["id"], status="ok") == {"count": 1}
    assert len(remote.har()["log"]["entries"]) == 1
    assert len(remote.journal(connector=connector["id"], wait="10s")) == 1
    remote.clear_journal()
    assert remote.journal() == []


def test_nobody_at_the_url_is_told_with_the_cause() -> None:
    with pytest.raises(NoServer, match=r"Nothing answers at http://127\.0\.0\.1:9: .+refused"):
        RemoteControl("http://127.0.0.1:9").state()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("404 Not Found", b'{"statusCode":404,"error":"Not Found","message":"Not Found"}'),
        ("200 OK", b"<html>"),
    ],
    ids=["a real Kibana", "a web page"],
)
def test_another_server_at_the_url_is_told(status: str, body: bytes) -> None:
    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start(status, [("kbn-name", "kibana")])
        return [body]

    with Server(app) as server, pytest.raises(NoServer, match="is not mockkibana"):
        RemoteControl(server.url).state()


def test_the_token_is_sent(server: MockKibana) -> None:
    seen: list[str] = []

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        seen.append(environ.get("HTTP_AUTHORIZATION", ""))
        start("200 OK", [])
        return [b"{}"]

    with Server(app) as listening:
        RemoteControl(listening.url, "secret").state()
        RemoteControl(listening.url).state()
    assert seen == ["Bearer secret", ""]


def test_what_is_no_url_is_refused_as_the_command_does() -> None:
    with pytest.raises(ValueError, match="is no URL: expected one such as http://localhost:5601"):
        MockKibana.attach("localhost:5601")
