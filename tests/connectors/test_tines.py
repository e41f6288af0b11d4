"""The Tines connector: lists stories and webhooks, and posts to a webhook."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://tenant.tines.com"
SECRETS = {"email": "ann@example.com", "token": "token-of-ann"}
WEBHOOK = {"id": 2, "name": "n", "storyId": 1, "path": "elastic", "secret": "s"}


@pytest.fixture
def tines(create) -> str:
    return create(".tines", {"url": URL}, secrets=SECRETS)["id"]


def named(sub_action: str, **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


def test_stories_and_their_webhooks_are_listed(world, tines, execute):
    assert execute(tines, named("stories")).json["data"] == {
        "stories": [{"id": 1, "name": "Elastic", "published": True}],
        "incompleteResponse": False,
    }
    [webhook] = execute(tines, named("webhooks", storyId=1)).json["data"]["webhooks"]
    assert (webhook["id"], webhook["storyId"], webhook["path"]) == (2, 1, "elastic")
    assert execute(tines, named("webhooks", storyId=7)).json["data"]["webhooks"] == []
    urls = [delivery["request"]["url"] for delivery in world.outbox.list()]
    assert urls == [
        f"{URL}/api/v1/stories?per_page=500",
        f"{URL}/api/v1/agents?story_id=1&per_page=500",
        f"{URL}/api/v1/agents?story_id=7&per_page=500",
    ]
    headers = world.outbox.list()[0]["request"]["headers"]
    assert {"x-user-email", "x-user-token"} <= headers.keys()
    assert SECRETS["token"] not in str(world.outbox.list())


def test_more_than_one_page_is_incomplete(world, tines, execute):
    body = {"stories": [], "meta": {"pages": 2}}
    world.faults.add({"match": {"backend": "tines"}, "what": {"status": 200, "body": body}})
    answer = execute(tines, named("stories")).json
    assert answer["data"] == {"stories": [], "incompleteResponse": True}


@pytest.mark.parametrize("sub_action", ["run", "test"])
@pytest.mark.parametrize(
    ("params", "url"),
    [
        ({"webhook": WEBHOOK}, f"{URL}/webhook/elastic/s"),
        ({"webhookUrl": "https://other.example.com/x"}, "https://other.example.com/x"),
        (
            {"webhook": WEBHOOK, "webhookUrl": "https://other.example.com/x"},
            "https://other.example.com/x",
        ),
    ],
    ids=["webhook", "URL", "both"],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_webhook_is_run_with_the_text_and_without_the_account(
    world, tines, execute, sub_action, params, url
):
    answer = execute(tines, named(sub_action, body='{"a": 1}', **params)).json
    assert answer == {"status": "ok", "data": {"status": "ok"}, "connector_id": tines}
    [delivery] = world.outbox.list(connector_type_id=".tines")
    assert (delivery["request"]["url"], delivery["request"]["body"]) == (url, '{"a": 1}')
    assert "x-user-token" not in delivery["request"]["headers"]


def thrown(id_: str, text: str, source: str = "framework") -> Any:
    return {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": text,
        "retry": True,
        "errorSource": source,
        "connector_id": id_,
    }


def test_a_run_needs_a_webhook(world, tines, execute):
    assert execute(tines, named("run", body="{}")).json == thrown(
        tines, "Invalid subActionsParams: [webhook] or [webhookUrl] expected but got none"
    )
    assert world.outbox.list() == []


FAILURES: list[tuple[Any, str, str]] = [
    ({"status": 422}, "Status code: 422. Message: API Error: Unprocessable Entity", "framework"),
    ({"status": 429}, "Status code: 429. Message: API Error: Too Many Requests", "user"),
    (
        {"wire": "refused"},
        "Status code: undefined. Message: AxiosError: connect ECONNREFUSED tenant.tines.com:443",
        "framework",
    ),
]


@pytest.mark.parametrize(("what", "text", "source"), FAILURES, ids=[str(f[0]) for f in FAILURES])
@pytest.mark.parametrize(
    "params", [named("stories"), named("run", webhook=WEBHOOK, body="{}")], ids=["stories", "run"]
)
@pytest.mark.kibana_version("8.19.0")
def test_a_failure_is_thrown(world, tines, execute, params, what, text, source):
    world.faults.add({"match": {"backend": "tines"}, "what": what})
    assert execute(tines, params).json == thrown(tines, text, source)


@pytest.mark.kibana_version("8.19.0")
def test_an_answer_that_is_no_list_is_thrown(world, tines, execute):
    world.faults.add({"match": {"backend": "tines"}, "what": {"status": 200, "body": {}}})
    assert execute(tines, named("stories")).json == thrown(
        tines,
        (
            "Response validation failed (Error: [meta.pages]: expected value of type [number] but "
            "got [undefined])"
        ),
    )


@pytest.mark.kibana_version("8.19.0")
def test_the_host_has_to_be_allowed_also_that_of_a_webhook(world, post, tines, execute):
    world.settings = replace(world.settings, allowed_hosts=("tenant.tines.com",))
    core = "is not added to the Kibana config xpack.actions.allowedHosts"
    params = named("run", webhookUrl="https://b.example.com", body="{}")
    assert execute(tines, params).json["service_message"] == (
        f'error configuring connector action: target url "https://b.example.com" {core}'
    )
    refused = post(".tines", {"url": "https://c.example.com"}, secrets=SECRETS)
    assert refused.json["message"] == (
        "error validating action type config: error validating url: target url "
        f'"https://c.example.com" {core}'
    )


@pytest.mark.kibana_version("9.5.0")
def test_later_path_and_secret_of_a_webhook_are_dropped(kibana_version, world, tines, execute):
    webhook = {"id": "2", "name": "n", "storyId": 1, "path": "p", "secret": "s"}
    params = {"subAction": "run", "subActionParams": {"webhook": webhook, "body": "{}"}}
    assert execute(tines, params).json["status"] == "ok"
    [delivery] = world.outbox.list(connector_type_id=".tines")
    assert delivery["request"]["url"].endswith("/webhook/undefined/undefined")
