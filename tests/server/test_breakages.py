"""Breakages: what a client sees of a connection that an app asked the server to break."""

from __future__ import annotations

import socket
import threading

import pytest

from mockkibana.http.breakages import Dribble, Empty, Garbage, Hold, Partial, Reset
from mockkibana.http.wire_faults import WireFault

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
HEADERS = (("content-type", "text/plain"), ("Content-Length", "10"))


def faulty(fault):
    """Make an app that asks for a fault at `/`, and answers everywhere else."""

    def application(environ, start_response):
        if environ["PATH_INFO"] == "/":
            raise WireFault(fault, "a rule")
        start_response("200 OK", [])
        return [b"well"]

    return application


def test_a_reset_is_a_tcp_reset(serve, dial):
    client = dial(serve(faulty(Reset())))
    client.sendall(GET)
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_an_empty_answer_is_an_orderly_close(serve, talk):
    assert talk(serve(faulty(Empty())), GET + GET) == b""


def test_an_empty_answer_is_an_orderly_close_even_with_an_unread_body(serve, talk):
    request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + b"x" * 500_000
    assert talk(serve(faulty(Empty())), request) == b""


def test_garbage_is_sent_as_it_is(serve, talk):
    assert talk(serve(faulty(Garbage(b"\x00\xffgarbage"))), GET) == b"\x00\xffgarbage"


@pytest.mark.parametrize("keep", [0, 4])
def test_a_partial_answer_promises_all_of_its_body(serve, ask, keep):
    fault = Partial("200 OK", HEADERS, b"0123456789", keep)
    [reply] = ask(serve(faulty(fault)), GET)
    assert (reply.headers["content-length"], reply.body) == ("10", b"0123456789"[:keep])


def test_a_held_connection_stays_open_until_the_client_leaves(serve, dial, ask):
    lines = []
    answered = threading.Event()
    server = serve(
        faulty(Hold()),
        access_log=lambda line: (lines.append(line), answered.set()),
        idle_timeout=0.1,
    )
    client = dial(server)
    client.sendall(GET)
    client.settimeout(0.4)
    with pytest.raises(TimeoutError):
        client.recv(1)
    assert lines == []
    client.close()
    assert answered.wait(10)
    assert lines[0].status == 0


def test_a_dribbled_answer_is_whole_and_the_connection_stays(serve, ask):
    fault = Dribble("200 OK", HEADERS, b"0123456789", size=3, interval=0.001)
    requests = GET + b"GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    first, second = ask(serve(faulty(fault)), requests)
    assert (first.body, second.body) == (b"0123456789", b"well")


@pytest.mark.parametrize(
    "fault",
    [Hold(), Dribble("200 OK", (), b"0123456789", interval=1_000.0)],
    ids=["hold", "dribble"],
)
def test_a_slow_fault_does_not_keep_the_server_from_stopping(serve, dial, fault):
    started = threading.Event()

    def application(environ, start_response):
        started.set()
        raise WireFault(fault)

    server = serve(application)
    client = dial(server)
    client.sendall(GET)
    assert started.wait(10)
    server.stop()  # the fixture then finds no thread left
    while client.recv(65_536):
        pass


@pytest.mark.parametrize(
    "fault", [Reset(), Partial("200 OK", (), b"xyz", 1)], ids=["reset", "partial"]
)
def test_a_fault_in_the_middle_of_an_answer_ends_it(serve, dial, fault):
    def application(environ, start_response):
        start_response("200 OK", [])

        def body():
            yield b"a"
            raise WireFault(fault)

        return body()

    client = dial(serve(application))
    client.sendall(GET)
    got = b""
    try:
        while data := client.recv(65_536):
            got += data
    except ConnectionResetError:
        assert isinstance(fault, Reset)
    assert b"xyz" not in got
    assert not got.endswith(b"0\r\n\r\n")


def test_a_head_request_gets_no_body_from_a_fault(serve, dial, read_to_end):
    fault = Partial("200 OK", (), b"xyz", 2)
    client = dial(serve(faulty(fault)))
    client.sendall(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    client.shutdown(socket.SHUT_WR)
    assert read_to_end(client).endswith(b"\r\n\r\n")
