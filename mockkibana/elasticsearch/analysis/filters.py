"""Filters of tokens: what changes words, leaves some out, or makes more of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from mockkibana.elasticsearch.analysis.stemming import stemmer
from mockkibana.elasticsearch.analysis.tokenizers import check_difference, gram_sizes, integer
from mockkibana.elasticsearch.analysis.tokens import Filter, Options, Token
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json.scalars import as_text, boolean
from mockkibana.elasticsearch.vocabulary import names

Change = Callable[[str], str]


def changing(change: Change) -> Filter:
    """Return the filter that changes the text of each word."""
    return lambda tokens: (token._replace(text=change(token.text)) for token in tokens)


def keeping(test: Callable[[str], bool]) -> Filter:
    """Return the filter that keeps some words; what it leaves out still counts as a position."""
    return lambda tokens: (token for token in tokens if test(token.text))


def stop_words(options: Options, default: str) -> frozenset[str]:
    """Return the words that an option `stopwords` is about: a list, or the name of one."""
    value = options.get("stopwords", default)
    found: set[str] = set()
    for word in value if isinstance(value, list) else as_text(value).split(","):
        text = as_text(word).strip()
        if text == "_english_":
            found |= names("analysis", "english_stop_words")
        elif text.startswith("_") and text.endswith("_") and text != "_none_":
            raise illegal_argument(f"this mock has no stop words [{text}]")
        elif text != "_none_":
            found.add(text)
    return frozenset(found)


def _stop(options: Options) -> Filter:
    stopped = stop_words(options, "_english_")
    if boolean(options.get("ignore_case", False)):
        stopped = frozenset(map(str.lower, stopped))
        return keeping(lambda word: word.lower() not in stopped)
    return keeping(lambda word: word not in stopped)


def _snowball(options: Options) -> Filter:
    return changing(stemmer(as_text(options.get("language", "English")).lower()))


def possessive(word: str) -> str:
    """Return a word without an English `'s`."""
    return (
        word[:-2] if word[-2:] in ("'s", "'S", "\u2019s", "\u2019S", "\uff07s", "\uff07S") else word
    )


def _stemmer(options: Options) -> Filter:
    language = as_text(options.get("language", options.get("name", "porter"))).lower()
    if language == "possessive_english":
        return changing(possessive)
    # What `stemmer` calls English is Porter's first algorithm, the second is `porter2`.
    return changing(stemmer({"english": "porter", "porter2": "english"}.get(language, language)))


_FOLDED = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "ł": "l"}
    | {"Đ": "D", "Ł": "L", "þ": "th", "Þ": "TH", "ð": "d", "Ð": "D", "ı": "i", "\u2019": "'"}
)


def _folded(word: str) -> str:
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFKD", word.translate(_FOLDED))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _asciifolding(options: Options) -> Filter:
    if not boolean(options.get("preserve_original", False)):
        return changing(_folded)

    def both(tokens: Iterable[Token]) -> Iterator[Token]:
        for token in tokens:
            folded = _folded(token.text)
            yield token._replace(text=folded)
            if folded != token.text:
                yield token

    return both


def _length(options: Options) -> Filter:
    least, most = integer(options, "min", 0, 0), integer(options, "max", 10**9 - 1, 0)
    return keeping(lambda word: least <= len(word) <= most)


def _truncate(options: Options) -> Filter:
    most = integer(options, "length", 10)
    return changing(lambda word: word[:most])


def _limit(options: Options) -> Filter:
    most = integer(options, "max_token_count", 1)
    return lambda tokens: islice(tokens, most)


def _unique(options: Options) -> Filter:
    same_place = boolean(options.get("only_on_same_position", False))

    def unique(tokens: Iterable[Token]) -> Iterator[Token]:
        seen = set()
        for token in tokens:
            key = (token.text, token.position if same_place else 0)
            if key not in seen:
                seen.add(key)
                yield token

    return unique


def _grams(*, edge: bool) -> Callable[[Options], Filter]:
    def factory(options: Options) -> Filter:
        least, most = gram_sizes(options)
        if not edge:
            check_difference(options, least, most, "TokenFilter")
        original = boolean(options.get("preserve_original", False))

        def grams(tokens: Iterable[Token]) -> Iterator[Token]:
            for token in tokens:
                text = token.text
                for first in (0,) if edge else range(len(text)):
                    for size in range(least, min(most, len(text) - first) + 1):
                        yield token._replace(text=text[first : first + size])
                if original and not least <= len(text) <= most:
                    yield token

        return grams

    return factory


def _plain(kept: Filter) -> Callable[[Options], Filter]:
    return lambda options: kept  # noqa: ARG005


FILTERS: dict[str, Callable[[Options], Filter]] = {
    "apostrophe": _plain(changing(lambda word: word.replace("\u2019", "'").partition("'")[0])),
    "asciifolding": _asciifolding,
    "edge_ngram": _grams(edge=True),
    "length": _length,
    "limit": _limit,
    "lowercase": _plain(changing(str.lower)),
    "ngram": _grams(edge=False),
    "porter_stem": lambda options: changing(stemmer("porter")),  # noqa: ARG005
    "reverse": _plain(changing(lambda word: word[::-1])),
    "snowball": _snowball,
    "stemmer": _stemmer,
    "stop": _stop,
    "trim": _plain(changing(str.strip)),
    "truncate": _truncate,
    "unique": _unique,
    "uppercase": _plain(changing(str.upper)),
}
