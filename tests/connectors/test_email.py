"""The email connector: the mail that is sent, what comes back, and how a server refuses it."""

from __future__ import annotations

import email
import json
from dataclasses import replace
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


@pytest.mark.kibana_version("9.3.0", "9.4.0")
def test_later_answers_may_go_elsewhere(kibana_version, world, mailer, execute):
    mail = {**MAIL, "replyTo": ["D <d@example.com>"]}
    answer = execute(mailer(), mail).json
    if kibana_version == "9.3.0":
        assert "Unrecognized key(s) in object: 'replyTo'" in answer["message"]
        return
    [delivery] = world.outbox.list(connector_type_id=".email")
    body = delivery["request"]["body"]
    assert body["reply_to"] == ["D <d@example.com>"]
    assert email.message_from_string(body["raw"])["Reply-To"] == "D <d@example.com>"
    shown = execute(mailer({"service": "__json", "from": "bob@example.com"}), mail).json["data"]
    assert shown["message"]["replyTo"] == [{"address": "d@example.com", "name": "D"}]


@pytest.mark.kibana_version("9.2.3", "9.2.4", "9.5.0")
def test_later_there_are_only_so_many_addresses(kibana_version, mailer, execute):
    answer = execute(mailer(), {**MAIL, "to": ["a@example.com"] * 101}).json
    said = {
        "9.2.4": "[to]: array size is [101], but cannot be greater than [100]",
        "9.5.0": "✖ Too big: expected array to have <=100 items\n  → at to",
    }
    text = said.get(kibana_version)
    assert answer.get("message") == (text and f"error validating action params: {text}")


FAILURES = [
    ({"status": 421, "body": "421 busy"}, "Invalid greeting. response=421: 421 busy"),
    (
        {"status": 450},
        (
            "Can't send mail - all recipients were rejected: "
            "450 4.2.1 The recipient's mailbox is unavailable."
        ),
    ),
    ({"status": 535}, "Invalid login: 535 5.7.8 Authentication failed"),
    (
        {"status": 550},
        (
            "Can't send mail - all recipients were rejected: "
            "550 5.1.1 Recipient address rejected: User unknown"
        ),
    ),
    ({"status": 552}, "Message failed: 552 5.3.4 Message size exceeds fixed limit"),
    ({"status": 554, "body": "554 no spam"}, "Message failed: 554 no spam"),
    ({"status": 452}, "Message failed: 452 Unknown"),
    ({"wire": "refused"}, "connect ECONNREFUSED mail.example.com:25"),
    ({"wire": "reset"}, "read ECONNRESET"),
    ({"wire": "empty"}, "Connection closed unexpectedly"),
    ({"wire": "garbage"}, "Invalid greeting"),
    ({"wire": "hold"}, "Greeting never received"),
    ({"tls": "self-signed"}, "self-signed certificate"),
]


@pytest.mark.parametrize(("what", "text"), FAILURES, ids=[str(row[0])[1:20] for row in FAILURES])
def test_a_refusal_is_told_in_nodemailers_words(world, mailer, execute, what, text):
    world.faults.add({"match": {"backend": "email"}, "what": what})
    answer = execute(mailer(), MAIL).json
    assert answer == {
        "connector_id": answer["connector_id"],
        "status": "error",
        "message": "error sending email",
        "service_message": text,
        "errorSource": "user",
    }


@pytest.mark.parametrize(
    ("fixed", "config", "subject"),
    [
        (False, CONFIG, "s"),
        (True, CONFIG, "This is a test email from Kibana"),
        (True, {"service": "__json", "from": "bob@example.com"}, "s"),
    ],
)
def test_a_switch_makes_each_mail_the_test_that_newer_versions_send(
    world, mailer, execute, fixed, config, subject
):
    world.settings = replace(world.settings, fixed_test_emails=fixed)
    data = execute(mailer(config), {**MAIL, "subject": "s", "message": "s"}).json["data"]
    shown = data.get("message") or world.outbox.list()[-1]["request"]["body"]
    assert shown["subject"] == subject
    assert shown["text"] == f"{subject}{FOOTER}"


@pytest.mark.parametrize(("message", "rest"), [("12345", "1234"), ("1234", "1234"), ("123", None)])
def test_a_message_that_is_too_long_is_trimmed_and_says_so(world, mailer, execute, message, rest):
    world.settings = replace(world.settings, email_maximum_body_length=4)
    connector = mailer()
    execute(connector, {**MAIL, "message": message})
    text = world.outbox.list()[-1]["request"]["body"]["text"].removesuffix(FOOTER)
    if rest is None:
        assert text == message
    else:
        assert text == (
            f"Your message's length of {len(message)} exceeded the 4 bytes limit that is set for "
            f'the connector "{connector}" and was trimmed. You can modify the limit by increasing '
            "the value specified for the xpack.actions.email.maximum_body_length setting."
            f"\n\n{rest}"
        )


