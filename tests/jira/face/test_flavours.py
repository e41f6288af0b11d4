"""A strict flavour serves what such a Jira serves, and no more."""

from __future__ import annotations

import pytest

GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full "
    "migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


def test_cloud_has_removed_the_old_search(serve):
    server = serve(jira_flavour="cloud")
    server.make()
    for method in ("GET", "POST"):
        assert server.refused(method, "search?jql=project=CK") == (410, [GONE])
    found = server.get("search/jql?jql=project%3DCK&fields=key")
    assert [row["key"] for row in found["issues"]] == ["CK-1"]


def test_a_server_does_not_know_the_new_search(serve):
    server = serve(jira_flavour="server")
    answer = server.send("GET", "search/jql?jql=project%3DCK")
    assert answer.status == 404
    assert answer.body == {
        "message": "null for uri: http://jira.example.com/rest/api/2/search/jql?jql=project%3DCK",
        "status-code": 404,
    }
    assert server.get("search?jql=project%3DCK")["total"] == 0


@pytest.mark.parametrize(
    ("target", "cloud", "server"),
    [
        ("/rest/api/3/myself", 200, 404),
        ("issue/createmeta", 200, 404),
        ("project/search", 200, 404),
        ("priority/search", 200, 404),
        ("label", 200, 404),
        ("issue/CK-1/changelog", 200, 404),
        ("filter/my", 200, 404),
        ("/rest/auth/1/session", 404, 200),
        ("issue/createmeta/CK/issuetypes", 200, 200),
        ("user?username=ann", 400, 200),
    ],
)
def test_some_routes_are_one_flavours_alone(serve, target, cloud, server):
    for flavour, status in (("cloud", cloud), ("server", server), ("hybrid", 200)):
        jira = serve(jira_flavour=flavour)
        jira.make()
        assert jira.send("GET", target).status == status, flavour


def test_users_are_shown_as_the_flavour_knows_them(serve):
    cloud, server, hybrid = (
        serve(jira_flavour=name).get("myself") for name in ("cloud", "server", "hybrid")
    )
    assert cloud.keys() - server.keys() == {"accountId", "accountType"}
    assert server.keys() - cloud.keys() == {"name", "key"}
    assert hybrid.keys() == cloud.keys() | server.keys()
    assert cloud["self"].endswith(f"/user?accountId={cloud['accountId']}")
    assert server["self"].endswith("/user?username=ann")


@pytest.mark.parametrize(
    ("target", "at", "keys"),
    [
        ("issuetype", (0,), {"hierarchyLevel"}),
        ("project", (0,), {"simplified"}),
        ("project/CK", (), {"simplified", "style", "isPrivate", "properties"}),
        ("project/CK", ("issueTypes", 0), {"hierarchyLevel"}),
        ("field", (0,), {"key"}),
        ("issue/CK-1", ("fields",), {"statuscategorychangedate"}),
        ("issue/CK-1", ("fields", "issuetype"), {"hierarchyLevel"}),
        ("issue/CK-1", ("fields", "project"), {"simplified"}),
        ("issue/CK-1/editmeta", ("fields", "summary"), {"key"}),
        ("issue/CK-1/editmeta", ("fields", "comment"), {"key"}),
        (
            "issue/CK-1/transitions",
            ("transitions", 0),
            {"hasScreen", "isGlobal", "isInitial", "isConditional", "isAvailable", "looped"},
        ),
    ],
)
def test_a_server_has_not_all_keys_of_cloud(serve, target, at, keys):
    shown = {}
    for flavour in ("cloud", "server", "hybrid"):
        jira = serve(jira_flavour=flavour)
        jira.make()
        value = jira.get(target)
        for step in at:
            value = value[step]
        shown[flavour] = value.keys()
    assert shown["hybrid"] == shown["cloud"] == shown["server"] | keys
    assert not shown["server"] & keys


def test_pages_of_create_metadata_have_the_flavours_keys(serve):
    keys = {"startAt", "maxResults", "total"}
    for flavour, types, fields in (
        ("cloud", {"issueTypes"}, {"fields"}),
        ("server", {"values", "isLast"}, {"values", "isLast"}),
        ("hybrid", {"issueTypes", "values", "isLast"}, {"fields", "values", "isLast"}),
    ):
        jira = serve(jira_flavour=flavour)
        assert jira.get("issue/createmeta/CK/issuetypes").keys() == keys | types
        assert jira.get("issue/createmeta/CK/issuetypes/10006").keys() == keys | fields


@pytest.mark.parametrize(
    ("flavour", "user", "status"),
    [
        ("cloud", {"name": "bob"}, 400),
        ("cloud", {"accountId": "{bob}"}, 204),
        ("server", {"name": "bob"}, 204),
        ("server", {"accountId": "{bob}"}, 400),
        ("hybrid", {"name": "bob"}, 204),
        ("hybrid", {"accountId": "{bob}"}, 204),
        ("cloud", {"accountId": None}, 204),
        ("server", {"name": None}, 204),
    ],
)
def test_people_are_named_as_the_flavour_names_them(serve, flavour, user, status):
    jira = serve(jira_flavour=flavour)
    bob = jira.site.user("bob")["accountId"]
    named = {key: value and value.format(bob=bob) for key, value in user.items()}
    key = jira.make()
    assert jira.send("PUT", f"issue/{key}/assignee", named).status == status


