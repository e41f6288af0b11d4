"""Requests take a time that grows as they do, so that no small one keeps everybody waiting."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from surface import ELASTICSEARCH, JIRA, InProcess

from mockkibana.app import create_app
from mockkibana.seeds import demo_seed
from mockkibana.world import World

HEADERS = {"kbn-xsrf": "x", "content-type": "application/json"}
ES, REST = ELASTICSEARCH, f"{JIRA}/rest/api/2"

Ask = Callable[..., None]
Asked = tuple[str, str, Any]
MANY_FIELDS = {"settings": {"index.mapping.total_fields.limit": 1_000_000}}
PRIVILEGES = ["read", "write", "manage", "monitor", "create", "index", "delete"]


@pytest.fixture
def ask() -> Iterator[Ask]:
    with closing(World(seeds=[demo_seed()])) as world:
        transport = InProcess(create_app(world))

        def ask(method: str, target: str, body: Any) -> None:
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            seen = transport.ask(method, target, HEADERS, data)
            assert seen.status < 300, seen

        yield ask


def bulk(lines: Iterator[tuple[Any, Any]]) -> str:
    return "".join(f"{json.dumps(a)}\n{json.dumps(b)}\n" for a, b in lines)


def new_indices(size: int) -> Asked:
    lines = (({"index": {"_index": f"i{size}-{n}"}}, {}) for n in range(size))
    return "POST", f"{ES}/_bulk", bulk(lines)


def new_fields(size: int) -> Asked:
    lines = (({"index": {}}, {f"f{size}-{n}": 1}) for n in range(size))
    return "POST", f"{ES}/fields/_bulk", bulk(lines)


def new_fields_of_an_object(size: int) -> Asked:
    lines = (({"index": {}}, {"o": {f"f{size}-{n}": 1}}) for n in range(size))
    return "POST", f"{ES}/fields/_bulk", bulk(lines)


def sort_keys(size: int) -> Asked:
    return "POST", f"{ES}/fields/_search", {"sort": ["n"] * size, "size": 100}


def labels(size: int) -> Asked:
    return "PUT", f"{REST}/issue/CK-1", {"fields": {"labels": [f"l{n}" for n in range(size)]}}


def privileges(size: int) -> Asked:
    index = {"names": [f"i{n}" for n in range(size)], "privileges": PRIVILEGES}
    return "POST", f"{ES}/_security/user/_has_privileges", {"index": [index]}


@pytest.fixture
def seconds(ask: Ask) -> Callable[[Asked], float]:
    """Return a function that gives the processor's seconds that a request takes."""
    fields = {"project": {"key": "CK"}, "summary": "a", "issuetype": {"name": "Task"}}
    ask("POST", f"{REST}/issue", {"fields": fields})
    ask("PUT", f"{ES}/fields", MANY_FIELDS)
    ask("POST", f"{ES}/fields/_bulk", bulk(({"index": {}}, {"n": n}) for n in range(100)))

    def seconds(asked: Asked) -> float:
        begun = time.thread_time()
        ask(*asked)
        return time.thread_time() - begun

    return seconds


@pytest.mark.parametrize(
    ("request_of", "most"),
    [(new_indices, 40), (labels, 40), (new_fields, 40), (new_fields_of_an_object, 40)],
    ids=["indices", "labels", "fields", "fields of an object"],
)
def test_a_request_that_is_sixteen_times_as_long_takes_about_sixteen_times_as_long(
    seconds: Callable[[Asked], float], request_of: Callable[[int], Asked], most: int
) -> None:
    seconds(request_of(299))  # what is imported and compiled on first use
    small = min(seconds(request_of(300)), seconds(request_of(301)))
    assert seconds(request_of(4800)) < most * small  # what is quadratic takes 256 times as long


def within(number: int) -> Any:
    return {"match": f"*x{number}*"}


def but_for(number: int) -> Any:
    return {"unmatch": ["f*", f"x{number}"]}


@pytest.mark.parametrize("asked", [within, but_for])
def test_new_fields_are_not_held_against_every_dynamic_template(
    ask: Ask, seconds: Callable[[Asked], float], asked: Callable[[int], Any]
) -> None:
    listed = [{f"t{n}": {**asked(n), "mapping": {"type": "byte"}}} for n in range(900)]
    ask("PUT", f"{ES}/many", {**MANY_FIELDS, "mappings": {"dynamic_templates": listed}})
    assert seconds(("PUT", f"{ES}/many/_doc/1", {f"f{n}": 1 for n in range(4000)})) < 2


@pytest.mark.parametrize(
    ("request_of", "size"), [(sort_keys, 20_000), (privileges, 1000)], ids=["sort", "privileges"]
)
def test_what_is_asked_again_and_again_is_worked_out_once(
    seconds: Callable[[Asked], float], request_of: Callable[[int], Asked], size: int
) -> None:
    assert seconds(request_of(size)) < 2
