"""The Jira connector over a real Jira: what is sent, and what of every failure is told."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests
import responses

from mockkibana.app import create_app
from mockkibana.http.messages import Answer
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.outbound.network import Network
from mockkibana.seeds import demo_seed
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.world import World

URL = "https://real.example.com/jira"
BASE = "https://ignored.example.com"
ANN = ("elastic@example.com", "changeme")
OTHER = ("other@example.com", "secret")
ISSUE = "/rest/api/2/issue"
JSON = {"content-type": "application/json;charset=UTF-8"}
MEGABYTE = 1_048_576


@pytest.fixture
def real() -> Network:
    return Network(URL + "/", Installation())


@pytest.fixture
def answered() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def send(real: Network, method: str, path: str, body: Any = None, auth: Any = ANN) -> Answer:
    return real.send(Outbound(method, BASE + path, body=body, base=BASE, auth=auth))


# What is sent


def test_a_request_goes_to_the_real_jira_with_the_connectors_credentials(real, answered):
    answered.get(f"{URL}{ISSUE}/CK-1", json={"id": "1"}, headers=JSON)
    answer = send(real, "GET", f"{ISSUE}/CK-1")
    assert (answer.status, answer.body) == (200, {"id": "1"})
    assert "application/json" in answer.headers["content-type"]
    sent = answered.calls[0].request
    assert sent.url == f"{URL}{ISSUE}/CK-1"
    assert sent.headers["Authorization"] == "Basic ZWxhc3RpY0BleGFtcGxlLmNvbTpjaGFuZ2VtZQ=="
    assert sent.headers["Accept"] == "application/json, text/plain, */*"
    assert sent.headers["User-Agent"].startswith("axios/")
    assert sent.body is None
    assert "Content-Type" not in sent.headers


def test_a_body_is_compact_json(real, answered):
    answered.post(f"{URL}{ISSUE}", json={"id": "1"}, status=201)
    fields = {"summary": "ü", "labels": [], "project": {"key": "CK"}}
    assert send(real, "POST", ISSUE, {"fields": fields}).status == 201
    sent = answered.calls[0].request
    assert sent.body == b'{"fields":{"summary":"\\u00fc","labels":[],"project":{"key":"CK"}}}'
    assert sent.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "url"),
    [
        (
            "/rest/api/2/search?jql=project%3D%22CK%22%20and%20summary%20~%22foo%5C%5C-bar%22",
            "/rest/api/2/search?jql=project%3D%22CK%22%20and%20summary%20~%22foo%5C%5C-bar%22",
        ),
        ("/rest/api/2/search/jql?jql=a&fields=summary,key", None),
        (f"{ISSUE}/CK 1", f"{ISSUE}/CK%201"),
        (f"{ISSUE}/\ud800", f"{ISSUE}/%EF%BF%BD"),
    ],
)
def test_a_path_is_sent_as_the_connector_writes_it(real, answered, path, url):
    answered.add_callback("GET", url_below(URL), lambda _: (200, JSON, "{}"))
    send(real, "GET", path)
    assert answered.calls[0].request.url == URL + (url or path)


def url_below(url: str) -> re.Pattern[str]:
    return re.compile(re.escape(url) + ".*")


def test_jiras_cookies_are_not_kept_for_another_connector(real, answered):
    cookie = {"Set-Cookie": "JSESSIONID=ann; Path=/"}
    answered.get(f"{URL}{ISSUE}/CK-1", json={}, headers=cookie)
    for access in (ANN, OTHER):
        send(real, "GET", f"{ISSUE}/CK-1", auth=access)
    first, second = (call.request.headers for call in answered.calls)
    assert "Cookie" not in second
    assert first["Authorization"] != second["Authorization"]


# What comes back


def under(cause: Exception) -> requests.RequestException:
    """Return an error of `requests` for one that lies under it."""
    error = requests.exceptions.ConnectionError("Python's words")
    error.__cause__ = cause
    return error


def certificate(number: int, text: str) -> requests.RequestException:
    cause = ssl.SSLCertVerificationError(1, "Python's words")
    cause.verify_code, cause.verify_message = number, text
    return under(cause)


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (b"", None),
        (b'{"a": 1.0, "b": 10000000000000001}', {"a": 1, "b": 10000000000000000}),
        (b"[]", []),
        (b"5", 5),
        (b"<html>", "<html>"),
        (b'{"a": NaN}', '{"a": NaN}'),
        (b'{"a":', '{"a":'),
        (b"caf\xe9", "caf\ufffd"),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 502])
def test_a_body_is_json_or_text_or_nothing(real, answered, status, data, body):
    answered.get(f"{URL}{ISSUE}/1", body=data, status=status, content_type="text/html")
    answer = send(real, "GET", f"{ISSUE}/1")
    assert (answer.status, answer.body) == (status, body)
    assert answer.headers["content-type"] == "text/html"


def test_an_answer_without_a_content_type_has_none(real, answered):
    answered.put(f"{URL}{ISSUE}/1", status=204, content_type=None)
    answer = send(real, "PUT", f"{ISSUE}/1", {"fields": {}})
    assert (answer.status, answer.body) == (204, None)
    assert "content-type" not in answer.headers


def test_an_answer_of_a_megabyte_is_the_largest(real, answered):
    for size in (MEGABYTE, MEGABYTE + 1):
        answered.get(f"{URL}{ISSUE}/{size}", body=b" " * size)
    assert len(send(real, "GET", f"{ISSUE}/{MEGABYTE}").body) == MEGABYTE
    with pytest.raises(Unreachable, match="maxContentLength size of 1048576 exceeded"):
        send(real, "GET", f"{ISSUE}/{MEGABYTE + 1}")


# No answer


def told(real: Network, path: str = f"{ISSUE}/1", method: str = "GET") -> str:
    with pytest.raises(Unreachable) as failure:
        send(real, method, path)
    return str(failure.value)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (requests.exceptions.ConnectTimeout(), "timeout of 60000ms exceeded"),
        (requests.exceptions.ReadTimeout(), "timeout of 60000ms exceeded"),
        (requests.exceptions.TooManyRedirects(), "Maximum number of redirects exceeded"),
        (certificate(18, "self-signed certificate"), "self-signed certificate"),
        (certificate(99, "something new"), "something new"),
        (under(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]")), "write EPROTO ssl error"),
        (under(OSError(113, "No route")), "connect EHOSTUNREACH real.example.com:443"),
        (under(http.client.LineTooLong("header line")), "Parse Error: Header overflow"),
        (requests.exceptions.ContentDecodingError("Python's words"), "incorrect header check"),
        (requests.exceptions.InvalidProxyURL("Python's words"), "Invalid URL"),
        (requests.exceptions.RequestException("Python's words"), "socket hang up"),
        (RuntimeError("Python's words"), "socket hang up"),
    ],
    ids=repr,
)
def test_a_failure_is_told_in_the_words_of_axios(real, answered, error, text):
    answered.get(f"{URL}{ISSUE}/1", body=error)
    assert told(real) == text


@pytest.mark.parametrize("url", ["real.example.com", "http://", "http://[broken", "x://a"])
def test_a_url_that_is_none_is_told(url):
    assert told(Network(url, Installation())) == "Invalid URL"


def test_a_redirect_that_never_ends_is_told(real, answered):
    path = f"{URL}{ISSUE}/1"
    answered.get(path, status=302, headers={"Location": path})
    assert told(real) == "Maximum number of redirects exceeded"


@pytest.mark.parametrize(
    ("number", "code"), [(socket.EAI_NONAME, "ENOTFOUND"), (socket.EAI_AGAIN, "EAI_AGAIN")]
)
def test_an_unknown_host_is_told(monkeypatch, number, code):
    def resolve(*_arguments: Any, **_options: Any) -> Any:
        raise socket.gaierror(number, "refused, reset, timed out")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    real = Network("http://nope.example.com:8080", Installation())
    assert told(real) == f"getaddrinfo {code} nope.example.com"


def test_a_refused_connection_is_told_by_its_port_whatever_the_path_says():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    real = Network(f"http://127.0.0.1:{port}", Installation())
    for path in (f"{ISSUE}/1", "/rest/api/2/search?jql=getaddrinfo%20reset%20BadStatusLine"):
        assert told(real, path) == f"connect ECONNREFUSED 127.0.0.1:{port}"


Behave = Callable[[socket.socket], None]


@pytest.fixture
def behaving() -> Iterator[Callable[..., str]]:
    """Start a server that treats its one connection as it is told; returns its URL.

    With `hold` the connection stays open until the test ends.
    """
    threads: list[threading.Thread] = []
    done = threading.Event()

    def start(behave: Behave, *, hold: bool = False) -> str:
        server = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            with server:
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    behave(connection)
                    if hold:
                        done.wait(10)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return f"http://127.0.0.1:{server.getsockname()[1]}"

    yield start
    done.set()
    for thread in threads:
        thread.join()


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def saying(data: bytes) -> Behave:
    return lambda connection: connection.sendall(data)


LIMIT = Settings(response_timeout=0.3)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("behave", "text"),
    [
        (reset, "read ECONNRESET"),
        (saying(b""), "socket hang up"),
        (saying(b"garbage\r\n\r\n"), "Parse Error: Expected HTTP/, RTSP/ or ICE/"),
        (saying(HEAD + b"Content-Length: 100\r\n\r\n{"), "stream has been aborted"),
        (saying(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"), "stream has been aborted"),
    ],
    ids=["reset", "nothing", "garbage", "half a body", "half a chunk"],
)
@pytest.mark.parametrize("path", [f"{ISSUE}/1", f"{ISSUE}/refused?without+response=IncompleteRead"])
def test_a_connection_that_breaks_is_told(behaving, behave, text, path):
    assert told(Network(behaving(behave), Installation()), path) == text


@pytest.mark.parametrize(
    "data", [b"", HEAD, HEAD + b"Content-Length: 100\r\n\r\n{"], ids=["nothing", "head", "body"]
)
def test_an_answer_that_takes_too_long_is_told(behaving, data):
    url = behaving(saying(data), hold=True)
    real = Network(url, Installation(Settings(response_timeout=0.1)))
    assert told(real) == "timeout of 100ms exceeded"


def test_the_time_out_is_the_setting_of_the_moment(behaving):
    installation = Installation()
    real = Network(behaving(saying(b""), hold=True), installation)
    installation.settings = Settings(response_timeout=0.05)
    assert told(real) == "timeout of 50ms exceeded"


def dripping(beginning: bytes, forever: bytes) -> Behave:
    def behave(connection: socket.socket) -> None:
        connection.sendall(beginning)
        with suppress(OSError):  # who waits has gone
            for _ in range(200):
                connection.sendall(forever)
                time.sleep(0.05)

    return behave


@pytest.mark.parametrize(
    ("beginning", "forever"),
    [
        (b"HTTP/1.1 200 O", b"K"),
        (HEAD, b"X-Slow: yes\r\n"),
        (HEAD + b"Content-Length: 1000\r\n\r\n", b" "),
        (HEAD + b"\r\n", b" "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
    ids=["status line", "headers", "body", "body until the end", "chunks"],
)
def test_the_limit_holds_for_the_whole_exchange(behaving, beginning, forever):
    real = Network(behaving(dripping(beginning, forever)), Installation(LIMIT))
    begun = time.monotonic()
    assert told(real) == "timeout of 300ms exceeded"
    assert time.monotonic() - begun < 3


def test_the_limit_holds_while_a_name_is_looked_up(monkeypatch, behaving):
    known, over = threading.Event(), threading.Event()
    look_up = socket.getaddrinfo

    def slow(host: str, *arguments: Any, **options: Any) -> Any:
        known.wait(10)
        return look_up("127.0.0.1", *arguments, **options)

    url = behaving(lambda connection: over.set())
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    real = Network(url.replace("127.0.0.1", "slow.example.com"), Installation(LIMIT))
    begun = time.monotonic()
    assert told(real) == "timeout of 300ms exceeded"
    assert time.monotonic() - begun < 3
    known.set()
    assert over.wait(10)  # the line that comes too late is closed


def test_the_limit_is_that_of_each_exchange_on_a_connection_that_stays(behaving):
    def behave(connection: socket.socket) -> None:
        for _ in range(4):
            time.sleep(0.1)
            connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
            connection.recv(65536)

    real = Network(behaving(behave), Installation(LIMIT))
    assert [send(real, "GET", ISSUE).status for _ in range(4)] == [200] * 4


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n", "Invalid URL"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://a:b\r\n\r\n", "Invalid URL"),
        (b"HTTP/1.1 302 Found\r\nLocation: ftp://a\r\n\r\n", "Invalid URL"),
        (HEAD + b"X: y\r\n" * 200 + b"\r\n", "Parse Error: Header overflow"),
        (HEAD + b"X: " + b"y" * 70_000 + b"\r\n\r\n", "Parse Error: Header overflow"),
        (
            HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
            "incorrect header check",
        ),
    ],
    ids=["bracket", "port", "scheme", "many headers", "a long header", "gzip"],
)
def test_an_answer_that_is_none_is_told(behaving, data, text):
    assert told(Network(behaving(saying(data)), Installation())) == text


def test_what_speaks_no_tls_is_told(behaving):
    url = behaving(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n")).replace("http", "https")
    assert told(Network(url, Installation())).startswith("write EPROTO ")


def test_credentials_that_jira_echoes_are_nowhere(client, answered):
    def echo(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        sent = request.headers["Authorization"]
        body = {"errorMessages": [f"sent {sent}", "so changeme"], "errors": {"a": "b changeme"}}
        return 400, {**JSON, "X-Sent": sent}, json.dumps(body)

    answered.add_callback("GET", url_below(URL), echo)
    answer = run(client, "issueTypes")
    assert "[redacted]" in answer["service_message"]
    everywhere = json.dumps(answer) + "".join(
        client.get(f"/_mock/api/{part}").text for part in ("log", "journal?face=all", "outbox")
    )
    for secret in ("ZWxhc3RpY0BleGFtcGxlLmNvbTpjaGFuZ2VtZQ==", "changeme"):
        assert secret not in everywhere


# A world in front of it


@pytest.fixture
def client() -> Iterator[Any]:
    """A client of the demo world whose connectors talk to a real Jira."""
    world = World(seeds=[demo_seed()], jira_url=URL)
    yield create_app(world).test_client()
    assert world.bugs == []
    world.close()


DEMO = "/api/actions/connector/b3aad810-edbe-11ec-82d1-11348ecbf4a6/_execute"


def run(client: Any, name: str, **params: Any) -> Any:
    body = {"params": {"subAction": name, "subActionParams": params}}
    return client.post(DEMO, json=body, headers={"kbn-xsrf": "true"}).json


def test_the_connectors_of_a_world_with_a_jira_url_talk_to_that_jira(client, answered):
    fields = {"created": "2024-05-01T12:34:56.789+0000"}
    answered.post(f"{URL}{ISSUE}", json={"id": "7", "key": "R-7"}, status=201, headers=JSON)
    answered.get(f"{URL}{ISSUE}/7", json={"id": "7", "key": "R-7", "fields": fields}, headers=JSON)
    incident = {"summary": "s", "issueType": "10006"}
    assert run(client, "pushToService", incident=incident)["data"] == {
        "title": "R-7",
        "id": "7",
        "pushedDate": "2024-05-01T12:34:56.789Z",
        "url": "http://localhost/_mock/jira/browse/R-7",
    }
    assert json.loads(answered.calls[0].request.body) == {
        "fields": {"summary": "s", "project": {"key": "CK"}, "issuetype": {"id": "10006"}}
    }
    found = client.get("/_mock/jira/rest/api/2/search?jql=project%3DCK").json
    assert found["total"] == 0  # the embedded site is not asked


def test_a_failure_of_the_real_jira_is_an_outcome(client, answered):
    answered.get(f"{URL}{ISSUE}/1", body="<html>captcha</html>", status=403)
    text = (
        "Error: Request failed with status code 403. Reason: unknown: errorResponse.errors was null"
    )
    assert run(client, "issue", id="1")["service_message"] == (
        f"[Action][Jira]: Unable to get issue with id 1. {text}"
    )


def test_half_a_character_never_breaks_a_run(client, answered):
    answered.add_callback("GET", url_below(URL), lambda _: (404, JSON, "{}"))
    assert run(client, "issue", id="\ud800")["status"] == "error"


# The command


def test_serve_takes_the_url_of_a_real_jira(serve):
    behind = World()
    url = f"{serve(behind)}/_mock/jira"
    behind.jira.create_project("CK")
    command = [sys.executable, "-m", "mockkibana", "serve", "--port", "0", "--jira-url", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline().decode()
            front = re.findall(r"http://[\w.:]+", line)[0]
            incident = {"summary": "over two sockets", "labels": ["a"]}
            params = {"incident": incident, "comments": [{"comment": "c", "commentId": "1"}]}
            ran = requests.post(
                front + DEMO,
                json={"params": {"subAction": "pushToService", "subActionParams": params}},
                headers={"kbn-xsrf": "true"},
                timeout=10,
            )
        finally:
            process.terminate()
    data = ran.json()["data"]
    assert data["title"] == "CK-1"
    assert data["url"] == f"{front}/_mock/jira/browse/CK-1"  # the connector's, not the real one's
    fields = behind.jira.get_issue("CK-1")["fields"]
    assert (fields["summary"], fields["labels"]) == ("over two sockets", ["a"])
    assert fields["reporter"]["emailAddress"] == "elastic@example.com"
    assert [row["body"] for row in fields["comment"]["comments"]] == ["c"]
    assert behind.bugs == []
    behind.close()
