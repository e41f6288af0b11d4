"""The commands that talk to a running server: wait, seed, reset, snapshot, journal and the like."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result
from pytest_httpserver import HTTPServer

from mockkibana.cli.remote import command_named
from mockkibana.faults import BadRule
from mockkibana.testing.handle import MockKibana
from mockkibana.world import PARTS, World

SEED = """
version: 1
connectors:
  - {id: my-log, connector_type_id: .server-log}
"""
Run = Callable[..., Result]


@pytest.fixture
def handle(server: MockKibana) -> MockKibana:
    """The default world of a server, empty."""
    server.reset()
    server.seed(SEED)
    return server


@pytest.fixture
def run(handle: MockKibana, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command against the server."""
    monkeypatch.setenv("MOCKKIBANA_URL", handle.url)

    def run_command(name: str, *arguments: str, stdin: str | None = None) -> Result:
        command = command_named(name)
        assert command is not None
        return CliRunner().invoke(command, arguments, input=stdin)

    return run_command


def test_wait_ends_when_the_server_answers(run: Run) -> None:
    assert run("wait").exit_code == 0


def test_wait_gives_up(run: Run) -> None:
    result = run("wait", "--url", "http://127.0.0.1:9", "--timeout", "0.1")
    assert result.exit_code == 1
    assert "Nothing answers at http://127.0.0.1:9" in result.output


def test_wait_does_not_wait_for_a_server_that_refuses(run: Run, handle: MockKibana) -> None:
    result = run("wait", "--url", f"{handle.url}/_mock/worlds/NO")
    assert result.exit_code == 2


def test_seeds_are_added_from_files_and_stdin(run: Run, handle: MockKibana, tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text('{"version": 1, "spaces": [{"id": "a"}]}')
    stdin = '{"version": 1, "spaces": [{"id": "b"}]}'
    assert run("seed", str(tmp_path / "seed.json"), "-", stdin=stdin).exit_code == 0
    assert {space["id"] for space in handle.spaces.list()} == {"a", "b", "default"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("version: 2", "[version]"), (None, "cannot be read")],
    ids=["a seed that cannot be", "no file"],
)
def test_a_bad_seed_is_named(run: Run, tmp_path: Path, text: str | None, expected: str) -> None:
    path = tmp_path / "seed.yaml"
    if text is not None:
        path.write_text(text)
    result = run("seed", str(path))
    assert result.exit_code == 2
    assert str(path) in result.output
    assert expected in result.output


def test_reset_forgets_everything_or_a_part(run: Run, handle: MockKibana) -> None:
    handle.connectors.run("my-log", {"message": "hello"})
    assert run("reset", "--part", "log").exit_code == 0
    assert handle.log.messages == []
    assert len(handle.connectors.list()) == 1
    assert run("reset", "--empty").exit_code == 0
    assert handle.connectors.list() == []
    assert run("reset", "--part", "everything").exit_code == 2


def test_another_world_is_reached_by_its_name(run: Run, handle: MockKibana) -> None:
    assert run("seed", "--world", "other", "-", stdin=SEED.replace("my-log", "x")).exit_code == 0
    assert [each["id"] for each in handle.connectors.list()] == ["my-log"]
    with MockKibana.attach(handle.url, world="other") as other:
        assert [each["id"] for each in other.connectors.list()] == ["x"]


def test_a_snapshot_is_written_to_stdout_or_a_file(run: Run, tmp_path: Path) -> None:
    shown = json.loads(run("snapshot").output)
    assert shown["connectors"][0]["id"] == "my-log"
    assert run("snapshot", "-o", str(tmp_path / "state.json")).output == ""
    assert json.loads((tmp_path / "state.json").read_text()) == shown


def test_a_snapshot_names_the_secrets_that_it_lacks(run: Run, handle: MockKibana) -> None:
    assert run("snapshot").stderr == ""
    elastic = ("elastic", "changeme")
    handle.configure(security=True)
    handle.api_key(elastic)
    keys = "there are no API keys and no tokens. --secrets, with the server's token, keeps them in."
    assert run("snapshot").stderr == f"Secrets are left out: when this is loaded {keys}\n"
    handle.user("reader")
    handle.connectors.create(
        ".jira",
        config={"apiUrl": "https://jira.example.com", "projectKey": "OPS"},
        secrets={"email": "elastic@example.com", "apiToken": "changeme"},
    )
    assert run("snapshot").stderr == (
        "Secrets are left out: when this is loaded connectors that had some are missing them, "
        f"users have no password, {keys}\n"
    )


def test_a_snapshot_is_kept_and_restored(run: Run, handle: MockKibana) -> None:
    assert run("snapshot", "one").exit_code == 0
    handle.connectors.delete("my-log")
    assert run("snapshot", "--list").output == "one\n"
    assert run("snapshot", "one", "--restore").exit_code == 0
    assert len(handle.connectors.list()) == 1
    assert run("snapshot", "one", "--delete").exit_code == 0
    assert run("snapshot", "one", "--restore").exit_code == 2


