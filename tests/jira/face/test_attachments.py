"""Files are attached in forms, and read again byte by byte."""

from __future__ import annotations

import pytest

BOUNDARY = "x1y2"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
NASTY = bytes(range(256)) + b"\r\n--x1y\r\n"


def form(*parts: tuple[str, bytes]) -> bytes:
    lines = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + body + b"\r\n"
        for about, body in parts
    ]
    return b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()


def attach(server, key, body, user="ann", **headers):
    sent = {"content_type": TYPE, "x_atlassian_token": "no-check", **headers}
    return server.send("POST", f"issue/{key}/attachments", body, user, **sent)


def test_what_is_attached_is_there(server):
    key = server.make()
    body = form(('name="file"; filename="a b.txt"', NASTY), ('name="file"; filename="ü.png"', b""))
    one, two = attach(server, key, body).body
    assert (one["filename"], one["size"], one["mimeType"]) == ("a b.txt", len(NASTY), "text/plain")
    assert (two["filename"], two["size"], two["mimeType"]) == ("ü.png", 0, "image/png")
    assert one["content"] == "http://jira.example.com/secure/attachment/10000/a%20b.txt"
    answer = server.send("GET", "/secure/attachment/10000/a%20b.txt")
    assert (answer.body, answer.headers["Content-Type"]) == (NASTY, "text/plain")
    assert server.send("GET", "attachment/content/10000").body == NASTY
    assert server.fields(key)["attachment"] == [one, two]
    assert server.get("attachment/10001") == two
    assert server.found("attachments is not empty") == [key]
    assert server.found("attachments is empty") == []
    server.copy()
    server.ask("DELETE", "attachment/10000")
    assert server.fields(key)["attachment"] == [two]
    assert server.items(key)[-1] == ("Attachment", "a b.txt", None)
    assert server.refused("GET", "attachment/10000")[0] == 404
    server.ask("DELETE", f"issue/{key}")
    assert server.store.table("jira:contents").rows() == {}


def test_the_limit_is_told_and_kept(server):
    key = server.make()
    limit = server.get("attachment/meta")["uploadLimit"]
    part = 'name="file"; filename="a"'
    assert attach(server, key, form((part, b"x" * limit))).status == 200
    before = server.store.digest()
    answer = attach(server, key, form((part, b"ok"), (part, b"x" * (limit + 1))))
    assert answer.status == 413
    assert "exceeds its maximum permitted size of" in answer.body["errorMessages"][0]
    assert server.store.digest() == before


def test_without_the_token_header_it_is_a_forgery(server):
    answer = attach(server, server.make(), form(), x_atlassian_token="")
    assert (answer.status, answer.body) == (403, "XSRF check failed")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(form(('name="other"; filename="a"', b"x")), {}, id="another field"),
        pytest.param(b"", {}, id="nothing"),
        pytest.param(b"--x1y2\r\nhalf", {}, id="half a form"),
        pytest.param(form(("", b"x"))[:-9], {}, id="an end cut off"),
        pytest.param(b"--x1y2\r\n\r\nx\r\n--x1y2--", {}, id="a part without a name"),
        pytest.param(form(), {"content_type": "multipart/form-data"}, id="no boundary"),
        pytest.param(b"{}", {"content_type": "application/json"}, id="JSON"),
    ],
)
def test_what_is_no_form_with_files_is_refused(server, body, headers):
    key = server.make()
    before = server.store.digest()
    answer = attach(server, key, body, **headers)
    assert answer.status == 400
    assert answer.body["errorMessages"]
    assert server.store.digest() == before


def test_declared_types_and_names_cannot_break_headers(server):
    about = 'name="file"; filename="C:\\\\dir\\\\a\\"b.txt"\r\nContent-Type: text/x\x01y'
    (made,) = attach(server, server.make(), form((about, b"x"))).body
    assert made["filename"] == 'a"b.txt'
    headers = server.send("GET", f"attachment/content/{made['id']}").headers
    assert headers["Content-Disposition"] == 'attachment; filename="a\'b.txt"'
    assert headers["Content-Type"] == "text/x?y"
