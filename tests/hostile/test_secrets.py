"""What nobody may see again: planted secrets are in no answer, log line, page or traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from surface import ELASTICSEARCH, JIRA, InProcess, OverTheWire, Seen, routes

from mockkibana.app import create_app
from mockkibana.connectors.base import ConnectorType, Run
from mockkibana.outbound.message import Outbound
from mockkibana.seeds import BadSeed, Seed, demo_seed, parse_seed, read_seed
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import RecordOf, Schema, String
from mockkibana.world import World

MARK = "planted"
# Whom a connector logs in as: the other side shows that as the author of what it made.
NAMES = ("email", "user", "username")
ADMIN = {"kbn-xsrf": "x", "content-type": "application/json"}


def plant(where: str) -> str:
    """Return a secret that says where it was planted, once it is found."""
    return f"{MARK}-{where}"


class Secrets(Schema):
    """What a careless type has."""

    token = String()


class Careless(ConnectorType):
    """A type with a bug, whose author shows all that he has."""

    id = ".careless"
    secrets = Secrets()
    params = RecordOf(AnyValue())

    def execute(self, run: Run, params: Any) -> Any:
        token = run.secrets["token"]
        access = Outbound("GET", "http://jira.example.com", auth=("a@example.com", token))
        raise RuntimeError(f"no way out of {run!r} with {access!r}")


def secrets_of(kind: ConnectorType) -> dict[str, str]:
    """Return secrets with every key that the type's schema has."""
    keys = list(getattr(kind.secrets, "keyed_fields", None) or ["token"])
    return {key: key if key in NAMES else plant(f"{kind.id}-{key}") for key in keys}


def config_of(kind: ConnectorType) -> dict[str, str]:
    keys = getattr(kind.config, "keyed_fields", {})
    return {key: "http://x.example.com" if "rl" in key else "x" for key in keys}


def seed_of(world: World) -> Seed:
    """Return a seed with a connector of every type, whose secrets no check has seen."""
    kinds = [world.connector_types.get(id_) for id_ in world.connector_types.ids()]
    records = [
        {
            "id": f"seeded{kind.id}",
            "connector_type_id": kind.id,
            "config": config_of(kind),
            "secrets": secrets_of(kind),
        }
        for kind in kinds
        if kind is not None
    ]
    return parse_seed({"version": 1, "preconfigured": records})


class Session:
    """A lively session: everything is asked that secrets could come back from."""

    def __init__(self, ask: Callable[..., Seen], world: World) -> None:
        self._ask = ask
        self._world = world
        self.output: list[str] = []

    def ask(self, method: str, target: str, body: Any = None, **headers: str) -> Seen:
        data = b"" if body is None else json.dumps(body).encode()
        seen: Seen = self._ask(method, target, ADMIN | headers, data)
        self.output.append(f"{method} {target}: {seen.status} {dict(seen.headers)} {seen.body!r}")
        return seen

    def live(self) -> None:
        self.make_connectors()
        self.run_connectors()
        self.log_in_everywhere()
        self.look_at_everything()

    def make_connectors(self) -> None:
        types = self._world.connector_types
        for id_ in types.ids():
            kind = types.get(id_)
            assert kind is not None
            secrets = secrets_of(kind)
            good = {"name": "n", "config": config_of(kind), "secrets": secrets}
            made = self.ask("POST", "/api/actions/connector", good | {"connector_type_id": id_})
            wrong: list[Any] = [
                plant("text"), [plant("list")], {"unknown": plant("unknown")},
                secrets | {"unknown": plant("surplus")},
                {key: [secret] for key, secret in secrets.items()},
                {key: {"x": secret} for key, secret in secrets.items()},
            ]  # fmt: skip
            path = f"/api/actions/connector/{json.loads(made.body).get('id', 'none')}"
            for each in wrong:
                body = {**good, "secrets": each}
                self.ask("POST", "/api/actions/connector", body | {"connector_type_id": id_})
                self.ask("PUT", path, body)
            self.ask("POST", f"{path}/_execute", {"params": kind.example})
            self.ask("POST", f"{path}/_execute", {"params": {"message": 1}})
            self.ask("PUT", path, good)
            self.ask("GET", path)

    def run_connectors(self) -> None:
        types = self._world.connector_types
        for id_ in types.ids():
            kind = types.get(id_)
            assert kind is not None
            path = f"/api/actions/connector/seeded{id_}"
            self.ask("GET", path)
            for params in (kind.example, {}, {"subAction": "issueTypes", "subActionParams": {}}):
                self.ask("POST", f"{path}/_execute", {"params": params})

    def log_in_everywhere(self) -> None:
        basic = b64encode(f"ann:{plant('password')}".encode()).decode()
        for credentials in (
            f"Basic {basic}", f"Bearer {plant('bearer')}", f"ApiKey {plant('api-key')}",
            plant("scheme"), f"Basic {plant('no-base64')}", f"{plant('scheme')} x",
        ):  # fmt: skip
            for route in routes(self._world):
                self.ask(route.method, route.path(), authorization=credentials)
        for face in ("", ELASTICSEARCH, JIRA, "/_mock"):
            self.ask("POST", f"{face}/nothing/here", authorization=f"Basic {basic}")

    def look_at_everything(self) -> None:
        for route in routes(self._world):
            if route.method == "GET":
                self.ask("GET", route.path())