@pytest.mark.parametrize(
    "options",
    [("--restore",), ("a", "--restore", "--delete"), ("a", "--list"), ("a", "--secrets")],
    ids=" ".join,
)
def test_options_of_a_snapshot_that_do_not_go_together_are_refused(
    run: Run, options: tuple[str, ...]
) -> None:
    result = run("snapshot", *options)
    assert result.exit_code == 2
    assert "NAME" in result.output


def test_the_journal_is_shown_in_lines_or_as_json(run: Run, handle: MockKibana) -> None:
    handle.connectors.run("my-log", {"message": "hello"})
    (line,) = run("journal").output.splitlines()
    assert "POST /api/actions/connector/my-log/_execute 200 (my-log .server-log ok)" in line
    record = json.loads(run("journal", "--json").output)
    assert record["runs"][0]["connector_id"] == "my-log"
    assert run("journal", "--connector", "other").output == ""
    assert json.loads(run("journal", "--har").output)["log"]["version"] == "1.2"
    assert run("journal", "--clear").exit_code == 0
    assert run("journal").output == ""


def test_the_journal_is_asked_for_a_user(run: Run, handle: MockKibana) -> None:
    reader = handle.user("reader", actions="read")
    handle.connectors.list(auth=reader)
    handle.connectors.list(auth=("elastic", "changeme"))
    (line,) = run("journal", "--user", "reader").output.splitlines()
    assert "GET /api/actions/connectors 200 by reader" in line


def test_calls_to_the_systems_behind_kibana_are_not_passed_over(
    run: Run, handle: MockKibana
) -> None:
    requests.get(handle.elasticsearch.url, timeout=10)
    requests.get(f"{handle.elasticsearch.url}/missing", timeout=10)
    result = run("journal")
    assert (result.stdout, result.exit_code) == ("", 0)
    assert result.stderr == (
        "no calls to Kibana; 2 to Elasticsearch: mockkibana journal --face elasticsearch\n"
    )
    assert run("journal", "--status", "404").stderr == (
        "no such calls to Kibana; 1 to Elasticsearch: mockkibana journal --face elasticsearch\n"
    )
    assert run("journal", "--status", "500").stderr == ""
    assert run("journal", "--count", "0").stderr == ""
    assert run("journal", "--face", "jira").stderr == ""
    requests.get(f"{handle.jira.url}/rest/api/2/serverInfo", timeout=10)
    assert run("journal", "--json").stderr == (
        "no calls to Kibana; 2 to Elasticsearch, 1 to Jira: mockkibana journal --face all\n"
    )
    handle.connectors.run("my-log", {"message": "hello"})
    assert run("journal").stderr == ""


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--connector", "my-log", "--status", "ok", "--count", "1"), 0),
        (("--connector", "my-log", "--count", "0"), 1),
        (("--connector", "my-log", "--wait", "10s"), 0),
        (("--connector", "my-log", "--wait", "10ms", "--count", "2"), 1),
        (("--connector", "other", "--wait", "10ms"), 1),
        (("--connector", "other", "--count", "0"), 0),
        (("--wait", "soon"), 2),
        (("--status", "fine"), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_exit_code_of_journal_is_fit_for_ci(
    run: Run, handle: MockKibana, options: tuple[str, ...], code: int
) -> None:
    handle.connectors.run("my-log", {"message": "hello"})
    assert run("journal", *options).exit_code == code


def test_the_journal_is_followed(handle: MockKibana) -> None:
    handle.connectors.run("my-log", {"message": "before"})
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from mockkibana.cli.remote import journal; journal(['--follow', '--json'])",
        ],
        env={**os.environ, "MOCKKIBANA_URL": handle.url},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        shown = []
        for message in ("next", "last", ""):
            run = json.loads(process.stdout.readline())["runs"][0]
            shown.append(run["params"]["message"])
            if message:
                handle.connectors.run("my-log", {"message": message})
        process.kill()
    assert shown == ["before", "next", "last"]


def test_faults_are_added_listed_and_removed(run: Run, handle: MockKibana) -> None:
    rule = json.dumps({"id": "mine", "what": {"status": 503}, "when": {"first": 1}})
    assert run("faults", "--add", rule).output == "mine\n"
    assert json.loads(run("faults").output)["fired"] == 0
    assert run("faults", "--unconsumed").exit_code == 1
    handle.faults.list()
    assert run("faults", "--remove", "mine").exit_code == 0
    assert run("faults", "--unconsumed").exit_code == 0
    assert run("faults", "--add", "kibana-starting", "--with", "calls=2").exit_code == 0
    assert json.loads(run("faults").output)["with"] == {"calls": 2}
    assert run("faults", "--clear").exit_code == 0
    assert run("faults").output == ""


@pytest.mark.parametrize(
    "options",
    [
        ("--add", "{"),
        ("--add", '{"what": {}}'),
        ("--add", "jira-dwon"),
        ("--add", "jira-down", "--with", "calls"),
        ("--remove", "mine"),
    ],
    ids=" ".join,
)
def test_a_rule_that_cannot_be_is_refused(run: Run, options: tuple[str, ...]) -> None:
    result = run("faults", *options)
    assert result.exit_code == 2
    assert result.output.strip()


