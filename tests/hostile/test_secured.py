"""With security on: nobody gets past it, and no password, key or token comes back."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from surface import (
    ELASTICSEARCH,
    JIRA,
    KIBANA,
    MOCK,
    Hostile,
    InProcess,
    Route,
    Seen,
    check_shape,
    face_of,
    routes,
    seeds,
)

from mockkibana.app import create_app
from mockkibana.control.plane import ControlPlane
from mockkibana.seeds import parse_seed
from mockkibana.settings import Settings
from mockkibana.world import World

MARK = "planted"
JSON = {"kbn-xsrf": "x", "content-type": "application/json"}
NOBODY = "nobody-password"
SEED = {
    "version": 1,
    "security": {
        "users": {"nobody": {"password": NOBODY}, "joe": {"password": f"{MARK}-joe"}},
        "roles": {"known": {"cluster": ["monitor"]}},
    },
}


def basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def api_key(key_id: str, secret: str) -> str:
    return f"ApiKey {b64encode(f'{key_id}:{secret}'.encode()).decode()}"


def secured() -> World:
    """Return a world with security and something for every route."""
    settings = Settings(elastic_password=f"{MARK}-elastic")
    return World(settings, seeds=[*seeds(), parse_seed(SEED)])


def _routes() -> list[Route]:
    world = secured()
    try:
        return routes(world)
    finally:
        world.close()


ROUTES = [
    route
    for route in _routes()
    # The root is the mock's own: it leads to its page.
    if face_of(route.path()) in (KIBANA, ELASTICSEARCH) and route.pattern != "/"
]
# Who is not known may ask whether Kibana is up.
OPEN = {"GET /api/status", "HEAD /api/status"}


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    world = secured()
    yield Hostile(world, InProcess(create_app(world)))
    world.close()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Basic"},
        {"authorization": basic("elastic", "changeme")},
        {"authorization": basic("joe", "")},
        {"authorization": "Bearer x"},
        {"authorization": f"ApiKey {b64encode(b'a:b').decode()}"},
        {"authorization": "Negotiate abc"},
        {"x-mock-handle": "true", "host": "kibana.example.com"},
    ],
    ids=["none", "scheme", "wrong", "empty", "token", "key", "unknown", "foreign handle"],
)
def test_no_route_answers_whom_it_does_not_know(hostile: Hostile, headers: dict[str, str]) -> None:
    hostile.reset()
    closed = [route for route in ROUTES if str(route) not in OPEN]
    # To look at wrong credentials takes its time, by intent.
    for route in closed[:: 8 if "authorization" in headers else 1]:
        for body in (b"", b'{"name'):
            seen = hostile.ask(route.method, route.path(), {**JSON, **headers}, body)
            assert seen.status == 401, f"{route} was answered {seen}"


def test_a_user_without_any_privilege_changes_nothing_and_reads_nothing(hostile: Hostile) -> None:
    hostile.reset()
    # What is for everybody who is known, or about oneself.
    free = {
        "GET /api/status",
        "HEAD /api/status",
        "GET /api/stats",
        "HEAD /api/stats",
        "GET /api/actions/connector_types",
        "GET /api/actions/connector/_oauth_callback",
        "HEAD /api/actions/connector/_oauth_callback",
        "GET /api/actions/connector/_oauth_callback_script",
        "HEAD /api/actions/connector/_oauth_callback_script",
        "HEAD /api/actions/connector_types",
        "GET /api/actions/list_action_types",
        "HEAD /api/actions/list_action_types",
        "GET /internal/actions/connector_types",
        "HEAD /internal/actions/connector_types",
        "GET /internal/actions/connector/_email_config/{service}",
        "HEAD /internal/actions/connector/_email_config/{service}",
        "GET /internal/stack_connectors/_email_config/{service}",
        "HEAD /internal/stack_connectors/_email_config/{service}",
        "GET /internal/security/me",
        "HEAD /internal/security/me",
        "GET /_mock/elasticsearch/_security/_authenticate",
        "GET /_mock/elasticsearch/_security/user/_privileges",
    }
    headers = {**JSON, "authorization": basic("nobody", NOBODY)}
    for route in ROUTES:
        before = hostile.world.store.digest()
        seen = hostile.ask(route.method, route.path(), headers, b"{}")
        assert hostile.world.store.digest() == before, str(route)
        expected = (200, 400) if str(route) in free else (400, 403)
        assert seen.status in expected, f"{route} was answered {seen}"


class Session:
    """Asks for all that has to do with secrets, rightly and wrongly, and keeps what comes back."""

    def __init__(self, ask: Callable[..., Seen]) -> None:
        self._ask = ask
        self.output: list[str] = []
        self.made: list[str] = []  # secrets that the server made: told once, then never again

    def ask(self, method: str, target: str, body: Any = None, **headers: str) -> Any:
        data = b"" if body is None else json.dumps(body).encode()
        given = {"authorization": basic("elastic", f"{MARK}-elastic"), **JSON, **headers}
        seen = self._ask(method, target, given, data)
        check_shape(method, target, seen)
        self.output.append(f"{method} {target}: {seen.status} {dict(seen.headers)} {seen.body!r}")
        return json.loads(seen.body) if "json" in seen.headers.get("content-type", "") else None

    def told(self, method: str, target: str, body: Any) -> Any:
        """Ask for what tells a new secret, once."""
        answer = self.ask(method, target, body)
        self.output.pop()
        keys = ("api_key", "encoded", "access_token", "refresh_token")
        self.made += [answer[key] for key in keys if key in answer]
        return answer

    def live(self) -> None:
        es = f"{ELASTICSEARCH}/_security"
        secret = f"{MARK}-password"
        wrong: list[Any] = [
            {"password": secret, "roles": [], "unknown": secret},
            {"password": secret},
            {"password": [secret], "roles": []},
            {"password": {"x": secret}, "roles": []},
            {"password": secret, "roles": secret, "metadata": {"_x": secret}},
            {"password": secret, "password_hash": secret, "roles": []},
            {"passwort": secret, "roles": []},
        ]
        self.ask("PUT", f"{es}/user/ann", {"password": secret, "roles": ["superuser"]})
        for body in wrong:
            self.ask("PUT", f"{es}/user/ann", body)
            self.ask("PUT", f"{es}/user/ann/_password", body)
            self.ask("POST", f"{es}/oauth2/token", body)
            self.ask("POST", f"{es}/api_key/grant", body)
            self.ask("POST", f"{es}/api_key", body)
            self.ask("PUT", "/api/security/role/r", body)
            self.ask("PUT", f"{es}/role/r", body)
        self.ask("PUT", f"{es}/user/ann/_password", {"password": f"{secret}-2"})
        grant = {"grant_type": "password", "username": "ann", "password": f"{secret}-2"}
        tokens = self.told("POST", f"{es}/oauth2/token", grant)
        again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        newer = self.told("POST", f"{es}/oauth2/token", again)
        self.ask("POST", f"{es}/oauth2/token", {**again, "refresh_token": secret})
        self.ask("POST", f"{es}/oauth2/token", {**grant, "password": secret})
        key = self.told("POST", f"{es}/api_key", {"name": "ci", "metadata": {"a": 1}})
        for credentials in (
            basic("ann", f"{secret}-2"),
            basic("ann", f"{secret}-3"),
            basic(secret, "x"),
            f"Bearer {newer['access_token']}",
            f"Bearer {secret}",
            f"ApiKey {key['encoded']}",
            api_key(key["id"], secret),
            f"ApiKey {secret}",
            f"Basic {secret}",
        ):
            for target in (
                "/api/actions/connectors",
                "/internal/security/me",
                "/api/nothing",
                f"{es}/_authenticate",
                f"{es}/user",
                f"{es}/api_key",
                f"{ELASTICSEARCH}/_search",
                f"{ELASTICSEARCH}/nothing/at/all",
            ):
                self.ask("GET", target, authorization=credentials)
        self.ask("DELETE", f"{es}/oauth2/token", {"token": tokens["access_token"]})
        self.ask("DELETE", f"{es}/oauth2/token", {"refresh_token": newer["refresh_token"]})
        self.ask("DELETE", f"{es}/api_key", {"ids": [key["id"]]})
        self.ask("GET", f"{es}/user")
        self.ask("GET", f"{es}/api_key?with_limited_by=true")
        self.ask("POST", f"{es}/_query/api_key", {})
        for target in (
            "journal", "journal/_har", "log", "state", "settings", "snapshot", "bugs", "worlds", "",
        ):  # fmt: skip
            self.ask("GET", f"{MOCK}/api/{target}")
        self.ask("GET", f"{MOCK}/")


def found(text: str, made: list[str]) -> list[str]:
    """Return where a planted secret is, or one that the server made."""
    marks = [mark for mark in (f"{MARK}-", *made) if mark in text]
    marks += [
        coded
        for user, password in (
            ("elastic", f"{MARK}-elastic"),
            ("ann", f"{MARK}-password-2"),
            ("ann", f"{MARK}-password-3"),
        )
        if (coded := basic(user, password).partition(" ")[2]) in text
    ]
    return [text[max(text.find(mark) - 200, 0) : text.find(mark) + 60] for mark in marks]


def without_names(text: str) -> str:
    """Return a text without the user's name that looks like a password.

    A name is no secret: one may be told that nobody has it.
    """
    return text.replace(f"[{MARK}-password]", "").replace(f"`{MARK}-password`", "")


def test_no_password_key_or_token_comes_back_in_an_answer_the_log_or_the_journal(
    capfd: pytest.CaptureFixture[str],
) -> None:
    world = secured()
    lines: list[str] = []
    world.log.listener = lambda line: lines.append(str(line))
    session = Session(InProcess(create_app(world)).ask)
    session.live()
    assert len(session.made) == 6
    assert len(session.output) > 130
    plane = ControlPlane(world)
    printed = capfd.readouterr()
    shown = [json.dumps(plane.journal(face="all")), json.dumps(plane.har(face="all"))]
    assert all(len(text) > 100_000 for text in shown)
    for output in (
        *session.output,
        *lines,
        *shown,
        printed.out,
        printed.err,
        json.dumps(plane.snapshot()),
        repr(world.settings),
        *world.bugs,
    ):
        assert found(without_names(output), session.made) == []
    kept = json.dumps(world.dump())
    assert found(kept, session.made) == []
    assert "scrypt$" in kept  # they were there, and only their hashes are kept
    world.close()


def test_no_password_is_in_what_a_process_prints_or_keeps(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(SEED))
    command = [sys.executable, "-m", "mockkibana", "serve", "--port", "0", "--seed", str(seed)]
    command += ["--elastic-password", f"{MARK}-elastic", "--db", str(tmp_path / "db")]
    with (tmp_path / "stderr").open("wb") as stderr:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = next(word for word in line.split() if "http" in word)
        with requests.Session() as http:
            http.trust_env = False

            def ask(method: str, target: str, headers: Any, body: bytes) -> Seen:
                answer = http.request(
                    method, url + target, headers=headers, data=body, allow_redirects=False
                )
                lower = {name.lower(): value for name, value in answer.headers.items()}
                return Seen(answer.status_code, lower, answer.content)

            session = Session(ask)
            session.live()
    finally:
        process.terminate()
        printed, _ = process.communicate(timeout=10)
    errors = (tmp_path / "stderr").read_text()
    assert "oauth2/token" in errors  # the access log
    for output in (line, printed, errors, (tmp_path / "db").read_text()):
        assert found(without_names(output), session.made) == []


def test_jira_and_the_mocks_own_pages_ask_for_no_user(hostile: Hostile) -> None:
    hostile.reset()
    for target in (f"{JIRA}/rest/api/2/serverInfo", f"{MOCK}/", f"{MOCK}/api/state"):
        assert hostile.ask("GET", target).status == 200
