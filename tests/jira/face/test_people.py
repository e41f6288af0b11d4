"""Users, groups and permissions, over HTTP."""

from __future__ import annotations

import pytest


def test_users_are_made_found_and_put_away(server):
    body = {"name": "dora", "emailAddress": "d@example.com", "displayName": "Dora", "password": "x"}
    made = server.ask("POST", "user", body)
    assert (made["name"], made["displayName"], made["active"]) == ("dora", "Dora", True)
    assert server.get("user?username=dora") == server.get("user/search?query=dor")[0] == made
    assert server.get("user/picker?query=dora")["users"][0]["name"] == "dora"
    assert server.refused("POST", "user", body) == (
        400,
        {"username": "A user with that username already exists."},
    )
    server.ask("DELETE", "user?username=dora")
    assert server.get("user/search?query=dora") == []
    assert server.get("user/search?query=dora&includeInactive=True")[0]["active"] is False
    assert server.refused("POST", "user", {"displayName": "x"})[0] == 400
    assert server.ask("POST", "user", body)["active"] is True
    for taken in ({"name": "dora2", "emailAddress": "ann@example.com"}, {"name": "ann"}):
        assert server.refused("POST", "user", taken)[0] == 400
    server.copy()


def test_who_can_be_assigned_works_in_the_project(serve):
    server = serve(
        {
            "users": ["ann@example.com", "bob@example.com"],
            "projects": [{"key": "CK"}, {"key": "ES", "users": ["ann@example.com"]}],
        }
    )
    key = server.make()
    for target, names in {
        "user/assignable/search?project=CK&username=": {"admin", "ann", "bob"},
        "user/assignable/search?project=ES&query=": {"ann"},
        f"user/assignable/search?issueKey={key}&query=bob": {"bob"},
        f"user/viewissue/search?issueKey={key}&query=ann": {"ann"},
        "user/assignable/multiProjectSearch?projectKeys=CK,ES&query=": {"ann"},
    }.items():
        found = {row["name"] for row in server.get(target)}
        assert {"ann", "bob"} & found == {"ann", "bob"} & names, target


def test_groups_have_members(server):
    assert [row["name"] for row in server.get("groups/picker?query=jira")["groups"]] == [
        "jira-administrators",
        "jira-software-users",
    ]
    server.ask("POST", "group", {"name": "ops"})
    shown = server.ask("POST", "group/user?groupname=ops", {"name": "bob"})
    assert [row["name"] for row in shown["users"]["items"]] == ["bob"]
    members = server.get("group/member?groupname=ops")
    assert (members["total"], members["values"][0]["name"]) == (1, "bob")
    key = server.make(assignee={"name": "bob"})
    assert server.found("assignee in membersOf(ops)") == [key]
    assert "ops" in [row["name"] for row in server.get("myself", "bob")["groups"]["items"]]
    assert server.get("group/bulk")["total"] == 3
    account = server.get("user?username=bob")["accountId"]
    assert "ops" in [row["name"] for row in server.get(f"user/groups?accountId={account}")]
    server.copy()
    server.ask("DELETE", "group/user?groupname=ops&username=bob")
    assert server.get("group?groupname=ops")["users"]["size"] == 0
    server.ask("DELETE", "group?groupname=ops")
    assert server.refused("GET", "group?groupname=ops") == (404, ["Group 'ops' does not exist."])


@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        ("POST", "group", {"name": "jira-administrators"}, 400),
        ("POST", "group", {"name": ""}, 400),
        ("POST", "group/user?groupname=ops", {"name": "bob"}, 404),
        ("POST", "group/user?groupname=jira-administrators", {"name": "nobody"}, 404),
        ("DELETE", "group?groupname=jira-administrators", b"", 400),
        ("DELETE", "group/user?groupname=jira-administrators&username=nobody", b"", 404),
        ("GET", "group", b"", 400),
    ],
)
def test_what_groups_cannot_be_is_refused(server, method, target, body, status):
    assert server.refused(method, target, body)[0] == status


