"""A table of nasties at every route of every face: each is refused as its face refuses."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterable
from typing import Any, TypeVar

import pytest
from surface import KIBANA, MOCK, Hostile, InProcess, Route, face_of, routes, seeds

from mockkibana.world import World

T = TypeVar("T")
MIB = 1_048_576
DEPTH = 10_000


def _routes() -> list[Route]:
    world = World(seeds=seeds())
    try:
        return routes(world)
    finally:
        world.close()


ROUTES = _routes()
_TOGETHER = 12  # routes of one test, as each test has its price
every_route = pytest.mark.parametrize(
    "start", range(0, len(ROUTES), _TOGETHER), ids=lambda start: str(ROUTES[start])
)

# Keys that some route looks at, so that a nasty value gets where it can hurt.
KEYS = """name connector_type_id config secrets params documents message level id color query sort
    size from _source docs ids doc upsert settings mappings aliases actions properties fields update
    transition body jql startAt maxResults issueUpdates summary key type data attributes""".split()  # noqa: SIM905
HUGE = "9" * 5_000
VALUES: dict[str, bytes] = {
    "nan": b"NaN",
    "infinity": b"-Infinity",
    "no double": b"1e400",
    "huge integer": HUGE.encode(),
    "minus zero": b"-0",
    "lone surrogate": b'"\\ud800"',
    "null character": b'"a\\u0000b"',
    "raw null byte": b'"a\x00b"',
    "bad UTF-8": b'"\xff\xfe"',
    "empty object": b"{}",
    "list of lists": b"[[[]]]",
    "mixed list": b'[null,1,"x",{"a":[]}]',
    "null": b"null",
    "deep": b"[" * DEPTH + b"]" * DEPTH,
    "as deep as allowed": b'{"a":' * 190 + b"1" + b"}" * 190,
    "proto": b'{"__proto__":{"x":1}}',
    "template": b'"{url}{{x}}%s${x}"',
}


def _everywhere(value: bytes) -> bytes:
    return b"{%b}" % b",".join(b'"%b":%b' % (key.encode(), value) for key in KEYS)


def _bomb(wbits: int) -> bytes:
    packer = zlib.compressobj(9, wbits=wbits)
    return packer.compress(b" " * (4 * MIB)) + packer.flush()


GZIP = {"content-encoding": "gzip"}
BODIES: dict[str, tuple[bytes, dict[str, str]]] = {
    **{name: (value, {}) for name, value in VALUES.items()},
    **{f"{name} under every key": (_everywhere(value), {}) for name, value in VALUES.items()},
    "nothing": (b"", {}),
    "a null byte": (b"\0", {}),
    "half of an object": (b'{"name":', {}),
    "open brackets": (b"[" * 100_000, {}),
    "deep objects": (b'{"a":' * DEPTH + b"1" + b"}" * DEPTH, {}),
    "duplicate keys": (b'{"name":1,"name":{"name":2},"params":1,"params":{}}', {}),
    "many keys": (json.dumps({f"k{n}": n for n in range(2_000)}).encode(), {}),
    "a byte order mark": (b"\xef\xbb\xbf{}", {}),
    "UTF-16": ('{"name":"n"}'.encode("utf-16"), {}),
    "lines": (b'{"index":{}}\n{"a":1}\nnonsense\n', {"content-type": "application/x-ndjson"}),
    "no lines": (b"\n\r\n\n", {"content-type": "application/x-ndjson"}),
    "one byte too many": (b" " * (MIB + 1), {}),
    "a gzip bomb": (_bomb(31), GZIP),
    "a deflate bomb": (_bomb(15), {"content-encoding": "deflate"}),
    "no gzip": (b"{}", GZIP),
    "half a gzip": (gzip.compress(b"{}" * 100, mtime=0)[:-9], GZIP),
    "a form": (b"name=x&name=y&%zz=%00", {"content-type": "application/x-www-form-urlencoded"}),
    "a form without a boundary": (b"--x", {"content-type": "multipart/form-data"}),
    "a file": (
        b'--b\r\ncontent-disposition: form-data; name="file"; filename="../x"\r\n\r\nx\r\n--b--',
        {"content-type": "multipart/form-data; boundary=b"},
    ),
    "xml": (b"<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>", {"content-type": "application/xml"}),
    "text": (b"\xff\x00{}", {"content-type": "text/plain"}),
    "a stream": (b"{}", {"content-type": "application/octet-stream"}),
    "no media type": (b"{}", {"content-type": "a\tb;;;="}),
    "another charset": (b"{}", {"content-type": "application/json; charset=utf-16"}),
    "an unknown version": (
        b"{}",
        {"content-type": "application/vnd.elasticsearch+json; compatible-with=99"},
    ),
    "an unacceptable form": (b"{}", {"accept": "text/html;q=x, ;, application/yaml"}),
    "bad credentials": (b"{}", {"authorization": "Basic \xff:%00"}),
    "no base64": (b"{}", {"authorization": "Basic a"}),
    "an old browser": (b"{}", {"kbn-version": "0"}),
    "a strange host": (b"{}", {"x-forwarded-host": "<script>", "referer": "javascript:1"}),
}
PLACES = [
    "a%2Fb", "%2F", "%2F..%2F", ".", "..", "%2e%2e", "%00", "%0d%0aX-Y:z", "%", "%zz", "%ff",
    "%ED%A0%80", "%F0%9F%92%A5", "é", "a;b=c", "*", "_all", "-t", "t,*", "<t-{now/d}>", "{id}",
    "%7B%7D", "__proto__", "constructor", "HX-99999999999999999999", "9" * 400, "-1", "0",
    "x" * 8_000,
    "%E2%80%AE", "null", "%20", "a%20b", "%25", "%252F", "%c3%28", "t%2Calias", ":", "@", "~", "$",
]  # fmt: skip
QUERIES = [
    "%", "%zz=%ff", "a=1&a=2", "=", "&&", "pretty=&format=yaml", "filter_path=**.,-*..a", "size=-1",
    f"from={HUGE}&size=1e9&startAt={HUGE}", "jql=%00%22", "jql=" + "(" * 3_000, "source={}&q=*:*",
    "v7format=true&v8format=true", "expand=%F0%9F%92%A5,*&fields=*all,-*", "maxResults=NaN",
    "feature_id=&feature_id=%00", "_source=a.*&_source_includes=*", "refresh=x&routing=%00",
    "version=-9&version_type=external", "if_seq_no=x&if_primary_term=", "timeout=1parsec",
    "x=" + "y" * 8_000,
]  # fmt: skip


def share(hostile: Hostile, number: int, table: Iterable[T], of: int = 16) -> list[T]:
    """Return one of `of` rows of a table, others for the next number; a third of these by wire.

    So each row is tried at many routes and each route with many rows. MOCKKIBANA_EVERY=1 tries
    all rows at all routes, as `make soak` does.
    """
    rows = list(table)
    if os.environ.get("MOCKKIBANA_EVERY"):
        return rows
    step = of if isinstance(hostile.transport, InProcess) else 3 * of
    return rows[number % step :: step]


def _some(start: int) -> Iterable[tuple[int, Route]]:
    """Return the routes of one test, and their numbers."""
    return enumerate(ROUTES[start : start + _TOGETHER], start)


def _headers(target: str, more: dict[str, str]) -> dict[str, str]:
    return {"kbn-xsrf": "x", "content-type": "application/json"} | more


@every_route
def test_a_nasty_body_is_refused_or_taken_whole(hostile: Hostile, start: int) -> None:
    for number, route in _some(start):
        hostile.reset()
        of = 12 if route.method in ("POST", "PUT", "PATCH") else 24
        for body, more in share(hostile, number, BODIES.values(), of):
            target = route.path()
            seen = hostile.ask(route.method, target, _headers(target, more), body)
            if len(body) > MIB and route.method in ("POST", "PUT") and face_of(target) != MOCK:
                assert seen.status in (413, 404, 415), (route, seen)


@every_route
def test_a_nasty_name_in_the_path_is_refused_or_taken(hostile: Hostile, start: int) -> None:
    for number, route in _some(start):
        hostile.reset()
        for place in share(hostile, number, PLACES):
            for body in (b"", b'{"a":1}') if route.method in ("POST", "PUT") else (b"",):
                target = route.path(any=place)
                hostile.ask(route.method, target, _headers(target, {}), body)


@every_route
def test_a_nasty_query_is_refused_or_taken(hostile: Hostile, start: int) -> None:
    for number, route in _some(start):
        hostile.reset()
        for query in share(hostile, number, QUERIES):
            target = f"{route.path()}?{query}"
            hostile.ask(route.method, target, _headers(target, {}), b"")


METHODS = ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "POST"]


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_method_is_refused(hostile: Hostile, method: str) -> None:
    patterns = sorted({route.pattern for route in ROUTES})
    hostile.reset()
    for pattern in share(hostile, METHODS.index(method), patterns, of=4):
        target = Route(method, pattern).path()
        hostile.ask(method, target, {"kbn-xsrf": "x"})
        hostile.ask(method, target + "/", {"kbn-xsrf": "x"})
        hostile.ask(method, target + "/nothing/is/here", {"kbn-xsrf": "x"})


WORLDS = [*PLACES, "", "a", "A", "a" * 65, "%61", "a%2F..", "worlds", "_mock", "api"]


@pytest.mark.parametrize(
    "rest",
    ["", "/", "/api/status", "/s/x/api/actions/connectors", "/_mock", "/_mock/worlds/b/api/status",
     "/_mock/api/state", "/_mock/jira/rest/api/2/myself", "/_mock/elasticsearch/_search"],
    ids=str,
)  # fmt: skip
def test_a_nasty_name_of_a_world_is_refused_or_makes_one(hostile: Hostile, rest: str) -> None:
    hostile.reset()
    before = hostile.world.store.digest()
    for name in WORLDS:
        for method in ("GET", "POST"):
            target = f"/_mock/worlds/{name}{rest}"
            seen = hostile.transport.ask(method, target, _headers(target, {}), b"{}")
            assert seen.status < 500, (target, seen)
            if seen.status >= 400 and seen.body:
                assert isinstance(json.loads(seen.body), dict), (target, seen)
    assert hostile.world.store.digest() == before
    assert hostile.world.bugs == []


def test_every_face_has_routes_that_are_asked() -> None:
    faces: dict[str, Any] = {}
    for route in ROUTES:
        faces.setdefault(face_of(route.pattern), []).append(route)
    assert {len(found) > 1 for found in faces.values()} == {True}
    assert len(faces) == 4
    assert len(faces[KIBANA]) > 15
