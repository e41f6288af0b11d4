"""The Opsgenie connector: alerts that are opened and closed, and what Opsgenie refuses."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

URL = "https://api.opsgenie.com"
SECRETS = {"apiKey": "genie-key-of-ops"}


@pytest.fixture
def opsgenie(create) -> Any:
    return lambda url=URL: create(".opsgenie", {"apiUrl": url}, secrets=SECRETS)["id"]


def open_alert(**params: Any) -> Any:
    return {"subAction": "createAlert", "subActionParams": {"message": "disk full", **params}}


def close_alert(alias: str, **params: Any) -> Any:
    return {"subAction": "closeAlert", "subActionParams": {"alias": alias, **params}}


def alerts(world: Any) -> Any:
    return world.outbox.parties()["opsgenie"]


def test_an_alert_is_created_and_what_opsgenie_says_comes_back(world, opsgenie, execute):
    id_ = opsgenie()
    answer = execute(id_, open_alert(alias="disk", tags=["a"], priority="P1")).json
    assert (answer["status"], answer["connector_id"]) == ("ok", id_)
    assert answer["data"].keys() == {"result", "took", "requestId"}
    assert answer["data"]["result"] == "Request will be processed"
    [delivery] = world.outbox.list(connector_type_id=".opsgenie")
    request = delivery["request"]
    assert (request["method"], request["url"]) == ("POST", f"{URL}/v2/alerts")
    assert request["body"] == {
        "message": "disk full",
        "alias": "disk",
        "tags": ["a"],
        "priority": "P1",
    }
    assert request["headers"]["Authorization"] == "[redacted]"
    assert SECRETS["apiKey"] not in str(delivery)
    [(alias, alert)] = alerts(world).items()
    assert (alias, alert["status"], alert["priority"], alert["tinyId"]) == (
        "disk",
        "open",
        "P1",
        "1",
    )


def test_an_alert_that_is_open_is_counted_and_one_that_is_closed_opens_anew(
    world, opsgenie, execute
):
    id_ = opsgenie()
    for _ in range(2):
        execute(id_, open_alert(alias="disk"))
    assert alerts(world)["disk"]["count"] == 2
    execute(id_, close_alert("disk", user="ann", note="done"))
    closed = alerts(world)["disk"]
    assert (closed["status"], closed["closed"]) == ("closed", {"user": "ann", "note": "done"})
    *_, delivery = world.outbox.list()
    assert delivery["request"]["url"] == f"{URL}/v2/alerts/disk/close?identifierType=alias"
    assert delivery["request"]["body"] == {"user": "ann", "note": "done"}
    execute(id_, open_alert(alias="disk"))
    assert (alerts(world)["disk"]["status"], alerts(world)["disk"]["count"]) == ("open", 1)


def test_an_alert_that_is_not_there_is_closed_all_the_same(opsgenie, execute):
    assert execute(opsgenie(), close_alert("who?")).json["status"] == "ok"


def test_an_alias_that_is_too_long_becomes_its_hash(world, opsgenie, execute):
    id_, alias = opsgenie(), "ä" * 513
    execute(id_, open_alert(alias=alias))
    execute(id_, close_alert(alias))
    hashed = f"sha-{sha256(alias.encode()).hexdigest()}"
    assert [(key, alert["status"]) for key, alert in alerts(world).items()] == [(hashed, "closed")]


@pytest.mark.parametrize("alias", ["a b", "ä", "a+b", "50%?#"])
def test_any_alias_finds_its_alert(world, opsgenie, execute, alias):
    id_ = opsgenie()
    execute(id_, open_alert(alias=alias))
    execute(id_, close_alert(alias))
    assert alerts(world)[alias]["status"] == "closed"


def test_the_path_of_the_url_is_joined_as_a_browser_does(world, opsgenie, execute):
    execute(opsgenie("https://proxy.example.com/a/b"), open_alert())
    [delivery] = world.outbox.list()
    assert delivery["request"]["url"] == "https://proxy.example.com/a/v2/alerts"


UNPROCESSABLE = {
    "message": "Request body is not processable. Please check the errors.",
    "errors": {"message": "Nachricht ist leer für alle."},
}
FAILURES: list[tuple[Any, str]] = [
    (
        {"status": 422},
        (
            "Status code: 422. Message: Request body is not processable. Please check the errors.: "
            '{"message":"Message can not be empty."}'
        ),
    ),
    (
        {"status": 422, "body": UNPROCESSABLE},
        (
            "Status code: 422. Message: Request body is not processable. Please check the errors.: "
            '{"message":"Nachricht ist leer für alle."}'
        ),
    ),
    ({"status": 401}, "Status code: 401. Message: Could not authenticate"),
    ({"status": 429}, "Status code: 429. Message: You are making too many requests!"),
    (
        {"status": 502, "body": "bad gateway"},
        "Status code: 502. Message: Request failed with status code 502",
    ),
    (
        {"status": 200, "body": {"took": 1}},
        (
            "Response validation failed (Error: [requestId]: expected value of type [string] but "
            "got [undefined])"
        ),
    ),
    (
        {"wire": "refused"},
        "Status code: undefined. Message: connect ECONNREFUSED api.opsgenie.com:443",
    ),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0]) for row in FAILURES])
@pytest.mark.kibana_version("8.19.0")
def test_a_failure_is_thrown_in_opsgenies_words(world, opsgenie, execute, what, text):
    world.faults.add({"match": {"backend": "opsgenie"}, "what": what})
    id_ = opsgenie()
    assert execute(id_, open_alert()).json == {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": text,
        "retry": True,
        "errorSource": "framework",
        "connector_id": id_,
    }


def test_a_url_that_is_none_fails_when_it_is_needed(opsgenie, execute):
    answer = execute(opsgenie("nope"), open_alert()).json
    assert answer["service_message"] == "Invalid URL"


@pytest.mark.kibana_version("8.19.0")
def test_the_host_has_to_be_allowed(world, post):
    world.settings = replace(world.settings, allowed_hosts=("example.com",))
    refused = post(".opsgenie", {"apiUrl": URL}, secrets=SECRETS)
    assert refused.json["message"] == (
        f'error validating action type config: error validating url: target url "{URL}" is not '
        "added to the Kibana config xpack.actions.allowedHosts"
    )


@pytest.mark.kibana_version("9.5.4", "9.5.5")
def test_later_a_long_message_is_cut(kibana_version, world, opsgenie, execute):
    params = {"subAction": "createAlert", "subActionParams": {"message": "é" * 131}}
    answer = execute(opsgenie(), params).json
    if kibana_version == "9.5.4":
        assert "Too big: expected string to have <=130 characters" in answer["service_message"]
        return
    [delivery] = world.outbox.list(connector_type_id=".opsgenie")
    assert delivery["request"]["body"]["message"] == "é" * 130
