"""What really leaves the process: webhooks to hosts that are named, and mail."""

from __future__ import annotations

import email
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import responses
from flask import Flask
from requests import exceptions

from mockkibana.app import create_app
from mockkibana.outbound.ways_out import WaysOut
from mockkibana.settings import BadSetting, Settings
from mockkibana.settings.installation import Installation
from mockkibana.world import World

HOOK = "https://hooks.example.com/in"
ACCOUNT = {"user": "ann", "password": "the-password"}
TRACKER = {
    "createIncidentUrl": "https://hooks.example.com/cases",
    "createIncidentJson": '{"title": {{{case.title}}}}',
    "createIncidentResponseKey": "id",
    "getIncidentUrl": "https://hooks.example.com/cases/{{{external.system.id}}}",
    "getIncidentResponseExternalTitleKey": "key",
    "viewIncidentUrl": "https://hooks.example.com/view/{{{external.system.id}}}",
    "updateIncidentUrl": "https://hooks.example.com/cases/{{{external.system.id}}}",
    "updateIncidentJson": '{"title": {{{case.title}}}}',
}


@pytest.fixture
def open_world() -> Iterator[Callable[..., World]]:
    worlds = []

    def open_(**options: Any) -> World:
        worlds.append(World(**options))
        return worlds[-1]

    yield open_
    for each in worlds:
        assert each.bugs == []
        each.close()


@pytest.fixture
def world(open_world: Any) -> World:
    return open_world(outbound_hosts=["hooks.example.com"])


@pytest.fixture
def app(world: World) -> Flask:
    return create_app(world)


@pytest.fixture
def answered() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def hook(create: Any) -> str:
    config = {"url": HOOK, "headers": {"X-Api-Key": "the-key-of-hooks", "content-type": "text/x"}}
    return create(".webhook", config, secrets=ACCOUNT)["id"]


def runner(world: World, type_id: str, config: Any, secrets: Any) -> Callable[[Any], Any]:
    """Create a connector in a world; return what runs it."""
    client, headers = create_app(world).test_client(), {"kbn-xsrf": "true"}
    body = {"name": "C", "connector_type_id": type_id, "config": config, "secrets": secrets}
    made = client.post("/api/actions/connector", json=body, headers=headers).json
    url = f"/api/actions/connector/{made['id']}/_execute"
    return lambda params: client.post(url, json={"params": params}, headers=headers).json


# Webhooks


def test_a_webhook_really_goes_out_to_a_host_that_is_named(world, client, hook, execute, answered):
    echo = {"Authorization": "Basic YW5uOnRoZS1wYXNzd29yZA==", "you": "the-key-of-hooks"}
    answered.post(HOOK, json=echo, status=202)
    assert execute(hook, {"body": "hi"}).json["data"] == "hi"
    sent = answered.calls[0].request
    assert sent.body == b"hi"
    assert sent.headers["Authorization"] == "Basic YW5uOnRoZS1wYXNzd29yZA=="
    assert sent.headers["X-Api-Key"] == "the-key-of-hooks"
    assert sent.headers["Content-Type"] == "text/x"
    (delivery,) = world.outbox.list()
    assert delivery["response"]["status"] == 202
    assert delivery["request"]["headers"]["Authorization"] == "Basic [redacted]"
    for secret in ("the-password", "the-key-of-hooks", "YW5uOnRoZS1wYXNzd29yZA=="):
        assert secret not in str(delivery)
        assert secret not in str(client.get("/_mock/api/journal").json)


def test_a_case_is_really_made_in_the_tracker_of_a_host_that_is_named(create, execute, answered):
    answered.post(TRACKER["createIncidentUrl"], json={"id": 7})
    answered.get("https://hooks.example.com/cases/7", json={"key": "REAL-7"})
    connector = create(".cases-webhook", TRACKER, secrets=ACCOUNT)["id"]
    push = {"subAction": "pushToService", "subActionParams": {"incident": {"title": "t"}}}
    data = execute(connector, push).json["data"]
    assert (data["id"], data["title"]) == ("7", "REAL-7")
    assert answered.calls[0].request.body == b'{"title": "t"}'


def test_everything_else_stays_in_the_process(create, execute, answered):
    other = create(".webhook", {"url": "https://other.example.com"}, secrets=ACCOUNT)["id"]
    assert execute(other, {"body": "hi"}).json["status"] == "ok"
    torq = create(".xmatters", {"configUrl": HOOK, "usesBasic": True}, secrets=ACCOUNT)["id"]
    assert execute(torq, {"severity": "high"}).json["status"] == "ok"
    assert not answered.calls


def test_without_hosts_nothing_leaves(open_world, answered):
    run = runner(open_world(), ".webhook", {"url": HOOK}, ACCOUNT)
    assert run({"body": "hi"})["status"] == "ok"
    assert not answered.calls


