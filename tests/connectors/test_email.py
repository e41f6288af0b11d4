"""The email connector: the mail that is sent, what comes back, and how a server refuses it."""

from __future__ import annotations

import email
from typing import Any

import pytest

from mockkibana.settings import Settings

CONFIG = {"service": "other", "host": "mail.example.com", "port": 25, "from": "bob@example.com"}
ACCOUNT = {"user": "account", "password": "the-password"}
MAIL = {"to": ["a@example.com"], "cc": ["C <c@example.com>"], "subject": "ü", "message": "hi **x**"}
FOOTER = "\n\n---\n\nThis message was sent by Elastic."


@pytest.fixture
def mailer(create: Any) -> Any:
    return lambda config=CONFIG: create(".email", config, secrets=ACCOUNT)["id"]


def test_a_mail_is_sent_as_text_and_html(world, mailer, execute):
    data = execute(mailer(), MAIL).json["data"]
    assert data["accepted"] == ["a@example.com", "c@example.com"]
    assert data["envelope"] == {"from": "bob@example.com", "to": data["accepted"]}
    assert data["messageId"].endswith("@example.com>")
    [delivery] = world.outbox.list(connector_type_id=".email")
    assert delivery["request"]["url"] == "smtp://mail.example.com:25"
    body = delivery["request"]["body"]
    assert body["text"] == f"hi **x**{FOOTER}"
    assert body["html"].startswith("<p>hi <strong>x</strong></p>\n<hr>\n")
    message = email.message_from_string(body["raw"])
    assert message["From"] == "bob@example.com"
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]
    assert "the-password" not in str(delivery)


def test_the_json_service_sends_nothing_and_returns_the_mail(world, mailer, execute):
    data = execute(mailer({"service": "__json", "from": "bob@example.com"}), MAIL).json["data"]
    assert data["message"]["to"] == [{"address": "a@example.com", "name": ""}]
    assert data["message"]["cc"] == [{"address": "c@example.com", "name": "C"}]
    assert data["message"]["bcc"] is None
    assert world.outbox.list() == []


FAILURES = [
    ({"status": 535}, "Invalid login: 535 5.7.8 Authentication failed"),
    (
        {"status": 550},
        (
            "Can't send mail - all recipients were rejected: "
            "550 5.1.1 Recipient address rejected: User unknown"
        ),
    ),
    ({"wire": "refused"}, "connect ECONNREFUSED mail.example.com:25"),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[row[1][:20] for row in FAILURES])
def test_a_refusal_is_told_in_nodemailers_words(world, mailer, execute, what, text):
    world.faults.add({"match": {"backend": "email"}, "what": what})
    answer = execute(mailer(), MAIL).json
    assert (answer["message"], answer["service_message"]) == ("error sending email", text)


def test_a_template_is_no_address_when_the_mail_is_sent(mailer, execute):
    answer = execute(mailer(), {**MAIL, "to": ["{{to}}"]}).json
    assert answer["message"] == "[to/cc/bcc]: not valid emails: {{to}}"


def test_the_host_has_to_be_allowed(world, post):
    world.settings = Settings(allowed_hosts=("example.com",))
    refused = post(".email", {"service": "gmail", "from": "a@b.c"}, secrets=ACCOUNT)
    assert refused.json["message"] == (
        "error validating action type config: [service] value 'gmail' resolves to host "
        "'smtp.gmail.com' which is not in the allowedHosts configuration"
    )
