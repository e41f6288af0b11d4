"""Every command and snippet of the README and of docs is run, as it stands but for the port."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import chdir
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from docs import connector_types, jira_apis
from mockkibana.app import create_app
from mockkibana.cli import main
from mockkibana.seeds import demo_seed, parse_seed
from mockkibana.server import Server
from mockkibana.world import World

ROOT = Path(__file__).parent.parent
PAGES = {path.name: path.read_text() for path in (ROOT / "README.md", *ROOT.glob("docs/*.md"))}
VOLATILE = {"_id": str, "took": int, "pushedDate": str}


def blocks(language: str, page: str) -> list[str]:
    """Return a page's fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGES[page], re.DOTALL | re.MULTILINE)


def block(language: str, holding: str, page: str) -> str:
    """Return the one block of a page that holds a text."""
    (found,) = [text for text in blocks(language, page) if holding in text]
    return found


def with_blocks(language: str) -> list[str]:
    """Return the pages that have blocks of a language."""
    return [page for page in PAGES if blocks(language, page)]


def snippets() -> list[Any]:
    """Return the Python blocks that are scripts, each under its page and its first line."""
    return [
        pytest.param(text, id=f"{page}: {text.splitlines()[0]}")
        for page in PAGES
        for text in blocks("python", page)
        if "def test_" not in text
    ]


def suites() -> list[str]:
    """Return the pages that show tests."""
    return [page for page in PAGES if "def test_" in "".join(blocks("python", page))]


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


@pytest.mark.parametrize("page", with_blocks("console"))
def test_the_console_examples_answer_as_shown(page: str) -> None:
    seeds, examples = [demo_seed()], blocks("console", page)
    seeds += [parse_seed(yaml.safe_load(seed)) for seed in blocks("yaml", page) if "users:" in seed]
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


@pytest.mark.parametrize("snippet", snippets())
def test_the_python_scripts_run(snippet: str, tmp_path: Path) -> None:
    with chdir(tmp_path):
        exec(compile(snippet, "script.py", "exec"), {"__name__": "__main__"})


@pytest.mark.parametrize("page", suites())
def test_the_tests_that_a_page_shows_pass(page: str, run_pytest: Callable[..., Any]) -> None:
    tests = [text for text in blocks("python", page) if "def test_" in text]
    files = {f"test_{number}.py": text for number, text in enumerate(tests)}
    outcome = run_pytest("", "-W", "error", files=files)
    assert outcome.code == 0, outcome.text
    assert outcome.count("passed") >= len(tests)


def test_the_table_of_connector_types_is_as_make_docs_writes_it() -> None:
    page = PAGES["connector-types.md"]
    assert page == connector_types.made(page), "run `make docs`"


def test_the_table_of_jiras_apis_is_as_make_docs_writes_it() -> None:
    page = PAGES["jira-apis.md"]
    assert page == jira_apis.made(page), "run `make docs`"


def test_what_an_upgrade_brings_is_as_the_command_writes_it() -> None:
    command = "diff-versions 8.17 9.5 --markdown"
    told = CliRunner().invoke(main, command.split()).output
    assert PAGES["upgrading.md"] == told, f"run `mockkibana {command} > docs/upgrading.md`"


SHELLS = pytest.mark.parametrize("shell", ["sh", "bash"])


def test_the_ci_example_is_the_same_on_both_pages() -> None:
    assert block("sh", "--port-file", "README.md") == block("sh", "--port-file", "ci.md")


def ci_script(
    folder: Path, shell: str, tool: str, seed: str | None = None
) -> subprocess.Popen[str]:
    """Start the example, with its seed, in a shell, with a command in the place of curl."""
    (folder / "seed.yaml").write_text(seed or block("yaml", "marketing", "ci.md"))
    script = re.sub(r"^curl .*$", lambda _: tool, block("sh", "--port-file", "ci.md"), flags=re.M)
    return subprocess.Popen(
        [shell, "-c", script],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A run of the tests that ignores it, as under nohup, hands that on.
        preexec_fn=partial(signal.signal, signal.SIGHUP, signal.SIG_DFL),
    )