def test_nobody_at_the_url_is_one_line(run: Run) -> None:
    result = run("reset", "--url", "http://127.0.0.1:9")
    assert result.exit_code == 2
    assert result.output.startswith("Error: Nothing answers at http://127.0.0.1:9: ")
    assert result.output.count("\n") == 1


def presets() -> dict[str, list[str]]:
    """Return the domain faults of a world, and the keys that each can be given."""
    world, found = World(), {}
    with pytest.raises(BadRule) as caught:
        world.faults.add({"fault": "nothing"})
    for name in str(caught.value).partition(" one of: ")[2].split(", "):
        with pytest.raises(BadRule) as caught:
            world.faults.add({"fault": name, "with": {"nothing": 1}})
        keys = str(caught.value).partition("known are: ")[2]
        found[name] = keys.split(", ") if keys else []
    return found


def test_the_help_names_every_domain_fault_and_what_it_is_given(run: Run) -> None:
    lines = [line.strip() for line in run("faults", "--help").output.splitlines()]
    own = {line.split()[0]: line for line in lines if line}
    for name, keys in presets().items():
        line = own.get(name)
        if line is None:  # it is of many parties: `-down, -timeout of each party`
            ends = [line for line in lines if line.startswith("-") and " of " in line]
            (line,) = [
                line
                for line in ends
                for end in line.partition(" of ")[0].split(", ")
                if name.endswith(end) and ("each party" in line or name.removesuffix(end) in line)
            ]
            assert re.findall(r"\[(\w+)\]", line) == keys, name
        else:
            assert re.findall(r"\w+", line.partition(name)[2]) == keys, name


def test_the_help_names_every_part_that_can_be_reset(run: Run) -> None:
    told = " ".join(run("reset", "--help").output.split())
    assert f"--part TEXT Only this part: {', '.join(PARTS)}. Repeatable." in told


def command(handle: MockKibana, *arguments: str | bytes, url: str = "") -> tuple[int, str]:
    """Run a process of the command; return its exit code and all that it wrote."""
    environment = {**os.environ, "MOCKKIBANA_URL": url or handle.url, "LC_ALL": "C.UTF-8"}
    told = subprocess.run(
        [sys.executable, "-m", "mockkibana", *arguments],
        capture_output=True,
        env=environment,
        check=False,
    )
    return told.returncode, (told.stdout + told.stderr).decode()


def test_what_no_terminal_can_show_is_escaped(handle: MockKibana) -> None:
    connector = handle.connectors.create(".server-log", name="log")
    handle.connectors.run(connector["id"], {"message": "m", "\ud800x": 2})
    code, output = command(handle, "journal")
    assert code == 0
    assert "\\ud800x" in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    "arguments",
    [
        ("delete-world", b"\xff"),
        ("fault", b"\xff"),
        ("snapshot", b"\xff"),
        ("journal", "--path", b"\xff"),
        ("seed", b"/nope/\xff"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_an_argument_that_is_no_text_ends_in_no_traceback(
    handle: MockKibana, arguments: tuple[str | bytes, ...]
) -> None:
    assert "Traceback" not in command(handle, *arguments)[1]


@pytest.mark.parametrize("answer", ['{"a": 1}', "[1]", "7"])
def test_what_is_not_mockkibana_and_speaks_json_is_said_to_be_something_else(
    run: Run, httpserver: HTTPServer, answer: str
) -> None:
    httpserver.expect_request(re.compile("/.*")).respond_with_data(
        answer, content_type="application/json"
    )
    for name in ("journal", "snapshot", "faults"):
        result = run(name, "--url", httpserver.url_for("/").rstrip("/"))
        assert result.exception is None or isinstance(result.exception, SystemExit)
    assert run("snapshot", "--url", httpserver.url_for("")).exit_code == 2


def test_the_outbox_is_shown_waited_for_and_counted(run: Run, handle: MockKibana) -> None:
    hook = handle.connectors.create(".webhook", config={"url": "https://x.org", "hasAuth": False})
    for body in ("one", "two"):
        handle.connectors.run(hook["id"], {"body": body})
    shown = run("outbox", "--type", ".webhook", "--wait", "5s", "--count", "2")
    assert shown.exit_code == 0
    assert [each["request"]["body"] for each in json.loads(shown.stdout)] == ["one", "two"]
    newer = run("outbox", "--connector", hook["id"], "--space", "default", "--since", "1")
    assert [each["seq"] for each in json.loads(newer.stdout)] == [2]
    missing = run("outbox", "--type", ".slack", "--wait", "10ms")
    assert (missing.exit_code, missing.stdout) == (1, "[]\n")
    assert "None of these deliveries came within 10ms." in missing.stderr
    assert run("outbox", "--count", "2").exit_code == 0
    assert (
        "Expected 3 of these deliveries, but there are 2." in run("outbox", "--count", "3").stderr
    )
    assert run("outbox", "--wait", "soon").exit_code == 2
