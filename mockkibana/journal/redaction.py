"""Redaction: replaces the secrets in what is shown of a record.

A secret is known by its name (a key, a header, a parameter), by its place (the user part of a URL,
what follows `Bearer`) or by its look (a JSON Web Token). What was found once is then redacted
wherever it turns up again.
"""

from __future__ import annotations

import marshal
import re
from base64 import b64decode
from collections.abc import Callable, Iterable
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from mockkibana.journal.scrubbing import LEAST, scrubber
from mockkibana.json import Json, Malformed, dumps, loads
from mockkibana.remembered import remembered

REDACTED = "[redacted]"
MARSHAL = 2
"""A version of `marshal` that writes each text whole, as UTF-8, and anew wherever it stands."""

_ANYWHERE = (
    r"passw(?:or)?[dt]|passphrase|api[ _-]?key|secret|credential|(?:private|access)[ _-]?key"
)
# Of AI models tokens are counted, which is no secret: `max_tokens`, `inputTokens`.
_COUNTED = "".join(
    f"(?<!{what})(?<!{what}_)"
    for what in ("max", "prompt", "completion", "input", "output", "total")
)
_AT_THE_END = rf"(?:{_COUNTED}token|authorization|cookie|pwd|jwt)s?|\bpass|\bencoded"
_NAME = re.compile(rf"{_ANYWHERE}|(?:{_AT_THE_END})$", re.IGNORECASE)
_HARMLESS = frozenset(("nextpagetoken", "x-atlassian-token"))

