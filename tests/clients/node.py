"""Clients that are packages of npm, driven by scripts beside the tests."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / "node_modules"
# All at once: an install removes what one before it did not save.
INSTALL = (
    "npm install --no-save jira.js@6 @elastic/elasticsearch@9"
    " elasticsearch8@npm:@elastic/elasticsearch@8"
)


def run_node(script: str, client: str, *hosts: str) -> Any:
    """Run a script with the client's module URL and the hosts; return the JSON that it prints.

    `client` is the module's path below node_modules. The test is skipped where there is no
    Node.js, or no such package.
    """
    node, module = shutil.which("node"), MODULES / client
    if node is None:
        pytest.skip("node is missing; install Node.js 20 or newer")
    if not module.is_file():
        pytest.skip(f"{client} is missing; {INSTALL}")
    command = [node, str(HERE / script), module.as_uri(), *hosts]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, (hosts, done.stderr)
    return json.loads(done.stdout)
