"""The refusal of a mapping, as `MapperParsingException` words it, and of a date format."""

from __future__ import annotations

from typing import NoReturn

from mockkibana.elasticsearch.errors import ElasticsearchError, cause, mapper_parsing
from mockkibana.elasticsearch.json import java
from mockkibana.json import Json


class BadFormat(ValueError):
    """A date format is unknown; the text is Elasticsearch's."""


class Refused(Exception):
    """A mapping is refused; `type` is the exception that Elasticsearch wraps."""

    def __init__(self, reason: str, type: str = "mapper_parsing_exception") -> None:  # noqa: A002
        super().__init__(reason)
        self.reason = reason
        self.type = type

    def error(self) -> ElasticsearchError:
        """Return what is answered."""
        is_root = self.type == "mapper_parsing_exception"
        return mapper_parsing(
            f"Failed to parse mapping: {self.reason}",
            root=self.reason if is_root else None,
            caused_by=cause(self.type, self.reason),
        )


def refuse_argument(reason: str) -> NoReturn:
    """Refuse a mapping for an `illegal_argument_exception`."""
    raise Refused(reason, "illegal_argument_exception")


def integer(value: Json) -> int:
    """Return a number, or the text of one. Raises `Refused`."""
    try:
        return int(java.text(value))
    except ValueError:
        refuse_argument(f'For input string: "{java.text(value)}"')


def number(value: Json) -> float:
    """Return a double, or the text of one, infinity for what none can hold. Raises `Refused`."""
    try:
        return float(java.text(value))
    except ValueError:
        refuse_argument(f'For input string: "{java.text(value)}"')
