"""Every command and snippet of the README is run here, as it stands but for the port."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockkibana.app import create_app
from mockkibana.seeds import demo_seed, parse_seed
from mockkibana.server import Server
from mockkibana.world import World

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
VOLATILE = {"_id": str, "took": int, "pushedDate": str}


def blocks(language: str) -> list[str]:
    """Return the README's fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def block(language: str, holding: str) -> str:
    """Return the one block that holds a text."""
    (found,) = [text for text in blocks(language) if holding in text]
    return found


def section(title: str) -> str:
    """Return the text below a heading of the second level."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def environment(**more: str) -> dict[str, str]:
    """Return this environment, with our `mockkibana` first on the path."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **more}


def settled(value: Any) -> Any:
    """Replace what differs from run to run by its type."""
    if isinstance(value, dict):
        return {
            key: VOLATILE[key] if isinstance(item, VOLATILE.get(key, ())) else settled(item)
            for key, item in value.items()
        }
    return [settled(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("permissions", [False, True])
def test_the_console_examples_answer_as_shown(permissions: bool) -> None:
    of_permissions = [text for text in blocks("console") if text in section("Testing permissions")]
    seeds, examples = [demo_seed()], blocks("console")
    if permissions:
        seed = block("yaml", "security:")
        seeds, examples = [*seeds, parse_seed(yaml.safe_load(seed))], of_permissions
        assert len(examples) == 2
    else:
        examples = [text for text in examples if text not in of_permissions]
    server = Server(create_app(World(seeds=seeds)))
    with server:
        for example in examples:
            command, _, answer = example.removeprefix("$ ").rpartition("\n{")
            done = subprocess.run(
                [
                    "bash",
                    "-c",
                    command.replace("5601", str(server.port)).replace("curl", "curl -s", 1),
                ],
                capture_output=True,
                text=True,
                check=True,
            )
            assert settled(json.loads(done.stdout)) == settled(
                json.loads("{" + answer.replace("5601", str(server.port)))
            ), command


@pytest.mark.parametrize("snippet", blocks("python"), ids=lambda text: text.split("\n")[0])
def test_the_python_snippets_run(snippet: str, tmp_path: Path) -> None:
    command = ["-W", "error", "-c", snippet]
    if "def test_" in snippet:
        (tmp_path / "test_snippet.py").write_text(snippet)
        command = ["-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)]
    subprocess.run([sys.executable, *command], cwd=tmp_path, check=True, timeout=60)


def test_the_ci_example_runs_with_its_seed(tmp_path: Path) -> None:
    (tmp_path / "seed.yaml").write_text(block("yaml", "marketing"))
    script = "set -m\n" + block("sh", "--port-file").replace("curl", "curl -s")
    done = subprocess.run(
        ["bash", "-ec", script],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert '"level":"available"' in done.stdout


def test_the_journal_explains_the_example() -> None:
    world = World(seeds=[demo_seed()])
    with Server(create_app(world)) as server:
        missing = block("console", "/s/marketing/api/actions/connector/7fc7b9a0")
        command = missing.splitlines()[0].removeprefix("$ ").replace("5601", str(server.port))
        subprocess.run(["bash", "-c", command], check=True, capture_output=True)
        done = subprocess.run(
            ["bash", "-c", block("sh", "mockkibana journal\n").splitlines()[0]],
            env=environment(MOCKKIBANA_URL=server.url),
            capture_output=True,
            text=True,
            check=True,
        )
    assert "connector exists in space `default`" in done.stdout


def test_make_run_serves(tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    with subprocess.Popen(
        ["bash", "-c", f"exec {block('sh', 'make run').strip()}"],
        cwd=ROOT,
        env=environment(MOCKKIBANA_PORT="0", MOCKKIBANA_PORT_FILE=str(port_file)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "listens on" in line)
        assert f"http://127.0.0.1:{port_file.read_text().strip()}" in line
        os.killpg(process.pid, 15)
        process.wait(10)


def test_the_options_of_serve_are_all_in_the_readme() -> None:
    help_text = subprocess.run(
        [sys.executable, "-m", "mockkibana", "serve", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    options = set(re.findall(r"--[a-z-]+", help_text)) - {"--help"}
    section = README.partition("## Options")[2].partition("## Seed")[0]
    assert options == set(re.findall(r"--[a-z][a-z-]+", section))
