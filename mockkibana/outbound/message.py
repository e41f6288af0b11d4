"""What a run sends, and the failure to get an answer."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.security.identity import Identity

_ORIGIN = re.compile(r"[^:/?#]+:(?://[^/?#]*)?")


@dataclass(frozen=True, slots=True)
class Trust:
    """What a connector itself says of the certificate of whom it talks to.

    `verification_mode` is None where it says nothing; `has_authority` tells that it brings the
    certificate of the authority that issued it.
    """

    verification_mode: str | None = None
    has_authority: bool = False


@dataclass(frozen=True, slots=True)
class Outbound:
    """One HTTP request of Kibana's, before it is text.

    `url` is what Kibana asks for; to its own Elasticsearch that is a path. Of it, `base` is what
    the receiver does not see (as an option says that has a path: a connector's `apiUrl`); without
    it that is the origin. `body` is a JSON value, a text, bytes or None. `auth` are user name and
    password, which are a header on the wire alone; for `user` Kibana's Elasticsearch client acts;
    `trust` is what the connector says of the receiver's certificate. It waits `timeout` seconds for
    the answer where that is longer than Kibana waits as a rule.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Json = None
    base: str = ""
    auth: tuple[str, str] | None = field(default=None, repr=False)
    user: Identity | None = None
    trust: Trust = Trust()
    timeout: float = 0.0

    @property
    def path(self) -> str:
        """Path and query as the receiver sees them; begins with a slash."""
        if self.base or self.url.startswith("/"):
            return self.url[len(self.base) :]
        origin = _ORIGIN.match(self.url)
        path = self.url[origin.end() :] if origin else self.url
        return path if path.startswith("/") else f"/{path}"


def basic(username: str, password: str) -> str:
    """Return the value of the header that `auth` is on the wire."""
    return f"Basic {b64encode(f'{username}:{password}'.encode('utf-8', 'replace')).decode()}"


class Unreachable(Exception):
    """No answer came; the text is what Kibana's client makes of it, `code` Node's for it."""

    def __init__(self, text: str, code: str | None = None) -> None:
        super().__init__(text)
        self.code = code
