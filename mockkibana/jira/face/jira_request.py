"""A request to Jira, with what every handler asks of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from mockkibana import json
from mockkibana.budget import Budget
from mockkibana.http.messages import Request
from mockkibana.jira.errors import BAD_PAYLOAD, NO_JSON, bad_request
from mockkibana.jira.face.credentials import Credentials, known
from mockkibana.jira.face.events import Events, Send
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.json import Json

_PAGE = 50
# Guess: what no double holds is as good as no JSON. Only such a number may be one.
_HUGE = re.compile(rb"[eE]\+?[0-9]{3}|[0-9]{309}")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_YES = frozenset({"true", "1", "yes"})


@dataclass(slots=True)
class JiraRequest:
    """What a handler is given: the site, the viewer who asks, and the request as it arrived.

    `query` are the request's decoded parameters: of a repeated one, the last value. `budget` is
    how long the request may still search, `send` the way to webhooks.
    """

    site: Site
    viewer: Viewer
    http: Request
    query: Mapping[str, str]
    send: Send | None = None
    budget: Budget = field(default_factory=Budget)

    @property
    def events(self) -> Events:
        """What tells webhooks."""
        return Events(self.site, self.viewer, self.send)

    def knows(self, user: str, secret: str) -> bool:
        """Tell whether these are credentials that the site takes."""
        users = self.site.installation.settings.jira_users
        return not users or known(users, Credentials(user, secret)) is not None

    def json(self) -> Json:
        """Return the body. Raises `JiraError` 400 for what is no JSON."""
        body = self.http.body
        if isinstance(body, bytes):
            try:
                value = json.loads(body)
                if _HUGE.search(body):
                    json.dumps(value)
            except ValueError:
                raise bad_request(NO_JSON) from None
            return value
        return body

    def object(self) -> dict[str, Json]:
        """Return the body, which must be an object. Raises `JiraError` 400, also for no JSON."""
        body = self.json()
        if not isinstance(body, dict):
            raise bad_request(BAD_PAYLOAD)
        return body

    def values(self, name: str) -> list[str] | None:
        """Return a parameter that may be repeated and comma-separated; None without it."""
        if name not in self.query:
            return None
        if self.http.raw_query:
            pairs = parse_qsl(self.http.raw_query, keep_blank_values=True)
            given = [value for key, value in pairs if key == name]
        else:
            given = [self.query[name]]
        return split(given)

    def expands(self, name: str) -> bool:
        """Tell whether `expand` names something."""
        return name in (self.values("expand") or ())

    def flag(self, name: str) -> bool:
        """Return a parameter that is `true` in any case; Python's clients write `True`."""
        return self.query.get(name, "").lower() in _YES

    def number(self, name: str, default: int) -> int:
        """Return a parameter that is an integer. Raises `JiraError` 400."""
        return integer(self.query.get(name), name, default)

    def page(
        self, values: list[Json], size: int = _PAGE, *, keys: tuple[str, ...] = ("values",)
    ) -> dict[str, Json]:
        """Return the page that `startAt` and `maxResults` (`size` without) ask for, as `page` does.

        Raises `JiraError` 400.
        """
        start, size = self.number("startAt", 0), self.number("maxResults", size)
        return page(values, start, size, keys=keys)


def split(given: list[str]) -> list[str]:
    """Return the parts of comma-separated texts, without blanks."""
    return [part.strip() for text in given for part in text.split(",") if part.strip()]


def integer(value: Json, name: str, default: int) -> int:
    """Read an integer that a caller sent as a number or a text. Raises `JiraError` 400."""
    if value is None or value == "":
        return default
    if type(value) is int and abs(value) < 10**18:
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    # Guess: a Server answers 404 here, which says nothing to whoever mistyped the number.
    raise bad_request(f"The value of '{name}' is not a number.")


def page(
    values: list[Json], start: int, size: int, *, keys: tuple[str, ...] = ("values",)
) -> dict[str, Json]:
    """Return one page of a list under each of `keys`, with Jira's members about paging."""
    start = max(start, 0)
    shown = values[start : start + max(size, 0)]
    return {
        "startAt": start,
        "maxResults": size,
        "total": len(values),
        "isLast": start + len(shown) >= len(values),
        **dict.fromkeys(keys, shown),
    }
