"""The fields of an issue that a request asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterable

# What `*navigable`, the choice of a search that names no fields, leaves out.
_NOT_NAVIGABLE = frozenset({"comment", "attachment", "worklog", "timetracking"})


class RequestedFields:
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
        self._named -= self._without

    def among(self, names: Collection[str]) -> Collection[str]:
        """Return those of the names that are asked for, in their order."""
        if self._all:
            return [name for name in names if name not in self._without] if self._without else names
        return [name for name in names if name in self._named]


EVERY_FIELD = RequestedFields(None)
"""What is asked for where nothing is said."""
