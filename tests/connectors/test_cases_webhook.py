"""The cases webhook: the requests that its templates make, and the tracker that answers them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://tracker.example.com"
ISSUE = URL + "/issue/{{{external.system.id}}}"
CONFIG = {
    "createIncidentUrl": f"{URL}//issue/",
    "createIncidentJson": (
        '{"title": {{{case.title}}}, "labels": {{{case.tags}}}, "text": {{{case.description}}}}'
    ),
    "createIncidentResponseKey": "id",
    "getIncidentUrl": ISSUE,
    "getIncidentResponseExternalTitleKey": "key",
    "viewIncidentUrl": URL + "/browse/{{{external.system.title}}}",
    "updateIncidentUrl": ISSUE,
    "updateIncidentJson": '{"title": {{{case.title}}}, "of": {{{external.system.id}}}}',
    "createCommentUrl": ISSUE + "/comment",
    "createCommentMethod": "post",
    "createCommentJson": '{"body": {{{case.comment}}}}',
}
BASIC = {"user": "ann", "password": "secret-of-ann"}
NAME = "[Action][Webhook - Case Management]: "
NOW = "2026-01-02T03:04:05.678Z"


@pytest.fixture
def tracker(world, create) -> Any:
    world.clock.freeze(NOW)
    return lambda **config: create(".cases-webhook", {**CONFIG, **config}, secrets=BASIC)["id"]


def push(comments: Any = None, **incident: Any) -> Any:
    params = {"incident": {"title": 'disk "full"', **incident}, "comments": comments}
    return {"subAction": "pushToService", "subActionParams": params}


def sent(world: Any) -> list[tuple[str, str, Any]]:
    requests = [delivery["request"] for delivery in world.outbox.list()]
    return [(request["method"], request["url"], request["body"]) for request in requests]


def test_a_case_is_created_and_looked_at(world, tracker, execute):
    id_ = tracker(headers={"X-Team": "ops", "authorization": "own"})
    assert execute(id_, push(tags=["a", "b"])).json == {
        "status": "ok",
        "data": {"id": "1", "title": "CK-1", "url": f"{URL}/browse/CK-1", "pushedDate": NOW},
        "connector_id": id_,
    }
    body = '{"title": "disk \\"full\\"", "labels": ["a","b"], "text": ""}'
    assert sent(world) == [("POST", f"{URL}/issue", body), ("GET", f"{URL}/issue/1", None)]
    [created, _] = world.outbox.list()
    headers = created["request"]["headers"]
    assert (headers["content-type"], headers["X-Team"]) == ("application/json", "ops")
    assert headers["Authorization"] == "Basic [redacted]"
    assert "authorization" not in headers
    assert "secret-of-ann" not in str(world.outbox.list())
    assert world.outbox.parties()["cases-webhook"]["1"] == {
        "id": "1",
        "key": "CK-1",
        "json": {"title": 'disk "full"', "labels": ["a", "b"], "text": ""},
        "comments": [],
        "created": NOW,
        "updated": NOW,
    }


def test_a_case_is_updated_and_gets_comments(world, tracker, execute):
    id_ = tracker()
    execute(id_, push())
    comments = [
        {"comment": "one", "commentId": "7"},
        {"comment": "", "commentId": "8"},
        {"comment": "two", "commentId": "9"},
    ]
    data = execute(id_, push(comments, title="new", externalId="1")).json["data"]
    assert (data["id"], data["title"]) == ("1", "CK-1")
    assert data["comments"] == [
        {"commentId": "7", "pushedDate": NOW},
        {"commentId": "9", "pushedDate": NOW},
    ]
    assert sent(world)[2:] == [
        ("PUT", f"{URL}/issue/1", '{"title": "new", "of": "1"}'),
        ("GET", f"{URL}/issue/1", None),
        ("POST", f"{URL}/issue/1/comment", '{"body": "one"}'),
        ("POST", f"{URL}/issue/1/comment", '{"body": "two"}'),
    ]
    kept = world.outbox.parties()["cases-webhook"]["1"]
    assert (kept["json"]["title"], kept["json"]["of"]) == ("new", "1")
    assert kept["comments"] == [{"body": "one"}, {"body": "two"}]


def test_without_a_way_to_comment_no_comment_is_sent(world, tracker, execute):
    comments = [{"comment": "one", "commentId": "7"}]
    data = execute(tracker(createCommentJson=None), push(comments)).json["data"]
    assert data["comments"] == [{"commentId": "7", "pushedDate": NOW}]
    assert len(sent(world)) == 2


@pytest.mark.parametrize(
    ("config", "title"),
    [
        ({"getIncidentResponseExternalTitleKey": "fields.names[0]"}, "CK-1"),
        ({"getIncidentResponseExternalTitleKey": "title"}, 'disk "full"'),
        ({"createIncidentResponseKey": "case.number"}, "CK-1"),
        ({"createIncidentResponseKey": "key"}, "CK-1"),
        ({"getIncidentUrl": URL + "/issue?id={{{external.system.id}}}&all=1"}, "CK-1"),
        (
            {
                "getIncidentMethod": "post",
                "getIncidentUrl": f"{URL}/search",
                "getIncidentJson": '{"id": {{{external.system.id}}}}',
            },
            "CK-1",
        ),
    ],
    ids=str,
)
def test_the_tracker_has_the_api_that_the_config_tells(tracker, execute, config, title):
    id_ = tracker(**config)
    data = execute(id_, push()).json["data"]
    assert data["title"] == title
    assert execute(id_, push(externalId=data["id"])).json["data"] == data


def test_an_unknown_case_is_not_updated(world, tracker, execute):
    assert execute(tracker(), push(externalId="9")).json["service_message"] == (
        f"{NAME}Unable to update case with id 9. Error: Request failed with status code 404. "
        '{"message":"There is no case 9."} Reason: Not Found'
    )
    assert "cases-webhook" not in world.outbox.parties()


JSON = {"content-type": "application/json"}
CREATE = f"{NAME}Unable to create case. Error: "
FAILURES: list[tuple[Any, str]] = [
    (
        {"status": 400, "body": {"errors": ["bad"]}},
        'Request failed with status code 400. {"errors":["bad"]} Reason: Bad Request',
    ),
    (
        {"status": 503},
        "Request failed with status code 503.  Reason: Service Unavailable",
    ),
    ({"wire": "refused"}, "connect ECONNREFUSED tracker.example.com:443.  "),
    (
        {"status": 200, "body": {}, "headers": JSON},
        "Response is missing the expected field: id.  ",
    ),
    (
        {"status": 200, "body": "<html>", "headers": {"content-type": "text/html"}},
        (
            f"Unsupported content type: text/html in post {URL}/issue. Supported content types: "
            "application/json.  "
        ),
    ),
    (
        {"status": 204},
        (
            f"Missing content type header in post {URL}/issue. Supported content types: "
            "application/json.  "
        ),
    ),
    (
        {"status": 200, "body": "no", "headers": JSON},
        "Response is not a valid JSON.  ",
    ),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0]) for row in FAILURES])
def test_a_failure_is_thrown_with_its_reason(world, tracker, execute, what, text):
    world.faults.add({"match": {"backend": "cases-webhook"}, "what": what})
    id_ = tracker()
    assert execute(id_, push()).json == {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": CREATE + text,
        "retry": True,
        "errorSource": "framework",
        "connector_id": id_,
    }


def test_a_failure_of_a_later_step_is_told_in_both_words(world, tracker, execute):
    match = {"backend": "cases-webhook", "method": "GET"}
    world.faults.add({"match": match, "what": {"status": 404}})
    assert execute(tracker(), push()).json["service_message"] == (
        f"{CREATE}{NAME}Unable to get case with id 1. Error: Request failed with status code 404. "
        " Reason: Not Found.  Reason: Not Found"
    )


def test_an_update_and_a_comment_may_be_answered_without_a_body(world, tracker, execute):
    id_ = tracker()
    execute(id_, push())
    for match in ({"method": "PUT"}, {"path": "*/comment"}):
        match = {"backend": "cases-webhook", **match}
        world.faults.add({"match": match, "what": {"status": 204}})
    comments = [{"comment": "one", "commentId": "7"}]
    assert execute(id_, push(comments, externalId="1")).json["status"] == "ok"


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (
            {"createIncidentJson": '{"title": {{case.title}}}'},
            "JSON Error: Create case JSON body must be valid JSON.  ",
        ),
        (
            {"createIncidentUrl": "ftp://tracker.example.com"},
            "Invalid Create case URL: Error: Invalid protocol.  ",
        ),
        (
            {"createIncidentUrl": "mailto:ann@example.com"},
            "Invalid Create case URL: Error: URL must contain hostname.  ",
        ),
    ],
)
def test_what_cannot_be_sent_is_said(world, tracker, execute, config, text):
    assert execute(tracker(**config), push()).json["service_message"] == CREATE + text
    assert world.outbox.list() == []


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"updateIncidentJson": "{"}, "JSON Error: Update case JSON body must be valid JSON.  "),
        (
            {"updateIncidentUrl": "https://{{{external.system.id}}}"},
            "Invalid Update case URL: Error: Invalid URL.  ",
        ),
    ],
)
def test_what_cannot_be_updated_is_said(tracker, execute, config, text):
    answer = execute(tracker(**config), push(externalId="a b")).json
    assert answer["service_message"] == f"{NAME}Unable to update case with id a b. Error: {text}"


def test_what_cannot_be_commented_is_said(tracker, execute):
    comments = [{"comment": "one", "commentId": "7"}]
    answer = execute(tracker(createCommentJson="{"), push(comments)).json
    assert answer["service_message"] == (
        f"{NAME}Unable to create comment at case with id 1. Error: JSON Error: Create comment JSON "
        "body must be valid JSON.  "
    )


@pytest.mark.kibana_version("8.19.0")
def test_every_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("tracker.example.com",))
    config = {**CONFIG, "viewIncidentUrl": "https://example.com"}
    refused = post(".cases-webhook", config, secrets=BASIC)
    assert refused.json["message"] == (
        "error validating action type config: error configuring cases webhook action: target url "
        '"https://example.com" is not added to the Kibana config xpack.actions.allowedHosts'
    )


def test_an_authentication_needs_secrets(post):
    refused = post(".cases-webhook", {**CONFIG, "hasAuth": True})
    assert refused.json["message"] == (
        "error validating action type connector: must specify a secrets configuration"
    )
