"""Tokenizers: what splits a text into words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mockkibana.elasticsearch.analysis import words
from mockkibana.elasticsearch.analysis.tokens import Options, Token, Tokenizer
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.json import Json

_NOT_SPACE = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]+")
_LARGEST = 1_000  # n-gram

MAX_DIFFERENCE = "index.max_ngram_diff"
"""The setting of an index that n-grams obey, which stands among their options."""


def integer(options: Mapping[str, Json], name: str, default: int, least: int = 1) -> int:
    """Return an option that is a whole number. Raises `illegal_argument_exception`."""
    text = as_text(options.get(name, default))
    if not re.fullmatch(r"-?\d{1,9}", text):
        raise illegal_argument(f"Failed to parse value [{text}] for setting [{name}]")
    if int(text) < least:
        reason = f"Failed to parse value [{text}] for setting [{name}] must be >= {least}"
        raise illegal_argument(reason)
    return int(text)


def _standard(options: Options) -> Tokenizer:
    longest = integer(options, "max_token_length", words.MAX_TOKEN_LENGTH)

    def tokenizer(text: str) -> Iterable[Token]:
        for position, (start, end) in enumerate(words.spans(text, longest)):
            word = text[start:end]
            yield Token(word, start, end, _kind(word), position)

    return tokenizer


# UAX 29 has a kind for the words of each of these scripts, by their first sign.
_SCRIPTS = (
    ("\u3041", "\u309f", "<HIRAGANA>"),
    ("\u30a0", "\u30ff", "<KATAKANA>"),
    ("\uac00", "\ud7a3", "<HANGUL>"),
    ("\u2e80", "\u2fdf", "<IDEOGRAPHIC>"),
    ("\u3005", "\u3007", "<IDEOGRAPHIC>"),
    ("\u3400", "\u9fff", "<IDEOGRAPHIC>"),
    ("\uf900", "\ufaff", "<IDEOGRAPHIC>"),
)


def _kind(word: str) -> str:
    if word.isascii():
        return "<ALPHANUM>" if any(sign.isalpha() for sign in word) else "<NUM>"
    for first, last, kind in _SCRIPTS:
        if first <= word[0] <= last:
            return kind
    return "<ALPHANUM>"


def _of_pattern(pattern: re.Pattern[str], *, lower: bool = False) -> Tokenizer:
    def tokenizer(text: str) -> Iterable[Token]:
        position = 0
        for match in pattern.finditer(text):
            for start in range(match.start(), match.end(), words.MAX_TOKEN_LENGTH):
                end = min(start + words.MAX_TOKEN_LENGTH, match.end())
                word = text[start:end]
                yield Token(word.lower() if lower else word, start, end, "word", position)
                position += 1

    return tokenizer


def _keyword(options: Options) -> Tokenizer:  # noqa: ARG001 - the shape of a factory
    return lambda text: [Token(text, 0, len(text), "word", 0)]


_CHARACTERS: dict[str, Callable[[str], bool]] = {
    "letter": str.isalpha,
    "digit": str.isdecimal,
    "whitespace": str.isspace,
    "punctuation": lambda sign: unicodedata.category(sign).startswith("P"),
    "symbol": lambda sign: unicodedata.category(sign).startswith("S"),
}


def gram_sizes(options: Options) -> tuple[int, int]:
    """Return the least and the largest size of n-grams. Raises `illegal_argument_exception`."""
    least, most = integer(options, "min_gram", 1), integer(options, "max_gram", 2)
    if least > most:
        raise illegal_argument("minGram must not be greater than maxGram")
    if most > _LARGEST:
        # A simplification: Elasticsearch knows no such limit.
        raise illegal_argument(f"this mock makes n-grams of {_LARGEST} characters at most")
    return least, most


def check_difference(options: Options, least: int, most: int, what: str) -> None:
    """Refuse n-grams of too many sizes. Raises `illegal_argument_exception`."""
    allowed = integer(options, MAX_DIFFERENCE, 1, 0)
    if most - least > allowed:
        raise illegal_argument(
            f"The difference between max_gram and min_gram in NGram {what} must be less than or "
            f"equal to: [{allowed}] but was [{most - least}]. This limit can be set by changing "
            f"the [{MAX_DIFFERENCE}] index level setting."
        )


def _grams(*, edge: bool) -> Callable[[Options], Tokenizer]:
    def factory(options: Options) -> Tokenizer:
        least, most = gram_sizes(options)
        if not edge:
            check_difference(options, least, most, "Tokenizer")
        wanted = options.get("token_chars", [])
        names = [as_text(name) for name in (wanted if isinstance(wanted, list) else [wanted])]
        for name in names:
            if name not in _CHARACTERS:
                raise illegal_argument(f"this mock does not support the token_chars [{name}]")
        tests = [_CHARACTERS[name] for name in names]

        def tokenizer(text: str) -> Iterable[Token]:
            position = 0
            for start, end in _runs(text, tests):
                for first in (start,) if edge else range(start, end):
                    for size in range(least, min(most, end - first) + 1):
                        last = first + size
                        yield Token(text[first:last], first, last, "word", position)
                        position += 1

        return tokenizer

    return factory


def _runs(text: str, tests: list[Callable[[str], bool]]) -> Iterator[tuple[int, int]]:
    """Yield where runs of the wanted characters begin and end; without tests all are wanted."""
    if not tests:
        yield 0, len(text)
        return
    start = None
    for place, sign in enumerate(text):
        if any(test(sign) for test in tests):
            start = place if start is None else start
        elif start is not None:
            yield start, place
            start = None
    if start is not None:
        yield start, len(text)


def _path_hierarchy(options: Options) -> Tokenizer:
    """Return the tokenizer that gives `a`, `a/b` and `a/b/c` for `a/b/c`, in one place."""
    delimiter, skip = as_text(options.get("delimiter", "/")), integer(options, "skip", 0, 0)
    replacement = as_text(options.get("replacement", delimiter))
    if len(delimiter) != 1 or len(replacement) != 1 or options.get("reverse") in (True, "true"):
        raise illegal_argument("this mock does not support these options of [path_hierarchy]")

    def tokenizer(text: str) -> Iterable[Token]:
        parts = text.split(delimiter)[:_DEEPEST]
        first = skip + 1 if parts[0] else skip + 2  # what a path begins with belongs to it
        start = len(delimiter.join(parts[:skip])) if skip else 0
        for count in range(first, len(parts) + 1):
            end = len(delimiter.join(parts[:count]))
            if end > start:
                path = text[start:end].replace(delimiter, replacement)
                yield Token(path, start, end, "word", 0)

    return tokenizer


_DEEPEST = 100  # directories of a path: more than that grow as their square


def _plain(tokenizer: Tokenizer) -> Callable[[Options], Tokenizer]:
    return lambda options: tokenizer  # noqa: ARG005


TOKENIZERS: dict[str, Callable[[Options], Any]] = {
    "edge_ngram": _grams(edge=True),
    "keyword": _keyword,
    "letter": _plain(_of_pattern(_LETTERS)),
    "lowercase": _plain(_of_pattern(_LETTERS, lower=True)),
    "ngram": _grams(edge=False),
    "path_hierarchy": _path_hierarchy,
    "standard": _standard,
    "whitespace": _plain(_of_pattern(_NOT_SPACE)),
}
