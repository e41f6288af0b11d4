"""Watchers, votes, links and work hang on issues, over HTTP, as in Jira."""

from __future__ import annotations

import pytest

GONE = "Issue does not exist or you do not have permission to see it."


def test_whoever_creates_an_issue_or_comments_on_it_watches_it(server):
    key = server.make()
    server.ask("POST", f"issue/{key}/comment", {"body": "x"}, "bob")
    watches = server.get(f"issue/{key}/watchers")
    assert [row["name"] for row in watches["watchers"]] == ["ann", "bob"]
    assert (watches["watchCount"], watches["isWatching"]) == (2, True)
    assert server.fields(key, "carl")["watches"]["isWatching"] is False


def test_watchers_come_and_go(server):
    key = server.make()
    updated = server.fields(key)["updated"]
    server.ask("POST", f"issue/{key}/watchers", "bob")
    server.ask("POST", f"issue/{key}/watchers", b"", "carl")  # oneself
    assert server.get(f"issue/{key}/watchers")["watchCount"] == 3
    assert server.found("watcher = bob") == server.found("watchers >= 3") == [key]
    assert server.found("key in watchedIssues()", "carl") == [key]
    account = server.get("user?username=bob")["accountId"]
    server.ask("DELETE", f"issue/{key}/watchers?accountId={account}")
    server.ask("DELETE", f"issue/{key}/watchers?username=ann")
    server.ask("DELETE", f"issue/{key}/watchers", user="carl")
    assert server.get(f"issue/{key}/watchers")["watchers"] == []
    assert server.fields(key)["updated"] == updated
    server.copy()


def test_votes_are_for_open_issues_of_others(server):
    key = server.make()
    server.ask("POST", f"issue/{key}/votes", user="bob")
    server.ask("POST", f"issue/{key}/votes", user="bob")
    votes = server.get(f"issue/{key}/votes", "bob")
    assert (votes["votes"], votes["hasVoted"]) == (1, True)
    assert [row["name"] for row in votes["voters"]] == ["bob"]
    assert server.fields(key)["votes"]["hasVoted"] is False
    assert server.found("voter = bob and votes = 1") == [key]
    assert server.found("key in votedIssues()", "bob") == [key]
    assert server.refused("POST", f"issue/{key}/votes")[0] == 404
    server.ask("DELETE", f"issue/{key}/votes", user="bob")
    server.ask("DELETE", f"issue/{key}/votes", user="bob")
    assert server.get(f"issue/{key}/votes")["votes"] == 0
    server.ask("POST", f"issue/{key}/transitions", {"transition": {"id": "31"}})
    assert server.refused("POST", f"issue/{key}/votes", user="bob") == (
        404,
        ["Issue is resolved, you cannot vote for it."],
    )


def test_a_link_is_seen_from_both_ends(server):
    one, two = server.make("one"), server.make("two")
    body = {"type": {"name": "Blocks"}, "inwardIssue": {"key": one}, "outwardIssue": {"key": two}}
    assert server.send("POST", "issueLink", {**body, "comment": {"body": "so"}}).status == 201
    (link,) = server.fields(one)["issuelinks"]
    assert (link["type"]["name"], link["outwardIssue"]["key"]) == ("Blocks", two)
    (other,) = server.fields(two)["issuelinks"]
    assert (other["id"], other["inwardIssue"]["key"]) == (link["id"], one)
    assert server.fields(one)["comment"]["comments"][0]["body"] == "so"
    shown = server.get(f"issueLink/{link['id']}")
    assert (shown["inwardIssue"]["key"], shown["outwardIssue"]["key"]) == (one, two)
    assert server.items(two) == [("Link", None, f"This issue is blocked by {one}")]
    assert server.found("issueLinkType = Blocks") == [one, two]
    assert server.found("issueLinkType = 'is blocked by'") == [two]
    assert server.found(f"issueLink = {two}") == server.found(f"key in linkedIssues({two})")
    assert server.found(f"key in linkedIssues({one}, 'blocks')") == [two]
    assert server.found(f"key in linkedIssues({one}, 'is blocked by')") == []
    server.ask("POST", "issueLink", body)  # again: it is there already
    assert len(server.fields(one)["issuelinks"]) == 1
    server.copy()
    server.ask("DELETE", f"issueLink/{link['id']}")
    assert server.fields(one)["issuelinks"] == server.fields(two)["issuelinks"] == []
    assert server.send("GET", f"issueLink/{link['id']}").status == 404