# In text: a name, perhaps the end of its quotes, and what stands before its value.
_LABELLED = rf"(?P<name>(?:{_ANYWHERE})[\w-]{{0,40}}|(?:{_AT_THE_END}))(?P<quote>\\*[\"'])?"
_LABEL = re.compile(rf"{_LABELLED}(?P<gap>\s*[:=]\s*)", re.IGNORECASE)
# In what was meant to be JSON: a colon may be missing, stand twice, or be something else.
_NO_VALUE = r"[^\w\"'\\{\[]*"
_BROKEN_LABEL = re.compile(
    rf"{_LABELLED}(?P<gap>\s*[:=]{_NO_VALUE}|[\s\\]+(?=[\"'{{\[])|(?<=[\"']){_NO_VALUE})",
    re.IGNORECASE,
)
# The same of a header in a list of pairs: its value may stand on either side.
_PAIR = re.compile(
    rf"(?:key|name)\\*+[\"']?[\s:=,>]*+\\*+[\"'][\w-]{{0,40}}(?:{_ANYWHERE}|(?:{_AT_THE_END}))[\w-]{{0,40}}\\*[\"']",
    re.IGNORECASE,
)
_STRING = {
    '"': re.compile(r'"(?:\\.|[^"\\])*(?:"(?=\s*(?:[,}\]);]|\Z))|\Z)', re.DOTALL),
    "'": re.compile(r"'(?:\\.|[^'\\])*(?:'(?=\s*(?:[,}\]);]|\Z))|\Z)", re.DOTALL),
}
_WORD = re.compile(r"[^&\s]*")
_LINE = re.compile(r"[^\r\n]*")
_USER = re.compile(r'(?<=://)[^/?#\s"<>]*(?=@)')
_SCHEME = re.compile(r"\b(Basic|Bearer|ApiKey)\s+([\w+/=.~-]{16,})", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(?:Basic|Bearer|ApiKey)\s+(.+)", re.IGNORECASE | re.DOTALL)
# `user:password` without its host, where a text was cut; `host:5601` is none.
_CUT_USER = re.compile(r'(?<=://)[^/?#\s"<>@:]*:(?!\d{0,5}\Z)[^/?#\s"<>@]*\Z')
_CUT = re.compile(r'(?:(?<=://)[^/?#\s"<>@]*|\b(?:Basic|Bearer|ApiKey)\s+\S*)\Z', re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*")
_PROMISING = re.compile(
    rf"{_ANYWHERE}|{_AT_THE_END}|://|Basic|Bearer|ApiKey|eyJ|\\u00", re.IGNORECASE
)
_ASCII_ESCAPE = re.compile(r"\\u00([2-7][0-9a-f])", re.IGNORECASE)


@remembered(4096)
def is_secret(name: str) -> bool:
    """Tell whether a value of this name is a secret: `apiToken`, `x-api-key`, `password`."""
    return _NAME.search(name) is not None and name.lower() not in _HARMLESS


class Redaction:
    """The redaction of one record: redact all of its parts, then `scrub` the whole."""

    def __init__(self) -> None:
        self._found: set[str] = set()

    def copy(self) -> Redaction:
        """Return one that remembers the same so far."""
        made = Redaction()
        made._found |= self._found
        return made

    def learn(self, secrets: Json) -> None:
        """Remember the values of an object of secrets, for `scrub`."""
        for value in secrets.values() if isinstance(secrets, dict) else (secrets,):
            if isinstance(value, str):
                self._mask(value)
            elif value is not None:
                self._masked(value)

    def value(self, value: Json) -> Json:
        """Return a JSON value without its secrets; objects of secrets keep their keys."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if not isinstance(value, dict):
            return value
        # Headers and parameters are also written as lists of such pairs.
        name = value.get("name", value.get("key"))
        pair = isinstance(name, str) and is_secret(name)
        return {
            self.text(key): self._masked(item)
            if is_secret(key) or (pair and key == "value")
            else self.value(item)
            for key, item in value.items()
        }

    def named(self, name: str, text: str) -> str:
        """Return the text that stands under a name: of a header, or of a parameter."""
        return self._mask(text) if is_secret(name) else self.text(text)

    def text(self, text: str) -> str:
        """Return a text without its secrets: JSON, a line of JSON each, or anything else."""
        redacted, found = _redacted(text)
        self._found |= found
        return redacted

    def _redacted(self, text: str) -> str:
        if not _PROMISING.search(text):
            return text
        label = _LABEL
        if text.lstrip()[:1] in ("{", "[", '"'):
            try:
                values = [(text, loads(text, finite=True))]
            except Malformed:
                values = _json_lines(text)
            if values:
                return "\n".join(self._rewritten(part, value) for part, value in values)
            label = _BROKEN_LABEL
        return self._labelled(_ASCII_ESCAPE.sub(lambda code: chr(int(code[1], 16)), text), label)

    def beginning(self, text: str) -> str:
        """Return the beginning of a longer text; a secret may be cut at its end."""
        return _CUT.sub(REDACTED, self.text(text))

    def form(self, text: str) -> str:
        """Return a query, or a body of type `application/x-www-form-urlencoded`.

        curl says that of any body, JSON too.
        """
        if text.lstrip()[:1] in ("{", "["):
            return self.text(text)
        return "&".join(self._parameter(part) for part in text.split("&"))

    def scrub(self, record: Json) -> Json:
        """Return a record of redacted parts without the secrets that any of them held."""
        try:
            texts = marshal.dumps(record, MARSHAL)
        except ValueError:  # what is no JSON is looked through
            texts = None
        if texts is not None and not self.is_in(texts):
            return record
        found = {form for secret in self._found for form in _spellings(secret)}
        return _replaced(record, scrubber(found, REDACTED)) if found else record

    def is_in(self, texts: bytes) -> bool:
        """Tell at a glance whether a secret may be in a record, as `marshal` writes its texts."""
        return any(form in texts for secret in self._found for form in _marshalled(secret))

    def _rewritten(self, text: str, value: Json) -> str:
        redacted = self.value(value)
        return text if redacted == value else dumps(redacted)

    def _masked(self, value: Json) -> Json:
        if isinstance(value, dict):
            return {key: self._masked(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._masked(item) for item in value]
        # Whether there is one is no secret.
        return value if value is None or isinstance(value, bool) else self._mask(str(value))

    def _mask(self, secret: str) -> str:
        if not secret:
            return secret
        self._found.add(secret)
        if credentials := _CREDENTIALS.fullmatch(secret):
            self._found.add(credentials[1])
            self._found.update(_password(credentials[1]))
        return REDACTED

    def _labelled(self, text: str, pattern: re.Pattern[str]) -> str:
        if _PAIR.search(text):
            return REDACTED
        text = _CUT_USER.sub(REDACTED, _USER.sub(self._user, text))
        text = _SCHEME.sub(lambda match: f"{match[1]} {self._mask(match[2])}", text)
        text = _JWT.sub(lambda match: self._mask(match[0]), text)
        parts, at = [], 0
        while label := pattern.search(text, at):
            parts.append(text[at : label.end()])
            at = _end_of_value(text, label)
            if secret := text[label.end() : at]:
                self._mask(secret.strip("\"'"))
                parts.append(REDACTED)
        return "".join((*parts, text[at:]))

    def _user(self, match: re.Match[str]) -> str:
        password = match[0].partition(":")[2]
        self._found.update((password, unquote(password)))
        return REDACTED

    def _parameter(self, part: str) -> str:
        name, sign, value = part.partition("=")
        decoded = unquote_plus(value)
        if is_secret(unquote_plus(name)):
            return f"{self.text(name)}{sign}{self._mask(decoded)}"
        if self.text(decoded) != decoded:
            return f"{name}{sign}{quote_plus(self.text(decoded))}"
        return self.text(part)


@remembered(4096)
def _redacted(text: str) -> tuple[str, frozenset[str]]:
    """Return a text without its secrets, and these; most texts come more than once."""
    redaction = Redaction()
    return redaction._redacted(text), frozenset(redaction._found)


def _end_of_value(text: str, label: re.Match[str]) -> int:
    """Return the end of the value behind a label; in doubt a later one, so that no secret stays."""
    at = label.end()
    is_broken = label["gap"].strip() not in (":", "=")
    if label["quote"] is None and not is_broken:
        # Kibana's `error validating connector type secrets: ...` is about them, and holds none.
        if label["name"].lower() == "secrets":
            return at
        if label["gap"].strip() == "=" and text[at : at + 1] not in _STRING:
            return _span(_WORD, text, at)
    elif text[at : at + 1] in ("{", "[", "\\"):
        return len(text)
    if string := _STRING.get(text[at : at + 1]):
        return _span(string, text, at) if string.match(text, at) else len(text)
    return _span(_LINE, text, at)


def _span(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _json_lines(text: str) -> list[tuple[str, Json]]:
    """Return the lines of NDJSON and their values; an empty result if one line is not JSON."""
    try:
        return [
            (line, loads(line, finite=True) if line.strip() else None) for line in text.split("\n")
        ]
    except Malformed:
        return []


def _password(credentials: str) -> Iterable[str]:
    try:
        return [b64decode(credentials, validate=True).decode().partition(":")[2]]
    except ValueError:
        return []


@remembered(4096)
def _spellings(secret: str) -> tuple[str, ...]:
    """Return how a secret is written in text, in JSON and in a URL; nothing for a mere word."""
    # Shorter ones are left where only their value tells them: `admin` is a word of many texts.
    if len(secret) < LEAST or _NAME.fullmatch(secret) or secret == REDACTED:
        return ()
    return (
        secret,
        dumps(secret)[1:-1],
        quote(secret, safe="", errors="replace"),
        quote(secret, errors="replace"),
        quote_plus(secret, errors="replace"),
    )


@remembered(4096)
def _marshalled(secret: str) -> tuple[bytes, ...]:
    return tuple({form.encode("utf-8", "surrogatepass") for form in _spellings(secret)})


def _replaced(value: Json, scrub: Callable[[str], str]) -> Json:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, list):
        return [_replaced(item, scrub) for item in value]
    if isinstance(value, dict):
        return {scrub(key): _replaced(item, scrub) for key, item in value.items()}
    return value
