"""Links between issues."""

from __future__ import annotations

from collections.abc import Callable

from mockkibana.jira.errors import BAD_PAYLOAD, bad_request, not_found
from mockkibana.jira.links.link_types import link_type
from mockkibana.jira.records import records
from mockkibana.jira.records.records import ISSUES, LINKS, without_link
from mockkibana.jira.records.trail import Trail, item
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json
from mockkibana.store import Document, Store, Transaction

Seen = Callable[[str, Viewer], Document]
FIELD = "issuelinks"


class Links:
    """The links of the site. A link has a type and two ends: `inward` blocks, say, `outward`.

    Every change is one transaction, and both issues tell of it in their histories.
    """

    def __init__(self, store: Store, trail: Trail, seen: Seen) -> None:
        self._store = store
        self._trail = trail
        self._seen = seen

    def get(self, id: str, viewer: Viewer) -> Document:  # noqa: A002
        """Return the record of a link between two issues that the viewer sees.

        Raises `JiraError` 404.
        """
        link = self._store.table(LINKS).row(id)
        if link is None:
            raise not_found(f"No issue link with id '{id}' exists.")
        for end in ("inward", "outward"):
            self._seen(link[end], viewer)
        return link

    def create(self, body: Json, viewer: Viewer) -> Document:
        """Link the two issues that a body names; return the inward one. Raises `JiraError`."""
        if not isinstance(body, dict):
            raise bad_request(BAD_PAYLOAD)
        with self._store.transaction() as transaction:
            kind = link_type(body.get("type"), self._store)
            inward = self._seen(_named(body.get("inwardIssue")), viewer)
            outward = self._seen(_named(body.get("outwardIssue")), viewer)
            self._join(transaction, kind, inward, outward, viewer)
        return inward

    def write(
        self, transaction: Transaction, issue: Document, body: Json, viewer: Viewer
    ) -> Document:
        """Link an issue with the one that `body` names; return what it becomes.

        That is what an edit's `{"issuelinks": [{"add": body}]}` asks for. Raises `JiraError`.
        """
        if not isinstance(body, dict):
            raise bad_request(BAD_PAYLOAD)
        kind = link_type(body.get("type"), self._store)
        if body.get("outwardIssue") is not None:
            ends = issue, self._seen(_named(body["outwardIssue"]), viewer)
        else:
            ends = self._seen(_named(body.get("inwardIssue")), viewer), issue
        self._join(transaction, kind, *ends, viewer)
        linked = transaction.get(ISSUES, issue["id"])
        assert linked is not None  # noqa: S101 - it was stored before
        return linked

    def _join(
        self,
        transaction: Transaction,
        kind: Document,
        inward: Document,
        outward: Document,
        viewer: Viewer,
    ) -> None:
        if inward["id"] == outward["id"]:
            raise bad_request("You cannot link an issue to itself.")
        for id_ in records.links(inward):
            known = transaction.get(LINKS, id_)
            if known and known == records.link(id_, kind["id"], inward["id"], outward["id"]):
                return  # it is there already, which is no problem to Jira
        id_ = self._trail.take(transaction, "link")
        link = records.link(id_, kind["id"], inward["id"], outward["id"])
        transaction.put(LINKS, {id_: link})
        for mine, other, told in ends(kind, inward, outward):
            current = transaction.get(ISSUES, mine["id"]) or mine
            linked = {**current, "links": [*records.links(current), id_]}
            change = item("Link", FIELD, after=(other["key"], f"This issue {told} {other['key']}"))
            author, time = self._trail.begin(transaction, viewer)  # no two updates share a time
            self._trail.mark(transaction, linked, author, time, [change])

    def delete(self, id: str, viewer: Viewer) -> None:  # noqa: A002
        """Remove a link. Raises `JiraError` 404."""
        with self._store.transaction() as transaction:
            link = self.get(id, viewer)
            inward = self._seen(link["inward"], viewer)
            outward = self._seen(link["outward"], viewer)
            for mine, other, told in ends(
                link_type({"id": link["type"]}, self._store), inward, outward
            ):
                text = f"This issue {told} {other['key']}"
                author, time = self._trail.begin(transaction, viewer)
                change = item("Link", FIELD, before=(other["key"], text))
                self._trail.mark(transaction, without_link(mine, id), author, time, [change])
            transaction.remove(LINKS, [id])

    def forget(self, transaction: Transaction, issue: Document) -> None:
        """Remove the links of an issue that goes; what they lead to is no longer linked."""
        for id_ in records.links(issue):
            link = transaction.get(LINKS, id_)
            if link is None:
                continue
            other = link["outward"] if link["inward"] == issue["id"] else link["inward"]
            if (left := transaction.get(ISSUES, other)) is not None:
                transaction.put(ISSUES, {other: without_link(left, id_)})
            transaction.remove(LINKS, [id_])


def ends(
    kind: Document, inward: Document, outward: Document
) -> tuple[tuple[Document, Document, str], tuple[Document, Document, str]]:
    """Return both issues of a link, each with the other and with what it does to it."""
    return (inward, outward, kind["outward"]), (outward, inward, kind["inward"])


def _named(value: Json) -> str:
    """Return the key or the id in a body's `{"key": "CK-1"}`; no issue has an empty one."""
    if not isinstance(value, dict):
        raise bad_request(BAD_PAYLOAD)
    return str(value.get("key") or value.get("id") or "")
