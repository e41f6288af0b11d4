"""How connectors reach what stands behind Kibana: shaped like HTTP, embedded or real."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from mockkibana.http.messages import Answer
from mockkibana.json import Encoded, Json, dumps

if TYPE_CHECKING:
    from mockkibana.security.identity import Identity


class ElasticsearchGateway(Protocol):
    """The one call that the index connector makes."""

    def bulk(
        self, index: str, documents: list[dict[str, Json]], *, refresh: bool, user: Identity | None
    ) -> Answer:
        """Create the documents in `index` (`POST /{index}/_bulk`), one action each.

        It is done as `user`, or by nobody's leave when that is None. The answer is Elasticsearch's:
        its body a JSON value, or `BulkCreated`. Raises `Unreachable`.
        """


@dataclass(frozen=True, slots=True)
class BulkCreated:
    """The answer to a bulk request that created every document, before it is text.

    Documents have the `ids` and the sequence numbers from `first_seq_no` on; `copies` are the
    shards that a write goes to, `took` is in milliseconds.
    """

    index: str
    ids: list[str]
    first_seq_no: int
    copies: int
    took: int
    forced_refresh: bool

    def encoded(self, key: str = "create") -> Encoded:
        """Return the text, each item under `key`; formatting it beats encoding dicts threefold."""
        forced = ',"forced_refresh":true' if self.forced_refresh else ""
        start = f'{{"{key}":{{"_index":{dumps(self.index)},"_id":"'
        middle = (
            f'","_version":1,"result":"created"{forced},"_shards":{{"total":{self.copies},'
            '"successful":1,"failed":0},"_seq_no":'
        )
        end = ',"_primary_term":1,"status":201}}'
        items = ",".join(
            [
                f"{start}{id_}{middle}{number}{end}"
                for number, id_ in enumerate(self.ids, self.first_seq_no)
            ]
        )
        return Encoded(f'{{"errors":false,"took":{self.took},"items":[{items}]}}'.encode())


class Unreachable(Exception):
    """No answer came; the text is what Kibana's client for that backend makes of it."""


@dataclass(frozen=True, slots=True)
class JiraAccess:
    """A connector's way to Jira: its URL without a slash at the end, project and credentials."""

    url: str
    project_key: str
    email: str
    api_token: str = field(repr=False)

    @property
    def authorization(self) -> str:
        """The value of the header that logs Kibana in."""
        credentials = f"{self.email}:{self.api_token}".encode("utf-8", "replace")
        return f"Basic {b64encode(credentials).decode()}"


class JiraGateway(Protocol):
    """One HTTP request to Jira."""

    def request(self, access: JiraAccess, method: str, path: str, body: Json = None) -> Answer:
        """Send a request for `path` (with its query, as Kibana writes it).

        The answer's headers have lower-case names; its body is a JSON value, text that is no JSON,
        or None. Raises `Unreachable`.
        """
