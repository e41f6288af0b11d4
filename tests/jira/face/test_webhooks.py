"""Webhooks are registered over HTTP, and told of what happens to issues and comments."""

from __future__ import annotations

import pytest

from mockkibana.jira.webhook_sender import TYPE, Notice, WebhookSender
from mockkibana.settings import Settings
from mockkibana.world import World

HOOKS = "/rest/webhooks/1.0/webhook"
ALL = [
    *("jira:issue_created", "jira:issue_updated", "jira:issue_deleted"),
    *("comment_created", "comment_updated", "comment_deleted"),
]


def register(server, **changes):
    body = {"name": "tool", "url": "http://127.0.0.1:1/hook", "events": ALL} | changes
    return server.ask("POST", HOOKS, body)


def test_a_webhook_is_registered_changed_and_removed(server):
    made = register(server, filters={"issue-related-events-section": "project = CK"})
    assert (made["name"], made["enabled"], made["excludeBody"]) == ("tool", True, False)
    assert made["self"] == "http://jira.example.com/rest/webhooks/1.0/webhook/1"
    assert server.get(HOOKS) == [server.get(f"{HOOKS}/1")] == [made]
    assert server.ask("PUT", f"{HOOKS}/1", {"enabled": False})["enabled"] is False
    server.copy()
    server.ask("DELETE", f"{HOOKS}/1")
    assert server.refused("GET", f"{HOOKS}/1")[0] == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"url": "ftp://x"},
        {"url": None},
        {"events": ["moon_rises"]},
        {"events": "jira:issue_created"},
        {"excludeBody": 1},
        {"filters": {"issue-related-events-section": 5}},
    ],
    ids=str,
)
def test_what_is_no_webhook_is_refused(server, changes):
    body = {"name": "tool", "url": "http://127.0.0.1/", "events": ALL} | changes
    status, told = server.refused("POST", HOOKS, body)
    assert status == 400
    assert told


def test_without_a_webhook_nobody_is_told(server):
    server.make()
    assert server.told == []


def test_every_change_of_an_issue_is_told(server):
    register(server)
    key = server.make()
    server.ask("PUT", f"issue/{key}", {"fields": {"summary": "new"}})
    server.ask("POST", f"issue/{key}/transitions", {"transition": {"id": "31"}}, "bob")
    server.ask("PUT", f"issue/{key}/assignee", {"name": "bob"})
    id_ = server.ask("POST", f"issue/{key}/comment", {"body": "one"})["id"]
    server.ask("PUT", f"issue/{key}/comment/{id_}", {"body": "two"})
    server.ask("DELETE", f"issue/{key}/comment/{id_}")
    server.ask("DELETE", f"issue/{key}")
    bodies = [notice.body for notice in server.told]
    assert [(row["webhookEvent"], row.get("issue_event_type_name")) for row in bodies] == [
        ("jira:issue_created", "issue_created"),
        ("jira:issue_updated", "issue_updated"),
        ("jira:issue_updated", "issue_generic"),
        ("jira:issue_updated", "issue_assigned"),
        ("comment_created", None),
        ("comment_updated", None),
        ("comment_deleted", None),
        ("jira:issue_deleted", "issue_deleted"),
    ]
    assert {row["issue"]["key"] for row in bodies} == {key}
    assert [row["user"]["name"] for row in bodies[1:3]] == ["ann", "bob"]
    (item,) = bodies[1]["changelog"]["items"]
    assert (item["field"], item["toString"]) == ("summary", "new")
    assert [row["comment"]["body"] for row in bodies[4:7]] == ["one", "two", "two"]
    assert bodies[7]["issue"]["fields"]["status"]["name"] == "Done"


def test_a_webhook_hears_what_it_asked_for(server):
    register(server, jqlFilter="labels = a", events=["jira:issue_created"])
    register(server, name="short", excludeBody=True, url="http://127.0.0.1:1/${issue.key}")
    register(server, name="off", enabled=False)
    register(server, name="broken", jqlFilter="this is no query")
    server.make()
    key = server.make(labels=["a"])
    told = [(notice.name, notice.url, notice.body is None) for notice in server.told]
    assert told == [
        ("short", "http://127.0.0.1:1/CK-1", True),
        ("tool", "http://127.0.0.1:1/hook", False),
        ("short", f"http://127.0.0.1:1/{key}", True),
    ]


def test_deliveries_are_sent_and_kept_in_the_outbox(httpserver):
    httpserver.expect_request("/hook").respond_with_json({"ok": True})
    world = World()
    for url in (httpserver.url_for("/hook"), "http://example.com/", "http://127.0.0.1:1/"):
        body = {"name": url, "url": url, "events": ["jira:issue_created"]}
        assert ask(world, "POST", HOOKS, body).status == 201
    assert ask(world, "POST", "/rest/api/2/project", {"key": "CK"}).status == 201
    fields = {"project": {"key": "CK"}, "summary": "x", "issuetype": {"name": "Task"}}
    assert ask(world, "POST", "/rest/api/2/issue", {"fields": fields}).status == 201
    one, two, three = world.outbox.list(connector_type_id=TYPE)
    assert (one["response"]["status"], one["response"]["body"]) == (200, {"ok": True})
    (received, _), *_ = httpserver.log
    assert received.json == one["request"]["body"]
    assert received.json["issue"]["key"] == "CK-1"
    assert received.headers["User-Agent"] == "Atlassian Webhook HTTP Client"
    assert one["request"]["headers"].items() <= dict(received.headers).items()
    assert two["response"]["status"] == 0
    assert two["response"]["body"].startswith("Not sent: the mock sends webhooks to loopback")
    assert three["response"]["body"] == "connect ECONNREFUSED 127.0.0.1:1"
    world.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1@example.com/",
        "http://example.com\\@127.0.0.1/",
        "http://127.0.0.1.example.com/",
        "http://[::2]/",
        "http://127.0.0.1:port/",
        "http://${issue.key}/",
    ],
)
def test_nothing_but_loopback_is_asked(url):
    world = World()
    WebhookSender(world.outbox, world.installation).send([Notice("tool", url, {})])
    (delivery,) = world.outbox.list(connector_type_id=TYPE)
    assert delivery["response"]["status"] == 0
    assert delivery["response"]["body"].startswith("Not sent: ")
    world.close()


def test_no_redirect_and_no_proxy_leads_away(httpserver):
    httpserver.expect_request("/hook").respond_with_data(
        "", 307, {"Location": "http://example.com/"}
    )
    world = World(Settings(proxy_url="http://proxy.example.com:8080"))
    notice = Notice("tool", httpserver.url_for("/hook"), {})
    WebhookSender(world.outbox, world.installation).send([notice])
    (delivery,) = world.outbox.list(connector_type_id=TYPE)
    told = "Redirected request failed: mockkibana sends nothing to example.com:80"
    assert delivery["response"]["body"].startswith(told)
    assert len(httpserver.log) == 1
    world.close()


def ask(world, method, path, body):
    from mockkibana.http.messages import Request

    return world.jira_face.handle(Request(method=method, path=path, body=body))
