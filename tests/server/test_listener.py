"""The listening socket: connections, their limits and time-outs, and the stop."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import pytest
import requests

from mockkibana.http.breakages import Empty, Hold
from mockkibana.http.wire_faults import WireFault
from mockkibana.server import Server

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
ROOT = Path(__file__).parents[2]


class Gate:
    """An app whose calls wait until the test lets them go on."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.open = threading.Event()

    def __call__(self, environ, start_response):
        self.entered.release()
        self.open.wait(10)
        start_response("200 OK", [("content-length", "4")])
        return [b"done"]


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_a_server_listens_once_it_is_made(read_reply):
    with Server(Gate()) as first, pytest.raises(OSError, match="in use"):
        Server(Gate(), port=first.port)
    server = Server(lambda environ, start_response: start_response("200 OK", []) and [b""])
    with socket.create_connection((server.host, server.port), timeout=10) as client:
        client.sendall(GET)
        server.start()
        assert read_reply(client).status == 200
        server.stop()


def test_an_address_of_another_machine_is_an_os_error():
    with pytest.raises(OSError, match="assign requested address"):
        Server(Gate(), host="192.0.2.1")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:{}"),
        ("localhost", "http://localhost:{}"),
        pytest.param(
            "::1",
            "http://[::1]:{}",
            marks=pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6"),
        ),
    ],
)
def test_the_url_leads_to_the_server(serve, host, url):
    server = serve(host=host)
    assert server.port > 0
    assert server.url == url.format(server.port)
    with requests.get(server.url, timeout=10) as answer:
        assert answer.json()["SERVER_PORT"] == str(server.port)


def test_a_session_uses_one_connection_for_a_hundred_calls(serve):
    server = serve()
    with requests.Session() as session:
        ports = {session.post(server.url, json=n).json()["REMOTE_PORT"] for n in range(100)}
    assert len(ports) == 1


def test_many_connections_are_served_at_once(serve, dial, read_reply):
    gate = Gate()
    server = serve(gate)
    clients = [dial(server) for _ in range(40)]
    for client in clients:
        client.sendall(GET)
    for _ in clients:
        assert gate.entered.acquire(timeout=10)
    gate.open.set()
    assert [read_reply(client).body for client in clients] == [b"done"] * 40


def test_a_client_that_has_finished_sending_gets_its_answers(serve, dial, read_to_end, replies):
    client = dial(serve())
    client.sendall(GET + GET)
    client.shutdown(socket.SHUT_WR)
    assert [reply.status for reply in replies(read_to_end(client))] == [200, 200]