def found(text: str) -> list[str]:
    """Return where planted secrets are, plain or as a password in Basic credentials."""
    encoded = b64encode(f"ann:{plant('password')}".encode()).decode()
    return [
        text[max(at - 300, 0) : at + 40]
        for mark in (MARK, encoded)
        for at in [text.find(mark)]
        if at >= 0
    ]


@pytest.fixture
def lively() -> Iterator[World]:
    world = World(
        connector_types=[Careless], seeds=[demo_seed(), seed_of(World(connector_types=[Careless]))]
    )
    yield world
    world.close()


def test_no_secret_comes_back_in_an_answer_a_log_line_or_a_traceback(
    lively: World, capfd: pytest.CaptureFixture[str]
) -> None:
    lines: list[str] = []
    lively.log.listener = lambda line: lines.append(str(line))
    session = Session(InProcess(create_app(lively)).ask, lively)
    session.live()
    assert any("no way out of Run(" in line for line in lines)
    printed = capfd.readouterr()
    for output in (*session.output, *lines, printed.out, printed.err):
        assert found(output) == []
    assert len(session.output) > 500
    assert len(lines) > 10
    assert MARK in json.dumps(lively.dump())  # they were there


def test_no_secret_is_in_what_a_process_prints(tmp_path: Path) -> None:
    world = World()
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(seed_of(world).content))
    with (tmp_path / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "mockkibana", "serve", "--port", "0", "--seed", str(seed)],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    try:
        assert process.stdout is not None
        url = next(word for word in process.stdout.readline().split() if "http" in word)
        address = urlsplit(url)
        transport = OverTheWire((str(address.hostname), address.port or 0))
        session = Session(transport.ask, world)
        session.live()
        transport.close()
    finally:
        process.terminate()
        printed, _ = process.communicate(timeout=10)
        world.close()
    errors = (tmp_path / "stderr").read_text()
    assert "_execute" in errors  # the access log
    for output in (*session.output, printed, errors):
        assert found(output) == []


BAD_SEEDS = {
    "json": '{"version": 1, "connectors": [{"secrets": {"apiToken": "planted" "x"}}]}',
    "number.json": '{"version": 1, "connectors": [{"secrets": {"apiToken": planted}}]}',
    "type.json": (
        '{"version": 1, "connectors": [{"connector_type_id": ".jira", "secrets": "planted"}]}'
    ),
    "list.json": json.dumps(
        {
            "version": 1,
            "connectors": [
                {
                    "connector_type_id": ".jira",
                    "config": {"apiUrl": "x", "projectKey": "X"},
                    "secrets": {"email": "e", "apiToken": ["planted"]},
                }
            ],
        }
    ),
    "surplus.json": json.dumps(
        {
            "version": 1,
            "connectors": [{"connector_type_id": ".index", "secrets": {"token": "planted"}}],
        }
    ),
    "version.json": '{"version": "planted"}',
    "alias.yaml": "version: 1\napiToken: *planted",
    "tag.yaml": "version: 1\napiToken: !planted",
    "quoted-tag.yaml": "version: 1\napiToken: !pl'planted",
    "long-tag.yaml": "version: 1\napiToken: !<tag:planted> x",
    "handle.yaml": "version: 1\napiToken: !planted!x y",
    "anchor.yaml": "a: &planted x\nb: &planted y",
    "quote.yaml": "apiToken: 'planted\nx",
    "escape.yaml": 'apiToken: "planted \\q"',
    "at.yaml": "apiToken: @planted",
    "colon.yaml": "secrets: {apiToken: planted: x}",
    "tab.yaml": "a: planted\n\tb: c",
    "integer.yaml": "a: !!int planted",
    "float.yaml": "a: !!float planted",
    "boolean.yaml": "a: !!bool planted",
    "time.yaml": "a: !!timestamp planted",
    "binary.yaml": "a: !!binary planted",
    "deep.yaml": "[" * 5_000 + "planted",
    "block.yaml": "a: |planted\n x",
    "null.yaml": "a: \0planted",
    "control.yaml": "planted: 1\nplanted",
    "utf-16.yaml": "\ufeffplanted\ufffe",
}


@pytest.mark.parametrize("name", BAD_SEEDS)
def test_a_bad_seed_is_refused_without_its_secrets(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(BAD_SEEDS[name])
    with pytest.raises(BadSeed) as refused:
        World(seeds=[read_seed(path)])
    text = str(refused.value).removeprefix(str(path))
    assert found(text) == []
    assert text.startswith(": ")
    assert "\n" not in text


def test_a_process_with_a_bad_seed_prints_one_line_without_its_secrets(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(BAD_SEEDS["alias.yaml"])
    done = subprocess.run(
        [sys.executable, "-m", "mockkibana", "serve", "--port", "0", "--seed", str(path)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"Error: {path}: the seed is no YAML: found undefined alias in line 2, column 11\n"
    )


def test_what_holds_secrets_does_not_show_them(lively: World) -> None:
    access = Outbound("GET", "http://jira.example.com", auth=("a@example.com", plant("token")))
    shown = [access, seed_of(lively)]
    for value in shown:
        assert is_dataclass(value)
        assert MARK in str([getattr(value, each.name) for each in fields(value)])
        assert MARK not in repr(value)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_the_files_of_a_database_are_for_their_owner_only(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        world = World(db=tmp_path / "state.db")
        world.seed(seed_of(world))
        modes = {file.name: oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()}
        world.close()
    finally:
        os.umask(mask)
    assert modes == {"state.db": "0o600", "state.db.lock": "0o600"}
