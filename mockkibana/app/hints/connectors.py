"""What connectors and connector types there are, near the one that a request named in vain."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from mockkibana.kibana.caller import Caller
from mockkibana.kibana.connectors import SAVED
from mockkibana.world import World

_CLOSE = 0.7
_LONGEST = 200  # of a text that is compared with others, which takes time by its square
_SHOWN = 5
_SHOWN_OF_NAME = 60


def nearest_connector(id_: str, space: str, world: World) -> str | None:
    """Return which connector was probably meant by an id that a space does not have."""
    record = world.store.table(SAVED).row(id_)
    if record is not None and record["space"] != space:
        return f"connector exists in space `{record['space']}`"
    names = {each["id"]: each["name"] for each in world.connectors.get_all(Caller(space))}
    if id_ in names:
        return None
    if called := [other for other, name in names.items() if name == id_]:
        return f"`{id_}` is the name of a connector, its id is `{called[0]}`"
    if near := _nearest(id_, names):
        return f"did you mean the connector `{near}`?"
    if near := _nearest(id_, names.values()):
        other = next(other for other, name in names.items() if name == near)
        return f"did you mean the connector `{other}`, whose name is {near!r}?"
    if not names:
        return f"there is no connector in space `{space}`"
    return f"in space `{space}` there are " + _some(
        f"`{i}` ({names[i][:_SHOWN_OF_NAME]!r})" for i in names
    )


def nearest_type(id_: str, world: World) -> str:
    """Return which connector type was probably meant by an id that is not registered, or why."""
    if text := world.connector_types.why_absent(id_, world.settings.release):
        return text
    ids = [each["id"] for each in world.connectors.list_types()]
    if f".{id_}" in ids:
        return f"did you mean `.{id_}`? The id of a type begins with a dot"
    if near := _nearest(id_.lower(), ids):
        return f"did you mean `{near}`?"
    # What was left out is probably what is missing.
    told = [f"{text}." for text in world.connector_types.refused]
    return " ".join((*told, "registered are " + ", ".join(f"`{each}`" for each in ids)))


def _nearest(text: str, others: Iterable[str]) -> str | None:
    if len(text) > _LONGEST:
        return None
    short = [other for other in others if len(other) <= _LONGEST]
    return next(iter(get_close_matches(text, short, 1, _CLOSE)), None)


def _some(found: Iterable[str]) -> str:
    texts = list(found)
    more = len(texts) - _SHOWN
    return ", ".join(texts[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
