"""Media types: which bodies Elasticsearch reads, and in which form it answers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mockkibana.elasticsearch.errors import ElasticsearchError, cause
from mockkibana.remembered import remembered

LENIENCIES = {
    "media-type-version": (
        "a real Elasticsearch 8.x answers 400 to compatible-with=9, which the clients of 9.x send"
    )
}

NEWEST = 9  # of all clients that there are

JSON = "application/json"
TEXT = "text/plain; charset=UTF-8"

_VENDORED = "application/vnd.elasticsearch+"
_READABLE = frozenset({"json", "x-ndjson"})
# Named on their own because Elasticsearch does: a body of these types is refused on every route.
_FORMS = frozenset({"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
_UNREADABLE_HERE = frozenset({"yaml", "cbor", "smile"})
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True, slots=True)
class MediaType:
    """A parsed media type: `name` in lower case, `version` is that of `compatible-with`."""

    text: str
    name: str
    version: int | None = None

    @property
    def format(self) -> str:
        """The format, vendored or not: `json`, `x-ndjson`, `yaml`, ...; else the whole name."""
        for prefix in (_VENDORED, "application/"):
            if self.name.startswith(prefix):
                return self.name.removeprefix(prefix)
        return self.name


def parse(header: str, text: str | None) -> MediaType | None:
    """Parse the value of a header (`Accept`, `Content-Type`); None when it was not sent.

    Of an `Accept` with several types the first that is vendored counts, then JSON, then the first.
    Raises `ElasticsearchError` (`media_type_header_exception`).
    """
    if text is None:
        return None
    if not text.strip():
        raise _refused(
            [header], cause("illegal_argument_exception", f"Header [{header}] cannot be empty.")
        )
    if header != "Accept":
        return _parse_one(header, text)
    offers = [_parse_one(header, offer) for offer in text.split(",") if offer.strip()]
    if not offers:
        return None
    return min(offers, key=lambda offer: (offer.version is None, offer.format != "json"))


def negotiate(
    accept: str | None,
    content_type: str | None,
    *,
    has_body: bool,
    current: int,
    newest: int,
) -> tuple[str, int]:
    """Return the content type of a JSON answer, and the version of the API that it is of.

    The type is the vendored form when `Accept` asks for it. A node of the version `current` takes
    that of before, too; this one takes all up to the `newest`. Raises `ElasticsearchError`
    (`media_type_header_exception`) for another version, and where only one of the two headers has
    one.
    """
    if accept is None and content_type is None:
        return JSON, current
    wanted, sent = parse("Accept", accept), parse("Content-Type", content_type)
    if not has_body:
        sent = None
    headers = ["Accept", "Content-Type"]
    for name, media_type in (("Accept", wanted), ("Content-Type", sent)):
        version = None if media_type is None else media_type.version
        if media_type and version is not None and not current - 1 <= version <= newest:
            reason = (
                f"{name} version must be either version {current} or {current - 1}, but found "
                f"{version}. {name}={media_type.text}"
            )
            raise _refused(headers, cause("status_exception", reason))
    versions = [media_type and media_type.version for media_type in (wanted, sent)]
    if has_body and versions[0] != versions[1]:
        rule = "if either one has requested a compatible version"
        if (versions[0] or current) != (versions[1] or current):
            rule += " and the compatible versions must match"
        reason = (
            f"A compatible version is required on both Content-Type and Accept headers {rule}. "
            f"Accept={accept or 'null'}, Content-Type={content_type or 'null'}"
        )
        raise _refused(headers, cause("status_exception", reason))
    if wanted and wanted.version is not None:
        return f"{_VENDORED}json;compatible-with={wanted.version}", wanted.version
    return JSON, current


def unsupported_body(content_type: str | None) -> str | None:
    """Return why a body of this type is refused with 406, or None when it is read."""
    if content_type is None:
        return "Content-Type header is missing"
    media_type = _parse_one("Content-Type", content_type)
    if media_type.name in _FORMS:
        return f"Content-Type header [{content_type}] is not supported"
    if media_type.format in _READABLE:
        return None
    if media_type.format in _UNREADABLE_HERE:
        return f"Content-Type header [{content_type}] is not supported by this mock. Use JSON"
    return f"Content-Type header [{content_type}] is not supported"


@remembered(32)
def _parse_one(header: str, text: str) -> MediaType:
    name, *rest = (part.strip() for part in text.split(";"))
    kinds = name.split("/")
    if len(kinds) != 2 or not all(map(_TOKEN.fullmatch, kinds)):
        raise _refused([header], _invalid(text))
    parameters = {}
    for part in filter(None, rest):
        key, equals, value = part.partition("=")
        if not equals or not _TOKEN.fullmatch(key):
            raise _refused([header], _invalid(text))
        parameters[key.lower()] = value.strip('"')
    version = None
    if name.lower().startswith(_VENDORED) and "compatible-with" in parameters:
        digits = parameters["compatible-with"]
        if not re.fullmatch(r"[0-9]{1,3}", digits):
            raise _refused([header], _invalid(text))
        version = int(digits)
    return MediaType(text.strip(), name.lower(), version)


def _invalid(text: str) -> dict[str, str]:
    return cause("illegal_argument_exception", f"invalid media-type [{text}]")


def _refused(headers: list[str], caused_by: dict[str, str]) -> ElasticsearchError:
    reason = f"Invalid media-type value on headers [{', '.join(headers)}]"
    return ElasticsearchError(400, "media_type_header_exception", reason, caused_by=caused_by)