def test_everybody_may_do_everything_until_a_role_says_otherwise(serve):
    developers = {"roles": {"Developers": ["bob@example.com"], "Administrators": ["eve"]}}
    server = serve(
        {"users": ["ann", "bob"], "projects": [{"key": "CK"}, {"key": "ES", **developers}]}
    )
    assert all(
        row["havePermission"]
        for row in server.get("mypermissions?projectKey=CK")["permissions"].values()
    )

    def may(user: str) -> set[str]:
        rows = server.get("mypermissions?projectKey=ES", user)["permissions"].values()
        return {row["key"] for row in rows if row["havePermission"]}

    assert {"CREATE_ISSUES", "ADD_COMMENTS"} <= may("ann")
    assert may("ann").isdisjoint({"EDIT_ISSUES", "DELETE_ISSUES", "LINK_ISSUES"})
    assert "EDIT_ISSUES" in may("bob")
    assert "DELETE_ISSUES" not in may("bob")
    assert {"DELETE_ISSUES", "ADMINISTER_PROJECTS"} <= may("eve")
    assert server.found("project in projectsWhereUserHasRole(Developers)", "ann") == []
    only = server.get("mypermissions?permissions=EDIT_ISSUES&projectKey=ES")["permissions"]
    assert [*only] == ["EDIT_ISSUES"]
    assert server.refused("GET", "mypermissions?permissions=FLY") == (
        400,
        ["Unrecognized permission: FLY"],
    )


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("PUT", "issue/ES-1", {"fields": {"summary": "x"}}),
        ("DELETE", "issue/ES-1", b""),
        ("PUT", "issue/ES-1/assignee", {"name": "ann"}),
        ("POST", "issue/ES-1/transitions", {"transition": {"id": "31"}}),
        ("POST", "issue/ES-1/worklog", {"timeSpent": "1h"}),
        ("POST", "issue/ES-1/watchers", "bob"),
        ("POST", "issue/ES-1/remotelink", {"object": {"title": "x", "url": "http://x"}}),
        ("PUT", "project/ES", {"description": "x"}),
        ("DELETE", "project/ES", b""),
        ("POST", "version", {"name": "1", "project": "ES"}),
        ("POST", "component", {"name": "1", "project": "ES"}),
    ],
)
def test_whoever_has_no_role_for_it_is_told_403(serve, method, target, body):
    roles = {"Developers": ["bob@example.com"], "Administrators": ["bob@example.com"]}
    server = serve(
        {
            "users": ["ann", "bob@example.com"],
            "projects": [{"key": "ES", "roles": roles}],
            "issues": [{"key": "ES-1", "summary": "one"}],
        }
    )
    status, told = server.refused(method, target, body)
    assert status == 403
    assert told
    assert server.send(method, target, body, "bob").status < 300


def test_comments_are_shown_to_those_they_are_for(serve):
    roles = {"Administrators": ["bob@example.com"]}
    server = serve(
        {
            "users": ["ann", "bob@example.com"],
            "projects": [{"key": "CK", "roles": roles}],
            "groups": {"ops": ["bob@example.com"]},
        }
    )
    key = server.make()
    for visibility in (
        {"type": "role", "value": "Administrators"},
        {"type": "group", "value": "ops"},
    ):
        body = {"body": "secret", "visibility": visibility}
        id_ = server.ask("POST", f"issue/{key}/comment", body, "bob")["id"]
        assert server.refused("GET", f"issue/{key}/comment/{id_}") == (
            404,
            [f"Can not find a comment for the id: {id_}."],
        )
        server.ask("POST", f"issue/{key}/worklog", {"timeSpent": "1h", **body}, "bob")
    assert server.get(f"issue/{key}/comment")["total"] == 0
    assert server.fields(key)["comment"]["comments"] == []
    assert server.fields(key)["worklog"]["total"] == 0
    assert server.found("comment ~ secret") == []
    assert server.found("comment ~ secret", "bob") == [key]
    assert server.get(f"issue/{key}/comment", "bob")["total"] == 2
    assert server.fields(key, "bob")["worklog"]["total"] == 2
    server.copy()