def test_a_server_that_asks_for_no_account_may_have_any_certificate(world, create, execute):
    config = {"host": "mail.example.com", "port": 25, "from": "a@example.com", "hasAuth": False}
    simple = create(".email", config)["id"]
    secure = create(".email", {**config, "secure": True})["id"]
    world.faults.add({"match": {"backend": "email"}, "what": {"tls": "self-signed"}})
    assert execute(simple, MAIL).json["status"] == "ok"
    assert execute(secure, MAIL).json["service_message"] == "self-signed certificate"


def test_a_template_is_no_address_when_the_mail_is_sent(mailer, execute):
    answer = execute(mailer(), {**MAIL, "to": ["{{to}}"]}).json
    assert answer["message"] == "[to/cc/bcc]: not valid emails: {{to}}"
    assert answer["errorSource"] == "user"
    assert "retry" not in answer


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"messageHTML": "<p>"}, "HTML email can only be sent via notifications"),
        (
            {"attachments": [{"content": "", "filename": "a"}]},
            "Email attachments can only be sent via notifications",
        ),
    ],
    ids=["html", "attachments"],
)
def test_what_notifications_alone_may_send_is_refused(world, mailer, execute, more, text):
    answer = execute(mailer(), {**MAIL, **more}).json
    assert (answer["status"], answer["message"]) == ("error", text)
    assert world.outbox.list() == []


