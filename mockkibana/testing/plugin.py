"""The pytest plugin: the fixtures, the marker, and the report of a test that went wrong."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockkibana.testing.handle import MockKibana

_UNMATCHED = ("fail", "warn", "ignore")
_INI = {
    "mock_kibana_seed": "seed file of every test; relative to the ini file",
    "mock_kibana_contract": "documented or observed",
    "mock_kibana_kibana_version": "the version that Kibana says it has",
    "mock_kibana_unmatched": f"when a request reached no route: {', '.join(_UNMATCHED)}",
}
_MARKER = (
    "mock_kibana(seed=None, unmatched='fail', **settings): what the fixture mock_kibana holds (a "
    "seed's content, or a file beside the test), what happens when a request reached no route "
    "(fail, warn or ignore), and settings such as contract='observed', security=True or "
    "license='basic'"
)
# A seed can switch security on; what it says of users is kept.
_UNSECURED = {"version": 1, "security": {"enabled": False}}
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


@pytest.fixture(scope="session")
def mock_kibana_server() -> Iterator[MockKibana]:
    """Give the handle on the one server of this session, or of this pytest-xdist worker.

    With `MOCKKIBANA_URL` in the environment it is a world of that server, under a random name; it
    is deleted at the end.
    """
    from mockkibana.testing.handle import MockKibana

    with MockKibana.of_environment() as handle:
        yield handle


@pytest.fixture
def mock_kibana(
    request: pytest.FixtureRequest, mock_kibana_server: MockKibana
) -> Iterator[MockKibana]:
    """Give a Kibana that is empty, but for what the marker `mock_kibana` says."""
    options = _Options(request)
    handle = mock_kibana_server
    handle.reset(empty=True)
    if options.settings:
        handle.configure(**options.settings)
    for seed in options.seeds:
        handle.seed(seed)
    request.node.stash[_handle] = handle
    yield handle
    del request.node.stash[_handle]
    _judge(request, handle, options)


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
    if report.failed and (handle := item.stash.get(_handle, None)) is not None:
        from mockkibana.testing.verdict import journal_lines

        item.stash[_failed] = True
        try:
            lines = journal_lines(handle)
        except Exception as error:  # noqa: BLE001 - the test's own failure must be reported
            lines = [f"the journal cannot be read: {error}"]
        report.sections.append(("mockkibana", "\n".join(lines or ["no calls"])))
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


class _Options:
    """What markers and ini say about one test; the marker that is closest to it wins."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        config = request.config
        values: dict[str, Any] = {}
        for name in _INI:
            if value := config.getini(name):
                values[name.removeprefix("mock_kibana_")] = value
        directory = config.rootpath if config.inipath is None else config.inipath.parent
        seeds = [] if "seed" not in values else [_found(values.pop("seed"), directory)]
        # The module's marker comes before the test's, so that the test's seed is added to it.
        for marker in reversed(list(request.node.iter_markers("mock_kibana"))):
            if marker.args:
                raise pytest.UsageError("the marker mock_kibana takes keywords only: seed=...")
            marked = dict(marker.kwargs)
            if (seed := marked.pop("seed", None)) is not None:
                seeds.append(_found(seed, request.path.parent))
            if marked.get("security") is False and seeds:
                seeds.append(_UNSECURED)
            values |= marked
        self.seeds = seeds
        self.unmatched = values.pop("unmatched", "fail")
        self.settings = values
        if unknown := sorted(values.keys() - _settings()):
            raise pytest.UsageError(
                f"the marker mock_kibana knows no {', '.join(unknown)}; expected seed, "
                f"unmatched or a setting: {', '.join(sorted(_settings()))}"
            )
        if any(not isinstance(seed, str | Path | dict) for seed in seeds):
            raise pytest.UsageError(
                "the marker mock_kibana takes as seed a dict, a text, or the path of a file"
            )
        if self.unmatched not in _UNMATCHED:
            raise pytest.UsageError(
                f"mock_kibana: unmatched is {self.unmatched!r}; expected {', '.join(_UNMATCHED)}"
            )


def _settings() -> set[str]:
    from dataclasses import fields

    from mockkibana.settings import Settings

    return {field.name for field in fields(Settings)}


def _found(seed: Any, directory: Path) -> Any:
    """Return a seed; a path is relative to where it was written down."""
    if isinstance(seed, Path) or (
        isinstance(seed, str) and "\n" not in seed and not seed.lstrip().startswith("{")
    ):
        return directory / seed
    return seed


def _judge(request: pytest.FixtureRequest, handle: MockKibana, options: _Options) -> None:
    """Warn of leniencies, and fail for bugs of ours and for requests that reached no route."""
    from mockkibana.testing.verdict import MockKibanaWarning, explained, verdict_on

    node, verdict = request.node, verdict_on(handle)
    if verdict.bugs:
        pytest.fail("mockkibana has a bug:\n" + "\n".join(verdict.bugs), pytrace=False)
    if verdict.unrouted and options.unmatched != "ignore" and not node.stash.get(_failed, False):
        advice = 'mark the test with @pytest.mark.mock_kibana(unmatched="ignore")'
        text = f"These requests reached no route of mockkibana; if they are meant to, {advice}:"
        text = "\n  ".join((text, *verdict.unrouted))
        if options.unmatched == "fail":
            pytest.fail(text, pytrace=False)
        warnings.warn(MockKibanaWarning(text), stacklevel=1)
    for code in verdict.leniencies:
        if code != _SUMMED_UP:
            warnings.warn(MockKibanaWarning(explained(code)), stacklevel=1)
        elif "contract" not in options.settings:
            node.stash[_lenient] = True
