"""Text searches: what stands behind `~`, read as Lucene does, and which texts it fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from mockkibana.wildcards import Test, glob

MAX_DEPTH = 200
MAX_CLAUSES = 1024  # Lucene's own limit

# Of a backslash Jira leaves to Lucene what escapes an operator; any other, and every colon, it
# escapes itself (`TextTermEscaper`). So a slash needs no escape, though Kibana writes one.
_OPERATORS = r'+\-&|!(){}\[\]^~*?"/'
_START = rf'(?:[^ \t\n\r\u3000+\-!(){{}}\[\]^~*?"\\]|\\[{_OPERATORS}]|\\)'
_BOUND = r'("[^"]*"|(?!TO[\s\]}])[^\s\]}"]+)'
_RANGE = re.compile(rf"\s*{_BOUND}\s+(?:TO\s+)?{_BOUND}\s*")
_TOKEN = re.compile(
    rf"(?P<term>(?:{_START}|[*?])(?:{_START}|[+\-*?])*)"
    r'|(?P<phrase>"(?:[^"\\]|\\.)*")'
    rf"|(?P<range>\[{_RANGE.pattern}\]|{{{_RANGE.pattern}}})"
    r"|(?P<noterm>[+\-!](?=[ \t\n\r\u3000]))"
    r"|(?P<boost>\^\s*\d+(?:\.\d+)?)|(?P<slop>~(?:\d+(?:\.\d+)?)?)"
    r"|(?P<modifier>[+\-!])|(?P<open>\()|(?P<close>\))|(?P<space>[ \t\n\r\u3000]+)",
    re.DOTALL,
)
_KEYWORDS = {"AND": "and", "&&": "and", "OR": "or", "||": "or", "NOT": "modifier"}
_WORD = re.compile(r"[^\W_]+")
_PATTERN = re.compile(r"(?:[^\W_]|[*?])+")
_ESCAPE = re.compile(rf"\\[{_OPERATORS}]", re.DOTALL)
_WILDCARD = re.compile(r"[*?]")

Fits = Callable[[Sequence[str]], bool]


class Unreadable(ValueError):
    """The text is no search that Lucene can parse."""


class BadRange(Unreadable):
    """A bracket opens what is no range (`[a TO b]`, `{a TO b}`)."""


@dataclass(frozen=True, slots=True)
class TextSearch:
    """What stands behind `~`: `words` tests the words of a text, None is without any word.

    `literals` are parts of words that any fitting text contains: a cheap first test.
    """

    words: Fits | None
    literals: tuple[str, ...]

    def fits(self, text: str | None) -> bool:
        """Tell whether the text is what is searched for; a search without a word fits nothing."""
        if not text or self.words is None:
            return False
        folded = text.casefold()
        for literal in self.literals:
            if literal not in folded:
                return False
        if type(self.words) is _Has:
            return self.words.is_in(folded)
        return self.words(_WORD.findall(folded))


@dataclass(frozen=True, slots=True)
class _Has:
    """Tests whether a word is there; most searches are for one."""

    word: str

    def __call__(self, words: Sequence[str]) -> bool:
        """Tell whether it is one of some words."""
        return self.word in words

    def is_in(self, folded: str) -> bool:
        """Tell whether it is one of the words of a text, without looking for the others."""
        size = len(self.word)
        at = folded.find(self.word)
        while at >= 0:
            end = at + size
            if not folded[at - 1 : at].isalnum() and not folded[end : end + 1].isalnum():
                return True
            at = folded.find(self.word, at + 1)
        return False


@dataclass(slots=True)
class _Group:
    """The clauses between two parentheses, and what stands before the one to come."""

    clauses: list[tuple[str, Fits, set[str]]] = field(default_factory=list)
    conjunction: str = ""
    modifier: str = ""
    #: Whether there has been a clause, be it one without a word.
    begun: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a clause must follow."""
        return not self.begun or bool(self.conjunction or self.modifier)

    def join(self, conjunction: str) -> None:
        """Take an `AND` or an `OR`. Raises `Unreadable` where there is nothing to join."""
        if self.is_open:
            raise Unreadable
        self.conjunction = conjunction

    def add(self, fits: Fits | None, literals: set[str]) -> None:
        """Take a clause (None: without a word), with the rules of Lucene's parser: AND is implied.

        `a OR b AND c` is `a +b +c`: operators say of their neighbours whether they must fit.
        """
        if self.conjunction and self.clauses and self.clauses[-1][0] != "not":
            occurs = "must" if self.conjunction == "and" else "may"
            self.clauses[-1] = (occurs, *self.clauses[-1][1:])
        occurs = "may" if self.conjunction == "or" else "must"
        if self.modifier not in ("", "+"):
            occurs = "not"
        self.begun, self.conjunction, self.modifier = True, "", ""
        if fits is not None:
            self.clauses.append((occurs, fits, literals))

    def close(self) -> tuple[Fits | None, set[str]]:
        """Return what the clauses come to. Raises `Unreadable` if one is missing."""
        if self.is_open:
            raise Unreadable
        kinds = ("must", "may", "not")
        must, may, never = (
            [fits for occurs, fits, _ in self.clauses if occurs == kind] for kind in kinds
        )
        sets = (literals for occurs, _, literals in self.clauses if occurs == "must")
        literals: set[str] = set().union(*sets)
        if not self.clauses:
            return None, literals
        if len(must) == len(self.clauses) == 1:
            return must[0], literals
        return partial(_combined, must, may, never), literals


