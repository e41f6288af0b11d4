"""The files on issues, with their contents."""

from __future__ import annotations

import mimetypes
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mockkibana.jira.errors import JiraError, not_found
from mockkibana.jira.records import records
from mockkibana.jira.records.records import ATTACHMENTS, CONTENTS
from mockkibana.jira.records.trail import Trail, item
from mockkibana.jira.viewer import Viewer
from mockkibana.store import Document, Store, Transaction

LIMIT = 10 * 1024 * 1024
"""How many bytes a file may have; Jira's own limit, until an administrator sets another."""

Seen = Callable[[str, Viewer], Document]


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent: its name, its content, and what the sender says that it is."""

    name: str
    content: bytes
    mime_type: str | None = None


class Attachments:
    """The attachments of all issues; every change is one transaction, and updates the issue."""

    def __init__(self, store: Store, trail: Trail, seen: Seen) -> None:
        self._store = store
        self._trail = trail
        self._seen = seen

    def add(self, id_or_key: str, files: Iterable[File], viewer: Viewer) -> list[Document]:
        """Put files on an issue and return their records. Raises `JiraError`."""
        added = []
        with self._store.transaction() as transaction:
            issue = self._seen(id_or_key, viewer)
            for file in files:
                attachment, issue = self._add(transaction, issue, file, viewer)
                added.append(attachment)
        return added

    def _add(
        self, transaction: Transaction, issue: Document, file: File, viewer: Viewer
    ) -> tuple[Document, Document]:
        if len(file.content) > LIMIT:
            raise JiraError(
                413,
                messages=[
                    f"The file {file.name} exceeds its maximum permitted size of {LIMIT} bytes."
                ],
            )
        author, time, id_ = self._trail.begin(transaction, viewer, "attachment")
        attachment = records.attachment(
            id_,
            issue["id"],
            author,
            time,
            filename=file.name,
            size=len(file.content),
            mime_type=file.mime_type or _guessed(file.name),
        )
        issue = ATTACHMENTS.add(transaction, issue, attachment)
        transaction.put(CONTENTS, {id_: {"base64": b64encode(file.content).decode()}})
        change = item("Attachment", "attachment", after=(id_, file.name))
        return attachment, self._trail.mark(transaction, issue, author, time, [change])

    def get(self, id: str, viewer: Viewer) -> Document:  # noqa: A002
        """Return the record of a file on an issue that the viewer sees. Raises `JiraError` 404."""
        attachment = self._store.table(ATTACHMENTS.table).row(id)
        if attachment is None:
            raise not_found(f"The attachment with id '{id}' does not exist")
        self._seen(attachment["issue"], viewer)
        return attachment

    def content(self, id: str, viewer: Viewer) -> bytes:  # noqa: A002
        """Return what is in a file. Raises `JiraError` 404."""
        attachment = self.get(id, viewer)
        found = self._store.table(CONTENTS).row(attachment["id"])
        return b64decode(found["base64"]) if found else b""

    def delete(self, id: str, viewer: Viewer) -> None:  # noqa: A002
        """Remove a file. Raises `JiraError` 404."""
        with self._store.transaction() as transaction:
            attachment = self.get(id, viewer)
            author, time = self._trail.begin(transaction, viewer)
            issue = self._seen(attachment["issue"], viewer)
            issue = ATTACHMENTS.remove(transaction, issue, attachment)
            transaction.remove(ATTACHMENTS.table, [id])
            transaction.remove(CONTENTS, [id])
            change = item("Attachment", "attachment", before=(id, attachment["filename"]))
            self._trail.mark(transaction, issue, author, time, [change])


def _guessed(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
