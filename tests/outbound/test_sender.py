"""What a run sends: whom it reaches, which rules bend it, and what the journal tells of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from mockkibana.kibana.caller import Caller
from mockkibana.settings import Settings

URL = "https://phone.example.com/v1/ring?to=all"


@pytest.fixture
def phone(create):
    return create(".phone", {"line": "red"}, secrets={"pin": "1234-pin-5678"})["id"]


def test_a_message_reaches_the_party_of_its_type(phone, execute):
    assert execute(phone, {"text": "hi"}).json["data"] == {"rung": "hi", "line": "red"}


def test_a_type_without_a_party_writes_to_one_that_takes_whatever_comes(world, create, execute):
    card = create(".card", {"line": "red"})["id"]
    assert execute(card, {"text": "hi"}).json == {"status": "ok", "connector_id": card}
    [delivery] = world.outbox.list(connector_type_id=".card")
    assert delivery["response"] == {"status": 200, "headers": {}, "body": None}


def test_the_journal_links_a_run_to_its_delivery(world, phone, execute, client):
    execute(phone, {"text": "hi"})
    [call] = client.get("/_mock/api/journal?connector_type=.phone").json
    [run] = call["runs"]
    assert run["made"] == [{"kind": "delivery", "place": "exchange", "id": "1", "key": None}]
    [sent] = run["outbound"]
    assert (sent["backend"], sent["method"], sent["url"]) == ("exchange", "POST", URL)
    assert (sent["body"], sent["status"]) == ({"text": "hi"}, 201)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            {"fault": "exchange-busy"},
            (
                "[ERR_BAD_REQUEST] Request failed with status code 486 "
                "{'busy': 'Unknown at /v1/ring?to=all'}"
            ),
        ),
        (
            {"fault": "exchange-down"},
            "[ECONNREFUSED] connect ECONNREFUSED phone.example.com:443 None",
        ),
        (
            {"match": {"backend": "exchange", "path": "/v1/*"}, "what": {"wire": "reset"}},
            "[ECONNRESET] read ECONNRESET None",
        ),
        (
            {"match": {"backend": "exchange"}, "what": {"timeout": True}},
            "[ECONNABORTED] timeout of 60000ms exceeded None",
        ),
        (
            {"match": {"backend": "exchange"}, "what": {"status": 503, "body": {"a": 1}}},
            "[ERR_BAD_RESPONSE] Request failed with status code 503 {'a': 1}",
        ),
    ],
    ids=["preset", "down", "reset", "time-out", "own body"],
)
def test_rules_bend_what_goes_to_a_party(world, phone, execute, rule, text):
    world.faults.add(rule)
    answer = execute(phone, {"text": "hi"}).json
    assert (answer["message"], answer["service_message"]) == ("nobody answers", text)


def test_a_rule_for_another_party_leaves_a_message_alone(world, phone, execute):
    world.faults.add({"fault": "jira-down"})
    assert execute(phone, {"text": "hi"}).json["status"] == "ok"


def test_a_leniency_of_a_type_is_told(world, phone, client, xsrf):
    answer = client.post(
        f"/api/actions/connector/{phone}/_execute", json={"params": {"text": "HI"}}, headers=xsrf
    )
    assert answer.json["data"]["rung"] == "hi"
    assert answer.headers["x-mock-warning"] == "loud"
    assert world.connector_types.leniency("loud") == "the text was loud"


@pytest.mark.parametrize(("line", "deprecated"), [("old", True), ("red", False)])
def test_a_type_says_which_of_its_connectors_are_deprecated(create, client, line, deprecated):
    made = create(".phone", {"line": line})
    assert made["is_deprecated"] is deprecated
    [listed] = client.get("/api/actions/connectors").json
    assert listed["is_deprecated"] is deprecated


@pytest.mark.parametrize("what", [{"wire": "reset"}, {"timeout": True}], ids=str)
@pytest.mark.parametrize(("work", "count"), [("done", 1), ("not-done", 0)])
def test_a_message_arrives_or_not_while_its_answer_is_lost(
    world, phone, execute, what, work, count
):
    world.faults.add({"match": {"backend": "exchange"}, "what": {**what, "work": work}})
    assert execute(phone, {"text": "hi"}).json["status"] == "error"
    assert len(world.outbox.list()) == count


@pytest.mark.parametrize(
    ("certificate", "text"),
    [
        ("self-signed", "[DEPTH_ZERO_SELF_SIGNED_CERT] self-signed certificate"),
        (
            "unknown-issuer",
            "[UNABLE_TO_GET_ISSUER_CERT_LOCALLY] unable to get local issuer certificate",
        ),
        ("expired", "[CERT_HAS_EXPIRED] certificate has expired"),
        (
            "wrong-host",
            (
                "[ERR_TLS_CERT_ALTNAME_INVALID] Hostname/IP does not match certificate's altnames: "
                "Host: phone.example.com. is not in the cert's altnames: DNS:other.example.com"
            ),
        ),
    ],
)
def test_a_certificate_that_node_mistrusts_is_told_in_its_words(
    world, phone, execute, certificate, text
):
    world.faults.add({"match": {"backend": "exchange"}, "what": {"tls": certificate}})
    assert execute(phone, {"text": "hi"}).json["service_message"] == f"{text} None"


def test_elasticsearchs_certificate_can_be_mistrusted_too(world, create, execute):
    index = create(".index", {"index": "logs"})["id"]
    world.faults.add({"match": {"backend": "elasticsearch"}, "what": {"tls": "expired"}})
    answer = execute(index, {"documents": [{}]}).json
    assert answer["service_message"] == "certificate has expired"


LONG = Settings().max_response_content_length


@pytest.mark.parametrize(
    ("settings", "what", "most"),
    [
        ({}, {"status": 200, "body": "x" * (LONG + 1)}, LONG),
        ({"max_response_content_length": 5}, {"latency": 0.001}, 5),
    ],
    ids=["a rule's", "a party's"],
)
def test_an_answer_that_is_too_long_is_told_as_axios_does(
    world, phone, execute, settings, what, most
):
    world.settings = Settings(**settings)
    world.faults.add({"match": {"backend": "exchange"}, "what": what})
    assert execute(phone, {"text": "hi"}).json["service_message"] == (
        f"[ERR_BAD_RESPONSE] maxContentLength size of {most} exceeded None"
    )


def test_elasticsearch_may_answer_as_much_as_it_likes(world, create, execute):
    world.settings = Settings(max_response_content_length=5)
    index = create(".index", {"index": "logs"})["id"]
    assert execute(index, {"documents": [{}]}).json["status"] == "ok"


def test_what_a_latency_holds_back_is_not_sent_once_the_world_was_reset(world, phone, execute):
    world.faults.add({"match": {"backend": "exchange"}, "what": {"latency": 1e300}})

    def reset_then():
        while not world.faults.list()[0]["fired"]:
            sleep(0.01)
        world.reset()

    with ThreadPoolExecutor(1) as pool:
        reset = pool.submit(reset_then)
        answer = execute(phone, {"text": "hi"}).json
        reset.result(30)
    assert answer["service_message"] == "[ECONNRESET] read ECONNRESET None"
    assert world.outbox.list() == []
    assert world.journal.records() == []


def test_a_latency_ends_once_whoever_called_has_left(world, phone, monkeypatch):
    monkeypatch.setattr("mockkibana.faults.waits._PATIENCE", 0.01)
    world.faults.add({"match": {"backend": "exchange"}, "what": {"latency": "10m"}})
    caller = Caller(has_left=lambda: True)
    assert world.executor.execute(caller, phone, {"text": "hi"}).status == "ok"
