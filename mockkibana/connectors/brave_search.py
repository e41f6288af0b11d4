"""The `.brave-search` connector: searches the web with Brave Search."""

from __future__ import annotations

from urllib.parse import parse_qsl

from mockkibana.connectors.specification import (
    Client,
    SpecifiedConnector,
    api_key,
    members,
    params_of,
    whole,
)
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Record
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import Object, String

_URL = "https://api.search.brave.com/res/v1/web/search"
_ACCEPTED = {"Accept": "application/json", "Accept-Encoding": "gzip"}
_HEADERS = {"content-type": "application/json"}


class BraveSearch(Party):
    """The web as Brave Search knows it: what it keeps are `{"results": [...]}`, by query."""

    name = "brave-search"

    @property
    def errors(self) -> ErrorAnswers:
        """Brave's JSON, which Kibana does not read."""
        error = {"status": "{status}", "detail": "{reason}"}
        return ErrorAnswers(_HEADERS, {}, {"other": {"type": "ErrorResponse", "error": error}})

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Return one page of results."""
        asked = dict(parse_qsl(message.path.partition("?")[2]))
        query, count = asked.get("q", ""), int(asked.get("count", 20))
        kept = (box.state(self).get(query) or {}).get("results")
        first = int(asked.get("offset", 0)) * count
        results = kept[first : first + count] if isinstance(kept, list) else []
        body: Record = {"type": "search", "query": {"original": query}}
        if results:
            body["web"] = {"type": "search", "results": results}
        return Answer(200, body, _HEADERS)


def _search(client: Client, params: Json) -> Json:
    query = {"q": params["q"], "count": params["count"], "offset": params["offset"]}
    said = client.get(_URL, query, _ACCEPTED)
    web = said.get("web") if isinstance(said, dict) else None
    results = (web.get("results") if isinstance(web, dict) else None) or []
    return {**members(said, "query"), "results": results, **members(said, "type")}


_ACTIONS = {
    "webSearch": (
        Object(
            {
                "q": String(),
                "count": whole(1, 20, default=10),
                "offset": whole(0, default=0),
            },
            unknowns="ignore",
        ),
        _search,
    ),
}


class BraveSearchConnector(SpecifiedConnector):
    """Searches the web."""

    id = ".brave-search"
    secrets = api_key("X-Subscription-Token")
    actions = _ACTIONS
    params = params_of(_ACTIONS)
    party = BraveSearch()
    example = {"subAction": "webSearch", "subActionParams": {"q": "elastic"}}  # noqa: RUF012
    test_request = (_URL, {"q": "test", "count": 1}, _ACCEPTED)
    connected = "Successfully connected to Brave Search API"
    not_connected = "Failed to connect to Brave Search API: {message}"
