"""The log of a world."""

from __future__ import annotations

import datetime

import time_machine

from mockkibana.clock import Clock
from mockkibana.log import KEPT, Log, LogLine

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, 678_999, tzinfo=datetime.UTC)


def test_a_line_has_the_time_of_the_world():
    log = Log(Clock())
    with time_machine.travel(NOW, tick=False):
        log.write("warn", "plugins.actions.index", "hello")
    time = NOW.replace(microsecond=678_000)
    assert log.lines == [LogLine(time, "warn", "plugins.actions.index", "hello")]


def test_a_line_is_written_as_kibana_writes_it():
    line = LogLine(NOW, "warn", "plugins.actions.server-log", "Server log: a")
    assert str(line) == (
        "[2026-01-02T03:04:05.678+00:00][WARN ][plugins.actions.server-log] Server log: a"
    )
    assert str(LogLine(NOW, "error", "http", "b")) == (
        "[2026-01-02T03:04:05.678+00:00][ERROR][http] b"
    )


def test_the_last_ten_thousand_lines_are_kept():
    log = Log(Clock())
    for number in range(KEPT + 5):
        log.write("info", "a", str(number))
    assert KEPT == 10_000
    assert (len(log.lines), log.lines[0].message, log.lines[-1].message) == (10_000, "5", "10004")


def test_a_listener_hears_each_new_line():
    log = Log(Clock())
    heard: list[str] = []
    log.write("info", "a", "before")
    log.listener = lambda line: heard.append(line.message)
    log.write("info", "a", "after")
    assert heard == ["after"]


def test_the_lines_handed_out_are_a_copy_and_clear_forgets_them():
    log = Log(Clock())
    log.write("info", "a", "m")
    lines = log.lines
    log.clear()
    assert (len(lines), log.lines) == (1, [])


def test_the_lines_take_no_more_memory_than_they_may():
    log = Log(Clock())
    for number in range(40):
        log.write("info", "test", f"{number:02d}" + "x" * 1_000_000)
    assert [line.message[:2] for line in log.lines] == [f"{number:02d}" for number in range(24, 40)]