def test_headers_name_the_user_as_the_flavour_knows_them(serve):
    cloud = serve(jira_flavour="cloud")
    answer = cloud.send("GET", "myself")
    assert answer.headers["X-AACCOUNTID"] == answer.body["accountId"]
    assert "X-AACCOUNTID" not in cloud.send("GET", "serverInfo", user=None).headers
    assert not {"X-AUSERNAME", "X-Seraph-LoginReason"} & answer.headers.keys()
    for flavour in ("server", "hybrid"):
        headers = serve(jira_flavour=flavour).send("GET", "myself").headers
        assert (headers["X-AUSERNAME"], headers["X-Seraph-LoginReason"]) == ("ann", "OK")
        assert "X-AACCOUNTID" not in headers


ACCOUNT_ID = "'accountId' must be the only user identifying query parameter in GDPR strict mode."
USERNAME = "The query parameter 'username' is not supported in GDPR strict mode."


@pytest.mark.parametrize(
    ("flavour", "method", "target", "body", "told"),
    [
        ("cloud", "GET", "user?username=bob", b"", [ACCOUNT_ID]),
        ("cloud", "GET", "user?key=bob", b"", [ACCOUNT_ID]),
        ("cloud", "GET", "user", b"", ["The 'accountId' query parameter needs to be provided"]),
        ("cloud", "GET", "user/search?username=bob", b"", [USERNAME]),
        ("cloud", "GET", "user/assignable/search?project=CK&username=bob", b"", [USERNAME]),
        ("cloud", "PUT", "issue/CK-1/assignee", {"name": "bob"}, [ACCOUNT_ID]),
        ("cloud", "DELETE", "issue/CK-1/watchers?username=bob", b"", [ACCOUNT_ID]),
        ("cloud", "PUT", "issue/CK-1", {"fields": {"reporter": {"name": "bob"}}}, ACCOUNT_ID),
        ("cloud", "GET", "mypermissions", b"", ["The 'permissions' query parameter is required."]),
        ("server", "GET", "user/search", b"", ["The username query parameter was not provided"]),
        (
            "server",
            "GET",
            "user?accountId=1",
            b"",
            ["Either the 'username' or the 'key' query parameters need to be provided"],
        ),
    ],
)
def test_requests_that_name_people_otherwise_are_refused(
    serve, flavour, method, target, body, told
):
    jira = serve(jira_flavour=flavour)
    jira.make()
    wanted = told if isinstance(told, list) else {"reporter": told}
    assert jira.refused(method, target, body) == (400, wanted)


def test_the_server_says_which_flavour_it_is(serve):
    for flavour, kind, version in (
        ("cloud", "Cloud", 1001),
        ("server", "Server", 9),
        ("hybrid", "Server", 8),
    ):
        info = serve(jira_flavour=flavour).get("serverInfo", None)
        assert (info["deploymentType"], info["versionNumbers"][0]) == (kind, version)


def test_only_cloud_says_that_comments_are_public(serve):
    for flavour, shown in (("cloud", True), ("hybrid", True), ("server", False)):
        jira = serve(jira_flavour=flavour)
        comment = jira.ask("POST", f"issue/{jira.make()}/comment", {"body": "x"})
        assert ("jsdPublic" in comment) is shown


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/rest/agile/1.0/board", "agile boards"),
        ("/rest/greenhopper/1.0/sprint/1", "sprints"),
        ("/rest/servicedeskapi/servicedesk", "service desk"),
        ("/rest/api/2/dashboard", "dashboards"),
        ("/rest/api/3/dashboard/search", "dashboards"),
    ],
)
def test_what_is_missing_says_so_in_the_mocks_own_words(server, path, what):
    status, (told,) = server.refused("GET", path)
    assert status == 404
    assert told.startswith("This mock of Jira has no ")
    assert what in told


def test_a_server_does_not_tell_what_only_cloud_knows(serve):
    cloud, server = serve(jira_flavour="cloud"), serve(jira_flavour="server")
    keep = {"hierarchyLevel": 1, "simplified": True}
    for jira in (cloud, server):
        jira.make()
        jira.ask("PUT", "issue/CK-1/properties/a", keep)
        assert jira.get("issue/CK-1/properties/a")["value"] == keep

    def keys(target, *path):
        shown = []
        for jira in (cloud, server):
            value = jira.get(target)
            for step in path:
                value = value[step]
            shown.append(set(value))
        return shown[0] - shown[1]

    assert keys("issuetype", 0) == {"hierarchyLevel"}
    assert keys("issue/CK-1", "fields", "issuetype") == {"hierarchyLevel"}
    assert keys("issue/CK-1", "fields", "project") == {"simplified"}
    assert keys("issue/CK-1", "fields") == {"statuscategorychangedate"}
    assert keys("project/CK") == {"simplified", "style", "isPrivate", "properties"}
    assert keys("issue/CK-1/transitions", "transitions", 0) >= {"isGlobal", "hasScreen", "looped"}
