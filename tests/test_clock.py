"""Time as a world tells it."""

from __future__ import annotations

import datetime
import importlib.util
import socket
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta

import freezegun
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from mockkibana import clock as module
from mockkibana.clock import Clock, iso, monotonic, parse_duration, parse_time
from mockkibana.http.breakages import Dribble
from mockkibana.http.wire_faults import WireFault
from mockkibana.journal import Journal
from mockkibana.server import connection
from mockkibana.server.listener import Server

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, 678_999, tzinfo=datetime.UTC)
WHOLE = NOW.replace(microsecond=678_000)
LATER = datetime.datetime(2030, 6, 7, tzinfo=datetime.UTC)

freezers = pytest.mark.parametrize(
    "frozen",
    [lambda: freezegun.freeze_time(NOW), lambda: time_machine.travel(NOW, tick=False)],
    ids=["freezegun", "time-machine"],
)


@freezers
def test_the_clock_tells_utc_in_whole_milliseconds(frozen):
    with frozen():
        clock = Clock()
        assert clock.now() == WHOLE
        assert clock.now().tzinfo is datetime.UTC
        assert clock.milliseconds() == 1_767_323_045_678


@freezers
def test_a_clock_made_before_the_freezer_follows_it(frozen):
    clock = Clock()
    assert clock.now() != WHOLE
    with frozen() as traveller:
        assert clock.now() == WHOLE
        traveller.move_to(LATER)
        assert clock.now() == LATER
    assert clock.now() != LATER


@freezers
def test_a_clock_follows_the_freezer_in_other_threads_too(frozen):
    clock, found = Clock(), []
    with frozen():
        thread = threading.Thread(target=lambda: found.extend((clock.now(), clock.milliseconds())))
        thread.start()
        thread.join()
    assert found == [WHOLE, 1_767_323_045_678]


@freezers
def test_a_module_imported_in_frozen_time_thaws_with_it(frozen):
    spec = importlib.util.spec_from_file_location("clock_imported_in_frozen_time", module.__file__)
    with frozen():
        late = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = late
        try:
            spec.loader.exec_module(late)
            clock = late.Clock()
            assert clock.now() == WHOLE
            first = late.monotonic()
            threading.Event().wait(0.002)
            assert late.monotonic() > first
        except BaseException:
            del sys.modules[spec.name]
            raise
    try:
        assert clock.now().year == datetime.datetime.now(datetime.UTC).year
    finally:
        del sys.modules[spec.name]


@freezers
def test_a_frozen_clock_does_not_care_for_the_freezer(frozen):
    clock = Clock(frozen_at=LATER)
    with frozen():
        assert (clock.now(), clock.frozen) == (LATER, True)


def test_a_clock_that_was_set_runs_on_with_the_process():
    with time_machine.travel(NOW, tick=False) as traveller:
        clock = Clock()
        clock.set(LATER)
        traveller.shift(1.5)
        assert clock.now() == LATER + timedelta(seconds=1.5)
        assert not clock.frozen


def test_a_frozen_clock_that_is_set_stays_frozen():
    clock = Clock(NOW)
    clock.set("2030-06-07")
    assert clock.state() == {"now": "2030-06-07T00:00:00.000Z", "frozen": True}


@pytest.mark.parametrize(
    "step", [90, 90.0, "90s", "1.5m", timedelta(minutes=1.5)], ids=lambda step: repr(step)
)
@pytest.mark.parametrize("frozen_at", [NOW, None], ids=["frozen", "running"])
def test_a_clock_advances(frozen_at, step):
    with time_machine.travel(NOW, tick=False):
        clock = Clock(frozen_at)
        clock.advance(step)
        assert clock.now() == WHOLE + timedelta(seconds=90)
        clock.advance(0.001)
        assert clock.milliseconds() == 1_767_323_045_678 + 90_001


def test_freezing_without_a_time_stops_the_clock_where_it_is():
    with time_machine.travel(NOW, tick=False) as traveller:
        clock = Clock()
        clock.advance("1h")
        clock.freeze()
        traveller.shift(5)
        assert clock.now() == WHOLE + timedelta(hours=1)