def test_an_edit_links_too_and_a_deleted_issue_takes_its_links_along(server):
    one = server.make("one")
    update = {"issuelinks": [{"add": {"type": {"id": "10003"}, "outwardIssue": {"key": one}}}]}
    values = {"project": {"key": "CK"}, "summary": "two", "issuetype": {"name": "Task"}}
    two = server.ask("POST", "issue", {"fields": values, "update": update})["key"]
    update = {"issuelinks": [{"add": {"type": {"name": "Blocks"}, "inwardIssue": {"key": one}}}]}
    server.ask("PUT", f"issue/{two}", {"update": update})
    assert [row["type"]["name"] for row in server.fields(one)["issuelinks"]] == [
        "Relates",
        "Blocks",
    ]
    server.ask("DELETE", f"issue/{two}")
    assert server.fields(one)["issuelinks"] == []
    server.copy()


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        pytest.param(
            {"type": {"name": "Tests"}},
            (404, ["No issue link type with name 'Tests' found."]),
            id="type",
        ),
        pytest.param({"outwardIssue": {"key": "CK-9"}}, (404, [GONE]), id="issue"),
        pytest.param(
            {"outwardIssue": {"key": "CK-1"}},
            (400, ["You cannot link an issue to itself."]),
            id="itself",
        ),
        pytest.param(
            {"comment": {"body": ""}},
            (400, {"comment": "Comment body can not be empty!"}),
            id="comment",
        ),
    ],
)
def test_a_link_that_cannot_be_is_refused(server, body, answer):
    one, two = server.make("one"), server.make("two")
    good = {"type": {"name": "Blocks"}, "inwardIssue": {"key": one}, "outwardIssue": {"key": two}}
    assert server.refused("POST", "issueLink", good | body) == answer


def test_link_types_are_listed(server):
    rows = server.get("issueLinkType")["issueLinkTypes"]
    assert [row["name"] for row in rows] == ["Blocks", "Cloners", "Duplicate", "Relates"]
    assert server.get("issueLinkType/10001") == rows[1]
    assert server.refused("GET", "issueLinkType/9")[0] == 404


def test_types_of_links_are_made_and_go_with_their_links(server):
    body = {"name": "Tests", "inward": "is tested by", "outward": "tests"}
    made = server.ask("POST", "issueLinkType", body)
    assert made["id"] == "10100"
    edited = server.ask("PUT", "issueLinkType/10100", {"name": "Test"})
    assert (edited["name"], edited["outward"]) == ("Test", "tests")
    one, two = server.make("one"), server.make("two")
    ends = {"inwardIssue": {"key": one}, "outwardIssue": {"key": two}}
    server.ask("POST", "issueLink", {"type": {"name": "Test"}, **ends})
    assert server.found("issueLinkType = tests") == [one]
    assert server.found(f"key in linkedIssues({two}, 'is tested by')") == [one]
    server.copy()
    assert server.refused("POST", "issueLinkType", {"name": "x"})[0] == 400
    assert server.refused("POST", "issueLinkType", {**body, "name": "Blocks"})[0] == 400
    assert server.refused("PUT", "issueLinkType/10000", {"name": "x"})[0] == 400
    server.ask("DELETE", "issueLinkType/10100")
    assert server.fields(one)["issuelinks"] == server.fields(two)["issuelinks"] == []
    server.copy()


def test_a_remote_link_with_a_global_id_is_there_once(server):
    key = server.make()
    base = f"issue/{key}/remotelink"
    target = {"url": "https://example.com/1", "title": "One"}
    assert server.send("POST", base, {"globalId": "a=1", "object": target}).status == 201
    target = {"url": "https://example.com/2", "title": "Two"}
    assert server.send("POST", base, {"globalId": "a=1", "object": target}).status == 200
    (link,) = server.get(base)
    assert (link["id"], link["object"]) == (10000, target)
    assert server.get(f"{base}?globalId=a%3D1") == server.get(f"{base}/10000") == link
    assert server.found("key in issuesWithRemoteLinksByGlobalId('a=1')") == [key]
    server.copy()
    server.ask("PUT", f"{base}/10000", {"object": {**target, "title": "Three"}})
    assert server.get(base)[0]["object"]["title"] == "Three"
    assert server.refused("POST", base, {"object": {"url": "x"}}) == (
        400,
        {"title": "'title' is required."},
    )
    assert server.refused("GET", f"{base}?globalId=b")[0] == 404
    server.ask("DELETE", f"{base}/10000")
    assert server.get(base) == []


