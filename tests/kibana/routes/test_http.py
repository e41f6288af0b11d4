"""Kibana's HTTP layer: which check wins, the envelope, the headers, and paths."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.app import create_app
from mockkibana.settings import Settings
from mockkibana.world import World

CONNECTOR = "/api/actions/connector"
NOT_FOUND = b'{"statusCode":404,"error":"Not Found","message":"Not Found"}'
NO_XSRF = "Request must contain a kbn-xsrf header."
JSON_TYPE = "application/json; charset=utf-8"
VERSION = Settings().kibana_version
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def call(client: FlaskClient, method: str, path: str, **options: Any) -> Any:
    """Ask with a JSON content type, unless the test says otherwise."""
    options.setdefault("content_type", "application/json")
    return client.open(path, method=method, **options)


# The envelope


def test_an_error_is_a_boom_envelope_with_its_keys_in_order(client):
    answer = client.get(f"{CONNECTOR}/{UNKNOWN}")
    assert answer.status_code == 404
    assert answer.data == (
        b'{"statusCode":404,"error":"Not Found",'
        b'"message":"Saved object [action/00000000-0000-4000-8000-000000000000] not found"}'
    )


@pytest.mark.parametrize("text", ["grün", "\ud800", '"', "\x00"], ids=ascii)
def test_texts_of_the_caller_come_back_as_they_were(client, xsrf, text):
    body = json.dumps({"name": "n", "connector_type_id": text})
    answer = call(client, "POST", CONNECTOR, data=body, headers=xsrf)
    assert answer.json["message"] == f'Action type "{text}" is not registered.'


# Headers


CONSTANT = {
    "kbn-name": "kibana",
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": (
        "camera=(), display-capture=(), fullscreen=(self), geolocation=(), "
        "microphone=(), web-share=()"
    ),
    "cache-control": "private, no-cache, no-store, must-revalidate",
}

# Name: method, path, headers, body, status, whether the router answered.
ANSWERS = {
    "ok": ("GET", "/api/actions/connectors", {}, None, 200, True),
    "spaces": ("GET", "/api/spaces/space", {}, None, 200, True),
    "not found": ("GET", f"{CONNECTOR}/{UNKNOWN}", {}, None, 404, True),
    "schema": ("POST", CONNECTOR, {"kbn-xsrf": "1"}, b"{}", 400, True),
    "query schema": ("GET", "/api/actions/connector_types?a=1", {}, None, 400, True),
    "no route": ("GET", "/api/nope", {}, None, 404, False),
    "no method": ("DELETE", "/api/actions/connectors", {"kbn-xsrf": "1"}, None, 404, False),
    "bad json": ("POST", CONNECTOR, {"kbn-xsrf": "1"}, b"{", 400, False),
    "no xsrf": ("POST", CONNECTOR, {}, b"{}", 400, False),
    "old client": ("GET", "/api/actions/connectors", {"kbn-version": "7.0.0"}, None, 400, False),
    "bad escape": ("GET", f"{CONNECTOR}/%zz", {}, None, 400, False),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_carries_kibanas_headers(client, name):
    method, path, headers, body, status, routed = ANSWERS[name]
    answer = call(client, method, path, headers=headers, data=body)
    assert answer.status_code == status
    assert {key: answer.headers.get(key) for key in CONSTANT} == CONSTANT
    assert answer.headers["content-type"] == JSON_TYPE
    assert int(answer.headers["kbn-license-sig"], 16) > 0
    assert "content-security-policy" in answer.headers
    assert answer.headers.get("elastic-api-version") == ("2023-10-31" if routed else None)
    assert len(answer.headers.getlist("kbn-name")) == 1


def test_a_204_has_neither_body_nor_content_type(client, create, xsrf):
    answer = client.delete(f"{CONNECTOR}/{create()['id']}", headers=xsrf)
    assert (answer.status_code, answer.data) == (204, b"")
    assert "content-type" not in answer.headers
    assert answer.headers["elastic-api-version"] == "2023-10-31"
    assert answer.headers["cache-control"] == CONSTANT["cache-control"]


# Unknown routes and methods


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/actions/connector"),
        ("GET", "/api/nope"),
        ("GET", "/nope"),
        ("PUT", "/api/actions/connector"),
        ("DELETE", "/api/actions/connector"),
        ("PATCH", f"{CONNECTOR}/{UNKNOWN}"),
        ("POST", "/api/actions/connectors"),
        ("GET", f"{CONNECTOR}/{UNKNOWN}/_execute"),
        ("PUT", f"{CONNECTOR}/{UNKNOWN}/_execute"),
        ("POST", f"{CONNECTOR}/{UNKNOWN}/_execute/x"),
        ("POST", "/api/actions/connector_types"),
        ("POST", "/api/status"),
        ("DELETE", "/api/spaces/space"),
        ("POST", "/api/spaces/space/x"),
        ("OPTIONS", "/api/actions/connectors"),
        ("OPTIONS", "/api/status"),
        ("TRACE", "/api/status"),
        ("BREW", "/api/status"),
        ("GET", "/API/actions/connectors"),
        ("GET", "/api//actions/connectors"),
        ("GET", "//api/actions/connectors"),
        ("POST", "//api/actions/connector"),
        ("GET", "/s/UPPER/api/actions/connectors"),
        ("GET", "/s/a%20b/api/actions/connectors"),
        ("GET", "/s//api/actions/connectors"),
        ("GET", "/s/a/s/b/api/actions/connectors"),
        ("GET", "/s/a/_mock/"),
        ("GET", "/s/a/_mock/elasticsearch/"),
        ("GET", "/%5Fmock/"),
        ("GET", "/_mocked"),
        ("PUT", f"{CONNECTOR}/"),
        ("DELETE", f"{CONNECTOR}/"),
        ("POST", f"{CONNECTOR}//_execute"),
        ("POST", f"{CONNECTOR}/{UNKNOWN}/_execute/"),
    ],
)
def test_what_no_route_takes_is_not_found(world, client, method, path):
    before = world.store.digest()
    # A bare path of two slashes is a host to most clients; the environment says it as it arrived.
    answer = client.open("/", method=method, environ_overrides={"REQUEST_URI": path})
    assert (answer.status_code, answer.data) == (404, NOT_FOUND)
    assert answer.headers["content-type"] == JSON_TYPE
    assert "allow" not in answer.headers
    assert world.store.digest() == before


def test_an_unknown_route_wins_over_xsrf_and_over_a_bad_body(client):
    answer = call(client, "POST", "/api/nope", data=b"{", headers={"kbn-version": "1"})
    assert (answer.status_code, answer.data) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    "path", ["/api/actions/connectors", "/api/actions/connector_types", "/api/status"]
)
def test_head_answers_like_get_without_a_body_and_without_xsrf(client, path):
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.data) == (200, b"")
    assert {key.lower() for key, _ in head.headers} == {key.lower() for key, _ in get.headers}


def test_head_of_a_connector_that_is_not_there_is_404(client):
    answer = client.head(f"{CONNECTOR}/{UNKNOWN}")
    assert (answer.status_code, answer.data) == (404, b"")


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/api/actions/connectors/", "/api%2Factions%2Fconnectors"),
        ("/api/status/?v8format=true", "/api%2Fstatus?v8format=true"),
        ("/s/a/api/nope/", "/s/a/api%2Fnope"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_get_with_a_trailing_slash_is_led_where_kibana_leads_it(client, method, path, location):
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.data) == (302, b"")
    assert answer.headers["location"] == location
    assert "content-type" not in answer.headers
    assert answer.headers["kbn-name"] == "kibana"
    assert client.get(location).status_code == 404


def test_the_root_leads_to_the_page(client):
    answer = client.get("/")
    assert (answer.status_code, answer.data) == (302, b"")
    assert answer.headers["location"] == "http://localhost/_mock/"
    assert "content-type" not in answer.headers


@pytest.mark.parametrize(
    "host", ["a:b:c", "[::1", "a..b", "a" * 70, "a:99999", "a b", "a/b", "a?b", "a\\b"]
)
def test_a_host_that_is_none_is_no_bug(client, world, host):
    for path in (
        "/",
        "/nope/",
        "/_mock/",
        "/api/status",
        "/api/stats",
        "/_mock/jira/",
        "/_mock/api/",
    ):
        assert client.get(path, headers={"host": host}).status_code < 500, path
    assert world.bugs == []


def test_where_the_host_is_none_the_page_is_found_by_its_path(client):
    assert client.get("/", headers={"host": "a:b:c"}).headers["location"] == "/_mock/"


def test_below_the_mocks_own_prefix_an_unknown_path_says_where_to_look(client):
    answer = client.get("/_mock/nope")
    assert answer.status_code == 404
    assert answer.json == {
        "error": "There is nothing at GET /_mock/nope. See /_mock/ for what there is."
    }


# kbn-xsrf and kbn-version


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", CONNECTOR),
        ("POST", f"{CONNECTOR}/{UNKNOWN}"),
        ("PUT", f"{CONNECTOR}/{UNKNOWN}"),
        ("DELETE", f"{CONNECTOR}/{UNKNOWN}"),
        ("POST", f"{CONNECTOR}/{UNKNOWN}/_execute"),
        ("POST", "/api/spaces/space"),
        ("PUT", "/api/spaces/space/a"),
        ("DELETE", "/api/spaces/space/a"),
        ("POST", "/s/a/api/actions/connector"),
    ],
)
def test_a_change_without_kbn_xsrf_is_refused(world, client, envelope, method, path):
    before = world.store.digest()
    answer = call(client, method, path, data=b"{}")
    assert (answer.status_code, answer.json) == (400, envelope(400, NO_XSRF))
    assert world.store.digest() == before


@pytest.mark.parametrize(
    "headers",
    [{"kbn-xsrf": ""}, {"kbn-xsrf": "false"}, {"KBN-XSRF": "x"}, {"kbn-version": VERSION},
     {"kbn-version": ""}],
    ids=str,
)  # fmt: skip
def test_the_header_only_has_to_be_there(client, headers):
    answer = call(client, "POST", CONNECTOR, data=b"{}", headers=headers)
    assert answer.json["message"].startswith("[request body.name]")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_another_kbn_version_is_refused_whatever_the_method(client, method):
    answer = call(
        client, method, f"{CONNECTOR}/{UNKNOWN}", headers={"kbn-version": "7.0.0"}, data=b"{}"
    )
    assert answer.status_code == 400
    if method != "HEAD":
        assert answer.data == (
            b'{"statusCode":400,"error":"Bad Request","message":"Browser client is out of date, '
            b'please refresh the page (\\"kbn-version\\" header was \\"7.0.0\\" but should be '
            b'\\"%b\\")","attributes":{"expected":"%b","got":"7.0.0"}}'
            % (VERSION.encode(), VERSION.encode())
        )


def test_kbn_version_is_compared_with_the_version_of_the_world(client, world):
    world.settings = Settings(kibana_version="8.17.3")
    assert (
        client.get("/api/actions/connectors", headers={"kbn-version": "8.17.3"}).status_code == 200
    )
    refused = client.get("/api/actions/connectors", headers={"kbn-version": "8.19.0"})
    assert refused.json["attributes"] == {"expected": "8.17.3", "got": "8.19.0"}


def test_of_both_headers_the_version_decides(client):
    answer = call(
        client, "POST", CONNECTOR, data=b"{}", headers={"kbn-xsrf": "1", "kbn-version": "1"}
    )
    assert answer.json["message"].startswith("Browser client is out of date")


# The order of checks


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        ({"data": b"{", "headers": {}}, 400, "Invalid request payload JSON format"),
        (
            {"data": b"{", "headers": {"kbn-version": "1"}},
            400,
            "Invalid request payload JSON format",
        ),
        ({"data": b"a", "content_type": "application/xml"}, 415, "Unsupported Media Type"),
        ({"data": b"a", "content_type": "nonsense"}, 400, "Invalid content-type header"),
        (
            {"data": b" " * 1_048_577, "content_type": "nonsense"},
            413,
            "Payload content length greater than maximum allowed: 1048576",
        ),
        ({"data": b"[]", "headers": {}}, 400, NO_XSRF),
    ],
    ids=["json-xsrf", "json-version", "type-xsrf", "bad-type-xsrf", "size-type", "xsrf-schema"],
)
def test_the_payload_wins_over_xsrf_and_xsrf_over_the_schema(
    client, envelope, options, status, message
):
    answer = call(client, "POST", CONNECTOR, **options)
    assert (answer.status_code, answer.json) == (status, envelope(status, message))


def test_the_schema_wins_over_what_the_handler_finds(client, xsrf):
    path = f"{CONNECTOR}/{UNKNOWN}/_execute"
    answer = call(client, "POST", path, data=b"{}", headers=xsrf)
    assert answer.json["message"] == (
        "[request body.params]: expected value of type [object] but got [undefined]"
    )
    answer = call(client, "PUT", f"{CONNECTOR}/{UNKNOWN}", data=b"{}", headers=xsrf)
    assert answer.json["message"] == (
        "[request body.name]: expected value of type [string] but got [undefined]"
    )


def test_a_route_without_a_query_schema_ignores_the_query(client, create, xsrf):
    connector = create()
    assert client.get(f"{CONNECTOR}/{connector['id']}?a=1&a=2").json == connector
    assert client.get("/api/actions/connectors?foo").status_code == 200
    ran = client.post(
        f"{CONNECTOR}/{connector['id']}/_execute?x=%zz",
        json={"params": {"message": "m"}},
        headers=xsrf,
    )
    assert ran.json == {"status": "ok", "connector_id": connector["id"]}


@pytest.mark.parametrize("body", [b"{", b"\xff", b"x" * 2_000_000], ids=["json", "bytes", "large"])
def test_delete_does_not_look_at_its_body(client, create, xsrf, body):
    answer = call(client, "DELETE", f"{CONNECTOR}/{create()['id']}", data=body, headers=xsrf)
    assert answer.status_code == 204


def test_get_does_not_look_at_its_body(client):
    assert call(client, "GET", "/api/actions/connectors", data=b"{").json == []


# Payloads


def payload(
    body: bytes, content_type: str | None = "application/json", **headers: str
) -> dict[str, Any]:
    return {"data": body, "content_type": content_type, "headers": {"kbn-xsrf": "1", **headers}}


GOOD = b'{"name":"n","connector_type_id":".server-log"}'
FORM = "application/x-www-form-urlencoded"


def plain(found: str) -> str:
    return f"[request body]: expected a plain object value, but found [{found}] instead."


NAME_MISSING = "[request body.name]: expected value of type [string] but got [undefined]"
NOT_JSON = "Invalid request payload JSON format"
TOO_LARGE = "Payload content length greater than maximum allowed: 1048576"


@pytest.mark.parametrize(
    "options",
    [
        payload(GOOD),
        payload(GOOD, None),
        payload(GOOD, "APPLICATION/JSON; Charset=UTF-8"),
        payload(GOOD, "application/json charset=utf-8"),
        payload(GOOD, "application/vnd.elasticsearch+json; compatible-with=8"),
        payload(GOOD, "text/plain"),
        payload(GOOD, "text/html; charset=utf-8"),
        payload(b"\n" + GOOD + b" \r\n"),
        payload(gzip.compress(GOOD, mtime=0), **{"content-encoding": "gzip"}),
        payload(GOOD, **{"content-encoding": "identity"}),
        payload(b"name=n&connector_type_id=.server-log", FORM),
        payload(b"name=n&connector_type_id=.server-log&config=%7B%7D", FORM),
    ],
    ids=lambda options: f"{options['content_type']} {options['data'][:12]!r}",
)
def test_a_body_is_read_by_its_content_type(client, options):
    answer = client.post(CONNECTOR, **options)
    assert answer.status_code == 200, answer.text
    assert answer.json["name"] == "n"


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (payload(b""), 400, plain("null")),
        (payload(b"null"), 400, plain("null")),
        (payload(b"[]"), 400, plain("Array")),
        (payload(b"123"), 400, plain("number")),
        (payload(b"true"), 400, plain("boolean")),
        (payload(b'"abc"'), 400, "[request body]: could not parse object value from json input"),
        (payload(b"{}"), 400, NAME_MISSING),
        (payload(b'"{}"'), 400, NAME_MISSING),
        (payload(b"{"), 400, NOT_JSON),
        (payload(b"{'a':1}"), 400, NOT_JSON),
        (payload(b'{"a":1,}'), 400, NOT_JSON),
        (payload(b'{"a":NaN}'), 400, NOT_JSON),
        (payload(b"\xef\xbb\xbf{}"), 400, NOT_JSON),
        (payload(b" "), 400, NOT_JSON),
        (payload(b'{"__proto__":{}}'), 400, NOT_JSON),
        (payload(b'{"config":{"a":[{"__proto__":1}]}}'), 400, NOT_JSON),
        (payload(b'{"\\u005f_proto__":{}}'), 400, NOT_JSON),
        (payload(b'{"a":' + b"[" * 200 + b"]" * 200 + b"}"), 400, NOT_JSON),
        (payload(b"x" * 1_048_577), 413, TOO_LARGE),
        (payload(b"<a/>", "application/xml"), 415, "Unsupported Media Type"),
        (payload(b"{}", "application/json,application/json"), 415, "Unsupported Media Type"),
        (payload(b"{}", "image/png"), 415, "Unsupported Media Type"),
        (payload(b"--b--", "multipart/form-data; boundary=b"), 415, "Unsupported Media Type"),
        (payload(b"--b--", "multipart/form-data"), 400,
         "Invalid content-type header: multipart missing boundary"),
        (payload(b"{}", "json"), 400, "Invalid content-type header"),
        (payload(b"{}", "/json"), 400, "Invalid content-type header"),
        (payload(b"{}", "; charset=utf-8"), 400, "Invalid content-type header"),
        (payload(b"{", "text/plain"), 400,
         "[request body]: could not parse object value from json input"),
        (payload(b"[]", "text/plain"), 400,
         plain("Array")),
        (payload(b'{"name":"x"}', FORM), 400, NAME_MISSING),
        (payload(b"name=a&name=b", FORM), 400,
         "[request body.name]: expected value of type [string] but got [Array]"),
        (payload(b"{}", "application/octet-stream"), 400,
         "[request body]: expected a plain object value, but found [Uint8Array] instead."),
        (payload(b"", "application/octet-stream"), 400,
         plain("null")),
        (payload(b"{}", **{"content-encoding": "gzip"}), 400, "Invalid compressed payload"),
        (payload(gzip.compress(b"{}", mtime=0)[:-4], **{"content-encoding": "gzip"}), 400,
         "Invalid compressed payload"),
        (payload(gzip.compress(b" " * 1_048_577, mtime=0), **{"content-encoding": "gzip"}), 413,
         TOO_LARGE),
        (payload(GOOD, **{"content-encoding": "br"}), 200, ""),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused_in_hapis_words(
    world, client, envelope, options, status, message
):
    before = world.store.digest()
    answer = client.post(CONNECTOR, **options)
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.json == envelope(status, message)
        assert world.store.digest() == before


def test_the_largest_body_is_accepted(client, xsrf):
    body = GOOD + b" " * (1_048_576 - len(GOOD))
    assert call(client, "POST", CONNECTOR, data=body, headers=xsrf).status_code == 200


@pytest.mark.kibana_version("8.19.0")
def test_numbers_in_a_body_become_javascripts(client, create, xsrf, execute):
    connector = create(".index", {"index": "t"})
    body = b'{"params":{"documents":1e400}}'
    ran = call(client, "POST", f"{CONNECTOR}/{connector['id']}/_execute", data=body, headers=xsrf)
    assert ran.json["message"].endswith("expected value of type [array] but got [null]")


def test_a_body_that_ends_early_is_no_bug(world):
    class Torn:
        def read(self, size: int = -1) -> bytes:
            from mockkibana.http.wire_faults import BrokenBody

            raise BrokenBody("the client left")

    app = create_app(world)
    environ = {"wsgi.input": Torn(), "CONTENT_LENGTH": "10"}
    answer = app.test_client().post(CONNECTOR, environ_overrides=environ)
    assert answer.status_code == 400
    assert world.bugs == []


# Paths


@pytest.mark.parametrize(
    ("segment", "connector_id"),
    [
        ("a%2Fb%20c", "a/b c"),
        ("a%2fb", "a/b"),
        ("100%25", "100%"),
        ("%252F", "%2F"),
        ("%C3%A9", "é"),
        ("a+b", "a+b"),
        ("a;b", "a;b"),
        ("..", ".."),
        ("%2E%2E", ".."),
        ("%00", "\x00"),
        ("_execute", "_execute"),
    ],
)
def test_an_id_in_a_path_is_decoded_once(client, segment, connector_id):
    answer = client.get("/", environ_overrides={"REQUEST_URI": f"{CONNECTOR}/{segment}"})
    assert answer.json["message"] == f"Saved object [action/{connector_id}] not found"


@pytest.mark.parametrize("segment", ["%zz", "%", "%2", "%ff", "%C3%28", "a%2gb"])
@pytest.mark.parametrize("prefix", ["", "/s/a"])
def test_a_broken_escape_is_a_bad_request(client, envelope, prefix, segment):
    path = f"{prefix}{CONNECTOR}/{segment}"
    answer = client.get("/", environ_overrides={"REQUEST_URI": path})
    assert (answer.status_code, answer.json) == (400, envelope(400, "Bad Request"))


def test_an_absolute_target_is_its_path(client):
    target = "http://kibana.example.com:5601/api/actions/connectors?x=1"
    assert client.get("/", environ_overrides={"REQUEST_URI": target}).json == []


@pytest.mark.kibana_version("8.19.0")
def test_the_last_segment_of_create_may_be_empty(client, xsrf):
    answer = client.post(f"{CONNECTOR}/", data=GOOD, content_type="application/json", headers=xsrf)
    assert answer.status_code == 200
    assert len(answer.json["id"]) == 36


# Spaces in the path


def test_the_default_space_has_two_spellings(client, create):
    connector = create()
    for prefix in ("", "/s/default"):
        assert client.get(f"{prefix}{CONNECTOR}/{connector['id']}").json == connector
        assert len(client.get(f"{prefix}/api/actions/connectors").json) == 1


@pytest.mark.parametrize("space", ["a", "a-b_c", "0", "-", "s"])
def test_every_route_exists_in_every_space_even_in_one_that_nobody_made(client, create, space):
    connector = create(space=f"/s/{space}")
    assert client.get(f"/s/{space}{CONNECTOR}/{connector['id']}").json == connector
    assert client.get(f"{CONNECTOR}/{connector['id']}").status_code == 404
    assert client.get(f"/s/{space}/api/status").status_code == 200
    assert client.get(f"/s/{space}/api/spaces/space/default").status_code == 200


# What must never happen


def test_an_exception_nobody_expected_is_kibanas_500_and_a_bug(envelope):
    world = World()
    world.connectors.get_all = None  # type: ignore[assignment,method-assign]
    answer = create_app(world).test_client().get("/api/actions/connectors")
    assert answer.status_code == 500
    assert answer.json == envelope(
        500, "An internal server error occurred. Check Kibana server logs for details."
    )
    assert "elastic-api-version" not in answer.headers
    assert len(world.bugs) == 1
    assert "TypeError" in world.bugs[0]
    assert "TypeError" in world.log.lines[-1].message
    world.close()


def test_the_name_of_the_server_is_in_every_answer(client, world):
    world.settings = Settings(server_name="kibana.example.com")
    assert client.get("/api/nope").headers["kbn-name"] == "kibana.example.com"


def test_over_a_socket_everything_is_as_it_is_in_process(serve: Callable[[World], str], world):
    import requests

    url = serve(world)
    with requests.Session() as session:
        made = session.post(f"{url}{CONNECTOR}", data=GOOD, headers={
            "kbn-xsrf": "1", "content-type": "application/json"})  # fmt: skip
        assert made.status_code == 200
        path = f"{url}/s/default{CONNECTOR}/{made.json()['id']}"
        assert session.get(path).json() == made.json()
        assert session.get(f"{url}{CONNECTOR}/a%2Fb").json()["message"] == (
            "Saved object [action/a/b] not found"
        )
        assert session.delete(path, headers={"kbn-xsrf": "1"}).content == b""
        assert session.get(f"{url}/api/nope").content == NOT_FOUND
