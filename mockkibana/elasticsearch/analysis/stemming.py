"""Stems of words, by the Snowball project's own library."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.remembered import remembered

# The languages of the filter `snowball`, and those of `stemmer` that Lucene has Snowball do.
_LANGUAGES = frozenset(
    {
        *("armenian", "basque", "catalan", "danish", "dutch", "english", "estonian", "finnish"),
        *("french", "german", "hungarian", "irish", "italian", "lithuanian", "norwegian"),
        *("porter", "portuguese", "romanian", "russian", "serbian", "spanish", "swedish"),
        "turkish",
    }
)


@cache
def stemmer(language: str) -> Callable[[str], str]:
    """Return what makes the stem of a word. Raises `illegal_argument_exception`."""
    name = "german" if language == "german2" else language
    if name not in _LANGUAGES:
        raise illegal_argument(f"this mock has no stems of [{language}]")
    # Imported here, as few indices need it.
    from snowballstemmer import stemmer as make

    made, lock = make(name), Lock()

    @remembered(4096)
    def stem(word: str) -> str:
        with lock:  # it keeps the word in itself while it works
            return str(made.stemWord(word))

    return stem
