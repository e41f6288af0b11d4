"""What is wrong with the JSON of a request, and where: Elasticsearch's parsing errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from mockkibana.elasticsearch.errors import ElasticsearchError, Error, cause
from mockkibana.elasticsearch.json import bodies
from mockkibana.json import Json

Path = tuple[str | int, ...]
At = Literal["value", "key", "end"]

PARSING = "parsing_exception"
X_CONTENT = "x_content_parse_exception"
PARSE = "parse_exception"
ILLEGAL = "illegal_argument_exception"

# ElasticsearchException.guessRootCauses: from which exception to which cause it goes down.
_DESCENDS = {PARSING: (PARSING,), PARSE: (PARSE,), X_CONTENT: (PARSING, PARSE, X_CONTENT)}


@dataclass(eq=False)
class ParseError(Exception):
    """A value of a request is refused; where it stands is found once it is answered.

    `path` leads to the value, `at` says which end of it the parser has reached. `inner` is the
    error inside of this one, `caused_by` a cause without a place of its own. `{place}` in the
    reason becomes `line:column`. An error that `is_ours` is this mock's, not Elasticsearch's:
    nothing wraps it, so that it is read first.
    """

    type: str
    reason: str
    path: Path
    at: At = "value"
    inner: ParseError | None = None
    caused_by: Error | None = None
    is_ours: bool = False


def parsing(
    reason: str, path: Path, at: At = "value", *, caused_by: Error | None = None
) -> ParseError:
    """Return a `parsing_exception`: its place is in `line` and `col`."""
    return ParseError(PARSING, reason, path, at, caused_by=caused_by)


def parse(reason: str, path: Path, *, inner: ParseError | None = None) -> ParseError:
    """Return a `parse_exception`, which tells no place."""
    return ParseError(PARSE, reason, path, inner=inner)


def illegal(reason: str, path: Path = (), at: At = "value") -> ParseError:
    """Return an `illegal_argument_exception`."""
    return ParseError(ILLEGAL, reason, path, at)


def unsupported(what: str, path: Path = ()) -> ParseError:
    """Return the refusal of what Elasticsearch would do and this mock does not."""
    return ParseError(ILLEGAL, f"this mock does not support {what}", path, is_ours=True)


def x_content(reason: str, path: Path, at: At = "value") -> ParseError:
    """Return an `x_content_parse_exception`: its place is in front of the reason."""
    return ParseError(X_CONTENT, f"[{{place}}] {reason}", path, at)


@contextmanager
def within(parser: str, field: str) -> Iterator[None]:
    """Wrap errors as Elasticsearch's `ObjectParser` does: `[bool] failed to parse field [must]`."""
    try:
        yield
    except ParseError as error:
        if error.is_ours:
            raise
        reason = f"[{{place}}] [{parser}] failed to parse field [{field}]"
        raise ParseError(X_CONTENT, reason, error.path, error.at, inner=error) from error


def unknown_field(parser: str, name: str, path: Path) -> ParseError:
    """Return the error of a key that an `ObjectParser` does not know."""
    return x_content(f"[{parser}] unknown field [{name}]", (*path, name), "key")


def expect(value: Json, kinds: tuple[type, ...], name: str, path: Path) -> None:
    """Refuse a value of the wrong kind as the hand-written parsers of search bodies do."""
    if type(value) not in kinds:
        raise parsing(f"Unknown key for a {bodies.token_of(value)} in [{name}].", path)


def unknown_name(name: str, text: str, path: Path, at: At = "value") -> ParseError:
    """Return the error of a name that nothing is registered under; `text` says so."""
    inner = cause("named_object_not_found_exception", f"[{{place}}] unknown field [{name}]")
    return parsing(text, path, at, caused_by=inner)


@contextmanager
def located(raw: bytes, value: Json) -> Iterator[None]:
    """Turn a parse error that is raised within into the error that is answered.

    `raw` is the body, `value` what it says: the place of the error is looked for in them.
    """
    try:
        yield
    except ParseError as error:
        raise as_error(error, raw, value) from None


def as_error(error: ParseError, raw: bytes, value: Json) -> ElasticsearchError:
    """Return the error that is answered for a parse error; see `located`."""
    links = [error]
    while links[-1].inner is not None:
        links.append(links[-1].inner)
    errors = [_error(link, raw, value) for link in links]
    root = 0
    while root + 1 < len(links) and links[root + 1].type in _DESCENDS.get(links[root].type, ()):
        root += 1
    caused_by = links[-1].caused_by
    if caused_by is not None:
        reason = caused_by["reason"].replace("{place}", _place(links[-1], raw, value))
        caused_by = {**caused_by, "reason": reason}
    for inner in reversed(errors[1:]):
        caused_by = inner if caused_by is None else {**inner, "caused_by": caused_by}
    extra = {key: item for key, item in errors[0].items() if key not in ("type", "reason")}
    return ElasticsearchError(
        400,
        error.type,
        errors[0]["reason"],
        extra=extra,
        caused_by=caused_by,
        root_cause=errors[root],
    )


def _error(error: ParseError, raw: bytes, value: Json) -> Error:
    place = _place(error, raw, value)
    told: Error = cause(error.type, error.reason.replace("{place}", place))
    if error.type == PARSING:
        line, column = place.split(":")
        told.update(line=int(line), col=int(column))
    return told


def _place(error: ParseError, raw: bytes, value: Json) -> str:
    # Imported here, as most bodies are taken.
    from mockkibana.elasticsearch.json.positions import locate

    place = locate(raw, value, error.path)
    return {"value": place.start, "key": place.name, "end": place.last}[error.at]
