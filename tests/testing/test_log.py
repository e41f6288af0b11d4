"""The log of a handle: the lines that server log connectors wrote."""

from __future__ import annotations

from mockkibana.clock import iso
from mockkibana.testing.handle import MockKibana


def test_the_log_is_kibanas(handle: MockKibana) -> None:
    connector = handle.connectors.create(".server-log")
    handle.connectors.run(connector["id"], {"message": "hello", "level": "warn"})
    assert handle.log.messages == ["Server log: hello"]
    (line,) = handle.log.lines(level="warn")
    assert line.logger == "plugins.actions.server-log"
    assert line.time.tzinfo is not None
    assert line == {
        "time": iso(line.time),
        "level": "warn",
        "logger": "plugins.actions.server-log",
        "message": "Server log: hello",
    }
    assert handle.log.lines(level="error") == []
    handle.log.clear()
    assert handle.log.messages == []
