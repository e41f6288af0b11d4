"""Interception: `requests` traffic to a Kibana is answered in this process, without a socket."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from mockkibana.testing.handle import MockKibana, SeedLike

if TYPE_CHECKING:
    from responses import RequestsMock

    from mockkibana.settings import Settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
_ARGUMENT = "mock_kibana"


class Interception(AbstractContextManager[MockKibana]):
    """Answers the `requests` traffic to some addresses; see `intercept`."""

    def __init__(
        self,
        make: Callable[[], MockKibana],
        mounts: dict[str, str],
        allow: Iterable[str],
        responses_mock: RequestsMock | None,
    ) -> None:
        self._make = make
        self._mounts = mounts
        self._allow = (allow,) if isinstance(allow, str) else tuple(allow)
        self._responses_mock = responses_mock
        self._active: list[tuple[MockKibana, AbstractContextManager[None]]] = []

    def __enter__(self) -> MockKibana:
        """Begin, and return the handle."""
        handle = self._make()
        catching = self._catching(handle)
        catching.__enter__()
        self._active.append((handle, catching))
        return handle

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End: the addresses are what they were before."""
        handle, catching = self._active.pop()
        try:
            catching.__exit__(kind, error, traceback)
        finally:
            handle.close()

    def __call__(self, function: Decorated) -> Decorated:
        """Decorate a function: every call of it has a world of its own.

        A function that has a parameter `mock_kibana` gets the handle there.
        """
        if inspect.isclass(function) or inspect.isgeneratorfunction(function):
            raise TypeError(
                f"intercept decorates functions; for {function.__name__} use it as a context "
                "manager, or in a fixture"
            )
        signature = inspect.signature(function)
        takes_handle = _ARGUMENT in signature.parameters

        @contextmanager
        def arguments(kwargs: dict[str, Any]) -> Iterator[dict[str, Any]]:
            with self as handle:
                yield {**kwargs, _ARGUMENT: handle} if takes_handle else kwargs

        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def wrapped(*args: Any, **kwargs: Any) -> Any:
                with arguments(kwargs) as complete:
                    return await function(*args, **complete)
        else:

            @wraps(function)
            def wrapped(*args: Any, **kwargs: Any) -> Any:
                with arguments(kwargs) as complete:
                    return function(*args, **complete)

        # pytest would take the parameter for a fixture.
        kept = [given for name, given in signature.parameters.items() if name != _ARGUMENT]
        wrapped.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        return wrapped  # type: ignore[return-value]

    @contextmanager
    def _catching(self, handle: MockKibana) -> Iterator[None]:
        from responses import RequestsMock

        from mockkibana.testing.caught import Caught, Foreign

        caught = Caught(handle.app, self._mounts)
        if self._responses_mock is not None:
            self._responses_mock.add(caught)
            try:
                yield
            finally:
                self._responses_mock.remove(caught)
            return
        with RequestsMock(assert_all_requests_are_fired=False) as mock:
            mock.add(caught)
            mock.add(Foreign(caught, self._allow))
            yield


def intercept(
    kibana: str = "http://kibana.test:5601",
    *,
    elasticsearch: str | None = None,
    jira: str | None = None,
    allow: Iterable[str] = (),
    responses_mock: RequestsMock | None = None,
    seed: SeedLike | None = None,
    settings: Settings | None = None,
    handle: MockKibana | None = None,
) -> Interception:
    """Answer what `requests` sends to these URLs in this process; no socket is opened.

    A context manager that gives a `MockKibana`, and a decorator. `elasticsearch` and `jira` are
    further URLs, of the systems behind Kibana. All other hosts are refused, but those in `allow`
    (names, `name:port` or URLs), which are reached for real. In a test that uses the library
    `responses` itself, give its mock as `responses_mock` (`responses.mock` for the decorator
    `@responses.activate`): it decides about other hosts.

    The world is empty but for `seed`; with `handle` it is that of another, in-process handle.
    """
    mounts = {kibana: ""}
    if elasticsearch is not None:
        mounts[elasticsearch] = "/_mock/elasticsearch"
    if jira is not None:
        mounts[jira] = "/_mock/jira"

    def make() -> MockKibana:
        if handle is not None:
            return handle.at(kibana, elasticsearch=elasticsearch, jira=jira)
        made = MockKibana(settings=settings, seed=seed)
        return made.at(kibana, elasticsearch=elasticsearch, jira=jira)

    return Interception(make, mounts, allow, responses_mock)
