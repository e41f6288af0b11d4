"""The wheel: it holds every module and data file, and serves where it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the sources, so that no build folder is left behind."""
    folder = tmp_path_factory.mktemp("wheel")
    tracked = ["mockkibana", "fixtures", "setup.cfg", "pyproject.toml", "README.md", "LICENSE"]
    subprocess.run(["cp", "-r", *tracked, str(folder)], cwd=ROOT, check=True)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    (built,) = (folder / "dist").iterdir()
    return built


def test_the_wheel_holds_every_module_and_every_data_file(wheel: Path) -> None:
    def sources(package: str, under: str) -> set[str]:
        return {
            str(Path(under, path.relative_to(ROOT / package)))
            for path in (ROOT / package).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    expected = sources("mockkibana", "mockkibana") | sources("fixtures", "mockkibana/fixtures")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == expected


def test_every_package_of_the_tree_is_listed() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    listed = set(config["options"]["packages"].split())
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "mockkibana").rglob("__init__.py")
    }
    assert listed == found | {"mockkibana.fixtures"}


def test_an_installed_wheel_serves_elsewhere(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "clean")
    python = tmp_path / "clean" / "bin" / "python"
    install = ("install", "--quiet", "--no-deps", "--no-index", "--no-compile", str(wheel))
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True)
    # The dependencies, but not the checkout: a path entry runs no `.pth` files of its own.
    environment = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}
    for command in ([tmp_path / "clean" / "bin" / "mockkibana"], [python, "-m", "mockkibana"]):
        with subprocess.Popen(
            [*command, "serve", "--port", "0"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("mockkibana listens on http://127.0.0.1:")
            process.terminate()
            assert process.wait(10) == 0


def test_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, mockkibana; "
        "assert not {'flask', 'marshmallow', 'requests', 'responses', 'lark'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
