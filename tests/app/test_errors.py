"""What is answered where no view answers."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from weakref import ref

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from mockkibana.app import create_app
from mockkibana.json import encode
from mockkibana.seeds import demo_seed
from mockkibana.store import StoreError
from mockkibana.world import World

ISSUE = {"project": {"key": "CK"}, "summary": "a", "issuetype": {"name": "Task"}}


CONNECTOR = {"name": "a", "connector_type_id": ".server-log"}
CALLER = {"kbn-xsrf": "x"}
INDEX = "c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad"
JIRA = "b3aad810-edbe-11ec-82d1-11348ecbf4a6"
FULL = (
    "blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has "
    "read-only-allow-delete block];"
)


@pytest.fixture
def full(tmp_path: Path) -> Iterator[World]:
    """A world whose database, as on a full disk, takes no more writes."""
    world = World(db=tmp_path / "db", seeds=[demo_seed()])
    world.store.close()
    yield world
    assert world.bugs == []
    world.close()


@pytest.mark.parametrize(
    ("path", "body", "status", "text"),
    [
        ("/api/actions/connector", CONNECTOR, 503, "takes no more writes"),
        ("/api/spaces/space", {"id": "a", "name": "A"}, 503, "takes no more writes"),
        ("/_mock/elasticsearch/i/_doc", {"a": 1}, 429, FULL),
        ("/_mock/jira/rest/api/2/issue", {"fields": ISSUE}, 503, "HTTP 503 Service Unavailable"),
        ("/_mock/api/seed", {"version": 1, "spaces": [{"id": "a"}]}, 503, "takes no more writes"),
    ],
    ids=["connector", "space", "document", "issue", "seed"],
)
def test_a_database_without_room_is_no_bug_and_told_in_the_words_of_who_is_asked(
    full: World, path: str, body: dict[str, object], status: int, text: str
) -> None:
    answer = create_app(full).test_client().post(path, json=body, headers=CALLER)
    assert answer.status_code == status
    assert text in answer.text


def test_a_bulk_finds_no_room_either(full: World) -> None:
    answer = (
        create_app(full)
        .test_client()
        .post(
            "/_mock/elasticsearch/i/_bulk",
            data=b'{"index":{}}\n{"a":1}\n',
            content_type="application/x-ndjson",
        )
    )
    assert answer.status_code == 429
    assert answer.get_json()["error"]["type"] == "cluster_block_exception"


@pytest.mark.parametrize(
    ("connector", "params", "text"),
    [
        (INDEX, {"documents": [{"a": 1}]}, "cluster_block_exception"),
        (
            JIRA,
            {"subAction": "pushToService", "subActionParams": {"incident": {"summary": "a"}}},
            "Request failed with status code 503",
        ),
    ],
    ids=["index", "jira"],
)
def test_a_run_meets_a_full_disk_as_any_client_does(
    full: World, connector: str, params: dict[str, object], text: str
) -> None:
    answer = (
        create_app(full)
        .test_client()
        .post(
            f"/api/actions/connector/{connector}/_execute", json={"params": params}, headers=CALLER
        )
    )
    assert answer.get_json()["status"] == "error"
    assert text in answer.get_json()["service_message"]


def test_what_began_before_a_reset_writes_nothing_after_it() -> None:
    world = World()
    with world.store.storage.begun(), ThreadPoolExecutor(1) as pool:
        pool.submit(world.reset, empty=True).result()
        before = world.store.digest()
        with pytest.raises(StoreError, match="was reset"), world.store.transaction():
            pass
        assert world.store.digest() == before
    assert create_app(world).test_client().put("/_mock/elasticsearch/i").status_code == 200


def test_a_request_may_reset_and_write_then() -> None:
    world = World()
    with world.store.storage.begun():
        world.reset(empty=True)
        world.store.table("later").insert({"a": 1})
    assert world.store.tables() == {"later"}


class Reset(BytesIO):
    """A body that puts its world back while it is read."""

    def __init__(self, world: World, body: bytes) -> None:
        super().__init__(body)
        self._world = world

    def read(self, size: int | None = -1) -> bytes:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(self._world.reset).result()
        return super().read(size)


RUN = "/api/actions/connector/{}/_execute"
PUSH = {"subAction": "pushToService", "subActionParams": {"incident": {"summary": "a"}}}


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("/_mock/elasticsearch/i/_doc", {}),
        ("/_mock/jira/rest/api/2/issue", {"fields": ISSUE}),
        ("/api/actions/connector", CONNECTOR),
        (RUN.format(INDEX), {"params": {"documents": [{"a": 1}]}}),
        (RUN.format(JIRA), {"params": PUSH}),
    ],
    ids=["elasticsearch", "jira", "kibana", "index run", "jira run"],
)
def test_whoever_was_overtaken_by_a_reset_is_told(target: str, asked: dict[str, object]) -> None:
    world = World(seeds=[demo_seed()])
    body = encode(asked)
    answer = (
        create_app(world)
        .test_client()
        .post(
            target,
            input_stream=Reset(world, body),
            content_length=len(body),
            content_type="application/json",
            headers=CALLER,
        )
    )
    text = "The world was reset while this request was under way."
    told = {"statusCode": 503, "error": "Service Unavailable", "message": text}
    assert answer.status_code == 503
    assert answer.get_json() == (told if target.startswith("/api") else {"error": text})
    assert world.bugs == []


@pytest.mark.parametrize("target", ["/api/nope", "/_mock/nope"])
def test_what_no_route_took_waits_for_no_collector(target: str) -> None:
    app = create_app(World())
    for _ in range(2):
        body = BytesIO(b"{}")
        kept = ref(body)
        environ = create_environ(target, method="POST", input_stream=body, headers=CALLER)
        gc.disable()
        try:
            assert run_wsgi_app(app, environ)[1].startswith("404")
            del body, environ
            assert kept() is None
        finally:
            gc.enable()
