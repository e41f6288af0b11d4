"""Groups of users: two that every site has, and those that are made."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

from mockkibana.data import data
from mockkibana.jira.errors import JiraError, bad_request, not_found
from mockkibana.jira.people.users import Users, show
from mockkibana.jira.viewer import Viewer
from mockkibana.store import Document, Store, Transaction

TABLE = "jira:groups"
ADMINISTRATORS = "jira-administrators"
EVERYBODY = "jira-software-users"


@cache
def _shipped() -> dict[str, Document]:
    return {row["name"]: row for row in data("jira")["groups"]}


class Groups:
    """The groups of the site, by name.

    Until somebody changes its members, everybody is in either of the two groups that are there
    from the start: a test need not set up who may do what.
    """

    def __init__(self, store: Store, users: Users) -> None:
        self._store = store
        self._users = users

    def all(self) -> list[Document]:
        """Return the records, by name; without `users` a group is everybody."""
        known = {**_shipped(), **self._store.table(TABLE).rows()}
        return sorted(known.values(), key=lambda row: row["name"])

    @property
    def any_made(self) -> bool:
        """Whether a group was made, or one has other members than at first."""
        return len(self._store.table(TABLE)) > 0

    def find(self, name: str) -> Document | None:
        """Return the record of that name or id, or None."""
        found = self._store.table(TABLE).row(name) or _shipped().get(name)
        return found or next((row for row in self.all() if row["groupId"] == name), None)

    def members(self, group: Document) -> list[Document]:
        """Return the users in a group."""
        if "users" not in group:
            return self._users.all()
        return [user for id_ in group["users"] if (user := self._users.get(id_)) is not None]

    def has(self, group: Document, account_id: str) -> bool:
        """Tell whether a user is in a group."""
        return account_id in group.get("users", (account_id,))

    def of(self, account_id: str) -> list[str]:
        """Return the names of the groups that a user is in."""
        return [group["name"] for group in self.all() if self.has(group, account_id)]

    def seen(self, name: str) -> Document:
        """Return the record. Raises `JiraError` 404."""
        group = self.find(name)
        if group is None:
            raise not_found(f"Group '{name}' does not exist.")
        return group

    def create(self, name: str) -> Document:
        """Make a group and return its record. Raises `JiraError` 400."""
        if not name.strip():
            raise bad_request("Group name must be specified.")
        if self.find(name) is not None:
            raise bad_request(f"Group with name '{name}' already exists.")
        with self._store.transaction() as transaction:
            return self.put(transaction, name, [])

    def put(self, transaction: Transaction, name: str, users: list[str]) -> Document:
        """Put a group with those account ids into the store and return its record."""
        known = self.find(name)
        digits = sha256(name.encode(errors="surrogatepass")).hexdigest()
        made = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
        group = {
            "name": name,
            "groupId": known["groupId"] if known else made,
            "users": list(dict.fromkeys(users)),
        }
        transaction.put(TABLE, {name: group})
        return group

    def delete(self, name: str) -> None:
        """Remove a group. Raises `JiraError`."""
        group = self.seen(name)
        if group["name"] in _shipped():
            # Guess: Jira keeps no group that gives access to itself from being removed, and then
            # nobody can log in.
            raise bad_request(f"The group '{group['name']}' gives access to Jira.")
        with self._store.transaction() as transaction:
            transaction.remove(TABLE, [group["name"]])

    def add(self, name: str, user: str) -> Document:
        """Put a user into a group and return its record. Raises `JiraError`."""
        group, account_id = self.seen(name), self._account(user)
        # Who was in it because everybody was stays in it: the new member is one of them.
        if "users" in group:
            with self._store.transaction() as transaction:
                if account_id in group["users"]:
                    raise bad_request(
                        f"Cannot add user '{user}', user is already a member of '{name}'"
                    )
                group = self.put(transaction, group["name"], [*group["users"], account_id])
        return group

    def remove(self, name: str, user: str) -> None:
        """Take a user out of a group. Raises `JiraError`."""
        group, account_id = self.seen(name), self._account(user)
        members = [member["accountId"] for member in self.members(group)]
        if account_id not in members:
            raise bad_request(
                f"Cannot remove user '{user}' from group '{name}' since user is not a member of "
                f"'{name}'"
            )
        members.remove(account_id)
        with self._store.transaction() as transaction:
            self.put(transaction, group["name"], members)

    def _account(self, user: str) -> str:
        found = self._users.find(user)
        if found is None:
            raise JiraError(404, messages=[f"The user named '{user}' does not exist"])
        account_id: str = found["accountId"]
        return account_id

    def show(self, group: Document, viewer: Viewer) -> Document:
        """Return a group with how many are in it, and the first 50 of them."""
        members = self.members(group)
        items = [show(user, viewer.url, viewer.flavour) for user in members[:50]]
        return {
            **self.show_short(group, viewer),
            "users": {
                "size": len(members),
                "items": items,
                "max-results": 50,
                "start-index": 0,
                "end-index": max(len(items) - 1, 0),
            },
            "expand": "users",
        }

    def show_short(self, group: Document, viewer: Viewer) -> Document:
        """Return a group as lists show it."""
        shown = {
            "name": group["name"],
            "self": f"{viewer.url}/rest/api/2/group?groupname={group['name']}",
        }
        return shown if viewer.flavour == "server" else {**shown, "groupId": group["groupId"]}