def _combined(
    must: Sequence[Fits], may: Sequence[Fits], never: Sequence[Fits], words: Sequence[str]
) -> bool:
    if not all(fits(words) for fits in must) or any(fits(words) for fits in never):
        return False
    return bool(must) or any(fits(words) for fits in may)


def read(text: str) -> TextSearch:
    r"""Read a search: words, `"phrases"`, `*` and `?`, `AND`, `OR`, `NOT`, `+`, `-`, parentheses.

    `\` escapes. Whatever is neither a letter nor a digit parts words, escaped or not; so does a
    backslash before a letter: Kibana writes one for the apostrophe of `it's`. Nearness (`~2`) and
    weight (`^2`) are read and play no part. Raises `Unreadable`.
    """
    groups = [_Group()]
    before = "open"
    count = 0
    for kind, value in _tokens(text):
        group = groups[-1]
        match kind:
            case "and" | "or":
                group.join(kind)
            case "modifier" if not group.modifier:
                group.modifier = value
            case "open" if len(groups) < MAX_DEPTH:
                groups.append(_Group())
            case "close" if len(groups) > 1:
                inner = groups.pop().close()
                groups[-1].add(*inner)
            case "slop" if before in ("term", "phrase", "noterm"):
                pass
            case "boost" if before in ("term", "phrase", "noterm", "range", "slop", "close"):
                pass
            case "term" | "phrase" | "range" | "noterm" if count < MAX_CLAUSES:
                count += 1
                group.add(*_clause(kind, value))
            case _:
                raise Unreadable
        before = kind
    if len(groups) > 1:
        raise Unreadable
    words, literals = groups[0].close()
    return TextSearch(words, tuple(sorted(literals)))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise BadRange if text[at] in "[{" else Unreadable
        at, kind, value = found.end(), found.lastgroup or "", found.group()
        if kind != "space":
            yield _KEYWORDS.get(value, kind) if kind == "term" else kind, value


def _clause(kind: str, value: str) -> tuple[Fits | None, set[str]]:
    if kind == "range":
        limits = _RANGE.fullmatch(value, 1, len(value) - 1)
        assert limits is not None  # noqa: S101 - so it was cut out
        low, high = (limit.strip('"').casefold() for limit in limits.groups())
        return partial(_within, low, high, value[0] == "["), set()
    if kind == "phrase":
        words = tuple(_WORD.findall(_plain(value[1:-1])))
        return (partial(_in_a_row, words) if words else None), set(words)
    patterns = _PATTERN.findall(_plain(value))
    tests = [
        partial(_matches, glob(part)) if _WILDCARD.search(part) else _Has(part) for part in patterns
    ]
    literals = {part for pattern in patterns for part in _WILDCARD.split(pattern) if part}
    if len(tests) < 2:
        return (tests[0] if tests else None), literals
    return partial(_combined, tests, [], []), literals


def _plain(text: str) -> str:
    return _ESCAPE.sub(" ", text).casefold()


def _matches(test: Test, words: Sequence[str]) -> bool:
    return any(map(test, words))


def _in_a_row(run: tuple[str, ...], words: Sequence[str]) -> bool:
    size = len(run)
    return any(tuple(words[at : at + size]) == run for at in range(len(words) - size + 1))


def _within(low: str, high: str, inclusive: bool, words: Sequence[str]) -> bool:
    for word in words:
        if (low == "*" or low < word) and (high == "*" or word < high):
            return True
        if inclusive and word in (low, high):
            return True
    return False