def test_a_client_that_leaves_before_its_answer_is_no_error(serve, dial, ask, caplog):
    left = threading.Event()
    returned = threading.Semaphore(0)

    def application(environ, start_response):
        if environ["PATH_INFO"] == "/":
            start_response("200 OK", [])
            return [b""]
        left.wait(10)
        returned.release()
        start_response("200 OK", [])
        return iter([b"x" * 5_000_000] * 5)

    server = serve(application)
    client = dial(server)
    client.sendall(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
    client.close()
    left.set()
    assert returned.acquire(timeout=10)
    assert [reply.status for reply in ask(server, LAST)] == [200]
    assert caplog.records == []


def test_an_idle_connection_is_closed_after_the_time_out(serve, dial, read_reply, read_to_end):
    server = serve(idle_timeout=0.2)
    fresh, used = dial(server), dial(server)
    used.sendall(GET)
    assert read_reply(used).status == 200
    assert (read_to_end(fresh), read_to_end(used)) == (b"", b"")


def test_a_dribbled_head_does_not_extend_the_time_out(serve, dial):
    client = dial(serve(idle_timeout=0.3))
    client.settimeout(0.02)
    client.sendall(b"GET / HTTP/1.1\r\nx: ")
    for _ in range(1_000):
        try:
            client.sendall(b"x")
            if not client.recv(65_536):
                break
        except TimeoutError:
            continue
        except ConnectionError:
            break
    else:
        pytest.fail("the server waited for every byte")


def test_a_body_that_stops_coming_is_given_up(serve, dial, read_to_end):
    client = dial(serve(idle_timeout=0.2))
    client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
    assert b"200" not in read_to_end(client)


def test_a_client_that_does_not_take_its_answer_is_given_up(serve, dial):
    ended = threading.Event()

    def application(environ, start_response):
        start_response("200 OK", [])
        return [b"x" * 50_000_000]

    server = serve(application, idle_timeout=0.2, access_log=lambda line: ended.set())
    dial(server).sendall(GET)
    assert ended.wait(10)


def test_a_slow_app_has_all_the_time_it_needs(serve, dial, read_reply):
    gate = Gate()
    client = dial(serve(gate, idle_timeout=0.1))
    client.sendall(GET)
    client.settimeout(0.4)
    with pytest.raises(TimeoutError):
        client.recv(1)
    gate.open.set()
    client.settimeout(10)
    assert read_reply(client).body == b"done"


def test_the_oldest_idle_connection_makes_room_for_a_new_one(serve, dial, read_reply, read_to_end):
    server = serve(max_connections=3)
    clients = [dial(server) for _ in range(3)]
    for client in clients:
        client.sendall(GET)
        assert read_reply(client).status == 200
    clients[0].sendall(GET)
    assert read_reply(clients[0]).status == 200
    newcomer = dial(server)
    newcomer.sendall(GET)
    assert read_reply(newcomer).status == 200
    assert read_to_end(clients[1]) == b""
    for client in (clients[0], clients[2]):
        client.sendall(GET)
        assert read_reply(client).status == 200


def test_while_all_connections_are_at_work_a_new_one_waits(serve, dial, read_reply):
    gate = Gate()
    server = serve(gate, max_connections=2)
    clients = []
    for _ in range(2):
        clients.append(dial(server))
        clients[-1].sendall(GET)
        assert gate.entered.acquire(timeout=10)
    clients.append(dial(server))
    clients[-1].sendall(GET)
    assert not gate.entered.acquire(timeout=0.1)
    gate.open.set()
    assert [read_reply(client).body for client in clients] == [b"done"] * 3


def _asks(environ, _start_response):
    while not environ["mockkibana.client_left"]():
        time.sleep(0.01)
    raise WireFault(Empty(), "a rule")


def _holds(_environ, _start_response):
    raise WireFault(Hold(), "a rule")


@pytest.mark.parametrize("wait", [_asks, _holds])
def test_who_waits_takes_no_place_of_those_at_work(serve, dial, read_reply, wait):
    def application(environ, start_response):
        if environ["PATH_INFO"] == "/wait":
            entered.release()
            wait(environ, start_response)
        start_response("200 OK", [("content-length", "4")])
        return [b"done"]

    entered = threading.Semaphore(0)
    server = serve(application, max_connections=1)
    waiting = []
    for _ in range(2):
        waiting.append(dial(server))
        waiting[-1].sendall(GET.replace(b"/", b"/wait", 1))
        assert entered.acquire(timeout=10)
    # Those that wait have as many places, and no more.
    client = dial(server)
    client.sendall(GET)
    client.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(10)
    waiting[0].close()
    assert read_reply(client).status == 200


def test_stop_closes_idle_slow_and_working_connections(serve, dial, read_to_end):
    gate = Gate()
    server = serve(gate)
    idle, slow, working = (dial(server) for _ in range(3))
    slow.sendall(b"GET / HT")
    working.sendall(GET)
    assert gate.entered.acquire(timeout=10)
    server.stop()
    for client in (idle, slow, working):
        try:
            assert read_to_end(client) in (
                b"",
                b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
            )
        except ConnectionResetError:
            continue
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), timeout=10)
    gate.open.set()
    for thread in threading.enumerate():
        if thread.name == f"mockkibana:{server.port}":
            thread.join(10)


