"""Projects are made, changed and removed over HTTP, with their parts and roles."""

from __future__ import annotations

import pytest


def test_a_project_is_changed_and_removed_with_its_issues(server):
    body = {
        "key": "EX",
        "name": "Example",
        "projectTypeKey": "business",
        "lead": "bob",
        "description": "for tests",
        "url": "http://x",
        "assigneeType": "PROJECT_LEAD",
    }
    made = server.ask("POST", "project", body)
    assert (made["id"], made["key"]) == (10001, "EX")
    shown = server.get("project/EX")
    assert (shown["lead"]["name"], shown["projectTypeKey"]) == ("bob", "business")
    assert (shown["description"], shown["url"]) == ("for tests", "http://x")
    assert server.found("projectType = business") == []
    one, other = server.make(project={"key": "EX"}), server.make()
    link = {"type": {"name": "Blocks"}, "inwardIssue": {"key": one}, "outwardIssue": {"key": other}}
    server.ask("POST", "issueLink", link)
    edited = server.ask("PUT", "project/EX", {"name": "New", "lead": "ann"})
    assert (edited["name"], edited["lead"]["name"]) == ("New", "ann")
    server.copy()
    server.ask("DELETE", "project/EX")
    assert server.refused("GET", "project/EX")[0] == 404
    assert server.found("") == [other]
    assert server.fields(other)["issuelinks"] == []
    server.copy()


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"name": ""}, {"projectName": "You must specify a valid project name."}),
        ({"name": "Other"}, {"projectName": "A project with that name already exists."}),
        ({"lead": "nobody"}, {"projectLead": "You must specify a valid project lead."}),
        ({"assigneeType": "X"}, {"assigneeType": "Invalid default assignee type."}),
        ({"projectTypeKey": "X"}, {"projectType": "Invalid project type."}),
        ({"categoryId": 5}, {"categoryId": "The project category with id '5' was not found"}),
        ({"description": 5}, {"projectDescription": "data was not a string"}),
        ({"key": "XX"}, ["This mock does not change the key of a project."]),
    ],
    ids=str,
)
def test_what_a_project_cannot_be_is_refused(server, body, errors):
    server.ask("POST", "project", {"key": "OT", "name": "Other"})
    assert server.refused("PUT", "project/CK", body) == (400, errors)


def test_versions_say_what_issues_are_fixed_in(server):
    names = ("1.0", "2.0", "3.0")
    ids = [
        server.ask("POST", "version", {"name": name, "project": "CK", "description": "d"})["id"]
        for name in names
    ]
    server.ask("PUT", f"version/{ids[0]}", {"released": True, "releaseDate": "2024-04-01"})
    shown = server.get(f"version/{ids[0]}")
    assert (shown["released"], shown["releaseDate"], shown["projectId"]) == (
        True,
        "2024-04-01",
        10000,
    )
    key = server.make(fixVersions=[{"name": "1.0"}], versions=[{"id": ids[1]}])
    counts = server.get(f"version/{ids[0]}/relatedIssueCounts")
    assert (counts["issuesFixedCount"], counts["issuesAffectedCount"]) == (1, 0)
    counts = server.get(f"version/{ids[0]}/unresolvedIssueCount")
    assert (counts["issuesUnresolvedCount"], counts["issuesCount"]) == (1, 1)
    server.ask("POST", f"version/{ids[2]}/move", {"position": "First"})
    assert [row["name"] for row in server.get("project/CK/versions")] == ["3.0", "1.0", "2.0"]
    after = server.get(f"version/{ids[1]}")["self"]
    server.ask("POST", f"version/{ids[2]}/move", {"after": after})
    assert [row["name"] for row in server.get("project/CK/version")["values"]] == [*names]
    server.ask("DELETE", f"version/{ids[0]}?moveFixIssuesTo={ids[2]}")
    assert [row["name"] for row in server.fields(key)["fixVersions"]] == ["3.0"]
    server.ask("POST", f"version/{ids[1]}/removeAndSwap", {})
    assert server.fields(key)["versions"] == []
    server.copy()


def test_components_have_a_lead(server):
    body = {
        "name": "Disk",
        "project": "CK",
        "leadUserName": "bob",
        "assigneeType": "COMPONENT_LEAD",
    }
    made = server.ask("POST", "component", body)
    assert (made["lead"]["name"], made["isAssigneeTypeValid"], made["project"]) == (
        "bob",
        True,
        "CK",
    )
    key = server.make(components=[{"name": "Disk"}])
    assert server.get(f"component/{made['id']}/relatedIssueCounts")["issueCount"] == 1
    assert server.found("component in componentsLeadByUser(bob)") == [key]
    edited = server.ask("PUT", f"component/{made['id']}", {"description": "d"})
    assert (edited["name"], edited["description"]) == ("Disk", "d")
    assert server.get("project/CK/components") == [edited]
    assert server.fields(key)["components"][0]["description"] == "d"
    server.copy()
    server.ask("DELETE", f"component/{made['id']}")
    assert server.fields(key)["components"] == []
    assert server.refused("GET", f"component/{made['id']}")[0] == 404


