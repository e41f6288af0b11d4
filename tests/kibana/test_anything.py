"""Whatever is asked of Kibana, it answers as Kibana, and a refusal changes nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockkibana.app import create_app
from mockkibana.seeds import demo_seed, parse_seed
from mockkibana.settings import Settings
from mockkibana.world import World

INDEX = "c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad"
LOG = "7fc7b9a0-ecc9-11ec-8736-e7d63118c907"
READY = {
    "id": "ready",
    "connector_type_id": ".index",
    "config": {"index": "ready"},
    "expose_config": True,
}

# What the routes look at, so that a good part of the bodies gets past the first check.
KEYS = [
    "name", "connector_type_id", "config", "secrets", "params", "documents", "message", "level",
    "indexOverride", "index", "refresh", "executionTimeField", "id", "color", "initials",
    "disabledFeatures", "__proto__", "a.b", "", "0", "_id", "constructor",
]  # fmt: skip
WORDS = [
    ".index", ".server-log", ".nope", "n", "", " ", "info", "true", "{}", "[]", "[{}]", '{"a":1}',
    "t", "UPPER", "kibana-alert-history-x", "ready", "\ud800", "\x00", "{url}", "é", "a" * 300,
]  # fmt: skip

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(WORDS)
    | st.text(max_size=8)
)
keys = st.sampled_from(KEYS) | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def record(**fields: Any) -> Any:
    """Return bodies that mostly fit, with something wrong in them now and then."""
    optional = {name: value | values for name, value in fields.items()}
    return st.fixed_dictionaries({}, optional=optional) | st.builds(
        lambda body, more: {**body, **more},
        st.fixed_dictionaries(fields),
        st.dictionaries(keys, values, max_size=1),
    )


texts = st.sampled_from(WORDS)
configs = record(index=texts, refresh=st.booleans(), executionTimeField=texts)
documents = st.lists(st.dictionaries(keys, values, max_size=4), max_size=3)
bodies = st.one_of(
    record(name=texts, connector_type_id=texts, config=configs, secrets=st.just({})),
    record(name=texts, config=configs | st.just({})),
    record(params=record(documents=documents, indexOverride=st.none() | texts)),
    record(params=record(message=texts, level=texts)),
    record(id=texts, name=texts, disabledFeatures=st.just([])),
    values,
)
ids = st.sampled_from(
    [INDEX, LOG, "ready", "default", "nope", "%20", "a%2Fb", "%zz", "é", "", ".."]
)
spaces = st.sampled_from(["", "", "/s/default", "/s/other", "/s/NO", "/s/"])
routes = st.sampled_from(
    [
        "/api/actions/connector",
        "/api/actions/connector/{id}",
        "/api/actions/connector/{id}/_execute",
        "/api/actions/connectors",
        "/api/actions/connector_types",
        "/api/status",
        "/api/spaces/space",
        "/api/spaces/space/{id}",
    ]
)
queries = st.sampled_from(
    ["", "?feature_id=a", "?v7format=true&v8format=1", "?%zz=%", "?purpose=any", "?"]
)
paths = st.builds(
    lambda space, route, connector_id, tail, query: (
        space + route.replace("{id}", connector_id) + tail + query
    ),
    spaces,
    routes,
    ids,
    st.sampled_from(["", "", "", "/", "/x", "//"]),
    queries,
)
methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
headers = st.fixed_dictionaries(
    {},
    optional={
        "kbn-xsrf": st.sampled_from(["true", ""]),
        "kbn-version": st.sampled_from(["8.19.0", "", "7.0.0"]),
        "content-encoding": st.sampled_from(["gzip", "deflate", "identity", "x"]),
        "authorization": st.just("Basic eDp5"),
        "x-elastic-internal-origin": st.just("x"),
        "accept": st.sampled_from(["text/html", "*/*"]),
    },
)
types = st.sampled_from(
    ["application/json", "application/json", "text/plain", "application/x-www-form-urlencoded",
     "application/octet-stream", "application/xml", "multipart/form-data; boundary=b", "x", ""]
)  # fmt: skip


def encoded(body: Any) -> bytes:
    """Write a body as a client would that does not care for what JSON allows."""
    return json.dumps(body).encode()


@pytest.fixture(scope="module")
def state() -> Any:
    """A world that all examples share: what one leaves behind is there for the next."""
    world = World(
        Settings(max_payload=4000, preconfigured_alert_history_es_index=True),
        seeds=[demo_seed(), parse_seed({"version": 1, "preconfigured": [READY]})],
    )
    yield world, create_app(world).test_client()
    world.close()


def check(state: Any, method: str, path: str, content_type: str, **options: Any) -> int:
    """Ask, look at the answer, and return its status."""
    world, client = state
    before = world.store.digest()
    answer = client.open(
        "/",
        method=method,
        content_type=content_type or None,
        environ_overrides={"REQUEST_URI": path, "QUERY_STRING": path.partition("?")[2]},
        **options,
    )
    assert world.bugs == []
    status = int(answer.status_code)
    assert status < 500
    kind = answer.headers.get("content-type")
    if status in (204, 302):
        assert (answer.data, kind) == (b"", None)
    else:
        assert kind == "application/json; charset=utf-8"
        if method != "HEAD":
            body = json.loads(answer.data)
            if status >= 400:
                assert list(body)[:3] == ["statusCode", "error", "message"]
                assert body["statusCode"] == status
                assert isinstance(body["message"], str)
    assert answer.headers["kbn-name"] == "kibana"
    if status >= 400 or method in ("GET", "HEAD"):
        assert world.store.digest() == before
    return status


SHARED = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@SHARED
@given(methods, paths, headers, types, bodies)
def test_any_request_gets_an_answer_of_kibanas(state, method, path, headers, content_type, body):
    check(state, method, path, content_type, headers=headers, data=encoded(body))


ROUTED = [
    ("POST", "/api/actions/connector"),
    ("PUT", f"/api/actions/connector/{INDEX}"),
    ("POST", f"/api/actions/connector/{INDEX}/_execute"),
    ("POST", f"/api/actions/connector/{LOG}/_execute"),
    ("POST", "/api/actions/connector/ready/_execute"),
    ("POST", "/api/spaces/space"),
    ("PUT", "/api/spaces/space/default"),
]


@settings(SHARED, max_examples=60)
@pytest.mark.parametrize(
    ("method", "path"), ROUTED, ids=lambda text: re.sub(r"[0-9a-f-]{30,}", "id", text)
)
@given(body=bodies)
def test_any_body_that_a_route_reads_gets_an_answer_of_kibanas(state, method, path, body):
    check(state, method, path, "application/json", headers={"kbn-xsrf": "1"}, data=encoded(body))


@SHARED
@given(st.sampled_from(ROUTED), types, st.binary(max_size=60))
def test_any_bytes_get_an_answer_of_kibanas(state, route, content_type, data):
    check(state, *route, content_type, headers={"kbn-xsrf": "1"}, data=data)


@SHARED
@given(methods, st.text(st.characters(max_codepoint=255, exclude_characters="?#"), max_size=20))
def test_any_path_gets_an_answer_of_kibanas(state, method, text):
    check(state, method, f"/api/actions/connector/{text}", "", headers={"kbn-xsrf": "1"})


def test_the_bodies_reach_what_they_are_meant_to_reach(state):
    good = {"name": "n", "connector_type_id": ".index", "config": {"index": "t"}}
    path = "/api/actions/connector"
    headers = {"kbn-xsrf": "1"}
    assert check(state, "POST", path, "", headers=headers, data=encoded(good)) == 200
