"""The command `serve` as a process: its start line, signals, output, options and database."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from click import Option
from click.testing import CliRunner, Result
from elasticsearch import Elasticsearch
from jira import JIRA

from mockkibana.cli import main
from mockkibana.cli.port_file import PortFile
from mockkibana.cli.serve import serve
from mockkibana.cli.start_line import start_line
from mockkibana.server import Server
from mockkibana.world import World

LOG_RUN = "/api/actions/connector/7fc7b9a0-ecc9-11ec-8736-e7d63118c907/_execute"
INDEX_RUN = "/api/actions/connector/c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad/_execute"
HEADERS = {"kbn-xsrf": "true"}


@dataclass
class Running:
    process: subprocess.Popen[str]
    line: str

    @property
    def url(self) -> str:
        return next(word for word in self.line.split() if word.startswith("http"))

    def end(self, number: int = signal.SIGTERM) -> str:
        """Stop it and return what it wrote to stderr."""
        self.process.send_signal(number)
        assert self.process.wait(5) == 0
        assert self.process.stderr is not None
        return self.process.stderr.read()


Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    started = []

    def run(*options: str, **environment: str) -> Running:
        process = subprocess.Popen(
            [sys.executable, "-m", "mockkibana", "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        started.append(process)
        assert process.stdout is not None
        return Running(process, process.stdout.readline())

    yield run
    for process in started:
        process.kill()
        process.communicate()


def serve_here(*options: str) -> Result:
    """Run `serve`, which refuses its options, in this process; it sets garbage collection."""
    threshold = gc.get_threshold()
    try:
        return CliRunner().invoke(main, ["serve", "--port", "0", *options])
    finally:
        gc.enable()
        gc.set_threshold(*threshold)


def refused(*options: str) -> str:
    """Run `serve` to its end, here, and return the one line that it wrote to stderr."""
    done = serve_here(*options)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def run(url: str, path: str, params: object) -> requests.Response:
    return requests.post(url + path, json={"params": params}, headers=HEADERS, timeout=10)


def test_the_start_line_names_the_page_and_the_demo_connectors(start: Start) -> None:
    running = start()
    assert requests.get(f"{running.url}/api/status", timeout=10).status_code == 200
    assert f" (page: {running.url}/_mock/) " in running.line
    named = running.line.partition("(demo connectors: ")[2].partition(")")[0].split(", ")
    shown = requests.get(f"{running.url}/api/actions/connectors", timeout=10).json()
    assert sorted(named) == sorted(
        f"{connector['connector_type_id']} {connector['id']}" for connector in shown
    )


def test_the_page_is_named_where_callers_find_it(start: Start) -> None:
    line = start("--public-url", "https://kibana.example.com").line
    assert line.startswith("mockkibana listens on https://kibana.example.com (http://127.0.0.1:")
    assert " (page: https://kibana.example.com/_mock/) " in line


def test_elasticsearch_and_jira_may_have_ports_of_their_own(start: Start) -> None:
    running = start("--elasticsearch-port", "0", "--jira-port", "0")
    urls = {
        face: re.findall(rf"\({face}: (http://[^)]+)\)", running.line)[0]
        for face in ("elasticsearch", "jira")
    }
    elasticsearch = Elasticsearch(urls["elasticsearch"])
    elasticsearch.index(index="t", id="1", document={"a": 1})
    jira = JIRA(urls["jira"], basic_auth=("me", "x"))
    issue = jira.create_issue(project="CK", summary="s", issuetype={"name": "Task"})

    # What they hold is what Kibana's own port shows.
    mounted = f"{running.url}/_mock"
    assert requests.get(f"{mounted}/elasticsearch/t/_doc/1").json()["_source"] == {"a": 1}
    assert requests.get(f"{mounted}/jira/rest/api/2/issue/{issue.key}").status_code == 200
    assert issue.self.startswith(urls["jira"] + "/rest/api/2/issue/")
    assert requests.get(f"{urls['jira']}/api/status").status_code == 404
    assert requests.get(f"{urls['elasticsearch']}/_mock/api/state").status_code == 400


def test_the_port_file_holds_the_port(start: Start, tmp_path: Path) -> None:
    running = start("--port-file", str(tmp_path / "port"))
    assert running.url.endswith(f":{(tmp_path / 'port').read_text().strip()}")
    assert [path.name for path in tmp_path.iterdir()] == ["port"]


def test_a_port_file_is_removed_by_the_server_that_wrote_it(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "port"
    first = start("--port-file", str(path))
    port = first.url.rpartition(":")[2]
    assert "Cannot listen" in refused("--port", port, "--port-file", str(path))
    assert path.read_text().strip() == port
    second = start("--port-file", str(path))
    first.end()
    assert second.url.endswith(f":{path.read_text().strip()}")
    second.end()
    assert not path.exists()


def test_a_port_that_an_earlier_run_left_is_removed_at_once(tmp_path: Path) -> None:
    path = tmp_path / "port"
    path.write_text("4711\n")
    PortFile(path)
    assert not path.exists()


@pytest.mark.parametrize("kind", ["a text", "a link", "a pipe"])
def test_what_is_no_port_file_is_left_alone(tmp_path: Path, kind: str) -> None:
    path, target = tmp_path / "port", tmp_path / "target"
    target.write_text("80\n")
    if kind == "a link":
        path.symlink_to(target)
    elif kind == "a pipe":
        os.mkfifo(path)
    else:
        path.write_text("precious")
    assert f"Cannot write the port to {path}" in refused("--port-file", str(path))
    assert target.read_text() == "80\n"
    assert path.is_fifo() or path.read_text() in ("precious", "80\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_signal_ends_it_with_connections_open(start: Start, number: int) -> None:
    running = start()
    host, port = running.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as idle:
        idle.sendall(b"POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n{")
        running.end(number)


def test_each_request_is_a_line_on_stderr_and_a_run_one_at_its_level(start: Start) -> None:
    running = start()
    requests.get(f"{running.url}/api/status?v8format=true", timeout=10)
    run(running.url, LOG_RUN, {"level": "warn", "message": "Test warning message"})
    lines = running.end().splitlines()
    assert sum('"GET /api/status?v8format=true" 200' in line for line in lines) == 1
    said = "[WARN ][plugins.actions.server-log] Server log: Test warning message"
    assert sum(said in line for line in lines) == 1
    assert len(lines) == 3


def test_the_hint_of_a_refused_request_is_under_its_line(start: Start) -> None:
    running = start()
    with requests.Session() as session:  # the lines of one connection are in order
        for path in ("/api/action/connectors", "/api/actions/connector/nope%0A", "/api/status"):
            session.get(running.url + path, timeout=10)
    first, hint, second, others, third = running.end().splitlines()
    assert '"GET /api/action/connectors" 404' in first
    assert hint == "  hint: did you mean `GET /api/actions/connectors`?"
    assert '"GET /api/actions/connector/nope%0A" 404' in second
    assert others.startswith("  hint: in space `default` there are `c55b6eb0-")
    assert '"GET /api/status" 200' in third


def test_a_hint_is_one_line_whatever_a_connector_is_called(start: Start, tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    connector = {"id": "a\nb\x1b[31m", "name": "N", "connector_type_id": ".server-log"}
    seed.write_text(json.dumps({"version": 1, "connectors": [connector]}))
    running = start("--no-demo", "--seed", str(seed))
    requests.get(f"{running.url}/api/actions/connector/N", timeout=10)
    _, hint = running.end().splitlines()
    assert hint == r"  hint: `N` is the name of a connector, its id is `a\nb\x1b[31m`"


@pytest.mark.parametrize("options", [(), ("--rewrite-base-path",)], ids=["proxied", "rewriting"])
def test_kibana_can_be_below_a_base_path(start: Start, options: tuple[str, ...]) -> None:
    running = start("--base-path", "/kib", *options)
    if options:
        assert running.url.endswith("/kib")
    else:
        assert running.line.endswith(" (a proxy has to take /kib off: see --rewrite-base-path)\n")
    assert requests.get(f"{running.url}/api/status", timeout=10).status_code == 200


def test_options_win_over_the_base_path_of_a_file(start: Start, tmp_path: Path) -> None:
    config = tmp_path / "kibana.yml"
    config.write_text("server: {basePath: /a, rewriteBasePath: true}")
    running = start("--config", str(config), "--base-path", "/b/c")
    assert running.url.endswith("/b/c")
    assert requests.get(f"{running.url}/api/status", timeout=10).status_code == 200


def test_quiet_leaves_stderr_to_errors(start: Start) -> None:
    running = start("--quiet")
    run(running.url, LOG_RUN, {"level": "warn", "message": "a warning"})
    run(running.url, LOG_RUN, {"level": "error", "message": "an error"})
    assert requests.get(f"{running.url}/api/action/connectors", timeout=10).status_code == 404
    (line,) = running.end().splitlines()
    assert "[ERROR]" in line


def test_options_come_from_the_environment(start: Start) -> None:
    running = start(
        MOCKKIBANA_KIBANA_VERSION="8.17.3",
        MOCKKIBANA_NO_DEMO="true",
        MOCKKIBANA_PUBLIC_URL="http://kibana.example.com",
    )
    assert "http://kibana.example.com" in running.line


@pytest.mark.parametrize(
    "name", ["MOCKKIBANA_SEED", "MOCKKIBANA_SEEDS"], ids=["as the option", "for several"]
)
def test_a_seed_comes_from_the_environment(start: Start, tmp_path: Path, name: str) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("version: 1\nspaces: [{id: seeded}]\n")
    running = start(**{name: str(seed)})
    assert requests.get(f"{running.url}/api/spaces/space/seeded", timeout=10).status_code == 200


@pytest.mark.parametrize(
    "option", [each for each in serve.params if isinstance(each, Option) and each.multiple], ids=str
)
def test_an_option_that_is_repeated_has_its_own_name_in_the_environment(option: Option) -> None:
    name = option.opts[0].removeprefix("--").replace("-", "_").upper()
    assert f"MOCKKIBANA_{name}" in option.envvar


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://ann:planted-2@jira.example.com", "has a user or a password in it"),
        ("https://planted-2@jira.example.com/", "has a user or a password in it"),
        ("http://planted-2@[", "has a user or a password in it"),
        ("http://[", "expected a URL"),
        ("http://", "expected a URL"),
        ("http://a:b", "expected a URL"),
        ("ftp://a", "expected a URL"),
    ],
)
def test_a_jira_that_cannot_be_asked_is_refused_at_start(url: str, said: str) -> None:
    error = refused("--jira-url", url)
    assert said in error
    assert "planted-2" not in error


def test_ways_out_that_are_none_are_refused_at_start() -> None:
    assert "outbound_host is 'http://a'" in refused("--outbound-host", "http://a")


def test_no_demo_means_no_connectors(start: Start) -> None:
    running = start("--no-demo")
    assert "demo" not in running.line
    assert requests.get(f"{running.url}/api/actions/connectors", timeout=10).json() == []


def test_the_observed_contract_keys_bulk_items_as_kibana_does(start: Start) -> None:
    running = start("--contract", "observed")
    answer = run(running.url, INDEX_RUN, {"documents": [{}]})
    assert list(answer.json()["data"]["items"][0]) == ["create"]


def test_a_later_seed_wins(start: Start, tmp_path: Path) -> None:
    for name in ("one", "two"):
        connector = f"{{id: a, connector_type_id: .server-log, name: {name}}}"
        (tmp_path / name).write_text(f"{{version: 1, connectors: [{connector}]}}")
    running = start("--no-demo", "--seed", str(tmp_path / "one"), "--seed", str(tmp_path / "two"))
    (connector,) = requests.get(f"{running.url}/api/actions/connectors", timeout=10).json()
    assert connector["name"] == "two"


def test_a_database_is_there_after_a_restart_and_takes_no_seeds(
    start: Start, tmp_path: Path
) -> None:
    db = str(tmp_path / "db")
    first = start("--db", db)
    assert "skipped" not in first.line
    assert run(first.url, INDEX_RUN, {"documents": [{"a": 1}]}).json()["status"] == "ok"
    first.process.kill()
    first.process.wait()
    second = start("--db", db)
    assert "seeds and demo were skipped, until a reset" in second.line
    assert "demo connectors" not in second.line
    count = requests.get(f"{second.url}/_mock/elasticsearch/test-index/_count", timeout=10).json()
    assert count["count"] == 1


def test_a_reset_loads_the_seeds_that_a_start_with_a_database_skipped(
    start: Start, tmp_path: Path
) -> None:
    db = str(tmp_path / "db")
    first = start("--db", db, "--no-demo")
    body = {"name": "Log", "connector_type_id": ".server-log"}
    url = f"{first.url}/api/actions/connector"
    assert requests.post(url, json=body, headers=HEADERS, timeout=10).status_code == 200
    first.end()
    (tmp_path / "seed.yaml").write_text("version: 1\nspaces: [{id: marketing}]")
    second = start("--db", db, "--seed", str(tmp_path / "seed.yaml"))
    assert "until a reset" in second.line
    state = requests.get(f"{second.url}/_mock/api/state", timeout=10).json()
    assert (state["connectors"], state["spaces"]) == (1, 1)
    state = requests.post(f"{second.url}/_mock/api/reset", timeout=10).json()
    assert (state["connectors"], state["spaces"]) == (3, 2)


def test_a_taken_port_is_one_clear_line_of_the_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "mockkibana", "serve", "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert str(port) in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("{", "no YAML"),
        ("version: 2", "[version]: expected value to equal [1]"),
        ("version: 1\nconnectors: [{}]", "[connectors.0.connector_type_id]"),
        (
            "version: 1\nconnectors: [{connector_type_id: .indx}]",
            '[connectors.0]: Action type ".indx" is not registered. Registered are .email, .index',
        ),
        ("version: 1\nfoo: 1", "[foo]: definition for this key is missing"),
        (
            "version: 1\nsecurity: {roles: {r: {cluster: [zz]}}}",
            "[security.roles.r]: Validation Failed: 1: unknown cluster privilege [zz]",
        ),
    ],
    ids=["missing", "no YAML", "version", "incomplete", "type", "unknown key", "privilege"],
)
def test_a_bad_seed_is_one_clear_line(tmp_path: Path, content: str | None, said: str) -> None:
    seed = tmp_path / "seed.yaml"
    if content is not None:
        seed.write_text(content)
    line = refused("--seed", str(seed))
    assert str(seed) in line
    assert said in line


def test_a_bad_setting_is_one_clear_line() -> None:
    assert "8.17.0 to 8.19.x, or 9.0.0 to 9.5.x" in refused("--kibana-version", "7.0.0")


def test_a_database_in_use_is_one_clear_line(start: Start, tmp_path: Path) -> None:
    start("--db", str(tmp_path / "db"))
    assert "in use" in refused("--db", str(tmp_path / "db"))


def test_a_foreign_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "db").write_text("hello\n")
    assert "Nothing in it was changed" in refused("--db", str(tmp_path / "db"))


def test_with_security_every_request_is_asked_who_sends_it(start: Start) -> None:
    running = start("--security", "--license", "basic", MOCKKIBANA_ELASTIC_PASSWORD="planted-1")
    assert running.line.endswith(" (security is on: log in as elastic)\n")
    url = f"{running.url}/api/actions/connectors"
    elastic = ("elastic", "planted-1")
    assert requests.get(url, timeout=10).status_code == 401
    assert requests.get(url, auth=("elastic", "changeme"), timeout=10).status_code == 401
    assert requests.get(url, auth=elastic, timeout=10).status_code == 200
    elasticsearch = f"{running.url}/_mock/elasticsearch/_license"
    assert requests.get(elasticsearch, timeout=10).status_code == 401
    license_ = requests.get(elasticsearch, auth=elastic, timeout=10).json()["license"]
    assert (license_["type"], license_["status"]) == ("basic", "active")
    assert "planted-1" not in running.line + running.end()


def test_a_licence_that_has_expired_is_told_at_the_start(start: Start) -> None:
    running = start("--license", "gold", "--license-expires", "2020-01-01")
    assert running.line.endswith(" (the gold license has expired)\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--license", "silver"), "'silver' is not one of 'basic', 'gold', 'platinum'"),
        (("--license-expires", "soon"), "license_expires: expected a time in ISO 8601"),
        (
            ("--license", "basic", "--license-expires", "2026-01-01"),
            "license_expires is set, but a basic license never expires",
        ),
        (("--elastic-password", "short"), "elastic_password has 5 characters; expected at least"),
    ],
)
def test_a_wrong_option_of_security_is_one_clear_line(options: tuple[str, ...], said: str) -> None:
    done = serve_here(*options)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("host", "token", "told"),
    [("127.0.0.1", None, False), ("0.0.0.0", None, True), ("0.0.0.0", "t", False)],
    ids=["loopback", "everywhere", "everywhere with a token"],
)
def test_the_start_line_says_when_nobody_can_control(
    world: World, host: str, token: str | None, told: bool
) -> None:
    server = Server(lambda _environ, _start: [])
    line = start_line(world, server, {}, {"host": host, "token": token, "no_demo": True})
    server.stop()
    assert ("answer 403" in line) is told  # a port may have these digits