def test_a_resumed_clock_runs_on_from_where_it_stood():
    with time_machine.travel(NOW, tick=False) as traveller:
        clock = Clock(frozen_at=LATER)
        clock.resume()
        traveller.shift(2)
        assert (clock.now(), clock.frozen) == (LATER + timedelta(seconds=2), False)
        clock.resume()
        assert clock.now() == LATER + timedelta(seconds=2)


@pytest.mark.parametrize(
    ("frozen_at", "state"),
    [
        (None, {"now": "2026-01-02T03:04:05.678Z", "frozen": False}),
        (LATER, {"now": "2030-06-07T00:00:00.000Z", "frozen": True}),
    ],
    ids=["running", "frozen"],
)
def test_reset_makes_the_clock_as_it_was_made(frozen_at, state):
    with time_machine.travel(NOW, tick=False):
        clock = Clock(frozen_at)
        clock.freeze("2028-01-01")
        clock.resume()
        clock.reset()
        assert clock.state() == state


@pytest.mark.parametrize(
    "move",
    [
        lambda clock: clock.set("1969-12-31T23:59:59Z"),
        lambda clock: clock.set(datetime.datetime.max.replace(tzinfo=datetime.UTC)),
        lambda clock: clock.freeze("9999-01-01"),
        lambda clock: clock.freeze("1970-01-01T00:00:00+01:00"),
        lambda clock: clock.advance(1e300),
        lambda clock: clock.advance(1e308),
        lambda clock: clock.advance("9999999d"),
        lambda clock: clock.advance(-1),
        lambda clock: clock.advance(timedelta(seconds=-1)),
        lambda clock: clock.set("tomorrow"),
        lambda clock: clock.set(None),
    ],
    ids=[
        "before 1970",
        "the last moment of Python",
        "the end of years",
        "before 1970 in UTC",
        "more than any date",
        "more than any float of milliseconds",
        "past the end",
        "backwards",
        "backwards by a timedelta",
        "no time",
        "nothing",
    ],
)
def test_a_clock_that_is_led_astray_stays_as_it_was(move):
    clock = Clock(NOW)
    with pytest.raises(ValueError, match=r"a clock tells the years 1970 to 9998|expected a"):
        move(clock)
    assert clock.state() == {"now": "2026-01-02T03:04:05.678Z", "frozen": True}


def test_threads_that_advance_a_clock_lose_no_step():
    clock = Clock(NOW)

    def work() -> None:
        for _ in range(200):
            clock.advance(0.001)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() == WHOLE + timedelta(milliseconds=800)


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (NOW, "2026-01-02T03:04:05.678Z"),
        (datetime.datetime(2026, 12, 31, 23, 59, tzinfo=datetime.UTC), "2026-12-31T23:59:00.000Z"),
        (NOW.replace(year=1970, microsecond=1_000), "1970-01-02T03:04:05.001Z"),
    ],
)
def test_iso_is_javascripts_to_iso_string(time, text):
    assert iso(time) == text


@given(st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(9998, 12, 31)))  # noqa: DTZ001
def test_a_time_that_the_clock_tells_is_read_as_the_same(time):
    time = time.replace(tzinfo=datetime.UTC)
    assert Clock(time).now() == parse_time(iso(time))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678000+00:00"),
        ("2026-01-02T03:04:05+05:30", "2026-01-01T21:34:05+00:00"),
        ("2026-01-02T03:04", "2026-01-02T03:04:00+00:00"),
        ("2026-01-02 03:04:05", "2026-01-02T03:04:05+00:00"),
        ("2026-01-02", "2026-01-02T00:00:00+00:00"),
    ],
)
def test_a_time_is_read_as_utc(text, time):
    found = parse_time(text)
    assert (found.isoformat(), found.tzinfo) == (time, datetime.UTC)


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-02-30", "2026-01-02T25:00:00Z", "1767323045678", "0001-01-01T00:00+01:00", 5],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="expected a time in ISO 8601 such as") as caught:
        parse_time(text)
    assert str(caught.value).endswith(f"but got [{text}]")


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        ("250ms", 0.25),
        ("5s", 5.0),
        ("1.5s", 1.5),
        ("2m", 120.0),
        ("21h", 75_600.0),
        ("3d", 259_200.0),
        ("5 s", 5.0),
        ("7", 7.0),
        ("0", 0.0),
        (7, 7.0),
        (0.25, 0.25),
    ],
)
def test_a_duration_is_read_as_seconds(duration, seconds):
    assert parse_duration(duration) == seconds


