"""Interception: what `requests` sends to a Kibana is answered in this process, without a socket."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from mockkibana.json import Json
from mockkibana.testing.arguments import SeedLike, settings_of
from mockkibana.testing.handle import MockKibana

if TYPE_CHECKING:
    from responses import RequestsMock

    from mockkibana.settings import Settings

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Block = AbstractContextManager[MockKibana]
_ARGUMENT = "mock_kibana"
_entered: ContextVar[tuple[Block, ...]] = ContextVar("mockkibana_blocks", default=())


def intercept(
    kibana: str = "http://kibana.test:5601",
    *,
    elasticsearch: str | None = None,
    jira: str | None = None,
    allow: Iterable[str] = (),
    responses_mock: RequestsMock | None = None,
    seed: SeedLike | None = None,
    settings: Settings | Mapping[str, Json] | None = None,
    handle: MockKibana | None = None,
) -> Interception:
    """Answer what `requests` sends to these URLs in this process; no socket is opened.

    A context manager that gives a `MockKibana`, and a decorator. `elasticsearch` and `jira` are
    further URLs, of the systems behind Kibana. All other hosts are refused, but those in `allow`
    (`name`, `name:port` or the beginning of a URL), which are reached for real. In a test that uses
    the library `responses` itself, give its mock as `responses_mock` (`responses.mock` where there
    is `@responses.activate`): it then decides about other hosts.

    The world is empty but for `seed`, and has `settings`, as in `MockKibana`; with `handle` it is
    that handle's, which has to be in this process, such as the fixture `mock_kibana`.
    """
    checked = settings_of(settings)

    @contextmanager
    def block() -> Iterator[MockKibana]:
        from mockkibana.testing.responses_bridge import answering

        made = handle or MockKibana(settings=checked, seed=seed)
        with nullcontext(made) if handle else closing(made) as world:
            moved = world.at(kibana, elasticsearch=elasticsearch, jira=jira)
            with answering(moved.app, moved.mounts(), allow, responses_mock):
                yield moved

    return Interception(block)


class Interception(Block):
    """What `intercept` returns: a context manager that can be entered again, and a decorator."""

    def __init__(self, block: Callable[[], Block]) -> None:
        self._block = block
        self._open: list[Block] = []

    def __enter__(self) -> MockKibana:
        """Begin, and return the handle."""
        block = self._block()
        handle = block.__enter__()
        self._open.append(block)
        _entered.set((*_entered.get(), block))
        return handle

    def __exit__(self, *raised: Any) -> None:
        """End: the URLs are what they were before."""
        # The one that this thread or task began; a fixture may end in another than it began in.
        began = [block for block in _entered.get() if block in self._open] or self._open
        block = began[-1]
        self._open.remove(block)
        _entered.set(tuple(each for each in _entered.get() if each is not block))
        block.__exit__(*raised)

    def __call__(self, function: Decorated) -> Decorated:
        """Decorate a function: every call of it has a world of its own.

        A function that has a parameter `mock_kibana` gets the handle there.
        """
        if inspect.isclass(function) or inspect.isgeneratorfunction(function):
            raise TypeError(
                f"intercept decorates functions that return: use it as a context manager in "
                f"{function.__name__}"
            )
        signature = inspect.signature(function)
        takes_handle = _ARGUMENT in signature.parameters

        def arguments(given: dict[str, Any], handle: MockKibana) -> dict[str, Any]:
            return {**given, _ARGUMENT: handle} if takes_handle else given

        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self._block() as handle:
                return function(*args, **arguments(kwargs, handle))

        @wraps(function)
        async def wrapped_coroutine(*args: Any, **kwargs: Any) -> Any:
            with self._block() as handle:
                return await function(*args, **arguments(kwargs, handle))

        decorated: Any = wrapped_coroutine if inspect.iscoroutinefunction(function) else wrapped
        # pytest would look for a fixture of that name.
        kept = [each for name, each in signature.parameters.items() if name != _ARGUMENT]
        decorated.__signature__ = signature.replace(parameters=kept)
        return decorated  # type: ignore[no-any-return]