def test_stop_can_be_called_twice_and_without_a_start():
    server = Server(Gate())
    server.stop()
    server.stop()
    server.run()  # returns at once
    with Server(Gate()) as running:
        running.stop()


def test_an_app_can_stop_its_server(dial, read_to_end):
    def application(environ, start_response):
        server.stop()
        start_response("200 OK", [])
        return [b""]

    server = Server(application)
    client = dial(server)
    client.sendall(GET)
    server.run()
    assert read_to_end(client) == b""


def test_run_returns_after_a_stop_from_another_thread(dial, read_reply):
    server = Server(lambda environ, start_response: start_response("200 OK", []) and [b""])
    thread = threading.Thread(target=server.run)
    thread.start()
    client = dial(server)
    client.sendall(GET)
    assert read_reply(client).status == 200
    server.stop()
    thread.join(10)
    assert not thread.is_alive()


SCRIPT = """
import signal, sys, threading
from mockkibana.server import Server

def application(environ, start_response):
    print("entered", flush=True)
    threading.Event().wait()

server = Server(application)
signal.signal(signal.SIGTERM, lambda number, frame: server.stop())
print(server.port, flush=True)
server.run()
print("stopped", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")
def test_a_signal_stops_the_server_in_the_foreground_whatever_its_connections_do():
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    with process:
        port = int(process.stdout.readline())
        with (
            socket.create_connection(("127.0.0.1", port)) as idle,
            socket.create_connection(("127.0.0.1", port)) as working,
        ):
            working.sendall(GET)
            assert process.stdout.readline() == "entered\n"
            process.send_signal(signal.SIGTERM)
            out, errors = process.communicate(timeout=10)
            assert (out, errors, process.returncode) == ("stopped\n", "", 0)
            assert idle.recv(1) == b""


def test_short_connections_leave_no_threads_behind(serve, ask):
    server = serve()
    for _ in range(100):
        assert [reply.status for reply in ask(server, LAST)] == [200]
    alive = [each for each in threading.enumerate() if each.name == f"mockkibana:{server.port}"]
    assert len(alive) < 40


@pytest.mark.parametrize("request_", [GET, LAST], ids=["kept alive", "closed"])
def test_what_an_app_kept_of_a_request_goes_with_it_and_waits_for_no_collector(
    serve, dial, read_reply, request_
):
    kept = []

    def application(environ, start_response):
        environ["test.body"] = body = threading.Event()
        kept.append(weakref.ref(body))
        start_response("204 No Content", [])
        return []

    server = serve(application)
    gc.disable()
    try:
        client = dial(server)
        client.sendall(request_)
        assert read_reply(client).status == 204
        end = time.monotonic() + 10
        while kept[0]() is not None and time.monotonic() < end:
            time.sleep(0.01)
        assert kept[0]() is None
    finally:
        gc.enable()


def test_an_app_can_ask_whether_its_client_has_left(serve, dial):
    asked, left = threading.Event(), threading.Event()
    first = []

    def application(environ, start_response):
        has_left = environ["mockkibana.client_left"]
        first.append(has_left())
        asked.set()
        while not has_left():
            left.wait(0.01)
        left.set()
        start_response("204 No Content", [])
        return []

    client = dial(serve(application))
    client.sendall(GET)
    assert asked.wait(10)
    client.close()
    assert left.wait(10)
    assert first == [False]


def test_a_client_with_more_to_ask_has_not_left(serve, talk):
    answers = []

    def application(environ, start_response):
        answers.append(environ["mockkibana.client_left"]())
        start_response("204 No Content", [])
        return []

    talk(
        serve(application),
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n",
        b"abc" + LAST,
    )
    assert answers == [False, False]


@pytest.mark.parametrize("host", ["a" * 70, "\u65e5..x"])
def test_a_host_that_is_no_name_is_an_os_error(host):
    with pytest.raises(OSError, match="the host is no name"):
        Server(lambda _environ, _start: [], host=host)
