"""What only one kind of Jira serves, and what the other says to it."""

from __future__ import annotations

from collections.abc import Mapping

from mockkibana.jira.errors import JiraError

_API = "/rest/api/{version}"
_GONE = (
    "The requested API has been removed. Please migrate to the {} API. A full migration guideline "
    "is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
_REMOVED_FROM_CLOUD: Mapping[str, str] = {f"{_API}/search": "/rest/api/3/search/jql"}
# A Server takes the last part of these for an issue's key, a project's, or an id.
_TAKEN_FOR: Mapping[str, str] = {
    f"{_API}/issue/createmeta": "Issue Does Not Exist",  # from version 9 on
    f"{_API}/project/search": "No project could be found with key 'search'.",
    f"{_API}/priority/search": "The priority with id 'search' does not exist",
    f"{_API}/filter/search": "The selected filter with id 'search' does not exist.",
}
_CLOUD_ONLY = frozenset(
    {
        f"{_API}/search/jql",
        f"{_API}/search/approximate-count",
        f"{_API}/label",
        f"{_API}/jql/match",
        f"{_API}/jql/parse",
        f"{_API}/group/bulk",
        f"{_API}/user/groups",
        f"{_API}/attachment/content/{{id}}",
        f"{_API}/issue/{{issue}}/changelog",
        f"{_API}/filter/my",
        f"{_API}/project/{{project}}/component",
    }
)
_SERVER_ONLY = frozenset({"/rest/auth/1/session", "/rest/api/1.0/labels/suggest"})


def check(flavour: str, pattern: str, version: str) -> bool:
    """Tell whether a Jira of a flavour serves a route, in a version of its API ("2" or "3").

    Raises `JiraError` where it says more than that there is nothing.
    """
    if flavour == "hybrid":
        return True
    if flavour == "cloud":
        if (instead := _REMOVED_FROM_CLOUD.get(pattern)) is not None:
            raise JiraError(410, messages=[_GONE.format(instead)])
        return pattern not in _SERVER_ONLY
    if (told := _TAKEN_FOR.get(pattern)) is not None:
        raise JiraError(404, messages=[told])
    return pattern not in _CLOUD_ONLY and version != "3"


# Guess: where boards, service desks, assets and dashboards begin; whatever is below is not there.
_MISSING: Mapping[str, str] = {
    "/rest/agile/": "agile boards, backlogs, sprints and epics",
    "/rest/greenhopper/": "agile boards, backlogs, sprints and epics",
    "/rest/servicedeskapi/": "service desk",
    "/rest/insight/": "assets",
    "/rest/assets/": "assets",
    **{f"/rest/api/{version}/dashboard": "dashboards" for version in ("2", "3", "latest")},
}


def missing(path: str) -> str | None:
    """Return what the mock says of a path below which it has nothing, or None."""
    for prefix, what in _MISSING.items():
        if path.startswith(prefix):
            return f"This mock of Jira has no {what}: nothing is served below {prefix}."
    return None
