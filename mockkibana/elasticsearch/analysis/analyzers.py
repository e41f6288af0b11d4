"""Analyzers: built-in ones, and those that the settings of an index make of their parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from mockkibana.elasticsearch.analysis import filters, words
from mockkibana.elasticsearch.analysis.errors import NoAnalyzer
from mockkibana.elasticsearch.analysis.filters import FILTERS
from mockkibana.elasticsearch.analysis.stemming import stemmer
from mockkibana.elasticsearch.analysis.tokenizers import MAX_DIFFERENCE, TOKENIZERS
from mockkibana.elasticsearch.analysis.tokens import Filter, Options, Token, Tokenizer
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.json import Json

GAP = 100
"""How many positions lie between two values of a field (`position_increment_gap`)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Analyzer:
    """Makes words of a text; `fast` does so at once, where nobody asks for their places."""

    tokenizer: Tokenizer
    filters: Sequence[Filter] = ()
    fast: Callable[[str], list[str]] | None = None

    def tokens(self, text: str) -> list[Token]:
        """Return the words of a text with their places."""
        tokens: Iterable[Token] = self.tokenizer(text)
        for each in self.filters:
            tokens = each(tokens)
        return list(tokens)

    def words(self, text: str) -> list[str]:
        """Return the words of a text in their order."""
        if self.fast is not None:
            return self.fast(text)
        return [token.text for token in self.tokens(text)]


_LOWER = filters.changing(str.lower)


def _stopping(options: Options, default: str) -> list[Filter]:
    stopped = filters.stop_words(options, default)
    return [filters.keeping(lambda word: word not in stopped)] if stopped else []


def _standard(options: Options) -> Analyzer:
    stopping = _stopping(options, "_none_")
    fast = None if stopping or "max_token_length" in options else words.standard
    return Analyzer(TOKENIZERS["standard"](options), [_LOWER, *stopping], fast)


def _simple(options: Options) -> Analyzer:
    return Analyzer(TOKENIZERS["lowercase"](options))


def _whitespace(options: Options) -> Analyzer:
    return Analyzer(TOKENIZERS["whitespace"](options))


def _keyword(options: Options) -> Analyzer:
    return Analyzer(TOKENIZERS["keyword"](options), (), lambda text: [text])


def _stop(options: Options) -> Analyzer:
    return Analyzer(TOKENIZERS["lowercase"](options), _stopping(options, "_english_"))


def _english(options: Options) -> Analyzer:
    if "stem_exclusion" in options:
        raise illegal_argument("this mock does not support [stem_exclusion] in analyzers")
    return _stemming(options, "porter")


def _snowball(options: Options) -> Analyzer:
    return _stemming(options, as_text(options.get("language", "English")).lower())


def _stemming(options: Options, language: str) -> Analyzer:
    is_english = language in ("english", "porter")
    start = [filters.changing(filters.possessive)] if is_english else []
    stopping = _stopping(options, "_english_" if is_english else "_none_")
    stemming = filters.changing(stemmer(language))
    return Analyzer(TOKENIZERS["standard"]({}), [*start, _LOWER, *stopping, stemming])


ANALYZERS: dict[str, Callable[[Options], Analyzer]] = {
    "english": _english,
    "keyword": _keyword,
    "simple": _simple,
    "snowball": _snowball,
    "standard": _standard,
    "stop": _stop,
    "whitespace": _whitespace,
}


class Analyzers:
    """The analyzers of an index by name, made of its flat settings when they are asked for."""

    def __init__(self, settings: Mapping[str, Json] | None = None) -> None:
        self._settings = settings or {}
        self._made: dict[str, Analyzer] = {}

    def named(self, name: str) -> Analyzer:
        """Return an analyzer. Raises `NoAnalyzer`, and `ElasticsearchError` for bad options."""
        known = self._made.get(name)
        if known is None:
            known = self._made[name] = self._analyzer(name)
        return known

    def normalizer(self, name: str) -> Analyzer:
        """Return what makes another text of a whole one; raises as `named` does."""
        known = self._made.get(f"normalizer {name}")
        if known is None:
            options = self._options("normalizer", name)
            if not options and name != "lowercase":
                raise NoAnalyzer(name)
            listed = options.get("filter", []) if options else ["lowercase"]
            known = self.custom({"tokenizer": "keyword", "filter": listed})
            self._made[f"normalizer {name}"] = known
        return known

    def _analyzer(self, name: str) -> Analyzer:
        options = self._options("analyzer", name)
        if not options:
            name = "standard" if name == "default" else name
            if name not in ANALYZERS:
                raise NoAnalyzer(name)
            return ANALYZERS[name]({})
        kind = as_text(options.pop("type", "custom"))
        if kind == "custom":
            if "tokenizer" not in options:
                raise illegal_argument(
                    f"analyzer [{name}] must specify either an analyzer type, or a tokenizer"
                )
            return self.custom(options)
        if kind not in ANALYZERS:
            raise NoAnalyzer(kind)
        return ANALYZERS[kind](options)

    def custom(self, options: Options) -> Analyzer:
        """Return an analyzer of a `tokenizer` and a list of `filter`; raises as `named` does.

        Each is a name, or says itself what it is.
        """
        if options.get("char_filter"):
            raise illegal_argument("this mock does not support [char_filter] in analyzers")
        listed = options.get("filter", [])
        return Analyzer(
            self._component("tokenizer", options["tokenizer"], TOKENIZERS),
            [
                self._component("filter", value, FILTERS)
                for value in (listed if isinstance(listed, list) else [listed])
            ],
        )

    def _component(self, kind: str, value: Json, known: Mapping[str, Callable[[Options], T]]) -> T:
        own = dict(value) if isinstance(value, dict) else self._options(kind, as_text(value))
        name = as_text(own.pop("type", value))
        if name not in known:
            raise illegal_argument(f"this mock has no {kind} [{name}] for analyzers")
        if (difference := self._settings.get(MAX_DIFFERENCE)) is not None:
            own[MAX_DIFFERENCE] = difference
        return known[name](own)

    def _options(self, kind: str, name: str) -> Options:
        prefix = f"index.analysis.{kind}.{name}."
        return {
            key.removeprefix(prefix): value
            for key, value in self._settings.items()
            if key.startswith(prefix)
        }


BUILT_IN = Analyzers()