@pytest.mark.parametrize(
    ("target", "body", "answer"),
    [
        ("version", {"project": "CK"}, (400, {"name": "You must specify a valid version name"})),
        ("version", {"name": "1.0"}, (400, {"project": "Project must be specified"})),
        (
            "version",
            {"name": "1", "project": "NO"},
            (404, ["No project could be found with key 'NO'."]),
        ),
        (
            "version",
            {"name": "1", "project": "CK", "releaseDate": "soon"},
            (400, {"releaseDate": "Error parsing date string: soon"}),
        ),
        (
            "version",
            {"name": "1", "project": "CK", "startDate": "2024-02-01", "releaseDate": "2024-01-01"},
            (400, {"startDate": "The start date cannot be after the release date."}),
        ),
        (
            "version",
            {"name": "old", "project": "CK"},
            (400, {"name": "A version with this name already exists in this project."}),
        ),
        (
            "component",
            {"name": "old", "project": "CK"},
            (400, {"name": "A component with the name old already exists in this project."}),
        ),
        (
            "component",
            {"name": "x", "project": "CK", "leadUserName": "no"},
            (400, {"leadUserName": "The user no does not exist."}),
        ),
    ],
    ids=str,
)
def test_what_a_part_cannot_be_is_refused(server, target, body, answer):
    for kind in ("version", "component"):
        server.ask("POST", kind, {"name": "old", "project": "CK"})
    assert server.refused("POST", target, body) == answer


def test_roles_have_actors(server):
    roles = server.get("project/CK/role")
    assert [*roles] == ["Administrators", "Developers", "Users"]
    base = "project/CK/role/10001"
    (actor,) = server.get(base)["actors"]
    assert (actor["type"], actor["name"]) == ("atlassian-group-role-actor", "jira-software-users")
    wanted = {"categorisedActors": {"atlassian-user-role-actor": ["bob"]}}
    assert [row["name"] for row in server.ask("PUT", base, wanted)["actors"]] == ["bob"]
    added = server.ask("POST", base, {"user": ["ann", "bob"], "group": ["jira-administrators"]})
    assert [row["name"] for row in added["actors"]] == ["bob", "ann", "jira-administrators"]
    server.copy()
    server.ask("DELETE", f"{base}?user=bob")
    server.ask("DELETE", f"{base}?group=jira-administrators")
    assert [row["name"] for row in server.get(base)["actors"]] == ["ann"]
    assert server.refused("DELETE", f"{base}?user=bob")[0] == 404
    assert server.refused("POST", base, {"user": ["nobody"]})[0] == 404
    assert server.refused("POST", base, {"user": "ann"})[0] == 400
    assert server.refused("GET", "project/CK/role/9")[0] == 404
    assert [row["name"] for row in server.get("role")] == [*roles]


def test_projects_are_in_categories(server):
    made = server.ask("POST", "projectCategory", {"name": "First", "description": "d"})
    server.ask("PUT", "project/CK", {"categoryId": int(made["id"])})
    assert server.get("project/CK")["projectCategory"] == made
    key = server.make()
    assert server.found("category = 'first'") == [key]
    server.ask("PUT", f"projectCategory/{made['id']}", {"name": "Second"})
    assert server.get("project")[0]["projectCategory"]["name"] == "Second"
    assert server.get(f"project/search?categoryId={made['id']}")["total"] == 1
    server.copy()
    assert server.refused("POST", "projectCategory", {"name": "Second"})[0] == 409
    server.ask("DELETE", f"projectCategory/{made['id']}")
    assert "projectCategory" not in server.get("project/CK")
    assert server.get("projectCategory") == []


def test_every_project_has_one_scheme_of_each_kind(server):
    scheme = server.get("permissionscheme")["permissionSchemes"][0]
    assert scheme == server.get("project/CK/permissionscheme") == server.get("permissionscheme/0")
    assert scheme["permissions"][0]["holder"]["type"] == "projectRole"
    for target in (
        "notificationscheme",
        "issuesecurityschemes",
        "issuetypescheme/10000/associations",
        "priorityschemes",
        "project/CK/priorityscheme",
        "project/CK/workflowscheme",
        "workflow",
        "configuration",
        "permissions",
    ):
        assert server.get(target), target
    assert server.get("project/CK/securitylevel") == {"levels": []}
    assert server.refused("GET", "project/CK/issuesecuritylevelscheme")[0] == 404
    assert server.refused("GET", "permissionscheme/5")[0] == 404
