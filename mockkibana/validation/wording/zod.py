"""Sentences of refusals as zod makes them, the engine of the connector types' schemas from 9.3 on.

zod makes issues, of which Kibana prints the messages; `zod_3` and `zod_4` make the issues.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from mockkibana.javascript import stringify
from mockkibana.json import Json, Record
from mockkibana.settings.release import Release
from mockkibana.validation.failure import Failure
from mockkibana.validation.wording import zod_3, zod_4

_MOST_PROBLEMS = 5
_PLAIN_KEY = re.compile(r"[\w$]*", re.ASCII)


def sentence(failure: Failure, release: Release) -> str:
    """Return the message of a refusal."""
    return _SENTENCES[release.type_wording](_issues(failure, release))


def javascript_error(failure: Failure, release: Release) -> str:
    """Return a refusal as JavaScript prints the error: the issues as indented JSON."""
    return json.dumps(_issues(failure, release), indent=2, ensure_ascii=False)


def _issues(failure: Failure, release: Release) -> list[Record]:
    return list(_ISSUES[release.type_wording](failure, release))


def _compact(issues: list[Record]) -> str:
    """Return the problems of each field in a line, the first ones if they are many."""
    by_field: dict[tuple[str | int, ...], list[str]] = {(): []}
    for issue in issues:
        by_field.setdefault(tuple(issue["path"]), []).append(issue["message"])
    lines = by_field.pop(())
    for path, messages in by_field.items():
        if not any(path[:length] in by_field for length in range(1, len(path))):
            lines.append(f'Field "{".".join(map(str, path))}": {", ".join(messages)}')
    if len(lines) == 1:
        return lines[0]
    shown = [f" [{number}]: {line}" for number, line in enumerate(lines[:_MOST_PROBLEMS], 1)]
    if len(lines) > _MOST_PROBLEMS:
        shown.append(f" [{_MOST_PROBLEMS + 1}]: and {len(lines) - _MOST_PROBLEMS} more")
    return f"{len(lines)} errors:\n" + ";\n".join(shown)


def _pretty(issues: list[Record]) -> str:
    """Return a line for each problem and one for its place, the outermost ones first."""
    return "\n".join(map(_block, sorted(issues, key=lambda issue: len(issue["path"]))))


def _block(issue: Record) -> str:
    path = issue["path"]
    return f"✖ {issue['message']}" + (f"\n  → at {_place(path)}" if path else "")


def _place(path: list[Json]) -> str:
    place = ""
    for index, segment in enumerate(path):
        if isinstance(segment, int):
            place += f"[{segment}]"
        elif not _PLAIN_KEY.fullmatch(segment):
            place += f"[{stringify(segment)}]"
        else:
            place += f".{segment}" if index else segment
    return place


_ISSUES = {"zod 3": zod_3.issues, "zod 4": zod_4.issues}
_SENTENCES: dict[str, Callable[[list[Json]], str]] = {"zod 3": _compact, "zod 4": _pretty}
