"""Mails: addresses, envelopes, and MIME as it goes over the wire."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header

import pytest

from mockkibana.connectors.mail import Address, Mail, addresses, is_address

MAIL = Mail(
    sender="Bob <bob@example.com>",
    to=["a@example.com"],
    cc=[],
    bcc=["hidden@example.com"],
    subject="Disk full",
    text="hi\nthere",
    html="<p>hi\nthere</p>\n",
    message_id="<1@example.com>",
    at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)

GOOD = [
    "a@example.com",
    "a.b+c@example",
    '"a b"@example.com',
    "Ann <a@example.com>",
    '"Ann, B." <a@example.com>',
    "a@[192.0.2.1]",
    "a@example.com, b@example.com",
    " a@example.com ",
    "ä@bücher.example",
]
BAD = ["", "nope", "a@", "@b", "a b@c", "a@b@c", "a..b@c", "<a@b", "a@b,", "{{to}}", "a@b;c@d"]


@pytest.mark.parametrize(
    ("text", "is_one"), [*((t, True) for t in GOOD), *((t, False) for t in BAD)]
)
def test_an_address_is_told_from_what_is_none(text, is_one):
    assert is_address(text) is is_one


def test_no_text_takes_long_to_be_told_from_an_address():
    assert not is_address("a." * 50_000 + "@")
    assert not is_address('"' * 50_000)


def test_addresses_have_a_name_and_a_mailbox():
    found = addresses(["Ann <a@example.com>, b@example.com", "c@example.com"])
    assert found == [
        Address("Ann", "a@example.com"),
        Address("", "b@example.com"),
        Address("", "c@example.com"),
    ]
    assert found[0].shown() == {"address": "a@example.com", "name": "Ann"}


def test_an_envelope_has_everybody_once():
    mail = replace(MAIL, cc=["a@example.com", "C <c@example.com>"])
    assert mail.envelope() == {
        "from": "bob@example.com",
        "to": ["a@example.com", "c@example.com", "hidden@example.com"],
    }


def test_mime_is_a_text_and_html_whose_lines_end_as_on_the_wire():
    raw = MAIL.raw()
    assert "\n" not in raw.replace("\r\n", "")
    message = email.message_from_string(raw)
    assert message.items() == [
        ("Content-Type", 'multipart/alternative; boundary="--_Part_1"'),
        ("MIME-Version", "1.0"),
        ("From", "Bob <bob@example.com>"),
        ("To", "a@example.com"),
        ("Subject", "Disk full"),
        ("Message-ID", "<1@example.com>"),
        ("Date", "Fri, 02 Jan 2026 03:04:05 +0000"),
    ]
    assert "hidden@example.com" not in raw
    parts = [(p.get_content_type(), p.get_payload(decode=True)) for p in message.get_payload()]
    assert parts == [
        ("text/plain", b"hi\r\nthere"),
        ("text/html", b"<p>hi\r\nthere</p>\r\n"),
    ]


def test_other_letters_than_ascii_are_encoded():
    mail = replace(MAIL, subject="Fülle 🚀", text="ü" * 200, sender="Jürgen <j@example.com>")
    raw = mail.raw()
    assert raw.isascii()
    message = email.message_from_string(raw)
    assert str(make_header(decode_header(message["Subject"]))) == "Fülle 🚀"
    assert message.get_payload(0).get_payload(decode=True).decode() == "ü" * 200


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("a\r\nBcc: x@example.com", "a Bcc: x@example.com"),
        ("a\x00b", "a b"),
        ("half \ud800", "half ?"),
    ],
    ids=["lines", "control", "surrogate"],
)
def test_a_subject_is_one_line_whatever_it_holds(subject, shown):
    message = email.message_from_string(replace(MAIL, subject=subject).raw())
    assert message["Subject"] == shown
    assert message["Bcc"] is None
