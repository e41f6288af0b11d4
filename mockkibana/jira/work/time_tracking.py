"""Time tracking: what an issue was estimated at, what is left of that, and what it took."""

from __future__ import annotations

from mockkibana.jira.work.durations import pretty, seconds
from mockkibana.json import Json
from mockkibana.store import Document

_MOST = 2**53 // 1000
BAD_ESTIMATE = {
    "originalEstimate": "The original estimate specified is not valid.",
    "remainingEstimate": "The remaining estimate specified is not valid.",
}
_STORED = {"originalEstimate": "timeoriginalestimate", "remainingEstimate": "timeestimate"}
_SPENT = "timespent"
_SHOWN = (*_STORED.items(), ("timeSpent", _SPENT))
_NOTHING: Document = {}
_NO_PROGRESS: Document = {"progress": 0, "total": 0}


class BadDuration(ValueError):
    """No span of time; the text is Jira's."""


def read(value: Json, stored: Document) -> Document:
    """Return what a `timetracking` changes of the stored fields: estimates, in seconds.

    Without a word about what remains that is the original estimate, until work is logged.
    Raises `BadDuration`.
    """
    if not isinstance(value, dict):
        raise BadDuration("data was not an object")
    changed: Document = {}
    for name, key in _STORED.items():
        if name in value:
            changed[key] = _estimate(value[name], BAD_ESTIMATE[name])
        elif isinstance(value.get(f"{name}Seconds"), int):
            changed[key] = _bounded(value[f"{name}Seconds"], BAD_ESTIMATE[name])
    original, remaining = _STORED.values()
    if original in changed and remaining not in changed and not stored.get(_SPENT):
        changed[remaining] = changed[original]
    return changed


def _estimate(value: Json, problem: str) -> int | None:
    if value is None or value == "":
        return None
    return span(value, problem)


def span(value: Json, problem: str) -> int:
    """Return a span in seconds, of a text or of a number of minutes. Raises `BadDuration`."""
    text = str(value) if type(value) is int else value
    found = seconds(text) if isinstance(text, str) else None
    if found is None:
        raise BadDuration(problem)
    return _bounded(int(found), problem)


def _bounded(number: int, problem: str) -> int:
    if isinstance(number, bool) or not 0 <= number <= _MOST:
        raise BadDuration(problem)
    return number


def show(fields: Document) -> Document:
    """Return the field `timetracking` of stored fields: what is known, in words and in seconds."""
    known = {name: number for name, key in _SHOWN if (number := fields.get(key)) is not None}
    if not known:
        return _NOTHING
    return {name: pretty(number) for name, number in known.items()} | {
        f"{name}Seconds": number for name, number in known.items()
    }


def progress(spent: int | None, remaining: int | None) -> Document:
    """Return how far work has come: what was spent of what it takes in all; shared."""
    done, total = spent or 0, (spent or 0) + (remaining or 0)
    if total == 0:
        return _NO_PROGRESS
    return {"progress": done, "total": total, "percent": 100 * done // total}


def ratio(fields: Document) -> int:
    """Return what was spent as percent of the estimate; -1 without one."""
    original, spent = fields.get("timeoriginalestimate"), fields.get(_SPENT)
    return -1 if not original else 100 * (spent or 0) // original
