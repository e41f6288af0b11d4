"""A script tested from Node: `soar.test.mjs` uses the control plane over HTTP."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from mockkibana import MockKibana

SCRIPT = Path(__file__).with_name("soar.test.mjs")
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="there is no Node here")
def test_the_node_tests_pass(mock_kibana: MockKibana) -> None:
    done = subprocess.run(
        [str(NODE), "--test", str(SCRIPT)],
        env={**os.environ, "MOCKKIBANA_URL": mock_kibana.url},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 2" in done.stdout