def test_administration_is_for_the_group_of_administrators(serve):
    server = serve({"users": ["ann", "bob"], "groups": {"jira-administrators": ["bob"]}})
    assert server.refused("POST", "project", {"key": "AB", "name": "x"})[0] == 403
    assert server.refused("POST", "group", {"name": "x"})[0] == 403
    server.ask("POST", "project", {"key": "AB", "name": "x"}, "bob")


def test_a_session_is_a_cookie(server):
    made = server.send("POST", "/rest/auth/1/session", {"username": "bob", "password": "x"}, None)
    cookie = made.headers["Set-Cookie"].partition(";")[0]
    answer = server.send("GET", "myself", user=None, cookie=cookie)
    assert answer.body["name"] == "bob"
    assert server.refused("POST", "/rest/auth/1/session", {"username": ""}, None) == (
        401,
        ["Login failed"],
    )
    assert server.send("GET", "/rest/auth/1/session", user=None).status == 401
    assert server.send("DELETE", "/rest/auth/1/session").status == 204


ROLES = {
    "users": ["ann", "bob", "eve", "dev"],
    "groups": {"jira-administrators": ["ann"]},
    "projects": [
        {
            "key": "CK",
            "roles": {"Administrators": ["ann"], "Developers": ["dev"], "Users": ["bob", "eve"]},
        }
    ],
}


def test_people_change_what_they_made_and_administrators_all(serve):
    server = serve(ROLES)
    issue = f"issue/{server.make(user='bob')}"
    comment = server.ask("POST", f"{issue}/comment", {"body": "x"}, "bob")["id"]
    work = server.ask("POST", f"{issue}/worklog", {"timeSpent": "1h"}, "ann")["id"]
    for user in ("eve", "dev"):
        told = server.refused("PUT", f"{issue}/comment/{comment}", {"body": "y"}, user)
        assert told == (400, ["You do not have permission to edit this comment."])
        told = server.refused("DELETE", f"{issue}/comment/{comment}", user=user)
        assert told == (400, ["You do not have permission to delete this comment."])
        told = server.refused("PUT", f"{issue}/worklog/{work}", {"timeSpent": "2h"}, user)
        assert told == (400, ["You do not have permission to edit this worklog."])
        told = server.refused("DELETE", f"{issue}/worklog/{work}", user=user)
        assert told == (400, ["You do not have permission to delete this worklog."])
    for user in ("bob", "ann"):
        server.ask("PUT", f"{issue}/comment/{comment}", {"body": user}, user)
    server.ask("DELETE", f"{issue}/comment/{comment}", user="bob")
    server.ask("DELETE", f"{issue}/worklog/{work}", user="ann")


@pytest.mark.parametrize(
    ("field", "value"),
    [("reporter", {"name": "eve"}), ("assignee", {"name": "dev"}), ("duedate", "2024-05-01")],
)
def test_a_field_that_one_may_not_set_is_on_no_screen(serve, field, value):
    server = serve(ROLES)
    fields = {"project": {"key": "CK"}, "summary": "x", "issuetype": {"name": "Task"}}
    told = f"Field '{field}' cannot be set. It is not on the appropriate screen, or unknown."
    body = {"fields": {**fields, field: value}}
    assert server.refused("POST", "issue", body, "bob") == (400, {field: told})
    metas = "issue/createmeta/CK/issuetypes/10006"
    edits = f"issue/{server.make(user='bob')}/editmeta"
    for user, shown in (("bob", False), ("dev", True)):
        assert (field in [row["fieldId"] for row in server.get(metas, user)["values"]]) is shown
        assert (field in server.get(edits, user)["fields"]) is shown
    server.ask("POST", "issue", body, "dev")


def test_whoever_sees_a_project_may_browse_it(serve):
    roles = {"Administrators": [], "Developers": [], "Users": []}
    server = serve({"users": ["ann"], "projects": [{"key": "CK", "roles": roles}]})
    may = server.get("mypermissions?projectKey=CK")["permissions"]
    assert may["BROWSE_PROJECTS"]["havePermission"] is True
    assert may["CREATE_ISSUES"]["havePermission"] is False
    grants = server.get("project/CK/permissionscheme")
    assert "BROWSE_PROJECTS" in [row["permission"] for row in grants["permissions"]]
