"""How the query of a request names users: as the flavour of the Jira takes it."""

from __future__ import annotations

from collections.abc import Mapping

from mockkibana.jira.errors import bad_request
from mockkibana.jira.face.jira_request import JiraRequest
from mockkibana.jira.texts import ACCOUNT_ID_ONLY

_BY_NAME, _BY_ID = ("username", "key"), ("accountId",)
_NAMES: Mapping[str, tuple[str, ...]] = {
    "hybrid": (*_BY_ID, *_BY_NAME),
    "cloud": _BY_ID,
    "server": _BY_NAME,
}
_NO_USERNAME = "The query parameter 'username' is not supported in GDPR strict mode."


def named(request: JiraRequest) -> str:
    """Return the one user that a query names. Raises `JiraError` 400."""
    query = request.query
    name = next((query[key] for key in _NAMES[request.viewer.flavour] if query.get(key)), None)
    if request.viewer.flavour == "cloud" and not query.keys().isdisjoint(_BY_NAME):
        raise bad_request(ACCOUNT_ID_ONLY)
    if name is None:  # Guess: the status
        raise bad_request(request.viewer.texts.no_user_named)
    return name


def searched(request: JiraRequest) -> str:
    """Return the text that a query looks for in the names of users. Raises `JiraError` 400."""
    query = request.query
    if request.viewer.flavour == "cloud" and "username" in query:
        raise bad_request(_NO_USERNAME)
    keys = ("username",) if request.viewer.flavour == "server" else ("query", "username")
    return next((query[key] for key in keys if query.get(key)), "")
