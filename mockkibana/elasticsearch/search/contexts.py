"""Search contexts: scrolls and points in time, which see the documents of a moment."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Generic, TypeVar

from mockkibana.elasticsearch.errors import ElasticsearchError, cause, illegal_argument
from mockkibana.elasticsearch.json.time_values import milliseconds

#: search.max_open_scroll_context, search.max_keep_alive
MOST, LONGEST = 500, 86_400_000

T = TypeVar("T")


@dataclass(slots=True)
class _Kept(Generic[T]):
    content: T
    owner: str | None
    keep_alive: int
    expires: int


class SearchContexts(Generic[T]):
    """What is kept between the requests of one search, until it is closed or nobody asks.

    `kind` is in the ids. Times are of the clock, in milliseconds. Safe for threads.
    """

    def __init__(self, kind: str, clock: Callable[[], int]) -> None:
        self._kind = kind
        self._clock = clock
        self._numbers = count(1)
        self._kept: dict[int, _Kept[T]] = {}
        self._lock = Lock()

    def open(self, content: T, owner: str | None, keep_alive: int) -> str:
        """Keep something, and return its id. Raises `too_many_scroll_contexts_exception`."""
        with self._lock:
            self._drop_expired()
            if len(self._kept) >= MOST:
                raise ElasticsearchError(
                    429,
                    "too_many_scroll_contexts_exception",
                    "Trying to create too many scroll contexts. Must be less than or equal to: "
                    f"[{MOST}]. This limit can be set by changing the "
                    "[search.max_open_scroll_context] setting.",
                    extra={"max_contexts": MOST},
                )
            number = next(self._numbers)
            self._kept[number] = _Kept(content, owner, keep_alive, self._clock() + keep_alive)
        return self._id(number)

    def get(self, id_: str, owner: str | None, keep_alive: int | None = None) -> T | None:
        """Return what an id is for, and keep it for longer; None when it is not kept (any more).

        Nobody but its owner finds it. Raises `ElasticsearchError` for what is no id.
        """
        number = self.number(id_)
        with self._lock:
            self._drop_expired()
            kept = self._kept.get(number)
            if kept is None or kept.owner != owner:
                return None
            if keep_alive is not None:
                kept.keep_alive = keep_alive
            kept.expires = self._clock() + kept.keep_alive
            return kept.content

    def close(self, ids: Iterable[str]) -> int:
        """Let go of some, and return how many there were. Raises `ElasticsearchError`."""
        numbers = list(map(self.number, ids))
        with self._lock:
            self._drop_expired()
            return sum(self._kept.pop(number, None) is not None for number in numbers)

    def forget(self) -> int:
        """Let go of all, and return how many there were."""
        with self._lock:
            self._drop_expired()
            freed = len(self._kept)
            self._kept.clear()
            return freed

    def _drop_expired(self) -> None:
        now = self._clock()
        for number in [number for number, kept in self._kept.items() if kept.expires < now]:
            del self._kept[number]

    def _id(self, number: int) -> str:
        return urlsafe_b64encode(f"mockkibana-{self._kind}-{number:020}".encode()).decode()

    def number(self, id_: str) -> int:
        """Return the number of an id. Raises `illegal_argument_exception`."""
        try:
            text = urlsafe_b64decode(id_.encode()).decode()
        except (NoBase64, ValueError):
            text = ""
        start, _, number = text.rpartition("-")
        if start != f"mockkibana-{self._kind}" or not (number.isascii() and number.isdigit()):
            if self._kind == "scroll":
                raise illegal_argument("Cannot parse scroll id")
            raise illegal_argument(f"invalid id: [{id_}]")
        return int(number)


def keep_alive(text: str, name: str) -> int:
    """Return for how many milliseconds a context is to be kept. Raises `ElasticsearchError`."""
    wanted = milliseconds(text, name)
    if wanted > LONGEST:
        raise illegal_argument(
            f"Keep alive for request ({text}) is too large. It must be less than (1d). This limit "
            "can be set by changing the [search.max_keep_alive] cluster level setting."
        )
    return wanted


def missing(number: int) -> ElasticsearchError:
    """Return the error for a context that is not there, in the frame of a search."""
    reason = cause("search_context_missing_exception", f"No search context found for id [{number}]")
    failed = {"shard": -1, "index": None, "reason": reason}
    return ElasticsearchError(
        404,
        "search_phase_execution_exception",
        "all shards failed",
        extra={"phase": "query", "grouped": True, "failed_shards": [failed]},
        caused_by=reason,
        root_cause=reason,
    )
