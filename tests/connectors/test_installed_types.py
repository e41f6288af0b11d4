"""Types of other packages: the example is installed and works; one that is broken is left out."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.app import create_app
from mockkibana.connectors.foreign_types import installed_types
from mockkibana.world import World

EXAMPLE = Path(__file__).parent.parent / "examples" / "acme-pager"
HEADERS = {"kbn-xsrf": "true"}
CONNECTORS = "/api/actions/connector"
CONFIG = {"url": "https://eu.acme.example"}
PARAMS = {"number": "112", "text": "disk full"}

Install = Callable[[str, dict[str, str]], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a package, its name and its entry points given, as pip would; modules are found."""
    monkeypatch.syspath_prepend(tmp_path)
    for module in ("acme_pager", "broken"):  # each test imports its own
        monkeypatch.delitem(sys.modules, module, raising=False)

    def install(name: str, types: dict[str, str]) -> None:
        metadata = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = "".join(f"{key} = {value}\n" for key, value in types.items())
        (metadata / "entry_points.txt").write_text(f"[mockkibana.connectors]\n{lines}")
        installed_types.cache_clear()

    yield install
    installed_types.cache_clear()


@pytest.fixture
def acme(install: Install, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """The app of a world where the example package is installed."""
    monkeypatch.syspath_prepend(EXAMPLE)
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    install(project["name"], project["entry-points"]["mockkibana.connectors"])
    world = World()
    yield create_app(world).test_client()
    assert world.bugs == []
    world.close()


def create(client: FlaskClient, type_id: str = ".acme-pager", **body: Any) -> Any:
    given = {"name": "Pager", "config": CONFIG, "secrets": {"token": "token-of-acme"}, **body}
    return client.post(
        CONNECTORS, json={"connector_type_id": type_id, **given}, headers=HEADERS
    ).json


def run(client: FlaskClient, id_: str, **params: Any) -> Any:
    url = f"{CONNECTORS}/{id_}/_execute"
    return client.post(url, json={"params": {**PARAMS, **params}}, headers=HEADERS)


def test_an_installed_type_is_listed_validated_and_run(acme: FlaskClient) -> None:
    listed = acme.get("/api/actions/connector_types").json[-1]
    assert (listed["id"], listed["name"]) == (".acme-pager", "Acme Pager")
    assert (listed["minimum_license_required"], listed["enabled_in_license"]) == ("gold", True)
    assert listed["supported_feature_ids"] == ["alerting", "siem"]
    assert create(acme, config={"url": "https://x.org"})["message"] == (
        "error validating connector type config: no exchange of Acme's: x.org"
    )
    assert create(acme, secrets={})["message"] == (
        "error validating connector type secrets: ✖ Invalid input: expected string, received "
        "undefined\n  → at token"
    )
    id_ = create(acme)["id"]
    assert run(acme, id_).json == {"status": "ok", "data": {"call": "1"}, "connector_id": id_}
    assert run(acme, id_, text="").json["message"] == (
        "error validating action params: ✖ Too small: expected string to have >=1 characters\n"
        "  → at text"
    )
    assert "{&#34;number&#34;:&#34;112&#34;" in acme.get("/_mock/").text


def test_what_an_installed_type_sends_is_in_the_outbox_and_its_partys_state(
    acme: FlaskClient,
) -> None:
    run(acme, create(acme)["id"])
    (delivery,) = acme.get("/_mock/api/outbox?type=.acme-pager").json
    assert delivery["request"]["url"] == "https://eu.acme.example/calls"
    assert delivery["request"]["body"] == PARAMS
    assert "token-of-acme" not in str(delivery)
    assert acme.get("/_mock/api/snapshot").json["parties"] == {
        "acme-exchange": {"1": PARAMS},
        "acme-exchange/numbers": {"call": {"last": 1}},
    }


def test_the_faults_of_an_installed_types_party_are_there(acme: FlaskClient) -> None:
    id_ = create(acme)["id"]
    for fault, text in (
        ("acme-exchange-busy", "Request failed with status code 486"),
        ("acme-exchange-down", "connect ECONNREFUSED eu.acme.example:443"),
    ):
        rule = acme.post("/_mock/api/faults", json={"fault": fault}).json
        assert run(acme, id_).json["service_message"] == text
        acme.delete(f"/_mock/api/faults/{rule['id']}")
    assert run(acme, id_).json["status"] == "ok"


def test_the_leniency_of_an_installed_type_is_told(acme: FlaskClient) -> None:
    answer = run(acme, create(acme)["id"], number=112)
    assert answer.json["status"] == "ok"
    assert answer.headers["x-mock-warning"] == "integer-number"


HEAD = "from mockkibana.connectors.base import ConnectorType\n"
SCHEMA = "expected a Schema or a Field of mockkibana.validation"
BROKEN = {
    "lacks params": (
        f"{HEAD}class Pager(ConnectorType):\n    id = '.broken'\n",
        f"its params is None; {SCHEMA}",
    ),
    "no type": (
        "Pager = 3\n",
        "it is no subclass of mockkibana.connectors.base.ConnectorType",
    ),
    "no module": (
        "import not_there\n",
        "it cannot be imported: ModuleNotFoundError: No module named 'not_there'",
    ),
    "no name": (
        "",
        "it cannot be imported: AttributeError: module 'broken' has no attribute 'Pager'",
    ),
    "ends the process": ("raise SystemExit(3)\n", "it cannot be imported: SystemExit: 3"),
}


@pytest.mark.parametrize(("module", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_type_is_left_out_and_named(
    acme: FlaskClient, install: Install, tmp_path: Path, module: str, reason: str
) -> None:
    (tmp_path / "broken.py").write_text(module)
    install("broken-pager", {"p": "broken:Pager"})
    text = f"The connector type `broken:Pager` of broken-pager is refused: {reason}"
    # Those that are whole are there.
    assert run(acme, create(acme)["id"]).json["status"] == "ok"
    assert create(acme, ".server-log", config={}, secrets={})["id"]
    logged = [line for line in acme.get("/_mock/api/log").json if line["level"] == "error"]
    assert [(line["logger"], line["message"]) for line in logged] == [("plugins.actions", text)]
    # Who looks for it reads why it is not.
    refused = create(acme, ".broken")
    assert refused["message"] == 'Action type ".broken" is not registered.'
    (call,) = acme.get("/_mock/api/journal?status=400").json
    assert call["hint"].startswith(f"{text}. registered are `.email`, ")