def test_work_is_logged_against_the_estimate(server):
    key = server.make(timetracking={"originalEstimate": "1d"})
    assert server.fields(key)["timetracking"] == {
        "originalEstimate": "1d",
        "originalEstimateSeconds": 28800,
        "remainingEstimate": "1d",
        "remainingEstimateSeconds": 28800,
    }
    work = {"timeSpent": "2h 30m", "comment": "looked", "started": "2024-04-30T10:00:00.000+0200"}
    made = server.ask("POST", f"issue/{key}/worklog", work)
    assert (made["timeSpent"], made["timeSpentSeconds"]) == ("2h 30m", 9000)
    assert made["started"] == "2024-04-30T08:00:00.000+0000"
    fields = server.fields(key)
    assert (fields["timespent"], fields["timeestimate"]) == (9000, 19800)
    assert fields["progress"] == {"progress": 9000, "total": 28800, "percent": 31}
    assert fields["worklog"]["worklogs"] == [made]
    assert fields["workratio"] == 31
    assert server.get(f"issue/{key}/worklog/{made['id']}") == made
    for version, shown in (("2", {"comment": ""}), ("3", {})):
        target = f"/rest/api/{version}/issue/{key}/worklog"
        silent = server.ask("POST", f"{target}?adjustEstimate=leave", {"timeSpent": "1m"})
        assert {name: silent[name] for name in silent if name == "comment"} == shown
        server.ask("DELETE", f"{target}/{silent['id']}?adjustEstimate=leave")
    for query in (
        "timespent = '2h 30m'",
        "remainingEstimate < 1d",
        "originalEstimate = 480",
        "worklogAuthor = ann",
        "worklogDate = 2024-04-30",
        "worklogComment ~ looked",
        "workratio > 30",
    ):
        assert server.found(query) == [key], query
    assert server.found("worklogDate > 2024-05-01 or worklogAuthor = bob") == []
    changed = server.ask("PUT", f"issue/{key}/worklog/{made['id']}", {"timeSpentSeconds": 3600})
    assert (changed["timeSpent"], changed["comment"]) == ("1h", "looked")
    assert server.fields(key)["timeestimate"] == 25200
    server.copy()
    server.ask("DELETE", f"issue/{key}/worklog/{made['id']}?adjustEstimate=leave")
    fields = server.fields(key)
    assert (fields["timespent"], fields["timeestimate"]) == (0, 25200)
    assert ("timespent", "3600", "0") in server.items(key)


@pytest.mark.parametrize(
    ("query", "remaining"),
    [
        ("", 3600),
        ("adjustEstimate=auto", 3600),
        ("adjustEstimate=leave", 7200),
        ("adjustEstimate=new&newEstimate=3h", 10800),
        ("adjustEstimate=manual&reduceBy=30m", 5400),
    ],
)
def test_logging_work_adjusts_what_is_left(server, query, remaining):
    key = server.make(timetracking={"originalEstimate": "4h", "remainingEstimate": "2h"})
    server.ask("POST", f"issue/{key}/worklog?{query}", {"timeSpent": "1h"})
    assert server.fields(key)["timeestimate"] == remaining


@pytest.mark.parametrize(
    ("query", "body", "errors"),
    [
        ("", {}, {"timeLogged": "You must indicate the time spent working on the issue."}),
        ("", {"timeSpent": "long"}, {"timeLogged": "Invalid time duration entered."}),
        ("", {"timeSpentSeconds": 1.5}, {"timeLogged": "Invalid time duration entered."}),
        ("", {"timeSpent": "1h", "started": "now"}, {"started": "Error parsing time: now"}),
        (
            "?adjustEstimate=new",
            {"timeSpent": "1h"},
            {"newEstimate": "Invalid time duration entered."},
        ),
        (
            "?adjustEstimate=x",
            {"timeSpent": "1h"},
            {"adjustEstimate": "'x' is not a way to adjust the estimate."},
        ),
        (
            "",
            {"timeSpent": "1h", "visibility": {"type": "role", "value": "X"}},
            {"commentLevel": "Role with id: X does not exist."},
        ),
    ],
    ids=str,
)
def test_work_that_cannot_be_is_refused(server, query, body, errors):
    key = server.make()
    assert server.refused("POST", f"issue/{key}/worklog{query}", body) == (400, errors)


def test_an_estimate_that_is_none_is_refused(server):
    key = server.make()
    body = {"fields": {"timetracking": {"originalEstimate": "soon"}}}
    assert server.refused("PUT", f"issue/{key}", body) == (
        400,
        {"timetracking": "The original estimate specified is not valid."},
    )


def test_what_sub_tasks_take_is_added_up(server):
    key = server.make(timetracking={"originalEstimate": "1h"})
    part = server.make(
        issuetype={"name": "Sub-task"}, parent={"key": key}, timetracking={"originalEstimate": 30}
    )
    update = {"worklog": [{"add": {"timeSpent": "15m"}}]}
    server.ask("POST", f"issue/{part}/transitions", {"transition": {"id": "21"}, "update": update})
    fields = server.fields(key)
    assert fields["timespent"] is None
    assert fields["aggregatetimespent"] == 900
    assert fields["aggregatetimeoriginalestimate"] == 5400
    assert fields["aggregateprogress"] == {"progress": 900, "total": 5400, "percent": 16}
