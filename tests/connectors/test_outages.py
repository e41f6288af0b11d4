"""What goes wrong with every third party is a fault by name, and fails the runs that meet it."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.faults.errors import BadRule
from soak.samples import SAMPLES

OUTAGES: list[tuple[str, dict[str, Any]]] = [
    ("down", {}),
    ("timeout", {}),
    ("untrusted", {}),
    ("untrusted", {"certificate": "expired"}),
    ("rate-limited", {}),
    ("rate-limited", {"retry_after": 30}),
    ("failing", {}),
    ("failing", {"status": 404, "body": {"message": "busy"}}),
]
# Those whose executors read `retry-after`; the others say `retry: true`, or leave it to the text.
PATIENT = {".slack", ".slack_api", ".webhook", ".torq"}


@pytest.mark.parametrize("type_id", SAMPLES)
def test_every_outage_of_a_types_party_fails_its_runs(world, create, execute, type_id):
    world.clock.freeze("2026-01-02T03:04:05Z")
    connector_type = world.connector_types.get(type_id)
    party = connector_type.party
    if party is None:
        return  # it sends nothing
    name = party if isinstance(party, str) else party.name
    config, secrets = SAMPLES[type_id]
    id_ = create(type_id, config, secrets=secrets)["id"]
    for outage, given in OUTAGES:
        if (name, outage) == ("email", "rate-limited"):
            continue  # SMTP has no such thing
        world.faults.add({"fault": f"{name}-{outage}", "with": given})
        answer = execute(id_, connector_type.example).json
        assert answer["status"] == "error", (outage, answer)
        if "retry_after" in given and type_id in PATIENT:
            assert answer["retry"] == "2026-01-02T03:04:35.000Z"
        world.faults.clear()
    assert execute(id_, connector_type.example).json["status"] == "ok"


MAIL = [
    ("email-login-rejected", "Invalid login: 535 5.7.8 Authentication failed"),
    (
        "email-recipient-rejected",
        (
            "Can't send mail - all recipients were rejected: "
            "550 5.1.1 Recipient address rejected: User unknown"
        ),
    ),
    ("email-failing", "Message failed: 500 Internal Server Error"),
]


@pytest.mark.parametrize(("fault", "text"), MAIL, ids=[fault for fault, _ in MAIL])
def test_a_mail_server_refuses_in_its_own_words(world, create, execute, fault, text):
    config, secrets = SAMPLES[".email"]
    id_ = create(".email", config, secrets=secrets)["id"]
    world.faults.add({"fault": fault})
    example = world.connector_types.get(".email").example
    assert execute(id_, example).json["service_message"] == text


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            {"fault": "slack-untrusted", "with": {"certificate": "old"}},
            "with.certificate: expected one of self-signed, unknown-issuer, expired, wrong-host",
        ),
        ({"fault": "slack-rate-limited", "with": {"retry_after": -1}}, "with.retry_after: expec"),
        ({"fault": "slack-failing", "with": {"status": 1}}, "with.status: expected a whole number"),
        ({"fault": "gen-ai-bad-key", "with": {"retry_after": 1}}, "with: there is no key"),
    ],
)
def test_what_an_outage_cannot_be_given_is_refused(world, rule, text):
    with pytest.raises(BadRule) as refused:
        world.faults.add(rule)
    assert str(refused.value).startswith(text)


def test_a_model_that_is_asked_too_often_says_for_how_long(world, create, execute):
    config, secrets = SAMPLES[".gen-ai"]
    id_ = create(".gen-ai", config, secrets=secrets)["id"]
    world.faults.add({"fault": "gen-ai-rate-limited", "with": {"retry_after": 7}})
    execute(id_, world.connector_types.get(".gen-ai").example)
    assert world.outbox.list()[0]["response"]["headers"]["retry-after"] == "7"
