"""The pytest plugin: the fixtures, the marker, and the report of a test that went wrong."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockkibana.testing.handle import MockKibana
    from mockkibana.testing.options import Options

_INI = {
    "mock_kibana_seed": "seed file of every test; relative to the ini file",
    "mock_kibana_contract": "documented or observed",
    "mock_kibana_kibana_version": "the version that Kibana says it has",
    "mock_kibana_jira_flavour": "which Jira the fake one is like: hybrid, cloud, server",
    "mock_kibana_unmatched": "when a request reached no route: fail, warn, ignore",
}
_MARKER = (
    "mock_kibana(seed=None, unmatched='fail', **settings): what the fixture mock_kibana holds (a "
    "seed's content, or a file beside the test), what happens when a request reached no route "
    "(fail, warn or ignore), and settings such as contract='observed', security=True or "
    "license='basic'"
)
# Of a leniency that meets almost every suite, a line at the end says enough.
_SUMMED_UP = "bulk-item-key"
_COUNTED = "mock_kibana_lenient"
_REMEDY = "mock_kibana_contract = observed, or documented, in the ini file ends this line"

_handle: pytest.StashKey[MockKibana] = pytest.StashKey()
_failed: pytest.StashKey[bool] = pytest.StashKey()
_lenient: pytest.StashKey[bool] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini options."""
    for name, text in _INI.items():
        parser.addini(name, f"mockkibana: {text}", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Add the marker."""
    config.addinivalue_line("markers", _MARKER)


def pytest_report_header() -> str | None:
    """Say which server `MOCKKIBANA_URL` names, if any."""
    scheme, slashes, rest = os.environ.get("MOCKKIBANA_URL", "").rpartition("://")
    url = f"{scheme}{slashes}{rest.rpartition('@')[2]}"  # without a password
    return f"mockkibana: worlds of {url} (MOCKKIBANA_URL)" if url else None


@pytest.fixture(scope="session")
def mock_kibana_server() -> Iterator[MockKibana]:
    """Give the handle on the one server of this session, or of this pytest-xdist worker.

    With `MOCKKIBANA_URL` in the environment it is a world of that server, under a random name; it
    is deleted at the end.
    """
    with _new_world() as handle:
        yield handle


@pytest.fixture
def mock_kibana(
    request: pytest.FixtureRequest, mock_kibana_server: MockKibana
) -> Iterator[MockKibana]:
    """Give a Kibana that is empty, but for what the marker `mock_kibana` says."""
    from mockkibana.testing import options

    chosen = options.of_test(request, _ini(request.config))
    handle = mock_kibana_server
    handle.reset(empty=True)
    chosen.fill(handle)
    request.node.stash[_handle] = handle
    with _put_away(handle):
        yield handle
    del request.node.stash[_handle]
    _judge(request.node, handle, chosen)


@pytest.fixture(scope="session")
def mock_kibana_world(request: pytest.FixtureRequest) -> Iterator[Callable[..., MockKibana]]:
    """Give a function that makes a Kibana which lasts: `mock_kibana_world(seed=..., **settings)`.

    It takes what the marker `mock_kibana` takes; a path of a seed is relative to the ini file. Each
    is a world of its own that the fixture `mock_kibana` does not empty, for a fixture of a module
    or a session. It is judged, and closed, when the session ends.
    """
    from mockkibana.testing import options

    made: list[tuple[MockKibana, options.Options]] = []

    def make(**given: Any) -> MockKibana:
        chosen = options.of_world(request.config, _ini(request.config), given)
        handle = _new_world()
        made.append((handle, chosen))
        chosen.fill(handle)
        return handle

    yield make
    try:
        for handle, chosen in made:
            _judge(request.node, handle, chosen)
    finally:
        for handle, _ in made:
            handle.close()


@pytest.fixture
def mock_kibana_url(mock_kibana: MockKibana) -> str:
    """Give the base URL of `mock_kibana`."""
    return mock_kibana.url


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the journal of a test that failed."""
    report = yield
    if report.failed and report.when != "teardown":
        # Before the test itself it is the fixture's world alone that can have a part in it.
        arguments = getattr(item, "funcargs", {}) if report.when == "call" else {}
        for handle in _handles(item.stash.get(_handle, None), *arguments.values()):
            item.stash[_failed] = True
            report.sections.append(("mockkibana", _told(handle)))
    # An attribute of a report comes from a worker of pytest-xdist to the one who sums up.
    vars(report)[_COUNTED] = report.when == "teardown" and item.stash.get(_lenient, False)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in how many tests an answer was the documented one, where a real Kibana has another."""
    reports = (report for reports in terminalreporter.stats.values() for report in reports)
    if tests := sum(getattr(report, _COUNTED, False) for report in reports):
        from mockkibana.testing.verdict import explained

        number = "1 test" if tests == 1 else f"{tests} tests"
        terminalreporter.write_line(f"mockkibana: in {number}, {explained(_SUMMED_UP)}; {_REMEDY}")


def _new_world() -> MockKibana:
    """Return a handle on a new world that listens; that nobody is at `MOCKKIBANA_URL` is a line."""
    from mockkibana.testing.handle import MockKibana
    from mockkibana.testing.remote import NoServer

    try:
        return MockKibana.of_environment().start()
    except NoServer as error:
        raise pytest.fail.Exception(f"MOCKKIBANA_URL: {error}", pytrace=False) from None


@contextmanager
def _put_away(handle: MockKibana) -> Iterator[None]:
    """Delete what is made meanwhile, and what no reset takes away: snapshots and worlds."""
    snapshots, worlds = _snapshots(handle), handle.source.other_worlds()
    yield
    for name in _snapshots(handle):
        if name not in snapshots:
            handle.delete_snapshot(name)
    for name in handle.source.other_worlds():
        if name not in worlds:
            handle.source.plane.delete_world(name)


def _snapshots(handle: MockKibana) -> list[str]:
    return [snapshot["name"] for snapshot in handle.snapshots()]


def _handles(*given: object) -> list[MockKibana]:
    """Return what is a handle, one of each world."""
    if (module := sys.modules.get("mockkibana.testing.handle")) is None:
        return []
    found = {handle.source: handle for handle in given if isinstance(handle, module.MockKibana)}
    return list(found.values())


def _told(handle: MockKibana) -> str:
    from mockkibana.testing.verdict import lines_of

    try:
        return "\n".join(lines_of(handle))
    except Exception as error:  # noqa: BLE001 - the test's own failure must be reported
        return f"the journal cannot be read: {error}"


def _ini(config: pytest.Config) -> dict[str, Any]:
    values = {name.removeprefix("mock_kibana_"): config.getini(name) for name in _INI}
    return {name: value for name, value in values.items() if value}


def _judge(node: pytest.Item | pytest.Session, handle: MockKibana, options: Options) -> None:
    """Fail for bugs of ours and requests that reached no route, warn of what else is doubtful."""
    from mockkibana.errors import MockKibanaWarning
    from mockkibana.testing.verdict import explained, verdict_on

    verdict = verdict_on(handle)
    if verdict.bugs:
        pytest.fail("mockkibana has a bug:\n" + "\n".join(verdict.bugs), pytrace=False)
    failed = node.stash.get(_failed, False)
    if verdict.unrouted and options.unmatched != "ignore" and not failed:
        advice = 'mark the test with @pytest.mark.mock_kibana(unmatched="ignore")'
        text = f"These requests reached no route of mockkibana; if they are meant to, {advice}:"
        text = "\n  ".join((text, *verdict.unrouted))
        if options.unmatched == "fail":
            pytest.fail(text, pytrace=False)
        warnings.warn(MockKibanaWarning(text), stacklevel=1)
    for text in [] if failed else verdict.idle:
        warnings.warn(MockKibanaWarning(f"fault-not-fired: {text}"), stacklevel=1)
    for code in verdict.leniencies:
        if code != _SUMMED_UP:
            warnings.warn(MockKibanaWarning(explained(code)), stacklevel=1)
        elif "contract" not in options.settings:
            node.stash[_lenient] = True
