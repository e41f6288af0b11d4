"""Worklogs: work done on issues, which changes what is left of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from mockkibana.jira.errors import BAD_PAYLOAD, JiraError, bad_request, not_found, refused
from mockkibana.jira.projects import timestamps
from mockkibana.jira.records import records
from mockkibana.jira.records.records import WORKLOGS
from mockkibana.jira.records.trail import Trail, item
from mockkibana.jira.viewer import Viewer
from mockkibana.jira.work.time_tracking import BadDuration, span
from mockkibana.json import Json
from mockkibana.store import Document, Store, Transaction

_NO_TIME = "You must indicate the time spent working on the issue."
_BAD_TIME = "Invalid time duration entered."
_ADJUSTMENTS = ("auto", "leave", "new", "manual")

Seen = Callable[[str, Viewer], Document]
RichText = Callable[[Json, Viewer], str | None]
Visibility = Callable[[dict[str, Json]], Json]


class Adjustment(NamedTuple):
    """What logging does to the estimate: `by` is `auto`, `leave`, `new` or `manual`; seconds."""

    by: str = "auto"
    seconds: int = 0


AUTOMATIC = Adjustment()


class Entry(NamedTuple):
    """What a body says of work: None for what it leaves out."""

    seconds: int | None
    started: str | None
    comment: str | None
    visibility: Json


def adjustment(query: Mapping[str, str], manual: str) -> Adjustment:
    """Read `adjustEstimate` and what belongs to it; `manual` names the parameter of that way.

    Raises `JiraError` 400.
    """
    by = query.get("adjustEstimate") or "auto"
    if by not in _ADJUSTMENTS:  # Guess: Jira's sentence
        raise refused("adjustEstimate", f"'{by}' is not a way to adjust the estimate.")
    name = {"new": "newEstimate", "manual": manual}.get(by)
    if name is None:
        return Adjustment(by)
    try:
        return Adjustment(by, span(query.get(name), _BAD_TIME))
    except BadDuration as problem:
        raise refused(name, str(problem)) from None


class Worklogs:
    """The worklogs of all issues; every change is one transaction, and updates the issue."""

    def __init__(
        self, store: Store, trail: Trail, seen: Seen, rich: RichText, visibility: Visibility
    ) -> None:
        self._store = store
        self._trail = trail
        self._seen = seen
        self._rich = rich
        self._visibility = visibility

    def of(self, issue: Document) -> list[Document]:
        """Return the records of an issue's worklogs, oldest first."""
        return WORKLOGS.members(self._store, issue)

    def get(self, id_or_key: str, worklog_id: str, viewer: Viewer) -> Document:
        """Return the record of a worklog. Raises `JiraError` 404."""
        issue = self._seen(id_or_key, viewer)
        worklog = self._store.table(WORKLOGS.table).row(worklog_id)
        if worklog is None or worklog["issue"] != issue["id"]:
            raise not_found(f"Cannot find worklog with id: '{worklog_id}'.")
        return worklog

    def add(
        self, id_or_key: str, body: Json, viewer: Viewer, adjust: Adjustment = AUTOMATIC
    ) -> Document:
        """Log work and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            issue = self._seen(id_or_key, viewer)
            author, time, id_ = self._trail.begin(transaction, viewer, "worklog")
            issue = self.write(transaction, issue, body, viewer, (author, time, id_), adjust)
            worklog = transaction.get(WORKLOGS.table, id_)
        assert worklog is not None  # noqa: S101 - it was written above
        return worklog

    def write(
        self,
        transaction: Transaction,
        issue: Document,
        body: Json,
        viewer: Viewer,
        made: tuple[str, ...],
        adjust: Adjustment = AUTOMATIC,
    ) -> Document:
        """Log work within a transaction; `made` are author, time and id. Returns the issue."""
        author, time, id_ = made
        entry = self._entry(body, viewer)
        if entry.seconds is None or entry.seconds <= 0:
            raise refused("timeLogged", _NO_TIME)
        worklog = records.worklog(
            id_,
            issue["id"],
            author,
            time,
            started=entry.started or time,
            seconds=entry.seconds,
            comment=entry.comment,
            visibility=entry.visibility,
        )
        issue = WORKLOGS.add(transaction, issue, worklog)
        return self._spend(transaction, issue, entry.seconds, adjust, author, time)

    def edit(
        self,
        id_or_key: str,
        worklog_id: str,
        body: Json,
        viewer: Viewer,
        adjust: Adjustment = AUTOMATIC,
    ) -> Document:
        """Change a worklog and return its record. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            before = self.get(id_or_key, worklog_id, viewer)
            issue = self._seen(id_or_key, viewer)
            author, time = self._trail.begin(transaction, viewer)
            entry = self._entry(body, viewer, before)
            if entry.seconds is not None and entry.seconds <= 0:
                raise refused("timeLogged", _NO_TIME)
            spent = before["timeSpentSeconds"] if entry.seconds is None else entry.seconds
            worklog = {
                **before,
                "updateAuthor": author,
                "updated": time,
                "started": entry.started or before["started"],
                "comment": before["comment"] if "comment" not in body else entry.comment,
                "timeSpentSeconds": spent,
                "visibility": entry.visibility,
            }
            transaction.put(WORKLOGS.table, {worklog_id: worklog})
            more = spent - before["timeSpentSeconds"]
            self._spend(transaction, issue, more, adjust, author, time)
        return worklog

    def delete(
        self, id_or_key: str, worklog_id: str, viewer: Viewer, adjust: Adjustment = AUTOMATIC
    ) -> None:
        """Remove a worklog. Raises `JiraError`."""
        with self._store.transaction() as transaction:
            worklog = self.get(id_or_key, worklog_id, viewer)
            author, time = self._trail.begin(transaction, viewer)
            issue = WORKLOGS.remove(transaction, self._seen(id_or_key, viewer), worklog)
            transaction.remove(WORKLOGS.table, [worklog_id])
            less = -worklog["timeSpentSeconds"]
            if adjust.by == "manual":  # which here says how much the estimate grows
                adjust = Adjustment("manual", -adjust.seconds)
            self._spend(transaction, issue, less, adjust, author, time)

    def _entry(self, body: Json, viewer: Viewer, before: Document | None = None) -> Entry:
        if not isinstance(body, dict):
            raise bad_request(BAD_PAYLOAD)
        seconds, errors = None, {}
        try:
            if body.get("timeSpent") not in (None, ""):
                seconds = span(body["timeSpent"], _BAD_TIME)
            elif body.get("timeSpentSeconds") is not None:
                given = body["timeSpentSeconds"]
                if type(given) is not int or not 0 <= given < 10**12:
                    raise BadDuration(_BAD_TIME)
                seconds = given
        except BadDuration as problem:
            errors["timeLogged"] = str(problem)
        started = None
        if body.get("started") is not None:
            try:
                milliseconds = timestamps.to_milliseconds(body["started"])
                started = timestamps.from_milliseconds(milliseconds)
            except (TypeError, ValueError, OverflowError):
                # Guess: after the sentence on times of custom fields.
                errors["started"] = f"Error parsing time: {body['started']}"
        if errors:
            raise JiraError(400, errors=errors)
        comment = self._rich(body["comment"], viewer) if body.get("comment") else None
        known = {} if before is None else {"visibility": before["visibility"]}
        return Entry(seconds, started, comment, self._visibility({**known, **body}))

    def _spend(
        self,
        transaction: Transaction,
        issue: Document,
        seconds: int,
        adjust: Adjustment,
        author: str,
        time: str,
    ) -> Document:
        """Store an issue on which more was spent, or less, and what that leaves to do."""
        fields = issue["fields"]
        spent, remaining = fields.get("timespent"), fields.get("timeestimate")
        after = {
            "timespent": max((spent or 0) + seconds, 0),
            "timeestimate": _remaining(remaining, seconds, adjust),
        }
        items = [
            item(name, name, _told(before), _told(after[name]))
            for name, before in (("timeestimate", remaining), ("timespent", spent))
            if after[name] != before
        ]
        issue = {**issue, "fields": {**fields, **after}}
        return self._trail.mark(transaction, issue, author, time, items)


def _remaining(before: int | None, spent: int, adjust: Adjustment) -> int | None:
    if adjust.by == "leave":
        return before
    if adjust.by == "new":
        return adjust.seconds
    less = adjust.seconds if adjust.by == "manual" else spent
    return max((before or 0) - less, 0)


def _told(seconds: int | None) -> tuple[str | None, str | None]:
    text = None if seconds is None else str(seconds)
    return text, text
