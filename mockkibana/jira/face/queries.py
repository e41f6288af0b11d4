"""About queries, over HTTP: which issues they match, whether they are any, what they may say."""

from __future__ import annotations

from mockkibana.data import data
from mockkibana.http.messages import Answer
from mockkibana.http.route_table import Handler
from mockkibana.jira.errors import BAD_PAYLOAD, JiraError, bad_request
from mockkibana.jira.face.jira_request import JiraRequest
from mockkibana.jira.jql import jql
from mockkibana.jira.jql.custom_fields import clause_name
from mockkibana.jira.jql.fields import all_fields
from mockkibana.jira.jql.functions import all_functions
from mockkibana.jira.jql.search import find
from mockkibana.jira.projects import fields
from mockkibana.json import Json

_KINDS = {
    "user": "com.atlassian.jira.user.ApplicationUser",
    "project": "com.atlassian.jira.project.Project",
    "version": "com.atlassian.jira.project.version.Version",
    "component": "com.atlassian.jira.bc.project.component.ProjectComponent",
    "issuetype": "com.atlassian.jira.issue.issuetype.IssueType",
    "issue": "com.atlassian.jira.issue.Issue",
    "date": "java.util.Date",
}


def match(request: JiraRequest) -> Answer:
    """`POST jql/match`: `{"jqls", "issueIds"}`; for each query those of the ids that it finds."""
    queries = _listed(request, "jqls", str)
    wanted = {str(id_) for id_ in _listed(request, "issueIds", int)}
    matches: list[Json] = []
    for text in queries:
        try:
            query = jql.parse(text, request.viewer.texts)
            found = find(request.site, query, request.viewer, request.budget)
        except JiraError as problem:
            matches.append({"matchedIssues": [], "errors": problem.error_messages})
        else:
            matched = [int(issue["id"]) for issue in found if issue["id"] in wanted]
            matches.append({"matchedIssues": matched, "errors": []})
    return Answer(200, {"matches": matches})


def parse(request: JiraRequest) -> Answer:
    """`POST jql/parse`: `{"queries"}`; whether each is one, and what is wrong with it.

    The tree of a query is not shown.
    """
    shown: list[Json] = []
    for text in _listed(request, "queries", str):
        problems: list[str] = []
        try:
            query = jql.parse(text, request.viewer.texts)
            if request.query.get("validation", "strict") != "none":
                find(request.site, query, request.viewer, request.budget)
        except JiraError as problem:
            problems = problem.error_messages
        shown.append({"query": text, **({"errors": problems} if problems else {})})
    return Answer(200, {"queries": shown})


def _listed(request: JiraRequest, name: str, kind: type) -> list[Json]:
    """Return a list of the body, whose values are of that kind. Raises `JiraError` 400."""
    values = request.object().get(name)
    if not isinstance(values, list) or not all(type(value) is kind for value in values):
        raise bad_request(BAD_PAYLOAD)
    return values


def autocomplete(request: JiraRequest) -> Answer:
    """`GET jql/autocompletedata`: the fields, functions and reserved words of JQL."""
    shown: list[Json] = [
        {
            "value": name,
            "displayName": name,
            "orderable": "true" if field.sort else "false",
            "searchable": "true",
            "operators": sorted(field.operators),
            "types": [field.type],
        }
        for field in all_fields()
        for name in field.names
    ]
    custom = {
        id_: field["name"]
        for project in request.site.project_records(request.viewer)
        for id_, field in fields.of_project(project).items()
        if fields.is_custom(id_)
    }
    shown += [
        {
            "value": f'"{name}"',
            "displayName": f"{name} - {clause_name(id_)}",
            "cfid": clause_name(id_),
            "orderable": "true",
            "searchable": "true",
        }
        for id_, name in custom.items()
    ]
    functions = [
        {
            "value": f"{function.name}()",
            "displayName": f"{function.name}()",
            "isList": "true" if function.is_list else "false",
            "types": [_KINDS[function.kind]],
        }
        for function in all_functions()
    ]
    return Answer(
        200,
        {
            "visibleFieldNames": shown,
            "visibleFunctionNames": functions,
            "jqlReservedWords": sorted(data("jql_reserved_words")),
        },
    )


_JQL = "/rest/api/{version}/jql"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", f"{_JQL}/match", match),
    ("POST", f"{_JQL}/parse", parse),
    ("GET", f"{_JQL}/autocompletedata", autocomplete),
)
