"""The command `new-connector`: what it writes is a connector type, and a test that passes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockkibana.cli import main


def new_connector(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["new-connector", *arguments])


def test_it_writes_a_type_and_a_test_that_passes(tmp_path: Path) -> None:
    result = new_connector("acme-on_duty", "--folder", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "acme_on_duty.py",
        "test_acme_on_duty.py",
    ]
    assert f"pytest {tmp_path / 'test_acme_on_duty.py'}" in result.stdout
    assert result.stdout.splitlines()[-1] == 'acme_on_duty = "acme_on_duty:AcmeOnDuty"'
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert "5 passed" in ran.stdout


def test_the_name_may_begin_with_the_dot_of_the_types_id(tmp_path: Path) -> None:
    assert new_connector(".pager", "--folder", str(tmp_path)).exit_code == 0
    written = (tmp_path / "pager.py").read_text()
    assert 'id = ".pager"\n    name = "Pager"\n' in written
    assert "class Pager(ConnectorType):" in written


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "test_pager.py").write_text("mine")
    result = new_connector("pager", "--folder", str(tmp_path))
    assert result.exit_code == 2
    assert "test_pager.py is there already, and stays as it is." in result.output
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Pager", "is no name; expected lower-case words such as acme-pager"),
        ("acme pager", "is no name"),
        ("../pager", "is no name"),
        (".slack", "is taken by a type that is there"),
        ("elasticsearch", "is taken by"),
        ("json", "cannot be the name of a module of yours"),
        ("class", "cannot be the name of a module of yours"),
    ],
)
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    result = new_connector(name, "--folder", str(tmp_path))
    assert result.exit_code == 2
    assert reason in result.output
    assert list(tmp_path.iterdir()) == []


def test_it_is_among_the_commands() -> None:
    assert "new-connector" in CliRunner().invoke(main, ["--help"]).output
