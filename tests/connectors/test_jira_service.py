"""The Jira connector's requests, and what it makes of whatever Jira answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mockkibana.clock import Clock
from mockkibana.connectors.base import Run, RunLog, Thrown
from mockkibana.connectors.jira import Jira
from mockkibana.http.messages import Answer
from mockkibana.jira.face.face import JiraFace
from mockkibana.jira.party import JiraParty
from mockkibana.jira.site import Site
from mockkibana.journal import RunRecord
from mockkibana.log import Log
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.outbound.party import Box
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store
from mockkibana.validation import load

CONFIG = {"apiUrl": "https://x", "projectKey": "CK"}
SECRETS = {"email": "elastic@example.com", "apiToken": "changeme"}
ISSUE = "/rest/api/2/issue"
TYPES = f"{ISSUE}/createmeta/CK/issuetypes"
JSON = {"content-type": "application/json;charset=UTF-8"}
HTML = {"content-type": "text/html"}
NO_ANSWER = "unknown: errorResponse was null"
NO_ERRORS = "unknown: errorResponse.errors was null"


class Bent:
    """A way to the Jira in this process that writes down what goes over it.

    What is in `bent` it answers itself, or raises: by method and path, or by method alone.
    """

    def __init__(self) -> None:
        self.site = Site(Store(), Installation())
        self._party = JiraParty(self.site, JiraFace(self.site))
        self._box = Box(RunRecord("i", ".jira", "Jira", "default"), CONFIG, Installation(), Store())
        self.sent: list[Any] = []
        self.bent: dict[Any, Answer | Unreachable] = {}

    def send(self, message: Outbound) -> Answer:
        method, path, body = message.method, message.path, message.body
        self.sent.append((method, path) if body is None else (method, path, body))
        answer = self.bent.get((method, path), self.bent.get(method))
        if isinstance(answer, Unreachable):
            raise answer
        return answer or self._party.receive(message, self._box)


def execute(jira: Bent, name: str, version: str = "8.19.0", **params: Any) -> Any:
    """Run a sub-action over a way to Jira; returns the data, or the text that is thrown."""
    clock = Clock()
    run = Run(
        connector_id="i",
        config=CONFIG,
        secrets=SECRETS,
        settings=Settings(kibana_version=version),
        clock=clock,
        log=RunLog(Log(clock), ".jira"),
        send=jira.send,
    )
    connector_type = Jira()
    loaded = load(connector_type.params, {"subAction": name, "subActionParams": params})
    try:
        return connector_type.execute(run, loaded)
    except Thrown as thrown:
        return thrown.text


@pytest.fixture
def jira() -> Bent:
    return Bent()


def comment(text: str, id_: str = "1") -> dict[str, str]:
    return {"comment": text, "commentId": id_}


def push(jira: Bent, *comments: Any, **incident: Any) -> Any:
    """Push an incident whose type is given, so that nothing is asked before."""
    params: dict[str, Any] = {"incident": {"summary": "s", "issueType": "10006", **incident}}
    if comments:
        params["comments"] = list(comments)
    return execute(jira, "pushToService", **params)


# What is sent


def test_a_push_without_a_type_is_three_requests_and_one_for_each_comment(jira):
    data = execute(jira, "pushToService", incident={"summary": "s"}, comments=[comment("a")])
    path = f"{ISSUE}/{data['id']}"
    fields = {"summary": "s", "project": {"key": "CK"}, "issuetype": {"id": "10024"}}
    assert jira.sent == [
        ("GET", TYPES),
        ("POST", ISSUE, {"fields": fields}),
        ("GET", path),
        ("POST", f"{path}/comment", {"body": "a"}),
    ]


def test_an_update_is_two_requests_and_names_the_project_too(jira):
    execute(jira, "pushToService", incident={"summary": "s", "issueType": "10006"})
    jira.sent.clear()
    incident = {"summary": "t", "externalId": "CK-1", "labels": [], "otherFields": {}}
    data = execute(jira, "pushToService", incident=incident, comments=[comment("a")])
    fields = {"summary": "t", "project": {"key": "CK"}, "labels": []}
    assert jira.sent == [
        ("PUT", f"{ISSUE}/CK-1", {"fields": fields}),
        ("GET", f"{ISSUE}/CK-1"),
        ("POST", f"{ISSUE}/{data['id']}/comment", {"body": "a"}),
    ]


def test_the_fields_go_in_kibanas_order_with_other_fields_on_top(jira):
    incident = {
        "otherFields": {"customfield_1": 1, "project": {"id": "1"}, "assignee": {"name": "x"}},
        "parent": "CK-1",
        "priority": "High",
        "labels": ["l"],
        "description": "d",
        "issueType": "10007",
        "summary": "s",
    }
    execute(jira, "pushToService", incident=incident)
    [(_, _, body)] = jira.sent
    assert list(body["fields"].items()) == [
        ("summary", "s"),
        ("project", {"id": "1"}),
        ("issuetype", {"id": "10007"}),
        ("description", "d"),
        ("labels", ["l"]),
        ("priority", {"name": "High"}),
        ("parent", {"key": "CK-1"}),
        ("customfield_1", 1),
        ("assignee", {"name": "x"}),
    ]


def test_an_empty_external_id_is_an_update(jira):
    incident = {"summary": "s", "externalId": ""}
    assert execute(jira, "pushToService", incident=incident).startswith(
        "[Action][Jira]: Unable to update incident with id . Error: "
    )
    assert [sent[:2] for sent in jira.sent] == [("PUT", f"{ISSUE}/")]


def test_the_fields_in_common_take_a_request_for_every_type(jira):
    execute(jira, "getFields")
    ids = ("10024", "10006", "10007", "10025", "10023", "10000")
    assert jira.sent == [("GET", TYPES), *(("GET", f"{TYPES}/{id_}") for id_ in ids)]


TITLES = [
    ("foo-bar", r"foo\\-bar"),
    ("it's", r"it\\s"),
    (r"a\b", r"a\\b"),
    ('say "hi"', "say hi"),
    ("[CPU] host-1: 90%", r"\\[CPU\\] host\\-1\\: 90%"),
    ("- ! ^ + & * ( ) [ ] / { } | : ? ~", " ".join(rf"\\{c}" for c in "-!^+&*()[]/{}|:?~")),
    ("a<b> c, d. 5% @ # ü日本", "a<b> c, d. 5% @ # ü日本"),
    (r"\-", r"\\\\-"),
    ("", ""),
]


@pytest.mark.parametrize(("title", "escaped"), TITLES, ids=[title for title, _ in TITLES])
def test_a_title_is_escaped_for_jql(jira, title, escaped):
    execute(jira, "issues", title=title)
    [(_, path)] = jira.sent
    query = path.removeprefix("/rest/api/2/search?jql=")
    assert unquote(query) == f'project="CK" and summary ~"{escaped}"'


@pytest.mark.parametrize(
    ("version", "path"),
    [
        ("8.17.0", "/rest/api/2/search?jql={}"),
        ("8.19.4", "/rest/api/2/search?jql={}"),
        ("8.19.5", "/rest/api/2/search/jql?jql={}&fields=summary,key"),
        ("8.19.12", "/rest/api/2/search/jql?jql={}&fields=summary,key"),
    ],
)
def test_the_search_is_the_one_of_the_version(jira, version, path):
    execute(jira, "pushToService", incident={"summary": "foo-bar"})
    jira.sent.clear()
    found = execute(jira, "issues", version, title="foo-bar")
    assert [(row["key"], row["title"]) for row in found] == [("CK-1", "foo-bar")]
    jql = "project%3D%22CK%22%20and%20summary%20~%22foo%5C%5C-bar%22"
    assert jira.sent == [("GET", path.format(jql))]


def test_what_encode_uri_component_leaves_alone_is_left_alone(jira):
    execute(jira, "issues", title="aZ09_.~ é,;@$=<>`")
    [(_, path)] = jira.sent
    assert path.endswith("~%22aZ09_.%5C%5C~%20%C3%A9%2C%3B%40%24%3D%3C%3E%60%22")


def test_an_id_is_put_into_the_path_as_it_is(jira):
    execute(jira, "issue", id="CK 1/ü?fields=x#y")
    assert jira.sent == [("GET", f"{ISSUE}/CK 1/ü?fields=x#y")]


# Every call, with whatever went wrong

CALLS: dict[str, tuple[str, dict[str, Any], Any, str]] = {
    "issueTypes": ("issueTypes", {}, ("GET", TYPES), "get issue types. Error: {}. Reason: {}"),
    "getFields, types": ("getFields", {}, ("GET", TYPES), "get issue types. Error: {}. Reason: {}"),
    "getFields, fields": (
        "getFields",
        {},
        ("GET", f"{TYPES}/10006"),
        "get fields. Error: {}. Reason: {}",
    ),
    "fieldsByIssueType": (
        "fieldsByIssueType",
        {"id": "10006"},
        "GET",
        "get fields. Error: {}. Reason: {}",
    ),
    "issues": ("issues", {"title": "t"}, "GET", "get issues. Error: {}. Reason: {}"),
    "issue": ("issue", {"id": "1"}, "GET", "get issue with id 1. Error: {}. Reason: {}"),
    "getIncident": (
        "getIncident",
        {"externalId": "1"},
        "GET",
        "get incident with id 1. Error: {} Reason: {}",
    ),
    "create": (
        "pushToService",
        {"incident": {"summary": "s", "issueType": "10006"}},
        "POST",
        "create incident. Error: {}. Reason: {}",
    ),
    "create, types": (
        "pushToService",
        {"incident": {"summary": "s"}},
        ("GET", TYPES),
        "get issue types. Error: {}. Reason: {}",
    ),
    "update": (
        "pushToService",
        {"incident": {"summary": "s", "externalId": "1"}},
        "PUT",
        "update incident with id 1. Error: {}. Reason: {}",
    ),
    "comment": (
        "pushToService",
        {"incident": {"summary": "s", "externalId": "10000"}, "comments": [comment("c")]},
        "POST",
        "create comment at incident with id 10000. Error: {}. Reason: {}",
    ),
}
MESSAGES = {"errorMessages": ["One.", "Two."], "errors": {"a": "not told"}}
GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at "
    "https://developer.atlassian.com/changelog/#CHANGE-2046"
)
FAILURES: dict[str, tuple[Answer | Unreachable, str, str]] = {
    "refused": (
        Unreachable("connect ECONNREFUSED 127.0.0.1:9999"),
        "connect ECONNREFUSED 127.0.0.1:9999",
        NO_ANSWER,
    ),
    "unknown host": (
        Unreachable("getaddrinfo ENOTFOUND nope.invalid"),
        "getaddrinfo ENOTFOUND nope.invalid",
        NO_ANSWER,
    ),
    "time-out": (
        Unreachable("timeout of 60000ms exceeded"),
        "timeout of 60000ms exceeded",
        NO_ANSWER,
    ),
    "401 text": (
        Answer(401, "Client must be authenticated to access this resource.", {}),
        "Request failed with status code 401",
        NO_ERRORS,
    ),
    "401 message": (
        Answer(401, {"message": "Client must be authenticated.", "status-code": 401}, JSON),
        "Request failed with status code 401",
        NO_ERRORS,
    ),
    "401 errorMessages": (
        Answer(
            401,
            {
                "errorMessages": [
                    "You are not authenticated. Authentication required to perform this operation."
                ],
                "errors": {},
            },
            JSON,
        ),
        "Request failed with status code 401",
        "You are not authenticated. Authentication required to perform this operation.",
    ),
    "403 HTML": (
        Answer(403, "<html>AUTHENTICATION_DENIED</html>", HTML),
        "Request failed with status code 403",
        NO_ERRORS,
    ),
    "410": (
        Answer(410, {"errorMessages": [GONE], "errors": {}}, JSON),
        "Request failed with status code 410",
        GONE,
    ),
    "429": (
        Answer(429, {"message": "Rate limit exceeded."}, {**JSON, "retry-after": "5"}),
        "Request failed with status code 429",
        NO_ERRORS,
    ),
    "502 empty": (Answer(502), "Request failed with status code 502", NO_ERRORS),
    "304": (Answer(304), "Request failed with status code 304", NO_ERRORS),
    "400 messages": (
        Answer(400, MESSAGES, JSON),
        "Request failed with status code 400",
        "One., Two.",
    ),
    "400 errors": (
        Answer(400, {"errorMessages": [], "errors": {"a": "A is bad.", "b": "B too."}}, JSON),
        "Request failed with status code 400",
        "A is bad. B too.",
    ),
    "400 no errors": (
        Answer(400, {"errorMessages": [], "errors": {}}, JSON),
        "Request failed with status code 400",
        "",
    ),
    "400 errors null": (
        Answer(400, {"errorMessages": [], "errors": None}, JSON),
        "Request failed with status code 400",
        NO_ERRORS,
    ),
    "400 errors only": (
        Answer(400, {"errors": {"a": "A.", "b": 1}}, JSON),
        "Request failed with status code 400",
        "A. 1",
    ),
    "400 an array": (Answer(400, ["x"], JSON), "Request failed with status code 400", NO_ERRORS),
    "200 not JSON": (
        Answer(200, "<html></html>", JSON),
        "Response is not a valid JSON",
        NO_ANSWER,
    ),
}


@pytest.mark.parametrize(("name", "params", "where", "text"), CALLS.values(), ids=list(CALLS))
@pytest.mark.parametrize(("answer", "error", "reason"), FAILURES.values(), ids=list(FAILURES))
def test_a_failed_call_says_what_it_was_and_why(
    jira, name, params, where, text, answer, error, reason
):
    push(jira)  # so that there is an issue 10000 to comment on
    jira.bent[where] = answer
    told = execute(jira, name, **params)
    assert told == f"[Action][Jira]: Unable to {text.format(error, reason)}"


def unsupported(content_type: str, method: str, path: str) -> str:
    return (
        f"Unsupported content type: {content_type} in {method} https://x{path}. "
        "Supported content types: application/json"
    )


@pytest.mark.parametrize(
    ("headers", "content_type"),
    [
        ({}, "undefined"),
        (HTML, "text/html"),
        ({"content-type": "text/html;charset=UTF-8"}, "text/html;charset=UTF-8"),
        ({"content-type": "Application/JSON"}, "Application/JSON"),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "body", [None, {"id": "1", "key": "CK-1", "fields": {}}, "<html>"], ids=str
)
def test_a_good_answer_of_another_content_type_is_none(jira, headers, content_type, body):
    jira.bent["GET"] = Answer(200, body, headers)
    text = unsupported(content_type, "get", f"{ISSUE}/1")
    assert execute(jira, "getIncident", externalId="1") == (
        f"[Action][Jira]: Unable to get incident with id 1. Error: {text} Reason: {NO_ANSWER}"
    )
    assert execute(jira, "issue", id="1") == (
        f"[Action][Jira]: Unable to get issue with id 1. Error: {text}. Reason: {NO_ANSWER}"
    )


def test_a_204_without_a_content_type_fails_an_update(jira):
    made = push(jira)
    jira.bent["PUT"] = Answer(204)
    text = unsupported("undefined", "put", f"{ISSUE}/{made['id']}")
    assert push(jira, externalId=made["id"]) == (
        f"[Action][Jira]: Unable to update incident with id {made['id']}. Error: {text}. "
        f"Reason: {NO_ANSWER}"
    )


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json;charset=UTF-8", "x; application/json"],
)
def test_a_204_with_a_content_type_is_an_update(jira, content_type):
    made = push(jira)
    jira.bent["PUT"] = Answer(204, None, {"content-type": content_type})
    assert push(jira, externalId=made["id"])["title"] == "CK-1"


MISSING = "Response is missing at least one of the expected fields: {}"


@pytest.mark.parametrize("body", [None, {}, [], {"key": "CK-1"}, [{"id": "1"}], 5], ids=str)
def test_a_created_issue_needs_an_id(jira, body):
    jira.bent["POST"] = Answer(201, body, JSON)
    assert push(jira) == (
        f"[Action][Jira]: Unable to create incident. Error: {MISSING.format('id')}. "
        f"Reason: {NO_ANSWER}"
    )


@pytest.mark.parametrize("body", [None, {"id": "1"}, {"created": "x"}], ids=str)
def test_a_created_comment_needs_an_id_and_a_time(jira, body):
    made = push(jira)
    jira.bent["POST"] = Answer(201, body, JSON)
    assert push(jira, comment("c"), externalId="CK-1") == (
        f"[Action][Jira]: Unable to create comment at incident with id {made['id']}. "
        f"Error: {MISSING.format('id,created')}. Reason: {NO_ANSWER}"
    )


@pytest.mark.parametrize("body", [None, {"id": "1"}, {"key": "CK-1", "fields": {}}, []], ids=str)
def test_an_incident_needs_an_id_and_a_key(jira, body):
    jira.bent["GET"] = Answer(200, body, JSON)
    assert execute(jira, "getIncident", externalId="1") == (
        f"[Action][Jira]: Unable to get incident with id 1. Error: {MISSING.format('id,key')} "
        f"Reason: {NO_ANSWER}"
    )


@pytest.mark.parametrize(
    ("fields", "nothing"), [({}, "undefined"), ({"fields": None}, "null")], ids=str
)
def test_an_incident_needs_fields(jira, fields, nothing):
    jira.bent["GET"] = Answer(200, {"id": "1", "key": "CK-1", **fields}, JSON)
    inner = (
        "[Action][Jira]: Unable to get incident with id 1. "
        f"Error: Cannot read properties of {nothing} (reading 'created') Reason: {NO_ANSWER}"
    )
    assert execute(jira, "getIncident", externalId="1") == inner
    jira.bent["PUT"] = Answer(204, None, JSON)
    assert push(jira, externalId="1").endswith(f"Error: {inner}. Reason: {NO_ANSWER}")


def test_null_counts_as_present(jira):
    jira.bent["GET"] = Answer(200, {"id": None, "key": None, "fields": {"a": None}}, JSON)
    assert execute(jira, "getIncident", externalId="1") == {"id": None, "key": None, "a": None}


def test_an_issue_needs_nothing(jira):
    for body in ({}, None, [], {"fields": None}, {"fields": {"summary": None}}):
        jira.bent["GET"] = Answer(200, body, JSON)
        assert execute(jira, "issue", id="1") == {"title": None}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, []),
        (None, []),
        ({"issues": None}, []),
        ({"issues": [{"id": "1"}]}, [{"id": "1", "title": None}]),
        (
            {"issues": [{"id": "1", "key": "A-1", "fields": {"summary": "s", "more": 1}, "x": 1}]},
            [{"id": "1", "key": "A-1", "title": "s"}],
        ),
    ],
    ids=str,
)
def test_found_issues_need_nothing(jira, body, found):
    jira.bent["GET"] = Answer(200, body, JSON)
    assert execute(jira, "issues", title="t") == found


@pytest.mark.parametrize("issues", [False, 0, "x", {"id": "1"}], ids=str)
def test_found_issues_that_are_no_list_fail_as_javascript_does(jira, issues):
    jira.bent["GET"] = Answer(200, {"issues": issues}, JSON)
    assert execute(jira, "issues", title="t") == (
        "[Action][Jira]: Unable to get issues. Error: issues.map is not a function. "
        f"Reason: {NO_ANSWER}"
    )


@pytest.mark.parametrize("body", [{}, None, [], {"issueTypes": None, "fields": None}], ids=str)
def test_metadata_without_rows_fails_as_javascript_does(jira, body):
    jira.bent["GET"] = Answer(200, body, JSON)
    error = "Error: Cannot read properties of undefined (reading '{}'). Reason: " + NO_ANSWER
    assert execute(jira, "issueTypes") == (
        f"[Action][Jira]: Unable to get issue types. {error.format('map')}"
    )
    assert execute(jira, "fieldsByIssueType", id="1") == (
        f"[Action][Jira]: Unable to get fields. {error.format('reduce')}"
    )


@pytest.mark.parametrize("key", ["issueTypes", "values"])
def test_issue_types_are_cloud_or_data_center(jira, key):
    rows = [{"id": "1", "name": "A", "subtask": False}, {"id": "2"}]
    jira.bent["GET"] = Answer(200, {key: rows, "total": 2}, JSON)
    assert execute(jira, "issueTypes") == [{"id": "1", "name": "A"}, {"id": "2"}]


@pytest.mark.parametrize("key", ["fields", "values"])
def test_fields_are_cloud_or_data_center(jira, key):
    rows = [
        {"fieldId": "a", "required": True, "schema": {"type": "x"}, "name": "A", "key": "a"},
        {"fieldId": "b", "allowedValues": None, "defaultValue": None},
        {"fieldId": "c", "allowedValues": [1], "defaultValue": 0, "required": False},
    ]
    jira.bent["GET"] = Answer(200, {key: rows}, JSON)
    empty = {"allowedValues": [], "defaultValue": {}}
    assert execute(jira, "fieldsByIssueType", id="1") == {
        "a": {"required": True, **empty, "schema": {"type": "x"}, "name": "A"},
        "b": empty,
        "c": {"required": False, "allowedValues": [1], "defaultValue": 0},
    }


def test_without_issue_types_a_push_names_none_and_there_are_no_common_fields(jira):
    jira.bent["GET", TYPES] = Answer(200, {"issueTypes": []}, JSON)
    execute(jira, "pushToService", incident={"summary": "s"})
    fields = {"summary": "s", "project": {"key": "CK"}}
    assert jira.sent[1] == ("POST", ISSUE, {"fields": fields})
    assert execute(jira, "getFields") == {}


@pytest.mark.parametrize(
    ("types", "common"),
    [
        (["ab", "bc", "b"], "b"),
        (["ab", "cd", "de"], "de"),
        (["ab", "cd", "ce"], "ce"),
        (["ab", "cd"], ""),
        (["", "ab"], "ab"),
        (["ba", "ab"], "ba"),
    ],
)
def test_an_intersection_that_becomes_empty_starts_anew(jira, types, common):
    rows = [{"id": str(at)} for at in range(len(types))]
    jira.bent["GET", TYPES] = Answer(200, {"values": rows}, JSON)
    for at, fields in enumerate(types):
        values = [{"fieldId": field, "name": f"{field}{at}"} for field in fields]
        jira.bent["GET", f"{TYPES}/{at}"] = Answer(200, {"values": values}, JSON)
    found = execute(jira, "getFields")
    assert "".join(found) == common
    # A field is the first type's that the fold still knows of.
    started = next((at for at, fields in enumerate(types) if {*common} <= {*fields}), 0)
    assert [row["name"] for row in found.values()] == [f"{field}{started}" for field in common]


# A push that half succeeds


def test_an_issue_that_cannot_be_read_after_it_was_created_is_wrapped_twice(jira):
    jira.bent["POST"] = Answer(201, {"id": "10267", "key": "CK-1"}, JSON)
    assert push(jira) == (
        "[Action][Jira]: Unable to create incident. Error: [Action][Jira]: Unable to get incident "
        "with id 10267. Error: Request failed with status code 404 Reason: Issue does not exist or "
        "you do not have permission to see it.. Reason: unknown: errorResponse was null"
    )


def test_an_issue_that_cannot_be_read_after_its_update_is_wrapped_twice(jira):
    push(jira)
    jira.bent["GET"] = Unreachable("read ECONNRESET")
    assert push(jira, externalId="CK-1", summary="changed") == (
        "[Action][Jira]: Unable to update incident with id CK-1. Error: [Action][Jira]: Unable to "
        "get incident with id CK-1. Error: read ECONNRESET Reason: unknown: errorResponse was null"
        ". Reason: unknown: errorResponse was null"
    )
    jira.bent.clear()
    assert execute(jira, "issue", id="CK-1")["title"] == "changed"


TIMES = [
    ("2024-05-01T12:34:56.789+0000", "2024-05-01T12:34:56.789Z"),
    ("2024-05-01T14:34:56.789+0200", "2024-05-01T12:34:56.789Z"),
    ("2024-05-01T12:34:56.789Z", "2024-05-01T12:34:56.789Z"),
    (None, "1970-01-01T00:00:00.000Z"),
]


@pytest.mark.parametrize(("time", "pushed"), TIMES, ids=str)
def test_times_of_jira_become_javascripts(jira, time, pushed):
    fields = {"created": time, "updated": time}
    jira.bent["GET"] = Answer(200, {"id": "1", "key": "CK-1", "fields": fields}, JSON)
    jira.bent["PUT"] = Answer(204, None, JSON)
    jira.bent["POST", f"{ISSUE}/1/comment"] = Answer(201, {"id": "5", "created": time}, JSON)
    assert push(jira)["pushedDate"] == pushed
    data = push(jira, comment("c"), externalId="1")
    assert data["pushedDate"] == pushed
    assert data["comments"] == [{"commentId": "1", "pushedDate": pushed}]


@pytest.mark.parametrize(
    "fields", [{}, {"created": ""}, {"created": "soon"}, {"created": "9999-12-31T23:59:59-0100"}]
)
def test_a_time_that_is_none_fails_the_push(jira, fields):
    jira.bent["GET"] = Answer(200, {"id": "1", "key": "CK-1", "fields": fields}, JSON)
    assert push(jira) == (
        f"[Action][Jira]: Unable to create incident. Error: Invalid time value. Reason: {NO_ANSWER}"
    )


def test_a_comment_with_a_time_that_is_none_fails_the_push(jira):
    id_ = push(jira)["id"]
    jira.bent["POST"] = Answer(201, {"id": "5", "created": "soon"}, JSON)
    assert push(jira, comment("c"), externalId="CK-1") == (
        f"[Action][Jira]: Unable to create comment at incident with id {id_}. "
        f"Error: Invalid time value. Reason: {NO_ANSWER}"
    )


def test_half_a_character_in_a_title_cannot_be_encoded(jira):
    assert execute(jira, "issues", title="\ud800") == "URI malformed"
    assert jira.sent == []


# Whatever is sent, and whatever comes back: data, or a failure in Kibana's words

NAMES = """id key name fields values issueTypes issues created updated fieldId summary errors
errorMessages allowedValues""".split()  # noqa: SIM905
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=8,
)
ANSWERS = st.builds(
    Answer,
    st.sampled_from([200, 201, 204, 400, 404, 500]),
    VALUES,
    st.sampled_from([JSON, JSON, JSON, {}]),
)
EVERY = st.sampled_from([call[:2] for call in CALLS.values()])


@hypothesis_settings(deadline=None)
@given(EVERY, ANSWERS, ANSWERS, ANSWERS)
def test_no_answer_of_jiras_is_too_strange(call, get, post, put):
    jira = Bent()
    jira.bent |= {"GET": get, "POST": post, "PUT": put}
    name, params = call
    execute(jira, name, **params)


TEXTS = st.text(max_size=8) | st.sampled_from(
    ["", "/", "..", "?", "#", "%", "%zz", '"', "\\", "\n", "CK-1", "10000", "\ud800", " ", "\0"]
)


@hypothesis_settings(deadline=None)
@given(
    TEXTS, VALUES, st.sampled_from(["customfield_10011", "duedate", "project", "issuetype", "x"])
)
def test_no_text_of_a_callers_is_too_strange(text, value, name):
    jira = Bent()
    push(jira)
    for version in ("8.19.0", "8.19.5"):
        execute(jira, "issues", version, title=text)
    execute(jira, "issue", id=text)
    execute(jira, "getIncident", externalId=text)
    execute(jira, "fieldsByIssueType", id=text)
    push(jira, externalId=text)
    push(jira, comment(text, text), description=text, priority=text)
    push(jira, summary=text, parent=text, issueType=text, otherFields={name: value})
