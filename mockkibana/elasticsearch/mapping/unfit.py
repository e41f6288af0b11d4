"""A value that a field does not take, and Java's ways to read one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from mockkibana.elasticsearch.errors import Error, cause
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.json.positions import Step

Definition = dict[str, Json]
Check = Callable[[Json], None]
Frame = Literal["preview", "alone", "bare"]


class Unfit(Exception):
    """A field does not take a value: what becomes the `caused_by` of the error.

    `place` says where the text names the position of the value: nowhere, before the reason as
    `[line:column]` (of what follows the value's token), or behind it as ` at line:column`.

    `frame` is what is put around it: the field with a `preview` of its value, which `FieldMapper`
    makes; the field `alone`; or nothing (`bare`) where the type's own parser lets it through.
    `path` leads from the value to where the parser has stopped, `at_end` behind all of it.
    """

    def __init__(
        self,
        type: str,  # noqa: A002
        reason: str,
        *,
        place: Literal["", "before", "behind"] = "",
        caused_by: Error | None = None,
        frame: Frame = "preview",
        path: tuple[Step, ...] = (),
        at_end: bool = False,
    ) -> None:
        super().__init__(reason)
        self.type = type
        self.reason = reason
        self.place = place
        self.caused_by = caused_by
        self.frame = frame
        self.path = path
        self.at_end = at_end


def illegal(reason: str, caused_by: Error | None = None) -> Unfit:
    """Return an `illegal_argument_exception`."""
    return Unfit("illegal_argument_exception", reason, caused_by=caused_by)


def token(value: Json) -> str:
    """Return Jackson's name of the token that a value begins with."""
    if value is None:
        return "VALUE_NULL"
    if isinstance(value, bool):
        return "VALUE_TRUE" if value else "VALUE_FALSE"
    names: dict[type, str] = {
        str: "VALUE_STRING",
        int: "VALUE_NUMBER_INT",
        float: "VALUE_NUMBER_FLOAT",
        dict: "START_OBJECT",
        list: "START_ARRAY",
    }
    return names[type(value)]


def text_of(value: Json) -> str:
    """Return what `XContentParser.text()` gives."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        reason = f"Can't get text on a {token(value)}"
        raise Unfit("illegal_state_exception", reason, place="behind")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def not_numeric(value: Json) -> Unfit:
    """Return the error of a value that is to be a number and is none."""
    return wrong_token(
        f"Current token ({token(value)}) not numeric, can not use numeric value accessors"
    )


def wrong_token(reason: str) -> Unfit:
    """Return the error of Jackson, whose words these are; its own text has more, on its input."""
    inner = cause("json_parse_exception", reason)
    return Unfit("x_content_parse_exception", reason, place="before", caused_by=inner)