FAILURES = [
    (
        {"status": 503, "json": {"message": "busy"}},
        ("retry later", "[503] Service Unavailable: busy", True),
    ),
    ({"status": 404, "body": "no"}, ("invalid response", "[404] Not Found", None)),
    (
        {"body": exceptions.ConnectTimeout("Python's words")},
        ("request failed", "[ECONNABORTED] timeout of 60000ms exceeded", None),
    ),
    (
        {"body": "x" * 1_048_577},
        (
            "request failed",
            "[ERR_BAD_RESPONSE] maxContentLength size of 1048576 exceeded",
            None,
        ),
    ),
    (
        {"status": 302, "headers": {"Location": "https://other.example.com/in"}},
        (
            "request failed",
            (
                "[ERR_FR_REDIRECTION_FAILURE] Redirected request failed: mockkibana sends nothing "
                "to other.example.com:443, see --outbound-host"
            ),
            None,
        ),
    ),
]


@pytest.mark.parametrize(("answer", "told"), FAILURES, ids=["503", "404", "time", "long", "away"])
def test_a_real_failure_is_told_as_kibana_does(hook, execute, answered, answer, told):
    answered.post(HOOK, **answer)
    what, service_message, retry = told
    failed = execute(hook, {"body": "hi"}).json
    assert failed["message"] == f"error calling webhook, {what}"
    assert (failed["service_message"], failed.get("retry")) == (service_message, retry)


def test_a_redirect_leads_only_to_allowed_hosts(answered):
    settings = Settings(allowed_hosts=("hooks.example.com",))
    world = World(settings, outbound_hosts=["hooks.example.com", "elsewhere.example.com"])
    run = runner(world, ".webhook", {"url": HOOK}, ACCOUNT)
    answered.post(HOOK, status=307, headers={"Location": "https://elsewhere.example.com/"})
    assert run({"body": "hi"})["service_message"] == (
        "[ERR_FR_REDIRECTION_FAILURE] Redirected request failed: target hostname "
        '"elsewhere.example.com" is not added to the Kibana config xpack.actions.allowedHosts'
    )
    world.close()


def test_a_redirect_to_the_same_host_is_followed(hook, execute, answered):
    answered.post(HOOK, status=307, headers={"Location": "/there"})
    answered.post("https://hooks.example.com/there", body="ok")
    assert execute(hook, {"body": "hi"}).json["data"] == "hi"


def test_a_fault_comes_before_the_wire(world, hook, execute, answered):
    world.faults.add({"match": {"backend": "webhook"}, "what": {"status": 418}})
    assert execute(hook, {"body": "hi"}).json["service_message"] == "[418] I'm a Teapot"
    assert not answered.calls


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, self.headers["Authorization"], body))
        self.send_response(500)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"message": "out of paper"}')

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def listening() -> Iterator[Callable[[Any], Any]]:
    """Start a server on a free port, and end it."""
    servers = []

    def listen(server: Any) -> Any:
        server.received = []
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server

    yield listen
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_webhook_crosses_a_real_socket_to_a_host_with_its_port(open_world, listening):
    server = listening(HTTPServer(("127.0.0.1", 0), _Receiver))
    port = server.server_address[1]
    world = open_world(outbound_hosts=[f"127.0.0.1:{port}"])
    config = {"url": f"http://127.0.0.1:{port}/a?b=c"}
    failed = runner(world, ".webhook", config, ACCOUNT)({"body": "hé"})
    assert server.received == [
        ("/a?b=c", "Basic YW5uOnRoZS1wYXNzd29yZA==", "hé".encode()),
    ]
    assert failed["service_message"] == "[500] Internal Server Error: out of paper"
    (delivery,) = world.outbox.list()
    assert delivery["response"]["body"] == {"message": "out of paper"}
    other_port = {"url": "http://127.0.0.1:1/"}
    assert runner(world, ".webhook", other_port, ACCOUNT)({"body": "x"})["status"] == "ok"


def test_nobody_listening_is_told_with_the_address(open_world):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    world = open_world(outbound_hosts=["127.0.0.1"])
    run = runner(world, ".webhook", {"url": f"http://127.0.0.1:{port}/"}, ACCOUNT)
    text = f"[ECONNREFUSED] connect ECONNREFUSED 127.0.0.1:{port}"
    assert run({"body": "hi"})["service_message"] == text


# Mail


class _MailCatcher(socketserver.StreamRequestHandler):
    """As much of SMTP as a mail needs; what to refuse is the server's `refuse`."""

    def handle(self) -> None:
        refuse, lines = self.server.refuse, list[str]()
        self.say("220 catcher ESMTP")
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            lines.append(line)
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                self.say("250-catcher\r\n250 AUTH PLAIN")
            elif answer := next((refuse[key] for key in refuse if key in line), None):
                self.say(answer)
            elif verb == "DATA":
                self.say("354 go ahead")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.received.append(([*lines], text))
                self.say("250 2.0.0 Ok: queued as 7")
            elif verb == "AUTH":
                self.say("235 2.7.0 Authentication successful")
            else:
                self.say("250 2.1.0 Ok" if verb != "QUIT" else "221 2.0.0 Bye")
                if verb == "QUIT":
                    return

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def catcher(listening: Any) -> Any:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _MailCatcher)
    server.daemon_threads = True
    server.refuse = {}
    return listening(server)