@pytest.mark.parametrize(
    ("config", "url"),
    [
        ({**CONFIG, "port": 465}, "smtps://mail.example.com:465"),
        ({**CONFIG, "port": 465, "secure": False}, "smtp://mail.example.com:465"),
        ({**CONFIG, "secure": True}, "smtps://mail.example.com:25"),
        ({"service": "gmail"}, "smtps://smtp.gmail.com:465"),
        ({"service": "outlook365"}, "smtp://smtp.office365.com:587"),
        ({"service": "ses"}, "smtps://email-smtp.us-east-1.amazonaws.com:465"),
        ({"service": "hotmail"}, "smtp://smtp-mail.outlook.com:587"),
        ({"service": "elastic_cloud"}, "smtp://dockerhost:10025"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_service_says_which_server(world, mailer, execute, config, url):
    assert execute(mailer({"from": "bob@example.com", **config}), MAIL).json["status"] == "ok"
    assert world.outbox.list()[-1]["request"]["url"] == url


def test_without_authentication_nobody_logs_in(world, create, execute):
    connector = create(".email", {**CONFIG, "hasAuth": False})["id"]
    execute(connector, MAIL)
    assert world.outbox.list()[-1]["request"]["headers"].get("Authorization") is None


# The footer

LINK = {"kibanaFooterLink": {"path": "/app/x", "text": "See the rule"}}


@pytest.mark.parametrize(
    ("settings", "more", "footer"),
    [
        (Settings(), LINK, FOOTER),
        (Settings(enable_footer_in_email=False), LINK, ""),
        (
            Settings(public_url="https://k.example.com"),
            {},
            f"{FOOTER} [Go to Elastic](https://k.example.com).",
        ),
        (
            Settings(public_url="https://k.example.com"),
            LINK,
            f"{FOOTER} [See the rule](https://k.example.com/app/x).",
        ),
    ],
    ids=["no URL", "switched off", "home", "link"],
)
def test_the_footer_leads_to_kibana_where_it_knows_its_own_url(
    world, mailer, execute, settings, more, footer
):
    world.settings = settings
    execute(mailer(), {**MAIL, **more})
    assert world.outbox.list()[-1]["request"]["body"]["text"] == f"hi **x**{footer}"


def test_a_mail_without_any_text_says_so(world, mailer, execute):
    world.settings = replace(world.settings, enable_footer_in_email=False)
    execute(mailer(), {**MAIL, "message": ""})
    assert world.outbox.list()[-1]["request"]["body"]["text"] == "no message set"


# Allow lists

REFUSED = "error validating connector type config: "
DOMAINS = Settings(email_domain_allowlist=("example.com", "example.org"))
RECIPIENTS = Settings(email_recipient_allowlist=("admin-*@example.com", "*@example.org"))


@pytest.mark.parametrize(
    ("settings", "to", "text"),
    [
        (DOMAINS, ["a@example.com", "B <b@example.org>"], None),
        (
            DOMAINS,
            ["a@example.net", "b@Example.com"],
            "not allowed emails: a@example.net, b@Example.com",
        ),
        (
            DOMAINS,
            ["a@example.net", "nope", "c@example.com"],
            "not valid emails: nope; not allowed emails: a@example.net",
        ),
        (
            DOMAINS,
            ["a@example.com, b@example.net"],
            "not allowed emails: a@example.com, b@example.net",
        ),
        (RECIPIENTS, ["admin-1@example.com", "x@example.org"], None),
        (RECIPIENTS, ["admin@example.com"], "not allowed emails: admin@example.com"),
    ],
    ids=["domains", "others", "neither", "several", "recipients", "no recipient"],
)
def test_mail_goes_only_to_those_on_the_allow_list(world, mailer, execute, settings, to, text):
    connector = mailer()
    world.settings = settings
    answer = execute(connector, {**MAIL, "cc": [], "to": to}).json
    told = text and f"error validating action params: [to/cc/bcc]: {text}"
    assert answer.get("message") == told


def test_the_sender_needs_an_allowed_domain_and_no_recipients_pattern(world, mailer, post, execute):
    config = {**CONFIG, "from": "bob@example.net"}
    connector = mailer(config)
    world.settings = DOMAINS
    text = f"{REFUSED}[from]: not allowed emails: bob@example.net"
    assert post(".email", config, secrets=ACCOUNT).json["message"] == text
    assert execute(connector, MAIL).json["message"] == text
    world.settings = Settings(email_recipient_allowlist=("*@example.com",))
    assert execute(connector, MAIL).json["status"] == "ok"


def test_a_template_may_become_any_address_but_not_in_the_executor(world, mailer, execute):
    connector = mailer()
    world.settings = DOMAINS
    answer = execute(connector, {**MAIL, "to": ["{{a}}@example.net"]}).json
    assert answer["message"] == "[to/cc/bcc]: not allowed emails: {{a}}@example.net"


# Services and hosts


@pytest.mark.parametrize(
    ("config", "hosts", "text"),
    [
        (
            {"service": "gmail"},
            ("example.com",),
            (
                "[service] value 'gmail' resolves to host 'smtp.gmail.com' which is not in the "
                "allowedHosts configuration"
            ),
        ),
        (
            {"service": "elastic_cloud"},
            ("example.com",),
            (
                "[service] value 'elastic_cloud' resolves to host 'dockerhost' which is not in the "
                "allowedHosts configuration"
            ),
        ),
        (
            {"host": "mail.example.com", "port": 25},
            ("example.com",),
            "[host] value 'mail.example.com' is not in the allowedHosts configuration",
        ),
        ({"host": "mail.example.com", "port": 25}, ("mail.example.com",), None),
        ({"service": "nobody"}, ("*",), "[service] value 'nobody' is not valid"),
        (
            {
                "service": "exchange_server",
                "tenantId": "t",
                "clientId": "c",
                "oauthTokenUrl": "https://login.example.com",
            },
            ("example.com",),
            (
                "[oauthTokenUrl]: host name value for 'https://login.example.com' is not in the "
                "allowedHosts configuration"
            ),
        ),
    ],
    ids=["service", "cloud", "host", "allowed", "unknown", "token"],
)
def test_the_host_has_to_be_allowed(world, post, config, hosts, text):
    world.settings = replace(world.settings, allowed_hosts=hosts)
    secrets = {**ACCOUNT, "clientSecret": "s"}
    answer = post(".email", {"from": "a@b.c", **config}, secrets=secrets).json
    assert answer.get("message") == (text and f"{REFUSED}{text}")


@pytest.mark.parametrize(
    ("service", "text"),
    [
        ("gmail", None),
        ("__json", None),
        ("hotmail", None),
        ("other", '[service]: "other" is not in the list of enabled email services: google-mail'),
        (
            "exchange_server",
            (
                '[service]: "microsoft-exchange" is not in the list of enabled email services: '
                "google-mail"
            ),
        ),
    ],
)
def test_only_enabled_services_are_taken(world, post, service, text):
    world.settings = replace(world.settings, email_services_enabled=("google-mail",))
    answer = post(".email", {"service": service, "from": "a@b.c"}, secrets=ACCOUNT).json
    assert answer.get("message") == (text and f"{REFUSED}{text}")


# Microsoft Exchange

EXCHANGE = {
    "service": "exchange_server",
    "from": "bob@example.com",
    "tenantId": "the-tenant",
    "clientId": "the-client",
}


@pytest.fixture
def exchange(create: Any) -> Any:
    secrets = {"clientSecret": "the-client-secret"}
    return lambda **more: create(".email", {**EXCHANGE, **more}, secrets=secrets)["id"]


def test_exchange_takes_a_mail_by_its_graph_with_a_token(world, exchange, execute):
    answer = execute(exchange(), MAIL).json
    assert (answer["status"], answer["data"]) == ("ok", "")
    token, sent = (delivery["request"] for delivery in world.outbox.list())
    assert (token["method"], token["url"]) == (
        "POST",
        "https://login.microsoftonline.com/the-tenant/oauth2/v2.0/token",
    )
    assert token["body"] == (
        "client_id=the-client&client_secret=[redacted]&grant_type=client_credentials&"
        "scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
    )
    content_type = "application/x-www-form-urlencoded; charset=UTF-8"
    assert token["headers"]["Content-Type"] == content_type
    assert sent["url"] == "https://graph.microsoft.com/v1.0/users/bob@example.com/sendMail"
    assert sent["headers"]["Authorization"] == "[redacted]"
    message = sent["body"]["message"]
    assert message.pop("body")["contentType"] == "HTML"
    assert message == {
        "subject": "ü",
        "toRecipients": [{"emailAddress": {"address": "a@example.com"}}],
        "ccRecipients": [{"emailAddress": {"address": "C <c@example.com>"}}],
        "bccRecipients": [],
    }


def test_a_kibana_yml_says_where_microsoft_is(world, exchange, execute):
    connector, other = exchange(), exchange(oauthTokenUrl="https://login.example.org/mine")
    world.settings = replace(
        world.settings,
        microsoft_exchange_url="https://login.example.com",
        microsoft_graph_api_url="https://graph.example.com/v2",
        microsoft_graph_api_scope="https://graph.example.com/all",
    )
    execute(connector, MAIL)
    execute(other, MAIL)
    token, sent, others_token, _ = (delivery["request"] for delivery in world.outbox.list())
    assert token["url"] == "https://login.example.com/the-tenant/oauth2/v2.0/token"
    assert token["body"].endswith("&scope=https%3A%2F%2Fgraph.example.com%2Fall")
    assert sent["url"] == "https://graph.example.com/v2/users/bob@example.com/sendMail"
    assert others_token["url"] == "https://login.example.org/mine"


def test_a_token_is_kept_until_it_expires_and_after_a_refusal_no_longer(world, exchange, execute):
    def asked() -> int:
        deliveries = world.outbox.list()
        return sum("/token" in delivery["request"]["url"] for delivery in deliveries)

    connector = exchange()
    world.clock.freeze()
    execute(connector, MAIL)
    world.clock.advance(3598)
    execute(connector, MAIL)
    assert asked() == 1
    world.clock.advance(1)
    execute(connector, MAIL)
    assert asked() == 2
    match = {"backend": "email", "path": "*/sendMail"}
    world.faults.add({"match": match, "what": {"status": 403}, "when": {"first": 1}})
    denied = {"error": {"code": "ErrorAccessDenied", "message": "Access is denied."}}
    failed = execute(connector, MAIL).json
    assert json.loads(failed["service_message"]) == denied
    execute(connector, MAIL)
    assert asked() == 3
    with world.store.transaction() as transaction:
        transaction.drop("outbox.of/email/tokens")
    failed = json.loads(execute(connector, MAIL).json["service_message"])
    assert failed["error"]["code"] == "InvalidAuthenticationToken"
    assert execute(connector, MAIL).json["status"] == "ok"
    assert asked() == 4


def test_a_token_that_is_not_granted_is_told_in_microsofts_words(world, exchange, execute):
    world.faults.add({"match": {"backend": "email", "path": "*/token"}, "what": {"status": 401}})
    failed = execute(exchange(), MAIL).json
    assert (failed["message"], failed["service_message"]) == (
        "error sending email",
        (
            '{"error":"invalid_client",'
            '"error_description":"AADSTS7000215: Invalid client secret provided."}'
        ),
    )
    world.faults.clear()
    world.faults.add(
        {"match": {"backend": "email", "path": "*/token"}, "what": {"wire": "refused"}}
    )
    text = "connect ECONNREFUSED login.microsoftonline.com:443"
    assert execute(exchange(), MAIL).json["service_message"] == text
