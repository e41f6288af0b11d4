"""Users: who works in Jira, made from the e-mail addresses that connectors and clients give."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import quote

from mockkibana.store import Document, Store, Transaction

USERS = "jira:users"
NAMES = "jira:user_names"
ADMIN = "admin"
_IDENTIFIERS = {
    "hybrid": ("accountId", "name", "key", "emailAddress"),
    "cloud": ("accountId",),
    "server": ("name", "key"),
}
_SIZES = {"48x48": "", "24x24": "size=small&", "16x16": "size=xsmall&", "32x32": "size=medium&"}


class Users:
    """The users of the site.

    A user is found by name, e-mail address or account id. Somebody who has never written anything
    is no record yet, but looks the same as afterwards: `new` makes what the record will be.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, account_id: str) -> Document | None:
        """Return the record with that account id, or None."""
        return self._store.table(USERS).row(account_id) or self._administrator(account_id)

    def find(self, text: str) -> Document | None:
        """Return the user of that name, e-mail address or account id, or None."""
        alias = self._store.table(NAMES).row(text.casefold())
        if alias is not None:
            return self._store.table(USERS).row(alias["accountId"])
        return self._administrator(text)

    def named(self, text: str, flavour: str) -> Document | None:
        """Return the user whom a request to a flavour names: Cloud knows account ids alone."""
        found = self.find(text)
        keys = _IDENTIFIERS[flavour]
        names = [] if found is None else [found[key].casefold() for key in keys]
        return found if text.casefold() in names else None

    def caller(self, user: str | None) -> Document:
        """Return the user who makes a request; None is the administrator."""
        return self.find(user or ADMIN) or self.new(user or ADMIN)

    def all(self) -> list[Document]:
        """Return all records, and the administrator, who is there from the start."""
        users = list(self._store.table(USERS).rows().values())
        administrator = self._administrator(ADMIN)
        return [administrator, *users] if administrator else users

    def search(self, query: str, among: Iterable[Document]) -> list[Document]:
        """Return the users in whose name, display name or e-mail address the text occurs."""
        wanted = query.casefold()
        if wanted in ("", "."):
            return list(among)
        keys = ("name", "displayName", "emailAddress", "accountId")
        return [user for user in among if any(wanted in user[key].casefold() for key in keys)]

    def new(self, text: str) -> Document:
        """Return the record of a user whom only this e-mail address or name tells of."""
        local, _, domain = text.partition("@")
        email = text if domain else f"{re.sub(r'[^!-~]|[@,;<>]', '.', local)}@example.com"
        name = local if local and not (domain and self.find(local)) else text
        words = [word for word in re.split(r"[._+\-\s]+", local) if word]
        return {
            "accountId": sha256(email.casefold().encode(errors="surrogatepass")).hexdigest()[:24],
            "key": name,
            "name": name,
            "emailAddress": email,
            "displayName": " ".join(word[:1].upper() + word[1:] for word in words) or text,
            "active": True,
        }

    def register(self, transaction: Transaction, user: str | None) -> str:
        """Return the caller's account id; the record is made if it is not there yet."""
        alias = transaction.get(NAMES, (user or ADMIN).casefold())
        if alias is None:
            alias = self.caller(user)
            if transaction.get(USERS, alias["accountId"]) is None:
                self.put(transaction, alias)
        account_id: str = alias["accountId"]
        return account_id

    def put(self, transaction: Transaction, user: Document) -> None:
        """Put a record into the store, findable by each of its names."""
        account_id = user["accountId"]
        transaction.put(USERS, {account_id: user})
        names = (account_id, user["name"], user["key"], user["emailAddress"])
        alias = {"accountId": account_id}
        transaction.put(NAMES, {name.casefold(): alias for name in names})

    def remove(self, transaction: Transaction, user: Document) -> None:
        """Make a record inactive, as Jira does: what it wrote still names it."""
        transaction.put(USERS, {user["accountId"]: {**user, "active": False}})

    def _administrator(self, text: str) -> Document | None:
        if self._store.table(NAMES).row(ADMIN) is not None:
            return None
        names = (ADMIN, _ADMINISTRATOR["emailAddress"], _ADMINISTRATOR["accountId"])
        return _ADMINISTRATOR if text.casefold() in names else None


_ADMINISTRATOR: Document = {
    "accountId": sha256(b"admin@example.com").hexdigest()[:24],
    "key": ADMIN,
    "name": ADMIN,
    "emailAddress": "admin@example.com",
    "displayName": "Admin",
    "active": True,
}


def show(user: Document, url: str, flavour: str = "hybrid") -> Document:
    """Return a user as Jira shows one: by name and key as a Server, by account id as Cloud.

    A hybrid shows both, and names the user by name in `self`.
    """
    avatar = f"{url}/secure/useravatar?"
    account_id, name = user["accountId"], quote(user["name"], safe="", errors="replace")
    named = f"accountId={account_id}" if flavour == "cloud" else f"username={name}"
    server = {"key": user["key"], "name": user["name"]}
    cloud = {"accountId": account_id, "accountType": "atlassian"}
    return {
        "self": f"{url}/rest/api/2/user?{named}",
        **({} if flavour == "cloud" else server),
        **({} if flavour == "server" else cloud),
        "emailAddress": user["emailAddress"],
        "avatarUrls": {size: f"{avatar}{query}avatarId=10122" for size, query in _SIZES.items()},
        "displayName": user["displayName"],
        "active": user["active"],
        "timeZone": "Etc/UTC",
    }