@pytest.fixture
def mail(open_world: Any, catcher: Any) -> Callable[[Any], Any]:
    """Run an email connector whose mail goes to the catcher, with further params."""
    world = open_world(smtp=f"127.0.0.1:{catcher.server_address[1]}")
    config = {"service": "other", "host": "mail.example.com", "port": 25, "from": "bob@example.com"}
    run = runner(world, ".email", config, ACCOUNT)
    params = {"to": ["a@example.com"], "bcc": ["b@example.com"], "subject": "ü", "message": ".hi"}
    return lambda more=None: run({**params, **(more or {})})


def test_a_mail_really_arrives_at_the_server(mail, catcher):
    data = mail()["data"]
    assert (data["accepted"], data["rejected"]) == (["a@example.com", "b@example.com"], [])
    assert data["response"] == "250 2.0.0 Ok: queued as 7"
    [(lines, raw)] = catcher.received
    assert lines[1] == "AUTH PLAIN AGFubgB0aGUtcGFzc3dvcmQ="
    assert [line.split(" ")[0] for line in lines] == [
        "ehlo",
        "AUTH",
        "mail",
        "rcpt",
        "rcpt",
        "data",
    ]
    message = email.message_from_bytes(raw.replace(b"\r\n..", b"\r\n."))
    assert message["To"] == "a@example.com"
    assert message["Bcc"] is None
    text = message.get_payload(0).get_payload(decode=True).decode()
    assert text.startswith(".hi\r\n\r\n---")


REFUSALS = [
    (
        {"AUTH": "535 5.7.8 Authentication failed"},
        "Invalid login: 535 5.7.8 Authentication failed",
    ),
    (
        {"rcpt": "550 5.1.1 User unknown"},
        "Can't send mail - all recipients were rejected: 550 5.1.1 User unknown",
    ),
    ({"mail FROM": "554 5.7.1 Not you"}, "Message failed: 554 5.7.1 Not you"),
    ({"data": "554 5.7.1 Not now"}, "Message failed: 554 5.7.1 Not now"),
]


@pytest.mark.parametrize(("refuse", "text"), REFUSALS, ids=["login", "recipient", "from", "data"])
def test_a_real_refusal_is_told_in_nodemailers_words(mail, catcher, refuse, text):
    catcher.refuse = refuse
    failed = mail()
    assert (failed["message"], failed["service_message"]) == ("error sending email", text)
    assert catcher.received == []


def test_a_recipient_who_is_refused_is_named_beside_those_who_are_not(mail, catcher):
    catcher.refuse = {"<b@example.com>": "550 5.1.1 User unknown"}
    data = mail()["data"]
    assert (data["accepted"], data["rejected"]) == (["a@example.com"], ["b@example.com"])


def test_no_mail_server_is_told_with_its_address(mail, catcher):
    catcher.shutdown()
    catcher.server_close()
    port = catcher.server_address[1]
    assert mail()["service_message"] == f"connect ECONNREFUSED 127.0.0.1:{port}"


def test_a_mail_server_of_another_make_takes_a_mail(open_world):
    controller = pytest.importorskip(
        "aiosmtpd.controller", reason="aiosmtpd, a mail server to try, is not installed"
    )
    taken = []

    class Handler:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
            taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
            return "250 taken"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = controller.Controller(Handler(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        config = {"service": "other", "host": "a", "port": 25, "from": "bob@example.com"}
        run = runner(open_world(smtp=f"127.0.0.1:{port}"), ".email", config, ACCOUNT)
        data = run({"to": ["a@example.com"], "subject": "s", "message": "m"})["data"]
    finally:
        server.stop()
    assert data["response"] == "250 taken"
    [(sender, recipients, raw)] = taken
    assert (sender, recipients) == ("bob@example.com", ["a@example.com"])
    assert email.message_from_bytes(raw)["Subject"] == "s"


# The options


@pytest.mark.parametrize("host", ["", "https://a.example.com", "a/b", "a:x", " a"])
def test_what_is_no_host_is_refused(host):
    with pytest.raises(BadSetting) as refused:
        WaysOut(Installation(), [host])
    assert str(refused.value) == (
        f"outbound_host is {host!r}; expected a host such as hooks.example.com, or one with its "
        "port, such as localhost:8080"
    )


@pytest.mark.parametrize("server", ["", "localhost", "localhost:0", "smtp://a:1", "a:1/x"])
def test_what_is_no_mail_server_is_refused(server):
    with pytest.raises(BadSetting) as refused:
        WaysOut(Installation(), smtp=server)
    text = f"smtp is {server!r}; expected a host and a port, such as localhost:1025"
    assert str(refused.value) == text


@pytest.mark.parametrize("option", ["hosts", "smtp"])
def test_credentials_in_an_option_are_refused_without_saying_them(option):
    given = {"hosts": ["ann:planted-2@a:1"], "smtp": "ann:planted-2@a:1"}[option]
    with pytest.raises(BadSetting, match=r"is '\.\.\.@a:1'; expected"):
        WaysOut(Installation(), **{option: given})