@pytest.mark.parametrize(
    "duration",
    [
        *("", "s", "5 minutes", "-1s", "1e3", ".5s", "٣s", "9" * 400, "nan"),
        *(-1, float("nan"), float("inf"), 10**400, True, None, [5]),
    ],
    ids=repr,
)
def test_what_is_no_duration_is_refused(duration):
    with pytest.raises(ValueError, match="expected a duration such as 250ms, 5s, 2m, 21h or 3d"):
        parse_duration(duration)


def test_monotonic_time_does_not_go_back():
    first = monotonic()
    assert monotonic() >= first


@freezers
def test_monotonic_time_goes_on_in_frozen_time(frozen):
    before = monotonic()
    with frozen():
        first = monotonic()
        threading.Event().wait(0.002)
        assert before <= first < monotonic()
    assert monotonic() < before + 3600


@freezers
def test_a_time_that_jumps_years_closes_no_connection(frozen):
    with _connected(_answer) as client:
        assert _ask(client).startswith(b"HTTP/1.1 200")
        with frozen() as traveller:
            traveller.move_to(LATER)
            assert _ask(client).startswith(b"HTTP/1.1 200")
        assert _ask(client).startswith(b"HTTP/1.1 200")


@freezers
@pytest.mark.parametrize("sent", [b"", b"GET / HT"], ids=["idle", "half a head"])
def test_an_idle_connection_is_closed_in_frozen_time(frozen, sent):
    with frozen(), _connected(_answer, idle_timeout=0.05) as client:
        client.sendall(sent)
        while client.recv(4096):
            pass


@freezers
def test_a_client_that_never_stops_sending_is_closed_in_frozen_time(frozen, monkeypatch):
    monkeypatch.setattr(connection, "_LINGER", 0.05)
    with frozen(), _connected(_answer) as client:
        client.sendall(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        while client.recv(4096):
            pass
        with pytest.raises(ConnectionError):
            _send_on(client)


@freezers
def test_a_dribbled_answer_ends_in_frozen_time(frozen):
    def dribble(environ, start_response):
        raise WireFault(Dribble("200 OK", (), b"ok", interval=0.01))

    with frozen(), _connected(dribble) as client:
        assert _ask(client).endswith(b"ok")


@freezers
def test_waiting_for_a_call_ends_in_frozen_time(frozen):
    journal = Journal(Clock())
    with frozen():
        assert journal.wait(lambda call: True, timeout=0.02) == []


@freezers
def test_a_server_stops_in_frozen_time_while_a_call_hangs(frozen):
    release = threading.Event()
    entered = threading.Event()

    def hang(environ, start_response):
        entered.set()
        release.wait(30)
        return _answer(environ, start_response)

    with frozen():
        server = Server(hang)
        server.start()
        with socket.create_connection((server.host, server.port), timeout=30) as client:
            client.sendall(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            entered.wait(30)
            server.stop()
            release.set()


@contextmanager
def _connected(app, *, idle_timeout=60.0):
    with (
        Server(app, idle_timeout=idle_timeout) as server,
        socket.create_connection((server.host, server.port), timeout=30) as client,
    ):
        yield client


def _send_on(client: socket.socket) -> None:
    for _ in range(10_000):
        client.sendall(b"more")
        threading.Event().wait(0.001)


def _answer(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def _ask(client: socket.socket) -> bytes:
    client.sendall(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
    data = b""
    while not data.endswith(b"\r\n\r\nok"):
        piece = client.recv(4096)
        if not piece:
            break
        data += piece
    return data
