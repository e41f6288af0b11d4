"""Selections: the fields of an issue that a request asks for."""

from __future__ import annotations

from collections.abc import Iterable

# What `*navigable`, the choice of a search that names no fields, leaves out.
_NOT_NAVIGABLE = frozenset({"comment", "attachment", "worklog", "timetracking"})


class Selection:
    """The field ids that a `fields` parameter names; without one, all of them.

    It may hold ids, `*all`, `*navigable`, `*none`, and ids to leave out: `-comment`.
    """

    def __init__(self, wanted: Iterable[str] | None) -> None:
        names = {name.strip() for name in wanted or ()} - {""}
        self._without = {name[1:] for name in names if name.startswith("-")}
        self._named = {name for name in names if not name.startswith("-")}
        self._all = not self._named or "*all" in self._named
        if not self._all and "*navigable" in self._named:
            self._all = True
            self._without |= _NOT_NAVIGABLE - self._named

    def __contains__(self, name: str) -> bool:
        return name not in self._without and (self._all or name in self._named)
