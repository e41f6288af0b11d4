"""A script tested from a shell script: `ci.sh` starts, seeds, bends and asks with commands only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("ci.sh")


@pytest.mark.skipif(shutil.which("curl") is None, reason="the script under test needs curl")
def test_the_shell_script_passes() -> None:
    commands = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", str(SCRIPT)],
        env={**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 document in audit" in done.stdout