def has_ended(port_file: Path) -> bool:
    """Tell whether a server goes away within some seconds; it takes its port file with it."""
    deadline = time.monotonic() + 10
    while port_file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not port_file.exists()


@pytest.mark.parametrize(("page", "shell"), [("README.md", "sh"), ("ci.md", "bash")])
def test_the_ci_example_runs_with_its_seed(page: str, shell: str, tmp_path: Path) -> None:
    seed = block("yaml", "marketing", page)
    done = ci_script(tmp_path, shell, 'curl -s --fail "$MOCKKIBANA_URL/api/status"', seed)
    out, _ = done.communicate(timeout=60)
    assert done.returncode == 0, out
    assert '"level":"available"' in out
    assert has_ended(tmp_path / "port.txt")


@SHELLS
def test_the_ci_example_ends_its_server_when_the_tool_fails(shell: str, tmp_path: Path) -> None:
    done = ci_script(tmp_path, shell, "sh -c 'exit 7'")
    out, _ = done.communicate(timeout=60)
    assert done.returncode == 7, out
    assert has_ended(tmp_path / "port.txt")


@SHELLS
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_the_ci_example_ends_its_server_when_it_is_ended_itself(
    shell: str, number: int, tmp_path: Path
) -> None:
    done = ci_script(tmp_path, shell, "touch begun; for _ in 1 2 3 4 5 6; do sleep 0.1; done")
    deadline = time.monotonic() + 30
    while not (tmp_path / "begun").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    done.send_signal(number)
    out, _ = done.communicate(timeout=60)
    assert done.returncode not in (0, -9), out
    assert has_ended(tmp_path / "port.txt")


@SHELLS
def test_the_ci_example_fails_when_there_is_no_server(shell: str, tmp_path: Path) -> None:
    done = ci_script(tmp_path, shell, "touch begun", seed="version: 2")
    out, _ = done.communicate(timeout=60)
    assert done.returncode != 0, out
    assert "[version]: expected value to equal [1]" in out
    assert not (tmp_path / "begun").exists()


def test_the_journal_explains_the_example() -> None:
    world = World(seeds=[demo_seed()])
    with Server(create_app(world)) as server:
        missing = block("console", "/s/marketing/api/actions/connector/7fc7b9a0", "journal.md")
        command = missing.splitlines()[0].removeprefix("$ ").replace("5601", str(server.port))
        subprocess.run(["bash", "-c", command], check=True, capture_output=True)
        done = subprocess.run(
            ["bash", "-c", block("sh", "mockkibana journal\n", "journal.md").splitlines()[0]],
            env=environment(MOCKKIBANA_URL=server.url),
            capture_output=True,
            text=True,
            check=True,
        )
    assert "connector exists in space `default`" in done.stdout


def test_make_run_serves(tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    with subprocess.Popen(
        ["bash", "-c", f"exec {block('sh', 'make run', 'README.md').strip()}"],
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


def test_the_options_of_serve_are_all_in_the_docs() -> None:
    help_text = CliRunner().invoke(main, ["serve", "--help"]).output
    options = set(re.findall(r"--[a-z-]+", help_text)) - {"--help"}
    assert options == set(re.findall(r"--[a-z][a-z-]+", PAGES["options.md"]))


def test_the_product_page_is_short_and_leads_to_every_other() -> None:
    assert len((ROOT / "README.md").read_bytes()) <= 8000
    linked = set(re.findall(r"\]\(docs/([a-z-]+\.md)\)", PAGES["README.md"]))
    assert linked == PAGES.keys() - {"README.md"}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    folder = ROOT if page == "README.md" else ROOT / "docs"
    for link in re.findall(r"\]\(([^)#:]+)[^)]*\)", PAGES[page]):
        assert (folder / link).exists(), link
